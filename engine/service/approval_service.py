"""ApprovalService: quotes submitted, decided, delegated, recalled; read with their history, listed by approver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from google.protobuf.message import Message
from quotewright.v1 import approval_service_pb2 as pb

from engine.approve import lifecycle
from engine.approve.case import Case
from engine.approve.lifecycle import Change
from engine.service.approval_desk import ApprovalDesk, read_case
from engine.service.errors import NotFoundError
from engine.service.method import Service, Unary
from engine.store.approvals import Transaction
from engine.wire.pages import page_token, read_page_size, read_page_token
from engine.wire.read_parts import read_credit_request
from engine.wire.read_quote import read_quote
from engine.wire.violations import MAX_NAME, MAX_TEXT, Reason, RequestRejectedError, Violations
from engine.wire.write_approval import write_case, write_event
from engine.wire.write_decision import write_decision

PAGES = "approvals"
"""The version that page tokens name: lists are not of a version, a page goes on where the last one ended."""

PersonRequest = pb.ApproveRequest | pb.RejectRequest | pb.RecallRequest | pb.DelegateRequest | pb.CommentRequest


class ApprovalService:
    """Answers calls about quotes in approval."""

    def __init__(self, desk: ApprovalDesk) -> None:
        self._desk = desk

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["ApprovalService"].full_name
        methods: dict[str, Unary] = {
            "SaveDraft": self.save_draft,
            "SubmitQuote": self.submit_quote,
            "Approve": self.approve,
            "Reject": self.reject,
            "Recall": self.recall,
            "Delegate": self.delegate,
            "Comment": self.comment,
            "GetApproval": self.get_approval,
            "ListApprovals": self.list_approvals,
            "ListEvents": self.list_events,
        }
        return Service(name, methods)

    def save_draft(self, request: bytes) -> bytes:
        """A SaveDraftRequest to a SaveDraftResponse."""
        message = pb.SaveDraftRequest.FromString(request)
        read_quote(message.quote)
        violations = Violations()
        violations.name(message.quote.id, "quote.id")
        _read_common(message, violations)
        response = pb.SaveDraftResponse()

        def work(transaction: Transaction) -> bytes:
            case = self._desk.save_draft(transaction, message.quote, message.person, message.expected_version)
            return _answered(case, response.approval, response)

        return self._desk.once(message.idempotency_key, "SaveDraft", request, work)

    def submit_quote(self, request: bytes) -> bytes:
        """A SubmitQuoteRequest to a SubmitQuoteResponse."""
        message = pb.SubmitQuoteRequest.FromString(request)
        quote = read_quote(message.quote)
        violations = Violations()
        violations.name(message.quote.id, "quote.id")
        violations.text(message.supersedes, "supersedes", MAX_NAME)
        credit = read_credit_request(message.credit, violations) if message.HasField("credit") else None
        _read_common(message, violations)
        response = pb.SubmitQuoteResponse()

        def work(transaction: Transaction) -> bytes:
            case, decision = self._desk.submit(
                transaction, message.quote, quote, message.person, credit, message.supersedes, message.expected_version
            )
            write_decision(decision, response.decision)
            return _answered(case, response.approval, response)

        return self._desk.once(message.idempotency_key, "SubmitQuote", request, work)

    def approve(self, request: bytes) -> bytes:
        """An ApproveRequest to an ApproveResponse."""
        asked = pb.ApproveRequest.FromString(request)

        def step(case: Case, now: datetime) -> Change:
            return lifecycle.approve(case, asked.person, asked.comment, now, asked.step)

        return self._change("Approve", request, asked, pb.ApproveResponse(), step)

    def reject(self, request: bytes) -> bytes:
        """A RejectRequest to a RejectResponse."""
        asked = pb.RejectRequest.FromString(request)

        def step(case: Case, now: datetime) -> Change:
            return lifecycle.reject(case, asked.person, asked.comment, now, asked.step)

        return self._change("Reject", request, asked, pb.RejectResponse(), step)

    def recall(self, request: bytes) -> bytes:
        """A RecallRequest to a RecallResponse."""
        asked = pb.RecallRequest.FromString(request)
        return self._change(
            "Recall",
            request,
            asked,
            pb.RecallResponse(),
            lambda case, _: lifecycle.recall(case, asked.person, asked.comment),
        )

    def delegate(self, request: bytes) -> bytes:
        """A DelegateRequest to a DelegateResponse."""
        asked = pb.DelegateRequest.FromString(request)
        violations = Violations()
        violations.name(asked.to, "to")
        if violations.found:
            raise RequestRejectedError(violations.found)

        def step(case: Case, _now: datetime) -> Change:
            return lifecycle.delegate(case, asked.person, self._desk.candidate(asked.to), asked.comment, asked.step)

        return self._change("Delegate", request, asked, pb.DelegateResponse(), step)

    def comment(self, request: bytes) -> bytes:
        """A CommentRequest to a CommentResponse."""
        asked = pb.CommentRequest.FromString(request)
        if not asked.comment.strip():
            violations = Violations()
            violations.add("comment", Reason.REQUIRED, "a comment says something")
            raise RequestRejectedError(violations.found)

        def step(case: Case, now: datetime) -> Change:
            return lifecycle.comment_on(case, asked.person, asked.comment, now)

        return self._change("Comment", request, asked, pb.CommentResponse(), step)

    def get_approval(self, request: bytes) -> bytes:
        """A GetApprovalRequest to a GetApprovalResponse."""
        quote_id = pb.GetApprovalRequest.FromString(request).quote_id
        violations = Violations()
        violations.name(quote_id, "quote_id")
        if violations.found:
            raise RequestRejectedError(violations.found)
        stored = self._desk.store.case(quote_id)
        if stored is None:
            raise NotFoundError("quote in approval", quote_id)
        response = pb.GetApprovalResponse()
        write_case(read_case(stored), response.approval)
        response.quote.ParseFromString(stored.quote)
        if stored.decision:
            response.decision.ParseFromString(stored.decision)
        for entry in self._desk.store.audit(quote_id):
            write_event(entry, response.history.add())
        return response.SerializeToString()

    def list_approvals(self, request: bytes) -> bytes:
        """A ListApprovalsRequest to a ListApprovalsResponse."""
        message = pb.ListApprovalsRequest.FromString(request)
        violations = Violations()
        person = violations.name(message.person, "person")
        size = read_page_size(message.page_size, violations)
        start = read_page_token(message.page_token, PAGES, person, violations)
        if violations.found:
            raise RequestRejectedError(violations.found)
        found = self._desk.store.waiting_for(person, size + 1, start)
        response = pb.ListApprovalsResponse()
        for stored in found[:size]:
            write_case(read_case(stored), response.approvals.add())
        if len(found) > size:
            response.next_page_token = page_token(PAGES, person, start + size)
        return response.SerializeToString()

    def list_events(self, request: bytes) -> bytes:
        """A ListEventsRequest to a ListEventsResponse."""
        message = pb.ListEventsRequest.FromString(request)
        violations = Violations()
        size = read_page_size(message.page_size, violations)
        if message.after < 0:
            violations.add("after", Reason.OUT_OF_RANGE, f"a sequence is not negative, found {message.after}")
        if violations.found:
            raise RequestRejectedError(violations.found)
        response = pb.ListEventsResponse()
        for entry in self._desk.store.audit(after=message.after, limit=size):
            write_event(entry, response.events.add())
        return response.SerializeToString()

    def _change(
        self,
        method: str,
        request: bytes,
        asked: PersonRequest,
        response: pb.ApproveResponse | pb.RejectResponse | pb.RecallResponse | pb.DelegateResponse | pb.CommentResponse,
        step: Callable[[Case, datetime], Change],
    ) -> bytes:
        violations = Violations()
        violations.name(asked.quote_id, "quote_id")
        violations.text(asked.comment, "comment", MAX_TEXT)
        _read_common(asked, violations)

        def work(transaction: Transaction) -> bytes:
            case = self._desk.change(transaction, asked.quote_id, asked.expected_version, step)
            return _answered(case, response.approval, response)

        return self._desk.once(asked.idempotency_key, method, request, work)


def _read_common(message: PersonRequest | pb.SaveDraftRequest | pb.SubmitQuoteRequest, violations: Violations) -> None:
    """Check what every call that changes something has.

    Raises:
        RequestRejectedError: it, or anything found before, is wrong.
    """
    violations.name(message.person, "person")
    violations.text(message.idempotency_key, "idempotency_key", MAX_NAME)
    if message.expected_version < 0:
        violations.add("expected_version", Reason.OUT_OF_RANGE, "a version is not negative")
    if violations.found:
        raise RequestRejectedError(violations.found)


def _answered(case: Case, approval: pb.Approval, response: Message) -> bytes:
    write_case(case, approval)
    return response.SerializeToString()

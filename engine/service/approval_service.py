"""ApprovalService: quotes submitted, decided, delegated, recalled; read with their history, listed by approver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from google.protobuf.message import Message
from quotewright.v1 import approval_service_pb2 as pb

from engine.approve import lifecycle
from engine.approve.case import Case
from engine.approve.lifecycle import Change
from engine.security.identity import Identity
from engine.security.refusals import acting_person
from engine.service.approval_desk import ApprovalDesk, read_case
from engine.service.errors import NotFoundError
from engine.service.method import Acting, GoesOn, Service, Unary
from engine.store.approvals import Transaction
from engine.wire.pages import page_token, read_page_size, read_page_token
from engine.wire.read_parts import read_credit_request
from engine.wire.read_quote import read_quote
from engine.wire.violations import MAX_NAME, MAX_TEXT, Reason, RequestRejectedError, Violations
from engine.wire.write_approval import write_case, write_event
from engine.wire.write_decision import write_decision

PAGES = "approvals"
"""The version that page tokens name: lists are not of a version, a page goes on where the last one ended."""

WATCHED_AT_ONCE = 100
"""Events in one message of a watch."""
LOOK_SECONDS = 0.2
"""Between two looks at the audit log, which other processes write too."""
SILENCE_SECONDS = 15.0
"""After which a watch without events says that it goes on."""

PersonRequest = pb.ApproveRequest | pb.RejectRequest | pb.RecallRequest | pb.DelegateRequest | pb.CommentRequest

Identified = TypeVar(
    "Identified",
    pb.SaveDraftRequest,
    pb.SubmitQuoteRequest,
    pb.ApproveRequest,
    pb.RejectRequest,
    pb.RecallRequest,
    pb.DelegateRequest,
    pb.CommentRequest,
    pb.ListApprovalsRequest,
)


class ApprovalService:
    """Answers calls about quotes in approval."""

    def __init__(self, desk: ApprovalDesk) -> None:
        self._desk = desk

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["ApprovalService"].full_name
        acting: dict[str, Acting] = {
            "SaveDraft": self.save_draft,
            "SubmitQuote": self.submit_quote,
            "Approve": self.approve,
            "Reject": self.reject,
            "Recall": self.recall,
            "Delegate": self.delegate,
            "Comment": self.comment,
            "ListApprovals": self.list_approvals,
        }
        unary: dict[str, Unary] = {"GetApproval": self.get_approval, "ListEvents": self.list_events}
        # All of them wait for the database, which another program may hold.
        waiting = frozenset({*unary, *acting})
        return Service(name, unary, acting=acting, watches={"WatchEvents": self.watch_events}, waiting=waiting)

    def save_draft(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A SaveDraftRequest to a SaveDraftResponse."""
        message = _identified(pb.SaveDraftRequest.FromString(request), caller)
        read_quote(message.quote)
        violations = Violations()
        violations.name(message.quote.id, "quote.id")
        _read_common(message, violations)
        response = pb.SaveDraftResponse()

        def work(transaction: Transaction) -> bytes:
            case = self._desk.save_draft(transaction, message.quote, message.person, message.expected_version)
            return _answered(case, response.approval, response)

        return self._desk.once(message.idempotency_key, "SaveDraft", _said(request, caller), work)

    def submit_quote(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A SubmitQuoteRequest to a SubmitQuoteResponse."""
        message = _identified(pb.SubmitQuoteRequest.FromString(request), caller)
        if caller is not None and message.credit.HasField("override"):
            override = message.credit.override
            override.person = acting_person(override.person, caller.name)
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

        return self._desk.once(message.idempotency_key, "SubmitQuote", _said(request, caller), work)

    def approve(self, request: bytes, caller: Identity | None = None) -> bytes:
        """An ApproveRequest to an ApproveResponse."""
        asked = _identified(pb.ApproveRequest.FromString(request), caller)

        def step(case: Case, now: datetime) -> Change:
            return lifecycle.approve(case, asked.person, asked.comment, now, asked.step)

        return self._change("Approve", _said(request, caller), asked, pb.ApproveResponse(), step)

    def reject(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A RejectRequest to a RejectResponse."""
        asked = _identified(pb.RejectRequest.FromString(request), caller)

        def step(case: Case, now: datetime) -> Change:
            return lifecycle.reject(case, asked.person, asked.comment, now, asked.step)

        return self._change("Reject", _said(request, caller), asked, pb.RejectResponse(), step)

    def recall(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A RecallRequest to a RecallResponse."""
        asked = _identified(pb.RecallRequest.FromString(request), caller)
        return self._change(
            "Recall",
            _said(request, caller),
            asked,
            pb.RecallResponse(),
            lambda case, _: lifecycle.recall(case, asked.person, asked.comment),
        )

    def delegate(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A DelegateRequest to a DelegateResponse."""
        asked = _identified(pb.DelegateRequest.FromString(request), caller)
        violations = Violations()
        violations.name(asked.to, "to")
        if violations.found:
            raise RequestRejectedError(violations.found)

        def step(case: Case, _now: datetime) -> Change:
            return lifecycle.delegate(case, asked.person, self._desk.candidate(asked.to), asked.comment, asked.step)

        return self._change("Delegate", _said(request, caller), asked, pb.DelegateResponse(), step)

    def comment(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A CommentRequest to a CommentResponse."""
        asked = _identified(pb.CommentRequest.FromString(request), caller)
        if not asked.comment.strip():
            violations = Violations()
            violations.add("comment", Reason.REQUIRED, "a comment says something")
            raise RequestRejectedError(violations.found)

        def step(case: Case, now: datetime) -> Change:
            return lifecycle.comment_on(case, asked.person, asked.comment, now)

        return self._change("Comment", _said(request, caller), asked, pb.CommentResponse(), step)

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

    def list_approvals(self, request: bytes, caller: Identity | None = None) -> bytes:
        """A ListApprovalsRequest to a ListApprovalsResponse."""
        message = _identified(pb.ListApprovalsRequest.FromString(request), caller)
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

    def watch_events(self, request: bytes, goes_on: GoesOn) -> Iterator[bytes]:
        """A WatchEventsRequest to WatchEventsResponses; an empty one tells a silent caller that the watch goes on."""
        after = pb.WatchEventsRequest.FromString(request).after
        if after < 0:
            violations = Violations()
            violations.add("after", Reason.OUT_OF_RANGE, f"a sequence is not negative, found {after}")
            raise RequestRejectedError(violations.found)
        told_at = time.monotonic()
        while goes_on():
            response = pb.WatchEventsResponse()
            for entry in self._desk.store.audit(after=after, limit=WATCHED_AT_ONCE):
                write_event(entry, response.events.add())
                after = entry.sequence
            if response.events or time.monotonic() - told_at > SILENCE_SECONDS:
                told_at = time.monotonic()
                yield response.SerializeToString()
            if len(response.events) < WATCHED_AT_ONCE:
                time.sleep(LOOK_SECONDS)

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


def _identified(message: Identified, caller: Identity | None) -> Identified:
    """The message with the person who acts: the caller where the server knows who calls.

    Raises:
        OtherPersonError: the message names somebody else.
    """
    if caller is not None:
        message.person = acting_person(message.person, caller.name)
    return message


def _said(request: bytes, caller: Identity | None) -> bytes:
    """What a repeated call must equal: the request and who said it, where that is not in the request."""
    return request if caller is None else b"%s\0%s" % (request, caller.name.encode())


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

"""What happens to quotes in approval: one transaction a transition, decided on the current snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from quotewright.v1 import approval_service_pb2, decision_pb2, quote_pb2

from engine.approve import lifecycle
from engine.approve.case import Case
from engine.approve.case_json import from_json, to_json
from engine.approve.lifecycle import Change, Event, IllegalTransitionError, NotAllowedError
from engine.approve.result import Candidate
from engine.approve.route import Router
from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest, Decision, decide
from engine.diagnostics import did_you_mean
from engine.quote import Quote, QuoteRejectedError, Violation
from engine.service.errors import (
    MAX_DETAILS_BYTES,
    NotFoundError,
    NotPermittedError,
    StaleApprovalError,
    TransitionRefusedError,
)
from engine.snapshot import Snapshot, SnapshotHolder
from engine.store.approvals import ApprovalStore, KeyReusedError, StoredCase, Transaction
from engine.wire.violations import Reason, RequestRejectedError
from engine.wire.write_approval import write_case
from engine.wire.write_decision import write_decision

ANSWERS_KEPT = timedelta(days=7)

Step = Callable[[Case, datetime], Change]
"""A transition of the life cycle, on the stored case."""


def utc_now() -> datetime:
    """The clock of approvals."""
    return datetime.now(UTC)


class ApprovalDesk:
    """Takes quotes through approval; safe to share between threads."""

    def __init__(self, holder: SnapshotHolder, store: ApprovalStore, clock: Callable[[], datetime] = utc_now) -> None:
        self._holder = holder
        self.store = store
        self._clock = clock

    def once(self, key: str, method: str, request: bytes, work: Callable[[Transaction], bytes]) -> bytes:
        """Do `work` in one transaction, once for an idempotency key; a repeated call gets the first one's answer."""
        fingerprint = hashlib.sha256(method.encode() + b"\0" + request).hexdigest()
        with self.store.transaction() as transaction:
            if key:
                try:
                    answered = transaction.answer(key, fingerprint)
                except KeyReusedError as error:
                    raise RequestRejectedError([Violation("idempotency_key", Reason.CONFLICT, str(error))]) from None
                if answered is not None:
                    return answered
            response = work(transaction)
            if key:
                transaction.remember(key, fingerprint, response, self._clock())
            return response

    def save_draft(self, transaction: Transaction, quote: quote_pb2.Quote, person: str, expected_version: int) -> Case:
        """Store a quote without submitting it."""
        stored = self._stored(transaction, quote.id, expected_version)
        case = read_case(stored) if stored is not None else lifecycle.draft(quote.id, person)
        try:
            changed, events = lifecycle.save(case, person)
        except IllegalTransitionError as error:
            raise TransitionRefusedError(str(error), _message(case)) from None
        self._store(transaction, case, changed, events, quote.SerializeToString(deterministic=True), b"")
        return changed

    def submit(
        self,
        transaction: Transaction,
        message: quote_pb2.Quote,
        quote: Quote,
        person: str,
        credit: CreditRequest | None,
        supersedes: str,
        expected_version: int,
    ) -> tuple[Case, Decision]:
        """Decide a quote and submit it with the route that results."""
        snapshot, now = self._holder.current, self._clock()
        router = _router(snapshot)
        stored = self._stored(transaction, quote.id, expected_version)
        case = read_case(stored) if stored is not None else lifecycle.draft(quote.id, person)
        approval = ApprovalRequest(person, now.date(), case.approved)
        decision = decide(snapshot, quote, credit=credit, approval=approval)
        assert decision.approval is not None
        program = router.program
        try:
            changed, events = lifecycle.submit(
                case,
                person,
                decision.approval,
                quote.currency,
                now,
                expires_after_days=program.expires_after_days,
                own_quotes_forbidden=program.own_quotes_forbidden,
            )
        except IllegalTransitionError as error:
            raise TransitionRefusedError(str(error), _message(case) if stored is not None else None) from None
        if credit is not None and credit.override is not None:
            detail = {"role": credit.override.role, "reason": credit.override.reason}
            events.append(Event("credit.overridden", credit.override.person, detail))
        if supersedes:
            self._supersede(transaction, supersedes, quote.id, person)
        written = decision_pb2.Decision()
        write_decision(decision, written)
        self._store(
            transaction,
            case,
            changed,
            events,
            message.SerializeToString(deterministic=True),
            written.SerializeToString(deterministic=True),
        )
        return changed, decision

    def change(self, transaction: Transaction, quote_id: str, expected_version: int, step: Step) -> Case:
        """Apply a transition to a stored quote."""
        stored = self._stored(transaction, quote_id, expected_version)
        if stored is None:
            raise NotFoundError("quote in approval", quote_id)
        case = read_case(stored)
        try:
            changed, events = step(case, self._clock())
        except IllegalTransitionError as error:
            raise TransitionRefusedError(str(error), _message(case)) from None
        except NotAllowedError as error:
            raise NotPermittedError(str(error), _message(case)) from None
        self._store(transaction, case, changed, events, stored.quote, stored.decision)
        return changed

    def candidate(self, person: str) -> Candidate:
        """A person of the rulebook, to whom something can be delegated."""
        people = _router(self._holder.current).program.people
        found = people.get(person)
        if found is None:
            raise NotFoundError("person", person, did_you_mean(person, people))
        return Candidate(found.id, found.name)

    def let_time_pass(self) -> int:
        """Do what is due: escalations and expiries; gives how many quotes changed."""
        changed = 0
        for quote_id in self.store.due(time_key(self._clock())):
            with self.store.transaction() as transaction:
                stored = transaction.case(quote_id)
                if stored is None:
                    continue
                case = read_case(stored)
                change = lifecycle.let_time_pass(case, self._clock())
                if change is not None:
                    self._store(transaction, case, *change, stored.quote, stored.decision)
                    changed += 1
        with self.store.transaction() as transaction:
            transaction.forget_answers(self._clock() - ANSWERS_KEPT)
        return changed

    def _supersede(self, transaction: Transaction, quote_id: str, by: str, person: str) -> None:
        stored = transaction.case(quote_id)
        if stored is None:
            raise NotFoundError("quote in approval", quote_id)
        case = read_case(stored)
        if quote_id == by:
            raise TransitionRefusedError(f"quote {by!r} cannot take its own place", _message(case))
        try:
            changed, events = lifecycle.supersede(case, by, person)
        except IllegalTransitionError as error:
            raise TransitionRefusedError(str(error), _message(case)) from None
        self._store(transaction, case, changed, events, stored.quote, stored.decision)

    def _stored(self, transaction: Transaction, quote_id: str, expected_version: int) -> StoredCase | None:
        stored = transaction.case(quote_id)
        found = stored.version if stored is not None else 0
        if expected_version and expected_version != found:
            if stored is None:
                raise NotFoundError("quote in approval", quote_id)
            told = f"quote {quote_id!r} changed: it is at version {found}, {expected_version} was expected"
            raise StaleApprovalError(told, _message(read_case(stored)))
        return stored

    def _store(
        self,
        transaction: Transaction,
        before: Case,
        case: Case,
        events: Iterable[Event],
        quote: bytes,
        decision: bytes,
    ) -> None:
        due = case.next_due
        stored = StoredCase(
            quote_id=case.quote_id,
            version=case.version,
            state=case.state.value,
            requester=case.requester,
            due_at=time_key(due) if due is not None else "",
            document=to_json(case),
            quote=quote,
            decision=decision,
            waiting=case.approvers,
        )
        now = self._clock()
        transaction.save(stored, before.version, now)
        for event in events:
            transaction.record(event.kind, event.actor, case.quote_id, case.version, event.detail, now)


def time_key(time: datetime) -> str:
    """A time as text that sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def read_case(stored: StoredCase) -> Case:
    """The case that was stored."""
    return from_json(stored.document)


def _router(snapshot: Snapshot) -> Router:
    if snapshot.approval is None:
        message = "the rulebook has no approval rules"
        raise QuoteRejectedError([Violation("quote", "NOT_IN_RULEBOOK", message)])
    return snapshot.approval


def _message(case: Case) -> approval_service_pb2.Approval:
    """The case for the details of a refusal, cut to what a trailer holds: state and version always remain."""
    message = approval_service_pb2.Approval()
    write_case(case, message)
    if message.ByteSize() > MAX_DETAILS_BYTES:
        for step in message.steps:
            step.ClearField("reasons")
        message.ClearField("comments")
    if message.ByteSize() > MAX_DETAILS_BYTES:
        message.ClearField("steps")
    return message

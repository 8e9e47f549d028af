"""Approval routes to the bytes of their messages, as text in the wire format; cases and events to messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from quotewright.v1 import approval_pb2, approval_service_pb2, quote_pb2

from engine.approve.case import Case, CaseSlot, CaseStep
from engine.approve.result import Candidate, Reason, Route, RouteStep, Slot
from engine.store.audit import AuditEntry
from engine.wire.text import enum_numbers
from engine.wire.wire_format import Delimited, Number, Repeated, Writings, encoded, fill, utf8

OUTCOMES = enum_numbers(approval_pb2.RouteOutcome, "ROUTE_OUTCOME_")
STATUSES = enum_numbers(approval_pb2.RouteStepStatus, "ROUTE_STEP_STATUS_")
STATES = enum_numbers(approval_service_pb2.ApprovalState, "APPROVAL_STATE_")
STEP_STATES = enum_numbers(approval_service_pb2.ApprovalStepState, "APPROVAL_STEP_STATE_")


OUTCOME = Number(approval_pb2.ApprovalRoute, "outcome")
OUTCOME_REASON = Repeated(approval_pb2.ApprovalRoute, "outcome_reason")
STEPS, DERIVED = Delimited(approval_pb2.ApprovalRoute, "steps"), Delimited(approval_pb2.ApprovalRoute, "derived")
AUTO_APPROVALS = Delimited(approval_pb2.ApprovalRoute, "auto_approvals")

STEP_ID, STAGE = Repeated(approval_pb2.RouteStep, "id"), Number(approval_pb2.RouteStep, "stage")
POSITION, STATUS = Number(approval_pb2.RouteStep, "position"), Number(approval_pb2.RouteStep, "status")
STATUS_REASON = Delimited(approval_pb2.RouteStep, "status_reason")
NEED, SLOTS = Number(approval_pb2.RouteStep, "need"), Delimited(approval_pb2.RouteStep, "slots")
ESCALATE_AFTER_HOURS = Number(approval_pb2.RouteStep, "escalate_after_hours")
ESCALATION, REASONS = Delimited(approval_pb2.RouteStep, "escalation"), Delimited(approval_pb2.RouteStep, "reasons")

ROLE, CANDIDATES = Delimited(approval_pb2.ApprovalSlot, "role"), Delimited(approval_pb2.ApprovalSlot, "candidates")
PERSON, PERSON_NAME = Delimited(approval_pb2.Approver, "person"), Delimited(approval_pb2.Approver, "name")
ON_BEHALF_OF = Delimited(approval_pb2.Approver, "on_behalf_of")

RULE_ID, FILE = Repeated(approval_pb2.RuleReason, "rule_id"), Repeated(approval_pb2.RuleReason, "file")
LINE, TEXT = Number(approval_pb2.RuleReason, "line"), Delimited(approval_pb2.RuleReason, "text")
VALUES = Delimited(approval_pb2.RuleReason, "values")
NAME, VALUE = Repeated(approval_pb2.NamedFact, "name"), Delimited(approval_pb2.NamedFact, "value")
DERIVED_NAME = Repeated(approval_pb2.DerivedFact, "name")
DERIVED_VALUE = Delimited(approval_pb2.DerivedFact, "value")
DERIVED_REASON = Delimited(approval_pb2.DerivedFact, "reason")

CASE_REASONS = Delimited(approval_service_pb2.ApprovalStep, "reasons")

FACT_TEXT, FACT_NUMBER = Delimited(quote_pb2.FactValue, "text"), Delimited(quote_pb2.FactValue, "number")
FACT_DATE = Delimited(quote_pb2.FactValue, "date")
TRUE, FALSE = [encoded(quote_pb2.FactValue(boolean=value)) for value in (True, False)]

MOST_WRITTEN = 10_000
"""Slots whose texts are kept; when there are more, keeping starts anew."""

_written = Writings(MOST_WRITTEN)


def route_text(route: Route) -> str:
    """The bytes of the message of a route, each of them a character."""
    text = f"{OUTCOME[OUTCOMES[route.outcome]]}{OUTCOME_REASON[route.outcome_reason]}"
    for step in route.steps:
        fields = _route_step(step)
        text += f"{STEPS[len(fields)]}{fields}"
    if route.auto_approval:
        text += _reasons(AUTO_APPROVALS, route.auto_approval)
    for derived in route.derived:
        fields = DERIVED_NAME[derived.name]
        if derived.value is not None:
            value = _fact_text(derived.value)
            fields += f"{DERIVED_VALUE[len(value)]}{value}"
        reason = reason_text(derived.reason)
        fields += f"{DERIVED_REASON[len(reason)]}{reason}"
        text += f"{DERIVED[len(fields)]}{fields}"
    return text


def _route_step(step: RouteStep) -> str:
    slots = escalation = ""
    for slot in step.slots:
        text = _write_slot(slot) if slot.written is None else slot.written
        slots += f"{SLOTS[len(text)]}{text}"
    if step.escalation is not None:
        escalation = _approvers(ESCALATION, step.escalation.candidates)
    return (
        f"{STEP_ID[step.id]}{STAGE[step.stage]}{POSITION[step.position]}{STATUS[STATUSES[step.status]]}"
        f"{STATUS_REASON.of(step.status_reason)}{NEED[step.need]}{slots}"
        f"{ESCALATE_AFTER_HOURS[step.escalate_after_hours]}{escalation}{_reasons(REASONS, step.reasons)}"
    )


def _write_slot(slot: Slot) -> str:
    """Whom a slot asks; kept, since the same people are asked for most quotes."""
    text = _slot_text(slot)
    _written.keep(slot, text)
    return text


def _slot_text(slot: Slot | CaseSlot) -> str:
    return ROLE.of(slot.role) + _approvers(CANDIDATES, slot.candidates)


def _approvers(field: Delimited, candidates: Iterable[Candidate]) -> str:
    fields = ""
    for person, name, on_behalf_of in candidates:
        text = f"{PERSON.of(person)}{PERSON_NAME.of(name)}{ON_BEHALF_OF.of(on_behalf_of)}"
        fields += f"{field[len(text)]}{text}"
    return fields


def _reasons(field: Delimited, reasons: Iterable[Reason]) -> str:
    fields = ""
    for reason in reasons:
        text = reason_text(reason)
        fields += f"{field[len(text)]}{text}"
    return fields


def reason_text(reason: Reason) -> str:
    """The bytes of the message of a rule that held, each of them a character."""
    rule_id, file, line, told, values = reason
    text = f"{RULE_ID[rule_id]}{FILE[file]}{LINE[line]}{TEXT.of(told)}"
    for name, value in values:
        fact = named_fact_text(name, value)
        text += f"{VALUES[len(fact)]}{fact}"
    return text


def named_fact_text(name: str, value: Any) -> str:
    """The bytes of the message of a fact with its name, each of them a character; the value is left out for None."""
    if value is None:
        return NAME[name]
    text = _fact_text(value)
    return f"{NAME[name]}{VALUE[len(text)]}{text}"


def _fact_text(value: Any) -> str:
    """The bytes of a fact's value that is not None; a list is the text of its items."""
    if isinstance(value, Decimal):
        return FACT_NUMBER.of_number(value)
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, date):
        return FACT_DATE.of(value.isoformat())
    text = utf8(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    # One of several kinds of value, which is there even where it is empty.
    return f"{FACT_TEXT[len(text)]}{text}"


def write_case(case: Case, message: approval_service_pb2.Approval) -> None:
    """Fill an empty message with a case."""
    message.quote_id = case.quote_id
    message.version = case.version
    message.state = STATES[case.state.value]
    message.requester = case.requester
    message.submission = case.submission
    message.outcome_reason = case.outcome_reason
    message.submitted_at = time_text(case.submitted_at)
    message.expires_at = time_text(case.expires_at)
    for step in case.steps:
        _write_case_step(step, message.steps.add())
    for comment in case.comments:
        item = message.comments.add()
        item.person = comment.person
        item.at = time_text(comment.at)
        item.text = comment.text
    message.superseded_by = case.superseded_by


def _write_case_step(step: CaseStep, message: approval_service_pb2.ApprovalStep) -> None:
    message.id = step.id
    message.stage = step.stage
    message.position = step.position
    message.state = STEP_STATES[step.state.value]
    message.state_reason = step.state_reason
    message.need = step.need
    for slot in step.slots:
        item = message.slots.add()
        fill(item, _slot_text(slot))
        item.decided_by = slot.decided_by
        item.on_behalf_of = slot.on_behalf_of
        item.decided_at = time_text(slot.decided_at)
        item.comment = slot.comment
    fill(message, _reasons(CASE_REASONS, step.reasons))
    message.opened_at = time_text(step.opened_at)
    message.escalates_at = time_text(step.escalates_at)
    message.escalated_at = time_text(step.escalated_at)


def write_event(entry: AuditEntry, message: approval_service_pb2.ApprovalEvent) -> None:
    """Fill an empty message with an entry of the audit log."""
    message.sequence = entry.sequence
    message.kind = entry.kind
    message.quote_id = entry.quote_id
    message.version = entry.version
    message.person = entry.actor
    message.at = entry.at
    message.detail_json = entry.detail
    message.hash = entry.hash


def time_text(time: datetime | None) -> str:
    """RFC 3339 text; "" for None."""
    return "" if time is None else time.isoformat()

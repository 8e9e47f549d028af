"""Approval routes, cases and events to messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from quotewright.v1 import approval_pb2, approval_service_pb2, quote_pb2

from engine.approve.case import Case, CaseSlot, CaseStep
from engine.approve.result import Candidate, Reason, Route, RouteStep, Slot
from engine.store.audit import AuditEntry
from engine.wire.text import decimal_text, enum_numbers

OUTCOMES = enum_numbers(approval_pb2.RouteOutcome, "ROUTE_OUTCOME_")
STATUSES = enum_numbers(approval_pb2.RouteStepStatus, "ROUTE_STEP_STATUS_")
STATES = enum_numbers(approval_service_pb2.ApprovalState, "APPROVAL_STATE_")
STEP_STATES = enum_numbers(approval_service_pb2.ApprovalStepState, "APPROVAL_STEP_STATE_")


class _Reasons(Protocol):
    """A repeated field of reasons."""

    def add(self) -> approval_pb2.RuleReason: ...


class _Approvers(Protocol):
    """A repeated field of approvers."""

    def add(self) -> approval_pb2.Approver: ...


def write_route(route: Route, message: approval_pb2.ApprovalRoute) -> None:
    """Fill an empty message with a route."""
    message.outcome = OUTCOMES[route.outcome.value]
    message.outcome_reason = route.outcome_reason
    for step in route.steps:
        _write_route_step(step, message.steps.add())
    _write_reasons(route.auto_approval, message.auto_approvals)
    for derived in route.derived:
        item = message.derived.add()
        item.name = derived.name
        write_value(derived.value, item.value)
        write_reason(derived.reason, item.reason)


def _write_route_step(step: RouteStep, message: approval_pb2.RouteStep) -> None:
    message.id = step.id
    message.stage = step.stage
    message.position = step.position
    message.status = STATUSES[step.status.value]
    message.status_reason = step.status_reason
    message.need = step.need
    for slot in step.slots:
        _write_slot(slot, message.slots.add())
    message.escalate_after_hours = step.escalate_after_hours
    if step.escalation is not None:
        _write_approvers(step.escalation.candidates, message.escalation)
    _write_reasons(step.reasons, message.reasons)


def _write_slot(slot: Slot | CaseSlot, message: approval_pb2.ApprovalSlot) -> None:
    message.role = slot.role
    _write_approvers(slot.candidates, message.candidates)


def _write_approvers(candidates: Iterable[Candidate], messages: _Approvers) -> None:
    for candidate in candidates:
        message = messages.add()
        message.person = candidate.person
        message.name = candidate.name
        message.on_behalf_of = candidate.on_behalf_of


def _write_reasons(reasons: Iterable[Reason], messages: _Reasons) -> None:
    for reason in reasons:
        write_reason(reason, messages.add())


def write_reason(reason: Reason, message: approval_pb2.RuleReason) -> None:
    """Fill an empty message with a rule that held."""
    message.rule_id = reason.rule_id
    message.file = reason.file
    message.line = reason.line
    message.text = reason.text
    for name, value in reason.values:
        item = message.values.add()
        item.name = name
        write_value(value, item.value)


def write_value(value: Any, message: quote_pb2.FactValue) -> None:
    """Fill an empty fact; a list is the text of its items."""
    if isinstance(value, bool):
        message.boolean = value
    elif isinstance(value, Decimal):
        message.number = decimal_text(value)
    elif isinstance(value, date):
        message.date = value.isoformat()
    elif isinstance(value, list | tuple):
        message.text = ", ".join(map(str, value))
    elif value is not None:
        message.text = str(value)


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
        _write_slot(slot, item)
        item.decided_by = slot.decided_by
        item.on_behalf_of = slot.on_behalf_of
        item.decided_at = time_text(slot.decided_at)
        item.comment = slot.comment
    _write_reasons(step.reasons, message.reasons)
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

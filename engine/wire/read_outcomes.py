"""The parts of a reply beside prices, messages to plain objects: credit and the approval route."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from quotewright.v1 import approval_pb2, credit_pb2, quote_pb2

from engine.approve.result import (
    Candidate,
    Derived,
    Reason,
    Route,
    RouteOutcome,
    RouteStep,
    Slot,
    StepStatus,
)
from engine.credit.result import CreditCondition, CreditFinding, CreditOutcome, CreditResult, Exposure, Level
from engine.money import to_decimal
from engine.wire.text import enum_names

ROUTES = enum_names(approval_pb2.RouteOutcome, "ROUTE_OUTCOME_")
STATUSES = enum_names(approval_pb2.RouteStepStatus, "ROUTE_STEP_STATUS_")
OUTCOMES = enum_names(credit_pb2.CreditOutcome, "CREDIT_OUTCOME_")
CONDITION_KINDS = enum_names(credit_pb2.CreditConditionKind, "CREDIT_CONDITION_KIND_")
AMOUNT_KINDS = ("deposit_percent", "deposit_amount")


def read_route(message: approval_pb2.ApprovalRoute) -> Route:
    """The route that a reply states; a list among its facts is the text that the reply has for it.

    Raises:
        ValueError: the message is none of ours.
    """
    return Route(
        outcome=RouteOutcome(ROUTES[message.outcome]),
        outcome_reason=message.outcome_reason,
        steps=tuple(map(_step, message.steps)),
        auto_approval=_reasons(message.auto_approvals),
        derived=tuple(Derived(item.name, read_value(item.value), _reason(item.reason)) for item in message.derived),
    )


def _step(message: approval_pb2.RouteStep) -> RouteStep:
    return RouteStep(
        id=message.id,
        chain=message.id.partition(".")[0],
        stage=message.stage,
        position=message.position,
        status=StepStatus(STATUSES[message.status]),
        status_reason=message.status_reason,
        need=message.need,
        slots=tuple(Slot(slot.role, _candidates(slot.candidates)) for slot in message.slots),
        escalate_after_hours=message.escalate_after_hours,
        # The role is no part of the reply: who is asked then is.
        escalation=Slot("", _candidates(message.escalation)) if message.escalation else None,
        reasons=_reasons(message.reasons),
    )


def _candidates(messages: Iterable[approval_pb2.Approver]) -> tuple[Candidate, ...]:
    return tuple(Candidate(item.person, item.name, item.on_behalf_of) for item in messages)


def _reasons(messages: Iterable[approval_pb2.RuleReason]) -> tuple[Reason, ...]:
    return tuple(map(_reason, messages))


def _reason(message: approval_pb2.RuleReason) -> Reason:
    values = tuple((item.name, read_value(item.value)) for item in message.values)
    return Reason(message.rule_id, message.file, message.line, message.text, values)


def read_value(message: quote_pb2.FactValue) -> Any:
    """The value of a fact; None for one that is null."""
    match message.WhichOneof("value"):
        case "text":
            return message.text
        case "number":
            return to_decimal(message.number)
        case "boolean":
            return message.boolean
        case "date":
            return date.fromisoformat(message.date)
    return None


def read_credit(message: credit_pb2.CreditResult) -> CreditResult:
    """The result of a credit check that a reply states.

    Raises:
        ValueError: the message is none of ours.
    """
    return CreditResult(
        outcome=CreditOutcome(OUTCOMES[message.outcome]),
        account=message.account,
        currency=message.currency,
        limit=_optional(message.limit),
        limit_account=message.limit_account,
        headroom=_optional(message.headroom),
        used_percent=_optional(message.used_percent),
        horizon_headroom=_optional(message.horizon_headroom),
        exposure=_exposure(message.exposure),
        levels=tuple(
            Level(item.account, _optional(item.limit), to_decimal(item.exposure), to_decimal(item.horizon_exposure))
            for item in message.levels
        ),
        score=_optional(message.score),
        rating=message.rating,
        role=message.role,
        findings=tuple(map(_finding, message.findings)),
        conditions=tuple(map(_condition, message.conditions)),
        overridden_by=message.overridden_by,
        override_reason=message.override_reason,
    )


def _optional(text: str) -> Decimal | None:
    return to_decimal(text) if text else None


def _exposure(message: credit_pb2.CreditExposure) -> Exposure:
    return Exposure(
        receivables=to_decimal(message.receivables),
        orders=to_decimal(message.orders),
        deliveries=to_decimal(message.deliveries),
        quote=to_decimal(message.quote),
        deposits=to_decimal(message.deposits),
        total=to_decimal(message.total),
        horizon_total=to_decimal(message.horizon_total),
        overdue=to_decimal(message.overdue),
        overdue_percent=to_decimal(message.overdue_percent),
        oldest_days=message.oldest_days,
    )


def _finding(message: credit_pb2.CreditFinding) -> CreditFinding:
    why = _reason(message.reason)
    outcome = CreditOutcome(OUTCOMES[message.outcome])
    return CreditFinding(why.rule_id, why.file, why.line, outcome, message.role, why.text, why.values)


def _condition(message: credit_pb2.CreditCondition) -> CreditCondition:
    kind = CONDITION_KINDS[message.kind]
    return CreditCondition(kind, to_decimal(message.value) if kind in AMOUNT_KINDS else message.value, message.rule_id)

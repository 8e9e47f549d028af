"""Credit results to messages."""

from __future__ import annotations

from decimal import Decimal

from quotewright.v1 import credit_pb2 as pb

from engine.approve.result import Reason
from engine.credit.result import CreditResult, Exposure
from engine.wire.text import decimal_text, enum_numbers, optional_decimal_text
from engine.wire.write_approval import write_reason

OUTCOMES = enum_numbers(pb.CreditOutcome, "CREDIT_OUTCOME_")
CONDITION_KINDS = enum_numbers(pb.CreditConditionKind, "CREDIT_CONDITION_KIND_")


def write_credit(credit: CreditResult, message: pb.CreditResult) -> None:
    """Fill an empty message with the result of a credit check."""
    message.outcome = OUTCOMES[credit.outcome.value]
    message.account = credit.account
    message.currency = credit.currency
    message.limit = optional_decimal_text(credit.limit)
    message.limit_account = credit.limit_account
    message.headroom = optional_decimal_text(credit.headroom)
    message.used_percent = optional_decimal_text(credit.used_percent)
    message.horizon_headroom = optional_decimal_text(credit.horizon_headroom)
    _write_exposure(credit.exposure, message.exposure)
    for level in credit.levels:
        item = message.levels.add()
        item.account = level.account
        item.limit = optional_decimal_text(level.limit)
        item.exposure = decimal_text(level.exposure)
        item.horizon_exposure = decimal_text(level.horizon_exposure)
    message.score = optional_decimal_text(credit.score)
    message.rating = credit.rating
    message.role = credit.role
    for found in credit.findings:
        finding = message.findings.add()
        write_reason(Reason(found.rule_id, found.file, found.line, found.text, found.values), finding.reason)
        finding.outcome = OUTCOMES[found.outcome.value]
        finding.role = found.role
    for asked in credit.conditions:
        condition = message.conditions.add()
        condition.kind = CONDITION_KINDS[asked.kind]
        condition.value = decimal_text(asked.value) if isinstance(asked.value, Decimal) else str(asked.value)
        condition.rule_id = asked.rule_id
    message.overridden_by = credit.overridden_by
    message.override_reason = credit.override_reason


def _write_exposure(exposure: Exposure, message: pb.CreditExposure) -> None:
    for name in ("receivables", "orders", "deliveries", "quote", "deposits", "total", "horizon_total", "overdue"):
        setattr(message, name, decimal_text(getattr(exposure, name)))
    message.overdue_percent = decimal_text(exposure.overdue_percent)
    message.oldest_days = exposure.oldest_days

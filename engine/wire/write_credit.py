"""Credit results to the bytes of their messages, as text in the wire format."""

from __future__ import annotations

from decimal import Decimal

from quotewright.v1 import credit_pb2 as pb

from engine.approve.result import Reason
from engine.credit.result import CreditFinding, CreditResult, Exposure
from engine.wire.text import decimal_text, enum_numbers
from engine.wire.wire_format import Delimited, Number, Repeated, fill
from engine.wire.write_approval import reason_text

OUTCOMES = enum_numbers(pb.CreditOutcome, "CREDIT_OUTCOME_")
CONDITION_KINDS = enum_numbers(pb.CreditConditionKind, "CREDIT_CONDITION_KIND_")

OUTCOME, ACCOUNT = Number(pb.CreditResult, "outcome"), Delimited(pb.CreditResult, "account")
CURRENCY, LIMIT = Repeated(pb.CreditResult, "currency"), Delimited(pb.CreditResult, "limit")
LIMIT_ACCOUNT, HEADROOM = Delimited(pb.CreditResult, "limit_account"), Delimited(pb.CreditResult, "headroom")
USED_PERCENT = Delimited(pb.CreditResult, "used_percent")
HORIZON_HEADROOM = Delimited(pb.CreditResult, "horizon_headroom")
EXPOSURE, LEVELS = Delimited(pb.CreditResult, "exposure"), Delimited(pb.CreditResult, "levels")
SCORE, RATING = Delimited(pb.CreditResult, "score"), Repeated(pb.CreditResult, "rating")
ROLE, FINDINGS = Repeated(pb.CreditResult, "role"), Delimited(pb.CreditResult, "findings")
CONDITIONS = Delimited(pb.CreditResult, "conditions")
OVERRIDDEN_BY = Delimited(pb.CreditResult, "overridden_by")
OVERRIDE_REASON = Delimited(pb.CreditResult, "override_reason")

RECEIVABLES, ORDERS = Delimited(pb.CreditExposure, "receivables"), Delimited(pb.CreditExposure, "orders")
DELIVERIES, QUOTE = Delimited(pb.CreditExposure, "deliveries"), Delimited(pb.CreditExposure, "quote")
DEPOSITS, TOTAL = Delimited(pb.CreditExposure, "deposits"), Delimited(pb.CreditExposure, "total")
HORIZON_TOTAL, OVERDUE = Delimited(pb.CreditExposure, "horizon_total"), Delimited(pb.CreditExposure, "overdue")
OVERDUE_PERCENT = Delimited(pb.CreditExposure, "overdue_percent")
OLDEST_DAYS = Number(pb.CreditExposure, "oldest_days")

LEVEL_ACCOUNT, LEVEL_LIMIT = Delimited(pb.CreditLevel, "account"), Delimited(pb.CreditLevel, "limit")
LEVEL_EXPOSURE = Delimited(pb.CreditLevel, "exposure")
LEVEL_HORIZON_EXPOSURE = Delimited(pb.CreditLevel, "horizon_exposure")

REASON, FINDING_ROLE = Delimited(pb.CreditFinding, "reason"), Repeated(pb.CreditFinding, "role")
FINDING_OUTCOME = Number(pb.CreditFinding, "outcome")

CONDITION_KIND, CONDITION_VALUE = Number(pb.CreditCondition, "kind"), Delimited(pb.CreditCondition, "value")
CONDITION_RULE = Repeated(pb.CreditCondition, "rule_id")


def write_credit(credit: CreditResult, message: pb.CreditResult) -> None:
    """Fill an empty message with the result of a credit check."""
    fill(message, credit_text(credit))


def credit_text(credit: CreditResult) -> str:
    """The bytes of the message of a credit check's result, each of them a character."""
    exposure = _exposure(credit.exposure)
    levels = ""
    for account, limit, exposed, horizon_exposed in credit.levels:
        level = (
            f"{LEVEL_ACCOUNT.of(account)}{LEVEL_LIMIT.of_number(limit)}"
            f"{LEVEL_EXPOSURE.of_number(exposed)}{LEVEL_HORIZON_EXPOSURE.of_number(horizon_exposed)}"
        )
        levels += f"{LEVELS[len(level)]}{level}"
    text = (
        f"{OUTCOME[OUTCOMES[credit.outcome]]}{ACCOUNT.of(credit.account)}{CURRENCY[credit.currency]}"
        f"{LIMIT.of_number(credit.limit)}{LIMIT_ACCOUNT.of(credit.limit_account)}"
        f"{HEADROOM.of_number(credit.headroom)}"
        f"{USED_PERCENT.of_number(credit.used_percent)}"
        f"{HORIZON_HEADROOM.of_number(credit.horizon_headroom)}"
        f"{EXPOSURE[len(exposure)]}{exposure}{levels}"
        f"{SCORE.of_number(credit.score)}{RATING[credit.rating]}{ROLE[credit.role]}"
    )
    for found in credit.findings:
        text += _finding(found)
    for kind, value, rule_id in credit.conditions:
        shown = decimal_text(value) if isinstance(value, Decimal) else str(value)
        condition = f"{CONDITION_KIND[CONDITION_KINDS[kind]]}{CONDITION_VALUE.of(shown)}{CONDITION_RULE[rule_id]}"
        text += f"{CONDITIONS[len(condition)]}{condition}"
    return f"{text}{OVERRIDDEN_BY.of(credit.overridden_by)}{OVERRIDE_REASON.of(credit.override_reason)}"


def _exposure(exposure: Exposure) -> str:
    return (
        f"{RECEIVABLES.of_number(exposure.receivables)}{ORDERS.of_number(exposure.orders)}"
        f"{DELIVERIES.of_number(exposure.deliveries)}{QUOTE.of_number(exposure.quote)}"
        f"{DEPOSITS.of_number(exposure.deposits)}{TOTAL.of_number(exposure.total)}"
        f"{HORIZON_TOTAL.of_number(exposure.horizon_total)}{OVERDUE.of_number(exposure.overdue)}"
        f"{OVERDUE_PERCENT.of_number(exposure.overdue_percent)}{OLDEST_DAYS[exposure.oldest_days]}"
    )


def _finding(found: CreditFinding) -> str:
    rule_id, file, line, outcome, role, told, values = found
    reason = reason_text(Reason(rule_id, file, line, told, values))
    text = f"{REASON[len(reason)]}{reason}{FINDING_OUTCOME[OUTCOMES[outcome]]}{FINDING_ROLE[role]}"
    return f"{FINDINGS[len(text)]}{text}"

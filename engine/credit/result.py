"""What a credit check gives: the outcome with its reasons, headroom, used share, and what exposure is made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple


class CreditOutcome(StrEnum):
    """What may be done with a quote; of several the last in this order wins."""

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    REFER = "refer"
    HOLD = "hold"
    REJECT = "reject"


SEVERITY = {outcome: place for place, outcome in enumerate(CreditOutcome)}


class CreditFinding(NamedTuple):
    """A rule that held.

    Attributes:
        rule_id: the rule; "no_limit" for the rulebook's choice where no limit is given.
        file: where it stands.
        line: 1-based.
        outcome: what it asks for.
        role: whom a referral goes to; "" for none.
        text: why, for a person.
        values: facts that its condition read, by name.
    """

    rule_id: str
    file: str
    line: int
    outcome: CreditOutcome
    role: str
    text: str
    values: tuple[tuple[str, Any], ...]


class CreditCondition(NamedTuple):
    """What the customer must accept.

    Attributes:
        kind: "deposit_percent", "deposit_amount", "payment_terms" or "partial_shipment".
        value: percent points, an amount in the credit currency, or a text.
        rule_id: the rule that asks for it.
    """

    kind: str
    value: Decimal | str
    rule_id: str


class Level(NamedTuple):
    """The exposure against one limit.

    Attributes:
        account: whose limit it is.
        limit: None where none is given.
        exposure: of the account and those below that share its limit, this quote included.
        horizon_exposure: without orders that ship after the horizon.
    """

    account: str
    limit: Decimal | None
    exposure: Decimal
    horizon_exposure: Decimal


@dataclass(slots=True)
class Exposure:
    """What exposure is made of; amounts in the credit currency, over all accounts of the binding limit.

    Attributes:
        receivables: invoiced and not paid.
        orders: approved and not invoiced.
        deliveries: open deliveries.
        quote: this quote.
        deposits: subtracted.
        total: receivables + orders + deliveries + quote - deposits.
        horizon_total: the same without orders that ship after the horizon.
        overdue: receivables past their due day.
        overdue_percent: of receivables, two decimals; 0 where there are none.
        oldest_days: days by which the oldest open item is overdue; 0 where none is.
    """

    receivables: Decimal
    orders: Decimal
    deliveries: Decimal
    quote: Decimal
    deposits: Decimal
    total: Decimal
    horizon_total: Decimal
    overdue: Decimal
    overdue_percent: Decimal
    oldest_days: int


@dataclass(slots=True)
class CreditResult:
    """The credit part of a decision. Amounts are in the credit currency.

    Attributes:
        outcome: what may be done.
        account: the account checked.
        currency: credit currency.
        limit: the binding limit: of those that hold the one with the least headroom; None where none is given.
        limit_account: whose it is.
        headroom: limit - exposure, negative above the limit; None without a limit.
        used_percent: exposure / limit x 100, two decimals; None without a limit or with one of zero.
        horizon_headroom: as headroom, without what ships after the horizon.
        exposure: what it is made of.
        levels: every limit that holds, from the account upwards.
        score: by the rulebook's table; None without one.
        rating: by the rulebook's table; "" without one.
        role: whom the worst finding refers to; "" for nobody.
        findings: rules that held, in the order of the files.
        conditions: what the customer must accept, in the order of the files.
        overridden_by: the person whose decision took the place of the rules'; "" for none.
        override_reason: of that person.
    """

    outcome: CreditOutcome
    account: str
    currency: str
    limit: Decimal | None
    limit_account: str
    headroom: Decimal | None
    used_percent: Decimal | None
    horizon_headroom: Decimal | None
    exposure: Exposure
    levels: tuple[Level, ...]
    score: Decimal | None
    rating: str
    role: str
    findings: tuple[CreditFinding, ...]
    conditions: tuple[CreditCondition, ...]
    overridden_by: str = ""
    override_reason: str = ""

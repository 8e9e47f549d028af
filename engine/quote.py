"""The request as plain objects: a quote, its lines, its customer, as the engine reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Fact = str | Decimal | bool | date | None
"""What a caller may state about a customer, a quote or a line beyond the built-in fields."""

Facts = Mapping[str, Fact]
EMPTY_FACTS: Facts = {}

MAX_LINES = 100_000
MAX_TRANSACTIONS = 100_000


class DiscountKind(StrEnum):
    """How a discount that a person asks for is expressed."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class RequestedDiscount:
    """A manual discount: percent off, an amount off, or the price wanted.

    Attributes:
        kind: how `value` is meant.
        value: percent points (15 is 15 %), or an amount in the quote's currency; on a line per unit,
            on the quote for the whole.
        reason: free text of the person who asks; shown in the waterfall.
    """

    kind: DiscountKind
    value: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RampSegment:
    """A part of a line's term with its own quantity and, where agreed, its own unit price.

    Attributes:
        start: first day.
        end: last day (inclusive).
        quantity: units during the segment.
        unit_price: agreed price per unit and billing period; None prices the segment like a line.
    """

    start: date
    end: date
    quantity: Decimal
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Transactions:
    """What a price by percentage is taken of: the transactions of one billing period.

    Attributes:
        count: their number.
        amounts: the value of each, in their order; empty where only their number is known, and the line's quantity
            is their value.
    """

    count: int
    amounts: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """An option chosen for a bundle line.

    Attributes:
        sku: the option's product.
        quantity: units for one bundle; None takes the option's rule.
        components: options chosen for a nested bundle.
    """

    sku: str
    quantity: Decimal | None = None
    components: tuple[Component, ...] = ()


@dataclass(slots=True)
class QuoteLine:
    """A line to price. Nothing changes what it asks for.

    It is not frozen because making a frozen one costs five times as much.

    Attributes:
        id: unique within the quote; the caller's.
        sku: the product.
        quantity: in the product's unit of measure; for usage products the rated quantity of one billing period.
        start: first day of the term of a recurring product; None is the price date.
        end: last day of the term (inclusive); None with `term_months` None is one billing period.
        term_months: term as whole months instead of `end`.
        facts: further facts that rules may read as line.<name>, declared in the rulebook.
        discount: what the salesperson asks for.
        components: options chosen where the product is a bundle.
        segments: ramp; where given they replace quantity, start and end.
        transactions: for a price by percentage; None is one transaction of the quantity's value.
        declared_by: the declarations that its facts were found to meet; None until they were compared with some.
    """

    id: str
    sku: str
    quantity: Decimal
    start: date | None = None
    end: date | None = None
    term_months: int | None = None
    facts: Facts = field(default_factory=dict)
    discount: RequestedDiscount | None = None
    components: tuple[Component, ...] = ()
    segments: tuple[RampSegment, ...] = ()
    transactions: Transactions | None = None
    declared_by: Mapping[str, type] | None = field(default=None, init=False, compare=False, repr=False)


@dataclass(slots=True)
class Quote:
    """What is to be decided. Nothing changes it; it is not frozen for the reason that lines are not.

    Attributes:
        currency: ISO 4217 code of every amount in the request and the reply.
        price_date: the day on which prices and rules must be valid.
        lines: at least one, at most MAX_LINES.
        id: the caller's reference; not interpreted.
        customer_id: a customer of the catalogue, or "" for one described by `customer` alone.
        customer: facts that rules may read as customer.<name>; they win over the catalogue's.
        channel: sales channel, for example "direct", "partner" or "web"; "" where unknown.
        facts: further facts of the deal that rules may read as quote.<name>, declared in the rulebook.
        coupons: codes that the buyer entered.
        discount: a header discount, spread over the lines.
        explain_alternatives: also tell which prices and rules lost and why.
    """

    currency: str
    price_date: date
    lines: tuple[QuoteLine, ...]
    id: str = ""
    customer_id: str = ""
    customer: Facts = field(default_factory=dict)
    channel: str = ""
    facts: Facts = field(default_factory=dict)
    coupons: tuple[str, ...] = ()
    discount: RequestedDiscount | None = None
    explain_alternatives: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in a request that keeps it from being answered.

    Attributes:
        field: path of the field, for example "lines[3].quantity".
        reason: stable upper-case identifier, for example UNKNOWN_SKU.
        message: what was found, what was expected, nearest known name.
    """

    field: str
    reason: str
    message: str


class QuoteRejectedError(Exception):
    """A quote that cannot be decided as asked: carries every violation; nothing was computed in part."""

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        shown = "; ".join(f"{violation.field}: {violation.message}" for violation in violations[:3])
        more = f" (and {len(violations) - 3} more)" if len(violations) > 3 else ""
        super().__init__(shown + more)

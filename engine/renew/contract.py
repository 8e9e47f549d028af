"""A contract that ends, as the caller tells it, and what is asked about its renewal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.quote import EMPTY_FACTS, Facts, QuoteLine, RampSegment


class RenewalMethod(StrEnum):
    """How the price of a line is found."""

    SAME = "same"
    LIST = "list"
    UPLIFT = "uplift"


class UpliftPeriod(StrEnum):
    """What an uplift's rate is for."""

    YEAR = "year"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Uplift:
    """How much a price rises.

    Attributes:
        percent: rate in percent points; on top of the index where one is named.
        index: name of an index of the rulebook; "" for none.
        floor: the rate does not go below; None for no floor.
        cap: the rate does not go above; None for no cap.
        per: whether the rate is for a year or for the whole term.
        compound: whether years build on one another; otherwise the rate is multiplied by the years.
    """

    percent: Decimal
    index: str = ""
    floor: Decimal | None = None
    cap: Decimal | None = None
    per: UpliftPeriod = UpliftPeriod.YEAR
    compound: bool = False


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A line of a contract.

    Attributes:
        id: unique in the contract.
        sku: the product.
        quantity: units; not used where segments are given.
        unit_price: net price per unit and billing period; not used where segments are given.
        start: first day.
        end: last day (inclusive).
        segments: a ramp, in the order of time.
        renewable: False where the customer does not renew it; None where nothing is said.
        method: agreed for this line; None for that of the contract.
        uplift: agreed for this line; None for that of the contract.
        facts: further facts that rules may read as line.<name>.
    """

    id: str
    sku: str
    quantity: Decimal
    unit_price: Decimal
    start: date
    end: date
    segments: tuple[RampSegment, ...] = ()
    renewable: bool | None = None
    method: RenewalMethod | None = None
    uplift: Uplift | None = None
    facts: Facts = field(default_factory=lambda: EMPTY_FACTS)


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract.

    Attributes:
        id: identifier.
        customer_id: a customer of the catalogue; "" for one that is not in it.
        currency: ISO 4217 code of its prices.
        lines: at least one.
        channel: sales channel; "" where unknown.
        method: agreed for all lines; None for that of the rulebook.
        uplift: agreed for all lines; None for that of the rulebook.
        auto_renew: whether it renews itself unless somebody gives notice; None for the rulebook's choice.
        notice_days: days before its end by which notice is given; None for the rulebook's choice.
        facts: what is known of its health, read as contract.<name>; declared in the rulebook.
    """

    id: str
    customer_id: str
    currency: str
    lines: tuple[ContractLine, ...]
    channel: str = ""
    method: RenewalMethod | None = None
    uplift: Uplift | None = None
    auto_renew: bool | None = None
    notice_days: int | None = None
    facts: Facts = field(default_factory=lambda: EMPTY_FACTS)

    @property
    def end(self) -> date:
        """The last day of the line that lasts longest."""
        return max(line.end for line in self.lines)

    @property
    def start(self) -> date:
        """The first day of the line that begins first."""
        return min(line.start for line in self.lines)


@dataclass(frozen=True, slots=True)
class RenewalRequest:
    """What is asked about a contract.

    Attributes:
        contract: that ends.
        day: today: prices are those of this day.
        term_months: of the renewal; None for the rulebook's choice.
        start: begins the renewal earlier than the day after the end; None for that day.
        co_term: whether all lines end together; None for the rulebook's choice.
        end: common last day, where lines end together; None for that of the line that would end last.
        quantities: units by contract line, where they change: more, less, or none at all.
        additions: further lines of the quote, to the common end where they say none themselves.
    """

    contract: Contract
    day: date
    term_months: int | None = None
    start: date | None = None
    co_term: bool | None = None
    end: date | None = None
    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    additions: tuple[QuoteLine, ...] = ()

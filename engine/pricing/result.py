"""What pricing gives: lines with their waterfalls, totals, margin, the rounding ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.money import Rounding
from engine.pricing.terms import Periods
from engine.trace import Adjustment, KnownSteps


@dataclass(slots=True)
class Term:
    """The time that a recurring line covers, and what it multiplies the price by.

    Attributes:
        start: first day.
        end: last day (inclusive).
        billing_period: "month", "quarter", "half_year" or "year": the period that the unit price is for.
        proration: name of the method, see the pricing guide.
        periods: multiplier, in billing periods: the line amount is unit price x quantity x periods; 34 digits.
        exact: the same as a fraction, which amounts are computed with.
        months: the term in months, 34 digits.
        explanation: how `periods` came to be, for example "14/31 + 1 + 12/28".
    """

    start: date
    end: date
    billing_period: str
    proration: str
    periods: Decimal
    exact: Periods
    months: Decimal
    explanation: str

    @property
    def words(self) -> str:
        """The billing periods, to be computed with by hand: "12 months", "(14 + 5/31) months"."""
        counted = self.explanation if self.exact.denominator == 1 else f"({self.explanation})"
        unit = self.billing_period.replace("_", " ")
        return f"{counted} {unit}" if self.exact[:2] == (1, 1) else f"{counted} {unit}s"


@dataclass(slots=True)
class PricedItem:
    """What a line prices, and by what: one object for all lines of a product and its price. Nothing changes it.

    Attributes:
        sku: the product.
        name: the product's name.
        unit_of_measure: of the product.
        charge_type: "one_time", "recurring" or "usage".
        price_list: id of the price list whose entry gave the price.
        charge_model: for example "per_unit", "graduated".
        written: what a writer made of it; None until one did.
    """

    sku: str
    name: str
    unit_of_measure: str
    charge_type: str
    price_list: str = ""
    charge_model: str = ""
    written: Any = field(default=None, init=False, compare=False, repr=False)


@dataclass(slots=True)
class PricedLine:
    """A priced line. All amounts are in the quote's currency.

    Attributes:
        id: the caller's line id; components of a bundle append ".1", ".2", ...
        parent_id: line of the bundle that this is a component of; "" for a line of its own.
        item: the product and what gave its price.
        quantity: units priced.
        list_unit_price: price per unit before contract, tiers and discounts.
        net_unit_price: price per unit that results; for lines priced as a whole amount / quantity, rounded to the
            list's precision for display.
        list_total: list price of the line over its term, rounded like the line total.
        net_total: what the line costs: the line total.
        cost_total: rounded like the line total; None where the catalogue gives no cost in this currency.
        first_year_total: part of net_total that falls to the first twelve months of the term; net_total without one.
        monthly_recurring: net charge of one month, rounded like the line total; zero for what does not recur.
        term: None for one-time lines.
        waterfall: the steps in the order in which they acted.
        alternatives: prices and rules that lost, each with the reason, where asked for.
        offers: quantities and terms at which a unit would cost less, where asked for.
        prior_prices: the lowest and highest list price before the price date, where the rulebook asks for them.
        prices_hidden: whether the price is part of the bundle's line: the line shows no figures of its own.
        known_steps: those in front of the waterfall that many lines have; None for none.
    """

    id: str
    parent_id: str
    item: PricedItem
    quantity: Decimal
    list_unit_price: Decimal
    net_unit_price: Decimal
    list_total: Decimal
    net_total: Decimal
    cost_total: Decimal | None
    first_year_total: Decimal
    monthly_recurring: Decimal
    term: Term | None
    waterfall: tuple[Adjustment, ...]
    alternatives: tuple[Alternative, ...] = ()
    offers: tuple[Offer, ...] = ()
    prior_prices: PriorPrices | None = None
    prices_hidden: bool = False
    known_steps: KnownSteps | None = field(default=None, compare=False, repr=False)

    @property
    def sku(self) -> str:
        """The product."""
        return self.item.sku

    @property
    def name(self) -> str:
        """The product's name."""
        return self.item.name

    @property
    def unit_of_measure(self) -> str:
        """Of the product."""
        return self.item.unit_of_measure

    @property
    def charge_type(self) -> str:
        """One of "one_time", "recurring" and "usage"."""
        return self.item.charge_type

    @property
    def price_list(self) -> str:
        """Id of the price list whose entry gave the price; "" where none did."""
        return self.item.price_list

    @property
    def charge_model(self) -> str:
        """Of that entry."""
        return self.item.charge_model


@dataclass(frozen=True, slots=True)
class Offer:
    """The smallest change of a line's quantity or term that lowers what a unit costs, found by pricing it.

    Attributes:
        quantity: to order instead; None where the term is changed.
        term_months: term to take instead; None where the quantity is changed.
        net_unit_price: what a unit of the line would cost.
        net_total: what the quote would cost.
        saving: how much less that is than the quote costs now; negative where it is more.
    """

    quantity: Decimal | None
    term_months: int | None
    net_unit_price: Decimal
    net_total: Decimal
    saving: Decimal


@dataclass(frozen=True, slots=True)
class PriorPrices:
    """The list prices of a unit that the customer had in the days before the price date.

    Attributes:
        since: first of those days.
        lowest: of the unit prices on them.
        highest: likewise.
    """

    since: date
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a request that was answered, but not as the caller may expect.

    Attributes:
        field: path of the field, for example "coupons[0]".
        reason: stable upper-case identifier, for example UNKNOWN_COUPON.
        message: what was found and why it did nothing.
    """

    field: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A price or a rule that was considered for a line and lost.

    Attributes:
        kind: "price" or "rule".
        id: price list and entry, or rule id.
        file: where it stands.
        line: 1-based; 0 where unknown.
        reason: the first condition that failed, or what beat it.
    """

    kind: str
    id: str
    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Totals:
    """Sums over the lines; each is the exact sum of the lines' rounded figures.

    Attributes:
        list_total: before any discount.
        net_total: what the quote costs over the terms asked for (total contract value).
        discount_total: list_total - net_total.
        one_time_total: part of net_total charged once.
        recurring_total: part of net_total that recurs, over the terms.
        usage_total: part of net_total from rated usage.
        first_year_total: one-time charges and the recurring ones of the first twelve months.
        monthly_recurring: net recurring charge of one month; None where no line recurs.
        annual_recurring: twelve times that; None where no line recurs.
        cost_total: None where a line has no cost.
        margin: net_total - cost_total; None where a line has no cost.
        margin_percent: margin / net_total x 100, two decimals; None where undefined.
    """

    list_total: Decimal
    net_total: Decimal
    discount_total: Decimal
    one_time_total: Decimal
    recurring_total: Decimal
    usage_total: Decimal
    first_year_total: Decimal
    monthly_recurring: Decimal | None
    annual_recurring: Decimal | None
    cost_total: Decimal | None
    margin: Decimal | None
    margin_percent: Decimal | None


@dataclass(slots=True)
class PricedQuote:
    """The pricing part of a decision.

    Attributes:
        lines: components after the line of their bundle.
        totals: over all lines.
        roundings: the ledger.
        notices: what the caller should know.
        customer: what rules read as customer.<name>.
        facts: what rules read as quote.<name>.
    """

    lines: list[PricedLine]
    totals: Totals
    roundings: list[Rounding]
    notices: list[Notice] = field(default_factory=list)
    customer: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

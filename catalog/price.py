"""Prices: price lists with their scopes, and entries that price a SKU or a category by one of the charge models."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.money import ZERO
from engine.source import Span


class ScopeKind(StrEnum):
    """Whom a price list is for, most specific first: the order in which prices win."""

    CUSTOMER = "customer"
    CUSTOMER_GROUP = "customer_group"
    SEGMENT = "segment"
    CHANNEL = "channel"
    COUNTRY = "country"
    REGION = "region"
    EVERYONE = "everyone"

    @property
    def rank(self) -> int:
        """0 for the most specific scope."""
        return _RANKS[self]


_RANKS = {kind: rank for rank, kind in enumerate(ScopeKind)}


class Selection(StrEnum):
    """How a price list chooses among its entries: by the order of precedence, or the cheapest."""

    SPECIFIC = "specific"
    LOWEST = "lowest"


class TierBounds(StrEnum):
    """Which of two neighbouring tiers covers the bound between them.

    Attributes:
        UPPER_INCLUSIVE: a tier covers (previous bound, its bound]; 100 belongs to "up to 100".
        LOWER_INCLUSIVE: a tier covers [previous bound, its bound); 100 belongs to "from 100".
    """

    UPPER_INCLUSIVE = "upper_inclusive"
    LOWER_INCLUSIVE = "lower_inclusive"


class TierBasis(StrEnum):
    """Whether tiers are reached by quantity or by amount."""

    QUANTITY = "quantity"
    AMOUNT = "amount"


class TierScope(StrEnum):
    """Over which lines the tiers' quantity or amount is summed."""

    LINE = "line"
    PRODUCT = "product"
    FAMILY = "family"
    QUOTE = "quote"


class BillingPeriod(StrEnum):
    """The time that a recurring price pays for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Length in calendar months; 0 for days and weeks."""
        return _MONTHS[self]

    @property
    def days(self) -> int:
        """Length in days where it is the same for every period; 0 for months and longer."""
        return _DAYS[self]


_MONTHS = {
    BillingPeriod.DAY: 0,
    BillingPeriod.WEEK: 0,
    BillingPeriod.MONTH: 1,
    BillingPeriod.QUARTER: 3,
    BillingPeriod.HALF_YEAR: 6,
    BillingPeriod.YEAR: 12,
}
_DAYS = dict.fromkeys(BillingPeriod, 0) | {BillingPeriod.DAY: 1, BillingPeriod.WEEK: 7}


class ProrationMethod(StrEnum):
    """How a term becomes a number of billing periods.

    Attributes:
        DAYS_365: days / 365 of a year, in leap years too.
        MONTHS_UP: months, a started month counts in full.
        MONTHS_AND_DAYS: whole months from the start, each day left over is 12 / 365 of a month.
        ACTUAL: anchored billing periods; a stub is its days / the days of the period that it is part of.
        THIRTY_ACTUAL: anchored months; a stub is its days / 30.
        THIRTY_STRICT: anchored months; a stub is its days / 30, where every month has 30 days: the 31st counts for
            nothing, the last day of February for all that are missing.
    """

    DAYS_365 = "days_365"
    MONTHS_UP = "months_up"
    MONTHS_AND_DAYS = "months_and_days"
    ACTUAL = "actual"
    THIRTY_ACTUAL = "thirty_actual"
    THIRTY_STRICT = "thirty_strict"


class PackageRounding(StrEnum):
    """Whether a started package is charged in full or not at all."""

    UP = "up"
    DOWN = "down"


class PercentBase(StrEnum):
    """Which prices of the covered lines a percentage is taken of."""

    LIST = "list"
    NET = "net"


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a tiered price.

    Attributes:
        up_to: upper bound in units, or in amount for amount tiers; None for no bound (only the last tier).
        unit_price: price of a unit in this tier, of a package where the tier has a package size.
        flat_fee: amount charged once when the tier is reached (volume) or entered (graduated).
        package_size: units in a package, a started one is charged in full; None charges by the unit.
    """

    up_to: Decimal | None
    unit_price: Decimal = ZERO
    flat_fee: Decimal = ZERO
    package_size: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PerUnit:
    """Unit price x quantity."""

    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Volume:
    """All units at the price of the tier reached, plus that tier's flat fee."""

    tiers: tuple[Tier, ...]
    basis: TierBasis = TierBasis.QUANTITY
    scope: TierScope = TierScope.LINE


@dataclass(frozen=True, slots=True)
class Graduated:
    """Each unit at the price of its own tier, plus the flat fee of every tier entered."""

    tiers: tuple[Tier, ...]
    basis: TierBasis = TierBasis.QUANTITY
    scope: TierScope = TierScope.LINE


@dataclass(frozen=True, slots=True)
class Package:
    """Packages of `size` units x the price of a package.

    Attributes:
        package_price: of one package.
        size: units in a package.
        rounding: whether a started package is charged.
        minimum_packages: charged at least, even for no units.
    """

    package_price: Decimal
    size: Decimal
    rounding: PackageRounding = PackageRounding.UP
    minimum_packages: int = 0


@dataclass(frozen=True, slots=True)
class BlockStep:
    """A block of a stairstep price.

    Attributes:
        up_to: upper bound in units; None for no bound.
        price: the total price of any quantity in it.
        unit_price: added for each unit above the block before.
    """

    up_to: Decimal | None
    price: Decimal
    unit_price: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Block:
    """One total price for the block that holds the quantity; above the last one `overage_price` per extra unit.

    With `overage_price` None a quantity above the last bound has no price.
    """

    steps: tuple[BlockStep, ...]
    overage_price: Decimal | None = None
    scope: TierScope = TierScope.LINE


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lines a percentage is taken of: those of any of the categories (with sub-categories), tags or SKUs."""

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PercentOfTotal:
    """A percentage (18 means 18 %) of the covered lines' list or net prices, between a minimum and a maximum amount."""

    percent: Decimal
    coverage: Coverage
    base: PercentBase = PercentBase.NET
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Percentage:
    """A percentage of the value of each transaction and a fee for each, after a free allowance.

    A transaction is free while its number is within `free_transactions` and the running value within `free_amount`,
    as far as they are given. The one that crosses the free amount pays the percentage of what is above it.

    Attributes:
        percent: of a transaction's value (1.2 means 1.2 %).
        transaction_fee: for each transaction that is not free.
        free_transactions: number of transactions in the allowance; None for no limit by number.
        free_amount: value in the allowance; None for no limit by value. With both None nothing is free.
        minimum: least amount for each transaction that is not free; None for none.
        maximum: greatest amount for each; None for none.
    """

    percent: Decimal
    transaction_fee: Decimal = ZERO
    free_transactions: int | None = None
    free_amount: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CostPlus:
    """Unit cost x (1 + markup / 100), or unit cost / (1 - margin / 100): exactly one is given, in percent."""

    markup: Decimal | None = None
    margin: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AttributePrice:
    """A decision table of the rulebook gives the unit price or, where `base_price` is given, what is added to it."""

    table: str
    base_price: Decimal | None = None


ChargeModel = PerUnit | Volume | Graduated | Package | Block | PercentOfTotal | Percentage | CostPlus | AttributePrice

MODEL_NAMES: dict[type[ChargeModel], str] = {
    PerUnit: "per_unit",
    Volume: "volume",
    Graduated: "graduated",
    Package: "package",
    Block: "block",
    PercentOfTotal: "percent_of_total",
    Percentage: "percentage",
    CostPlus: "cost_plus",
    AttributePrice: "attribute",
}
"""The charge models by the names used in files, the database and replies."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """A price book: prices in one currency for one scope.

    Attributes:
        id: identifier.
        name: as shown to people.
        currency: ISO 4217 code.
        precision: decimals of unit prices.
        scope: kind of scope.
        scope_values: the customers, groups, segments ... it is for, sorted; empty for everyone.
        also: less specific kinds of scope that must hold as well, each with its values, the most specific first.
        valid_from: first day, None for no bound.
        valid_to: last day, None for no bound.
        priority: higher wins inside one scope; compared before the entries' priorities.
        selection: by precedence, or the cheapest.
        bounds: which bound of a tier belongs to it.
        contract: the prices were agreed with the customer.
        discountable: rules may discount the prices; false for a contract unless it says otherwise.
        proration: method for recurring prices that name none of their own; None: terms must be whole periods.
        anchor_day: day of month (1 to 31) that billing periods start on; None: the day the term starts on.
    """

    id: str
    name: str
    currency: str
    precision: int
    scope: ScopeKind = ScopeKind.EVERYONE
    scope_values: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    priority: int = 0
    selection: Selection = Selection.SPECIFIC
    bounds: TierBounds = TierBounds.UPPER_INCLUSIVE
    contract: bool = False
    discountable: bool = True
    proration: ProrationMethod | None = None
    anchor_day: int | None = None
    also: tuple[tuple[ScopeKind, tuple[str, ...]], ...] = ()

    @property
    def scopes(self) -> tuple[tuple[ScopeKind, tuple[str, ...]], ...]:
        """Every kind of scope that must hold with its values, the most specific first; empty for everyone."""
        return ((self.scope, self.scope_values), *self.also) if self.scope_values else ()


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """A price of a SKU, or of all products of a category, in a price list.

    Usage is rated by any of the charge models after `free_units`.

    Attributes:
        id: identifier, unique in the catalogue; does not depend on the order of rows.
        price_list: id of its list.
        model: charge model with its parameters.
        sku: the product priced; "" where a category is.
        category: the category priced; "" where a SKU is.
        valid_from: first day, None for no bound other than the list's.
        valid_to: last day, None for no bound other than the list's.
        min_quantity: least line quantity it applies to, inclusive; None for no bound.
        max_quantity: greatest line quantity it applies to, inclusive; None for no bound.
        priority: higher wins among entries of equal scope and target.
        free_units: units not charged, taken off before the charge model, per billing period.
        minimum_charge: least amount charged, per billing period for recurring and usage prices; None for none.
        maximum_charge: greatest amount charged, per billing period; None for none.
        committed_quantity: units charged even where fewer are used, per billing period; None for none.
        committed_amount: what the committed units cost, used or not; None: the charge model prices them.
        billing_period: what a recurring or usage price pays for; None for one-time prices.
        proration: overrides the list's method.
        anchor_day: overrides the list's day.
        span: place in the file it came from; no part of the content, so equality and versions ignore it.
    """

    id: str
    price_list: str
    model: ChargeModel
    sku: str = ""
    category: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    min_quantity: Decimal | None = None
    max_quantity: Decimal | None = None
    priority: int = 0
    free_units: Decimal = ZERO
    minimum_charge: Decimal | None = None
    committed_quantity: Decimal | None = None
    billing_period: BillingPeriod | None = None
    proration: ProrationMethod | None = None
    anchor_day: int | None = None
    maximum_charge: Decimal | None = None
    committed_amount: Decimal | None = None
    span: Span = field(default=Span(""), compare=False)


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of `from_currency` is `rate` units of `to_currency`, from a day on until a later rate replaces it."""

    from_currency: str
    to_currency: str
    valid_from: date
    rate: Decimal


def validity(price_list: PriceList, entry: PriceEntry) -> tuple[date | None, date | None]:
    """First and last day on which an entry holds: its own validity inside that of its list."""
    starts = [day for day in (price_list.valid_from, entry.valid_from) if day is not None]
    ends = [day for day in (price_list.valid_to, entry.valid_to) if day is not None]
    return max(starts, default=None), min(ends, default=None)

"""The compiled form of catalogue and rules that pricing runs on: built when files are loaded, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.price import PercentOfTotal, PriceEntry, PriceList, ScopeKind, TierBounds, TierScope
from catalog.product import Product, ProductStatus
from engine.feel.tree import Node
from engine.money import HUNDRED, RoundingMode, quantum
from engine.pricing.charges import ChargeModel, CostPlus
from engine.pricing.conversion import RateTable
from engine.pricing.profiles import Profile
from engine.pricing.result import PricedItem
from engine.pricing.rule_index import RuleIndex
from engine.pricing.stacking import Effect, PercentOf, StackingGroup
from engine.trace import Adjustment, AdjustmentKind, KnownSteps, Origin

if TYPE_CHECKING:  # both refer to the program in turn
    from engine.pricing.scoped_lists import Source
    from engine.pricing.state import LineState

Value = Any
"""Any FEEL value."""

Condition = Callable[[Value, Value, Value, Value], bool]
"""A condition of (customer, quote, line, product)."""

Expression = Callable[[Value, Value, Value, Value, Value], Value]
"""A value of (customer, quote, line, product, row); row is the decision table's, or None."""

TableLookup = Callable[[Value, Value, Value, Value], "tuple[Mapping[str, Value], Origin] | None"]
"""The row that (customer, quote, line, product) hit, and where it stands; None without a hit."""

PriceTable = Callable[[Value, Value, Value, Value], "tuple[Value, Origin] | None"]
"""The price that (customer, quote, line, product) hit in a table, and the row's place; None without a hit."""

Step = Callable[["LineState"], None]
"""A step of the waterfall: acts on the line's state and records what it did."""


@dataclass(frozen=True, slots=True)
class CompiledProduct:
    """A product ready for pricing.

    Attributes:
        product: as in the catalogue.
        facts: what rules read as product.<name>.
        price_keys: what price entries may be filed under, the most specific first: SKU, then categories upwards.
        charge_type: its name.
        always_sold: whether the product is active and no day bounds its sale.
        costs: unit costs by currency, where no day bounds any of them; None elsewhere.
    """

    product: Product
    facts: Mapping[str, Value]
    price_keys: tuple[str, ...]
    charge_type: str = field(init=False, compare=False, repr=False)
    always_sold: bool = field(init=False, compare=False, repr=False)
    costs: Mapping[str, Decimal] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        product = self.product
        active = product.status is ProductStatus.ACTIVE
        undated = all(cost.valid_from is None and cost.valid_to is None for cost in product.costs)
        costs = {cost.currency: cost.amount for cost in product.costs} if undated else None
        object.__setattr__(self, "charge_type", product.charge_type.value)
        object.__setattr__(self, "always_sold", active and product.valid_from is None and product.valid_to is None)
        object.__setattr__(self, "costs", costs)


@dataclass(frozen=True, slots=True)
class CompiledEntry:
    """A price entry ready to be chosen and charged.

    Attributes:
        entry: as in the catalogue.
        price_list: the list it belongs to.
        model_name: name of the charge model.
        first_day: of validity, list and entry together.
        last_day: of validity.
        unit_price: price per unit before tiers; None where the model gives none without a quantity or a cost.
        charge: computes tiered and other quantity-dependent prices; None for a plain unit price.
        cost_plus: makes the price of the cost; None otherwise.
        percent: percentage of other lines; None otherwise.
        table: finds a price, or what is added to `unit_price`, by attributes; None otherwise.
        tier_scope: over which lines a quantity or amount for tiers is summed.
        by_amount: whether tiers are reached by the amount at `unit_price` instead of the quantity.
        last_bound: quantity or amount above which the entry gives no price; None for none.
        bounds: which tier holds a bound.
        origin: of the step that sets the price.
        tier_origin: of the step that applies tiers.
        reason: text for the waterfall.
        known_steps: the waterfall's first step, where nothing of it depends on the quote; None elsewhere.
        smallest: what unit prices of the list are rounded to multiples of.
        any_quantity: whether the entry holds for every quantity.
        is_plain: whether the entry gives a unit price that needs neither tiers nor a term nor other lines.
        item: what it prices; None where that may be several products.
        instead: where the entry's price takes the place of a list price: known steps by those of that price.
    """

    entry: PriceEntry
    price_list: PriceList
    model_name: str
    first_day: date
    last_day: date
    unit_price: Decimal | None
    charge: ChargeModel | None
    cost_plus: CostPlus | None
    percent: PercentOfTotal | None
    table: PriceTable | None
    tier_scope: TierScope
    by_amount: bool
    last_bound: Decimal | None
    bounds: TierBounds
    origin: Origin
    tier_origin: Origin
    reason: str
    item: PricedItem | None
    known_steps: KnownSteps | None = field(init=False, compare=False, repr=False)
    smallest: Decimal = field(init=False, compare=False, repr=False)
    any_quantity: bool = field(init=False, compare=False, repr=False)
    is_plain: bool = field(init=False, compare=False, repr=False)
    instead: dict[KnownSteps, KnownSteps] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        known = None
        if self.unit_price is not None and self.table is None:
            first = Adjustment(self.origin, self.unit_price, None, self.unit_price, False, 0, self.reason)
            known = KnownSteps((first,))
        object.__setattr__(self, "known_steps", known)
        object.__setattr__(self, "smallest", quantum(self.price_list.precision))
        unbounded = self.entry.min_quantity is None and self.entry.max_quantity is None
        object.__setattr__(self, "any_quantity", unbounded)
        alone = self.charge is None and self.percent is None
        object.__setattr__(self, "is_plain", alone and self.entry.billing_period is None)
        object.__setattr__(self, "instead", {})


@dataclass(frozen=True, slots=True)
class CompiledPriceList:
    """A price list with its entries by SKU or category, each in order of precedence."""

    price_list: PriceList
    entries: Mapping[str, tuple[CompiledEntry, ...]]


ScopeGroups = tuple[tuple[CompiledPriceList, ...], ...]
"""Price lists in groups of equal scope, the most specific first."""

Select = Callable[[ScopeGroups, tuple[str, ...], Decimal, date], CompiledEntry | None]
"""The entry that prices a product: of the lists that apply, by its SKU and categories, for a quantity on a day."""


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All price lists of the catalogue, filed by currency and scope.

    Attributes:
        scopes: lists by currency, then by kind of scope and its value.
        kinds: for each currency the kinds of scope that occur, most specific first.
        considered: every entry by SKU or category, to explain why none was chosen.
        select: chooses among the entries that apply.
        named: for each currency what its lists name of a customer and a channel: kinds of scope with their values.
        kept: the lists that hold, by currency, day and what customers and channels have of that.
    """

    scopes: Mapping[str, Mapping[tuple[ScopeKind, str], tuple[CompiledPriceList, ...]]]
    kinds: Mapping[str, tuple[ScopeKind, ...]]
    considered: Mapping[str, tuple[CompiledEntry, ...]]
    select: Select
    named: Mapping[str, tuple[tuple[ScopeKind, frozenset[str]], ...]] = field(init=False, compare=False, repr=False)
    kept: dict[tuple[object, ...], Source] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named: dict[str, dict[ScopeKind, set[str]]] = {}
        for currency, filed in self.scopes.items():
            of_currency = named[currency] = {}
            for (kind, value), lists in filed.items():
                for asked, values in ((kind, (value,)), *(also for item in lists for also in item.price_list.also)):
                    of_currency.setdefault(asked, set()).update(values)
            of_currency.pop(ScopeKind.EVERYONE, None)
        kinds = {
            currency: tuple((kind, frozenset(values)) for kind, values in found.items())
            for currency, found in named.items()
        }
        object.__setattr__(self, "named", kinds)
        object.__setattr__(self, "kept", {})


class ActsOn(StrEnum):
    """What a rule adjusts; names as in rule files."""

    UNIT = "unit"
    LINE = "line"
    QUOTE = "quote"


class FreeUnits(NamedTuple):
    """Of every so many bought and free units, the free ones.

    Attributes:
        buy: units paid in full.
        get: units that are free, or cheaper.
        percent: taken off those.
        at_most: units of a line that are; None for no limit.
    """

    buy: Decimal
    get: Decimal
    percent: Decimal = HUNDRED
    at_most: Decimal | None = None

    def of(self, quantity: Decimal) -> Decimal:
        """The units of a quantity that are free, or cheaper."""
        units = quantity // (self.buy + self.get) * self.get
        return units if self.at_most is None else min(units, self.at_most)


class ConditionPart(NamedTuple):
    """One of the conditions that a rule joins by "and".

    Attributes:
        text: as written.
        tree: its expression.
        paths: the facts that it reads, as written, with the expression of each.
    """

    text: str
    tree: Node
    paths: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A pricing rule ready to act.

    Attributes:
        origin: shared by every adjustment it makes.
        description: for people.
        group: position of its stacking group.
        residual: what the index could not decide; None where it decided all.
        table: gives the row that values read; None where the rule has no table.
        value: constant, or computed from the facts.
        percent_of: what a percentage is taken of.
        acts_on: whether the price of a unit, the amount of the line or that of all its lines is adjusted.
        on_line: whether that is the amount of the line.
        percent_off: where it always takes the same percentage off the running price, whatever else acts: what acts,
            the percent points and the reason; None elsewhere.
        currency: of an amount; "" for any.
        free_of: for free units.
        reason: constant text, or made from the facts and the value.
        priority: as written.
        stacked: whether it acts on its own, since the rules of its group stack or what it does cannot be compared.
        maximum: greatest amount that a rule on the quote takes off; None for no limit.
        minimum_order: least list total of the quote that it holds for; None for none. The index decides it.
        coupon: code that it asks for; "" for none. The index decides it.
        valid: first and last day on which it holds. The index decides it.
        conditions: the parts of its condition in order, each of which must hold, to explain which did not.
        constant_effect: its effect where nothing of it depends on the quote; made once, None elsewhere.
    """

    origin: Origin
    description: str
    group: int
    residual: Condition | None
    table: TableLookup | None
    value: Decimal | Expression
    percent_of: PercentOf
    acts_on: ActsOn
    currency: str
    free_of: FreeUnits | None
    reason: str | Callable[[Value, Value, Value, Value, Value], str]
    priority: int
    stacked: bool
    maximum: Decimal | None = None
    minimum_order: Decimal | None = None
    coupon: str = ""
    valid: tuple[date | None, date | None] = (None, None)
    conditions: tuple[ConditionPart, ...] = ()
    on_line: bool = field(init=False, compare=False, repr=False)
    percent_off: tuple[Origin, Decimal, str] | None = field(init=False, compare=False, repr=False)
    constant_effect: RuleEffect | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "on_line", self.acts_on is ActsOn.LINE)
        depends = self.residual is not None or self.table is not None or self.currency
        constant = None
        if not depends and isinstance(self.value, Decimal) and isinstance(self.reason, str):
            constant = RuleEffect(self, self.origin, self.value, self.reason)
        object.__setattr__(self, "constant_effect", constant)
        percent = self.origin.kind is AdjustmentKind.PERCENT and self.percent_of is PercentOf.PRICE
        alone = percent and self.stacked and self.acts_on is ActsOn.UNIT
        plain = constant is not None and alone and constant.value <= HUNDRED
        object.__setattr__(self, "percent_off", constant[1:] if constant is not None and plain else None)


class RuleEffect(NamedTuple):
    """A rule that applies to a line, with what acted, its value and its reason there."""

    rule: CompiledRule
    origin: Origin
    value: Decimal
    reason: str

    def scaled(self, units: Decimal) -> Effect:
        """The effect on a price of `units` units: amounts are per unit, percentages are not."""
        rule, kind = self.rule, self.rule.origin.kind
        per_unit = kind is AdjustmentKind.AMOUNT or kind is AdjustmentKind.SET
        return Effect(kind, self.value * units if per_unit else self.value, rule.percent_of)


THRESHOLD_FACTS = ("quantity", "term_months")
"""Facts of a line that a buyer can change to reach a better price."""


class Threshold(NamedTuple):
    """A number from which on a price or a rule may hold.

    Attributes:
        value: the number.
        included: whether it holds for the number itself already.
    """

    value: Decimal
    included: bool


@dataclass(frozen=True, slots=True)
class RuleProgram:
    """The pricing rules in the order in which they act, the first at the highest bit of every mask.

    Attributes:
        rules: rule of bit i at position i.
        index: answers which rules' indexed conditions hold.
        steps: mask of the rules of each rule step.
        groups: stacking groups by position.
        thresholds: by the fact of a line the numbers from which on rules may hold, rising.
    """

    rules: Sequence[CompiledRule]
    index: RuleIndex
    steps: Mapping[str, int]
    groups: Sequence[StackingGroup]
    thresholds: Mapping[str, Sequence[Threshold]]


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where amounts are rounded: None leaves them as they are, -1 is the minor unit of the currency.

    Attributes:
        mode: how.
        line_total: decimals of a line's total.
        document_total: decimals of the document's total, where lines are not rounded.
        smallest_coin: by currency what the document's total is a multiple of.
    """

    mode: RoundingMode
    line_total: int | None
    document_total: int | None
    smallest_coin: Mapping[str, Decimal] = field(default_factory=dict)
    mode_name: str = field(init=False, compare=False, repr=False)  # as the decimal module calls it

    def __post_init__(self) -> None:
        object.__setattr__(self, "mode_name", f"ROUND_{self.mode.name}")


@dataclass(frozen=True, slots=True)
class Conversion:
    """Price lists of other currencies that serve where the quote's own has no price.

    Attributes:
        sources: their currencies, the one to be asked first in front.
        rates: what converts them.
    """

    sources: tuple[str, ...]
    rates: RateTable


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code that some rules ask for.

    Attributes:
        code: as the buyer enters it.
        validities: first and last day of each rule that asks for it; None is open.
        rules: ids of those rules.
    """

    code: str
    validities: tuple[tuple[date | None, date | None], ...]
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class PricingProgram:
    """Everything that pricing a quote needs.

    Attributes:
        products: by SKU.
        prices: price lists.
        rules: pricing rules.
        steps: the steps after list, contract and tiers, in order.
        rounding: see there.
        profile: what was chosen where the trade disagrees.
        conversion: of prices in other currencies; None where the rulebook allows none.
        coupons: by code.
        prior_price_days: days before the price date whose lowest and highest price is told; 0 for none.
        customer_facts: facts of the catalogue's customers by id, declared ones unstated.
        anonymous_customer: the same names, nothing known.
        declared: facts that callers may state beyond the built-in ones, by owner (customer, quote, line) and name: the
            type's name, or the choices.
        unstated: for each owner the declared names, nothing known.
        fact_classes: for each owner the class of the values of every fact that is no choice.
    """

    products: Mapping[str, CompiledProduct]
    prices: PriceBook
    rules: RuleProgram
    steps: tuple[Step, ...]
    rounding: Rounding
    profile: Profile
    conversion: Conversion | None
    coupons: Mapping[str, Coupon]
    prior_price_days: int
    customer_facts: Mapping[str, Mapping[str, Value]]
    anonymous_customer: Mapping[str, Value]
    declared: Mapping[str, Mapping[str, str | tuple[str, ...]]]
    unstated: Mapping[str, Mapping[str, None]]
    fact_classes: Mapping[str, Mapping[str, type]]

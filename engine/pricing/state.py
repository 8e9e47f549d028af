"""What is known about a quote and each of its lines while they run down the waterfall."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any

from engine.money import ONE, ZERO, Currency, Rounding, RoundingMode, quantum, round_to
from engine.money import currency as known_currency
from engine.pricing.program import CompiledEntry, CompiledProduct, PricingProgram
from engine.pricing.result import Alternative, Notice, Term
from engine.pricing.scoped_lists import Source
from engine.quote import Quote, QuoteLine, Violation
from engine.trace import Adjustment, KnownSteps, new_tuple

UP = RoundingMode.UP


@dataclass(slots=True)
class QuoteState:
    """A quote on its way.

    Attributes:
        quote: as asked for.
        program: what it runs through.
        currency: of every amount.
        customer: facts of the customer.
        facts: facts of the quote.
        prices: the price lists that apply, in the quote's currency.
        foreign: those in other currencies, where their prices may be converted.
        mask: rules that the quote's facts leave.
        line_digits: decimals of a line total; None where it is not rounded.
        line_unit: what line totals are multiples of; None where they are not rounded.
        rounding: the decimal module's name of the rounding mode.
        rounds_units: whether unit prices are rounded, by the semantics profile.
        roundings: the ledger.
        violations: what keeps the quote from being answered.
        notices: what the caller should know though the quote is answered.
        lines: states of the lines, components after their bundle.
        has_bundles: whether one of them is a bundle.
        has_transactions: whether one of them states transactions.
    """

    quote: Quote
    program: PricingProgram
    currency: Currency
    customer: dict[str, Any]
    facts: dict[str, Any]
    prices: Source
    foreign: tuple[Source, ...]
    mask: int
    line_digits: int | None
    line_unit: Decimal | None
    rounding: str
    rounds_units: bool
    roundings: list[Rounding] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    lines: list[LineState] = field(default_factory=list)
    has_bundles: bool = False
    has_transactions: bool = False

    @property
    def amount_digits(self) -> int:
        """Decimals of an amount of this quote: those of its lines or, where lines are not rounded, its currency's."""
        return self.currency.minor_digits if self.line_digits is None else self.line_digits


class LineState:
    """A line on its way: the running price, the steps so far, and what the steps need to know.

    Attributes:
        quote: the quote it belongs to.
        line: as asked for.
        id: the line's id.
        parent: the bundle line that it is a component of.
        index: of the caller's line in the request.
        component: its position among the options chosen for `parent`.
        product: what is priced.
        quantity: units priced.
        price: the running price: of a unit, or of the line where `per_line`.
        per_line: whether `price` is the amount of the whole line.
        list_price: unit price of the price list.
        list_amount: amount of the line at list price, where a whole-line price model gives one.
        list_total: that amount whatever the model, rounded like the line; known once the prices before adjustments are.
        unit_price: net unit price, known once the line amount was formed.
        entry: the entry that gave the price.
        source: price lists of another currency that the entry is of; None for the quote's own.
        smallest: what unit prices are rounded to multiples of; None for no rounding.
        locked: whether an agreed price keeps rules from acting.
        term: of a recurring line.
        cost: of one unit, where known.
        own_price: a price that stands in the bundle or the ramp segment instead of the price list.
        own_price_conversion: how that price was converted from another currency; "" for not at all.
        floor: what a unit must still cost; None where no floor holds.
        scope: units or amount of earlier lines and of all lines, where tiers are reached by several lines together.
        in_ramp: whether the line is a segment of a ramp.
        year_start: first day of the contract, for what falls to its first year.
        facts: what rules read as line.<name>; None until a rule asks (`facts.facts_of`).
        mask: rules that quote, product and line leave; None until asked for.
        known_steps: the first steps so far, where many lines have them; None for none.
        steps: the steps so far, after those.
        alternatives: what lost, where asked for.
    """

    # Most lines need few of these: what stays as it is here costs nothing when a line is made.
    parent: LineState | None = None
    component = 0
    price: Decimal | None = None
    per_line = False
    list_price = ZERO
    list_amount: Decimal | None = None
    list_total = ZERO
    unit_price: Decimal | None = None
    entry: CompiledEntry | None = None
    source: Source | None = None
    smallest: Decimal | None = None
    locked = False
    term: Term | None = None
    cost: Decimal | None = None
    own_price: Decimal | None = None
    own_price_conversion = ""
    floor: Decimal | None = None
    scope: tuple[Decimal, Decimal] | None = None
    in_ramp = False
    year_start: date | None = None
    facts: dict[str, Any] | None = None
    mask: int | None = None
    alternatives: tuple[Alternative, ...] = ()
    known_steps: KnownSteps | None = None

    def __init__(
        self, quote: QuoteState, line: QuoteLine, index: int, product: CompiledProduct, quantity: Decimal
    ) -> None:
        self.quote = quote
        self.line = line
        self.id = line.id
        self.index = index
        self.product = product
        self.quantity = quantity
        self.steps: list[Adjustment] = []

    @property
    def path(self) -> str:
        """Place in the request, for violations."""
        if self.parent is None:
            return f"lines[{self.index}]"
        return f"{self.parent.path}.components[{self.component}]"

    @property
    def day(self) -> date:
        """The day whose prices hold."""
        return self.quote.quote.price_date

    @property
    def periods(self) -> Decimal:
        """Billing periods that the line covers; 1 for what is charged once."""
        return ONE if self.term is None else self.term.periods

    @property
    def waterfall(self) -> tuple[Adjustment, ...]:
        """The steps so far."""
        known = self.known_steps
        return tuple(self.steps) if known is None else (*known.steps, *self.steps)

    @property
    def units(self) -> Decimal:
        """What a figure per unit is multiplied by in the running price's basis."""
        return self.quantity * self.periods if self.per_line else ONE

    def whole(self, unit_price: Decimal) -> Decimal:
        """The amount of the line at a unit price: times quantity and periods, exact."""
        amount = unit_price * self.quantity
        return amount if self.term is None else self.term.exact.of(amount)

    @property
    def least(self) -> Decimal:
        """What the line must still cost, a floor's part of a smallest amount counting in full."""
        if self.floor is None:
            return ZERO
        return round_to(self.whole(self.floor), self.quote.amount_digits, UP)

    @property
    def amount(self) -> Decimal:
        """The running price of a line whose amount was formed."""
        assert self.price is not None
        return self.price

    def take(self, entry: CompiledEntry, source: Source | None) -> None:
        """Take the price of an entry, from price lists of another currency where `source` is given."""
        self.entry, self.source = entry, source
        if self.quote.rounds_units:
            if source is None:
                self.smallest = entry.smallest
            else:
                self.smallest = quantum(foreign_digits(entry, self.quote.currency, source))

    def take_known(self, known: KnownSteps) -> None:
        """Let known steps take the place of those so far, all of which they begin with."""
        self.known_steps = known
        self.price = known.price

    def violate(self, field_name: str, reason: str, message: str) -> None:
        """Note what keeps this line from being priced."""
        self.quote.violations.append(Violation(f"{self.path}{field_name}", reason, message))

    def to_line_amount(self) -> None:
        """Form the amount of the line: the unit price, rounded where it is, times quantity and periods."""
        price = self.price
        if self.per_line or price is None:
            return
        smallest = self.smallest
        if smallest is not None:
            quote, known = self.quote, self.known_steps if not self.steps else None
            rounded = known.rounded if known is not None and known.price is price else None
            if rounded is None:
                rounded = price.quantize(smallest, quote.rounding)
                if known is not None and known.price is price:
                    known.rounded = rounded
            if rounded != price:
                mode = quote.program.rounding.mode
                if self.floor is not None and rounded < self.floor:
                    # A floor is never crossed, by rounding neither.
                    mode = UP
                    rounded = price.quantize(smallest, ROUND_UP)
                quote.roundings.append(new_tuple(Rounding, (f"{self.id}: unit price", price, rounded, mode)))
            price = rounded
        self.unit_price = price
        self.per_line = True
        amount = price * self.quantity
        self.price = amount if self.term is None else self.term.exact.of(amount)


def foreign_digits(entry: CompiledEntry, currency: Currency, source: Source) -> int:
    """Decimals of a converted unit price: the currency's own, and what the list has beyond those of its currency."""
    beyond = entry.price_list.precision - known_currency(source.currency).minor_digits
    return currency.minor_digits + max(0, beyond)

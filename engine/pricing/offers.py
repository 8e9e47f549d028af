"""Better offers: the nearest quantity and the nearest term at which a unit costs less, found by pricing them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from catalog.price import TierBounds
from engine.money import ONE
from engine.pricing.charges import Block, Graduated, Usage, Volume
from engine.pricing.program import CompiledEntry, PricingProgram, Threshold
from engine.pricing.result import Offer, PricedLine, PricedQuote
from engine.quote import Quote, QuoteLine, QuoteRejectedError

Price = Callable[[Quote], PricedQuote]

MAX_LINES = 20
"""Lines of a quote for which offers are looked for; each costs some more pricings of the quote."""

MAX_TRIES = 4
"""Quantities, and terms, tried for a line, from the nearest on."""

MAX_INCREASE = 1000
"""Times the quantity beyond which nobody buys more to save."""


class Change(NamedTuple):
    """A line changed in its quantity or its term, and the new value."""

    line: QuoteLine
    quantity: Decimal | None
    term_months: int | None


def add_offers(program: PricingProgram, quote: Quote, priced: PricedQuote, price: Price) -> None:
    """Give each line the nearest quantity and the nearest term at which a unit of it costs less.

    Args:
        program: compiled catalogue and rules, whose thresholds are tried.
        quote: as asked for.
        priced: what it costs; receives the offers.
        price: prices a changed quote.
    """
    by_id = {line.id: line for line in priced.lines}
    for position, line in enumerate(quote.lines[:MAX_LINES]):
        now = by_id.get(line.id)
        if now is None or now.prices_hidden:
            continue  # a ramp, whose segments are agreed one by one, or a part of another line
        larger = (Change(replace(line, quantity=value), value, None) for value in _quantities(program, line))
        longer = (
            Change(replace(line, term_months=months, end=None), None, months)
            for months in _terms(program, line, now)
        )  # fmt: skip
        for changes in (larger, longer):
            found = next(_better(quote, position, changes, priced, now, price), None)
            if found is not None:
                now.offers = (*now.offers, found)


def _better(
    quote: Quote, position: int, changes: Iterable[Change], priced: PricedQuote, now: PricedLine, price: Price
) -> Iterator[Offer]:
    """The changes at which a unit costs less, per billing period where it recurs."""
    before, after = quote.lines[:position], quote.lines[position + 1 :]
    for change in changes:
        try:
            other = price(replace(quote, lines=(*before, change.line, *after), explain_alternatives=False))
        except QuoteRejectedError:
            continue  # more is not sold, or not for that term
        there = next(line for line in other.lines if line.id == now.id)
        if there.net_unit_price < now.net_unit_price:
            total = other.totals.net_total
            saving = priced.totals.net_total - total
            yield Offer(change.quantity, change.term_months, there.net_unit_price, total, saving)


def _quantities(program: PricingProgram, line: QuoteLine) -> list[Decimal]:
    """Quantities above the line's own at which its tier, its price or a rule may change, the nearest first."""
    product = program.products[line.sku]
    step = product.product.quantity_step
    bounds = _above(program.rules.thresholds["quantity"], line.quantity)
    for key in product.price_keys:
        for entry in program.prices.considered.get(key, ()):
            bounds.extend(_entry_bounds(entry))
    found = set()
    for value, included in bounds:
        steps, rest = divmod(value, step)
        first = (steps + ONE if rest or not included else steps) * step
        if line.quantity < first <= line.quantity * MAX_INCREASE:
            found.add(first)
    return sorted(found)[:MAX_TRIES]


def _entry_bounds(entry: CompiledEntry) -> Iterator[Threshold]:
    """Quantities from which on the entry's price changes."""
    if entry.entry.min_quantity is not None:
        yield Threshold(entry.entry.min_quantity, included=True)
    charge, free = entry.charge, entry.entry.free_units
    if isinstance(charge, Usage):
        charge = charge.model
    if isinstance(charge, Volume | Graduated | Block):
        factor = entry.unit_price if entry.by_amount and entry.unit_price else ONE
        for end in charge.ends:
            yield Threshold(end / factor + free, charge.bounds is TierBounds.LOWER_INCLUSIVE)


def _terms(program: PricingProgram, line: QuoteLine, now: PricedLine) -> list[int]:
    """Terms longer than the line's own at which a rule may change, the shortest first."""
    if now.term is None:
        return []
    starts = _above(program.rules.thresholds["term_months"], now.term.months)
    months = {int(start.value) + (0 if start.included and start.value % 1 == 0 else 1) for start in starts}
    return sorted(value for value in months if value > now.term.months and value != line.term_months)[:MAX_TRIES]


def _above(thresholds: Iterable[Threshold], value: Decimal) -> list[Threshold]:
    """The nearest thresholds from a value on, among rising ones."""
    rising = list(thresholds)
    first = bisect_left(rising, value, key=lambda threshold: threshold.value)
    return rising[first : first + 2 * MAX_TRIES]

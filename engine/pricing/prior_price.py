"""The lowest and highest list price of the days before a quote, which the law asks for beside a price reduction.

Directive 98/6/EC, article 6a (inserted by Directive (EU) 2019/2161): an announced reduction shows the lowest price of
at least the 30 days before it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from engine.pricing.result import PriorPrices
from engine.pricing.scoped_lists import Source
from engine.pricing.selection import applicable_lists, comparable_unit_price
from engine.pricing.state import LineState, QuoteState

ONE_DAY = timedelta(days=1)


def prior_prices(state: QuoteState) -> dict[str, PriorPrices]:
    """By line id the unit prices that the price lists gave this customer on the days before the price date."""
    day, days = state.quote.price_date, state.program.prior_price_days
    if day.toordinal() <= days:
        return {}  # the calendar has no such days
    first, last = day - timedelta(days=days), day - ONE_DAY
    sources: dict[date, Source] = {}
    found = {}
    for line in state.lines:
        prices = _prices(line, sources, first, last)
        if prices:
            found[line.id] = PriorPrices(first, min(prices), max(prices))
    return found


def _prices(line: LineState, sources: dict[date, Source], first: date, last: date) -> list[Decimal]:
    """The unit price on the first of the days, and on every day on which it may have changed."""
    state, keys = line.quote, line.product.price_keys
    book = state.program.prices
    code, channel = state.currency.code, state.quote.channel
    prices = []
    for day in sorted(_days_of_change(line, first, last)):
        if day not in sources:
            sources[day] = applicable_lists(book, code, day, state.customer, channel)
        entry = sources[day].price_lists.entry(keys, line.quantity)
        price = None if entry is None or entry.table is not None else comparable_unit_price(entry, line.quantity)
        if price is not None:
            prices.append(price)
    return prices


def _days_of_change(line: LineState, first: date, last: date) -> set[date]:
    days = {first}
    for key in line.product.price_keys:
        for entry in line.quote.program.prices.considered.get(key, ()):
            if first < entry.first_day <= last:
                days.add(entry.first_day)
            if first <= entry.last_day < last:
                days.add(entry.last_day + ONE_DAY)
    return days

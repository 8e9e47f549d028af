"""Prices of other currencies: found where the quote's own has none, converted by the dated rate, shown as a step."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from catalog.product import Option
from engine.money import ZERO, Rounding, plain
from engine.pricing.conversion import Converted, MissingRateError
from engine.pricing.program import CompiledEntry
from engine.pricing.scoped_lists import Source
from engine.pricing.state import LineState, foreign_digits
from engine.trace import Adjustment, Origin


def foreign_entry(state: LineState) -> None:
    """Take the price of the first other currency that has one, where the rulebook allows its conversion."""
    quote = state.quote
    for source in quote.foreign:
        for lists in (source.price_lists, source.contracts):
            entry = lists.entry(state.product.price_keys, state.quantity)
            if entry is not None:
                state.take(entry, source)
                return


def convert(state: LineState, entry: CompiledEntry, source: Source, price: Decimal, what: str) -> Converted | None:
    """A price of a foreign list in the quote's currency; None with a violation where a rate is missing.

    Args:
        state: the line.
        entry: whose price it is.
        source: the lists that the entry is of.
        price: in their currency.
        what: the price is, for the ledger.
    """
    quote = state.quote
    conversion = quote.program.conversion
    assert conversion is not None
    digits = foreign_digits(entry, quote.currency, source)
    mode = quote.program.rounding.mode
    try:
        found = conversion.rates.convert(price, source.currency, quote.currency.code, state.day, digits, mode)
    except MissingRateError as error:
        state.violate(".sku", "NO_EXCHANGE_RATE", f"SKU {state.product.product.sku}: {error}")
        return None
    _note_roundings(state, found, what)
    return found


def converted_step(state: LineState, price: Decimal, origin: Origin, reason: str) -> Decimal:
    """The first step of a line whose price list has another currency: the price of a unit, converted."""
    entry, source = state.entry, state.source
    assert entry is not None
    assert source is not None
    found = convert(state, entry, source, price, "unit price")
    if found is None:
        return ZERO
    words = f"{reason}: {found.explanation}"
    convert_origin = replace(origin, step="convert")
    state.steps.append(Adjustment(convert_origin, found.price, state.price, found.price, False, 0, words))
    return found.price


def converted_amount(state: LineState, amount: Decimal, reason: str) -> tuple[Decimal, str]:
    """An amount of the entry in the quote's currency, and how it came to be."""
    source, entry = state.source, state.entry
    if source is None or entry is None:
        return amount, reason
    found = convert(state, entry, source, amount, "amount")
    if found is None:
        return ZERO, reason
    return found.price, f"{reason} = {plain(amount)} {source.currency}; {found.explanation}"


def converted_own_price(state: LineState, option: Option) -> Decimal | None:
    """The price that a bundle gives its component, from another currency; None with a violation where there is no way.

    The first currency that the rulebook converts from and the bundle states is taken, as for price lists.
    """
    quote = state.quote
    conversion, code = quote.program.conversion, quote.currency.code
    stated = {price.currency: price.amount for price in option.own_prices}
    source = next((item for item in conversion.sources if item in stated), None) if conversion is not None else None
    if conversion is None or source is None:
        message = f"SKU {option.sku} has a price of its own in this bundle, in {', '.join(stated)}, none in {code}"
        state.violate(".sku", "NO_PRICE", message)
        return None
    digits, mode = quote.currency.minor_digits, quote.program.rounding.mode
    try:
        found = conversion.rates.convert(stated[source], source, code, state.day, digits, mode)
    except MissingRateError as error:
        state.violate(".sku", "NO_EXCHANGE_RATE", f"SKU {option.sku}: {error}")
        return None
    state.own_price_conversion = found.explanation
    _note_roundings(state, found, "price inside the bundle")
    return found.price


def _note_roundings(state: LineState, found: Converted, what: str) -> None:
    state.quote.roundings.extend(
        Rounding(f"{state.id}: {what}, {rounding.where}", rounding.before, rounding.after, rounding.mode)
        for rounding in found.roundings
        if rounding.before != rounding.after
    )


def converted_cost(state: LineState) -> Decimal | None:
    """The unit cost in the quote's currency by way of another one; None where there is no way."""
    conversion = state.quote.program.conversion
    if conversion is None or state.product.costs == {}:
        return None
    code = state.quote.currency.code
    for currency in conversion.sources:
        cost = state.product.product.cost_on(state.day, currency)
        if cost is not None:
            try:
                legs = conversion.rates.legs(currency, code, state.day)
            except MissingRateError:
                continue  # a cost is not asked for: without a rate it stays unknown
            for leg in legs:
                cost = cost / leg.rate.rate if leg.inverse else cost * leg.rate.rate
            return cost
    return None

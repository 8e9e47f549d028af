"""The step `list`: the price list's price of a unit, or the price that a bundle gives its component."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from engine.money import ZERO
from engine.pricing.facts import line_facts
from engine.pricing.foreign import converted_step, foreign_entry
from engine.pricing.program import CompiledEntry
from engine.pricing.state import LineState
from engine.trace import Adjustment, AdjustmentKind, Origin

BUNDLE = Origin("list", AdjustmentKind.SET, "bundle")
CONVERTED_IN_BUNDLE = Origin("convert", AdjustmentKind.SET, "bundle")
RAMP = Origin("list", AdjustmentKind.SET, "ramp")
IN_BUNDLE = ("included in the bundle", "price inside the bundle")


class UnitPrice(NamedTuple):
    """The price of a unit before tiers, what it stands in, and why it is this one."""

    price: Decimal
    origin: Origin
    reason: str


def list_price(state: LineState) -> None:
    """Set the price of the entry that the price lists give, or that of the bundle or ramp segment, if any."""
    quote = state.quote
    prices = quote.prices
    entry = prices.price_lists.entry(state.product.price_keys, state.quantity)
    if entry is not None:
        known = entry.known_steps
        if known is not None and state.own_price is None:
            state.entry, state.smallest = entry, entry.smallest if quote.rounds_units else None
            state.list_price = known.price
            state.take_known(known)
            return
        state.take(entry, None)
    elif quote.foreign and not _has_contract(state):
        foreign_entry(state)
        entry = state.entry
    if state.own_price is not None:
        _own_price(state, state.own_price)
        return
    if entry is None:
        return
    set_price(state, entry)


def set_price(state: LineState, entry: CompiledEntry) -> None:
    """Set the price of an entry, converted where its list has another currency; the first such is the list price."""
    found = unit_price(state, entry)
    before = state.price
    if found is None:
        state.price = None
        return
    price, origin, reason = found
    if state.source is not None:
        price = converted_step(state, price, origin, reason)
    else:
        state.steps.append(Adjustment(origin, price, before, price, False, 0, reason))
    state.price = price
    if before is None:
        state.list_price = price


def unit_price(state: LineState, entry: CompiledEntry) -> UnitPrice | None:
    """The price of one unit before tiers; None where the entry has none without quantity or other lines."""
    if entry.cost_plus is not None:
        if state.cost is None:
            currency = state.quote.currency.code
            message = (
                f"SKU {state.line.sku} is priced by its cost and has none in {currency} on {state.day.isoformat()}"
            )
            state.violate(".sku", "NO_COST", message)
            return None
        price = entry.cost_plus.price(state.cost)
        return UnitPrice(price, entry.origin, f"{entry.reason}: {entry.cost_plus.explain(state.cost)}")
    if entry.table is not None:
        return _table_price(state, entry)
    if entry.unit_price is None:
        return None
    return UnitPrice(entry.unit_price, entry.origin, entry.reason)


def _table_price(state: LineState, entry: CompiledEntry) -> UnitPrice | None:
    """The price of the row of the entry's table that the line hits, or what the row adds to the entry's own."""
    quote = state.quote
    assert entry.table is not None
    # Made for this call alone: the facts that rules read hold the price that is being found.
    found = entry.table(quote.customer, quote.facts, line_facts(state), state.product.facts)
    value = None if found is None else found[0]
    if found is None or not isinstance(value, Decimal):
        message = f"the price table of SKU {state.line.sku} gives no price for these attributes"
        state.violate(".sku", "NO_PRICE", message)
        return None
    base = entry.unit_price
    price = value if base is None else base + value
    if price < 0 or price.adjusted() > 28:
        message = f"the price table of SKU {state.line.sku} gives {price}; expected 0 to 10^28"
        state.violate(".sku", "NO_PRICE", message)
        return None
    place = f"{found[1].cell} of {found[1].file}" if found[1].file else "the price table"
    words = "" if base is None else f": {base} and {value}"
    return UnitPrice(price, found[1], f"{entry.reason}, {place}{words}")


def _own_price(state: LineState, own: Decimal) -> None:
    state.price = state.list_price = own
    state.locked = not own  # what is included costs nothing, whatever rules say
    origin, reason = (RAMP, "agreed for the segment") if state.parent is None else (BUNDLE, IN_BUNDLE[own != ZERO])
    if state.own_price_conversion:
        origin, reason = CONVERTED_IN_BUNDLE, f"{reason}: {state.own_price_conversion}"
    state.steps.append(Adjustment(origin, own, None, own, False, 0, reason))


def _has_contract(state: LineState) -> bool:
    """Whether a contract in the quote's own currency gives the price."""
    return state.quote.prices.contracts.entry(state.product.price_keys, state.quantity) is not None

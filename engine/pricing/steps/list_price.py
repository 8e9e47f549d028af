"""The step `list`: the price list's price of a unit, or the price that a bundle gives its component."""

from __future__ import annotations

from decimal import Decimal

from engine.money import ZERO
from engine.pricing.program import CompiledEntry
from engine.pricing.selection import select
from engine.pricing.state import LineState
from engine.trace import Adjustment, AdjustmentKind, Origin

BUNDLE = Origin("list", AdjustmentKind.SET, "bundle")
RAMP = Origin("list", AdjustmentKind.SET, "ramp")
IN_BUNDLE = ("included in the bundle", "price inside the bundle")


def list_price(state: LineState) -> None:
    """Set the price of the entry that the price lists give, or that of the bundle or ramp segment, if any."""
    entry = state.entry = select(state.quote.price_lists, state.product.price_keys, state.quantity, state.day)
    own = state.own_price
    if own is not None:
        state.price = state.list_price = own
        origin, reason = (RAMP, "agreed for the segment") if state.parent is None else (BUNDLE, IN_BUNDLE[bool(own)])
        state.waterfall.append(Adjustment(origin, own, None, own, False, 0, reason))
        return
    if entry is None:
        return
    price = unit_price(state, entry)
    if price is not None:
        state.price = state.list_price = price
        state.waterfall.append(Adjustment(entry.origin, price, None, price, False, 0, entry.reason))


def unit_price(state: LineState, entry: CompiledEntry) -> Decimal | None:
    """The price of one unit before tiers; None where the entry has none without quantity or other lines."""
    if entry.unit_price is not None and entry.table is None:
        return entry.unit_price
    if entry.markup is not None:
        if state.cost is None:
            currency = state.quote.currency.code
            message = (
                f"SKU {state.line.sku} is priced by its cost and has none in {currency} on {state.day.isoformat()}"
            )
            state.violate(".sku", "NO_COST", message)
            return ZERO
        return state.cost * entry.markup
    if entry.table is not None:
        found = entry.table(state.quote.customer, state.quote.facts, state.facts, state.product.facts, None)
        if not isinstance(found, Decimal):
            message = f"the price table of SKU {state.line.sku} gives no price for these attributes"
            state.violate(".sku", "NO_PRICE", message)
            return ZERO
        return found if entry.unit_price is None else entry.unit_price + found
    return None

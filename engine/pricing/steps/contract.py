"""The step `contract`: a price agreed with the customer takes the place of the list price."""

from __future__ import annotations

from engine.pricing.selection import select
from engine.pricing.state import LineState
from engine.pricing.steps.list_price import unit_price
from engine.trace import Adjustment


def contract_price(state: LineState) -> None:
    """Set the contract's price where one holds; rules leave it alone unless the contract says otherwise."""
    groups = state.quote.contracts
    if not groups or state.own_price is not None:
        return
    entry = select(groups, state.product.price_keys, state.quantity, state.day)
    if entry is None:
        return
    before = state.price
    state.entry = entry
    state.locked = not entry.price_list.discountable
    price = unit_price(state, entry)
    state.price = price
    if price is not None:
        if before is None:
            state.list_price = price
        state.waterfall.append(Adjustment(entry.origin, price, before, price, False, 0, entry.reason))

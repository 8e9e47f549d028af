"""The step `contract`: a price agreed with the customer takes the place of the list price."""

from __future__ import annotations

from engine.pricing.state import LineState
from engine.pricing.steps.list_price import set_price
from engine.trace import KnownSteps


def contract_price(state: LineState) -> None:
    """Set the contract's price where one holds; rules leave it alone unless the contract says otherwise."""
    contracts = (state.source or state.quote.prices).contracts
    if not contracts.groups or state.own_price is not None:
        return
    entry = contracts.entry(state.product.price_keys, state.quantity)
    if entry is None:
        return
    state.locked = not entry.price_list.discountable
    if entry is state.entry:
        return  # no list price besides: the first step set it
    listed = state.known_steps
    if listed is None or entry.known_steps is None or entry.item is None or state.source is not None:
        state.take(entry, state.source)
        set_price(state, entry)
        return
    # One product has few list prices, so that what takes their place is kept for each.
    known = entry.instead.get(listed)
    if known is None:
        step = entry.known_steps.steps[0]._replace(before=listed.price)
        known = entry.instead[listed] = KnownSteps((*listed.steps, step))
    state.take(entry, None)
    state.take_known(known)

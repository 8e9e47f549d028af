"""The step `manual`: the discount that a person asks for on a line."""

from __future__ import annotations

from engine.money import HUNDRED, ONE, ZERO, plain
from engine.pricing.state import LineState
from engine.quote import DiscountKind
from engine.trace import Adjustment, AdjustmentKind, Origin, new_tuple

ORIGINS = {
    DiscountKind.PERCENT: Origin("manual", AdjustmentKind.PERCENT),
    DiscountKind.AMOUNT: Origin("manual", AdjustmentKind.AMOUNT),
    DiscountKind.PRICE: Origin("manual", AdjustmentKind.SET),
}
# Reading a member of an enumeration from its class costs as much as the arithmetic here.
PERCENT, AMOUNT = DiscountKind.PERCENT, DiscountKind.AMOUNT


def manual_discount(state: LineState) -> None:
    """Apply the line's requested discount: percent, amount a unit, or the unit price wanted."""
    asked = state.line.discount
    before = state.price
    if asked is None or before is None:
        return
    kind, value = asked.kind, asked.value
    if kind is PERCENT:
        after = before * (ONE - value / HUNDRED)
    elif kind is AMOUNT:
        after = before - value * state.units
    else:
        after = value * state.units
    if after < ZERO:
        message = f"the discount of {plain(value)} is more than the price of {plain(before)}"
        state.violate(".discount", "DISCOUNT_EXCEEDS_PRICE", message)
        return
    state.price = after
    reason = asked.reason or "asked for on the line"
    step = (ORIGINS[kind], value, before, after, state.per_line, 0, reason)
    state.steps.append(new_tuple(Adjustment, step))

"""The step `manual`: the discount that a person asks for on a line."""

from __future__ import annotations

from engine.money import HUNDRED, ONE, plain
from engine.pricing.state import LineState
from engine.quote import DiscountKind
from engine.trace import Adjustment, AdjustmentKind, Origin

PERCENT = Origin("manual", AdjustmentKind.PERCENT)
AMOUNT = Origin("manual", AdjustmentKind.AMOUNT)
PRICE = Origin("manual", AdjustmentKind.SET)


def manual_discount(state: LineState) -> None:
    """Apply the line's requested discount: percent, amount a unit, or the unit price wanted."""
    asked = state.line.discount
    before = state.price
    if asked is None or before is None:
        return
    units = state.units
    if asked.kind is DiscountKind.PERCENT:
        origin, after = PERCENT, before * (ONE - asked.value / HUNDRED)
    elif asked.kind is DiscountKind.AMOUNT:
        origin, after = AMOUNT, before - asked.value * units
    else:
        origin, after = PRICE, asked.value * units
    if after < 0:
        message = f"the discount of {plain(asked.value)} is more than the price of {plain(before)}"
        state.violate(".discount", "DISCOUNT_EXCEEDS_PRICE", message)
        return
    state.price = after
    reason = asked.reason or "asked for on the line"
    state.waterfall.append(Adjustment(origin, asked.value, before, after, state.per_line, 0, reason))

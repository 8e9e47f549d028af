"""The step `net`: unit price rounded to the list's precision, times quantity and periods, rounded to the line total."""

from __future__ import annotations

from engine.money import Rounding, round_to
from engine.pricing.state import LineState


def net_price(state: LineState) -> None:
    """Form the line total; every rounding goes into the ledger."""
    state.to_line_amount()
    digits = state.quote.line_digits
    if digits is None or state.price is None:
        return
    mode = state.quote.program.rounding.mode
    rounded = round_to(state.price, digits, mode)
    if rounded != state.price:
        state.quote.roundings.append(Rounding(f"{state.id}: line total", state.price, rounded, mode))
    state.price = rounded

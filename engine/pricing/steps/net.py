"""The step `net`: unit price rounded to the list's precision, times quantity and periods, rounded to the line total."""

from __future__ import annotations

from engine.money import Rounding, RoundingMode, round_to
from engine.pricing.state import LineState


def net_price(state: LineState) -> None:
    """Form the line total; every rounding goes into the ledger."""
    state.to_line_amount()
    digits, price = state.quote.line_digits, state.price
    if digits is None or price is None:
        return
    mode = state.quote.program.rounding.mode
    rounded = round_to(price, digits, mode)
    if rounded != price:
        if state.floor is not None and rounded < state.whole(state.floor):
            # A floor is never crossed, by rounding neither.
            mode = RoundingMode.UP
            rounded = round_to(price, digits, mode)
        state.quote.roundings.append(Rounding(f"{state.id}: line total", price, rounded, mode))
    state.price = rounded

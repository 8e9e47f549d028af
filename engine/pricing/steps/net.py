"""The step `net`: unit price rounded to the list's precision, times quantity and periods, rounded to the line total."""

from __future__ import annotations

from decimal import ROUND_UP

from engine.money import Rounding, RoundingMode
from engine.pricing.state import LineState
from engine.trace import new_tuple


def net_price(state: LineState) -> None:
    """Form the line total; every rounding goes into the ledger."""
    state.to_line_amount()
    quote, price = state.quote, state.price
    smallest = quote.line_unit
    if smallest is None or price is None:
        return
    rounded = price.quantize(smallest, quote.rounding)
    if rounded != price:
        mode = quote.program.rounding.mode
        if state.floor is not None and rounded < state.whole(state.floor):
            # A floor is never crossed, by rounding neither.
            mode = RoundingMode.UP
            rounded = price.quantize(smallest, ROUND_UP)
        quote.roundings.append(new_tuple(Rounding, (f"{state.id}: line total", price, rounded, mode)))
    state.price = rounded

"""The term of a recurring line: its days, and how many billing periods it is charged for."""

from __future__ import annotations

from catalog.price import ProrationMethod
from engine.pricing.program import CompiledEntry
from engine.pricing.result import Term
from engine.pricing.state import LineState
from engine.pricing.terms import ONE_DAY, Proration, after_periods, end_of_term, months_in


def set_term(state: LineState, entry: CompiledEntry) -> None:
    """Give the line its term, by the billing period and the proration of its price."""
    price, price_list, line = entry.entry, entry.price_list, state.line
    assert price.billing_period is not None
    period = price.billing_period
    start = line.start or state.day
    declared = price.proration or price_list.proration
    anchor = price.anchor_day or price_list.anchor_day
    method = ProrationMethod.ACTUAL if declared is None else declared
    try:
        if line.end is not None:
            end = line.end
        elif line.term_months:
            end = end_of_term(start, line.term_months)
        else:
            end = after_periods(start, period, 1) - ONE_DAY
        exact = Proration(method, period, anchor if declared is not None else None).periods(start, end)
    except ValueError as error:
        state.violate(".end" if line.end is not None else ".term_months", "TERM", str(error))
        return
    if declared is None and exact.denominator != 1:
        whole = after_periods(start, period, max(1, exact.numerator // exact.denominator))
        message = (
            f"SKU {line.sku} is sold by the whole {period.value.replace('_', ' ')} ({entry.price_list.id} names no "
            f"proration); {start} to {end} is {exact.explanation}; a whole term ends the day before {whole}"
        )
        state.violate(".end" if line.end is not None else ".term_months", "TERM", message)
    value = exact.value
    months = months_in(exact, period)
    state.term = Term(
        start, end, period.value, declared.value if declared else "", value, exact, months, exact.explanation
    )

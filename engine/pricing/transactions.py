"""The transactions of a line priced by percentage: what can be wrong with them, and the price bound to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.money import ZERO, plain
from engine.pricing.charges import ChargeModel, Percentage, PercentageOfTransactions, Usage
from engine.pricing.state import LineState
from engine.quote import QuoteLine, Violation


def check_transactions(line: QuoteLine, path: str, violations: list[Violation]) -> None:
    """Tell transactions that are negative, do not sum to the line's quantity, or stand beside a ramp."""
    assert line.transactions is not None
    amounts = line.transactions.amounts
    for index, amount in enumerate(amounts):
        if amount < 0:
            message = f"a transaction is not negative, found {plain(amount)}"
            violations.append(Violation(f"{path}.transactions.amounts[{index}]", "OUT_OF_RANGE", message))
    if line.segments:
        message = "the segments of a ramp have no transactions of their own"
        violations.append(Violation(f"{path}.transactions", "CONFLICT", message))
    elif amounts and sum(amounts, ZERO) != line.quantity:
        message = f"the transactions sum to {plain(sum(amounts, ZERO))}, found a quantity of {plain(line.quantity)}"
        violations.append(Violation(f"{path}.quantity", "CONFLICT", message))


def require_percentages(lines: Iterable[LineState]) -> None:
    """Tell lines that state transactions, and whose price is taken of none."""
    for line in lines:
        entry = line.entry
        if line.line.transactions is not None and entry is not None and entry.model_name != "percentage":
            words = entry.model_name.replace("_", " ")
            message = f"SKU {line.line.sku} is priced {words} by {entry.origin.id}, not by transactions"
            line.violate(".transactions", "TRANSACTIONS", message)


def of_transactions(state: LineState, charge: ChargeModel) -> ChargeModel | None:
    """The charge on the line's transactions; None with a violation where it needs to know more of them."""
    if isinstance(charge, Usage):
        model = of_transactions(state, charge.model)
        return None if model is None else replace(charge, model=model)
    assert isinstance(charge, Percentage)
    stated = state.line.transactions
    if stated is None:
        return charge
    if charge.needs_amounts and not stated.amounts:
        message = f"what of SKU {state.line.sku} is free or limited by the transaction needs the amount of each"
        state.violate(".transactions.count", "TRANSACTIONS", message)
        return None
    return PercentageOfTransactions(charge, stated.amounts, stated.count)

"""A figure before and after, held against the limit of a gate."""

from __future__ import annotations

from decimal import Decimal

from engine.money import HUNDRED
from engine.simulate.figures import Amounts
from engine.simulate.gate_file import Limit


def amount_of(measure: str, amounts: Amounts) -> Decimal | None:
    """An amount or a percentage of a set of quotes; None where it is not defined."""
    value: Decimal | None = getattr(amounts, measure)
    return value


def excess(limit: Limit, before: Decimal, after: Decimal, currency: str) -> Decimal | None:
    """By how much a figure breaks a limit, None where it keeps to it or the limit is not for its currency."""
    if is_foreign(limit, currency):
        return None
    if limit.kind == "at_most":
        over = after - limit.value
    elif limit.kind == "at_least":
        over = limit.value - after
    else:
        moved = after - before if limit.kind == "may_rise" else before - after
        allowed = limit.value * abs(before) / HUNDRED if limit.unit == "%" else limit.value
        over = moved - allowed
    return over if over > 0 else None


def is_foreign(limit: Limit, currency: str) -> bool:
    """Whether a limit is an amount of another currency."""
    return len(limit.unit) == 3 and limit.unit != currency

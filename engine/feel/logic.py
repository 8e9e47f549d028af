"""FEEL's comparisons and three-valued logic on values: equality, order, membership, unary tests."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable

from engine.feel import limits
from engine.feel.errors import note
from engine.feel.values import Range, Value, compare, contains, feel_equal, is_list

Truth = bool | None

_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def equal(left: Value, right: Value) -> Truth:
    """`left = right`."""
    outcome = feel_equal(left, right)
    return note("{} and {} cannot be compared", left, right) if outcome is None else outcome


def unequal(left: Value, right: Value) -> Truth:
    """`left != right`."""
    outcome = equal(left, right)
    return None if outcome is None else not outcome


def _ordered(sign: str) -> Callable[[Value, Value], Truth]:
    decide = _ORDERS[sign]

    def compare_values(left: Value, right: Value) -> Truth:
        order = compare(left, right)
        return note(f"there is no {{}} {sign} {{}}", left, right) if order is None else decide(order, 0)

    return compare_values


less = _ordered("<")
less_or_equal = _ordered("<=")
greater = _ordered(">")
greater_or_equal = _ordered(">=")

COMPARISONS: dict[str, Callable[[Value, Value], Truth]] = {
    "=": equal,
    "!=": unequal,
    "<": less,
    "<=": less_or_equal,
    ">": greater,
    ">=": greater_or_equal,
}


def all_true(truths: Iterable[Value]) -> Truth:
    """Conjunction: false where one is false, true where all are true, else null."""
    outcome: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            outcome = None
    return outcome


def any_true(truths: Iterable[Value]) -> Truth:
    """Disjunction: true where one is true, false where all are false, else null."""
    outcome: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            outcome = None
    return outcome


def between(value: Value, low: Value, high: Value) -> Truth:
    """`value between low and high`."""
    return all_true((greater_or_equal(value, low), less_or_equal(value, high)))


def holds(value: Value, test: Value) -> Truth:
    """Whether a value passes a test that is a value itself: a range or list to be in, or a value to be equal to."""
    if isinstance(test, Range) and not isinstance(value, Range):
        outcome = contains(test, value)
        return note("{} cannot be compared with the ends of {}", value, test) if outcome is None else outcome
    if is_list(test):
        return in_list(value, test)
    return equal(value, test)


def within(value: Value, area: Value) -> Truth:
    """Whether a value is in a range; null where there is no such range."""
    return None if area is None else holds(value, area)


def in_list(value: Value, items: Iterable[Value]) -> bool:
    """Whether a list has the value, a range around it, or a list that has it; or is equal to it as a whole."""
    if is_list(value) and feel_equal(value, items):
        return True
    limits.spend_on((items,))
    for item in items:
        if feel_equal(value, item) is True:
            return True
        if isinstance(item, Range) and contains(item, value) is True:
            return True
        if is_list(item) and not is_list(value) and in_list(value, item):
            return True
    return False


def negated(truth: Value) -> Truth:
    """`not`."""
    return not truth if isinstance(truth, bool) else None


def make_range(low: Value, high: Value, low_included: bool, high_included: bool) -> Value:
    """A range; null where its ends are not of one kind, or both null."""
    if low is None and high is None:
        return note("a range needs at least one end")
    if low is not None and high is not None and compare(low, high) is None:
        return note("a range cannot go from {} to {}", low, high)
    return Range(low, high, low_included, high_included)


def make_unary_range(sign: str, end: Value) -> Value:
    """The value of a unary comparison such as `(< 5)`."""
    if end is None:
        return note(f"'{sign}' needs a value to compare with")
    if sign in ("=", "!="):
        return Range(end, end, True, True, sign)
    if compare(end, end) is None:
        return note(f"'{sign}' does not go with {{}}", end)
    if sign in ("<", "<="):
        return Range(None, end, False, sign == "<=", sign)
    return Range(end, None, sign == ">=", False, sign)


def passes(value: Value, result: Value) -> Truth:
    """Whether an input passes a unary test whose expression, no literal, does not mention it and gave `result`.

    A condition such as `quantity > 5` decides by itself in a column that is not boolean; in one that is, and where
    the cell is the literal `true` or `false`, the input is compared with it.
    """
    if isinstance(result, bool) and not isinstance(value, bool | None):
        return result
    return holds(value, result)

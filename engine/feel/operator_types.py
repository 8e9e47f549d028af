"""What FEEL's operators give, by the types of their operands."""

from __future__ import annotations

from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_TIME_DURATION,
    NULL,
    NUMBER,
    STRING,
    TIME,
    YEARS_MONTHS_DURATION,
    SimpleType,
    Type,
    bare,
)

_MOMENTS = (DATE, DATE_TIME)
_DURATIONS = (DAYS_TIME_DURATION, YEARS_MONTHS_DURATION)

Pairs = dict[tuple[SimpleType, SimpleType], SimpleType]

_ADD: Pairs = {(NUMBER, NUMBER): NUMBER, (STRING, STRING): STRING}
_SUBTRACT: Pairs = {(NUMBER, NUMBER): NUMBER, (TIME, TIME): DAYS_TIME_DURATION}
_MULTIPLY: Pairs = {(NUMBER, NUMBER): NUMBER}
_DIVIDE: Pairs = {(NUMBER, NUMBER): NUMBER}
for _duration in _DURATIONS:
    _ADD[_duration, _duration] = _SUBTRACT[_duration, _duration] = _duration
    _MULTIPLY[_duration, NUMBER] = _MULTIPLY[NUMBER, _duration] = _DIVIDE[_duration, NUMBER] = _duration
    _DIVIDE[_duration, _duration] = NUMBER
    for _moment in _MOMENTS:
        _ADD[_moment, _duration] = _ADD[_duration, _moment] = _SUBTRACT[_moment, _duration] = _moment
_ADD[TIME, DAYS_TIME_DURATION] = _ADD[DAYS_TIME_DURATION, TIME] = _SUBTRACT[TIME, DAYS_TIME_DURATION] = TIME
for _left in _MOMENTS:
    for _right in _MOMENTS:
        _SUBTRACT[_left, _right] = DAYS_TIME_DURATION

ARITHMETIC: dict[str, Pairs] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": {(NUMBER, NUMBER): NUMBER},
}

NATIVE_ORDER = (NUMBER, STRING, DATE, *_DURATIONS)
"""Types that Python's own operators compare as FEEL does."""
ORDERED = (*NATIVE_ORDER, TIME, DATE_TIME)
NATIVE_EQUALITY = (*NATIVE_ORDER, BOOLEAN)


def arithmetic_result(operator: str, left: Type, right: Type) -> Type | None:
    """The type of an operation's result; Any where not known, None where there can be none but null."""
    left, right = bare(left), bare(right)
    pairs = ARITHMETIC[operator]
    if isinstance(left, SimpleType) and isinstance(right, SimpleType) and (left, right) in pairs:
        return pairs[left, right]
    fitting = {
        result
        for (a, b), result in pairs.items()
        if (left in (ANY, NULL) or left == a) and (right in (ANY, NULL) or right == b)
    }
    if not fitting:
        return None
    return fitting.pop() if len(fitting) == 1 else ANY

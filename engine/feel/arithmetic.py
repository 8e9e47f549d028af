"""FEEL's arithmetic: numbers, strings, and temporal values with durations; what has no result is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DecimalException

from engine.feel import limits
from engine.feel.errors import FeelError, note
from engine.feel.temporal import (
    MIDNIGHT_UTC,
    NANOS,
    NANOS_A_DAY,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    add_months,
    from_ordinal,
    ordinal,
    plus_nanos,
    time_of_nanos,
)
from engine.feel.types import DATE, DATE_TIME, DAYS_TIME_DURATION, NUMBER, STRING, TIME, YEARS_MONTHS_DURATION
from engine.feel.values import DATES, Value, comparison_key, is_number, kind_of
from engine.money import ONE, ZERO

Operation = Callable[[Value, Value], Value]


def number(value: Value) -> Decimal:
    """A number as a Decimal of at most 34 digits; a fact may have been an int."""
    return value if type(value) is Decimal else +Decimal(value)


def add(left: Value, right: Value) -> Value:
    """`left + right`."""
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return left + right
        except DecimalException:
            return note("{} + {} is beyond the numbers of FEEL", left, right)
    return _operate("+", _ADD, left, right)


def subtract(left: Value, right: Value) -> Value:
    """`left - right`."""
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return left - right
        except DecimalException:
            return note("{} - {} is beyond the numbers of FEEL", left, right)
    return _operate("-", _SUBTRACT, left, right)


def multiply(left: Value, right: Value) -> Value:
    """`left * right`."""
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return left * right
        except DecimalException:
            return note("{} * {} is beyond the numbers of FEEL", left, right)
    return _operate("*", _MULTIPLY, left, right)


def divide(left: Value, right: Value) -> Value:
    """`left / right`."""
    return _operate("/", _DIVIDE, left, right)


def power(left: Value, right: Value) -> Value:
    """`left ** right`."""
    return _operate("**", _POWER, left, right)


def negate(value: Value) -> Value:
    """`-value`."""
    if is_number(value):
        return -number(value)
    if isinstance(value, DaysTimeDuration):
        return DaysTimeDuration(-value.nanos)
    if isinstance(value, YearsMonthsDuration):
        return YearsMonthsDuration(-value.months)
    return note("a minus sign stands before a number or a duration, not {}", value)


def _operate(sign: str, operations: dict[object, Operation], left: Value, right: Value) -> Value:
    operation = operations.get((kind_of(left), kind_of(right)))
    if operation is None:
        return note(f"there is no {{}} {sign} {{}}", left, right)
    try:
        return operation(left, right)
    except ZeroDivisionError:
        return note("{} is divided by zero", left)
    except DecimalException:
        return note(f"{{}} {sign} {{}} is beyond the numbers of FEEL", left, right)
    except FeelError as error:
        return note(str(error))


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


def _minus_duration(add_duration: Operation) -> Operation:
    return lambda left, duration: add_duration(left, negate(duration))


def _join(left: str, right: str) -> str:
    limits.check_string(len(left) + len(right))
    return left + right


def _date_plus_days_time(date: Date, duration: DaysTimeDuration) -> Date:
    return from_ordinal(ordinal(date) + duration.nanos // NANOS_A_DAY)


def _date_plus_months(date: Date, duration: YearsMonthsDuration) -> Date:
    return add_months(date, duration.months)


def _moment_plus_months(moment: DateTime, duration: YearsMonthsDuration) -> DateTime:
    return DateTime(add_months(moment.date, duration.months), moment.time)


def _time_plus(time: Time, duration: DaysTimeDuration) -> Time:
    return time_of_nanos(time.nanos_of_day + duration.nanos, time)


def _moments_apart(left: Value, right: Value) -> Value:
    """The time from one date, or date and time, to another; a date is midnight UTC, or local beside another date."""
    left = DateTime(left, MIDNIGHT_UTC) if isinstance(left, DATES) else left
    right = DateTime(right, MIDNIGHT_UTC) if isinstance(right, DATES) else right
    if left.time.is_local != right.time.is_local:
        return note("{} and {} cannot be subtracted: only one of them has an offset or zone", left, right)
    return DaysTimeDuration(left.instant_nanos - right.instant_nanos)


def _times_apart(left: Time, right: Time) -> Value:
    (local, seconds), (other_local, other_seconds) = comparison_key(left), comparison_key(right)
    if local != other_local:
        return note("{} and {} cannot be subtracted: only one of them has an offset or zone", left, right)
    return DaysTimeDuration((seconds - other_seconds) * NANOS + left.nanosecond - right.nanosecond)


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_DOWN))


def _days_time_times(duration: DaysTimeDuration, factor: Value) -> DaysTimeDuration:
    return DaysTimeDuration(_whole(duration.nanos * number(factor)))


def _months_times(duration: YearsMonthsDuration, factor: Value) -> YearsMonthsDuration:
    return YearsMonthsDuration(_whole(duration.months * number(factor)))


_STEPS_OF_A_POWER = 3
_STEPS_OF_A_ROOT = 40
"""What a power costs whose exponent is no whole number."""


def _power(base: Value, exponent: Value) -> Decimal:
    base, exponent = number(base), number(exponent)
    limits.spend(_STEPS_OF_A_POWER if exponent == exponent.to_integral_value() else _STEPS_OF_A_ROOT)
    return ONE if not exponent else base**exponent


_ADD: dict[object, Operation] = {
    (NUMBER, NUMBER): lambda a, b: number(a) + number(b),
    (STRING, STRING): _join,
    (DATE, YEARS_MONTHS_DURATION): _date_plus_months,
    (DATE, DAYS_TIME_DURATION): _date_plus_days_time,
    (DATE_TIME, YEARS_MONTHS_DURATION): _moment_plus_months,
    (DATE_TIME, DAYS_TIME_DURATION): lambda a, b: plus_nanos(a, b.nanos),
    (TIME, DAYS_TIME_DURATION): _time_plus,
    (YEARS_MONTHS_DURATION, YEARS_MONTHS_DURATION): lambda a, b: YearsMonthsDuration(a.months + b.months),
    (DAYS_TIME_DURATION, DAYS_TIME_DURATION): lambda a, b: DaysTimeDuration(a.nanos + b.nanos),
    (YEARS_MONTHS_DURATION, DATE): _swapped(_date_plus_months),
    (DAYS_TIME_DURATION, DATE): _swapped(_date_plus_days_time),
    (YEARS_MONTHS_DURATION, DATE_TIME): _swapped(_moment_plus_months),
    (DAYS_TIME_DURATION, DATE_TIME): lambda a, b: plus_nanos(b, a.nanos),
    (DAYS_TIME_DURATION, TIME): _swapped(_time_plus),
}
_SUBTRACT: dict[object, Operation] = {
    (NUMBER, NUMBER): lambda a, b: number(a) - number(b),
    (DATE, DATE): _moments_apart,
    (DATE, DATE_TIME): _moments_apart,
    (DATE_TIME, DATE): _moments_apart,
    (DATE_TIME, DATE_TIME): _moments_apart,
    (TIME, TIME): _times_apart,
    (YEARS_MONTHS_DURATION, YEARS_MONTHS_DURATION): lambda a, b: YearsMonthsDuration(a.months - b.months),
    (DAYS_TIME_DURATION, DAYS_TIME_DURATION): lambda a, b: DaysTimeDuration(a.nanos - b.nanos),
}
for _moved in ((DATE, YEARS_MONTHS_DURATION), (DATE, DAYS_TIME_DURATION), (TIME, DAYS_TIME_DURATION)):
    _SUBTRACT[_moved] = _minus_duration(_ADD[_moved])
for _duration in (YEARS_MONTHS_DURATION, DAYS_TIME_DURATION):
    _SUBTRACT[DATE_TIME, _duration] = _minus_duration(_ADD[DATE_TIME, _duration])
_MULTIPLY: dict[object, Operation] = {
    (NUMBER, NUMBER): lambda a, b: number(a) * number(b),
    (DAYS_TIME_DURATION, NUMBER): _days_time_times,
    (NUMBER, DAYS_TIME_DURATION): _swapped(_days_time_times),
    (YEARS_MONTHS_DURATION, NUMBER): _months_times,
    (NUMBER, YEARS_MONTHS_DURATION): _swapped(_months_times),
}
_DIVIDE: dict[object, Operation] = {
    (NUMBER, NUMBER): lambda a, b: _quotient(number(a), number(b)),
    (DAYS_TIME_DURATION, NUMBER): lambda a, b: DaysTimeDuration(_whole(_quotient(Decimal(a.nanos), number(b)))),
    (YEARS_MONTHS_DURATION, NUMBER): lambda a, b: YearsMonthsDuration(_whole(_quotient(Decimal(a.months), number(b)))),
    (DAYS_TIME_DURATION, DAYS_TIME_DURATION): lambda a, b: _quotient(Decimal(a.nanos), Decimal(b.nanos)),
    (YEARS_MONTHS_DURATION, YEARS_MONTHS_DURATION): lambda a, b: _quotient(Decimal(a.months), Decimal(b.months)),
}
_POWER: dict[object, Operation] = {(NUMBER, NUMBER): _power}


def _quotient(left: Decimal, right: Decimal) -> Decimal:
    if right == ZERO:
        raise ZeroDivisionError
    return left / right

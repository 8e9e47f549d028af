"""The values of FEEL in Python, and what is asked of any of them: type, equality, order, text, conversion.

A number is a `Decimal` (a fact may also be an `int`), a string a `str`, a boolean a `bool`, null is None, a list a
`list` (a fact may be a tuple), a context a `dict`; temporal values are those of `engine.feel.temporal`.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import limits, types
from engine.feel.scanner import NAME_PART, NAME_START
from engine.feel.temporal import (
    MIDNIGHT_UTC,
    NANOS,
    DateTime,
    DaysTimeDuration,
    FarDate,
    Time,
    YearsMonthsDuration,
)
from engine.feel.temporal_text import date_text, date_time_text, days_time_text, time_text, years_months_text
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
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    Type,
)
from engine.money import plain, to_decimal

Value = Any
DATES = (dt.date, FarDate)
_PLAIN_KEY = re.compile(f"[{NAME_START}][{NAME_PART} ]*")
_SHOWN = 60
_FURTHEST = 10**9


@dataclass(frozen=True, slots=True)
class Range:
    """A range of comparable values.

    Attributes:
        low: lower end; None where there is none.
        high: upper end; None where there is none.
        low_included: whether the lower end belongs to it.
        high_included: whether the upper end belongs to it.
        operator: for the value of a unary comparison such as `(< 5)`, its operator; `=` and `!=` have both ends equal.
    """

    low: Value
    high: Value
    low_included: bool
    high_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function.

    Attributes:
        name: what a named argument calls it.
        type: what arguments are converted to.
        optional: whether a call may leave it out; it is then None.
        nullable: whether null may be given for it; for others a null makes the call's result null.
        variadic: whether it takes all arguments that are left, as a list; only the last may.
    """

    name: str
    type: Type = ANY
    optional: bool = False
    nullable: bool = False
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function.

    Attributes:
        parameters: what it takes.
        result: type of what it gives.
        call: computes it from one positional argument a parameter; raises FeelError where it cannot.
    """

    parameters: tuple[Parameter, ...]
    result: Type
    call: Callable[..., Value]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value.

    Attributes:
        name: what messages call it.
        signatures: the ways to call it, in the order in which they are tried.
        lenient: whether an argument of the wrong type becomes null, as for functions defined in FEEL or DMN, instead
            of making the result null, as for built-in ones.
    """

    name: str
    signatures: tuple[Signature, ...]
    lenient: bool = False


def defined_function(
    name: str, parameters: Mapping[str, Type], call: Callable[..., Value], result: Type = ANY
) -> Function:
    """A function as FEEL and DMN models define them: `call` takes one positional argument a parameter."""
    taken = tuple(Parameter(parameter, kind, nullable=True) for parameter, kind in parameters.items())
    return Function(name, (Signature(taken, result, call),), lenient=True)


def is_number(value: Value) -> bool:
    """Whether the value is a number, and no boolean."""
    return type(value) is Decimal or (isinstance(value, int | Decimal) and not isinstance(value, bool))


def to_index(value: Value) -> int:
    """A number as a position in a list or string: its whole part, cut to what any of them may have."""
    return int(max(min(value, _FURTHEST), -_FURTHEST))


def is_list(value: Value) -> bool:
    """Whether the value is a list."""
    return isinstance(value, list | tuple)


_SIMPLE_TYPES: tuple[tuple[type | tuple[type, ...], Type], ...] = (
    (bool, BOOLEAN),
    ((Decimal, int), NUMBER),
    (str, STRING),
    (DATES, DATE),
    (Time, TIME),
    (DateTime, DATE_TIME),
    (DaysTimeDuration, DAYS_TIME_DURATION),
    (YearsMonthsDuration, YEARS_MONTHS_DURATION),
)


def kind_of(value: Value) -> Type | type:
    """What kind of value it is, coarsely: a simple type, or the Python type of a list, context, range or function.

    Two values can be equal, or be compared, only where their kinds are the same.
    """
    for python, kind in _SIMPLE_TYPES:
        if isinstance(value, python):
            return kind
    for python_type in (dict, Range, Function):
        if isinstance(value, python_type):
            return python_type
    return list if is_list(value) else NULL


def type_of(value: Value) -> Type:
    """The FEEL type of a value."""
    kind = kind_of(value)
    if kind is list:
        return ListType(_common_type(value))
    if kind is dict:
        return ContextType({name: type_of(entry) for name, entry in value.items()})
    if kind is Range:
        return RangeType(_common_type([end for end in (value.low, value.high) if end is not None]))
    if kind is Function:
        signature = value.signatures[0]
        return FunctionType(tuple(parameter.type for parameter in signature.parameters), signature.result)
    assert not isinstance(kind, type)
    return kind


def _common_type(values: list[Value]) -> Type:
    if not values:
        return NULL
    found = type_of(values[0])
    for value in values[1:]:
        found = types.common(found, type_of(value))
    return found


def is_instance(value: Value, kind: Type) -> bool:
    """Whether a value is of a type. Null is of no type but Null; inside lists and contexts it is of every type."""
    if value is None:
        return kind == NULL
    return _fits(value, types.bare(kind))


def _fits(value: Value, kind: Type) -> bool:
    if kind == ANY or value is None:
        return True
    if isinstance(kind, ListType):
        if is_list(value) and isinstance(types.bare(kind.item), ListType):
            limits.spend(len(value))  # lists in lists may share parts, and then grow beyond all bounds when walked
        elif kind.item != ANY:
            limits.spend_on((value,))
        return is_list(value) and (kind.item == ANY or all(_fits(item, types.bare(kind.item)) for item in value))
    if isinstance(kind, ContextType):
        return isinstance(value, dict) and all(
            name in value and _fits(value[name], types.bare(of)) for name, of in kind.fields.items()
        )
    if isinstance(kind, RangeType):
        return isinstance(value, Range) and _fits(value.low, kind.item) and _fits(value.high, kind.item)
    if isinstance(kind, FunctionType):
        return isinstance(value, Function) and types.conforms(type_of(value), kind)
    return kind_of(value) == kind


def coerce(value: Value, kind: Type) -> Value:
    """The value as one of `kind`: itself, out of or into a list of one, a date as midnight UTC; None where it is not.

    These are the standard's implicit conversions, made for arguments, parameters and typed variables.
    """
    if value is None or kind == ANY:
        return value
    kind = types.bare(kind)
    if _fits(value, kind):
        return value
    if is_list(value) and len(value) == 1 and not isinstance(kind, ListType):
        return coerce(value[0], kind)
    if isinstance(kind, ListType):
        if not is_list(value) and _fits(value, types.bare(kind.item)):
            return [value]
    elif kind == DATE_TIME and isinstance(value, DATES):
        return DateTime(value, MIDNIGHT_UTC)
    return None


def feel_equal(left: Value, right: Value) -> bool | None:
    """FEEL's `=`: None where the values are of different kinds and can be neither equal nor different."""
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    if kind is list:
        limits.spend(len(left))
        return len(left) == len(right) and _all(feel_equal(a, b) for a, b in zip(left, right, strict=True))
    if kind is dict:
        limits.spend(len(left))
        return left.keys() == right.keys() and _all(feel_equal(left[name], right[name]) for name in left)
    if kind is Range:
        return _equal_ranges(left, right)
    if kind in (TIME, DATE_TIME):
        return comparison_key(left) == comparison_key(right)
    return bool(left == right)


def _all(results: Any) -> bool | None:
    outcome: bool | None = True
    for result in results:
        if result is False:
            return False
        if result is None:
            outcome = None
    return outcome


def _equal_ranges(left: Range, right: Range) -> bool | None:
    if left.operator != right.operator:
        return False
    if (left.low_included, left.high_included) != (right.low_included, right.high_included):
        return False
    return _all((feel_equal(left.low, right.low), feel_equal(left.high, right.high)))


def comparison_key(value: Time | DateTime) -> tuple[bool, int]:
    """What times, and dates and times, are compared by: whether local, and whole seconds (of the day, or since 1970).

    The standard compares them to the second; local ones do not compare with those that have an offset or zone.
    """
    if isinstance(value, Time):
        offset = value.offset_on(None)
        return offset is None, value.seconds_of_day - (offset or 0)
    return value.time.is_local, value.local_seconds - (value.offset or 0)


def compare(left: Value, right: Value) -> int | None:
    """Negative, zero or positive by FEEL's order; None where the two have none."""
    kind = kind_of(left)
    if kind != kind_of(right) or kind in (NULL, BOOLEAN) or isinstance(kind, type):
        return None
    if kind in (TIME, DATE_TIME):
        (local, left), (other_local, right) = comparison_key(left), comparison_key(right)
        if local != other_local:
            return None
    return 0 if left == right else -1 if left < right else 1


def contains(area: Range, value: Value) -> bool | None:
    """Whether the value lies in the range; None where it cannot be compared with its ends."""
    if area.operator in ("=", "!="):
        same = feel_equal(value, area.low)
        return same if area.operator == "=" or same is None else not same
    if area.low is None and area.high is None:
        return None
    outcome: bool | None = True
    for end, included, side in ((area.low, area.low_included, 1), (area.high, area.high_included, -1)):
        if end is None:
            if not area.operator:
                return None
            continue
        order = compare(value, end)
        if order is None:
            outcome = None if outcome else outcome
        elif order * side < 0 or (order == 0 and not included):
            outcome = False
    return outcome


def to_string(value: Value) -> str:
    """FEEL's `string`: a string is itself, everything else as it would be written."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value or abs(value))
    if isinstance(value, DATES):
        return date_text(value)
    for python, text in _TEXTS.items():
        if isinstance(value, python):
            return str(text(value))
    if is_list(value):
        return _list_text(value)
    return str(value)


def _quoted(value: Value) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return to_string(value)


def _list_text(value: Sequence[Value]) -> str:
    limits.spend(2 * len(value))
    parts = [_quoted(item) for item in value]
    limits.check_string(sum(map(len, parts)))
    return "[" + ", ".join(parts) + "]"


def _context_text(value: dict[str, Value]) -> str:
    limits.spend(2 * len(value))
    entries = (f"{k if _PLAIN_KEY.fullmatch(k) else _quoted(k)}: {_quoted(v)}" for k, v in value.items())
    return "{" + ", ".join(entries) + "}"


def _range_text(value: Range) -> str:
    if value.operator:
        end = value.high if value.operator in ("<", "<=") else value.low
        return f"({value.operator} {_quoted(end)})"
    opening, closing = "[" if value.low_included else "(", "]" if value.high_included else ")"
    return f"{opening}{_quoted(value.low)}..{_quoted(value.high)}{closing}"


def _function_text(value: Function) -> str:
    return f"function({', '.join(parameter.name for parameter in value.signatures[0].parameters)})"


_TEXTS: dict[type, Callable[[Any], str]] = {
    Time: time_text,
    DateTime: date_time_text,
    DaysTimeDuration: days_time_text,
    YearsMonthsDuration: years_months_text,
    dict: _context_text,
    Range: _range_text,
    Function: _function_text,
}


_KIND_WORDS: dict[type, str] = {dict: "a context", Range: "a range", Function: "a function"}


def describe(value: Value) -> str:
    """A value as messages show it: its kind and its text, cut where it is long."""
    if value is None:
        return "null"
    kind = kind_of(value)
    if isinstance(kind, type):
        return f"a list of {len(value)} items" if is_list(value) else _KIND_WORDS[kind]
    text = _quoted(value)
    return f"the {kind} {text if len(text) <= _SHOWN else text[:_SHOWN] + '...'}"


def from_python(value: Any) -> Value:
    """A fact as Python holds it, made a FEEL value.

    Raises:
        TypeError: a float, or a type that FEEL has no value for.
    """
    if value is None or isinstance(value, bool | str | Decimal | FarDate | Time | DateTime | Range | Function):
        return value
    if isinstance(value, DaysTimeDuration | YearsMonthsDuration):
        return value
    if isinstance(value, int):
        return to_decimal(value)
    if isinstance(value, dt.datetime):
        return DateTime(value.date(), _time_from_python(value))
    if isinstance(value, dt.date):
        return value
    if isinstance(value, dt.time):
        return _time_from_python(value)
    if isinstance(value, dt.timedelta):
        micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
        return DaysTimeDuration(micros * 1000)
    if isinstance(value, Mapping):
        return {str(name): from_python(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [from_python(item) for item in value]
    reason = "; numbers are given as Decimal or int, which are exact" if isinstance(value, float) else ""
    raise TypeError(f"FEEL has no value for {value!r} of type {type(value).__name__}{reason}")


def _time_from_python(value: dt.datetime | dt.time) -> Time:
    offset = value.utcoffset()
    zone = value.tzinfo.key if isinstance(value.tzinfo, zoneinfo.ZoneInfo) else ""
    seconds = None if offset is None or zone else int(offset.total_seconds())
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, seconds, zone)


def to_python(value: Value) -> Any:
    """A FEEL value with Python's own temporal types; times lose what is finer than a microsecond.

    Raises:
        OverflowError: a duration that `datetime.timedelta` cannot hold.
    """
    if isinstance(value, Time):
        return _time_to_python(value)
    if isinstance(value, DateTime) and isinstance(value.date, dt.date):
        return dt.datetime.combine(value.date, _time_to_python(value.time))
    if isinstance(value, DaysTimeDuration):
        return dt.timedelta(seconds=value.nanos // NANOS, microseconds=value.nanos % NANOS // 1000)
    if isinstance(value, dict):
        return {name: to_python(entry) for name, entry in value.items()}
    if is_list(value):
        return [to_python(item) for item in value]
    return value


def _time_to_python(value: Time) -> dt.time:
    zone: dt.tzinfo | None = None
    if value.zone:
        zone = zoneinfo.ZoneInfo(value.zone)
    elif value.offset is not None:
        zone = dt.timezone(dt.timedelta(seconds=value.offset))
    return dt.time(value.hour, value.minute, value.second, value.nanosecond // 1000, zone)

"""Getting at parts of FEEL values: properties, filters, and what loops run over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from engine.feel import limits
from engine.feel.errors import note
from engine.feel.temporal import NANOS, DateTime, DaysTimeDuration, Time, YearsMonthsDuration, from_ordinal, ordinal
from engine.feel.types import DATE, DATE_TIME, DAYS_TIME_DURATION, NUMBER, STRING, TIME, YEARS_MONTHS_DURATION, Type
from engine.feel.values import DATES, Range, Value, is_list, is_number, kind_of, to_index

_MISSING = object()
PROPERTY_TYPES: dict[str, dict[str, Type]] = {
    DATE.name: dict.fromkeys(("year", "month", "day", "weekday"), NUMBER),
    TIME.name: {
        **dict.fromkeys(("hour", "minute", "second"), NUMBER),
        "time offset": DAYS_TIME_DURATION,
        "timezone": STRING,
    },
    DAYS_TIME_DURATION.name: dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    YEARS_MONTHS_DURATION.name: dict.fromkeys(("years", "months"), NUMBER),
}
PROPERTY_TYPES[DATE_TIME.name] = PROPERTY_TYPES[DATE.name] | PROPERTY_TYPES[TIME.name]
RANGE_PROPERTIES = ("start", "end", "start included", "end included")


def get_property(value: Value, name: str) -> Value:
    """`value.name`: an entry of a context, of each item of a list, or a property of a temporal value or range."""
    if type(value) is dict or isinstance(value, dict):
        found = value.get(name, _MISSING)
        return note(f"the context has no entry '{name}'") if found is _MISSING else found
    if is_list(value):
        limits.spend(len(value))
        return [get_property(item, name) for item in value]
    read = _PROPERTIES.get(kind_of(value))
    found = read(value).get(name, _MISSING) if read else _MISSING
    return note(f"{{}} has no property '{name}'", value) if found is _MISSING else found


def _date_properties(value: Any) -> dict[str, Value]:
    weekday = (ordinal(value) - 1) % 7 + 1
    return {
        "year": Decimal(value.year),
        "month": Decimal(value.month),
        "day": Decimal(value.day),
        "weekday": Decimal(weekday),
    }


def _time_properties(value: Time, offset: int | None = None) -> dict[str, Value]:
    offset = value.offset_on(None) if offset is None else offset
    return {
        "hour": Decimal(value.hour),
        "minute": Decimal(value.minute),
        "second": Decimal(value.second),
        "time offset": None if offset is None else DaysTimeDuration(offset * NANOS),
        "timezone": value.zone or None,
    }


def _date_time_properties(value: DateTime) -> dict[str, Value]:
    return _date_properties(value.date) | _time_properties(value.time, value.offset)


def _days_time_properties(value: DaysTimeDuration) -> dict[str, Value]:
    days, hours, minutes, seconds, _ = value.parts()
    return {
        "days": Decimal(days),
        "hours": Decimal(hours),
        "minutes": Decimal(minutes),
        "seconds": Decimal(seconds),
    }


def _years_months_properties(value: YearsMonthsDuration) -> dict[str, Value]:
    years, months = value.parts()
    return {"years": Decimal(years), "months": Decimal(months)}


def _range_properties(value: Range) -> dict[str, Value]:
    ends = (value.low, value.high, value.low_included, value.high_included)
    return dict(zip(RANGE_PROPERTIES, ends, strict=True))


_PROPERTIES: dict[object, Callable[[Any], dict[str, Value]]] = {
    DATE: _date_properties,
    TIME: _time_properties,
    DATE_TIME: _date_time_properties,
    DAYS_TIME_DURATION: _days_time_properties,
    YEARS_MONTHS_DURATION: _years_months_properties,
    Range: _range_properties,
}


def item_at(items: Value, index: Value) -> Value:
    """The item at a position from 1, or from the end below 0; null beyond."""
    items = as_list(items)
    position = to_index(index)
    if 0 < position <= len(items):
        return items[position - 1]
    if -len(items) <= position < 0:
        return items[position]
    return note(f"there is no item {position} in a list of {len(items)}")


def as_list(value: Value) -> Sequence[Value]:
    """A list as it is, null as an empty list, anything else as a list of one."""
    if is_list(value):
        return value  # type: ignore[no-any-return]
    return [] if value is None else [value]


def filter_items(source: Value, condition: Callable[[Value], Value]) -> Value:
    """`source[condition]`: the items for which the condition is true, or the one at the number it gives."""
    items = as_list(source)
    kept = []
    first = True
    for item in items or (None,):
        limits.spend(1)
        outcome = condition(item)
        if first and is_number(outcome):
            return item_at(items, outcome)
        first = False
        if outcome is True:
            kept.append(item)
        elif outcome is not False and outcome is not None:
            return note("a filter is a condition or a number, not {}", outcome)
    return kept if items else []


def steps(first: Value, last: Value) -> Any:
    """`first..last` as a loop runs over it, one by one: whole numbers or days, up or down; null where there are none.

    Raises:
        LimitError: there are more than a list may have.
    """
    if is_number(first) and is_number(last):
        start, distance = first, int(last - first)
        size = abs(distance) + 1
        limits.check_list(size)
        sign = 1 if last >= first else -1
        return (Decimal(start) + sign * i for i in range(size))
    if isinstance(first, DATES) and isinstance(last, DATES):
        start, end = ordinal(first), ordinal(last)
        limits.check_list(abs(end - start) + 1)
        sign = 1 if end >= start else -1
        return (from_ordinal(day) for day in range(start, end + sign, sign))
    return note("a loop cannot run from {} to {}", first, last)


def iterable(source: Value) -> Any:
    """What a loop over a value runs over: the items of a list or closed range, else the value alone; null for null."""
    if is_list(source):
        return source
    if isinstance(source, Range):
        return _range_items(source)
    return note("a loop needs a list, not null") if source is None else [source]


def _range_items(source: Range) -> Any:
    found = steps(source.low, source.high)
    if found is None:
        return None
    if not source.low_included:
        next(found, None)
    return found if source.high_included else (item for item in found if item != source.high)


Source = Callable[..., Any]


class _NothingToRunOver(Exception):  # noqa: N818  (ends a loop, and is no error to anybody outside)
    """A source of a loop is null."""


def _bindings(sources: Sequence[Source], chosen: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
    """Every combination of items, the last source fastest; a source is given the items chosen before it."""
    items = sources[len(chosen)](*chosen)
    if items is None:
        raise _NothingToRunOver
    last = len(chosen) + 1 == len(sources)
    for item in items:
        limits.spend(1)
        if last:
            yield (*chosen, item)
        else:
            yield from _bindings(sources, (*chosen, item))


def loop(sources: Sequence[Source], result: Callable[..., Value]) -> list[Value] | None:
    """`for`: what `result` gives for every combination of items; its last argument is the list of results so far."""
    results: list[Value] = []
    try:
        for chosen in _bindings(sources, ()):
            results.append(result(*chosen, results))
    except _NothingToRunOver:
        return None
    return results


def quantify(every: bool, sources: Sequence[Source], condition: Callable[..., Value]) -> bool | None:
    """`every` or `some`: three-valued conjunction or disjunction of the condition over all combinations of items."""
    outcome: bool | None = every
    try:
        for chosen in _bindings(sources, ()):
            truth = condition(*chosen)
            if truth is (not every):
                return not every
            if truth is not every:
                outcome = note("a condition is true or false, not {}", truth)
    except _NothingToRunOver:
        return None
    return outcome


def copied(value: Value) -> Value:
    """A copy of a list that may still grow: what `partial` gives where it is more than looked into."""
    if isinstance(value, list):
        limits.spend(len(value))
        return value[:]
    return value

"""Calendar functions, and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from engine.feel.builtins.registry import Family, needed
from engine.feel.temporal import Date, DateTime, Time, make_date, ordinal
from engine.feel.types import DATE, DATE_TIME, NUMBER, STRING, Type
from engine.feel.values import Value

FUNCTIONS = Family()
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _of_date(name: str, result: Type) -> Callable[[Callable[[Date], Value]], Callable[[Date], Value]]:
    """Decorator: declares a function of a date, which takes a date and time as well."""

    def declare(function: Callable[[Date], Value]) -> Callable[[Date], Value]:
        def of_moment(moment: DateTime) -> Value:
            return function(moment.date)

        FUNCTIONS.add(name, needed("date", DATE), result=result)(function)
        FUNCTIONS.add(name, needed("date", DATE_TIME), result=result)(of_moment)
        return function

    return declare


@_of_date("day of year", NUMBER)
def _day_of_year(date: Date) -> Decimal:
    return Decimal(ordinal(date) - ordinal(make_date(date.year, 1, 1)) + 1)


@_of_date("day of week", STRING)
def _day_of_week(date: Date) -> str:
    return _DAYS[(ordinal(date) - 1) % 7]


@_of_date("month of year", STRING)
def _month_of_year(date: Date) -> str:
    return _MONTHS[date.month - 1]


@_of_date("week of year", NUMBER)
def _week_of_year(date: Date) -> Decimal:
    """The week of ISO 8601: it belongs to the year that its Thursday is in."""
    monday = ordinal(date) - (ordinal(date) - 1) % 7
    thursday = monday + 3
    year = date.year + 1 if thursday >= ordinal(make_date(date.year + 1, 1, 1)) else date.year
    if thursday < ordinal(make_date(year, 1, 1)):
        year -= 1
    return Decimal((thursday - ordinal(make_date(year, 1, 1))) // 7 + 1)


@FUNCTIONS.add("now", result=DATE_TIME)
def _now() -> DateTime:
    now = dt.datetime.now().astimezone()
    offset = now.utcoffset() or dt.timedelta()
    time = Time(now.hour, now.minute, now.second, now.microsecond * 1000, int(offset.total_seconds()))
    return DateTime(now.date(), time)


@FUNCTIONS.add("today", result=DATE)
def _today() -> Date:
    return dt.datetime.now().astimezone().date()

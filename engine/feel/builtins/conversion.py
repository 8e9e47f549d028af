"""Conversion functions: text and parts to dates, times, durations, numbers; anything to text. Also `not` and `is`."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.feel.arithmetic import number
from engine.feel.builtins.registry import Family, needed, nullable, optional
from engine.feel.errors import FeelError
from engine.feel.temporal import (
    NANOS,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    make_date,
    make_time,
    months_between,
    zone_info,
)
from engine.feel.temporal_text import MAX_OFFSET, parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_TIME_DURATION,
    NUMBER,
    STRING,
    TIME,
    YEARS_MONTHS_DURATION,
)
from engine.feel.values import Value, feel_equal, kind_of, to_index, to_string
from engine.money import to_decimal

FUNCTIONS = Family()
_FROM_TEXT = needed("from", STRING)
_DATE_PARTS = (needed("year", NUMBER), needed("month", NUMBER), needed("day", NUMBER))
_TIME_PARTS = (needed("hour", NUMBER), needed("minute", NUMBER), needed("second", NUMBER))
_NUMBER_TEXT = re.compile(r"-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)


def _integer(value: Decimal, what: str) -> int:
    value = number(value)
    if value != value.to_integral_value():
        raise FeelError(f"the {what} is a whole number, not {value}")
    return to_index(value)


@FUNCTIONS.add("date", _FROM_TEXT, result=DATE)
def _date_from_text(text: str) -> Date:
    date = parse_date(text)
    if date is None:
        raise FeelError(f"{text[:40]!r} is no date such as 2026-03-01")
    return date


@FUNCTIONS.add("date", needed("from", DATE), result=DATE)
def _date_from_date(date: Date) -> Date:
    return date


@FUNCTIONS.add("date", needed("from", DATE_TIME), result=DATE)
def _date_from_moment(moment: DateTime) -> Date:
    return moment.date


@FUNCTIONS.add("date", *_DATE_PARTS, result=DATE)
def _date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> Date:
    return make_date(_integer(year, "year"), _integer(month, "month"), _integer(day, "day"))


@FUNCTIONS.add("time", _FROM_TEXT, result=TIME)
def _time_from_text(text: str) -> Time:
    time = parse_time(text)
    if time is None:
        raise FeelError(f"{text[:40]!r} is no time such as 10:30:00 or 10:30:00+01:00")
    return time


@FUNCTIONS.add("time", needed("from", TIME), result=TIME)
def _time_from_time(time: Time) -> Time:
    return time


@FUNCTIONS.add("time", needed("from", DATE_TIME), result=TIME)
def _time_from_moment(moment: DateTime) -> Time:
    return moment.time


@FUNCTIONS.add("time", *_TIME_PARTS, optional("offset", DAYS_TIME_DURATION, nulls=True), result=TIME)
def _time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTimeDuration | None) -> Time:
    like = Time(0, 0, 0, 0, _offset_seconds(offset))
    exact = number(second)
    whole = to_index(exact)
    nanos = int((exact - whole) * NANOS) if 0 <= exact < 60 else 0
    return make_time(_integer(hour, "hour"), _integer(minute, "minute"), whole if exact >= 0 else -1, nanos, like)


def _offset_seconds(offset: DaysTimeDuration | None) -> int | None:
    if offset is None:
        return None
    seconds, nanos = divmod(offset.nanos, NANOS)
    if nanos or abs(seconds) > MAX_OFFSET:
        raise FeelError("an offset is a whole number of seconds of at most 18 hours")
    return seconds


@FUNCTIONS.add("date and time", _FROM_TEXT, result=DATE_TIME)
def _moment_from_text(text: str) -> DateTime:
    moment = parse_date_time(text)
    if moment is None:
        raise FeelError(f"{text[:60]!r} is no date and time such as 2026-03-01T10:30:00")
    return moment


@FUNCTIONS.add("date and time", needed("from", DATE_TIME), result=DATE_TIME)
def _moment_from_moment(moment: DateTime) -> DateTime:
    return moment


@FUNCTIONS.add("date and time", needed("date", DATE), needed("time", TIME), result=DATE_TIME)
def _moment_from_date_and_time(date: Date, time: Time) -> DateTime:
    return DateTime(date, time)


@FUNCTIONS.add("date and time", needed("date", DATE_TIME), needed("time", TIME), result=DATE_TIME)
def _moment_from_moment_and_time(moment: DateTime, time: Time) -> DateTime:
    return DateTime(moment.date, time)


@FUNCTIONS.add(
    "date and time", *_DATE_PARTS, *_TIME_PARTS, optional("offset", DAYS_TIME_DURATION, nulls=True), result=DATE_TIME
)
def _moment_from_parts(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DaysTimeDuration | None,
) -> DateTime:
    return DateTime(_date_from_parts(year, month, day), _time_from_parts(hour, minute, second, offset))


@FUNCTIONS.add("date and time", *_DATE_PARTS, *_TIME_PARTS, needed("timezone", STRING), result=DATE_TIME)
def _moment_from_parts_and_zone(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, second: Decimal, timezone: str
) -> DateTime:
    if zone_info(timezone) is None:
        raise FeelError(f"{timezone[:40]!r} is no time zone such as Europe/Paris")
    local = _time_from_parts(hour, minute, second, None)
    like = Time(0, 0, 0, 0, None, timezone)
    time = make_time(local.hour, local.minute, local.second, local.nanosecond, like)
    return DateTime(_date_from_parts(year, month, day), time)


@FUNCTIONS.add("duration", _FROM_TEXT, result=ANY)
def _duration(text: str) -> DaysTimeDuration | YearsMonthsDuration:
    duration = parse_duration(text)
    if duration is None:
        raise FeelError(f"{text[:40]!r} is no duration such as P1DT2H or P1Y6M")
    return duration


def _date_part(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


for _from in (DATE, DATE_TIME):
    for _to in (DATE, DATE_TIME):

        @FUNCTIONS.add(
            "years and months duration", needed("from", _from), needed("to", _to), result=YEARS_MONTHS_DURATION
        )
        def _years_and_months(start: Date | DateTime, end: Date | DateTime) -> YearsMonthsDuration:
            return YearsMonthsDuration(months_between(_date_part(start), _date_part(end)))


@FUNCTIONS.add(
    "number",
    _FROM_TEXT,
    optional("grouping separator", STRING, nulls=True),
    optional("decimal separator", STRING, nulls=True),
    result=NUMBER,
)
def _number(text: str, grouping: str | None, decimal_point: str | None) -> Decimal:
    if grouping not in (None, " ", ",", "."):
        raise FeelError("a grouping separator is a space, a comma or a point")
    if decimal_point not in (None, ",", "."):
        raise FeelError("a decimal separator is a comma or a point")
    if grouping is not None and grouping == decimal_point:
        raise FeelError("the separators are the same")
    plain = text.replace(grouping, "") if grouping else text
    if decimal_point == ",":
        plain = plain.replace(",", ".") if "." not in plain else ""
    if not _NUMBER_TEXT.fullmatch(plain):
        raise FeelError(f"{text[:40]!r} is no number")
    try:
        return to_decimal(plain)
    except ValueError as error:
        raise FeelError(str(error)) from None


@FUNCTIONS.add("string", needed("from", ANY), result=STRING)
def _string(value: Value) -> str:
    return to_string(value)


@FUNCTIONS.add("not", nullable("negand", ANY), result=BOOLEAN)
def _not(negand: Value) -> bool | None:
    if isinstance(negand, bool):
        return not negand
    if negand is None:
        return None
    raise FeelError("'negand' is a boolean")


@FUNCTIONS.add("is", nullable("value1", ANY), nullable("value2", ANY), result=BOOLEAN)
def _is(left: Value, right: Value) -> bool:
    """The same value down to its offset or zone; text of another zone for the same instant is another value."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, Time | DateTime):
        return bool(left == right)
    return feel_equal(left, right) is True

"""Dates, times and durations of FEEL: the values that Python's own do not cover, and their arithmetic.

A date is a `datetime.date`; a `FarDate` stands in where the year is outside 1 to 9999. Times are to the nanosecond,
with an offset, an IANA zone, or neither. All calendar computing is proleptic Gregorian.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from dataclasses import dataclass

from engine.feel import limits
from engine.feel.errors import FeelError

NANOS = 1_000_000_000
SECONDS_A_DAY = 86_400
NANOS_A_DAY = SECONDS_A_DAY * NANOS
_DAYS_BEFORE_1970 = 719_163  # ordinal of 1970-01-01 with 0001-01-01 as 1
_DAYS_400_YEARS = 146_097


@functools.total_ordering
@dataclass(frozen=True, slots=True, eq=True)
class FarDate:
    """A date whose year is outside 1 to 9999; year 0 comes before year 1."""

    year: int
    month: int
    day: int

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, FarDate | dt.date):
            return NotImplemented
        return (self.year, self.month, self.day) < (other.year, other.month, other.day)

    def isoformat(self) -> str:
        """ISO 8601 with a sign before negative years."""
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04}-{self.month:02}-{self.day:02}"


Date = dt.date | FarDate


def make_date(year: int, month: int, day: int) -> Date:
    """The date of these numbers.

    Raises:
        FeelError: there is no such day.
    """
    if 1 <= year <= 9999:
        try:
            return dt.date(year, month, day)
        except (ValueError, OverflowError):
            raise FeelError(f"there is no date {year}-{month:02}-{day:02}") from None
    if abs(year) > limits.MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        raise FeelError(f"there is no date {year}-{month:02}-{day:02}")
    return FarDate(year, month, day)


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def ordinal(date: Date) -> int:
    """Days since the day before 0001-01-01, as `datetime.date.toordinal`."""
    if isinstance(date, dt.date):
        return date.toordinal()
    cycles = (date.year - 1) // 400
    moved = dt.date(date.year - cycles * 400, date.month, date.day)
    return moved.toordinal() + cycles * _DAYS_400_YEARS


def from_ordinal(days: int) -> Date:
    """The date of an `ordinal`.

    Raises:
        FeelError: beyond the years that the limits allow.
    """
    if abs(days) > (limits.MAX_YEAR + 1) * 366:
        raise FeelError("the date is out of range")
    cycles = (days - 1) // _DAYS_400_YEARS
    date = dt.date.fromordinal(days - cycles * _DAYS_400_YEARS)
    return make_date(date.year + cycles * 400, date.month, date.day)


def add_months(date: Date, months: int) -> Date:
    """The date so many months later, on the last day of that month where the day does not exist."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if abs(year) > limits.MAX_YEAR:
        raise FeelError("the date is out of range")
    return make_date(year, month + 1, min(date.day, days_in_month(year, month + 1)))


@functools.lru_cache(maxsize=1024)
def zone_info(name: str) -> zoneinfo.ZoneInfo | None:
    """The IANA time zone of that name, or None where there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day.

    Attributes:
        hour: 0 to 23.
        minute: 0 to 59.
        second: 0 to 59.
        nanosecond: fraction of the second.
        offset: seconds east of UTC, where the time has an offset and no zone.
        zone: IANA name, where it has one; otherwise "".
    """

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    offset: int | None = None
    zone: str = ""

    @property
    def is_local(self) -> bool:
        """Whether the time has neither an offset nor a zone."""
        return self.offset is None and not self.zone

    @property
    def seconds_of_day(self) -> int:
        """Whole seconds since midnight."""
        return self.hour * 3600 + self.minute * 60 + self.second

    @property
    def nanos_of_day(self) -> int:
        """Nanoseconds since midnight."""
        return self.seconds_of_day * NANOS + self.nanosecond

    def offset_on(self, date: Date | None) -> int | None:
        """Seconds east of UTC on a date, today where none is given; None for a local time."""
        if not self.zone:
            return self.offset
        zone = zone_info(self.zone)
        assert zone is not None  # constructors check it
        if date is None:
            date = dt.datetime.now(dt.UTC).date()
        if not isinstance(date, dt.date):
            date = dt.date(2000 + date.year % 400, date.month, date.day)
        moment = dt.datetime.combine(date, dt.time(self.hour, self.minute, self.second), zone)
        offset = moment.utcoffset()
        return int(offset.total_seconds()) if offset is not None else None


def make_time(hour: int, minute: int, second: int, nanosecond: int = 0, like: Time | None = None) -> Time:
    """A time with the offset or zone of `like`.

    Raises:
        FeelError: there is no such time.
    """
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59 and 0 <= nanosecond < NANOS):
        raise FeelError(f"there is no time {hour:02}:{minute:02}:{second:02}")
    if like is None:
        return Time(hour, minute, second, nanosecond)
    return Time(hour, minute, second, nanosecond, like.offset, like.zone)


def time_of_nanos(nanos: int, like: Time | None = None) -> Time:
    """The time so many nanoseconds after midnight, around the clock, with the offset or zone of `like`."""
    seconds, nanosecond = divmod(nanos % NANOS_A_DAY, NANOS)
    return make_time(seconds // 3600, seconds // 60 % 60, seconds % 60, nanosecond, like)


MIDNIGHT = Time(0, 0, 0)
MIDNIGHT_UTC = Time(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time of day."""

    date: Date
    time: Time

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC; None for a local date and time."""
        return self.time.offset_on(self.date)

    @property
    def local_seconds(self) -> int:
        """Whole seconds since 1970-01-01 on the wall clock."""
        return (ordinal(self.date) - _DAYS_BEFORE_1970) * SECONDS_A_DAY + self.time.seconds_of_day

    @property
    def instant_nanos(self) -> int:
        """Nanoseconds since 1970-01-01 UTC; a local date and time counts as UTC."""
        return (self.local_seconds - (self.offset or 0)) * NANOS + self.time.nanosecond


def plus_nanos(moment: DateTime, nanos: int) -> DateTime:
    """The date and time so many nanoseconds later: on the time line where it has a zone, else on the wall clock."""
    local = moment.local_seconds * NANOS + moment.time.nanosecond + nanos
    moved = datetime_of_local_nanos(local, moment.time)
    if moment.time.zone:
        shift = (moved.offset or 0) - (moment.offset or 0)
        moved = datetime_of_local_nanos(local + shift * NANOS, moment.time)
    return moved


def datetime_of_local_nanos(nanos: int, like: Time) -> DateTime:
    """The date and time of nanoseconds since 1970-01-01 on the wall clock, with the offset or zone of `like`."""
    days, rest = divmod(nanos, NANOS_A_DAY)
    return DateTime(from_ordinal(days + _DAYS_BEFORE_1970), time_of_nanos(rest, like))


def _check_duration(size: int) -> None:
    if abs(size) > limits.MAX_DURATION:
        raise FeelError("the duration is out of range")


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class DaysTimeDuration:
    """A duration in days, hours, minutes and seconds, held as nanoseconds."""

    nanos: int

    def __post_init__(self) -> None:
        _check_duration(self.nanos)

    def __lt__(self, other: object) -> bool:
        return self.nanos < other.nanos if isinstance(other, DaysTimeDuration) else NotImplemented

    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds and nanoseconds, all with the sign of the whole."""
        sign = -1 if self.nanos < 0 else 1
        seconds, nanos = divmod(abs(self.nanos), NANOS)
        days, rest = divmod(seconds, SECONDS_A_DAY)
        return sign * days, sign * (rest // 3600), sign * (rest // 60 % 60), sign * (rest % 60), sign * nanos


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class YearsMonthsDuration:
    """A duration in years and months, held as months."""

    months: int

    def __post_init__(self) -> None:
        _check_duration(self.months)

    def __lt__(self, other: object) -> bool:
        return self.months < other.months if isinstance(other, YearsMonthsDuration) else NotImplemented

    def parts(self) -> tuple[int, int]:
        """Years and months, both with the sign of the whole."""
        sign = -1 if self.months < 0 else 1
        years, months = divmod(abs(self.months), 12)
        return sign * years, sign * months


def months_between(start: Date, end: Date) -> int:
    """Whole months from one date to another, negative backwards."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return months

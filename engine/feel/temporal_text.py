"""Temporal values from text and back: ISO 8601 as XML Schema restricts it, with `@Zone/Name` for time zones."""

from __future__ import annotations

import re

from engine.feel import limits
from engine.feel.errors import FeelError
from engine.feel.temporal import (
    MIDNIGHT,
    NANOS,
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    from_ordinal,
    make_date,
    ordinal,
    zone_info,
)

Temporal = Date | Time | DateTime | DaysTimeDuration | YearsMonthsDuration

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:(?P<utc>[zZ])|(?P<sign>[+-])(?P<oh>\d\d):(?P<om>\d\d)(?::(?P<os>\d\d))?|@(?P<zone>[A-Za-z][\w/+-]*))?"
)
_DATE_TEXT = re.compile(_DATE, re.ASCII)
_TIME_TEXT = re.compile(_TIME, re.ASCII)
_DATE_TIME_TEXT = re.compile(_DATE + "T" + _TIME, re.ASCII)
_DAYS_TIME_TEXT = re.compile(
    r"(?P<sign>-)?P(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d*))?S)?)?",
    re.ASCII,
)
_YEARS_MONTHS_TEXT = re.compile(r"(?P<sign>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?", re.ASCII)
_LONGEST = 100  # characters of any of these texts
MAX_OFFSET = 18 * 3600


def parse_date(text: str) -> Date | None:
    """The date of a text such as 2026-03-01, or None."""
    match = _DATE_TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    return _date(match) if match else None


def parse_time(text: str) -> Time | None:
    """The time of a text such as 10:30:00, 10:30:00Z, 10:30:00+01:00 or 10:30:00@Europe/Paris, or None."""
    match = _TIME_TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    return _time(match) if match else None


def parse_date_time(text: str) -> DateTime | None:
    """The date and time of a text such as 2026-03-01T10:30:00Z, midnight for a date alone, or None."""
    match = _DATE_TIME_TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        alone = parse_date(text)
        return None if alone is None else DateTime(alone, MIDNIGHT)
    date = _date(match)
    time = _time(match)
    if date is None or time is None:
        return None
    if match["hour"] == "24":
        date = from_ordinal(ordinal(date) + 1)
    return DateTime(date, time)


def parse_duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    """The duration of a text such as P1DT2H or P1Y6M, or None."""
    if len(text) > _LONGEST or not any(char.isdigit() for char in text):
        return None
    try:
        return _duration(text)
    except FeelError:
        return None


def _duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    match = _YEARS_MONTHS_TEXT.fullmatch(text)
    if match:
        months = int(match["years"] or 0) * 12 + int(match["months"] or 0)
        return YearsMonthsDuration(-months if match["sign"] else months)
    match = _DAYS_TIME_TEXT.fullmatch(text)
    if match is None:
        return None
    hours = int(match["days"] or 0) * 24 + int(match["hours"] or 0)
    seconds = (hours * 60 + int(match["minutes"] or 0)) * 60 + int(match["seconds"] or 0)
    nanos = seconds * NANOS + _nanos(match["fraction"])
    return DaysTimeDuration(-nanos if match["sign"] else nanos)


def parse_temporal(text: str) -> Temporal | None:
    """The value of `@"text"`, or None where it is none of them."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    date = parse_date(text)
    if date is not None:
        return date
    return parse_date_time(text) if "-" in text.partition("T")[0] and "T" in text else parse_time(text)


def _nanos(fraction: str | None) -> int:
    return int((fraction or "0")[:9].ljust(9, "0"))


def _date(match: re.Match[str]) -> Date | None:
    year = match["year"]
    if year == "-0000" or abs(int(year)) > limits.MAX_YEAR:
        return None
    try:
        return make_date(int(year), int(match["month"]), int(match["day"]))
    except FeelError:
        return None


def _time(match: re.Match[str]) -> Time | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    if (hour, minute, second) == (24, 0, 0) and not _nanos(match["fraction"]):
        hour = 0  # XML Schema's midnight at the end of the day
    if hour > 23 or minute > 59 or second > 59:
        return None
    offset: int | None = 0 if match["utc"] else None
    if match["sign"]:
        if int(match["om"]) > 59 or int(match["os"] or 0) > 59:
            return None
        offset = int(match["oh"]) * 3600 + int(match["om"]) * 60 + int(match["os"] or 0)
        if offset > MAX_OFFSET:
            return None
        offset = -offset if match["sign"] == "-" else offset
    zone = match["zone"] or ""
    if zone and zone_info(zone) is None:
        return None
    return Time(hour, minute, second, _nanos(match["fraction"]), offset, zone)


def date_text(date: Date) -> str:
    """2026-03-01."""
    return date.isoformat()


def time_text(time: Time) -> str:
    """10:30:00, with the fraction of the second, and the offset or zone, where there are some."""
    text = f"{time.hour:02}:{time.minute:02}:{time.second:02}{_fraction_text(time.nanosecond)}"
    if time.zone:
        return f"{text}@{time.zone}"
    if time.offset is None:
        return text
    return text + ("Z" if time.offset == 0 else offset_text(time.offset))


def offset_text(offset: int) -> str:
    """+01:00."""
    seconds = abs(offset)
    text = f"{'-' if offset < 0 else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def date_time_text(moment: DateTime) -> str:
    """2026-03-01T10:30:00Z."""
    return f"{date_text(moment.date)}T{time_text(moment.time)}"


def days_time_text(duration: DaysTimeDuration) -> str:
    """P1DT2H."""
    days, hours, minutes, seconds, nanos = (abs(part) for part in duration.parts())
    text = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
    if seconds or nanos:
        text += f"{seconds}{_fraction_text(nanos)}S"
    whole = (f"{days}D" if days else "") + (f"T{text}" if text else "")
    return ("-" if duration.nanos < 0 else "") + "P" + (whole or "T0S")


def years_months_text(duration: YearsMonthsDuration) -> str:
    """P1Y6M."""
    years, months = (abs(part) for part in duration.parts())
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-" if duration.months < 0 else "") + "P" + (text or "0M")


def _fraction_text(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""

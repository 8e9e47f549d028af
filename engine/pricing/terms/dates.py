"""Calendar arithmetic of contracts: months, ends of terms, segments of a ramp."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from catalog.price import BillingPeriod
from engine.pricing.problem import Problem

ONE_DAY = timedelta(days=1)


def on_day(month_index: int, day: int) -> date:
    """A day of a month, the last one where the month is shorter: day 31 of February 2026 is the 28th.

    Args:
        month_index: year x 12 + month - 1.
        day: 1 to 31.

    Raises:
        ValueError: the year is before 1 or after 9999.
    """
    year, month = divmod(month_index, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"the calendar ends in {date.max.year}, found the year {year}")
    month += 1
    return date(year, month, day if day <= 28 else min(day, monthrange(year, month)[1]))


def month_index(day: date) -> int:
    """Months since the start of the calendar: year x 12 + month - 1."""
    return day.year * 12 + day.month - 1


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, its last day where it is shorter: 31 January + 1 is 28 February.

    Raises:
        ValueError: the result is beyond the calendar.
    """
    return on_day(month_index(day) + months, day.day)


def after(end: date) -> date:
    """The first day after a term.

    Raises:
        ValueError: the term ends on the last day of the calendar.
    """
    if end == date.max:
        raise ValueError(f"a term ends before {date.max}")
    return end + ONE_DAY


def whole_months(start: date, until: date) -> tuple[int, int]:
    """Whole months from `start` to before `until`, and the days left over.

    1 January 2017 to 10 January 2018 (until the 11th) is 12 months and 10 days.
    """
    months = month_index(until) - month_index(start)
    if add_months(start, months) > until:
        months -= 1
    return months, (until - add_months(start, months)).days


def end_of_term(start: date, months: int) -> date:
    """Last day of a term of whole months: 12 months from 1 January end on 31 December.

    Raises:
        ValueError: no month at all, or beyond the calendar.
    """
    if months < 1:
        raise ValueError(f"a term lasts at least 1 month, found {months}")
    return add_months(start, months) - ONE_DAY


def after_periods(start: date, period: BillingPeriod, count: int) -> date:
    """The first day after so many whole billing periods.

    Raises:
        ValueError: it is beyond the calendar.
    """
    if period.months:
        return add_months(start, period.months * count)
    try:
        return start + timedelta(days=period.days * count)
    except OverflowError:
        raise ValueError(f"the calendar ends in {date.max.year}") from None


def ramp_problems(
    segments: Sequence[tuple[date, date]], start: date | None = None, end: date | None = None
) -> list[Problem]:
    """What keeps segments from being a ramp: an end before its start, gaps, overlaps, another term than the line's.

    Args:
        segments: first and last day of each, in the order given.
        start: first day that the ramp must have; None for any.
        end: last day that the ramp must have; None for any.
    """
    if not segments:
        return [Problem("segments", "a ramp has at least one segment")]
    problems = []
    for i, (first, last) in enumerate(segments):
        if last < first:
            problems.append(Problem(f"segments[{i}].end", f"{last} is before the segment's start {first}"))
        if not i:
            continue
        before = segments[i - 1][1]
        if first <= before:
            problems.append(
                Problem(f"segments[{i}].start", f"{first} overlaps the segment before, which ends {before}")
            )
        elif first != after(before):
            message = f"nothing covers {after(before)} to {first - ONE_DAY}; expected a start on {after(before)}"
            problems.append(Problem(f"segments[{i}].start", message))
    if start is not None and segments[0][0] != start:
        problems.append(Problem("segments[0].start", f"the ramp starts {segments[0][0]}, the term {start}"))
    if end is not None and segments[-1][1] != end:
        field = f"segments[{len(segments) - 1}].end"
        problems.append(Problem(field, f"the ramp ends {segments[-1][1]}, the term {end}"))
    return problems

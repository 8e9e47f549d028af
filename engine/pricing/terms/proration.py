"""Proration: how many billing periods a term counts for, by the methods that contracts name.

Sources of the methods: Salesforce CPQ's subscription prorate precision (`days_365`, `months_up`, `months_and_days`),
Zuora's rules for partial months (`actual`, `thirty_actual`, `thirty_strict`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from catalog.price import BillingPeriod, ProrationMethod
from engine.pricing.problem import Problem
from engine.pricing.terms.dates import ONE_DAY, add_months, after, month_index, on_day, whole_months
from engine.pricing.terms.periods import Periods, periods

DAYS_OF_YEAR = 365
DAYS_OF_MONTH = 30
KEPT_TERMS = 4096  # lines of a quote mostly share their term; a few thousand distinct ones are in use at a time

Anchor = int | date | None


@dataclass(frozen=True, slots=True)
class Proration:
    """A price list's way of counting billing periods.

    Attributes:
        method: see there.
        period: what the unit price is for.
        anchor: for the anchored methods the day of month (1 to 31, the last day in shorter months) or a date on
            which a billing period starts. A day alone takes its first occurrence on or after the term's start.
            None starts the first period with the term.
    """

    method: ProrationMethod
    period: BillingPeriod
    anchor: Anchor = None

    def periods(self, start: date, end: date) -> Periods:
        """Billing periods from `start` to `end`, both days included.

        Raises:
            ValueError: the term ends before it starts, or near the end of the calendar.
        """
        return self.periods_until(start, after(end))

    def periods_until(self, start: date, until: date) -> Periods:
        """Billing periods from `start` to before `until`.

        Raises:
            ValueError: the term has no day, or ends near the end of the calendar.
        """
        return count_periods(self.method, self.period, self.anchor, start, until)

    def first_year(self, start: date, end: date, year_start: date | None = None) -> Periods | None:
        """The part of a term in the first twelve months; None where it lies after them.

        Args:
            start: first day of the term, or of a segment of it.
            end: its last day.
            year_start: first day of the twelve months, for a segment; None for `start`.
        """
        year_until = add_months(year_start or start, 12)
        return self.periods_until(start, min(after(end), year_until)) if start < year_until else None


def proration_problems(method: ProrationMethod, period: BillingPeriod, anchor: Anchor = None) -> list[Problem]:
    """What keeps a way of proration from being used: months counted in weeks, an anchor that no month has."""
    problems = []
    if not period.months and method not in (ProrationMethod.ACTUAL, ProrationMethod.DAYS_365):
        message = (
            f"{method} counts months and cannot be used with the billing period {period}; expected actual or days_365"
        )
        problems.append(Problem("proration", message))
    if isinstance(anchor, int) and not 1 <= anchor <= 31:
        problems.append(Problem("anchor", f"expected a day of month from 1 to 31, found {anchor}"))
    return problems


@lru_cache(maxsize=KEPT_TERMS)
def count_periods(method: ProrationMethod, period: BillingPeriod, anchor: Anchor, start: date, until: date) -> Periods:
    """See `Proration.periods_until`; what was counted is kept for the next line with the same term."""
    if until <= start:
        raise ValueError(f"a term has at least one day, found start {start} and end {until - ONE_DAY}")
    if period.days:
        days = (until - start).days
        return periods(days, period.days, f"{days}/{period.days}" if period.days > 1 else str(days))
    return COUNT[method](start, until, period.months, anchor)


def _days_365(start: date, until: date, months: int, _: Anchor) -> Periods:
    days = (until - start).days
    per_year = 12 // months
    factor = f" x {per_year}" if per_year > 1 else ""
    return periods(days * per_year, DAYS_OF_YEAR, f"{days}{factor}/{DAYS_OF_YEAR}")


def _months_up(start: date, until: date, months: int, _: Anchor) -> Periods:
    whole, days = whole_months(start, until)
    counted = whole + (days > 0)
    return periods(counted, months, str(counted) if months == 1 else f"{counted}/{months}")


def _months_and_days(start: date, until: date, months: int, _: Anchor) -> Periods:
    whole, days = whole_months(start, until)
    text = f"{whole} + {days} x 12/{DAYS_OF_YEAR}" if days else str(whole)
    if months > 1:
        text = f"({text})/{months}" if days else f"{text}/{months}"
    return periods(DAYS_OF_YEAR * whole + 12 * days, DAYS_OF_YEAR * months, text)


def _actual(start: date, until: date, months: int, anchor: Anchor) -> Periods:
    return _sum(_anchored(start, until, months, anchor, _of_its_period), 1)


def _thirty_actual(start: date, until: date, months: int, anchor: Anchor) -> Periods:
    """Months are counted first, whatever the billing period, and then divided by its months."""
    return _sum(_anchored(start, until, 1, anchor, _days_of_thirty), months)


def _thirty_strict(start: date, until: date, months: int, anchor: Anchor) -> Periods:
    """As `_thirty_actual`, with the days of a calendar in which every month has 30."""
    return _sum(_anchored(start, until, 1, anchor, _days_360), months)


def _days_of_thirty(first: date, following: date, _: tuple[date, date]) -> tuple[int, int]:
    return (following - first).days, DAYS_OF_MONTH


def _days_360(first: date, following: date, _: tuple[date, date]) -> tuple[int, int]:
    return _day360(following) - _day360(first), DAYS_OF_MONTH


def _day360(day: date) -> int:
    """Number of a day where every month has 30; the 31st is the first of the next month."""
    return month_index(day) * DAYS_OF_MONTH + day.day - 1


Stub = Callable[[date, date, tuple[date, date]], tuple[int, int]]


def _of_its_period(first: date, following: date, period: tuple[date, date]) -> tuple[int, int]:
    return (following - first).days, (period[1] - period[0]).days


def _anchored(start: date, until: date, months: int, anchor: Anchor, stub: Stub) -> list[tuple[int, int]]:
    """Leading stub, whole periods, trailing stub as fractions; each only where there is one."""
    origin, day = _origin(start, anchor)

    def boundary(number: int) -> date:
        return on_day(origin + number * months, day)

    def period_of(date_: date) -> int:
        number = (month_index(date_) - origin) // months
        return number - 1 if boundary(number) > date_ else number

    first, last = period_of(start), period_of(until)
    first_boundary = boundary(first)
    last_boundary = boundary(last)
    if first == last:
        return [stub(start, until, (first_boundary, boundary(first + 1)))]
    parts = []
    if start > first_boundary:
        first += 1
        following = boundary(first)
        parts.append(stub(start, following, (first_boundary, following)))
    if last > first:
        parts.append((last - first, 1))
    if until > last_boundary:
        parts.append(stub(last_boundary, until, (last_boundary, boundary(last + 1))))
    return parts


def _origin(start: date, anchor: Anchor) -> tuple[int, int]:
    """Month and day of month from which billing periods are counted in both directions."""
    if anchor is None:
        return month_index(start), start.day
    if isinstance(anchor, date):
        return month_index(anchor), anchor.day
    origin = month_index(start)
    return (origin if on_day(origin, anchor) >= start else origin + 1), anchor


def _sum(parts: list[tuple[int, int]], divisor: int) -> Periods:
    numerator, denominator = 0, 1
    for part, whole in parts:
        numerator, denominator = numerator * whole + part * denominator, denominator * whole
    text = " + ".join(str(part) if whole == 1 else f"{part}/{whole}" for part, whole in parts)
    if divisor > 1:
        text = f"({text})/{divisor}" if len(parts) > 1 or parts[0][1] > 1 else f"{text}/{divisor}"
    return periods(numerator, denominator * divisor, text)


COUNT: dict[ProrationMethod, Callable[[date, date, int, Anchor], Periods]] = {
    ProrationMethod.DAYS_365: _days_365,
    ProrationMethod.MONTHS_UP: _months_up,
    ProrationMethod.MONTHS_AND_DAYS: _months_and_days,
    ProrationMethod.ACTUAL: _actual,
    ProrationMethod.THIRTY_ACTUAL: _thirty_actual,
    ProrationMethod.THIRTY_STRICT: _thirty_strict,
}

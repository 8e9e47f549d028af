"""Proration against the tables in tests/cases/proration, calendar arithmetic, ramps and recurring value."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.price import BillingPeriod, ProrationMethod
from engine.money import round_to, to_decimal
from engine.pricing.terms import (
    Periods,
    Proration,
    add_months,
    end_of_term,
    months_in,
    per_period,
    proration_problems,
    ramp_problems,
    whole_months,
)

CASES = Path(__file__).parents[2] / "cases" / "proration"
DOCS = Path(__file__).parents[3] / "docs" / "charges-and-terms.md"
D = Decimal
ONE_DAY = timedelta(days=1)


def rows():
    for path in sorted(CASES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                yield pytest.param(row, id=f"{path.name}:{number} {row['method']} {row['source']}")


def rows_of_docs():
    """The worked examples: the table of the guide that has a start and a value in each row."""
    lines = iter(DOCS.read_text(encoding="utf-8").splitlines())
    for line in lines:
        header = cells(line)
        if "until" in header:
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    return
                yield dict(zip(header, cells(row), strict=True))


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def anchor_of(text):
    if not text:
        return None
    return date.fromisoformat(text) if "-" in text else int(text)


def counted_for(row):
    proration = Proration(ProrationMethod(row["method"]), BillingPeriod(row["period"]), anchor_of(row["anchor"]))
    assert proration_problems(proration.method, proration.period, proration.anchor) == []
    start = date.fromisoformat(row["start"])
    if row["end"]:
        return proration.periods(start, date.fromisoformat(row["end"]))
    return proration.periods_until(start, date.fromisoformat(row["until"]))


@pytest.mark.parametrize("row", list(rows()))
def test_table(row):
    counted = counted_for(row)
    assert counted.explanation == row["explanation"]
    assert round_to(counted.value, 4) == to_decimal(row["value"])
    assert round_to(counted.of(to_decimal(row["price"])), 2) == to_decimal(row["amount"])
    written = row["explanation"].replace(" x ", "*")
    assert Fraction(counted.numerator, counted.denominator) == evaluate(written)


@pytest.mark.parametrize("row", list(rows_of_docs()), ids=lambda row: f"{row['method']} {row['periods']}")
def test_worked_examples_of_the_guide(row):
    counted = counted_for(row)
    assert counted.explanation == row["periods"]
    assert round_to(counted.value, 4) == to_decimal(row["value"])


def evaluate(text):
    """The fraction that an explanation spells out: sums, products and quotients of whole numbers."""
    if text.startswith("("):
        inner, _, divisor = text[1:].rpartition(")/")
        return evaluate(inner) / int(divisor)
    result = Fraction(0)
    for part in text.split(" + "):
        product = Fraction(1)
        for factor in part.split("*"):
            product *= Fraction(factor)
        result += product
    return result


def test_tables_are_found():
    assert len(list(rows())) > 50
    assert len(list(rows_of_docs())) > 10


def test_nothing_is_lost_before_the_amount():
    counted = Proration(ProrationMethod.MONTHS_UP, BillingPeriod.QUARTER).periods(date(2021, 2, 1), date(2021, 2, 28))
    assert (counted.numerator, counted.denominator) == (1, 3)
    assert counted.of(D(3)) == 1
    assert counted.value * 3 != 1  # which is why the fraction is kept


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2017-01-01", "2018-01-11", (12, 10)),
        ("2021-01-31", "2021-02-28", (1, 0)),
        ("2021-01-31", "2021-02-27", (0, 27)),
        ("2021-01-31", "2021-03-30", (1, 30)),
        ("2024-02-29", "2025-02-28", (12, 0)),
        ("2021-05-05", "2021-05-05", (0, 0)),
    ],
)
def test_whole_months(start, until, expected):
    assert whole_months(date.fromisoformat(start), date.fromisoformat(until)) == expected


def test_months_and_ends():
    assert add_months(date(2021, 1, 31), 1) == date(2021, 2, 28)
    assert add_months(date(2021, 3, 31), -1) == date(2021, 2, 28)
    assert end_of_term(date(2026, 1, 1), 12) == date(2026, 12, 31)
    assert end_of_term(date(2026, 1, 31), 1) == date(2026, 2, 27)
    with pytest.raises(ValueError, match="at least 1 month, found 0"):
        end_of_term(date(2026, 1, 1), 0)
    with pytest.raises(ValueError, match="the calendar ends in 9999, found the year 10000"):
        end_of_term(date(9999, 6, 1), 12)


def test_impossible_terms_are_refused():
    proration = Proration(ProrationMethod.ACTUAL, BillingPeriod.MONTH)
    with pytest.raises(ValueError, match="found start 2021-02-01 and end 2021-01-31"):
        proration.periods(date(2021, 2, 1), date(2021, 1, 31))
    with pytest.raises(ValueError, match="at least one day"):
        proration.periods(date(2021, 2, 2), date(2021, 1, 31))
    with pytest.raises(ValueError, match="a term ends before 9999-12-31"):
        proration.periods(date(2021, 2, 1), date.max)
    with pytest.raises(ValueError, match="the calendar ends in 9999"):
        proration.periods(date(9999, 12, 2), date(9999, 12, 30))


@pytest.mark.parametrize(
    ("method", "period", "anchor", "fields"),
    [
        ("months_up", "week", None, ["proration"]),
        ("thirty_strict", "day", 0, ["proration", "anchor"]),
        ("actual", "month", 32, ["anchor"]),
        ("actual", "week", None, []),
        ("days_365", "day", 31, []),
    ],
)
def test_proration_problems(method, period, anchor, fields):
    problems = proration_problems(ProrationMethod(method), BillingPeriod(period), anchor)
    assert [problem.field for problem in problems] == fields


def test_first_year():
    yearly = Proration(ProrationMethod.MONTHS_UP, BillingPeriod.YEAR)
    start, end = date(2026, 3, 1), date(2029, 2, 28)
    whole, first = yearly.periods(start, end), yearly.first_year(start, end)
    assert (whole.value, first.value) == (3, 1)
    assert whole.share(first, D(3000)) == 1000
    assert yearly.first_year(date(2026, 3, 1), date(2026, 8, 31)).value == D("0.5")
    segment = date(2026, 9, 1), date(2027, 8, 31)
    assert yearly.first_year(*segment, year_start=start).value == D("0.5")
    assert yearly.first_year(date(2027, 3, 1), date(2028, 2, 28), year_start=start) is None


@pytest.mark.parametrize(
    ("period", "monthly", "annual"),
    [("month", 84, 1008), ("quarter", 28, 336), ("half_year", 14, 168), ("year", 7, 84), ("week", 365, 4380)],
)
def test_an_amount_for_another_billing_period(period, monthly, annual):
    assert per_period(D(84), BillingPeriod(period), BillingPeriod.MONTH) == monthly
    assert per_period(D(84), BillingPeriod(period), BillingPeriod.YEAR) == annual
    assert per_period(D(84), BillingPeriod(period), BillingPeriod(period)) == 84


def test_the_months_of_weeks_are_part_of_a_year_of_365_days():
    assert months_in(Periods(365, 7, ""), BillingPeriod.WEEK) == 12
    assert months_in(Periods(5, 2, ""), BillingPeriod.QUARTER) == D("7.5")


Q1 = (date(2026, 1, 1), date(2026, 3, 31))
Q2 = (date(2026, 4, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([Q1, Q2], []),
        ([], ["segments: a ramp has at least one segment"]),
        ([Q2, Q1], ["segments[1].start: 2026-01-01 overlaps the segment before, which ends 2026-06-30"]),
        (
            [Q1, (date(2026, 4, 3), date(2026, 6, 30))],
            ["segments[1].start: nothing covers 2026-04-01 to 2026-04-02; expected a start on 2026-04-01"],
        ),
        (
            [Q1, (date(2026, 4, 1), date(2026, 3, 31))],
            ["segments[1].end: 2026-03-31 is before the segment's start 2026-04-01"],
        ),
    ],
)
def test_ramps(segments, expected):
    assert [f"{field}: {message}" for field, message in ramp_problems(segments)] == expected


def test_a_ramp_covers_the_term():
    fields = [problem.field for problem in ramp_problems([Q1, Q2], date(2026, 1, 2), date(2026, 12, 31))]
    assert fields == ["segments[0].start", "segments[1].end"]
    assert ramp_problems([Q1, Q2], *Q1[:1], *Q2[1:]) == []


days = st.dates(date(1999, 1, 1), date(2040, 12, 31))
lengths = st.integers(1, 1200)
anchors = st.none() | st.integers(1, 31) | days
monthly_periods = st.sampled_from([period for period in BillingPeriod if period.months])


def fraction(counted):
    return Fraction(counted.numerator, counted.denominator)


@given(days, lengths, lengths, monthly_periods, days)
def test_actual_and_days_365_are_additive(start, first, second, period, anchor):
    """Where a fixed date anchors the periods, splitting a term never changes its price (not so for other methods)."""
    middle = start + timedelta(days=first)
    until = middle + timedelta(days=second)
    for proration in (Proration(ProrationMethod.ACTUAL, period, anchor), Proration(ProrationMethod.DAYS_365, period)):
        parts = fraction(proration.periods_until(start, middle)) + fraction(proration.periods_until(middle, until))
        assert parts == fraction(proration.periods_until(start, until))


@given(days, lengths, lengths, monthly_periods, st.integers(1, 28))
def test_strict_months_are_additive_on_anchors_that_every_month_has(start, first, second, period, anchor):
    proration = Proration(ProrationMethod.THIRTY_STRICT, period, anchor)
    middle = start + timedelta(days=first)
    until = middle + timedelta(days=second)
    parts = fraction(proration.periods_until(start, middle)) + fraction(proration.periods_until(middle, until))
    assert parts == fraction(proration.periods_until(start, until))


@given(days, lengths, monthly_periods, anchors, st.sampled_from(ProrationMethod))
def test_a_longer_term_never_counts_less(start, length, period, anchor, method):
    proration = Proration(method, period, anchor)
    until = start + timedelta(days=length)
    shorter, longer = proration.periods_until(start, until), proration.periods_until(start, until + ONE_DAY)
    assert 0 <= fraction(shorter) <= fraction(longer)
    assert fraction(proration.first_year(start, until - ONE_DAY)) <= fraction(shorter)


@given(days, st.integers(1, 60), monthly_periods, st.sampled_from(ProrationMethod))
def test_whole_periods_from_the_start_count_as_such(start, count, period, method):
    """Except for `days_365`, which counts days whatever the months."""
    if method is ProrationMethod.DAYS_365:
        return
    counted = Proration(method, period).periods_until(start, add_months(start, count * period.months))
    assert fraction(counted) == count


@given(days, lengths, monthly_periods, anchors)
def test_actual_equals_a_walk_over_the_periods(start, length, period, anchor):
    until = start + timedelta(days=length)
    origin = anchor if isinstance(anchor, date) else start
    day = origin.day
    if isinstance(anchor, int):
        day = anchor
        while origin != min(date(origin.year, origin.month, 1) + timedelta(days=anchor - 1), month_end(origin)):
            origin += ONE_DAY
    number = -1992  # a whole number of any period, before all days drawn
    boundary = nth(origin, number, day)
    expected = Fraction(0)
    while boundary < until:
        following = nth(origin, number + period.months, day)
        inside = (min(until, following) - max(start, boundary)).days
        if inside > 0:
            expected += Fraction(inside, (following - boundary).days)
        number, boundary = number + period.months, following
    assert fraction(Proration(ProrationMethod.ACTUAL, period, anchor).periods_until(start, until)) == expected


def month_end(day):
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY


def nth(origin, months, day):
    shifted = add_months(origin.replace(day=1), months)
    return min(shifted + timedelta(days=day - 1), month_end(shifted))

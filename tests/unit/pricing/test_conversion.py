"""Dated rates: the way from one currency to another, the order of rounding, and errors that name what is missing."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import RoundingMode
from engine.pricing.conversion import ExchangeRate, MissingRateError, RateTable, rate_problems

DOCS = Path(__file__).parents[3] / "docs" / "charges-and-terms.md"
D = Decimal
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
RATES = [
    ExchangeRate("EUR", "USD", FEBRUARY, D("1.10")),
    ExchangeRate("EUR", "USD", JANUARY, D("1.25")),
    ExchangeRate("EUR", "GBP", JANUARY, D("0.80")),
    ExchangeRate("EUR", "JPY", JANUARY, D("162.35"), date(2026, 1, 31)),
]


@pytest.mark.parametrize(
    ("price", "source", "target", "day", "digits", "expected", "explanation"),
    [
        ("100", "EUR", "USD", JANUARY, 2, "125.00", "100 EUR x 1.25 (EUR/USD of 2026-01-01) = 125.00 USD"),
        ("100", "EUR", "USD", date(2026, 1, 31), 2, "125.00", None),
        ("100", "EUR", "USD", FEBRUARY, 2, "110.00", None),
        ("100", "EUR", "USD", date(2027, 1, 1), 2, "110.00", None),
        ("100", "USD", "EUR", JANUARY, 2, "80.00", "100 USD / 1.25 (EUR/USD of 2026-01-01) = 80.00 EUR"),
        ("9.99", "EUR", "JPY", JANUARY, 0, "1622", None),
        (
            "100",
            "USD",
            "GBP",
            JANUARY,
            2,
            "64.00",
            "100 USD / 1.25 (EUR/USD of 2026-01-01) x 0.80 (EUR/GBP of 2026-01-01) = 64.00 GBP",
        ),
        ("100", "GBP", "USD", FEBRUARY, 4, "137.5000", None),
        ("1.005", "EUR", "EUR", JANUARY, 2, "1.01", "1.005 EUR = 1.01 EUR"),
    ],
)
def test_conversions(price, source, target, day, digits, expected, explanation):
    table = RateTable.compile(RATES, inverse=True, base="EUR")
    converted = table.convert(D(price), source, target, day, digits)
    assert str(converted.price) == expected
    if explanation is not None:
        assert converted.explanation == explanation


def rows_of_docs():
    """The worked examples of the guide: stated rates, price, way, unit price."""
    lines = iter(DOCS.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith("| rates of 2026-01-01"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    return
                yield [cell.strip() for cell in row.strip("|").split("|")]


def test_the_guide_has_examples():
    assert len(list(rows_of_docs())) == 3


@pytest.mark.parametrize(("stated", "price", "way", "expected"), list(rows_of_docs()))
def test_worked_examples_of_the_guide(stated, price, way, expected):
    rates = [
        ExchangeRate(source, target, JANUARY, D(rate))
        for source, target, rate in re.findall(r"([A-Z]{3}) to ([A-Z]{3}) ([\d.]+)", stated)
    ]
    base = re.search(r"base ([A-Z]{3})", way)
    decimals = re.search(r"to (\d) decimals", stated)
    table = RateTable.compile(
        rates,
        inverse="inverse" in way,
        base=base[1] if base else "",
        rate_digits=int(decimals[1]) if decimals else None,
    )
    (amount, source), (result, target) = price.split(), expected.split()
    assert str(table.convert(D(amount), source, target, JANUARY, 2).price) == result


def test_the_rate_is_rounded_before_the_price():
    rates = [ExchangeRate("USD", "EUR", JANUARY, D("0.924999"))]
    exact = RateTable.compile(rates).convert(D("1000"), "USD", "EUR", JANUARY, 2)
    rounded = RateTable.compile(rates, rate_digits=4).convert(D("1000"), "USD", "EUR", JANUARY, 2)
    assert (exact.price, rounded.price) == (D("925.00"), D("925.00"))
    assert [r.where for r in rounded.roundings] == ["rate USD/EUR", "unit price in EUR"]
    coarse = RateTable.compile(rates, rate_digits=2).convert(D("1000"), "USD", "EUR", JANUARY, 2)
    assert coarse.price == D("920.00")
    assert [(r.before, r.after) for r in coarse.roundings] == [(D("0.924999"), D("0.92")), (D(920), D("920.00"))]
    assert coarse.explanation == "1000 USD x 0.92 (1 x 0.924999 (USD/EUR of 2026-01-01)) = 920.00 EUR"


def test_the_rounding_mode_is_the_callers():
    table = RateTable.compile([ExchangeRate("USD", "EUR", JANUARY, D("0.5"))])
    assert table.convert(D("0.01"), "USD", "EUR", JANUARY, 2).price == D("0.01")
    assert table.convert(D("0.01"), "USD", "EUR", JANUARY, 2, RoundingMode.HALF_EVEN).price == 0


@pytest.mark.parametrize(
    ("options", "source", "target", "day", "message"),
    [
        (
            {},
            "EUR",
            "USD",
            date(2025, 12, 31),
            "EUR to USD on 2025-12-31; nearest: 1.25 from 2026-01-01",
        ),
        (
            {"max_age": 7},
            "EUR",
            "USD",
            date(2026, 1, 20),
            "EUR to USD on 2026-01-20; nearest: 1.25 from 2026-01-01 to 2026-01-08 and 1.10 from 2026-02-01",
        ),
        (
            {},
            "EUR",
            "JPY",
            MARCH,
            "EUR to JPY on 2026-03-01; nearest: 162.35 from 2026-01-01 to 2026-01-31",
        ),
        (
            {},
            "USD",
            "EUR",
            MARCH,
            "USD to EUR on 2026-03-01: only EUR to USD is stated, and inverse rates are not allowed",
        ),
        (
            {"inverse": True},
            "USD",
            "GBP",
            MARCH,
            "USD to GBP on 2026-03-01: stated are EUR to GBP, and no base currency is declared",
        ),
        (
            {"base": "EUR"},
            "USD",
            "GBP",
            MARCH,
            "USD to GBP on 2026-03-01: stated are EUR to GBP, and EUR does not join them",
        ),
        (
            {"inverse": True, "base": "EUR"},
            "USD",
            "JPY",
            MARCH,
            "EUR to JPY on 2026-03-01; nearest: 162.35 from 2026-01-01 to 2026-01-31",
        ),
        (
            {},
            "CHF",
            "SEK",
            MARCH,
            "CHF to SEK on 2026-03-01: stated are no rates of either, and no base currency is declared",
        ),
    ],
)
def test_a_missing_rate_is_told(options, source, target, day, message):
    with pytest.raises(MissingRateError) as caught:
        RateTable.compile(RATES, **options).convert(D(1), source, target, day, 2)
    assert str(caught.value) == f"no exchange rate from {message}"


def test_a_stated_pair_is_not_replaced_by_its_inverse():
    both = [*RATES, ExchangeRate("USD", "EUR", FEBRUARY, D("0.9"))]
    table = RateTable.compile(both, inverse=True, base="EUR")
    assert table.convert(D(100), "USD", "EUR", FEBRUARY, 2).price == 90
    with pytest.raises(MissingRateError, match=r"USD to EUR on 2026-01-15; nearest: 0\.9 from 2026-02-01"):
        table.convert(D(100), "USD", "EUR", date(2026, 1, 15), 2)


def test_a_rate_that_rounds_away_is_refused():
    table = RateTable.compile([ExchangeRate("VND", "USD", JANUARY, D("0.000038"))], rate_digits=4)
    with pytest.raises(MissingRateError, match="rounds to 0 at 4 decimals"):
        table.convert(D(100), "VND", "USD", JANUARY, 2)


def test_rate_problems():
    rates = [
        ExchangeRate("EUR", "USD", JANUARY, D("1.25"), MARCH),
        ExchangeRate("EUR", "USD", FEBRUARY, D("1.10")),
        ExchangeRate("EUR", "USD", FEBRUARY, D("1.11")),
        ExchangeRate("EUR", "JPX", JANUARY, D(0)),
        ExchangeRate("EUR", "EUR", JANUARY, D(1)),
        ExchangeRate("EUR", "GBP", MARCH, D(1), JANUARY),
    ]
    assert [f"{field}: {message}" for field, message in rate_problems(rates, base="EURO")] == [
        "base: unknown currency 'EURO'; expected an ISO 4217 code; did you mean 'EUR'?",
        "rates[3].target: unknown currency 'JPX'; expected an ISO 4217 code; did you mean 'JPY'?",
        "rates[3].rate: a rate is above 0, found 0",
        "rates[4].target: a rate joins two currencies, found EUR twice",
        "rates[5].end: 2026-01-01 is before the start 2026-03-01",
        "rates[1].start: EUR to USD has two rates on 2026-02-01: 1.25 and 1.10",
        "rates[2].start: EUR to USD has two rates on 2026-02-01: 1.10 and 1.11",
    ]
    assert rate_problems(RATES, base="EUR") == []


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2020, 3, 1)), min_size=1, max_size=8, unique=True),
    st.dates(date(2019, 12, 1), date(2020, 4, 1)),
)
def test_the_rate_in_force_is_the_last_one_started(starts, day):
    rates = [ExchangeRate("EUR", "USD", start, D(number)) for number, start in enumerate(starts, 1)]
    table = RateTable.compile(rates)
    started = [rate for rate in rates if rate.start <= day]
    if not started:
        with pytest.raises(MissingRateError):
            table.legs("EUR", "USD", day)
        return
    (leg,) = table.legs("EUR", "USD", day)
    assert leg.rate == max(started, key=lambda rate: rate.start)


@given(
    st.decimals(min_value=D("0.01"), max_value=10**6, places=2),
    st.decimals(min_value=D("0.01"), max_value=1000, places=4),
)
def test_there_and_back_is_exact_before_rounding(price, rate):
    table = RateTable.compile([ExchangeRate("EUR", "USD", JANUARY, rate)], inverse=True)
    there = table.convert(price, "EUR", "USD", JANUARY, 8).price
    assert table.convert(there, "USD", "EUR", JANUARY, 2).price == price

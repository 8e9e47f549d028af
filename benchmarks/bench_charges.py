"""Charge models, proration and stacking per call, as the engine calls them for a line.

Run with: pytest benchmarks/bench_charges.py --benchmark-only
"""

from datetime import date
from decimal import Decimal

import pytest

from catalog.price import BillingPeriod, ProrationMethod
from engine.pricing.charges import Block, Graduated, Package, PerUnit, Tier, Usage, Volume
from engine.pricing.conversion import ExchangeRate, RateTable
from engine.pricing.stacking import Effect, PercentOf, StackingGroup, StackingMode
from engine.pricing.terms import Proration
from engine.pricing.terms.proration import count_periods
from engine.trace import AdjustmentKind

D = Decimal
QUANTITY = D(37)
PRICED = [*(Tier(D(10 * i), D(20 - i)) for i in range(1, 10)), Tier(None, D(5))]
WITH_FEES = [tier._replace(flat_fee=D(3)) for tier in PRICED]
MODELS = {
    "per_unit": PerUnit(D("9.50")),
    "volume": Volume.compile(PRICED),
    "volume with flat fees": Volume.compile(WITH_FEES),
    "graduated": Graduated.compile(WITH_FEES),
    "block": Block.compile([Tier(D(10 * i), flat_fee=D(50 * i)) for i in range(1, 10)], D(6)),
    "package": Package(D(10), D(100), D(5)),
    "usage of volume": Usage(Volume.compile(PRICED), D(5), minimum_charge=D(100)),
}
JANUARY = date(2026, 1, 1)


@pytest.mark.parametrize("name", MODELS)
def test_charge(benchmark, name):
    benchmark(MODELS[name].charge, QUANTITY)


@pytest.mark.parametrize("name", MODELS)
def test_explain(benchmark, name):
    benchmark(MODELS[name].explain, QUANTITY)


@pytest.mark.parametrize("method", ProrationMethod)
def test_count_periods(benchmark, method):
    benchmark(count_periods.__wrapped__, method, BillingPeriod.MONTH, 15, JANUARY, date(2027, 2, 27))


def test_periods_of_a_term_seen_before(benchmark):
    proration = Proration(ProrationMethod.ACTUAL, BillingPeriod.MONTH, 15)
    benchmark(proration.periods, JANUARY, date(2027, 2, 26))


@pytest.mark.parametrize("mode", StackingMode)
def test_stacking_of_three(benchmark, mode):
    effects = [
        Effect(AdjustmentKind.PERCENT, D(10)),
        Effect(AdjustmentKind.AMOUNT, D(5)),
        Effect(AdjustmentKind.PERCENT, D(2), PercentOf.LIST),
    ]
    benchmark(StackingGroup("promotions", mode).apply, D(100), D(120), effects)


def test_conversion(benchmark):
    rates = [ExchangeRate("EUR", "USD", JANUARY, D("1.25")), ExchangeRate("EUR", "GBP", JANUARY, D("0.80"))]
    table = RateTable.compile(rates, inverse=True, base="EUR")
    benchmark(table.convert, D(100), "USD", "GBP", date(2026, 3, 1), 2)

"""What a contract charges for the days that an early renewal gives up."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.compile import load_snapshot
from engine.decision import renew
from engine.quote import RampSegment
from engine.renew.contract import Contract, ContractLine, RenewalRequest

ROOT = Path(__file__).parents[2]
FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)


@pytest.fixture(scope="module")
def snapshot():
    return load_snapshot(ROOT / "rules/sample", read_catalog(FOLDER).usable())


def unused(snapshot, start, segments=(), sku="PLT-USER-M", price="20"):
    line = ContractLine("1", sku, Decimal(10), Decimal(price), FIRST, LAST, segments)
    renewal = renew(snapshot, RenewalRequest(Contract("C", "AURORA", "EUR", (line,)), date(2026, 1, 1), start=start))
    [found] = renewal.proposal.lines
    return found.days_given_up, found.unused_value


@pytest.mark.parametrize(
    ("start", "days", "value"),
    [
        (None, 0, None),
        (date(2026, 4, 1), 0, None),
        (date(2026, 3, 1), 31, "200.00"),
        (date(2026, 2, 1), 59, "400.00"),
        (date(2026, 3, 17), 15, "98.63"),  # 15 days of 365 / 12
        (date(2026, 2, 15), 45, "311.78"),  # a month, and 17 days of 365 / 12
    ],
)
def test_whole_months_and_days(snapshot, start, days, value):
    assert unused(snapshot, start) == (days, None if value is None else Decimal(value))


def test_each_segment_of_a_ramp_at_its_own_price(snapshot):
    ramp = (
        RampSegment(FIRST, date(2026, 1, 31), Decimal(10), Decimal(20)),
        RampSegment(date(2026, 2, 1), LAST, Decimal(5), None),
    )
    assert unused(snapshot, date(2026, 1, 1), ramp) == (90, Decimal("400.00"))  # 10 x 20, and two months of 5 x 20


def test_an_amount_is_rounded_to_the_currency(snapshot):
    assert unused(snapshot, date(2026, 3, 17), price="0.333") == (15, Decimal("1.64"))

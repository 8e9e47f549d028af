"""Header amounts spread over lines, against the tables in tests/cases/allocation."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import allocate, round_to, to_decimal

CASES = Path(__file__).parents[2] / "cases" / "allocation"
D = Decimal


def rows(pattern):
    for path in sorted(CASES.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                yield pytest.param(row, id=f"{path.name}:{number} {row['source']}")


def decimals(text):
    return [to_decimal(number) for number in text.split()]


@pytest.mark.parametrize("row", list(rows("header*.csv")))
def test_header_amounts(row):
    shares = allocate(to_decimal(row["amount"]), decimals(row["weights"]), int(row["digits"]))
    assert shares == decimals(row["shares"])


@pytest.mark.parametrize("row", list(rows("per-line*.csv")))
def test_percentages_round_per_line(row):
    percent, digits = to_decimal(row["percent"]), int(row["digits"])
    shares = [round_to(amount * percent / 100, digits) for amount in decimals(row["lines"])]
    assert shares == decimals(row["shares"])


def test_tables_are_found():
    assert len(list(rows("header*.csv"))) > 10
    assert list(rows("per-line*.csv"))


weights = st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=30)
amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=2)


@given(amounts, weights)
def test_shares_sum_to_the_amount_and_stay_within_a_unit_of_their_part(amount, weights):
    shares = allocate(amount, weights, 2)
    assert sum(shares) == amount
    total = sum(weights)
    if total:
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - amount * weight / total) < D("0.01")
            assert weight or not share


@given(amounts, weights)
def test_equal_lines_differ_by_one_unit_at_most(amount, weights):
    shares = allocate(amount, [*weights, weights[0]], 2)
    assert abs(shares[0] - shares[-1]) <= D("0.01")

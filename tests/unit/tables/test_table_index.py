"""The index of a whole table equals a scan of its rows, whatever splits it chooses."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tables import table_index
from engine.tables.column_test import ANYTHING, ColumnTest, Interval
from engine.tables.table_index import TableIndex


def scan(columns, row_count, values):
    return [
        row for row in range(row_count) if all(tests[row].accepts(v) for tests, v in zip(columns, values, strict=True))
    ]


def random_test(rng, shape):
    n = Decimal(rng.randrange(200)) / 2
    if shape == "keys":
        return ColumnTest(tuple(rng.sample("abcdefghij", rng.choice([1, 1, 1, 2, 6]))))
    if shape == "steps":
        return ColumnTest(intervals=(Interval(n, n + rng.choice([1, 2, 50]), low_closed=True),))
    if shape == "thresholds":
        return ColumnTest(intervals=(Interval(n, None, low_closed=True),))
    if shape == "mixed":
        return rng.choice([ANYTHING, ColumnTest((n, "a", True), null=True), ColumnTest((n,), negated=True, null=True)])
    return ANYTHING if rng.random() < 0.5 else ColumnTest((n,))


@pytest.mark.parametrize("shapes", [["keys", "steps"], ["thresholds"], ["steps", "sparse", "keys"], ["mixed", "mixed"]])
def test_splitting_finds_what_a_scan_finds(shapes, monkeypatch):
    monkeypatch.setattr(table_index, "DENSE_ROWS", 16)
    monkeypatch.setattr(table_index, "BUCKET_ROWS", (8, 32))
    rng = random.Random(7)
    columns = [[random_test(rng, shape) for _ in range(700)] for shape in shapes]
    index = TableIndex(columns, 700)
    pool = [None, True, False, [], "a", "e", "zz", *(Decimal(i) / 4 for i in range(-2, 420, 7))]
    for _ in range(300):
        values = [rng.choice(pool) for _ in shapes]
        assert index.rows(values) == scan(columns, 700, values)


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(["keys", "steps", "mixed", "sparse"]), max_size=3))
def test_small_tables_find_what_a_scan_finds(rng, shapes):
    count = rng.randrange(12)
    columns = [[random_test(rng, shape) for _ in range(count)] for shape in shapes]
    index = TableIndex(columns, count)
    for _ in range(5):
        values = [rng.choice([None, True, "a", "c", Decimal(3), Decimal("7.5"), Decimal(40)]) for _ in shapes]
        assert index.rows(values) == scan(columns, count, values)


def test_a_row_is_found_once_even_where_two_of_its_values_share_a_bucket(monkeypatch):
    monkeypatch.setattr(table_index, "DENSE_ROWS", 4)
    tests = [ColumnTest((Decimal(i), Decimal(i + 1))) for i in range(100)]
    assert TableIndex([tests], 100).rows([Decimal(50)]) == [49, 50]

"""The index of a column equals the plain definition of its tests, for every kind of value."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from hypothesis import given
from hypothesis import strategies as st

from engine.feel.temporal import FarDate
from engine.tables.column_index import ColumnIndex
from engine.tables.column_test import ANYTHING, NOTHING, ColumnTest, Interval, complement, intersection, union

NUMBERS = st.integers(0, 6).map(lambda i: Decimal(i) / 2)
STRINGS = st.sampled_from(["", "a", "b", "ba", "c"])
DATES = st.integers(0, 5).map(lambda i: date(2026, 2, 27) + timedelta(days=i))


class Colour(StrEnum):
    A = "a"


KINDS = [NUMBERS, STRINGS, DATES]
VALUES = st.one_of(*KINDS, st.booleans(), st.none())
ASKED = VALUES | st.sampled_from([FarDate(-5, 1, 1), FarDate(12000, 1, 1), 1, 2, Colour.A])


@st.composite
def intervals(draw):
    kind = draw(st.sampled_from(KINDS))
    low = draw(st.none() | kind)
    high = draw(kind if low is None else st.none() | kind)
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


@st.composite
def column_tests(draw):
    shape = draw(st.sampled_from(["any", "nothing", "positive", "positive", "positive", "negated"]))
    if shape == "any":
        return ColumnTest(negated=True, null=draw(st.booleans()))
    if shape == "nothing":
        return ColumnTest(null=draw(st.booleans()))
    values = tuple(v for v in draw(st.lists(VALUES, max_size=3)) if v is not None)
    ranges = tuple(draw(st.lists(intervals().filter(lambda i: not i.empty), max_size=2)))
    test = ColumnTest(values, ranges, null=draw(st.booleans()))
    if shape == "negated":
        return complement(test) or test
    return test


@given(st.lists(column_tests(), max_size=12), st.lists(ASKED, min_size=1, max_size=8))
def test_mask_equals_the_plain_definition(tests, values):
    index = ColumnIndex(tests)
    for value in values:
        assert index.mask(value) == sum(1 << i for i, test in enumerate(tests) if test.accepts(value))


@given(st.lists(column_tests(), min_size=1, max_size=4), ASKED)
def test_union_accepts_what_any_accepts(tests, value):
    joined = union(tests)
    if joined is not None:
        assert joined.accepts(value) == any(test.accepts(value) for test in tests)


@given(column_tests(), column_tests(), ASKED)
def test_intersection_accepts_what_both_accept(first, second, value):
    both = intersection(first, second)
    if both is not None:
        assert both.accepts(value) == (first.accepts(value) and second.accepts(value))


def test_true_is_not_one():
    index = ColumnIndex([ColumnTest((True,)), ColumnTest((Decimal(1),)), ColumnTest((Decimal("1.0"),))])
    assert [index.mask(value) for value in (True, False, Decimal(1))] == [0b001, 0, 0b110]


def test_null_passes_only_where_the_test_says_so():
    tests = [ANYTHING, NOTHING, ColumnTest(null=True), ColumnTest(("a",)), ColumnTest(negated=True)]
    index = ColumnIndex(tests)
    assert index.mask(None) == 0b00101
    assert index.mask("a") == 0b11001


def test_a_value_of_no_known_kind_passes_only_what_accepts_all():
    index = ColumnIndex([ANYTHING, ColumnTest(("a",), negated=True, null=True), ColumnTest(negated=True)])
    assert index.mask(["a"]) == 0b101
    assert index.mask({"a": 1}) == 0b101


def test_share_tells_selective_columns_from_others():
    distinct = ColumnIndex([ColumnTest((str(i),)) for i in range(100)])
    same = ColumnIndex([ColumnTest(("a",))] * 100)
    assert distinct.share < 0.02 < same.share


def test_whole_numbers_and_enumerated_texts_count_as_what_they_stand_for():
    index = ColumnIndex([ColumnTest((Decimal(1),)), ColumnTest(intervals=(Interval(Decimal(0), Decimal(2)),))])
    assert index.mask(1) == 0b11
    assert index.mask(True) == 0
    assert ColumnIndex([ColumnTest(("a",))]).mask(Colour.A) == 1

"""Cells read in the quick way mean what the parsed cell means, and what is no plain cell is left to FEEL."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import parse_unary_tests
from engine.tables.cells import NOT_CONSTANT, cell_from_text, cell_from_tree, value_of_text
from engine.tables.column_test import ANYTHING, ColumnTest, Interval

CONSTANTS = st.sampled_from(
    ["1", "-2.50", ".5", '"a"', '"b, c"', '""', "true", "false", 'date("2026-02-28")', '@"2026-03-01"', "0.0"]
)
BLANKS = st.sampled_from(["", " ", "  "])


@st.composite
def cells(draw):
    items = []
    for _ in range(draw(st.integers(1, 3))):
        low, high = draw(CONSTANTS), draw(CONSTANTS)
        shape = draw(st.sampled_from(["value", "comparison", "range"]))
        if shape == "value":
            items.append(low)
        elif shape == "comparison":
            items.append(draw(st.sampled_from(["<", "<=", ">", ">="])) + draw(BLANKS) + low)
        else:
            items.append(draw(st.sampled_from("[(]")) + low + draw(BLANKS) + ".." + high + draw(st.sampled_from("])[")))
    joined = ("," + draw(BLANKS)).join(items)
    return f"not({joined})" if draw(st.booleans()) else draw(BLANKS) + joined


@given(cells())
def test_the_quick_way_equals_the_parsed_one(text):
    quick = cell_from_text(text)
    if quick is not None:
        assert repr(quick) == repr(cell_from_tree(parse_unary_tests(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ANYTHING),
        (" - ", ANYTHING),
        ("5", ColumnTest((Decimal(5),))),
        ('"a", "b"', ColumnTest(("a", "b"))),
        ("[1..5)", ColumnTest(intervals=(Interval(Decimal(1), Decimal(5), low_closed=True),))),
        ("]1..5]", ColumnTest(intervals=(Interval(Decimal(1), Decimal(5), high_closed=True),))),
        ('not("a")', ColumnTest(("a",), negated=True, null=True)),
        ("not(< 5)", ColumnTest(intervals=(Interval(high=Decimal(5)),), negated=True)),
        ('>= @"2026-01-01"', ColumnTest(intervals=(Interval(date(2026, 1, 1), low_closed=True),))),
    ],
)  # fmt: skip
def test_plain_cells_are_read_the_quick_way(text, expected):
    assert cell_from_text(text) == expected


@pytest.mark.parametrize(
    "text",
    ["x", "? > 5", "null", '"a" "b"', "1 + 1", "[1..x]", 'date("2026-02-30")', "< true", "[5..1]", '"a\\"b"', "1e3"],
)
def test_what_is_no_plain_cell_is_left_to_the_parser(text):
    assert cell_from_text(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("null", ColumnTest(null=True)), ("not(null)", ColumnTest(negated=True)), ('"a\\"b"', ColumnTest(('a"b',)))],
)
def test_parsed_cells_that_an_index_answers(text, expected):
    assert cell_from_tree(parse_unary_tests(text)) == expected


@pytest.mark.parametrize("text", ["x", "1+1", '"a" + "b"', '"a', 'date("x")', 'date("2026-13-01")', "9" * 40])
def test_what_is_no_constant(text):
    assert value_of_text(text) is NOT_CONSTANT

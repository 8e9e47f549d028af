"""What means the same: numbers, FEEL texts, defaults; and the fewest moves that explain another order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compare.parts import out_of_order
from engine.compare.tables import cell_meaning
from engine.compare.values import feel_meaning, values_of
from engine.schema.pricing_rule import PricingRule
from engine.schema.table import Cell
from engine.source import Span


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a>=10", "a >= 10"),
        ("a\n  and b", "a and b"),
        ("a /* why */ and b // because", "a and b"),
        ('f( "x , y" )', 'f("x , y")'),
        ("[1,2]", "[ 1, 2 ]"),
    ],
)
def test_formatting_means_nothing(one, other):
    assert feel_meaning(one) == feel_meaning(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"a b"', '"a  b"'),
        ('"http://one"', '"http://two"'),
        ("a-b", "a - b"),  # the first may be a name
        ("not a", "nota"),
        ('"/* no comment */"', '" "'),
    ],
)
def test_what_may_mean_something_else_differs(one, other):
    assert feel_meaning(one) != feel_meaning(other)


@pytest.mark.parametrize(("one", "other"), [("5", "5.0"), ("5", " 5 "), ('"a","b"', '"a", "b"'), ("0", "-0.00")])
def test_cells(one, other):
    place = Span("t.csv", 1)
    assert cell_meaning(Cell(one, place)) == cell_meaning(Cell(other, place))


def test_a_default_written_out_is_one():
    rule = {"id": "r", "then": {"percent_off": Decimal("5.0")}}
    spoken = PricingRule.model_validate({**rule, "priority": 0, "when": True})
    silent = PricingRule.model_validate(rule)
    assert {name: value.meaning for name, value in values_of(spoken).items()} == {
        name: value.meaning for name, value in values_of(silent).items()
    }
    assert values_of(silent)["then.percent_off"].meaning == "5"
    assert values_of(silent)["priority"].is_default
    assert not values_of(silent)["then.percent_off"].is_default


@given(st.permutations(range(8)))
def test_the_rest_keeps_its_order(order):
    moved = out_of_order(order)
    rest = [position for index, position in enumerate(order) if index not in moved]
    assert rest == sorted(rest)


@given(st.permutations(range(7)), st.data())
def test_no_fewer_moves_explain_it(order, data):
    moved = out_of_order(order)
    if moved:
        others = data.draw(st.sets(st.integers(0, 6), max_size=len(moved) - 1))
        rest = [position for index, position in enumerate(order) if index not in others]
        assert rest != sorted(rest)

"""Sums and classes: exact, and the same in whatever order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.simulate.figures import CLASS_COUNT, UNCHANGED, Amounts, Best, Effect, change_class, percent_change
from engine.simulate.result import class_names

D = Decimal


@pytest.mark.parametrize(
    ("after", "name"),
    [
        ("100", "unchanged"),
        ("100.01", "0 to +1 %"),
        ("101", "0 to +1 %"),
        ("101.01", "+1 to +2 %"),
        ("120", "+10 to +20 %"),
        ("120.01", "above +20 %"),
        ("99.99", "-1 to 0 %"),
        ("99", "-1 to 0 %"),
        ("98.99", "-2 to -1 %"),
        ("80", "-20 to -10 %"),
        ("79.99", "below -20 %"),
        ("-5", "below -20 %"),
    ],
)
def test_classes(after, name):
    assert class_names()[change_class(D(100), D(after))] == name


def test_classes_have_names_and_nothing_to_something_is_a_rise():
    assert len(class_names()) == CLASS_COUNT
    assert class_names()[UNCHANGED] == "unchanged"
    assert class_names()[change_class(D(0), D(1))] == "above +20 %"
    assert change_class(D(0), D(0)) == UNCHANGED


def test_percent_change():
    assert percent_change(D(3), D(4)) == D("33.33")
    assert percent_change(D(-100), D(-50)) == D("50.00")
    assert percent_change(D(0), D(1)) is None
    assert percent_change(D(0), D(0)) == 0


def test_a_margin_is_of_what_has_a_cost():
    amounts = Amounts()
    amounts.add(D(120), D(100), D(60))
    amounts.add(D(50), D(50), None)
    assert (amounts.net_total, amounts.margin, amounts.margin_percent) == (150, 40, 40)
    assert amounts.discount_percent == D(20) / D(170) * 100
    assert Amounts().margin_percent is None


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=2))), st.integers(0, 4), st.randoms())
def test_the_best_do_not_depend_on_the_order(items, size, random):
    kept = Best(size, lambda item: item)
    for item in items:
        kept.offer(item)
    shuffled = items[:]
    random.shuffle(shuffled)
    halves = Best(size, lambda item: item), Best(size, lambda item: item)
    for index, item in enumerate(shuffled):
        halves[index % 2].offer(item)
    halves[0].merge(halves[1])
    assert list(kept) == list(halves[0]) == sorted(items)[:size]


def test_effects_add_up():
    one, other = Effect(quotes=2, risen=1, lost=D("1.50")), Effect(quotes=3, fallen=2, lost=D("0.50"))
    other.before.add(D(1), D(1), None)
    one.merge(other)
    assert (one.quotes, one.risen, one.fallen, one.lost, one.before.net_total) == (5, 1, 2, D(2), 1)

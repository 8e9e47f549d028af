"""The cheapest completion against trying all, its bound, and the validation of quote lines."""

import dataclasses
import random
from datetime import date
from decimal import Decimal

import pytest

from engine.configure.choices import Choice
from engine.configure.completion import PriceRangeError, cheapest, complete, lower_bound
from engine.configure.configurator import Configurator
from engine.configure.program import Price
from engine.configure.validation import validate, validate_line
from tests.unit.configure.models import compile_text, random_model, whole_configurations


@pytest.mark.parametrize("batch", range(5))
def test_the_cheapest_of_all(batch):
    for seed in range(batch * 40, (batch + 1) * 40):
        rng = random.Random(seed)
        model = random_model(seed)
        amounts = [Decimal(rng.randint(0, 5_000)) / 100 for _ in model.elements]
        elements = tuple(
            dataclasses.replace(element, prices=(Price("EUR", amount),))
            for element, amount in zip(model.elements, amounts, strict=True)
        )
        model = dataclasses.replace(model, elements=elements)
        configurator = Configurator(model)
        totals = [sum((amounts[v - 1] for v in one), Decimal(0)) for one in whole_configurations(model)]
        chosen = configurator.read(())
        found = cheapest(configurator, chosen, "EUR")
        if not totals:
            assert found is None
            continue
        assert found.total == min(totals), seed
        assert found.proved
        assert lower_bound(configurator.configure(chosen), list(amounts)) <= min(totals)


LINE = """
product: BOX
groups:
  - {id: lid, min: 1, max: 1, options: [{id: tin}, {id: wood, valid: {to: 2025-12-31}}]}
  - {id: things, options: [{id: pen, attributes: {size: 2}, quantity: {min: 1, max: 9, default: 2}}, {id: ink}]}
attributes:
  - {id: colour, type: choice, values: [red, blue]}
constraints:
  - {id: room, message: There is room for 8, must: sum(things.size) <= 8}
rules:
  - {id: dry, when: pen and not(ink), warn: The pens come without ink}
"""


@pytest.fixture(scope="module")
def box():
    return compile_text(LINE).models


def told(box, *components, day=None):
    return [(found.message, found.error, found.component) for found in validate_line(box, "BOX", components, day)]


def test_a_valid_line_says_nothing(box):
    assert told(box, ("tin", 1), ("pen", 4), ("ink", 1)) == []


def test_what_is_wrong_with_a_line(box):
    assert told(box, ("pen", 5), ("stone", 1)) == [
        ("BOX has no option 'stone'", True, "stone"),
        ("lid: exactly 1", True, ""),
        ("There is room for 8", True, ""),
        ("The pens come without ink", False, ""),
    ]
    assert told(box, ("tin", 2), ("pen", 12))[:2] == [
        ("tin: the quantity is 1 to 1, found 2", True, "tin"),
        ("pen: the quantity is 1 to 9, found 12", True, "pen"),
    ]


def test_a_line_is_judged_on_its_day(box):
    assert told(box, ("wood", 1), day=date(2025, 12, 31)) == []
    assert told(box, ("wood", 1), day=date(2026, 1, 1)) == [("wood is sold until 2025-12-31", True, "")]


def test_products_without_a_model_are_not_judged(box):
    assert validate_line(box, "BAG", [("anything", 1)]) == []


def test_a_completion_takes_the_proposed_quantity(box):
    configurator = Configurator(box["BOX"])
    whole = complete(configurator, configurator.read([Choice("pen")]))
    quantities = {box["BOX"].elements[item.element].path: item.quantity for item in whole.items}
    assert quantities["things/pen"] == 2
    assert not validate(box["BOX"], {item.element: item.quantity for item in whole.items}).broken


def test_prices_beyond_the_solvers_range_are_told(box):
    model = box["BOX"]
    dear = dataclasses.replace(model.elements[0], prices=(Price("JPY", Decimal("3000000000.5")),))
    configurator = Configurator(dataclasses.replace(model, elements=(dear, *model.elements[1:])))
    with pytest.raises(PriceRangeError, match="beyond the solver's range"):
        cheapest(configurator, configurator.read(()), "JPY")

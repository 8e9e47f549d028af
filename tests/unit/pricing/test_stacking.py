"""Stacking groups against the case files in tests/cases/stacking, and what holds whatever the effects."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.money import to_decimal
from engine.pricing.stacking import (
    Effect,
    PercentOf,
    StackingGroup,
    StackingMode,
    effect_problems,
    in_order,
)
from engine.trace import AdjustmentKind as Kind

CASES = Path(__file__).parents[2] / "cases" / "stacking"
DOCS = Path(__file__).parents[3] / "docs" / "charges-and-terms.md"
D = Decimal


def documents():
    texts = [(path.stem, path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.yaml"))]
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    texts += [(DOCS.stem, block) for block in blocks if "\ngroups:" in block]
    for file, text in texts:
        for document in yaml.load_all(text, yaml.BaseLoader):
            yield pytest.param(document, id=f"{file}: {document['source']}")


def effect_of(written):
    (kind,) = set(written) & {"percent", "amount", "set", "markup"}
    return Effect(
        Kind(kind),
        to_decimal(written[kind]),
        PercentOf(written.get("of", "price")),
        int(written.get("priority", "0")),
        written.get("below_zero") == "yes",
    )


@pytest.mark.parametrize("document", list(documents()))
def test_case_file(document):
    list_price = to_decimal(document["list"])
    price = to_decimal(document.get("price", document["list"]))
    steps, acted = [], []
    for group in document["groups"]:
        effects = [effect_of(written) for written in group["effects"]]
        mode = StackingMode(group["mode"])
        assert [problem for effect in effects for problem in effect_problems(effect, mode)] == []
        order = in_order(effects)
        for applied in StackingGroup("group", mode).apply(price, list_price, [effects[i] for i in order]):
            assert applied.before == price
            price = applied.after
            steps.append([applied.before, applied.after])
            acted.append(order[applied.position])
    assert price == to_decimal(document["net"])
    if "steps" in document:
        assert steps == [[to_decimal(number) for number in step] for step in document["steps"]]
    if "acted" in document:
        assert acted == [int(number) for number in document["acted"]]


def test_case_files_are_found():
    assert len(list(documents())) > 25
    assert any(case.id.startswith(DOCS.stem) for case in documents())


@pytest.mark.parametrize(
    ("effect", "mode", "expected"),
    [
        (Effect(Kind.PERCENT, D(10)), "add", []),
        (Effect(Kind.PERCENT, D(-10)), "add", ["value: percent -10 is negative; write markup 10"]),
        (Effect(Kind.MARKUP, D(-10)), "add", ["value: markup -10 is negative; write percent 10"]),
        (
            Effect(Kind.PERCENT, D(110)),
            "best",
            ["value: 110 % takes off more than the price; expected at most 100"],
        ),
        (Effect(Kind.PERCENT, D(110), below_zero=True), "best", []),
        (Effect(Kind.AMOUNT, D(-5)), "stack", []),
        (Effect(Kind.SET, D(-5)), "stack", ["value: the price cannot be set to -5; expected 0 or more"]),
        (
            Effect(Kind.SET, D(5)),
            "add",
            ["kind: a price that is set cannot be added to others; use the mode stack, best or first"],
        ),
        (
            Effect(Kind.AMOUNT, D(5), PercentOf.LIST),
            "stack",
            ["of: only percent and markup are taken of the list price, not amount"],
        ),
        (
            Effect(Kind.FLOOR, D(5)),
            "stack",
            ["kind: a stacking group holds percent, amount, set and markup, found floor"],
        ),
    ],
)
def test_effect_problems(effect, mode, expected):
    assert [f"{field}: {message}" for field, message in effect_problems(effect, StackingMode(mode))] == expected


prices = st.decimals(min_value=0, max_value=10_000, places=2)
percents = st.decimals(min_value=0, max_value=100, places=1).map(lambda value: Effect(Kind.PERCENT, value))
effects_of_any_kind = st.tuples(
    st.sampled_from([Kind.PERCENT, Kind.AMOUNT, Kind.SET, Kind.MARKUP]),
    st.decimals(min_value=0, max_value=100, places=1),
    st.sampled_from(PercentOf),
).map(lambda drawn: Effect(*drawn))
groups_of_any_kind = st.lists(effects_of_any_kind, min_size=1, max_size=6)


def final(mode, price, list_price, effects):
    applied = StackingGroup("g", mode).apply(price, list_price, effects)
    return applied[-1].after


@given(prices, prices, groups_of_any_kind)
def test_best_is_never_worse_than_each_member(price, list_price, effects):
    best = final(StackingMode.BEST, price, list_price, effects)
    alone = [final(StackingMode.STACK, price, list_price, [effect]) for effect in effects]
    assert best == min(alone)


@given(prices, prices, groups_of_any_kind, st.sampled_from(StackingMode))
def test_no_price_falls_below_zero(price, list_price, effects, mode):
    assert final(mode, price, list_price, effects) >= 0


@given(prices, prices, groups_of_any_kind, st.sampled_from(StackingMode))
def test_steps_follow_on_each_other(price, list_price, effects, mode):
    for applied in StackingGroup("g", mode).apply(price, list_price, effects):
        assert applied.before == price
        price = applied.after


@given(prices, st.lists(percents, min_size=1, max_size=5), st.randoms())
def test_the_order_of_percentages_makes_no_difference(price, effects, random):
    shuffled = random.sample(effects, len(effects))
    for mode in (StackingMode.STACK, StackingMode.ADD, StackingMode.BEST):
        assert final(mode, price, price, effects) == final(mode, price, price, shuffled)


@given(
    prices,
    prices,
    st.lists(effects_of_any_kind.filter(lambda e: e.kind is not Kind.SET), min_size=1, max_size=6),
    st.randoms(),
)
def test_the_order_of_an_added_group_makes_no_difference(price, list_price, effects, random):
    shuffled = random.sample(effects, len(effects))
    assert final(StackingMode.ADD, price, list_price, effects) == final(StackingMode.ADD, price, list_price, shuffled)


@given(prices, st.lists(percents, min_size=1, max_size=5))
def test_added_percentages_are_at_least_as_good_as_stacked_ones(price, effects):
    added = final(StackingMode.ADD, price, price, effects)
    stacked = final(StackingMode.STACK, price, price, effects)
    assert added <= stacked <= final(StackingMode.BEST, price, price, effects)


@given(prices, prices, groups_of_any_kind, effects_of_any_kind)
def test_first_stops_after_one(price, list_price, effects, later):
    one = StackingGroup("g", StackingMode.FIRST)
    assert one.apply(price, list_price, effects) == one.apply(price, list_price, [*effects, later])

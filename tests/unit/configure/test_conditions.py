"""Conditions against FEEL itself: for every whole choice, the formulas say what the interpreter says."""

import random
from itertools import chain, combinations, product

import pytest

from engine.configure.formula import holds
from engine.feel import interpret, parse_expression
from tests.unit.configure.models import compile_text

GROUPS = {
    "cpu": {"c4": {"cores": 4, "bus": "a"}, "c8": {"cores": 8, "bus": "b"}, "c16": {"cores": 16, "bus": "b"}},
    "board": {"plain": {"bus": "a", "slots": 2}, "full": {"bus": "b", "slots": 4}},
    "cards": {"net": {"watts": 5, "bus": "a"}, "video": {"watts": 30, "bus": "b"}, "sound": {"watts": 7, "bus": "a"}},
}
SINGLE = ("cpu", "board")
MODEL = """
product: pc
groups:
  - {id: cpu, min: 1, max: 1, options: [{id: c4, attributes: {cores: 4, bus: a}},
     {id: c8, attributes: {cores: 8, bus: b}}, {id: c16, attributes: {cores: 16, bus: b}}]}
  - {id: board, min: 1, max: 1, options: [{id: plain, attributes: {bus: a, slots: 2}},
     {id: full, attributes: {bus: b, slots: 4}}]}
  - {id: cards, options: [{id: net, attributes: {watts: 5, bus: a}},
     {id: video, attributes: {watts: 30, bus: b}}, {id: sound, attributes: {watts: 7, bus: a}}]}
attributes:
  - {id: size, type: number, min: 1, max: 4}
  - {id: quiet, type: boolean}
rules:
  - {id: asked, when: "%s", inform: it holds}
"""


def atom(rng):
    number = rng.randint(0, 20)
    sign = rng.choice(("<", "<=", ">", ">=", "=", "!="))
    return rng.choice(
        (
            f"cpu.cores {sign} {number}",
            f"cpu.bus {rng.choice(('=', '!='))} board.bus",
            f"board.slots {sign} size",
            f"size {sign} {rng.randint(1, 4)}",
            f"size between {rng.randint(1, 2)} and {rng.randint(2, 4)}",
            f"size in ({rng.randint(1, 2)}, >= {rng.randint(3, 4)})",
            "quiet",
            "video",
            "'net' in cards",
            "list contains(cards, 'sound')",
            f"count(cards) {sign} {rng.randint(0, 3)}",
            f"sum(cards.watts) {sign} {rng.randint(0, 45)}",
            f"sum(cards.watts) * 2 - cpu.cores {sign} {number} + size",
            f"cpu.cores {sign} size * 3",
            "cpu = 'c8'",
            "some x in cards satisfies x.watts > 6",
            "every x in cards satisfies x.bus = 'a'",
        )
    )


def expression(rng, depth=0):
    if depth > 2 or rng.random() < 0.35:
        return atom(rng)
    left, right = expression(rng, depth + 1), expression(rng, depth + 1)
    return rng.choice(
        (
            f"({left}) and ({right})",
            f"({left}) or ({right})",
            f"not({left})",
            f"if {left} then ({right}) else ({expression(rng, depth + 1)})",
        )
    )


def whole_choices():
    cards = list(chain.from_iterable(combinations(GROUPS["cards"], count) for count in range(4)))
    yield from product(GROUPS["cpu"], GROUPS["board"], cards, range(1, 5), (True, False))


def feel_says(text, chosen):
    cpu, board, cards, size, quiet = chosen
    from decimal import Decimal

    def exact(facts):
        return {name: Decimal(value) if isinstance(value, int) else value for name, value in facts.items()}

    # The interpreter knows neither names in lists of contexts nor options as truths: both are written out for it.
    names = {name: name in (cpu, board, *cards) for group in GROUPS.values() for name in group}
    listed = [exact(GROUPS["cards"][card]) for card in cards]
    text = text.replace("in cards satisfies", "in chosen satisfies").replace("sum(cards.watts)", "total")
    text = text.replace("count(cards)", "count(chosen)").replace("cpu = ", "cpu.name = ")
    scope = {
        **names,
        "cpu": {**exact(GROUPS["cpu"][cpu]), "name": cpu},
        "board": exact(GROUPS["board"][board]),
        "cards": list(cards),
        "chosen": listed,
        "total": sum((one["watts"] for one in listed), Decimal(0)),
        "size": Decimal(size),
        "quiet": quiet,
    }
    return interpret(parse_expression(text, scope), scope)


@pytest.mark.parametrize("seed", range(60))
def test_formulas_say_what_feel_says(seed):
    text = expression(random.Random(seed)).replace("'", '"')
    compiled = compile_text(MODEL % text.replace('"', '\\"'))
    assert not compiled.findings.errors, (text, [found.message for found in compiled.findings.errors])
    model = compiled.models["pc"]
    rule = model.soft_rules[0]
    size = next(attribute for attribute in model.attributes if attribute.path == "size")
    for chosen in whole_choices():
        cpu, board, cards, number, quiet = chosen
        paths = [f"cpu/{cpu}", f"board/{board}", *(f"cards/{card}" for card in cards), f"size={number}"]
        paths.append(f"quiet={'true' if quiet else 'false'}")
        true = {model.names[path] + 1 for path in paths} | set(size.ladder[: number - 1])
        assert holds(rule.condition, true.__contains__) == (feel_says(text, chosen) is True), (text, chosen)

"""The guide's examples give the results that it shows, and its table of cells tests as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.feel import (
    check,
    compile_expression,
    feel_equal,
    interpret,
    limits,
    parse_expression,
    parse_unary_tests,
    to_string,
    type_of,
)

GUIDE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")
FACTS = interpret(parse_expression(re.search(r"```facts\n(.*?)```", GUIDE, re.DOTALL)[1]), {})
NAMES = ["credit limit", "Monthly Fee", "list price", "net price"]
EXAMPLES = [
    line.split("=>")
    for block in re.findall(r"```feel\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
    if line
]


@pytest.mark.parametrize(("text", "shown"), EXAMPLES, ids=[text.strip() for text, _ in EXAMPLES])
def test_example(text, shown):
    node = parse_expression(text, NAMES)
    wanted = interpret(parse_expression(shown), {})
    types = {name: type_of(value) for name, value in FACTS.items()}
    for found in (interpret(node, FACTS), compile_expression(node, types)(*FACTS.values())):
        assert found is wanted if wanted is None else feel_equal(found, wanted), to_string(found)
        if not isinstance(wanted, list | dict):
            assert to_string(found) == to_string(wanted)
    assert check(node, types)[1] == []


def test_cells_are_tests():
    cells = re.findall(r"^\| `(.*?)` \|", GUIDE, re.MULTILINE)
    assert len(cells) == 8
    for cell in cells:
        parse_unary_tests(cell)


def test_limits_are_those_that_hold():
    for limit in (limits.MAX_ITERATIONS, limits.MAX_LIST, limits.MAX_STRING, limits.MAX_TEXT):
        assert f"{limit:,}" in GUIDE
    for limit in (limits.MAX_CALL_DEPTH, limits.MAX_NESTING, limits.MAX_DEPTH):
        assert re.search(rf"\b{limit}\b", GUIDE)

"""The table of expression cases: each row through the interpreter and through compiled code, typed and untyped."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.feel import (
    compile_condition,
    compile_expression,
    feel_equal,
    interpret,
    parse_expression,
    to_string,
    type_of,
    types,
)

FOLDER = Path(__file__).parents[2] / "cases" / "feel"


def rows():
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
                yield pytest.param(row["expression"], row["context"], row["expected"], id=f"{path.stem}:{number}")


def same(found, expected):
    if expected is None or found is None:
        return found is None and expected is None
    return type_of(found) == type_of(expected) and (
        feel_equal(found, expected) or to_string(found) == to_string(expected)
    )


@pytest.mark.parametrize(("text", "context", "expected"), list(rows()))
def test_case(text, context, expected):
    scope = interpret(parse_expression(context), {})
    wanted = interpret(parse_expression(expected), {})
    node = parse_expression(text, scope)
    typed = {name: type_of(value) for name, value in scope.items()}
    found = {
        "interpreted": interpret(node, scope),
        "compiled": compile_expression(node, typed)(*scope.values()),
        "compiled without types": compile_expression(node, dict.fromkeys(scope, types.ANY))(*scope.values()),
    }
    for way, value in found.items():
        assert same(value, wanted), f"{way}: {to_string(value)}"
    assert compile_condition(node, typed)(*scope.values()) is (wanted is True)


def test_there_are_several_hundred_cases():
    assert len(list(rows())) > 350

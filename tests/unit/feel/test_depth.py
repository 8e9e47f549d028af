"""Expressions as deep as the limits allow are read, checked, compiled and evaluated, with stack to spare."""

from __future__ import annotations

import functools
import sys

import pytest

from engine.feel import check, compile_condition, compile_expression, interpret, limits, parse_expression

INNERMOST = 78
FORMS = [
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{a: ", "1", "}"),
    ("if true then ", "1", " else 2"),
    ("for x in [1] return ", "1", ""),
    ("some x in [1] satisfies ", "true", ""),
    ("abs(", "1", ")"),
    ("[1][", "true", "]"),
    ("x in (", "1", ")"),
    ("(function(x) ", "1", ")(1)"),
    ("not(", "true", ")"),
    ("1 = 1 and (", "true", ")"),
]


def deeply(frames, run):
    """Run with that many frames of stack in use already."""
    return run() if frames <= 0 else deeply(frames - 1, run)


@pytest.mark.parametrize(("before", "innermost", "after"), FORMS, ids=[form[0] for form in FORMS])
def test_nested(before, innermost, after):
    depth = INNERMOST // 2 if "and" in before or "function" in before else INNERMOST  # these are two levels each
    text = before * depth + innermost + after * depth

    def run():
        node = parse_expression(text)
        check(node, {})
        compile_condition(node, {})()
        return interpret(node, {}), compile_expression(node, {})()

    interpreted, compiled = deeply(100, run)
    assert str(interpreted) == str(compiled)


def test_chain_of_operators():
    text = "+".join(["1"] * (limits.MAX_DEPTH - 1))
    node = parse_expression(text)
    assert deeply(100, functools.partial(interpret, node, {})) == limits.MAX_DEPTH - 1
    assert deeply(100, compile_expression(node, {})) == limits.MAX_DEPTH - 1


def test_a_long_list_of_alternatives_is_not_deep():
    text = " or ".join(f"x = {i}" for i in range(5_000))
    node = parse_expression(text)
    assert interpret(node, {"x": 4_999}) is True
    assert compile_condition(node, {})() is False


def test_the_stack_is_as_python_has_it():
    assert sys.getrecursionlimit() == 1_000

"""Hostile expressions end at once: null with a reason, interpreted and compiled."""

from __future__ import annotations

import time

import pytest

from engine.feel import compile_expression, interpret, parse_expression

GROWING = "(for i in 0..60 return if i = 0 then [1] else [partial[-1], partial[-1]])"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("for i in 1..1000000000 return i", "a list of more than 200,000 items"),
        ("for i in 1..1e30 return i", "a list of more than 200,000 items"),
        ("for a in 1..1000, b in 1..1000, c in 1..1000 return 1", "more than 200,000 iterations"),
        ("some x in 1..100000, y in 1..100000 satisfies x > y + 100000", "more than 200,000 iterations"),
        ("10 ** (10 ** 10)", "beyond the numbers"),
        ("1.000001 ** 999999999999", "beyond the numbers"),
        ("{f: function(g, n) g(g, n + 1) + g(g, n + 1), r: f(f, 0)}.r", "functions call each other"),
        ('replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$", "x")', "takes longer than"),
        ('matches("a", "(((a{9999}){9999}){9999}){9999}")', "multiply to too much"),
        ('for i in 0..60 return if i = 0 then "x" else partial[-1] + partial[-1]', "more than 1,000,000 characters"),
        ("for i in 0..3000 return if i = 0 then 1 else sum(partial)", "more than 200,000 iterations"),
        (f"string({GROWING})", "more than 200,000 iterations"),
        (f"{GROWING} = {GROWING}", "more than 200,000 iterations"),
        (f"flatten({GROWING})", "more than 200,000 iterations"),
        (f"distinct values([{GROWING}])", "more than 200,000 iterations"),
        ('@"2026-01-01" + @"P999999999999D"', "out of range"),
        ('@"P1Y" * 1e30', "out of range"),
        ("date(1e6000, 1, 1)", "there is no date"),
        ("[1, 2][1e6000]", "there is no item"),
        ("exp(1e30)", "beyond the numbers"),
    ],
)
def test_null_with_a_reason(text, reason):
    node = parse_expression(text)
    warnings = []
    began = time.process_time()
    assert interpret(node, {}, warnings) is None
    assert compile_expression(node, {})() is None
    assert time.process_time() - began < 3
    assert any(reason in warning.message for warning in warnings)


def test_one_evaluation_does_not_use_up_the_next():
    run = compile_expression(parse_expression("count(for i in 1..100000 return i)"), {})
    assert [run(), run(), run()] == [100_000] * 3

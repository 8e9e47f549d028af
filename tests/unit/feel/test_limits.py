"""Hostile expressions end at once: null with a reason, interpreted and compiled."""

from __future__ import annotations

import time

import pytest

from engine.feel import compile_expression, interpret, parse_expression
from engine.feel.types import STRING

GROWN = '(for k in 0..16 return if k = 0 then "x" else partial[-1] + partial[-1])[-1]'
NUMBERS = "for i in 1..60000 return i"
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
        ('for i in 0..60 return if i = 0 then "x" else partial[-1] + partial[-1]', "more than 100,000 characters"),
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
        ("for i in 1..190000 return 1.5 ** 0.7", "more than 200,000 iterations"),
        ("for i in 1..190000 return log(i)", "more than 200,000 iterations"),
        ('for i in 1..50000 return range("[1.." + string(i) + "]")', "more than 200,000 iterations"),
        ('for i in 1..190000 return split("a,b,c,d", ",")', "more than 200,000 iterations"),
        (f"{{b: {NUMBERS}, r: for i in b return append(b, i)}}.r", "more than 200,000 iterations"),
        (f"{{b: {NUMBERS}, r: for i in b return sum(b)}}.r", "more than 200,000 iterations"),
        (f"{{b: {NUMBERS}, r: for i in b return i in b}}.r", "more than 200,000 iterations"),
        (f"{{b: {NUMBERS}, r: for i in b return b.x}}.r", "more than 200,000 iterations"),
        (f"{{b: {NUMBERS}, r: for i in b return b instance of list<number>}}.r", "more than 200,000 iterations"),
        (f'{{s: {GROWN}, r: for i in 1..100000 return s + "x"}}.r', "more than 200,000 iterations"),
        (f'{{s: {GROWN}, r: for i in 1..100000 return contains(s, "y")}}.r', "more than 200,000 iterations"),
        (f"{{s: {GROWN}, r: for i in 1..100000 return upper case(s)}}.r", "more than 200,000 iterations"),
        (
            'for i in 1..1000 return matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + string(i), "(a|aa)+$")',
            "more than 200,000 iterations",
        ),
        ('for i in 1..100000 return matches("a", "a{" + string(i) + "}b")', "more than 200,000 iterations"),
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


def test_a_loop_makes_its_numbers_one_by_one():
    text = "every x in 1..50000 satisfies (some y in 1..100000 satisfies true)"
    began = time.process_time()
    assert interpret(parse_expression(text), {}) is True
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ["upper case(s)", "contains(s, s)", "substring(s, 2)", "s + s"])
def test_long_texts_count_where_types_are_known(text):
    loop = compile_expression(parse_expression(f"for i in 1..1000 return {text}", ["s"]), {"s": STRING})
    assert loop("x" * 50_000) is None
    assert len(loop("x" * 50)) == 1000


def test_one_evaluation_does_not_use_up_the_next():
    run = compile_expression(parse_expression("count(for i in 1..100000 return i)"), {})
    assert [run(), run(), run()] == [100_000] * 3

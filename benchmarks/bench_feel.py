"""What conditions and formulas cost: compiled, interpreted, and to compile."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import (
    compile_condition,
    compile_expression,
    compile_unary_tests,
    interpret,
    parse_expression,
    parse_unary_tests,
)
from engine.feel.types import NUMBER, STRING, ContextType, ListType

LINE = ContextType({"quantity": NUMBER, "price": NUMBER, "family": STRING})
SCOPE = {"customer": ContextType({"segment": STRING, "country": STRING}), "line": LINE, "lines": ListType(LINE)}
ROW = {"quantity": Decimal(20), "price": Decimal("9.99"), "family": "Bikes"}
FACTS = {"customer": {"segment": "SMB", "country": "DE"}, "line": ROW, "lines": [ROW] * 10}
CONDITION = 'customer.segment = "SMB" and customer.country = "DE" and line.quantity >= 10'
FORMULAS = {
    "arithmetic": "line.price * line.quantity * 0.9",
    "filter and sum": 'sum(lines[family = "Bikes" and quantity > 5].price)',
    "loop": "for x in lines return x.price * x.quantity",
    "function": 'starts with(line.family, "Bi")',
}


def test_condition_of_three_comparisons(benchmark):
    run = compile_condition(parse_expression(CONDITION), SCOPE)
    values = tuple(FACTS.values())
    assert benchmark(run, *values) is True


def test_condition_interpreted(benchmark):
    node = parse_expression(CONDITION)
    assert benchmark(interpret, node, FACTS) is True


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(benchmark, name):
    run = compile_expression(parse_expression(FORMULAS[name]), SCOPE)
    assert benchmark(run, *FACTS.values()) is not None


def test_unary_tests(benchmark):
    run = compile_unary_tests(parse_unary_tests("[10..20), > 100"), NUMBER, {})
    assert benchmark(run, Decimal(150)) is True


def test_parse_and_compile(benchmark):
    assert benchmark(lambda: compile_condition(parse_expression(CONDITION), SCOPE))

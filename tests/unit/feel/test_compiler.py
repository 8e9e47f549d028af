"""Compiled functions: nulls, broken promises of types, facts as Python holds them, functions as values."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal

import pytest

from engine.feel import (
    apply_function,
    compile_condition,
    compile_expression,
    compile_unary_tests,
    from_python,
    interpret,
    interpret_unary_tests,
    parse_expression,
    parse_unary_tests,
    to_python,
    to_string,
)
from engine.feel.types import ANY, NUMBER, STRING, ContextType, FunctionType, ListType, Required

SCOPE = {"customer": ContextType({"segment": STRING}), "line": ContextType({"quantity": NUMBER})}
CONDITION = parse_expression('customer.segment = "SMB" and line.quantity >= 10')


@pytest.mark.parametrize(
    ("customer", "line", "expected"),
    [
        ({"segment": "SMB"}, {"quantity": Decimal(10)}, True),
        ({"segment": "SMB"}, {"quantity": 10}, True),
        ({"segment": "SMB"}, {"quantity": Decimal(9)}, False),
        ({"segment": "SMB"}, {"quantity": None}, False),
        ({"segment": None}, {"quantity": 10}, False),
        ({}, {"quantity": 10}, False),
        (None, {"quantity": 10}, False),
        ({"segment": "SMB"}, None, False),
        ({"segment": "SMB"}, {"quantity": "many"}, False),
    ],
)
def test_condition_is_true_only_where_true(customer, line, expected):
    assert compile_condition(CONDITION, SCOPE)(customer, line) is expected
    assert (interpret(CONDITION, {"customer": customer, "line": line}) is True) is expected


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True),
        ("10", Decimal(10), True),
        ("< 5, > 100", Decimal(101), True),
        ("[10..20)", Decimal(20), False),
        ("not(1, 2)", Decimal(3), True),
        ("not(1, 2)", Decimal(2), False),
        ("not(< 5)", None, False),
        ("? > 5 and ? < limit", Decimal(7), True),
        ("null", None, True),
        ("[1, 2, 3]", Decimal(2), True),
        ("limit", Decimal(8), True),
    ],
)
def test_unary_tests(cell, value, expected):
    tests = parse_unary_tests(cell, ["limit"])
    assert compile_unary_tests(tests, NUMBER, {"limit": NUMBER})(value, Decimal(8)) is expected
    assert (interpret_unary_tests(tests, value, {"limit": Decimal(8)}) is True) is expected


@pytest.mark.parametrize(("cell", "passing"), [("true", [True]), ("false", [False]), ("not(true)", [False, None])])
@pytest.mark.parametrize("value", [None, True, False, "true", Decimal(1)])
def test_a_literal_cell_compares_its_input(cell, passing, value):
    tests = parse_unary_tests(cell)
    expected = any(value is one for one in passing)
    assert compile_unary_tests(tests, ANY, {})(value) is expected
    assert (interpret_unary_tests(tests, value, {}) is True) is expected


@pytest.mark.parametrize("value", [None, "a", Decimal(1)])
def test_a_condition_without_the_input_decides_by_itself(value):
    tests = parse_unary_tests("limit > 5", ["limit"])
    for limit, expected in ((Decimal(6), value is not None), (Decimal(5), False)):
        assert compile_unary_tests(tests, ANY, {"limit": NUMBER})(value, limit) is expected
        assert (interpret_unary_tests(tests, value, {"limit": limit}) is True) is expected


def test_warnings_say_why_and_where():
    text = 'abs("a") + unknown.field'
    warnings = []
    assert interpret(parse_expression(text), {}, warnings) is None
    said = [(text[warning.start : warning.end], warning.message) for warning in warnings]
    assert said[0] == ('abs("a")', "abs: 'n' is number, not the string \"a\"")
    assert ("unknown", "there is no 'unknown' here") in said
    assert said[-1][0] == text


def test_functions_outlive_the_evaluation_that_made_them():
    node = parse_expression("function(a: number) a + rate")
    for function in (interpret(node, {"rate": Decimal(2)}), compile_expression(node, {"rate": NUMBER})(Decimal(2))):
        assert apply_function(function, [Decimal(1)]) == 3
        assert apply_function(function, [Decimal(1)], ["a"]) == 3
        warnings = []
        assert apply_function(function, [], None, warnings) is None
        assert warnings[0].message == "function: takes 1 argument, not 0"


def test_facts_from_python_and_back():
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    facts = {
        "when": dt.datetime(2026, 3, 1, 10, 30, tzinfo=paris),
        "at": dt.time(10, 30, tzinfo=dt.UTC),
        "day": dt.date(2026, 3, 1),
        "length": dt.timedelta(days=1, seconds=1),
        "count": 3,
        "items": ("a", None),
    }
    values = from_python(facts)
    assert to_string(values["when"]) == "2026-03-01T10:30:00@Europe/Paris"
    assert to_string(values["at"]) == "10:30:00Z"
    assert to_string(values["length"]) == "P1DT1S"
    assert to_python(values) == {**facts, "count": Decimal(3), "items": ["a", None]}
    with pytest.raises(TypeError, match="numbers are given as Decimal or int"):
        from_python({"price": 0.1})


def test_types_that_use_each_other_again_and_again_have_a_short_text():
    kind = NUMBER
    for _ in range(60):
        kind = ContextType({"left": kind, "right": Required(ListType(kind))})
    assert len(str(kind)) < 2000
    assert "..." in str(kind)


def test_types_are_written_as_in_feel():
    kind = ContextType({"a": Required(ListType(NUMBER)), "f": FunctionType((STRING,), NUMBER)})
    assert str(kind) == "context<a: list<number>, f: function<string> -> number>"
    assert (str(ContextType()), str(FunctionType())) == ("context", "function")

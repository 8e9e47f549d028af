"""Compiled code gives what the interpreter gives, for random typed expressions and values, nulls among them."""

from __future__ import annotations

import datetime as dt
import random
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import (
    NullReason,
    compile_condition,
    compile_expression,
    compile_unary_tests,
    interpret,
    interpret_unary_tests,
    parse_expression,
    parse_unary_tests,
    types,
)
from engine.feel.temporal import DaysTimeDuration
from engine.feel.types import BOOLEAN, DATE, DAYS_TIME_DURATION, NUMBER, STRING, ContextType, ListType, Required
from engine.feel.values import Function, Range

ROW = ContextType({"n": NUMBER, "s": STRING, "p": BOOLEAN})
SCOPE = {
    "a": NUMBER,
    "b": Required(NUMBER),
    "s": STRING,
    "t": Required(STRING),
    "p": BOOLEAN,
    "q": Required(BOOLEAN),
    "d": DATE,
    "e": Required(DATE),
    "u": DAYS_TIME_DURATION,
    "xs": ListType(NUMBER),
    "ss": ListType(STRING),
    "row": ROW,
    "rows": ListType(ROW),
    "list price": NUMBER,
}
NUMBERS = [Decimal(text) for text in ("0", "1", "2", "-1", "0.1", "10", "2.50", "-3")] + [3]
STRINGS = ["", "a", "b", "SMB", "ab"]
DATES = [dt.date(2026, 1, 31), dt.date(2024, 2, 29), dt.date(1, 1, 1)]
DURATIONS = [DaysTimeDuration(0), DaysTimeDuration(86_400 * 10**9), DaysTimeDuration(-3_600 * 10**9)]


DEPTHS = (1, 2, 2, 3, 3, 3, 4)


class Writer:
    """Writes random expressions of a wanted type."""

    def __init__(self, source: random.Random):
        self.random = source
        self.locals: list[str] = []

    def text(self, kind: str, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.15:
            return self.leaf(kind)
        return self.random.choice(FORMS[kind] + FORMS["any"])(self, kind, depth - 1)

    def leaf(self, kind: str) -> str:
        if kind == "number" and self.locals and self.random.random() < 0.4:
            return self.random.choice(self.locals)
        return self.random.choice(LEAVES[kind] + ["null"] * (self.random.random() < 0.3))

    def variable(self, write):
        name = f"x{len(self.locals)}"
        self.locals.append(name)
        try:
            return write(name)
        finally:
            self.locals.pop()


LEAVES = {
    "number": ["a", "b", "1", "2", "0", "-3", "2.5", "row.n", "list price", "rows[1].n", "xs[-1]"],
    "string": ["s", "t", '"a"', '"SMB"', '""', "row.s"],
    "boolean": ["p", "q", "true", "false", "row.p"],
    "date": ["d", "e", '@"2026-01-31"', 'date("2024-02-29")', 'date("nonsense")'],
    "duration": ["u", '@"P1D"', 'duration("PT1H")'],
    "numbers": ["xs", "[1, 2, 3]", "rows.n", "[]", "for y in 1..3 return y"],
}


def form(pattern):
    """A way to write an expression: names in braces are written as expressions of that type."""

    def write(writer: Writer, kind: str, depth: int) -> str:
        def part(match):
            return "(" + writer.text(kind if match[1] == "same" else match[1], depth) + ")"

        return re.sub(r"\{(\w+)\}", part, pattern)

    return write


def loop(pattern):
    """A form that has a variable of its own, written `@`."""

    def write(writer: Writer, kind: str, depth: int) -> str:
        return writer.variable(lambda name: form(pattern.replace("@", name))(writer, kind, depth))

    return write


COMPARED = ("=", "!=", "<", "<=", ">", ">=")
FORMS = {
    "any": [form("if {boolean} then {same} else {same}"), form("[{same}, {same}][{number}]"), form("{k: {same}}.k")],
    "number": [form(f"{{number}} {sign} {{number}}") for sign in "+-*/"]
    + [
        form("-{number}"),
        form("{number} ** 2"),
        form("sum({numbers})"),
        form("count({numbers})"),
        form("min({numbers})"),
        form("abs({number})"),
        form("decimal({number}, 1)"),
        form("modulo({number}, {number})"),
        form("string length({string})"),
        form("{date}.year"),
        form("{duration} / {duration}"),
        form("number({string})"),
        form("rows[p].n[1]"),
        form("(function(z: number) z + {number})({number})"),
        form("({number}).x"),
        form("{string} + {number}"),
    ],
    "string": [
        form("{string} + {string}"),
        form("upper case({string})"),
        form("substring({string}, {number})"),
        form("string({number})"),
        form("replace({string}, {string}, {string})"),
    ],
    "boolean": [form(f"{{{kind}}} {sign} {{{kind}}}") for sign in COMPARED for kind in ("number", "string", "date")]
    + [
        form("{boolean} and {boolean}"),
        form("{boolean} or {boolean} or {boolean}"),
        form("not({boolean})"),
        form("{boolean} = {boolean}"),
        form("{number} between {number} and {number}"),
        form("{number} in ({number}, [{number}..{number}), < {number}, {numbers})"),
        form('{string} in ("a", "SMB", {string})'),
        form('s in ("a", "SMB")'),
        form("a in [1..{number}]"),
        form("{date} >= {date}"),
        form("{number} = null"),
        form("{number} = {string}"),
        form("{number} instance of number"),
        form("list contains({numbers}, {number})"),
        form("contains({string}, {string})"),
        form("{duration} < {duration}"),
        loop("some @ in {numbers} satisfies {boolean}"),
        loop("every @ in {numbers} satisfies {boolean}"),
        form("{numbers} = {numbers}"),
        form("all([{boolean}, {boolean}])"),
    ],
    "date": [form("{date} + {duration}"), form('{date} - @"P1M"'), form("date({number}, 2, 1)")],
    "duration": [form("{date} - {date}"), form("{duration} * {number}"), form("{duration} + {duration}")],
    "numbers": [
        loop("for @ in {numbers} return {number}"),
        loop("for @ in modulo({number}, 9)..3 return {number} + count(partial)"),
        loop("for @ in xs, y in ss return {number}"),
        form("{numbers}[item > {number}]"),
        form("rows[n > {number} and s = {string}].n"),
        form("rows[{boolean}].n"),
        form("sort({numbers}, function(x, y) x < y)"),
        form("append({numbers}, {number})"),
        form("distinct values({numbers})"),
        form("reverse({numbers})"),
    ],
}


def some_value(source: random.Random, kind) -> object:
    required = isinstance(kind, Required)
    kind = types.bare(kind)
    if not required and source.random() < 0.2:
        return None
    if isinstance(kind, ListType):
        return [some_value(source, kind.item) for _ in range(source.randrange(4))]
    if isinstance(kind, ContextType):
        return {name: some_value(source, of) for name, of in kind.fields.items() if source.random() < 0.95}
    pools = {NUMBER: NUMBERS, STRING: STRINGS, BOOLEAN: [True, False], DATE: DATES, DAYS_TIME_DURATION: DURATIONS}
    return source.choice(pools[kind])


def exact(value):
    """A value as something that compares to the last digit and type."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return "number", str(Decimal(value))
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, Range):
        return "range", exact(value.low), exact(value.high), value.low_included, value.high_included, value.operator
    if isinstance(value, Function):
        return "function"
    return type(value), value


def went_over_a_limit(node, values) -> bool:
    """Whether the interpreter stopped at a limit: compiled code may pass over the operand that takes so long."""
    warnings: list[NullReason] = []
    interpret(node, values, warnings)
    return any("iterations" in warning.message for warning in warnings)


@pytest.mark.parametrize("kind", ["boolean", "number", "string", "date", "numbers"])
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_ten_thousand_random_expressions(kind, seed):
    source = random.Random(seed)
    for _ in range(20):
        text = Writer(source).text(kind, source.choice(DEPTHS))
        node = parse_expression(text, SCOPE)
        compiled = compile_expression(node, SCOPE)
        condition = compile_condition(node, SCOPE) if kind == "boolean" else None
        for _ in range(2):
            values = {name: some_value(source, of) for name, of in SCOPE.items()}
            expected = interpret(node, values)
            found = compiled(*values.values())
            same = exact(found) == exact(expected)
            same = same and (condition is None or condition(*values.values()) is (expected is True))
            assert same or went_over_a_limit(node, values), (text, values, expected, found)


@pytest.mark.parametrize("kind", ["boolean", "number", "string", "date", "numbers"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_random_expressions_without_types(kind, seed):
    source = random.Random(seed)
    for _ in range(10):
        text = Writer(source).text(kind, source.choice(DEPTHS))
        node = parse_expression(text, SCOPE)
        values = {name: some_value(source, of) for name, of in SCOPE.items()}
        found = compile_expression(node, dict.fromkeys(SCOPE, types.ANY))(*values.values())
        expected = interpret(node, values)
        assert exact(found) == exact(expected) or went_over_a_limit(node, values), (text, values, expected, found)


TESTS = [
    "{number}",
    "< {number}",
    ">= {number}",
    "[{number}..{number}]",
    "!= {number}",
    "{numbers}",
    "? > {number}",
    "null",
]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_random_unary_tests(seed):
    source = random.Random(seed)
    for _ in range(20):
        patterns = source.choices(TESTS, k=source.randrange(1, 4))
        inner = ", ".join(form(pattern)(Writer(source), "number", source.randrange(3)) for pattern in patterns)
        tests = parse_unary_tests(f"not({inner})" if source.random() < 0.3 else inner, SCOPE)
        compiled = compile_unary_tests(tests, NUMBER, SCOPE)
        values = {name: some_value(source, of) for name, of in SCOPE.items()}
        given_value = some_value(source, NUMBER)
        expected = interpret_unary_tests(tests, given_value, values)
        assert compiled(given_value, *values.values()) is (expected is True), (inner, given_value, values)

"""Static checks: types, unknown names and fields with the nearest known one, and what can never be right."""

from __future__ import annotations

import pytest

from engine.feel import check, check_unary_tests, parse_expression, parse_unary_tests
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, ContextType, FunctionType, ListType

LINE = ContextType({"quantity": NUMBER, "family": STRING})
SCOPE = {
    "customer": ContextType({"segment": STRING, "since": DATE}),
    "facts": ContextType({"known": NUMBER}, open=True),
    "lines": ListType(LINE),
    "limit": NUMBER,
    "net": FunctionType((NUMBER,), NUMBER),
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('customer.segment = "SMB" and limit > 3', BOOLEAN),
        ("lines.quantity", ListType(NUMBER)),
        ("lines[quantity > limit].family", ListType(STRING)),
        ("lines[1].quantity * 2", NUMBER),
        ("max(lines.quantity)", NUMBER),
        ("net(limit)", NUMBER),
        ('customer.since + @"P1M"', DATE),
        ("for line in lines return line.family", ListType(STRING)),
        ("if limit > 1 then limit else null", NUMBER),
    ],
)
def test_type_without_problems(text, kind):
    assert check(parse_expression(text, SCOPE), SCOPE) == (kind, [])


@pytest.mark.parametrize(
    ("text", "message", "hint", "place"),
    [
        ("custmer.segment", "there is no 'custmer' here", "did you mean 'customer'?", "custmer"),
        ("customer.segmnt", "there is no field 'segmnt'", "did you mean 'segment'?", "customer.segmnt"),
        ("lines[famly = 1]", "there is no 'famly' here", "did you mean 'family'?", "famly"),
        ('limit > "10"', "a number is compared with a string", "use number(...) or string(...) to convert", None),
        ('customer.since > "2026-01-01"', "a date is compared with a string", 'a date is written @"..."', None),
        ("limit * customer.segment", "there is no number * string", "use number(...) or string(...) to convert", None),
        ("limit and true", "'and' joins conditions, not a number", "", "limit"),
        ("if limit then 1 else 2", "'if' needs a condition, not a number", "", "limit"),
        ('substring("a")', "'substring' does not take 1 argument", None, None),
        ("abs(m: 1)", "'abs' has no parameter 'm'", "did you mean 'n'?", None),
        ('date("2026-02-30")', "date: '2026-02-30' is no date such as 2026-03-01", "", None),
        ("net(1, 2)", "the function takes 1 arguments, not 2", "", None),
        ("limit.year", "a number has no property 'year'", "", None),
        ("limit instance of nmber", "there is no type 'nmber'", "", None),
        ("lines[family]", "a filter is a condition, not a string", "", "family"),
    ],
)
def test_problem(text, message, hint, place):
    problems = check(parse_expression(text, SCOPE), SCOPE)[1]
    assert [problem.message for problem in problems] == [message]
    if hint is not None:
        assert problems[0].hint == hint
    assert text[problems[0].start : problems[0].end] == (place or text)


def test_what_an_open_context_has_is_only_known_when_it_runs():
    assert check(parse_expression("facts.anything > 1", SCOPE), SCOPE)[1] == []


@pytest.mark.parametrize(
    ("cell", "messages"),
    [
        ("[1..5], > limit, ? < 3", []),
        ('"ten"', ["a number is compared with a string"]),
        ('> "ten"', ["a number is compared with a string"]),
        ('["a".."b"]', ["a number is compared with a string"]),
        ("? + 1", ["a test that speaks of ? is a condition, not a number"]),
        ('["a", "b"]', ["a number is looked for in a list<string>"]),
    ],
)
def test_unary_tests(cell, messages):
    problems = check_unary_tests(parse_unary_tests(cell, SCOPE), NUMBER, SCOPE)
    assert [problem.message for problem in problems] == messages

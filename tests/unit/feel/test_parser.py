"""The parser: trees of all forms, names of several words, offsets, errors, and hostile text."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from engine.feel import FeelSyntaxError, parse_expression, parse_unary_tests, tree


def shape(node):
    """A tree as nested tuples, without offsets."""
    if isinstance(node, tree.Literal):
        return node.value
    if isinstance(node, tree.Name):
        return f"${node.name}"
    parts = [type(node).__name__]
    for field in node.__dataclass_fields__:
        if field in ("start", "end"):
            continue
        value = getattr(node, field)
        if isinstance(value, tuple):
            parts.append([shape(part) if isinstance(part, tree.AnyNode) else part for part in value])
        else:
            parts.append(shape(value) if isinstance(value, tree.AnyNode) else value)
    return tuple(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", ("Arithmetic", "+", Decimal(1), ("Arithmetic", "*", Decimal(2), Decimal(3)))),
        ("10 - 4 - 3", ("Arithmetic", "-", ("Arithmetic", "-", Decimal(10), Decimal(4)), Decimal(3))),
        ("-3 ** 2", ("Arithmetic", "**", ("Negation", Decimal(3)), Decimal(2))),
        ("a or b or c and d", ("Or", ["$a", "$b", ("And", ["$c", "$d"])])),
        ("x in (< 5, 7)", ("In", "$x", [("UnaryComparison", "<", Decimal(5)), Decimal(7)])),
        ("x in (1..5]", ("In", "$x", [("RangeLiteral", Decimal(1), Decimal(5), False, True)])),
        ("]1..10[", ("RangeLiteral", Decimal(1), Decimal(10), False, False)),
        ("[1..a[1]]", ("RangeLiteral", Decimal(1), ("Filter", "$a", Decimal(1)), True, True)),
        ("a.b[1](2)", ("Call", ("Filter", ("Path", "$a", "b"), Decimal(1)), [Decimal(2)], None)),
        ("f(start position: 1)", ("Call", "$f", [Decimal(1)], ["start position"])),
        ("x between 1 and 2 and y", ("And", [("Between", "$x", Decimal(1), Decimal(2)), "$y"])),
        ('"\\u0041\\U01F40E\\n\\d"', "A\U0001f40e\n\\d"),
        ("1 // one\n + /* two */ 2", ("Arithmetic", "+", Decimal(1), Decimal(2))),
    ],
)
def test_tree(text, expected):
    assert shape(parse_expression(text)) == expected


def test_longest_known_name_wins():
    names = ["a", "b", "a-b", "Student's name", "full house"]
    assert shape(parse_expression("a-b", names)) == "$a-b"
    assert shape(parse_expression("a - b", names)) == "$a-b"
    assert shape(parse_expression("a-b", ["a", "b"])) == ("Arithmetic", "-", "$a", "$b")
    assert shape(parse_expression("Student's name + full house", names)) == (
        "Arithmetic",
        "+",
        "$Student's name",
        "$full house",
    )


def test_keys_are_known_inside_their_context_and_after_it_only_behind_a_dot():
    assert shape(parse_expression("{a-b: 1, c: a-b}.a-b")) == (
        "Path",
        ("ContextLiteral", [("Entry", "a-b", Decimal(1)), ("Entry", "c", "$a-b")]),
        "a-b",
    )
    outside = parse_expression("[{a-b: 1}, a-b]")
    assert shape(outside.items[1]) == ("Arithmetic", "-", "$a", "$b")


def test_offsets_point_at_the_text():
    text = "  order.total > 10 and true"
    node = parse_expression(text)
    comparison = node.operands[0]
    assert text[comparison.start : comparison.end] == "order.total > 10"
    assert text[comparison.left.start : comparison.left.end] == "order.total"


def test_unary_tests():
    assert parse_unary_tests("-").tests == ()
    negated = parse_unary_tests("not(1, 2)")
    assert negated.negated
    assert len(negated.tests) == 2
    assert shape(parse_unary_tests("not(a) or b").tests[0])[0] == "Or"
    assert shape(parse_unary_tests("-5").tests[0]) == ("Negation", Decimal(5))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 +", "expected a value, found the end"),
        ("(1", "expected ')', found the end"),
        ("if a then b", "expected 'else', found the end"),
        ('"open', "a string without its closing quotation mark"),
        ("1 2", "expected an operator or the end, found '2'"),
        ("a # b", "unexpected character '#'"),
        ("1e999999", "'1e999999' is beyond the numbers of FEEL"),
        ("{a: 1,}", "expected the name of an entry and ':', found '}'"),
        ("[1,]", "expected a value, found the end"),
        ("function(a,) a", "expected a name, found ')'"),
        ("1 instance of context<a: number,>", "expected the name of an entry and ':', found '>'"),
        ("f(1, b: 2)", "expected arguments that all have names, or none, found '2'"),
    ],
)
def test_syntax_error(text, message):
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    assert caught.value.message == message
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["(", "-", "[", "{a:", "x in (", "not(", "1 instance of list<", "for x in ", "if ", "function(a) ", "f(a:", "1+"],
)
@pytest.mark.parametrize("size", [190_000, 10_000_000])
def test_hostile_nesting_is_an_error_at_once(piece, size):
    began = time.perf_counter()
    with pytest.raises(FeelSyntaxError):
        parse_expression(piece * (size // len(piece)))
    assert time.perf_counter() - began < 1

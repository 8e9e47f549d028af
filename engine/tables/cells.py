"""Cells to column tests: the part of unary tests that an index can answer. What is not in it stays FEEL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from engine.feel.limits import MAX_TEXT
from engine.feel.tree import Call, Literal, Name, Negation, Node, RangeLiteral, UnaryComparison, UnaryTests
from engine.tables.column_test import (
    ANYTHING,
    INDEXED_KINDS,
    ORDERED_KINDS,
    ColumnTest,
    Interval,
    complement,
    union,
)


class _NotConstant:
    """The mark of an expression whose value is not known before it is evaluated, or is of no indexed kind."""


NOT_CONSTANT: Final = _NotConstant()

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def constant(node: Node) -> Any:
    """The value of a literal number, string, boolean, null or date; NOT_CONSTANT for any other expression."""
    match node:
        case Literal(value=value):
            return value if value is None or type(value) in INDEXED_KINDS else NOT_CONSTANT
        case Negation(operand=Literal(value=Decimal() as number)):
            return -number
        case Call(function=Name(name="date"), arguments=(Literal(value=str() as text),), names=None):
            return _date(text)
        case _:
            return NOT_CONSTANT


def _date(text: str) -> Any:
    """The date of an ISO text; NOT_CONSTANT where FEEL must say what it is."""
    if not _ISO_DATE.fullmatch(text):
        return NOT_CONSTANT
    try:
        return date.fromisoformat(text)
    except ValueError:
        return NOT_CONSTANT


def comparison_test(operator: str, value: Any) -> ColumnTest | None:
    """The test "input operator value" with a constant, or None where no index can answer it."""
    if value is NOT_CONSTANT:
        return None
    if operator == "=":
        return ColumnTest(null=True) if value is None else ColumnTest((value,))
    if operator == "!=":
        return ColumnTest(negated=True) if value is None else ColumnTest((value,), negated=True, null=True)
    if type(value) not in ORDERED_KINDS:
        return None
    if operator in ("<", "<="):
        return ColumnTest(intervals=(Interval(None, value, high_closed=operator == "<="),))
    return ColumnTest(intervals=(Interval(value, None, low_closed=operator == ">="),))


def range_test(low: Any, high: Any, *, low_closed: bool, high_closed: bool) -> ColumnTest | None:
    """The test "input in low..high" with constants, or None where no index can answer it, or no value passes it."""
    if type(low) not in ORDERED_KINDS or type(low) is not type(high):
        return None
    interval = Interval(low, high, low_closed, high_closed)
    return None if interval.empty else ColumnTest(intervals=(interval,))


def item_test(node: Node) -> ColumnTest | None:
    """One unary test without the comma-separated rest, or None where no index can answer it."""
    match node:
        case UnaryComparison():
            return comparison_test(node.operator, constant(node.operand))
        case RangeLiteral():
            return range_test(
                constant(node.low),
                constant(node.high),
                low_closed=node.low_included,
                high_closed=node.high_included,
            )
        case _:
            return comparison_test("=", constant(node))


def cell_from_tree(tests: UnaryTests) -> ColumnTest | None:
    """A parsed cell, or None where no index can answer it."""
    return _combined([item_test(item) for item in tests.tests], negated=tests.negated)


def _combined(items: Sequence[ColumnTest | None], *, negated: bool) -> ColumnTest | None:
    known = [item for item in items if item is not None]
    if len(known) < len(items):
        return None
    if not known:
        return None if negated else ANYTHING
    joined = union(known)
    return complement(joined) if negated and joined is not None else joined


_VALUE = r'(?:-?(?:\d+(?:\.\d+)?|\.\d+)|"[^"\\\n]*"|true|false|date\("\d{4}-\d{2}-\d{2}"\)|@"\d{4}-\d{2}-\d{2}")'
_ITEM = re.compile(
    rf"\s*(?:(?P<operator><=|>=|<|>|=|!=)?\s*(?P<value>{_VALUE})"
    rf"|(?P<open>[\[(\]])\s*(?P<low>{_VALUE})\s*\.\.\s*(?P<high>{_VALUE})\s*(?P<close>[\])\[]))\s*(?P<comma>,|$)",
    re.ASCII,
)
_NOT = re.compile(r"\s*not\s*\((.*)\)\s*", re.DOTALL)
_MAX_DIGITS = 34  # what FEEL keeps of a number; longer ones are rounded there


def cell_from_text(text: str) -> ColumnTest | None:
    """A cell in the plain forms that nearly all cells have, without the cost of parsing FEEL.

    None says only that it is none of those: the parser then decides what it is, or that it is nothing.
    """
    stripped = text.strip()
    if stripped in ("", "-"):
        return ANYTHING
    if len(stripped) > MAX_TEXT:
        return None
    inner = _NOT.fullmatch(stripped)
    items: list[ColumnTest | None] = []
    for item in _items(inner[1] if inner else stripped):
        if item is None:
            return None
        items.append(item)
    return _combined(items, negated=inner is not None)


def _items(text: str) -> Iterator[ColumnTest | None]:
    """The tests between the commas; ends with None where something is not recognised."""
    position = 0
    while True:
        match = _ITEM.match(text, position)
        if match is None:
            yield None
            return
        if match["open"]:
            low, high = value_of_text(match["low"]), value_of_text(match["high"])
            yield range_test(low, high, low_closed=match["open"] == "[", high_closed=match["close"] == "]")
        else:
            yield comparison_test(match["operator"] or "=", value_of_text(match["value"]))
        position = match.end()
        if not match["comma"]:
            return


_PLAIN_VALUE = re.compile(_VALUE, re.ASCII)


def value_of_text(text: str) -> Any:
    """The value of a plain literal (number, string without escapes, boolean, date), else NOT_CONSTANT."""
    text = text.strip()
    if len(text) > MAX_TEXT or not _PLAIN_VALUE.fullmatch(text):
        return NOT_CONSTANT
    if text.startswith('"'):
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("@"):
        return _date(text[2:-1])
    if text.startswith("date"):
        return _date(text[6:-2])
    return Decimal(text) if len(text) <= _MAX_DIGITS else NOT_CONSTANT

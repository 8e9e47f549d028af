"""Boxed expressions of a DMN file read into schema objects; one reader an element name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from engine.diagnostics import Code, did_you_mean
from engine.load.dmn_element import Element
from engine.load.dmn_table import read_table
from engine.schema.dmn import (
    Binding,
    BoxedContext,
    BoxedList,
    Conditional,
    ContextEntry,
    Expression,
    Filter,
    FunctionDefinition,
    Invocation,
    Iterator,
    LiteralExpression,
    Relation,
    TableExpression,
    Variable,
)

_FUNCTION_KINDS: Final = ("FEEL", "Java", "PMML")


def read_expression(parent: Element, owner: str) -> Expression | None:
    """The boxed expression inside `parent`, None where there is none.

    Args:
        parent: the element that holds the expression among its children.
        owner: name of the decision or function whose logic it is; decision tables are named after it.
    """
    for child in parent.children():
        read = READERS.get(child.name)
        if read is not None:
            return read(child, owner)
    return None


def read_variable(element: Element) -> Variable:
    """A variable, parameter or column: its name and type."""
    return Variable(_normal(element.require("name")), element.type_ref, element.span)


def _normal(name: str) -> str:
    """A name with single spaces, as FEEL compares names."""
    return " ".join(name.split())


def _literal(element: Element, _owner: str) -> LiteralExpression:
    text = element.child("text")
    if element.child("importedValues") is not None:
        element.report(Code.UNKNOWN_FIELD, "values imported from other than DMN files are not supported")
    return LiteralExpression(
        text.text if text else "", element.type_ref, (text or element).span, element.get("expressionLanguage")
    )


def _table(element: Element, owner: str) -> TableExpression:
    return TableExpression(read_table(element, owner), element.type_ref, element.span)


def _context(element: Element, owner: str) -> BoxedContext:
    entries: list[ContextEntry] = []
    result: Expression | None = None
    rows = list(element.children("contextEntry"))
    for number, row in enumerate(rows, 1):
        variable = row.child("variable")
        if variable is not None:
            named = read_variable(variable)
            entries.append(ContextEntry(named, read_expression(row, f"{owner}.{named.name}"), row.span))
        elif number == len(rows):
            result = read_expression(row, owner)
        else:
            row.report(Code.MISSING_FIELD, "a context entry without a variable is the result and must stand last")
    return BoxedContext(tuple(entries), result, element.type_ref, element.span)


def _invocation(element: Element, owner: str) -> Invocation:
    function = read_expression(element, owner)
    if function is None:
        element.report(Code.MISSING_FIELD, "the invocation does not say which function it calls")
    bindings = []
    for row in element.children("binding"):
        parameter = row.child("parameter")
        if parameter is None:
            row.report(Code.MISSING_FIELD, "the binding does not say which parameter it gives")
            continue
        bindings.append(Binding(_normal(parameter.require("name")), read_expression(row, owner), row.span))
    return Invocation(function, tuple(bindings), element.type_ref, element.span)


def read_function(element: Element, owner: str) -> FunctionDefinition:
    """A function definition: an expression of its own, or the logic of a business knowledge model."""
    kind = element.get("kind") or "FEEL"
    if kind not in _FUNCTION_KINDS:
        element.report(
            Code.WRONG_VALUE,
            f"function kind {kind!r}; FEEL, Java or PMML was expected",
            did_you_mean(kind, _FUNCTION_KINDS),
        )
    parameters = tuple(read_variable(parameter) for parameter in element.children("formalParameter"))
    return FunctionDefinition(kind, parameters, read_expression(element, owner), element.type_ref, element.span)


def _list(element: Element, owner: str) -> BoxedList:
    items = tuple(READERS[child.name](child, owner) for child in element.children(*READERS))
    return BoxedList(items, element.type_ref, element.span)


def _relation(element: Element, owner: str) -> Relation:
    columns = tuple(read_variable(column) for column in element.children("column"))
    rows = []
    for row in element.children("row"):
        cells = tuple(READERS[cell.name](cell, owner) for cell in row.children(*READERS))
        if len(cells) != len(columns):
            row.report(Code.WRONG_VALUE, f"the row has {len(cells)} cells, the relation {len(columns)} columns")
        rows.append(cells)
    return Relation(columns, tuple(rows), element.type_ref, element.span)


def _part(element: Element, name: str, owner: str) -> Expression | None:
    """The expression in the child `name`, with a finding where child or expression is missing."""
    child = element.child(name)
    expression = read_expression(child, owner) if child else None
    if expression is None:
        (child or element).report(Code.MISSING_FIELD, f"<{element.name}> has no expression in <{name}>")
    return expression


def _conditional(element: Element, owner: str) -> Conditional:
    condition, then, otherwise = (_part(element, name, owner) for name in ("if", "then", "else"))
    return Conditional(condition, then, otherwise, element.type_ref, element.span)


def _filter(element: Element, owner: str) -> Filter:
    source, match = (_part(element, name, owner) for name in ("in", "match"))
    return Filter(source, match, element.type_ref, element.span)


def _for(element: Element, owner: str) -> Iterator:
    return _iterator(element, "return", owner)


def _quantified(element: Element, owner: str) -> Iterator:
    return _iterator(element, "satisfies", owner)


def _iterator(element: Element, body: str, owner: str) -> Iterator:
    source, result = (_part(element, name, owner) for name in ("in", body))
    variable = _normal(element.require("iteratorVariable"))
    return Iterator(_ITERATORS[element.name], variable, source, result, element.type_ref, element.span)


_ITERATORS: Final[Mapping[str, Literal["for", "some", "every"]]] = {"for": "for", "some": "some", "every": "every"}

READERS: Mapping[str, Callable[[Element, str], Expression]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "list": _list,
    "relation": _relation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}

"""A decision table of a DMN file read into the schema object that all sources of tables share."""

from __future__ import annotations

from engine.diagnostics import Code, did_you_mean
from engine.load.dmn_element import Element
from engine.schema.table import (
    Aggregation,
    Cell,
    DecisionTable,
    HitPolicy,
    InputClause,
    OutputClause,
    Rule,
    parse_hit_policy,
)

_AGGREGATIONS = {
    "SUM": Aggregation.SUM,
    "MIN": Aggregation.MIN,
    "MAX": Aggregation.MAX,
    "COUNT": Aggregation.COUNT,
}


def read_table(element: Element, name: str) -> DecisionTable:
    """The decision table of a `<decisionTable>` element.

    Args:
        element: the element.
        name: what the table is called, as DMN gives tables no names of their own.
    """
    inputs = tuple(_input(child) for child in element.children("input"))
    outputs = tuple(_output(child) for child in element.children("output"))
    if not outputs:
        element.report(Code.MISSING_FIELD, f"the decision table {name!r} has no output column")
    annotations = tuple(child.get("name") for child in element.children("annotation"))
    shape = (len(inputs), len(outputs), len(annotations))
    rules = tuple(_rule(child, number, shape) for number, child in enumerate(element.children("rule"), 1))
    hit_policy = _hit_policy(element)
    aggregation = _aggregation(element) if hit_policy is HitPolicy.COLLECT else None
    return DecisionTable(name, hit_policy, aggregation, inputs, outputs, rules, annotations, element.span)


def _hit_policy(element: Element) -> HitPolicy:
    written = element.get("hitPolicy") or "UNIQUE"
    parsed = parse_hit_policy(written)
    if parsed is None:
        known = [policy.name.replace("_", " ") for policy in HitPolicy]
        element.report(
            Code.WRONG_VALUE,
            f"hit policy {written!r}; one of {', '.join(known)} was expected",
            did_you_mean(written.upper(), known),
        )
        return HitPolicy.UNIQUE
    return parsed[0]


def _aggregation(element: Element) -> Aggregation | None:
    written = element.get("aggregation")
    if written and written not in _AGGREGATIONS:
        element.report(
            Code.WRONG_VALUE,
            f"aggregation {written!r}; one of {', '.join(_AGGREGATIONS)} was expected",
            did_you_mean(written.upper(), _AGGREGATIONS),
        )
    return _AGGREGATIONS.get(written)


def _cell(element: Element) -> Cell:
    """The FEEL text of an element that holds it in a `<text>`."""
    text = element.child("text")
    return Cell(text.text, text.span) if text else Cell("", element.span)


def _optional_cell(element: Element, name: str) -> Cell | None:
    child = element.child(name)
    cell = _cell(child) if child else None
    return cell if cell and cell.text else None


def _input(element: Element) -> InputClause:
    expression = element.child("inputExpression")
    if expression is None:
        element.report(Code.MISSING_FIELD, "the input column has no expression")
        return InputClause(Cell("null", element.span))
    cell = _cell(expression)
    if not cell.text:
        element.report(Code.MISSING_FIELD, "the input column's expression is empty")
        cell = Cell("null", cell.span)
    allowed = _optional_cell(element, "inputValues")
    return InputClause(cell, expression.type_ref, allowed, element.get("label"))


def _output(element: Element) -> OutputClause:
    return OutputClause(
        name=" ".join(element.get("name").split()),
        span=element.span,
        type_name=element.type_ref,
        allowed=_optional_cell(element, "outputValues"),
        default=_optional_cell(element, "defaultOutputEntry"),
        label=element.get("label"),
    )


def _rule(element: Element, number: int, shape: tuple[int, int, int]) -> Rule:
    """A row, brought to the table's shape; a row with other cells than the table has columns is reported."""
    inputs = [_cell(child) for child in element.children("inputEntry")]
    outputs = [_cell(child) for child in element.children("outputEntry")]
    annotations = [child.text for child in element.children("annotationEntry")]
    for what, cells, count in (("input", inputs, shape[0]), ("output", outputs, shape[1])):
        if len(cells) != count:
            element.report(
                Code.WRONG_VALUE, f"rule {number} has {len(cells)} {what} cells; the table has {count} {what} columns"
            )
    inputs += [Cell("-", element.span)] * (shape[0] - len(inputs))
    outputs += [Cell("null", element.span)] * (shape[1] - len(outputs))
    annotations += [""] * (shape[2] - len(annotations))
    return Rule(
        element.get("id") or f"rule {number}",
        tuple(inputs[: shape[0]]),
        tuple(outputs[: shape[1]]),
        tuple(annotations[: shape[2]]),
        element.span,
    )

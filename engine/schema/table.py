"""A decision table as people write it, with the place of every text; CSV, XLSX, YAML and DMN all become this.

Nothing here is parsed or checked yet: cells are FEEL text, and names of types may not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.source import Span


class HitPolicy(StrEnum):
    """What a table answers when more than one rule holds, by the standard's letters."""

    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"


class Aggregation(StrEnum):
    """What a collecting table does with the outputs that it collects."""

    SUM = "+"
    MIN = "<"
    MAX = ">"
    COUNT = "#"


_POLICY_NAMES = {policy.name.replace("_", " "): policy for policy in HitPolicy}
POLICY_TEXTS = (*map(str, HitPolicy), *(f"C{sign}" for sign in Aggregation))


def parse_hit_policy(text: str) -> tuple[HitPolicy, Aggregation | None] | None:
    """The policy of a text such as "U", "C+" or "rule order"; None where it is none."""
    cleaned = " ".join(text.upper().split())
    if cleaned in _POLICY_NAMES:
        return _POLICY_NAMES[cleaned], None
    letter, sign = cleaned[:1], cleaned[1:].strip()
    if letter not in list(HitPolicy):
        return None
    if not sign:
        return HitPolicy(letter), None
    if letter == HitPolicy.COLLECT and sign in list(Aggregation):
        return HitPolicy.COLLECT, Aggregation(sign)
    return None


@dataclass(frozen=True, slots=True)
class Cell:
    """A FEEL text and its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class InputClause:
    """An input column.

    Attributes:
        expression: what the cells below are tests on, over the table's parameters.
        type_name: FEEL type or item definition of its value; "" where none is given.
        allowed: unary tests that every value must pass; None where all values may come.
        label: what people call the column, where that is not the expression.
    """

    expression: Cell
    type_name: str = ""
    allowed: Cell | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutputClause:
    """An output column.

    Attributes:
        name: entry of the result; "" in a table with one output column is allowed.
        span: place of the name.
        type_name: FEEL type or item definition of its value; "" where none is given.
        allowed: values that may come out, the highest priority first; None where all may.
        default: expression for the value where no rule holds; None where that is null.
        label: what people call the column, where that is not the name.
    """

    name: str
    span: Span
    type_name: str = ""
    allowed: Cell | None = None
    default: Cell | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: tests on the inputs, expressions for the outputs, and remarks that nothing evaluates.

    Attributes:
        id: how explanations name it; unique in its table.
        inputs: one cell for each input clause.
        outputs: one cell for each output clause.
        annotations: one text for each of the table's annotation names.
        span: the place of the row.
    """

    id: str
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    annotations: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table.

    Attributes:
        name: unique among the tables it is loaded with.
        hit_policy: what several hits mean.
        aggregation: only for `HitPolicy.COLLECT`; None gives the list.
        inputs: input columns, left to right.
        outputs: output columns, at least one.
        rules: rows, top to bottom.
        annotation_names: heads of the annotation columns.
        span: the place of the table's head.
    """

    name: str
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    annotation_names: tuple[str, ...]
    span: Span

"""A decision table whose cells have been read: column tests, FEEL for the rest, outputs; the input of the analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.schema.table import DecisionTable
from engine.tables.column_test import ColumnTest


@dataclass(frozen=True, slots=True)
class ParsedInput:
    """An input column.

    Attributes:
        label: its expression.
        kind: Python class of its values; None where its type is not known or no index knows it.
        allowed: what its values are restricted to; None where to nothing, or to what no index can say.
        cells: a test for each row; None for a cell that FEEL must evaluate.
    """

    label: str
    kind: type | None
    allowed: ColumnTest | None
    cells: Sequence[ColumnTest | None]


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """A decision table without errors.

    Attributes:
        definition: the table as written.
        inputs: its input columns.
        results: for each row what it gives, in a form whose equality is that of the results: rows with different
            forms give different results only where both are `constant`.
        constant: for each row whether its outputs do not depend on the input.
        ranks: for each row its priority, smaller first; None where the policy asks for none, or it is not constant.
    """

    definition: DecisionTable
    inputs: tuple[ParsedInput, ...]
    results: Sequence[Any]
    constant: Sequence[bool]
    ranks: Sequence[Any] | None

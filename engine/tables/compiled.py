"""The compiled decision table: inputs evaluated, rows found through the index, the hit policy applied."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel.values import describe
from engine.schema.table import Aggregation, HitPolicy
from engine.source import Span
from engine.tables.hit_policy import Decision, Outcome, decider, warn
from engine.tables.table_index import Hits, TableIndex, rows_of

Value = Any
Residual = tuple[int, Callable[..., bool]]
"""A cell that FEEL must evaluate: number of its column, and a function of the input value and the parameters."""


@dataclass(frozen=True, slots=True)
class CompiledInput:
    """An input column.

    Attributes:
        label: what messages call it.
        value: from the table's parameters to the value that the cells test.
        position: number of the parameter that is this value; None where the expression is more than a name.
        allows: from that value and the parameters to whether it may come; None where every value may.
    """

    label: str
    value: Callable[..., Value]
    position: int | None
    allows: Callable[..., bool] | None


class CompiledTable:
    """A decision table ready to be asked; immutable, and safe to share between threads.

    Attributes:
        name: the table's name.
        hit_policy: what several hits mean.
        aggregation: what a collecting table does with its outputs.
        rule_ids: by row number, which counts from 0.
        rule_spans: the place of each row.
        annotations: of each row.
        output_names: of several output columns; empty for a single one.
    """

    __slots__ = (
        "_checked",
        "_decide",
        "_first_only",
        "_index",
        "_residuals",
        "_values",
        "aggregation",
        "annotations",
        "hit_policy",
        "name",
        "output_names",
        "rule_ids",
        "rule_spans",
    )

    def __init__(
        self,
        name: str,
        policy: tuple[HitPolicy, Aggregation | None],
        inputs: Sequence[CompiledInput],
        index: TableIndex,
        residuals: Mapping[int, tuple[Residual, ...]],
        outcome: Outcome,
        *,
        rule_spans: tuple[Span, ...],
        annotations: tuple[tuple[str, ...], ...],
    ) -> None:
        self.name = name
        self.hit_policy, self.aggregation = policy
        self.rule_ids = tuple(outcome.rule_ids)
        self.rule_spans = rule_spans
        self.annotations = annotations
        self.output_names = outcome.output_names
        self._values = _reader(inputs)
        self._checked = tuple(
            (number, column.label, column.allows) for number, column in enumerate(inputs) if column.allows is not None
        )
        self._index = index
        self._residuals = dict(residuals)
        self._first_only = self.hit_policy is HitPolicy.FIRST
        self._decide = decider(self.hit_policy, self.aggregation, outcome)

    def evaluate(self, *parameters: Value) -> Value:
        """The answer: the output's value, a context of several outputs, or a list of those where the policy says so.

        A violated hit policy, and an input that is not among the allowed values, give null with a FEEL warning.
        """
        return self.explain(*parameters)[0]

    def hits(self, *parameters: Value) -> tuple[int, ...]:
        """The rows that decide the answer, in the order of the answer; those in conflict where that is null."""
        return self.explain(*parameters)[1]

    def explain(self, *parameters: Value) -> Decision:
        """The answer of `evaluate` and the rows of `hits`, at the cost of one of them."""
        values = self._values(parameters)
        for number, label, allows in self._checked:
            if not allows(values[number], *parameters):
                shown = describe(values[number])
                warn(f"{label} is {shown}, which is not among the allowed values of table {self.name!r}")
                return None, ()
        found = self._index.find(values)
        if self._residuals:
            rows = self._remaining(rows_of(found), values, parameters)
        elif self._first_only:
            rows = [_first_row(found)] if found else []
        else:
            rows = rows_of(found)
        return self._decide(rows, parameters)

    def _remaining(self, rows: list[int], values: Sequence[Value], parameters: Sequence[Value]) -> list[int]:
        """The rows whose FEEL cells hold too; the first alone where no other is asked for."""
        kept = []
        for row in rows:
            for column, holds in self._residuals.get(row, ()):
                if not holds(values[column], *parameters):
                    break
            else:
                kept.append(row)
                if self._first_only:
                    break
        return kept


def _reader(inputs: Sequence[CompiledInput]) -> Callable[[Sequence[Value]], Sequence[Value]]:
    """From the parameters to the values that the cells test."""
    positions = [column.position for column in inputs if column.position is not None]
    if len(positions) == len(inputs) > 1:
        return operator.itemgetter(*positions)
    functions = tuple(column.value for column in inputs)
    return lambda parameters: [value(*parameters) for value in functions]


def _first_row(found: Hits) -> int:
    """The lowest row of an index's answer."""
    if len(found) == 1:
        bits, rows = found[0]
        return rows[(bits & -bits).bit_length() - 1]
    return min(rows[(bits & -bits).bit_length() - 1] for bits, rows in found)

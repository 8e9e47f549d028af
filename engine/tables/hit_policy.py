"""Hit policies: from the rows that hold to the table's answer, and which rows decided it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.errors import note
from engine.feel.values import compare, feel_equal, is_number
from engine.schema.table import Aggregation, HitPolicy

Value = Any
Parameters = tuple[Value, ...]
Decision = tuple[Value, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What rows give.

    Attributes:
        table: the table's name, for warnings.
        rule_ids: by row.
        result: the value of a row for the parameters; a context where the table has several outputs.
        rank: the priority of a row's outputs for the parameters, smaller first; all equal where there is none.
        default: the answer where no row holds, for the parameters.
        output_names: of several outputs; empty for a single one.
    """

    table: str
    rule_ids: Sequence[str]
    result: Callable[[int, Parameters], Value]
    rank: Callable[[int, Parameters], Any]
    default: Callable[[Parameters], Value]
    output_names: tuple[str, ...]


def warn(message: str) -> None:
    """Tell whoever collects FEEL warnings; the message is taken as it is."""
    note(message.replace("{", "{{").replace("}", "}}"))


Decider = Callable[[list[int], Parameters], Decision]
"""From the rows that hold, ascending, to the answer and the rows that decided it."""


def decider(policy: HitPolicy, aggregation: Aggregation | None, outcome: Outcome) -> Decider:
    """The function that a hit policy is; for `HitPolicy.FIRST` it may be given the first row alone."""
    if policy is HitPolicy.COLLECT and aggregation is not None:
        return _aggregate(aggregation, outcome)
    makers = {
        HitPolicy.UNIQUE: _unique,
        HitPolicy.ANY: _any,
        HitPolicy.PRIORITY: _priority,
        HitPolicy.FIRST: _first,
        HitPolicy.RULE_ORDER: _all,
        HitPolicy.COLLECT: _all,
        HitPolicy.OUTPUT_ORDER: _output_order,
    }
    return makers[policy](outcome)


def _unique(outcome: Outcome) -> Decider:
    result, default = outcome.result, outcome.default

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if len(rows) == 1:
            return result(rows[0], parameters), (rows[0],)
        if not rows:
            return default(parameters), ()
        warn(f"{_rules(outcome, rows)} hold at once, and the hit policy is unique")
        return None, tuple(rows)

    return decide


def _any(outcome: Outcome) -> Decider:
    result, default = outcome.result, outcome.default

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if not rows:
            return default(parameters), ()
        first = result(rows[0], parameters)
        for row in rows[1:]:
            if feel_equal(first, result(row, parameters)) is not True:
                warn(f"{_rules(outcome, [rows[0], row])} hold with different outputs, and the hit policy is any")
                return None, tuple(rows)
        return first, tuple(rows)

    return decide


def _first(outcome: Outcome) -> Decider:
    result, default = outcome.result, outcome.default

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if not rows:
            return default(parameters), ()
        return result(rows[0], parameters), (rows[0],)

    return decide


def _priority(outcome: Outcome) -> Decider:
    result, default, rank = outcome.result, outcome.default, outcome.rank

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if not rows:
            return default(parameters), ()
        row = rows[0] if len(rows) == 1 else min(rows, key=lambda hit: rank(hit, parameters))
        return result(row, parameters), (row,)

    return decide


def _all(outcome: Outcome) -> Decider:
    result = outcome.result

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if not rows:
            return _none_of_many(outcome, parameters)
        return [result(row, parameters) for row in rows], tuple(rows)

    return decide


def _output_order(outcome: Outcome) -> Decider:
    result, rank = outcome.result, outcome.rank

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if not rows:
            return _none_of_many(outcome, parameters)
        ordered = sorted(rows, key=lambda row: rank(row, parameters))
        return [result(row, parameters) for row in ordered], tuple(ordered)

    return decide


def _none_of_many(outcome: Outcome, parameters: Parameters) -> Decision:
    """Without a default, collecting nothing gives the empty list."""
    value = outcome.default(parameters)
    return ([] if value is None else value), ()


def _aggregate(aggregation: Aggregation, outcome: Outcome) -> Decider:
    """Several outputs are aggregated each for itself."""
    result, names = outcome.result, outcome.output_names

    def decide(rows: list[int], parameters: Parameters) -> Decision:
        if not rows:
            value = outcome.default(parameters)
            return (Decimal(0) if value is None and aggregation is Aggregation.COUNT else value), ()
        if aggregation is Aggregation.COUNT:
            return Decimal(len(rows)), tuple(rows)
        values = [result(row, parameters) for row in rows]
        if not names:
            return _aggregated(aggregation, values), tuple(rows)
        return {name: _aggregated(aggregation, [value[name] for value in values]) for name in names}, tuple(rows)

    return decide


def _aggregated(aggregation: Aggregation, values: list[Value]) -> Value:
    """Sum, minimum or maximum; null where the values do not allow it."""
    if aggregation is Aggregation.SUM:
        for value in values:
            if not is_number(value):
                note("cannot sum {}, which is no number", value)
                return None
        return sum(values, Decimal(0))
    wanted = -1 if aggregation is Aggregation.MIN else 1
    best = values[0]
    for value in values:
        order = compare(value, best)
        if order is None:
            note("cannot compare {} with {}", value, best)
            return None
        if order == wanted:
            best = value
    return best


def _rules(outcome: Outcome, rows: Sequence[int]) -> str:
    named = ", ".join(f"{outcome.rule_ids[row]!r} (row {row + 1})" for row in rows[:5])
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"rules {named}{more} of table {outcome.table!r}"

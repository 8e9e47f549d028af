"""Thresholds: where conditions and tables of pricing rules begin to hold by quantity or term, to look for offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from engine.feel import FeelSyntaxError, parse_unary_tests
from engine.pricing.program import THRESHOLD_FACTS, Threshold
from engine.pricing.rule_index import IndexedConditions
from engine.schema.table import DecisionTable
from engine.tables.cells import cell_from_tree
from engine.tables.column_test import ColumnTest


def rule_thresholds(
    conditions: Iterable[IndexedConditions], tables: Iterable[DecisionTable]
) -> dict[str, tuple[Threshold, ...]]:
    """By the fact of a line the numbers from which on rules may hold, rising."""
    found: dict[str, set[Threshold]] = {fact: set() for fact in THRESHOLD_FACTS}
    for condition in conditions:
        for path, test in condition.tests:
            if len(path) == 2 and path[0] == "line" and path[1] in found:
                found[path[1]].update(_starts(test))
    for table in tables:
        for column, clause in enumerate(table.inputs):
            owner, _, fact = clause.expression.text.strip().partition(".")
            if owner == "line" and fact in found:
                for row in table.rules:
                    found[fact].update(_cell_starts(row.inputs[column].text))
    return {fact: tuple(sorted(starts)) for fact, starts in found.items()}


def _starts(test: ColumnTest) -> Iterator[Threshold]:
    for interval in test.intervals:
        low = interval.high if test.negated else interval.low
        if isinstance(low, Decimal):
            yield Threshold(low, interval.low_closed is not test.negated)
    for value in test.values:
        if isinstance(value, Decimal):
            yield Threshold(value, included=True)


def _cell_starts(text: str) -> Iterator[Threshold]:
    try:
        test = cell_from_tree(parse_unary_tests(text))
    except FeelSyntaxError:
        return  # told of where the table is compiled
    if test is not None:
        yield from _starts(test)

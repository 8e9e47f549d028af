"""Check: rules and table rows that form steps by quantity, term or amount: holes and overlaps between the steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from engine.check.subject import PricingCondition, Subject
from engine.diagnostics import Code, Findings, Severity
from engine.money import plain
from engine.schema.table import DecisionTable
from engine.source import Span
from engine.tables.cells import cell_from_text
from engine.tables.column_test import ColumnTest, Interval
from engine.tables.conditions import PathNames

STEPPED: tuple[PathNames, ...] = (
    ("line", "quantity"),
    ("line", "term_months"),
    ("line", "list_total"),
    ("quote", "list_total"),
)
"""Facts by which rules form steps."""
MOST_COMPARED = 2_000_000
"""Pairs of rows of a table that are compared; some seconds."""


class Step(NamedTuple):
    """One of several rules or rows that differ only in the range of one number.

    Attributes:
        range: the numbers that it holds for.
        name: how messages name it.
        place: of the range.
        rule: the pricing rule, for a step of rules.
        row: the row, for a step of a table.
    """

    range: Interval
    name: str
    place: Span
    rule: PricingCondition | None = None
    row: int = -1


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps by one fact, rising by their lower bounds.

    Attributes:
        fact: what they are steps of, as "line.quantity".
        steps: two or more.
        owner: what they belong to, for messages.
    """

    fact: str
    steps: Sequence[Step]
    owner: str


def quantity_tiers(subject: Subject, findings: Findings) -> None:
    """A warning for every hole between steps, and for steps of stacking rules that meet at their bounds."""
    modes = {group.name: group.mode for group in subject.rulebook.settings.stacking_groups}
    for ladder in rule_ladders(subject):
        _holes(ladder, findings)
        rule = ladder.steps[0].rule
        if rule is not None and modes.get(rule.loaded.rule.group, "stack") in ("stack", "add"):
            _overlaps(ladder, findings)
    for tables in subject.tables.values():
        for table in tables:
            for ladder in table_ladders(table):
                _holes(ladder, findings)


def rule_ladders(subject: Subject) -> Iterator[Ladder]:
    """Pricing rules that do the same kind of thing under the same conditions but for a range."""
    alike: dict[tuple[PathNames, Hashable], list[Step]] = defaultdict(list)
    for rule in subject.pricing:
        if rule.loaded.rule.table or not rule.readable or rule.condition is None:
            continue
        for path in STEPPED:
            found = _range(rule.split.tests.get(path))
            if found is not None:
                place = rule.condition.span
                alike[path, _without(rule, path)].append(Step(found, f"rule {rule.loaded.rule.id!r}", place, rule))
    for (path, _), steps in alike.items():
        if len(steps) > 1:
            yield Ladder(".".join(path), _rising(steps), "")


def table_ladders(table: DecisionTable) -> Iterator[Ladder]:
    """Rows of a table that test the same but for a range of one number."""
    tests = _CellTests()
    for column, clause in enumerate(table.inputs):
        alike: dict[_Cells, list[Step]] = defaultdict(list)
        rows: list[_Cells] = []
        for number, row in enumerate(table.rules):
            others = tuple(cell.text.strip() for place, cell in enumerate(row.inputs) if place != column)
            rows.append(others)
            found = _range(tests[row.inputs[column].text])
            if found is not None:
                alike[others].append(Step(found, f"row {row.id!r}", row.inputs[column].span, row=number))
        ladders = {cells: steps for cells, steps in alike.items() if len(steps) > 1}
        if ladders:
            elsewhere = _Elsewhere(rows, tests)
            for cells, steps in ladders.items():
                if not elsewhere.covers(cells):
                    yield Ladder(clause.expression.text.strip(), _rising(steps), f"table {table.name!r}: ")


_Cells = tuple[str, ...]
"""The texts of a row's cells but for one column."""


class _CellTests(dict[str, ColumnTest | None]):
    """What cells test, by their text; each text is read once."""

    def __missing__(self, text: str) -> ColumnTest | None:
        found = self[text] = cell_from_text(text)
        return found


class _Elsewhere:
    """Finds out whether rows that test other columns otherwise may hold for the same inputs: then no hole is certain.

    Cells that test for certain values are looked up by them, so that a table of many rows takes no longer a row.
    """

    def __init__(self, rows: Sequence[_Cells], tests: _CellTests) -> None:
        self._rows = list(dict.fromkeys(rows))
        self._tests = tests
        self._left = MOST_COMPARED
        self._by_value: list[dict[object, list[int]]] = []
        self._of_any: list[list[int]] = []
        for place in range(len(self._rows[0])):
            by_value: dict[object, list[int]] = defaultdict(list)
            of_any: list[int] = []
            for number, cells in enumerate(self._rows):
                values = self._values(cells[place])
                if values is None:
                    of_any.append(number)
                else:
                    for value in values:
                        by_value[value].append(number)
            self._by_value.append(by_value)
            self._of_any.append(of_any)

    def covers(self, cells: _Cells) -> bool:
        """Whether other rows may hold where rows with these cells do; True too when too many would be compared."""
        fewest: list[int] | None = None
        for place, text in enumerate(cells):
            values = self._values(text)
            if values is None:
                continue
            lists = [self._of_any[place], *(self._by_value[place].get(value, []) for value in values)]
            if fewest is None or sum(map(len, lists)) < len(fewest):
                fewest = [number for numbers in lists for number in numbers]
        candidates = range(len(self._rows)) if fewest is None else fewest
        self._left -= len(candidates)
        if self._left < 0:
            return True
        return any(self._rows[number] != cells and not self._apart(self._rows[number], cells) for number in candidates)

    def _apart(self, row: _Cells, cells: _Cells) -> bool:
        """Whether some column has texts or numbers that no value passes both of."""
        for one, other in zip(row, cells, strict=True):
            if one != other:
                first, second = self._values(one), self._values(other)
                if first is not None and second is not None and first.isdisjoint(second):
                    return True
        return False

    def _values(self, text: str) -> frozenset[object] | None:
        """The values that a cell tests for, None among them where it is null; None where it tests for anything else."""
        test = self._tests[text]
        if test is None or test.intervals or test.negated:
            return None
        return frozenset(test.values) | (frozenset([None]) if test.null else frozenset())


def _range(test: ColumnTest | None) -> Interval | None:
    """The one range of numbers that a test accepts."""
    if test is None or test.negated or test.null or len(test.intervals) + len(test.values) != 1:
        return None
    if test.intervals:
        return test.intervals[0] if test.intervals[0].kind is Decimal else None
    value = test.values[0]
    return Interval(value, value, low_closed=True, high_closed=True) if isinstance(value, Decimal) else None


def _without(rule: PricingCondition, path: PathNames) -> Hashable:
    """Everything that limits a rule and what it does, but for one fact and the figure."""
    written, then = rule.loaded.rule, rule.loaded.rule.then
    condition = rule.condition
    assert condition is not None
    others = frozenset((name, test) for name, test in rule.split.tests.items() if name != path)
    rest = frozenset(condition.words(part) for part in rule.rest)
    way = (written.waterfall_step, written.group, then.action, then.of, then.on, then.currency, written.coupon)
    return (way, others, rest)


def _rising(steps: list[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: (step.range.low is not None, step.range.low or 0))


def _holes(ladder: Ladder, findings: Findings) -> None:
    """Numbers between two steps that belong to neither."""
    reached = ladder.steps[0]
    for step in ladder.steps[1:]:
        high, low = reached.range.high, step.range.low
        if high is not None and low is not None:
            hole = Interval(high, low, low_closed=not reached.range.high_closed, high_closed=not step.range.low_closed)
            sample = _sample(hole)
            if sample is not None:
                message = (
                    f"{ladder.owner}{ladder.fact} has a hole: {plain(sample)} lies between {reached.name} "
                    f"{_shown(reached.range)} and {step.name} {_shown(step.range)}, and neither holds"
                )
                hint = f"let one of them reach {plain(sample)}"
                example = f"{ladder.fact} = {plain(sample)}"
                findings.add(Code.GAP, message, step.place, severity=Severity.WARNING, hint=hint, example=example)
        if high is not None and (step.range.high is None or step.range.high > high):
            reached = step


def _sample(hole: Interval) -> Decimal | None:
    """A number of a hole that matters: a whole one, or any where the steps are not bounded by whole numbers."""
    if hole.empty:
        return None
    whole = hole.low.to_integral_value(rounding="ROUND_CEILING")
    if not hole.holds(whole):
        whole += 1
    if hole.holds(whole):
        return Decimal(whole)
    fractional = any(bound != bound.to_integral_value() for bound in (hole.low, hole.high))
    middle = (hole.low + hole.high) / 2
    return Decimal(middle) if fractional and hole.holds(middle) else None


def _overlaps(ladder: Ladder, findings: Findings) -> None:
    """Steps of which one begins inside the other and ends outside: there both give their discount."""
    for step, other in pairwise(ladder.steps):
        high, low = step.range.high, other.range.low
        if high is None or low is None or low > high or step.range.low == low:
            continue
        if low == high and not (step.range.high_closed and other.range.low_closed):
            continue
        if other.range.high is not None and other.range.high <= high:
            continue  # a step inside another is a discount on top
        sample = low if other.range.low_closed else _sample(Interval(low, high, high_closed=True)) or high
        message = (
            f"{step.name} {_shown(step.range)} and {other.name} {_shown(other.range)} both act where {ladder.fact} is "
            f"{plain(sample)}: their steps overlap and the group takes all"
        )
        example = f"{ladder.fact} = {plain(sample)}"
        hint = "let one step end where the next begins"
        findings.add(Code.OVERLAP, message, other.place, severity=Severity.WARNING, hint=hint, example=example)


def _shown(interval: Interval) -> str:
    if interval.low is None:
        return f"({'<=' if interval.high_closed else '<'} {plain(interval.high)})"
    if interval.high is None:
        return f"({'>=' if interval.low_closed else '>'} {plain(interval.low)})"
    left, right = "[" if interval.low_closed else "(", "]" if interval.high_closed else ")"
    return f"({left}{plain(interval.low)}..{plain(interval.high)}{right})"


__all__ = ["Ladder", "Step", "quantity_tiers", "rule_ladders", "table_ladders"]

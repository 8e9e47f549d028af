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
    for column, clause in enumerate(table.inputs):
        alike: dict[Hashable, list[Step]] = defaultdict(list)
        for number, row in enumerate(table.rules):
            found = _range(cell_from_text(row.inputs[column].text))
            if found is not None:
                others = tuple(cell.text.strip() for place, cell in enumerate(row.inputs) if place != column)
                alike[others].append(Step(found, f"row {row.id!r}", row.inputs[column].span, row=number))
        for cells, steps in alike.items():
            if len(steps) > 1 and not _covered_elsewhere(table, column, cells):
                yield Ladder(clause.expression.text.strip(), _rising(steps), f"table {table.name!r}: ")


def _covered_elsewhere(table: DecisionTable, column: int, others: Hashable) -> bool:
    """Whether rows that test other columns otherwise may hold for the same inputs, so that no hole is certain."""
    for row in table.rules:
        cells = tuple(cell.text.strip() for place, cell in enumerate(row.inputs) if place != column)
        if (
            cells != others
            and isinstance(others, tuple)
            and not any(_apart(one, other) for one, other in zip(cells, others, strict=True))
        ):
            return True
    return False


def _apart(one: str, other: str) -> bool:
    """Whether two cells are texts or numbers that no value passes both of."""
    if one == other:
        return False
    first, second = cell_from_text(one), cell_from_text(other)
    if first is None or second is None or first.intervals or second.intervals or first.negated or second.negated:
        return False
    return not set(first.values) & set(second.values) and not (first.null and second.null)


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

"""What is doubtful in a decision table: gaps, overlaps, rows that never decide, duplicates, rows to merge.

Rows are boxes in the space of inputs, as in Calvanese et al., "Semantics and Analysis of DMN Decision Tables" (2016);
the sweep over columns is done with sets of rows as bits. Every answer comes with an input that shows it. Null is
part of the space only in columns with a cell that names it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.schema.table import HitPolicy
from engine.tables.axis import Axis, feel_text, make_axis
from engine.tables.column_test import ANYTHING
from engine.tables.geometry import Budget, Geometry, OutOfBudgetError, bits_of
from engine.tables.parsed import ParsedTable

MAX_ROWS = 5_000
"""Rows up to which a table is analysed."""
STEPS = 1_000_000
REPORTED = 20
"""How many findings of each kind are told; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Inputs for which no row holds: a test for each column, and one of those inputs."""

    tests: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows that hold for the same input against the hit policy; `certain` where their outputs surely differ."""

    first: int
    second: int
    example: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Masked:
    """A row that never decides, since for all its inputs others do; the example is one of those inputs."""

    row: int
    by: tuple[int, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A row that no input can reach, since a cell accepts none of the values that its column can have."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that tests the same as an earlier one."""

    row: int
    of: int
    same_outputs: bool
    example: str


@dataclass(frozen=True, slots=True)
class Mergeable:
    """Rows with equal outputs that differ in one column only and can be one row, with `test` in that column."""

    rows: tuple[int, ...]
    column: int
    test: str


@dataclass(slots=True)
class Analysis:
    """The findings about one table.

    Attributes:
        left_out: how many more there were of a kind, by the name of its list.
        incomplete: what was not looked for, and why; empty where everything was.
    """

    gaps: list[Gap] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    masked: list[Masked] = field(default_factory=list)
    unreachable: list[Unreachable] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    mergeable: list[Mergeable] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    incomplete: list[str] = field(default_factory=list)


def analyse(table: ParsedTable, steps: int = STEPS) -> Analysis:
    """Look for everything doubtful.

    Args:
        table: the table.
        steps: how far each of the searches for gaps and for masked rows may go; the default takes about a second.
    """
    return _Analyser(table, steps).run()


class _Analyser:
    """One run over one table."""

    def __init__(self, table: ParsedTable, steps: int) -> None:
        self.table = table
        self.steps = steps
        self.found = Analysis()
        self.policy = table.definition.hit_policy
        self.row_count = len(table.definition.rules)
        self.plain = [all(column.cells[row] is not None for column in table.inputs) for row in range(self.row_count)]
        self.axes: list[Axis] = []

    def run(self) -> Analysis:
        unread = self.plain.count(False)
        if unread:
            self.found.incomplete.append(
                f"{unread} of {self.row_count} rows have cells that only FEEL can evaluate: they are not compared "
                "with others, and for gaps they count as if such a cell accepted everything"
            )
        if self.row_count > MAX_ROWS:
            self.found.incomplete.append(
                f"the table has {self.row_count:,} rows: gaps, overlaps, masked rows, duplicates and rows to merge "
                f"are looked for in tables of up to {MAX_ROWS:,} rows"
            )
            return self.found
        self.axes = [
            make_axis(column.label, [cell or ANYTHING for cell in column.cells], column.kind, column.allowed)
            for column in self.table.inputs
        ]
        self.geometry = Geometry(self.axes, self.row_count)
        reachable = self._find_unreachable()
        doubles = self._find_duplicates(reachable)
        alone = [row for row in reachable if row not in doubles]
        self._find_overlaps(alone)
        self._find_masked(reachable, doubles)
        self._find_mergeable(alone)
        self._find_gaps()
        return self.found

    def _keep(self, name: str, kept: list[Any], found: Iterable[Any]) -> None:
        """Take the first findings of a kind and count the others."""
        for number, item in enumerate(found):
            if number < REPORTED:
                kept.append(item)
            else:
                self.found.left_out[name] = self.found.left_out.get(name, 0) + 1

    def _example(self, regions: Sequence[int]) -> str:
        pairs = zip(self.axes, regions, strict=True)
        return ", ".join(f"{axis.label} = {feel_text(axis.regions[region].example)}" for axis, region in pairs)

    def _row_example(self, row: int) -> str:
        return self._example([runs[0][0] for runs in self.geometry.box(row)])

    def _find_unreachable(self) -> list[int]:
        reachable = []
        for row in range(self.row_count):
            if not self.plain[row]:
                continue
            empty = next((i for i, runs in enumerate(self.geometry.box(row)) if not runs), None)
            if empty is None:
                reachable.append(row)
            else:
                self.found.unreachable.append(Unreachable(row, empty))
        return reachable

    def _find_duplicates(self, rows: Sequence[int]) -> set[int]:
        first: dict[tuple[Any, ...], int] = {}
        doubles = set()
        for row in rows:
            of = first.setdefault(tuple(self.geometry.box(row)), row)
            if of != row:
                same = bool(self.table.results[of] == self.table.results[row])
                self.found.duplicates.append(Duplicate(row, of, same, self._row_example(row)))
                doubles.add(row)
        return doubles

    def _find_overlaps(self, rows: Sequence[int]) -> None:
        if self.policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
            self._keep("overlaps", self.found.overlaps, self._overlaps(rows))

    def _overlaps(self, rows: Sequence[int]) -> Iterator[Overlap]:
        compared = sum(1 << row for row in rows)
        results, constant = self.table.results, self.table.constant
        for row in rows:
            others = (self.geometry.meeting(row) & compared) >> (row + 1)
            for distance in bits_of(others):
                other = row + 1 + distance
                if self.policy is HitPolicy.ANY and results[row] == results[other]:
                    continue
                if len(self.found.overlaps) >= REPORTED:
                    yield Overlap(row, other, "")
                    continue
                regions = self.geometry.example((row, other))
                assert regions is not None
                certain = self.policy is HitPolicy.UNIQUE or (constant[row] and constant[other])
                yield Overlap(row, other, self._example(regions), certain)

    def _find_masked(self, reachable: Sequence[int], doubles: set[int]) -> None:
        """Doubles are told as such; under a priority they can still be what masks the row that they repeat."""
        if self.policy not in (HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.UNIQUE, HitPolicy.ANY):
            return
        if self.policy is HitPolicy.PRIORITY and self.table.ranks is None:
            self.found.incomplete.append("masked rows: the outputs that decide the priority are not constant")
            return
        ordered = self.policy in (HitPolicy.FIRST, HitPolicy.PRIORITY)
        compared = [row for row in reachable if ordered or row not in doubles]
        try:
            masked = self._masked(compared, Budget(self.steps))
            self._keep("masked", self.found.masked, (item for item in masked if item.row not in doubles))
        except OutOfBudgetError:
            self.found.incomplete.append("masked rows: the search was given up after its budget of steps")

    def _masked(self, rows: Sequence[int], budget: Budget) -> Iterator[Masked]:
        compared = sum(1 << row for row in rows)
        for row, stronger in self._stronger(rows, compared):
            rivals = self.geometry.meeting(row) & compared & stronger & ~(1 << row)
            if not rivals:
                continue
            covering = self.geometry.covering(row) & rivals
            if covering:
                yield Masked(row, (next(bits_of(covering)),), self._row_example(row))
            elif self.geometry.uncovered(rivals, budget, row) is None:
                yield Masked(row, tuple(bits_of(rivals)), self._row_example(row))

    def _stronger(self, rows: Sequence[int], compared: int) -> Iterator[tuple[int, int]]:
        """Each row with the rows that decide instead of it where both hold."""
        if self.policy is HitPolicy.UNIQUE:
            yield from ((row, compared) for row in rows)
        elif self.policy is HitPolicy.FIRST:
            yield from ((row, (1 << row) - 1) for row in rows)
        elif self.policy is HitPolicy.PRIORITY:
            ranks = self.table.ranks
            assert ranks is not None
            before = 0
            for row in sorted(rows, key=lambda row: (ranks[row], row)):
                yield row, before
                before |= 1 << row
        else:
            alike: dict[Any, int] = defaultdict(int)
            for row in rows:
                yield row, alike[self.table.results[row]]
                alike[self.table.results[row]] |= 1 << row

    def _find_mergeable(self, rows: Sequence[int]) -> None:
        self._keep("mergeable", self.found.mergeable, self._mergeable(rows))

    def _mergeable(self, rows: Sequence[int]) -> Iterator[Mergeable]:
        merged: set[int] = set()
        for number, axis in enumerate(self.axes):
            groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
            for row in rows:
                box = self.geometry.box(row)
                groups[(self.table.results[row], *box[:number], *box[number + 1 :])].append(row)
            for group in groups.values():
                chosen = [group[0]]
                chosen.extend(row for row in group[1:] if self._can_join(chosen, row))
                if len(chosen) > 1 and not merged.intersection(chosen):
                    merged.update(chosen)
                    wanted = sum(1 << row for row in chosen)
                    regions = [i for i, mask in enumerate(axis.masks) if mask & wanted]
                    yield Mergeable(tuple(chosen), number, axis.describe(regions))

    def _can_join(self, chosen: Sequence[int], row: int) -> bool:
        """Whether a row may move up to the first of the chosen rows without a change of any answer."""
        if self.policy in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY):
            return True
        meeting = self.geometry.meeting(row)
        between = ((1 << row) - 1) & ~((1 << (chosen[0] + 1)) - 1) & ~sum(1 << other for other in chosen)
        unread = sum(1 << other for other, plain in enumerate(self.plain) if not plain)
        if (meeting | unread) & between:
            return False
        return self.policy is HitPolicy.FIRST or not meeting & sum(1 << other for other in chosen)

    def _find_gaps(self) -> None:
        if not all(axis.regions for axis in self.axes) or not self.axes:
            return
        try:
            boxes = self.geometry.gaps((1 << self.row_count) - 1, Budget(self.steps), 4 * REPORTED)
        except OutOfBudgetError:
            self.found.incomplete.append("gaps: the search for all of them was given up after its budget of steps")
            self._find_one_gap()
            return
        self._keep("gaps", self.found.gaps, (self._gap(box) for box in boxes))

    def _find_one_gap(self) -> None:
        """Where all gaps are too many to list, one of them is still found soon."""
        try:
            regions = self.geometry.uncovered((1 << self.row_count) - 1, Budget(self.steps))
        except OutOfBudgetError:
            return
        if regions is not None:
            self.found.gaps.append(self._gap([1 << region for region in regions]))

    def _gap(self, box: Sequence[int]) -> Gap:
        chosen = [list(bits_of(regions)) for regions in box]
        tests = tuple(axis.describe(regions) for axis, regions in zip(self.axes, chosen, strict=True))
        return Gap(tests, self._example([regions[0] for regions in chosen]))

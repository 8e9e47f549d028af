"""Rows as boxes over regions: which meet, which cover one another, and what none of them covers.

Bit i of a row set stands for row i. A row's cell is kept as runs of regions of its column's axis, so that a question
about two cells is a question about their ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.tables.axis import Axis

Runs = tuple[tuple[int, int], ...]
Box = tuple[int, ...]
"""For every column the regions of the box, as bits."""


class OutOfBudgetError(Exception):
    """The question would take more steps than allowed."""


@dataclass(slots=True)
class Budget:
    """Steps that may still be taken; a step is about a tenth of a microsecond to a microsecond."""

    steps: int

    def spend(self, steps: int) -> None:
        """Take steps.

        Raises:
            OutOfBudgetError: none are left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise OutOfBudgetError


def bits_of(rows: int) -> Iterator[int]:
    """The numbers of the set bits, ascending."""
    while rows:
        low = rows & -rows
        yield low.bit_length() - 1
        rows ^= low


class Column:
    """One axis with the rows' runs on it."""

    __slots__ = ("_ended", "_many", "_started", "axis", "everywhere", "runs")

    def __init__(self, axis: Axis, row_count: int) -> None:
        self.axis = axis
        self.runs: list[Runs] = _runs_of_rows(axis, row_count)
        count = len(axis.regions)
        starts, ends = [0] * count, [0] * (count + 1)
        self._many: dict[Runs, int] = defaultdict(int)
        self.everywhere = 0
        for row, runs in enumerate(self.runs):
            if len(runs) == 1:
                starts[runs[0][0]] |= 1 << row
                ends[runs[0][1] + 1] |= 1 << row
                if runs[0] == (0, count - 1):
                    self.everywhere |= 1 << row
            elif runs:
                self._many[runs] |= 1 << row
        self._started = _running_union(starts)
        self._ended = _running_union(ends)

    def meeting(self, runs: Runs) -> int:
        """The rows whose cells share a region with `runs`."""
        rows = 0
        for first, last in runs:
            rows |= self._started[last] & ~self._ended[first]
        for others, having in self._many.items():
            if any(a <= last and first <= b for first, last in runs for a, b in others):
                rows |= having
        return rows

    def covering(self, runs: Runs) -> int:
        """The rows whose cells accept all of `runs`."""
        rows = -1
        for first, last in runs:
            around = self._started[first] & ~self._ended[last]
            for others, having in self._many.items():
                if any(a <= first and last <= b for a, b in others):
                    around |= having
            rows &= around
        return rows

    def pieces(self, runs: Runs, active: int, budget: Budget) -> Iterator[tuple[int, int, int]]:
        """Cut `runs` where active rows begin or end: (first region, last region, active rows there)."""
        cuts: set[int] = set()
        for row in bits_of(active & ~self.everywhere):
            for first, last in self.runs[row]:
                cuts.add(first)
                cuts.add(last + 1)
        ordered = sorted(cuts)
        budget.spend(len(ordered) + 1)
        masks = self.axis.masks
        for first, last in runs:
            start = first
            for cut in ordered:
                if start < cut <= last:
                    yield start, cut - 1, active & masks[start]
                    start = cut
            yield start, last, active & masks[start]


def _runs_of_rows(axis: Axis, row_count: int) -> list[Runs]:
    """For every row the runs of regions that accept it, from where the masks change."""
    runs: list[list[tuple[int, int]]] = [[] for _ in range(row_count)]
    begun: dict[int, int] = {}
    before = 0
    for region, mask in enumerate((*axis.masks, 0)):
        for row in bits_of(mask ^ before):
            if row in begun:
                runs[row].append((begun.pop(row), region - 1))
            else:
                begun[row] = region
        before = mask
    return [tuple(of_row) for of_row in runs]


def _running_union(sets: Sequence[int]) -> list[int]:
    union = 0
    result = []
    for rows in sets:
        union |= rows
        result.append(union)
    return result


class Geometry:
    """All columns of a table as boxes."""

    __slots__ = ("_order", "columns", "row_count")

    def __init__(self, axes: Sequence[Axis], row_count: int) -> None:
        self.columns = [Column(axis, row_count) for axis in axes]
        self.row_count = row_count
        # Columns with few distinct masks first: the search below then meets the same sets of rows again.
        self._order = sorted(range(len(axes)), key=lambda number: len(set(axes[number].masks)))

    def box(self, row: int) -> list[Runs]:
        """The runs of a row in all columns."""
        return [column.runs[row] for column in self.columns]

    def meeting(self, row: int) -> int:
        """The rows that accept some input which `row` accepts."""
        rows = (1 << self.row_count) - 1
        for column in self.columns:
            rows &= column.meeting(column.runs[row])
        return rows

    def covering(self, row: int) -> int:
        """The rows that accept every input which `row` accepts."""
        rows = (1 << self.row_count) - 1
        for column in self.columns:
            rows &= column.covering(column.runs[row])
        return rows

    def example(self, rows: Sequence[int]) -> list[int] | None:
        """For each column the first region that all of the rows accept; None where there is none."""
        wanted = sum(1 << row for row in rows)
        regions = []
        for column in self.columns:
            common = next((i for i, mask in enumerate(column.axis.masks) if mask & wanted == wanted), None)
            if common is None:
                return None
            regions.append(common)
        return regions

    def uncovered(self, by: int, budget: Budget, row: int | None = None) -> list[int] | None:
        """Regions, one for each column, of an input that none of the rows `by` accepts; None where there is none.

        Args:
            by: the rows.
            budget: spent by the search.
            row: look only at the inputs that this row accepts.

        Raises:
            OutOfBudgetError: it could not be found out in time.
        """
        box = [((0, len(c.axis.regions) - 1),) for c in self.columns] if row is None else self.box(row)
        around = [column.covering(runs) for column, runs in zip(self.columns, box, strict=True)]
        seen: set[tuple[int, int]] = set()
        found: dict[int, int] = {}

        def search(depth: int, active: int) -> bool:
            if not active:
                for number in self._order[depth:]:
                    found[number] = box[number][0][0]
                return True
            if (depth, active) in seen:
                return False
            budget.spend(1)
            enclosing = active
            for number in self._order[depth:]:
                enclosing &= around[number]
            if not enclosing and depth < len(self._order):
                number = self._order[depth]
                for first, _, inside in self.columns[number].pieces(box[number], active, budget):
                    if search(depth + 1, inside):
                        found[number] = first
                        return True
            seen.add((depth, active))
            return False

        return [found[i] for i in range(len(self.columns))] if search(0, by) else None

    def gaps(self, rows: int, budget: Budget, limit: int) -> list[Box]:
        """Boxes that none of the rows covers, disjoint, and joined where they differ in one column only.

        Args:
            rows: the rows to look at.
            budget: spent by the search.
            limit: about how many boxes to look for; there may be more of them where so many are found.

        Raises:
            OutOfBudgetError: it could not be found out in time.
        """
        order = self._order
        whole = [(1 << len(self.columns[number].axis.regions)) - 1 for number in order]
        everywhere = [self.columns[number].everywhere for number in order]
        for depth in range(len(order) - 2, -1, -1):
            everywhere[depth] &= everywhere[depth + 1]
        memo: dict[tuple[int, int], tuple[Box, ...]] = {}

        def search(depth: int, active: int) -> tuple[Box, ...]:
            if not active:
                return (tuple(whole[depth:]),)
            if depth == len(order) or active & everywhere[depth]:
                return ()
            known = memo.get((depth, active))
            if known is not None:
                return known
            column = self.columns[order[depth]]
            regions_by_rest: dict[tuple[Box, ...], int] = defaultdict(int)
            all_regions = ((0, len(column.axis.regions) - 1),)
            for first, last, inside in column.pieces(all_regions, active, budget):
                rest = search(depth + 1, inside)
                if rest:
                    regions_by_rest[rest] |= (1 << (last + 1)) - (1 << first)
            boxes = tuple((regions, *box) for rest, regions in regions_by_rest.items() for box in rest)[:limit]
            budget.spend(len(boxes))
            memo[depth, active] = boxes
            return boxes

        place = {number: depth for depth, number in enumerate(order)}
        return [tuple(box[place[i]] for i in range(len(order))) for box in search(0, rows)]

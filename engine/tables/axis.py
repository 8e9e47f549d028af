"""One column of a table cut into regions: the smallest pieces of its domain that no cell tells apart.

Every region has one value that stands for it, so that questions about all inputs become questions about few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.tables.column_index import ColumnIndex, bounds_of_kind
from engine.tables.column_test import ANYTHING, ORDERED_KINDS, ColumnTest

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of a domain.

    Attributes:
        example: a value in it; None for null.
        kind: class of its values; None for null, and for a column that names no value at all.
        low: the value it is, or the bound that it lies above; None where there is none.
        high: the value it is, or the bound that it lies below; None where there is none.
        point: it is the one value `low`.
        others: it is all values of the kind that no cell names.
    """

    example: Any
    kind: type | None = None
    low: Any = None
    high: Any = None
    point: bool = False
    others: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A column's regions, and which rows accept each.

    Attributes:
        label: the column's expression.
        regions: in order; those of an ordered kind ascend.
        masks: for each region the rows that accept it, as bits.
    """

    label: str
    regions: tuple[Region, ...]
    masks: tuple[int, ...]

    def describe(self, chosen: Sequence[int]) -> str:
        """A set of regions, ascending, as the unary tests that accept just them."""
        if len(chosen) == len(self.regions):
            return "-"
        others = {self.regions[i].kind for i in chosen if self.regions[i].others}
        named = set(chosen)
        parts = [
            feel_text(region.low)
            for i, region in enumerate(self.regions)
            if region.kind in others and not region.others and i not in named
        ]
        if others:
            return f"not({', '.join(parts)})" if parts else "-"
        return ", ".join(self._run_text(first, last) for first, last in _runs(chosen, self.regions))

    def _run_text(self, first: int, last: int) -> str:
        start, end = self.regions[first], self.regions[last]
        if start.example is None:
            return "null"
        if first == last and start.point:
            return feel_text(start.low)
        if start.low is None and end.high is None:
            return "-"
        if start.low is None:
            return f"{'<=' if end.point else '<'} {feel_text(end.high)}"
        if end.high is None:
            return f"{'>=' if start.point else '>'} {feel_text(start.low)}"
        left, right = "[" if start.point else "(", "]" if end.point else ")"
        return f"{left}{feel_text(start.low)}..{feel_text(end.high)}{right}"


def make_axis(label: str, tests: Sequence[ColumnTest], kind: type | None, allowed: ColumnTest | None) -> Axis:
    """Cut a column into regions.

    Args:
        label: the column's expression.
        tests: the column's cells.
        kind: class of the input's values; None where its type is not known, which takes the kinds that cells name.
        allowed: what the values of the input are restricted to; None where to nothing.
    """
    limit = allowed or ANYTHING
    named = [*tests, limit]
    kinds = [kind] if kind else sorted({k for test in named for k in test.kinds}, key=lambda k: k.__name__)
    regions = [region for known in kinds for region in _regions(known, named) if limit.accepts(region.example)]
    if any(_speaks_of_null(test) for test in tests) and limit.null:
        regions.append(Region(None))
    if not kinds:
        regions.append(Region("any value"))
    index = ColumnIndex(tests)
    return Axis(label, tuple(regions), tuple(index.mask(region.example) for region in regions))


def _speaks_of_null(test: ColumnTest) -> bool:
    """Whether a cell names null, as `null` and `not(null)` do and `-` and `not("a")` do not."""
    return (test.null and not test.negated) or (test.accepts_all_kinds and not test.null)


def _regions(kind: type, tests: Iterable[ColumnTest]) -> list[Region]:
    """The pieces of one kind's values."""
    if kind is bool:
        return [Region(value, bool, value, value, point=True) for value in (False, True)]
    named = list(tests)
    bounds = sorted(bounds_of_kind(kind, named))
    points = [Region(bound, kind, bound, bound, point=True) for bound in bounds]
    if kind not in ORDERED_KINDS or not any(i.kind is kind for test in named for i in test.intervals):
        return [*points, Region(_unnamed(kind, bounds), kind, others=bool(bounds))]
    regions: list[Region] = []
    for low, high in zip([None, *bounds], [*bounds, None], strict=True):
        example = _between(kind, low, high)
        if example is not None:
            regions.append(Region(example, kind, low, high))
        if high is not None:
            regions.append(Region(high, kind, high, high, point=True))
    return regions


def _unnamed(kind: type, named: Sequence[Any]) -> Any:
    """A value of the kind that is not among the named ones, which ascend."""
    if kind is str:
        candidate = "other"
        while candidate in named:
            candidate += " value"
        return candidate
    if kind is date:
        return _between(date, named[-1], None) if named else date(2026, 1, 1)
    return _above(named[-1]) if named else Decimal(0)


def _above(number: Decimal) -> Decimal:
    """A plain number above; adding one is lost in numbers of more than 34 digits."""
    return number + 1 if number + 1 != number else number + abs(number) / 2


def _between(kind: type, low: Any, high: Any) -> Any:
    """A plain value strictly between two bounds of which one may be missing; None where there is none."""
    if kind is Decimal:
        return _number_between(low, high)
    if kind is date:
        return _date_between(low, high)
    if low is None:
        return "" if high > "" else None
    for ending in ("a", " ", "\0"):
        if high is None or low + ending < high:
            return str(low + ending)
    return None


def _date_between(low: date | None, high: date | None) -> date | None:
    """Days have gaps between them: there is none between one day and the next."""
    if low is None:
        return high - _DAY if high is not None and high > date.min else None
    if low == date.max or (high is not None and high - low <= _DAY):
        return None
    return low + _DAY


def _number_between(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    if low is None:
        assert high is not None
        return Decimal(0) if high > 0 else -_above(-high)
    if high is None:
        return _above(low)
    whole = low.to_integral_value(rounding="ROUND_FLOOR") + 1
    if low < whole < high:
        return whole
    middle = (low + high) / 2
    return middle if low < middle < high else None


def _runs(chosen: Sequence[int], regions: Sequence[Region]) -> list[tuple[int, int]]:
    """Chosen regions, ascending, joined where one begins at the bound where the other ends."""
    runs: list[tuple[int, int]] = []
    for number in chosen:
        if runs and _adjacent(regions[runs[-1][1]], regions[number]):
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _adjacent(before: Region, after: Region) -> bool:
    if before.kind is not after.kind or before.high is None or after.low is None:
        return False
    if before.high == after.low:
        return before.point is not after.point
    return before.kind is date and before.point and after.point and after.low - before.high == _DAY


def feel_text(value: Any) -> str:
    """A value as FEEL writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'

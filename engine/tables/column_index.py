"""One column's tests as bitsets: which rows accept a value, in one look-up."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import NoneType
from typing import Any

from engine.tables.column_test import ColumnTest, kind_of


class ColumnIndex:
    """Answers which of a column's tests accept a value.

    Meant for up to some 10,000 tests: every distinct bound holds a bitset of all rows. Larger tables split
    their rows first (`TableIndex`).

    Attributes:
        mask: from a FEEL value (or None for null and for what is missing) to an integer whose bit i is set where
            test i accepts it.
        share: the mean share of rows that a known value leaves, between 0 and 1; the smaller, the more selective.
    """

    __slots__ = ("mask", "share")

    mask: Callable[[Any], int]
    share: float

    def __init__(self, tests: Sequence[ColumnTest]) -> None:
        everywhere = _bits(i for i, test in enumerate(tests) if test.accepts_all_kinds)
        null = _bits(i for i, test in enumerate(tests) if test.null)
        rows_of_kind: dict[type, list[int]] = defaultdict(list)
        for row, test in enumerate(tests):
            for kind in test.kinds:
                rows_of_kind[kind].append(row)
        masks: list[int] = []
        lookups: dict[type, Callable[[Any], int]] = {}
        for kind, rows in rows_of_kind.items():
            lookup, found = _kind_lookup(kind, tests, rows, everywhere)
            lookups[kind] = lookup
            masks.extend(found)
        masks = masks or [everywhere]
        self.share = sum(mask.bit_count() for mask in masks) / (len(masks) * max(1, len(tests)))
        self.mask = _dispatch(lookups, null, everywhere)


def _bits(rows: Iterable[int]) -> int:
    """The integer whose bits are the rows; linear in the highest row and not in rows times width."""
    numbers = list(rows)
    if not numbers:
        return 0
    octets = bytearray((max(numbers) >> 3) + 1)
    for row in numbers:
        octets[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(octets, "little")


def _dispatch(lookups: Mapping[type, Callable[[Any], int]], null: int, otherwise: int) -> Callable[[Any], int]:
    """One function over the look-ups by kind. True equals 1 in Python, so the class is asked before the value."""
    by_class = {NoneType: lambda _: null, **lookups}.get
    by_kind = lookups.get

    def mask(value: Any) -> int:
        lookup = by_class(type(value))
        if lookup is not None:
            return lookup(value)
        lookup = by_kind(kind_of(value))
        return otherwise if lookup is None else lookup(value)

    return mask


def _kind_lookup(
    kind: type, tests: Sequence[ColumnTest], rows: Sequence[int], everywhere: int
) -> tuple[Callable[[Any], int], list[int]]:
    """The look-up for values of one kind, with the masks that it can give."""
    start = everywhere | _bits(row for row in rows if tests[row].negated)
    if any(interval.kind is kind for row in rows for interval in tests[row].intervals):
        return _range_lookup(kind, tests, rows, start)
    return _equality_lookup(kind, tests, rows, start)


def _equality_lookup(
    kind: type, tests: Sequence[ColumnTest], rows: Sequence[int], start: int
) -> tuple[Callable[[Any], int], list[int]]:
    """By hash: what a value changes against the rows that accept any value of the kind that is not named."""
    changed: dict[Any, list[int]] = defaultdict(list)
    for row in rows:
        for value in {v for v in tests[row].values if type(v) is kind}:
            changed[value].append(row)
    masks = {value: start ^ _bits(flipped) for value, flipped in changed.items()}
    get = masks.get
    return (lambda value: get(value, start)), [*masks.values(), start]


def _range_lookup(
    kind: type, tests: Sequence[ColumnTest], rows: Sequence[int], start: int
) -> tuple[Callable[[Any], int], list[int]]:
    """By bisection: bounds cut the line into points (odd regions) and the gaps between them (even regions)."""
    bounds = sorted(bounds_of_kind(kind, (tests[row] for row in rows)))
    place = {bound: 2 * i + 1 for i, bound in enumerate(bounds)}
    flips: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        for first, last in region_runs(kind, tests[row], place, 2 * len(bounds)):
            flips[first].append(row)
            flips[last + 1].append(row)
    masks: list[int] = []
    mask = start
    for region in range(2 * len(bounds) + 1):
        flipped = flips.get(region)
        if flipped:
            mask ^= _xor(flipped)
        masks.append(mask)
    count = len(bounds)

    def lookup(value: Any) -> int:
        i = bisect_left(bounds, value)
        if i < count and bounds[i] == value:
            return masks[2 * i + 1]
        return masks[2 * i]

    return lookup, masks


def _xor(rows: Sequence[int]) -> int:
    """The rows that occur an odd number of times, as bits."""
    if len(rows) == 1:
        return 1 << rows[0]
    odd: set[int] = set()
    for row in rows:
        odd ^= {row}
    return _bits(odd)


def bounds_of_kind(kind: type, tests: Iterable[ColumnTest]) -> set[Any]:
    """Every value and bound of one kind that the tests name."""
    bounds: set[Any] = set()
    for test in tests:
        bounds.update(value for value in test.values if type(value) is kind)
        for interval in test.intervals:
            if interval.kind is kind:
                bounds.update(bound for bound in (interval.low, interval.high) if bound is not None)
    return bounds


def region_runs(kind: type, test: ColumnTest, place: Mapping[Any, int], last_region: int) -> list[tuple[int, int]]:
    """The regions that a test's values and intervals cover (its negation aside), as disjoint ascending runs."""
    runs = [(place[value], place[value]) for value in test.values if type(value) is kind]
    for interval in test.intervals:
        if interval.kind is kind:
            first = 0 if interval.low is None else place[interval.low] + (not interval.low_closed)
            last = last_region if interval.high is None else place[interval.high] - (not interval.high_closed)
            if first <= last:
                runs.append((first, last))
    runs.sort()
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined

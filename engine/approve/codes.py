"""Facts as small integers: the number of the piece of its column that a value lies in, exact whatever the value.

The values that tests name cut a column into pieces: below the first, the first itself, between the first and the
second, and so on. A test accepts a piece as a whole or not at all, so that nothing is lost by telling a forward
chainer the piece instead of the value: no rounding, no clamping of large numbers, no comparison across kinds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from engine.tables.column_test import ColumnTest, Interval, kind_of

NULL_CODE = 0
OTHER_CODE = 1
_FIRST_CODE = 2


class ColumnCodes:
    """The pieces of one column, by the tests on it.

    Attributes:
        count: how many codes there are.
        accepted: for each test the codes that it accepts.
    """

    __slots__ = ("_bands", "accepted", "count")

    def __init__(self, tests: Sequence[ColumnTest]) -> None:
        cuts: dict[type, set[Any]] = {}
        for test in tests:
            for kind in test.kinds:
                cuts.setdefault(kind, set())
            for value in test.values:
                cuts[type(value)].add(value)
            for interval in test.intervals:
                cuts[interval.kind].update(bound for bound in (interval.low, interval.high) if bound is not None)
        self._bands: dict[type, tuple[int, list[Any]]] = {}
        start = _FIRST_CODE
        for kind in sorted(cuts, key=lambda kind: kind.__name__):
            self._bands[kind] = (start, sorted(cuts[kind]))
            start += 2 * len(cuts[kind]) + 1
        self.count = start
        self.accepted = tuple(self._accepted(test) for test in tests)

    def code(self, value: Any) -> int:
        """The piece that a value lies in."""
        if value is None:
            return NULL_CODE
        band = self._bands.get(type(value)) or self._bands.get(kind_of(value))
        if band is None:
            return OTHER_CODE
        start, cuts = band
        place = bisect_left(cuts, value)
        return start + 2 * place + (place < len(cuts) and cuts[place] == value)

    def _accepted(self, test: ColumnTest) -> frozenset[int]:
        named: set[int] = {self.code(value) for value in test.values}
        for interval in test.intervals:
            named.update(self._inside(interval))
        if test.negated:
            kinds = test.kinds or self._bands.keys()
            whole: set[int] = set() if test.kinds else {OTHER_CODE}
            for kind in kinds:
                start, cuts = self._bands[kind]
                whole.update(range(start, start + 2 * len(cuts) + 1))
            named = whole - named
        return frozenset(named | ({NULL_CODE} if test.null else set()))

    def _inside(self, interval: Interval) -> range:
        start, cuts = self._bands[interval.kind]
        first, last = start, start + 2 * len(cuts)
        if interval.low is not None:
            first = self.code(interval.low) + (not interval.low_closed)
        if interval.high is not None:
            last = self.code(interval.high) - (not interval.high_closed)
        return range(first, last + 1)


def code_ranges(codes: frozenset[int]) -> list[tuple[int, int]]:
    """Codes as ranges, both ends included, ascending."""
    ranges: list[tuple[int, int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges

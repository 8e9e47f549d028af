"""The normal form of a table cell that can be indexed: values, intervals, their complement, and null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.feel.temporal import FarDate

# The kinds of values that an index knows. Times and date-times are left to FEEL itself: whether two of them
# can be compared depends on their offsets, so they have no total order.
ORDERED_KINDS: frozenset[type] = frozenset({Decimal, str, date})
INDEXED_KINDS: frozenset[type] = ORDERED_KINDS | {bool}


_KIND_OF_CLASS: dict[type, type] = {kind: kind for kind in INDEXED_KINDS} | {int: Decimal, FarDate: date}


def kind_of(value: Any) -> type:
    """The class that stands for all values comparable with this one: an int is a number, a far year's date a date.

    A value of a kind that no index knows gives its own class.
    """
    kind = type(value)
    found = _KIND_OF_CLASS.get(kind)
    if found is not None:
        return found
    for known in (str, Decimal, int):  # subclasses, such as the members of a StrEnum
        if isinstance(value, known):
            return _KIND_OF_CLASS[known]
    return kind


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of one kind of values; a bound of None is open to that side without end."""

    low: Any = None
    high: Any = None
    low_closed: bool = False
    high_closed: bool = False

    @property
    def kind(self) -> type:
        """The Python class of the values that can lie in it."""
        return type(self.low if self.low is not None else self.high)

    @property
    def empty(self) -> bool:
        """Whether its bounds leave no value between them."""
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high) or (self.low == self.high and not (self.low_closed and self.high_closed))

    def holds(self, value: Any) -> bool:
        """Whether a value of the same kind lies in it."""
        if self.low is not None and (value < self.low or (value == self.low and not self.low_closed)):
            return False
        return self.high is None or bool(value < self.high or (value == self.high and self.high_closed))


@dataclass(frozen=True, slots=True)
class ColumnTest:
    """What a cell accepts.

    A value passes when it is one of `values` or lies in one of `intervals`. A negated test accepts the rest of
    that kind instead; with neither values nor intervals it accepts every value that is not null. Null passes
    when `null` says so, and a value of another kind than the test's never does: comparing across kinds is null
    in FEEL, and null is not true.

    Attributes:
        values: what equals, none of them null.
        intervals: ranges, none empty.
        negated: accept the complement within the kind; then all values and intervals are of one kind.
        null: accept null, and a value that is missing.
    """

    values: tuple[Any, ...] = ()
    intervals: tuple[Interval, ...] = ()
    negated: bool = False
    null: bool = False

    @property
    def kinds(self) -> frozenset[type]:
        """The Python classes of the values it names; empty where it accepts all kinds or only null."""
        return frozenset(map(type, self.values)) | {interval.kind for interval in self.intervals}

    @property
    def accepts_all_kinds(self) -> bool:
        """Whether it lets every value pass that is not null."""
        return self.negated and not self.values and not self.intervals

    def accepts(self, value: Any) -> bool:
        """Whether a FEEL value passes: the plain definition, which the index must equal."""
        if value is None:
            return self.null
        kind = kind_of(value)
        known = False
        for named in self.values:
            if type(named) is kind:
                if named == value:
                    return not self.negated
                known = True
        for interval in self.intervals:
            if interval.kind is kind:
                if interval.holds(value):
                    return not self.negated
                known = True
        return self.negated and (known or not (self.values or self.intervals))


ANYTHING = ColumnTest(negated=True, null=True)
NOTHING = ColumnTest()


def union(tests: Sequence[ColumnTest]) -> ColumnTest | None:
    """The test that accepts what any of `tests` accepts, or None where the normal form cannot say it."""
    if len(tests) == 1:
        return tests[0]
    if any(test == ANYTHING for test in tests):
        return ANYTHING
    if any(test.negated for test in tests):
        return None
    values: dict[tuple[type, Any], Any] = {(type(v), v): v for test in tests for v in test.values}
    intervals = dict.fromkeys(interval for test in tests for interval in test.intervals)
    return ColumnTest(tuple(values.values()), tuple(intervals), null=any(test.null for test in tests))


def complement(test: ColumnTest) -> ColumnTest | None:
    """The test that is true exactly where `test` is false (not where it is null), or None where it has no normal form.

    `not("a")` is true for null, since null = "a" is false; `not(< 5)` is null for null, since null < 5 is null.
    """
    if test == ANYTHING:
        return NOTHING
    if test.negated or len(test.kinds) > 1:
        return None
    return ColumnTest(test.values, test.intervals, negated=True, null=not test.null and not test.intervals)


def intersection(first: ColumnTest, second: ColumnTest) -> ColumnTest | None:
    """The test that accepts what both accept, or None where the normal form cannot say it."""
    null = first.null and second.null
    for one, other in ((first, second), (second, first)):
        if one.accepts_all_kinds:
            return ColumnTest(other.values, other.intervals, negated=other.negated, null=null)
    if first.negated and second.negated and first.kinds == second.kinds:
        return ColumnTest(first.values + second.values, first.intervals + second.intervals, negated=True, null=null)
    if first.negated or second.negated:
        chosen = second if first.negated else first
        if chosen.intervals:
            return None
        other = first if chosen is second else second
        return ColumnTest(tuple(value for value in chosen.values if other.accepts(value)), null=null)
    values = [value for value in first.values if second.accepts(value)]
    values += [value for value in second.values if first.accepts(value)]
    ranges = [_overlap(a, b) for a in first.intervals for b in second.intervals if a.kind is b.kind]
    return ColumnTest(tuple(values), tuple(r for r in ranges if not r.empty), null=null)


def _overlap(first: Interval, second: Interval) -> Interval:
    """The range that lies in both, perhaps empty."""
    low, low_closed = first.low, first.low_closed
    if second.low is not None and (low is None or second.low >= low):
        low_closed = second.low_closed and (low is None or second.low > low or low_closed)
        low = second.low
    high, high_closed = first.high, first.high_closed
    if second.high is not None and (high is None or second.high <= high):
        high_closed = second.high_closed and (high is None or second.high < high or high_closed)
        high = second.high
    return Interval(low, high, low_closed, high_closed)

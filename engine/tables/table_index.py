"""A whole table's rows, found through all columns at once; nearly flat from a hundred rows to a hundred thousand.

A bitset of every row for every bound would take memory in proportion to the square of the rows. So a large set of
rows is first split by the column that separates it best, into buckets of a few hundred rows, each with bitsets of
its own. Rows which that column does not separate (it accepts anything there, or reaches over many buckets) go to a
set beside the buckets, which is split by another column; what no column separates is kept in blocks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.tables.column_index import ColumnIndex, bounds_of_kind
from engine.tables.column_test import ANYTHING, INDEXED_KINDS, ORDERED_KINDS, ColumnTest, kind_of

DENSE_ROWS = 1024  # up to so many rows one bitset per bound is small: 128 bytes a row and bound
BUCKET_ROWS = (256, 1024, 4096)
SAMPLE_ROWS = 2048  # enough to tell a column that separates rows from one that does not
FEW_ROWS = 4
COPIES = 4  # a row that reaches over more buckets than this is not copied into each, but kept beside them

Columns = Sequence[Sequence[ColumnTest]]
Hits = list[tuple[int, Sequence[int]]]


class _Node(Protocol):
    def find(self, values: Sequence[Any], found: Hits) -> None: ...


class _Block:
    """Rows held as bitsets, most selective column first."""

    __slots__ = ("_all", "_masks", "_rows")

    def __init__(self, columns: Columns, rows: Sequence[int]) -> None:
        indexed = []
        for number, tests in enumerate(columns):
            own = [tests[row] for row in rows] if tests else []
            if any(test is not ANYTHING and test != ANYTHING for test in own):
                indexed.append((number, ColumnIndex(own)))
        indexed.sort(key=lambda item: item[1].share)
        self._masks = tuple((number, index.mask) for number, index in indexed)
        self._all = (1 << len(rows)) - 1
        self._rows = rows

    def find(self, values: Sequence[Any], found: Hits) -> None:
        bits = self._all
        for number, mask in self._masks:
            bits &= mask(values[number])
            if not bits:
                return
        found.append((bits, self._rows))


class _Few:
    """A handful of rows, tested one by one: bitsets would take more room than they save time."""

    __slots__ = ("_rows", "_tests")

    def __init__(self, columns: Columns, rows: Sequence[int]) -> None:
        self._rows = rows
        self._tests = [
            [(number, tests[row].accepts) for number, tests in enumerate(columns) if tests and tests[row] != ANYTHING]
            for row in rows
        ]

    def find(self, values: Sequence[Any], found: Hits) -> None:
        bits = 0
        for i, tests in enumerate(self._tests):
            for number, accepts in tests:
                if not accepts(values[number]):
                    break
            else:
                bits |= 1 << i
        if bits:
            found.append((bits, self._rows))


class _Blocks:
    """Rows that no column separates, in blocks of consecutive rows."""

    __slots__ = ("_blocks",)

    def __init__(self, columns: Columns, rows: Sequence[int]) -> None:
        self._blocks = [_Block(columns, rows[start : start + DENSE_ROWS]) for start in range(0, len(rows), DENSE_ROWS)]

    def find(self, values: Sequence[Any], found: Hits) -> None:
        for block in self._blocks:
            block.find(values, found)


class _Branch:
    """Rows split by one column, and beside them the rows that it does not separate."""

    __slots__ = ("_column", "_locate", "_rest")

    def __init__(self, column: int, locate: Callable[[Any], _Node | None], rest: _Node | None) -> None:
        self._column = column
        self._locate = locate
        self._rest = rest

    def find(self, values: Sequence[Any], found: Hits) -> None:
        child = self._locate(values[self._column])
        if child is not None:
            child.find(values, found)
        if self._rest is not None:
            self._rest.find(values, found)


@dataclass(frozen=True, slots=True)
class _Split:
    """A way to split rows by one column.

    Attributes:
        column: number of the column.
        buckets: rows by what the column says; for ranges by (kind, number of the piece between the cuts).
        rest: rows that the column does not separate.
        cuts: for ranges, the kind and its bounds between the pieces, ascending; for equality None.
    """

    column: int
    buckets: Mapping[tuple[type, Any], list[int]]
    rest: list[int]
    cuts: tuple[type, list[Any]] | None

    @property
    def kept(self) -> int:
        """Rows in buckets, counted once for each copy."""
        return sum(map(len, self.buckets.values()))


class TableIndex:
    """Finds the rows of a table whose tests all accept a row of values.

    Args:
        columns: for every column the tests of all rows, in the rows' order.
        row_count: how many rows there are; needed where a table has no columns.
    """

    __slots__ = ("_root",)

    def __init__(self, columns: Columns, row_count: int) -> None:
        self._root = _node(columns, range(row_count), frozenset(range(len(columns))))

    def find(self, values: Sequence[Any]) -> Hits:
        """Bitsets of the accepting rows: (bits, rows) pairs, bit i standing for rows[i]; rows ascend in a pair.

        A row is in one pair at most; pairs are in no order.
        """
        found: Hits = []
        self._root.find(values, found)
        return found

    def rows(self, values: Sequence[Any]) -> list[int]:
        """The accepting rows, ascending."""
        found: Hits = []
        self._root.find(values, found)
        return rows_of(found)


def rows_of(found: Hits) -> list[int]:
    """The rows of `TableIndex.find`'s answer, ascending."""
    hits: list[int] = []
    for remaining, rows in found:
        bits = remaining
        while bits:  # from the top bit: clearing it makes the number shorter, and the next step cheaper
            top = bits.bit_length() - 1
            hits.append(rows[top])
            bits ^= 1 << top
    hits.sort()
    return hits


def _node(columns: Columns, rows: Sequence[int], usable: frozenset[int], copies: float = COPIES) -> _Node:
    """The structure for some rows, splitting only by columns that no node above has used for them.

    Args:
        columns: the tests of all rows; an empty column is one that the nodes above have decided.
        rows: the rows to hold, ascending.
        usable: columns to split by.
        copies: how many times as many rows the nodes below may hold together.
    """
    if len(rows) <= FEW_ROWS:
        return _Few(columns, rows)
    split = _best_split(columns, rows, usable, copies) if len(rows) > DENSE_ROWS else None
    if split is None:
        return _Block(columns, rows) if len(rows) <= DENSE_ROWS else _Blocks(columns, rows)
    left = usable - {split.column}
    rest = _node(columns, split.rest, left, copies) if split.rest else None
    inner = columns
    if split.cuts is None:  # equality is decided by the bucket: below it the column needs no bitsets
        inner = [[] if number == split.column else tests for number, tests in enumerate(columns)]
    copies_below = copies * (len(rows) - len(split.rest)) / split.kept
    children = {key: _node(inner, kept, left, copies_below) for key, kept in split.buckets.items()}
    return _Branch(split.column, _locate(split, children), rest)


def _locate(split: _Split, children: Mapping[tuple[type, Any], _Node]) -> Callable[[Any], _Node | None]:
    """From a value to the node of its bucket."""
    if split.cuts is not None:
        kind, cuts = split.cuts
        pieces = [children.get((kind, i)) for i in range(len(cuts) + 1)]
        return lambda value: pieces[bisect_right(cuts, value)] if kind_of(value) is kind else None
    get = children.get

    def locate(value: Any) -> _Node | None:
        kind = kind_of(value)
        return get((kind, value)) if kind in INDEXED_KINDS else None

    return locate


def _best_split(columns: Columns, rows: Sequence[int], usable: frozenset[int], copies: float) -> _Split | None:
    """The split that leaves a look-up the fewest rows, judged by a sample; None where none halves them."""
    sample = rows[:: len(rows) // SAMPLE_ROWS + 1]
    scale = len(rows) / len(sample)
    best: Callable[[Sequence[int]], _Split] | None = None
    least = len(rows) / 2
    for number in sorted(usable):
        for splitter in _splitters(columns[number], rows, number):
            split = splitter(sample)
            if split.kept > copies * (len(sample) - len(split.rest)):
                continue
            together = sum(len(kept) * (len(kept) - 1) for kept in split.buckets.values()) / max(1, split.kept)
            cost = scale * (len(split.rest) + together)
            if cost < least:
                least, best = cost, splitter
    return best(rows) if best is not None else None


def _splitters(
    tests: Sequence[ColumnTest], rows: Sequence[int], number: int
) -> Iterator[Callable[[Sequence[int]], _Split]]:
    """The ways to split by one column: by value, or by range into pieces of several sizes."""
    if not tests:
        return
    kinds = {interval.kind for row in rows for interval in tests[row].intervals} & ORDERED_KINDS
    if not kinds:
        yield lambda chosen: _split_by_value(tests, chosen, number)
    if len(kinds) != 1:
        return
    kind = kinds.pop()
    bounds = sorted(bounds_of_kind(kind, (tests[row] for row in rows)))
    for size in BUCKET_ROWS:
        step = max(1, len(bounds) * size // len(rows))
        cuts = bounds[step::step]
        yield lambda chosen, cuts=cuts: _split_by_range(tests, chosen, number, (kind, cuts))  # type: ignore[misc]


def _split_by_value(tests: Sequence[ColumnTest], rows: Sequence[int], number: int) -> _Split:
    """One bucket for every value that rows ask for by name."""
    buckets: dict[tuple[type, Any], list[int]] = defaultdict(list)
    rest = []
    for row in rows:
        test = tests[row]
        keys = {(type(value), value) for value in test.values}
        if test.negated or test.null or len(keys) > COPIES:
            rest.append(row)
        else:
            for key in keys:
                buckets[key].append(row)
    return _Split(number, buckets, rest, None)


def _split_by_range(
    tests: Sequence[ColumnTest], rows: Sequence[int], number: int, cuts: tuple[type, list[Any]]
) -> _Split:
    """Buckets for the pieces between cuts."""
    buckets: dict[tuple[type, Any], list[int]] = defaultdict(list)
    rest = []
    kind = cuts[0]
    for row in rows:
        pieces = _pieces(tests[row], kind, cuts[1])
        if pieces is None or len(pieces) > COPIES:
            rest.append(row)
        else:
            for piece in pieces:
                buckets[kind, piece].append(row)
    return _Split(number, buckets, rest, cuts)


def _pieces(test: ColumnTest, kind: type, cuts: Sequence[Any]) -> set[int] | None:
    """The pieces that a test reaches into, or None where it reaches beyond the kind or over too many of them."""
    if test.negated or test.null or test.kinds - {kind}:
        return None
    pieces = {bisect_right(cuts, value) for value in test.values}
    for interval in test.intervals:
        first = 0 if interval.low is None else bisect_right(cuts, interval.low)
        last = len(cuts) if interval.high is None else bisect_right(cuts, interval.high)
        if last > first and not interval.high_closed and cuts[last - 1] == interval.high:
            last -= 1
        if last - first >= COPIES:
            return None
        pieces.update(range(first, last + 1))
    return pieces

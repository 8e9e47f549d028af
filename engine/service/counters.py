"""Counts of calls in memory that a generation's processes share: workers add, the supervisor reads, nobody waits.

A worker has a region of its own, so that nothing is ever locked, and what a killed worker counted is not lost: the
one that takes its place counts on. Adding costs an index and an addition.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

BOUNDS_MICROSECONDS = (100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000,
                       500_000, 1_000_000, 10_000_000)  # fmt: skip
"""Upper bounds of the classes of latency; one class more has what took longer."""
BOUNDS = tuple(bound * 1_000 for bound in BOUNDS_MICROSECONDS)
OTHER_METHODS = "other"
CODES = 17
"""gRPC's status codes are 0 to 16."""

BEGUN, ENDED, QUEUED, TAKEN = range(4)
"""The first words of a region; they start anew with every worker."""
GAUGES = 4
SUM = len(BOUNDS) + 1
STRIDE = SUM + 1
"""Words of a method and code: the classes of latency, then the sum in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """What was measured of calls of one method with one outcome.

    Attributes:
        classes: calls in each class of latency.
        nanoseconds: their sum.
    """

    classes: tuple[int, ...]
    nanoseconds: int

    def __add__(self, other: Latencies) -> Latencies:
        both = zip(self.classes, other.classes, strict=True)
        return Latencies(tuple(one + two for one, two in both), self.nanoseconds + other.nanoseconds)

    @property
    def cumulative(self) -> list[int]:
        """Calls up to each bound, then all calls."""
        return list(accumulate(self.classes))


@dataclass(frozen=True, slots=True)
class Layout:
    """What the words of the memory mean.

    Attributes:
        methods: full names, for example "/quotewright.v1.QuoteService/PriceQuote"; the last stands for all others.
        rules: ids of the rules whose hits are counted.
        workers: how many regions there are.
    """

    methods: tuple[str, ...]
    rules: tuple[str, ...]
    workers: int

    @classmethod
    def of(cls, message: dict[str, Any]) -> Layout:
        """What `dataclasses.asdict` and JSON made of a layout."""
        return cls(tuple(message["methods"]), tuple(message["rules"]), message["workers"])

    @property
    def rules_at(self) -> int:
        """Place of the first rule in a region."""
        return GAUGES + len(self.methods) * CODES * STRIDE

    @property
    def region(self) -> int:
        """Words of a worker; one more than there are rules, for what is none."""
        return self.rules_at + len(self.rules) + 1

    @property
    def size(self) -> int:
        """Bytes of the memory."""
        return self.region * self.workers * 8


def shared_file() -> int:
    """A descriptor of memory that processes can share."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("quotewright-counters")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Counters:
    """The region of one worker, to add to."""

    def __init__(self, layout: Layout, memory: mmap.mmap, worker: int) -> None:
        """`worker` counts from 0; whoever had the region before is gone, and so is what it had in hand."""
        region = memoryview(memory).cast("Q")
        self.words = region[worker * layout.region : (worker + 1) * layout.region]
        for place in range(GAUGES):
            self.words[place] = 0
        self._methods = {name: number for number, name in enumerate(layout.methods)}
        self._rules = {rule: layout.rules_at + number for number, rule in enumerate(layout.rules)}
        self._no_rule = layout.region - 1

    def latency_recorder(self, method: str) -> Callable[[int, int], None]:
        """Adds a call of `method`, by its status code and the nanoseconds that it took."""
        words = self.words
        start = self.place_of_latencies(method)

        def record(code: int, nanoseconds: int) -> None:
            place = start + code * STRIDE
            words[place + bisect_left(BOUNDS, nanoseconds)] += 1
            words[place + SUM] += nanoseconds

        return record

    def place_of_latencies(self, method: str) -> int:
        """Where in `words` the classes of latency of a method with code 0 begin; other codes follow."""
        return GAUGES + self._methods.get(method, len(self._methods) - 1) * CODES * STRIDE

    def place_of_rule(self, rule: str) -> int:
        """Where in `words` the hits of a rule are counted; a place that nobody reads where there is no such rule."""
        return self._rules.get(rule, self._no_rule)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a generation counted.

    Attributes:
        calls: by method and status code; only what happened.
        hits: decisions in which a rule acted, by its id; only rules that did.
        in_flight: calls that workers have in hand.
        queued: calls that wait for a thread.
    """

    calls: dict[tuple[str, int], Latencies]
    hits: dict[str, int]
    in_flight: int
    queued: int


def open_memory(descriptor: int, size: int = 0) -> mmap.mmap:
    """The memory behind a descriptor; made `size` bytes long first, unless that is 0."""
    if size:
        os.ftruncate(descriptor, size)
    return mmap.mmap(descriptor, 0)


def read_counts(layout: Layout, memory: mmap.mmap) -> Counts:
    """What all workers counted so far."""
    words = memoryview(memory[:]).cast("Q")
    regions = [words[start : start + layout.region] for start in range(0, len(words), layout.region)][: layout.workers]
    calls: dict[tuple[str, int], Latencies] = {}
    for number, method in enumerate(layout.methods):
        for code in range(CODES):
            place = GAUGES + (number * CODES + code) * STRIDE
            classes = _sums(regions, place, SUM)
            if any(classes):
                calls[method, code] = Latencies(classes, sum(region[place + SUM] for region in regions))
    hits = dict(zip(layout.rules, _sums(regions, layout.rules_at, len(layout.rules)), strict=True))
    begun, ended, queued, taken = _sums(regions, 0, GAUGES)
    return Counts(calls, {rule: count for rule, count in hits.items() if count}, begun - ended, queued - taken)


def _sums(regions: Sequence[memoryview], place: int, count: int) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(region[place : place + count] for region in regions), strict=True)))

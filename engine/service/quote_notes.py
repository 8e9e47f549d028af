"""What is noted about a quote while it is decided: when its stages ended, and which rules acted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from quotewright.v1 import decision_pb2

from engine.service.counters import Counters

clock = time.perf_counter_ns
"""The clock of calls and their stages."""

MOST_KNOWN = 100_000
"""Origins whose places are kept; when there are more, keeping starts anew."""


class Stages(threading.local):
    """When the stages of this thread's quote ended, on the clock of calls; 0 before that."""

    read = 0
    decided = 0


class QuoteNotes:
    """What QuoteService tells about each quote: when its stages ended, and which rules acted."""

    def __init__(self, counters: Counters | None) -> None:
        self.stages = Stages()
        self._counters = counters
        self._places: dict[str, int] = {}

    def read(self) -> None:
        """The request was read."""
        self.stages.read = clock()

    def decided(self) -> None:
        """The decision was made."""
        self.stages.decided = clock()

    def acted(self, origins: Sequence[str]) -> None:
        """What acted in a decision: the written fields of origins, the same object for the same origin."""
        if self._counters is None:
            return
        words, places = self._counters.words, self._places
        for origin in origins:
            words[places.get(origin) or self._place(origin)] += 1

    def _place(self, origin: str) -> int:
        assert self._counters is not None
        if len(self._places) >= MOST_KNOWN:
            self._places.clear()
        rule = decision_pb2.Decision.FromString(origin.encode("latin-1")).origins[0].id
        place = self._places[origin] = self._counters.place_of_rule(rule)
        return place

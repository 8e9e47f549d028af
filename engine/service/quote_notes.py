"""What is noted about a quote while it is decided: when its stages ended, and which rules acted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

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


class RuleHits:
    """Counts the decisions in which each rule acted."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._places: dict[str, int] = {}

    def add(self, origins: Sequence[str]) -> None:
        """Count a decision by the written fields of what acted in it, the same object for the same origin."""
        words, places = self._counters.words, self._places
        for origin in origins:
            try:
                words[places[origin]] += 1
            except KeyError:
                words[self._learn(origin)] += 1

    def _learn(self, origin: str) -> int:
        if len(self._places) >= MOST_KNOWN:
            self._places.clear()
        rule = decision_pb2.Decision.FromString(origin.encode("latin-1")).origins[0].id
        place = self._places[origin] = self._counters.place_of_rule(rule)
        return place


@dataclass(frozen=True, slots=True)
class QuoteNotes:
    """What is noted.

    Attributes:
        stages: gets the time at which stages end; None where nobody asks.
        hits: gets what acted; None likewise.
    """

    stages: Stages | None = None
    hits: RuleHits | None = None


NO_NOTES = QuoteNotes()

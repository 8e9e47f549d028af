"""Prometheus metrics of a server, put together by the supervisor from what its generations count."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from engine.service.counters import BOUNDS, Counts, Latencies, Layout, read_counts
from engine.service.option_values import Address
from engine.service.server_state import ServerState

CODE_NAMES = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip
"""gRPC's status codes by their numbers; the supervisor does not import gRPC."""
_LIMITS = [f"{bound / 1e9:g}" for bound in BOUNDS] + ["+Inf"]


@dataclass(slots=True)
class _Totals:
    """What generations that are gone had counted: counters never go back."""

    calls: dict[tuple[str, int], Latencies] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)

    def add(self, counts: Counts) -> None:
        for key, latencies in counts.calls.items():
            self.calls[key] = self.calls[key] + latencies if key in self.calls else latencies
        for rule, count in counts.hits.items():
            self.hits[rule] = self.hits.get(rule, 0) + count


class Metrics(Collector):
    """Collects when asked; nothing runs otherwise."""

    def __init__(self, state: Callable[[], ServerState]) -> None:
        self._state = state
        self._gone = _Totals()
        self._open: dict[int, tuple[Layout, mmap.mmap]] = {}
        self._lock = threading.Lock()

    def serve(self, address: Address) -> int:
        """Answer scrapes on a thread; gives the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        registry = CollectorRegistry()
        registry.register(self)
        server, _ = start_http_server(address.port, address.host, registry)
        return int(server.server_port)

    def attach(self, generation: int, layout: Layout, memory: mmap.mmap) -> None:
        """Count what a generation counts."""
        with self._lock:
            self._open[generation] = layout, memory

    def detach(self, generation: int) -> None:
        """Keep what a generation that is gone had counted."""
        with self._lock:
            found = self._open.pop(generation, None)
            if found is not None:
                self._gone.add(read_counts(*found))

    def collect(self) -> Iterator[Metric]:
        """Everything, as it is now."""
        with self._lock:
            totals = _Totals(dict(self._gone.calls), dict(self._gone.hits))
            counts = [read_counts(layout, memory) for layout, memory in self._open.values()]
        for each in counts:
            totals.add(each)
        yield _durations(totals.calls)
        hits = CounterMetricFamily("quotewright_rule_hits", "Decisions in which a rule acted.", labels=["rule"])
        for rule, count in sorted(totals.hits.items()):
            hits.add_metric([rule], count)
        yield hits
        in_flight, queued = sum(each.in_flight for each in counts), sum(each.queued for each in counts)
        yield GaugeMetricFamily("quotewright_requests_in_flight", "Calls that workers have in hand.", value=in_flight)
        yield GaugeMetricFamily("quotewright_requests_queued", "Calls that wait for a thread.", value=queued)
        yield from _of_state(self._state())


def _durations(calls: dict[tuple[str, int], Latencies]) -> Metric:
    told = "Time from a call's first handling to its answer; of a stream, to its end."
    family = HistogramMetricFamily("quotewright_request_duration_seconds", told, labels=["method", "code"])
    for (method, code), latencies in sorted(calls.items()):
        buckets = list(zip(_LIMITS, map(float, latencies.cumulative), strict=True))
        family.add_metric([method, CODE_NAMES[code]], buckets, latencies.nanoseconds / 1e9)
    return family


def _of_state(state: ServerState) -> Iterator[Metric]:
    serving = dict(zip(("rulebook", "catalogue"), state.versions, strict=True)) | {"release": str(state.release)}
    yield InfoMetricFamily("quotewright_serving", "The versions that serve.", value=serving)
    yield GaugeMetricFamily(
        "quotewright_serving_since_timestamp_seconds", "When they began to.", value=state.serving_since
    )
    yield GaugeMetricFamily("quotewright_workers_wanted", "Workers that should serve.", value=state.workers)
    yield GaugeMetricFamily("quotewright_workers_alive", "Workers that serve.", value=state.workers_alive)
    yield CounterMetricFamily(
        "quotewright_worker_restarts", "Processes that died and were forked again.", value=state.worker_restarts
    )
    generations = GaugeMetricFamily("quotewright_generations", "Loaded versions with a process.", labels=["state"])
    for name, number in state.generations.items():
        generations.add_metric([name], number)
    yield generations
    reloads = CounterMetricFamily("quotewright_reloads", "Times that files were loaded.", labels=["outcome"])
    for outcome, number in state.reloads.items():
        reloads.add_metric([outcome], number)
    yield reloads

"""Counts in shared memory: what workers add is what is read, whatever dies in between; metrics never go back."""

import os

import pytest
from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry

from engine.service.counters import (
    BEGUN,
    BOUNDS,
    ENDED,
    OTHER_METHODS,
    Counters,
    Layout,
    open_memory,
    read_counts,
    shared_file,
)
from engine.service.metrics import Metrics
from engine.service.server_state import ServerState

LAYOUT = Layout(("/a.B/One", "/a.B/Two", OTHER_METHODS), ("gold", "silver"), 2)


@pytest.fixture
def memory():
    descriptor = shared_file()
    yield open_memory(descriptor, LAYOUT.size)
    os.close(descriptor)


def test_workers_add_up(memory):
    one, two = Counters(LAYOUT, memory, 0), Counters(LAYOUT, memory, 1)
    one.latency_recorder("/a.B/One")(0, 150_000)
    two.latency_recorder("/a.B/One")(0, 150_000)
    two.latency_recorder("/a.B/One")(3, 10**12)
    one.words[one.place_of_rule("gold")] += 1
    two.words[two.place_of_rule("gold")] += 2
    two.words[two.place_of_rule("no such rule")] += 5
    counts = read_counts(LAYOUT, memory)
    assert counts.hits == {"gold": 3}
    assert set(counts.calls) == {("/a.B/One", 0), ("/a.B/One", 3)}
    ok, invalid = counts.calls["/a.B/One", 0], counts.calls["/a.B/One", 3]
    assert (ok.classes[1], ok.nanoseconds, ok.cumulative[-1]) == (2, 300_000, 2)
    assert invalid.classes[len(BOUNDS)] == 1


def test_a_bound_belongs_to_its_class(memory):
    record = Counters(LAYOUT, memory, 0).latency_recorder("/a.B/Two")
    for bound in BOUNDS:
        record(0, bound)
    assert read_counts(LAYOUT, memory).calls["/a.B/Two", 0].classes == (*[1] * len(BOUNDS), 0)


def test_methods_that_nobody_knows_are_counted_together(memory):
    counters = Counters(LAYOUT, memory, 0)
    counters.latency_recorder("/made.Up/X")(12, 1)
    counters.latency_recorder("/made.Up/Y")(12, 1)
    assert read_counts(LAYOUT, memory).calls[OTHER_METHODS, 12].cumulative[-1] == 2


def test_who_takes_a_dead_workers_place_counts_on_but_has_nothing_in_hand(memory):
    dead = Counters(LAYOUT, memory, 0)
    dead.words[BEGUN] += 3
    dead.words[ENDED] += 1
    dead.latency_recorder("/a.B/One")(0, 1)
    assert read_counts(LAYOUT, memory).in_flight == 2
    Counters(LAYOUT, memory, 0).latency_recorder("/a.B/One")(0, 1)
    counts = read_counts(LAYOUT, memory)
    assert counts.in_flight == 0
    assert counts.calls["/a.B/One", 0].cumulative[-1] == 2


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # no thread is needed in the child
def test_another_process_reads_what_a_worker_adds(memory):
    child = os.fork()
    if child == 0:
        Counters(LAYOUT, memory, 1).latency_recorder("/a.B/One")(0, 5)
        os._exit(0)
    os.waitpid(child, 0)
    assert read_counts(LAYOUT, memory).calls["/a.B/One", 0].nanoseconds == 5


def test_metrics_of_generations_that_are_gone_are_kept(memory):
    state = ServerState(("r", "c"), 7, 2, 2, 1, {"serving": 1}, {"served": 3}, 1.5)
    metrics = Metrics(lambda: state)
    registry = CollectorRegistry()
    registry.register(metrics)
    counters = Counters(LAYOUT, memory, 0)
    counters.latency_recorder("/a.B/One")(0, 2_000_000)
    counters.words[counters.place_of_rule("silver")] += 4
    metrics.attach(1, LAYOUT, memory)
    alive = generate_latest(registry).decode()
    metrics.detach(1)
    gone = generate_latest(registry).decode()
    for text in (alive, gone):
        assert 'quotewright_request_duration_seconds_count{code="OK",method="/a.B/One"} 1.0' in text
        assert 'quotewright_request_duration_seconds_bucket{code="OK",le="0.0015",method="/a.B/One"} 0.0' in text
        assert 'quotewright_request_duration_seconds_bucket{code="OK",le="0.002",method="/a.B/One"} 1.0' in text
        assert 'quotewright_rule_hits_total{rule="silver"} 4.0' in text
        assert 'quotewright_serving_info{catalogue="c",release="7",rulebook="r"} 1.0' in text
    metrics.detach(1)
    assert generate_latest(registry).decode() == gone

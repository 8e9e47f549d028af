"""A click on a product of 400 options, 500 rules and 10 sums: exact, propagated, from the cache; and why not.

Each round is one click of a session; `extra_info` has the 99th percentile over all clicks.
"""

import statistics
import time
from itertools import cycle

import pytest

from benchmarks.configuration_models import clicks, generate
from engine.configure.answer import State
from engine.configure.configurator import Configurator
from engine.configure.explanation import explain

SESSIONS = 60


@pytest.fixture(scope="module", params=(1, 2, 3), ids=lambda seed: f"model {seed}")
def session(request):
    model = generate(request.param)
    configurator = Configurator(model)
    chosen = [configurator.read(choices) for choices in clicks(model, request.param, SESSIONS)]
    configurator.configure(chosen[0], cached=False)  # makes the thread's solver
    return configurator, chosen


def measure(benchmark, function, rounds):
    times = []

    def timed():
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)

    benchmark.pedantic(timed, rounds=rounds, warmup_rounds=20)
    times = sorted(times[20:])
    benchmark.extra_info["p50_ms"] = round(statistics.median(times) * 1e3, 4)
    benchmark.extra_info["p99_ms"] = round(times[int(len(times) * 0.99)] * 1e3, 4)


def test_exact_click(benchmark, session):
    configurator, chosen = session
    clicks_ = cycle(chosen)
    measure(benchmark, lambda: configurator.configure(next(clicks_), cached=False), len(chosen) * 2)


def test_propagated_click(benchmark, session):
    configurator, chosen = session
    clicks_ = cycle(chosen)
    measure(benchmark, lambda: configurator.configure(next(clicks_), exact=False, cached=False), len(chosen) * 2)


def test_cached_click(benchmark, session):
    configurator, chosen = session
    for one in chosen:
        configurator.configure(one)
    clicks_ = cycle(chosen)
    measure(benchmark, lambda: configurator.configure(next(clicks_)), len(chosen) * 2)


def test_cached_click_with_reading_of_the_choices(benchmark, session):
    configurator, chosen = session
    for one in chosen:
        configurator.configure(one)
    clicks_ = cycle(chosen)
    measure(benchmark, lambda: configurator.configure(configurator.read(next(clicks_).choices)), len(chosen) * 2)


def test_explanation_of_an_excluded_option(benchmark, session):
    configurator, chosen = session
    asked = []
    for one in chosen:
        states = configurator.configure(one).states
        excluded = [index for index, state in enumerate(states) if state == State.EXCLUDED]
        asked += [(one, index) for index in excluded[:: max(1, len(excluded) // 3)]]
    explain(configurator, *asked[0])
    questions = cycle(asked)
    measure(benchmark, lambda: explain(configurator, *next(questions)), min(len(asked), 600))

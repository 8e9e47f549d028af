"""The sample's past quotes decided twice and counted, by one process and by all; two rulebooks compared.

pytest benchmarks/bench_simulate.py --benchmark-only
"""

from pathlib import Path

import pytest

from catalog.sample import FOLDER
from engine.compare.rulebook import compare_rulebooks, read_rulebook
from engine.diagnostics import Findings
from engine.service.snapshot_source import SnapshotSource
from engine.simulate.corpus import open_corpus
from engine.simulate.report import html_report
from engine.simulate.run import available_cores, simulate

SAMPLE = Path(__file__).parents[1] / "rules" / "sample"
QUOTES = 120


@pytest.fixture(scope="module")
def snapshot():
    return SnapshotSource(SAMPLE, FOLDER).load()[0]


@pytest.mark.parametrize("processes", sorted({1, available_cores()}))
def test_quotes_simulated(benchmark, snapshot, processes, tmp_path):
    lines = (SAMPLE / "past-quotes" / "spring-2026.jsonl").read_text(encoding="utf-8")
    (tmp_path / "quotes.jsonl").write_text(lines * processes, encoding="utf-8")
    corpus = open_corpus([tmp_path / "quotes.jsonl"])
    found = benchmark.pedantic(
        lambda: simulate(snapshot, snapshot, corpus, processes=processes), rounds=3, warmup_rounds=1
    )
    benchmark.extra_info["quotes"] = found.tally.quotes
    assert found.tally.quotes == QUOTES * processes


def test_report_written(benchmark, snapshot):
    found = simulate(snapshot, snapshot, open_corpus([SAMPLE / "past-quotes"]), processes=1)
    assert "</html>" in benchmark.pedantic(lambda: html_report(found, ()), rounds=3)


def test_rulebooks_compared(benchmark):
    def compared():
        old, new = (read_rulebook(SAMPLE, Findings()) for _ in range(2))
        return compare_rulebooks(old, new)

    assert benchmark.pedantic(compared, rounds=3) == []

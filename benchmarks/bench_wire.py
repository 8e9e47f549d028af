"""Requests to quotes and decisions to replies, and the whole handler from bytes to bytes, by lines.

Run with: pytest benchmarks/bench_wire.py --benchmark-only
"""

import itertools

import pytest
from quotewright.v1 import quote_service_pb2

from benchmarks.workload import request, write_catalog, write_rules
from engine.decision import decide
from engine.service.quote_service import QuoteService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder
from engine.wire.raw_quote import RawPriceQuoteRequest
from engine.wire.read_quote import read_raw_quote
from engine.wire.write_decision import decision_text

LINES = (1, 10, 100)
RULES = 1_000
PRODUCTS = 1_000


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workload")
    source = SnapshotSource(write_rules(folder / "rules", RULES), write_catalog(folder / "catalog.yaml", PRODUCTS))
    return source.load()[0]


@pytest.mark.parametrize("lines", LINES)
def test_request_to_quote(benchmark, lines):
    data = request(lines, PRODUCTS)
    benchmark(lambda: read_raw_quote(RawPriceQuoteRequest.FromString(data).quote))


@pytest.mark.parametrize("lines", LINES)
def test_decision_to_reply(benchmark, snapshot, lines):
    quote = read_raw_quote(RawPriceQuoteRequest.FromString(request(lines, PRODUCTS)).quote)
    decision = decide(snapshot, quote)
    benchmark(lambda: decision_text(decision).encode("latin-1"))


@pytest.mark.parametrize("lines", LINES)
def test_request_of_new_facts_to_quote(benchmark, lines):
    """Facts that were never seen before, which are read and checked in full."""
    message = quote_service_pb2.PriceQuoteRequest.FromString(request(lines, PRODUCTS))
    numbers = itertools.count()

    def never_seen():
        for facts in (message.quote.customer, *(line.facts for line in message.quote.lines)):
            for name in facts:
                facts[name].text = f"value {next(numbers)}"
        return (message.SerializeToString(),), {}

    benchmark.pedantic(
        lambda data: read_raw_quote(RawPriceQuoteRequest.FromString(data).quote), setup=never_seen, rounds=500
    )


@pytest.mark.parametrize("lines", LINES)
def test_bytes_to_bytes(benchmark, snapshot, lines):
    service = QuoteService(SnapshotHolder(snapshot))
    data = request(lines, PRODUCTS)
    benchmark(lambda: service.price_quote(data))

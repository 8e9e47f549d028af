"""The same decision by peers: ten lines, percentages off by segment and quantity, equal net amounts from all.

    pytest benchmarks/bench_peers.py --benchmark-only --benchmark-group-by=group

The peers do less: zen-engine and durable-rules find which rules hold for each line, and Python does their arithmetic;
none validates the quote or explains the price. This engine does all of it. The quote is written for each peer
beforehand, in the form that it likes best.
"""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from quotewright.v1 import quote_service_pb2

from benchmarks.workload import ACTING_RULES, request, write_catalog, write_rules
from engine.decision import decide
from engine.service.quote_service import QuoteService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder
from engine.wire.read_quote import read_quote

LINES, PRODUCTS = 10, 1_000
RULES = (100, 1_000)
DURABLE_RULES = (100,)  # its published form does not return from many more rules on one fact
CENT = Decimal("0.01")
PERCENTS = [1 + number % 5 for number in range(1_000)]


def segment(number):
    """The segment that rule `number` of the workload asks for."""
    return "SMB" if number < ACTING_RULES else f"S{number % 97}"


def least(number):
    """The quantity from which rule `number` of the workload holds."""
    return 1 + number % 10


@pytest.fixture(scope="module", params=RULES)
def work(request, tmp_path_factory):
    return make(request.param, tmp_path_factory.mktemp("peers"))


def make(rules, folder):
    """Number of rules, the snapshot, the request, its lines as (quantity, list price), and their net amounts."""
    source = SnapshotSource(write_rules(folder / "rules", rules), write_catalog(folder / "catalog.yaml", PRODUCTS))
    snapshot = source.load()[0]
    data = request(LINES, PRODUCTS)
    quote = read_quote(quote_service_pb2.PriceQuoteRequest.FromString(data).quote)
    decided = decide(snapshot, quote).pricing.lines
    lines = [(line.quantity, line.list_unit_price) for line in decided]
    return rules, snapshot, data, lines, [line.net_total for line in decided]


def nets(lines, percents):
    """Net amounts: percentages come off the unit price one after another, then it is rounded to the cent."""
    found = []
    for (quantity, price), off in zip(lines, percents, strict=True):
        for percent in off:
            price = price * (100 - percent) / 100  # noqa: PLW2901
        found.append(price.quantize(CENT, ROUND_HALF_UP) * quantity)
    return found


def grouped(benchmark, rules):
    benchmark.group = f"10 lines, {rules:,} rules"


def test_this_engine(benchmark, work):
    rules, snapshot, data, _, expected = work
    grouped(benchmark, rules)
    quote = read_quote(quote_service_pb2.PriceQuoteRequest.FromString(data).quote)
    decided = benchmark(decide, snapshot, quote)
    assert [line.net_total for line in decided.pricing.lines] == expected


def test_this_engine_from_bytes_to_bytes(benchmark, work):
    rules, snapshot, data, _, expected = work
    grouped(benchmark, rules)
    reply = benchmark(QuoteService(SnapshotHolder(snapshot)).price_quote, data)
    decided = quote_service_pb2.PriceQuoteResponse.FromString(reply).decision
    assert [Decimal(line.net_total) for line in decided.lines] == expected


def test_plain_python_loop(benchmark, work):
    rules, _, _, lines, expected = work
    grouped(benchmark, rules)
    known = [(segment(number), least(number), PERCENTS[number]) for number in range(rules)]

    def decided():
        percents = [
            [percent for asked, low, percent in known if asked == "SMB" and quantity >= low] for quantity, _ in lines
        ]
        return nets(lines, percents)

    assert benchmark(decided) == expected


def zen_model(rules):
    """A table of the rules that collects all hits, once for each line."""
    table = {
        "hitPolicy": "collect",
        "executionMode": "loop",
        "inputField": "lines",
        "passThrough": False,
        "inputs": [
            {"id": "segment", "name": "segment", "field": "segment"},
            {"id": "quantity", "name": "quantity", "field": "quantity"},
        ],
        "outputs": [{"id": "percent", "name": "percent", "field": "percent"}],
        "rules": [
            {
                "_id": f"rule-{number}",
                "segment": f'"{segment(number)}"',
                "quantity": f">= {least(number)}",
                "percent": str(PERCENTS[number]),
            }
            for number in range(rules)
        ],
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "position": {"x": 0, "y": 0}, "content": table},
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    edges = [
        {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})


def test_zen_engine(benchmark, work):
    zen = pytest.importorskip("zen", reason="zen-engine is not installed")
    rules, _, _, lines, expected = work
    grouped(benchmark, rules)
    decision = zen.ZenEngine().create_decision(zen_model(rules))
    asked = {"lines": [{"segment": "SMB", "quantity": int(quantity)} for quantity, _ in lines]}

    def decided():
        hits = decision.evaluate(asked)["result"]
        return nets(lines, [[hit["percent"] for hit in line] for line in hits])

    assert benchmark.pedantic(decided, rounds=50, warmup_rounds=3) == expected


@pytest.mark.parametrize("rules", DURABLE_RULES)
def test_durable_rules(benchmark, tmp_path, rules):
    lang = pytest.importorskip("durable.lang", reason="durable-rules is not installed")
    _, _, _, lines, expected = make(rules, tmp_path)
    grouped(benchmark, rules)
    hits = []

    def collect(percent):
        return lambda _: hits.append(percent)

    with lang.ruleset("peers"):
        for number in range(rules):
            condition = (lang.m.segment == segment(number)) & (lang.m.quantity >= least(number))
            lang.when_all(lang.pri(number), condition)(collect(PERCENTS[number]))

    def decided():
        percents = []
        for number, (quantity, _) in enumerate(lines):
            hits.clear()
            fact = {"segment": "SMB", "quantity": int(quantity), "sid": "line", "id": str(number)}
            lang.assert_fact("peers", fact)  # unlike an event, a fact is not used up by the first rule
            lang.retract_fact("peers", fact)
            percents.append(list(hits))
        return nets(lines, percents)

    found = benchmark.pedantic(decided, rounds=20, warmup_rounds=1)
    assert found == expected

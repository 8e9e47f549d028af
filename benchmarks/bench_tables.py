"""Decision tables: look-ups from 100 to 100,000 rows, against zen-engine on the same table, compiling, analysing.

    pytest benchmarks/bench_tables.py --benchmark-only --benchmark-group-by=group

The comparison asks both engines for the last row of a table of two range columns and checks that they answer alike.
"""

import json
from decimal import Decimal

import pytest

from engine.diagnostics import Findings
from engine.feel.types import NUMBER, STRING
from engine.load.csv_table import read_csv_tables
from engine.schema.table import Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule
from engine.source import Span
from engine.tables import compile_table, read_table
from engine.tables.analysis import analyse

HERE = Span("bench.csv", 1)
PARAMETERS = {"quantity": NUMBER, "amount": NUMBER}
FIVE = [f"x{i}" for i in range(5)]
SIZES = [100, 1_000, 10_000, 100_000]
COMPARED = [1_000, 10_000]


def cells(row):
    return f"[{row * 10}..{row * 10 + 10})"


def range_table(rows, policy=HitPolicy.FIRST):
    rules = tuple(
        Rule(f"r{row}", (Cell(cells(row), HERE), Cell(cells(row), HERE)), (Cell(str(row), HERE),), (), HERE)
        for row in range(rows)
    )
    inputs = tuple(InputClause(Cell(name, HERE), "number") for name in PARAMETERS)
    return DecisionTable("bench", policy, None, inputs, (OutputClause("price", HERE, "number"),), rules, (), HERE)


def last_row(rows):
    return Decimal(rows * 10 - 5)


@pytest.fixture(scope="module", params=SIZES)
def compiled(request):
    table = compile_table(range_table(request.param), PARAMETERS, Findings())
    return request.param, table


@pytest.mark.benchmark(group="look-up of the last row by size")
def test_evaluate(benchmark, compiled):
    rows, table = compiled
    value = last_row(rows)
    assert benchmark(table.evaluate, value, value) == rows - 1


@pytest.mark.benchmark(group="look-up of the last row by size, explained")
def test_explain(benchmark, compiled):
    rows, table = compiled
    value = last_row(rows)
    assert benchmark(table.explain, value, value) == (rows - 1, (rows - 1,))


def zen_model(rows):
    columns = [{"id": name, "name": name, "field": name} for name in PARAMETERS]
    rules = [{"_id": f"r{row}", "quantity": cells(row), "amount": cells(row), "price": str(row)} for row in range(rows)]
    table = {
        "hitPolicy": "first",
        "inputs": columns,
        "outputs": [{"id": "price", "name": "price", "field": "price"}],
        "rules": rules,
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


@pytest.mark.parametrize("rows", COMPARED)
@pytest.mark.benchmark(group="against zen-engine, last row of two range columns")
def test_this_engine(benchmark, rows):
    table = compile_table(range_table(rows), PARAMETERS, Findings())
    value = last_row(rows)
    assert benchmark(table.evaluate, value, value) == rows - 1


@pytest.mark.parametrize("rows", COMPARED)
@pytest.mark.benchmark(group="against zen-engine, last row of two range columns")
def test_zen_engine(benchmark, rows):
    zen = pytest.importorskip("zen", reason="zen-engine is not installed")
    decision = zen.ZenEngine().create_decision(zen_model(rows))
    asked = {"quantity": rows * 10 - 5, "amount": rows * 10 - 5}
    answer = benchmark.pedantic(decision.evaluate, (asked,), rounds=20, warmup_rounds=2)
    assert answer["result"] == {"price": rows - 1}


@pytest.mark.benchmark(group="compiling")
@pytest.mark.parametrize("rows", [10_000, 100_000])
def test_compile(benchmark, rows):
    table = range_table(rows)
    benchmark.pedantic(compile_table, (table, PARAMETERS, Findings()), rounds=2)


@pytest.mark.benchmark(group="compiling")
def test_read_csv(benchmark):
    lines = ["hit policy,F", "columns,input,input,output", "name,quantity,amount,price", "type,number,number,number"]
    lines += [f'r{row},"{cells(row)}","{cells(row)}",{row}' for row in range(100_000)]
    content = "\n".join(lines).encode()
    tables, findings = benchmark.pedantic(read_csv_tables, (content, "bench.csv"), rounds=2)
    assert not findings.errors
    assert len(tables[0].rules) == 100_000


def price_list(rows):
    """A full grid of segment, region, quantity tier and term, as price tables are: 1,000 rows of 5 columns."""
    lines = []
    for row in range(rows):
        segment, region, tier, term = row // 250 % 4, row // 50 % 5, row // 5 % 10, row % 5
        quantity = ">= 90" if tier == 9 else f"[{tier * 10}..{tier * 10 + 10})"
        months = ">= 48" if term == 4 else f"[{term * 12}..{term * 12 + 12})"
        texts = (f'"S{segment}"', f'"R{region}"', quantity, months, "-")
        lines.append(Rule(f"r{row}", tuple(Cell(t, HERE) for t in texts), (Cell(str(row), HERE),), (), HERE))
    inputs = tuple(InputClause(Cell(name, HERE)) for name in FIVE)
    return DecisionTable("list", HitPolicy.UNIQUE, None, inputs, (OutputClause("n", HERE),), tuple(lines), (), HERE)


@pytest.mark.benchmark(group="analysis of 1,000 rows by 5 columns")
def test_analyse_price_list(benchmark):
    kinds = (STRING, STRING, NUMBER, NUMBER, NUMBER)
    read = read_table(price_list(1_000), dict(zip(FIVE, kinds, strict=True)), Findings())
    found = benchmark(analyse, read.parsed)
    assert not found.overlaps
    assert not found.incomplete


@pytest.mark.benchmark(group="analysis of 1,000 rows by 5 columns")
def test_analyse_overlapping_ranges(benchmark):
    rules = []
    for row in range(1_000):
        lows = [(row * step) % 997 for step in (7, 31, 101, 211, 389)]
        texts = [f"[{low}..{low + 20})" for low in lows]
        rules.append(Rule(f"r{row}", tuple(Cell(t, HERE) for t in texts), (Cell(str(row), HERE),), (), HERE))
    inputs = tuple(InputClause(Cell(name, HERE)) for name in FIVE)
    outputs = (OutputClause("n", HERE),)
    table = DecisionTable("ranges", HitPolicy.UNIQUE, None, inputs, outputs, tuple(rules), (), HERE)
    read = read_table(table, dict.fromkeys(FIVE, NUMBER), Findings())
    found = benchmark.pedantic(analyse, (read.parsed,), rounds=3)
    assert found.gaps

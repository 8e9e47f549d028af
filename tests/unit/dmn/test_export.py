"""A table exported as DMN and read again is the same table and gives the same results."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.diagnostics import Findings
from engine.dmn import load_model
from engine.dmn.export import export_table
from engine.feel.types import BOOLEAN, NUMBER, STRING, ContextType, ListType
from engine.load.dmn_xml import read_dmn_tables
from engine.schema.table import Aggregation, Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule
from engine.source import Span
from engine.tables import compile_table

PLACE = Span("table.csv", 1)


def cell(text):
    return Cell(text, PLACE)


def table(rows, policy=HitPolicy.FIRST, aggregation=None):
    rules = tuple(
        Rule(f"row {i}", (cell(a), cell(b)), (cell(c), cell('"<&>"')), (f"remark {i}",), PLACE)
        for i, (a, b, c) in enumerate(rows, 2)
    )
    return DecisionTable(
        "Volume discount",
        policy,
        aggregation,
        (
            InputClause(cell("customer.segment"), "string", cell('"SMB", "ENT"'), "Segment"),
            InputClause(cell("quantity"), "number"),
        ),
        (OutputClause("rate", PLACE, "number", None, cell("0"), "Rate"), OutputClause("note", PLACE)),
        rules,
        ("remark",),
        PLACE,
    )


PARAMETERS = {"customer": ContextType({"segment": STRING, "tags": ListType(STRING)}), "quantity": NUMBER}
ROWS = [('"SMB"', "[1..10]", "quantity * 2"), ("-", "> 10", "7.50"), ('not("SMB")', "<= 10", "1")]


def without_places(found):
    inputs = [(i.expression.text, i.type_name, i.allowed and i.allowed.text, i.label) for i in found.inputs]
    outputs = [(o.name, o.type_name, o.allowed, o.default and o.default.text, o.label) for o in found.outputs]
    rules = [([c.text for c in r.inputs], [c.text for c in r.outputs], r.annotations) for r in found.rules]
    return found.name, found.hit_policy, found.aggregation, inputs, outputs, rules, found.annotation_names


@pytest.mark.parametrize("policy", HitPolicy)
@pytest.mark.parametrize("version", ["1.3", "1.5"])
def test_the_same_table_comes_back(policy, version):
    written = export_table(table(ROWS, policy), PARAMETERS, version)
    [read], findings = read_dmn_tables(written, "export.dmn")
    assert list(findings) == []
    assert without_places(read) == without_places(table(ROWS, policy))


@pytest.mark.parametrize("aggregation", Aggregation)
def test_aggregations_come_back(aggregation):
    written = export_table(table(ROWS, HitPolicy.COLLECT, aggregation), PARAMETERS)
    [read], _ = read_dmn_tables(written, "export.dmn")
    assert read.aggregation is aggregation


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(['"SMB"', '"ENT"', "-", 'not("SMB")']),
            st.sampled_from(["-", "[0..5]", "> 3", "< 8", "2, 4, 6", "(1..9)"]),
            st.integers(-5, 5).map(str),
        ),
        min_size=1,
        max_size=6,
    ),
    policy=st.sampled_from([HitPolicy.FIRST, HitPolicy.RULE_ORDER, HitPolicy.UNIQUE, HitPolicy.ANY]),
    segment=st.sampled_from(["SMB", "ENT"]),
    quantity=st.integers(-1, 10).map(Decimal),
)
@settings(max_examples=40, deadline=None)
def test_results_are_the_same_after_the_round_trip(tmp_path_factory, rows, policy, segment, quantity):
    original = table(rows, policy)
    findings = Findings()
    compiled = compile_table(original, PARAMETERS, findings)
    assert findings.errors == []
    customer = {"segment": segment, "tags": []}
    path = tmp_path_factory.mktemp("export") / "export.dmn"
    path.write_bytes(export_table(original, PARAMETERS))
    model, findings = load_model(path)
    assert findings.errors == []
    found = model.evaluate("Volume discount", {"customer": customer, "quantity": quantity})
    assert found.value == compiled.evaluate(customer, quantity)


def test_the_diagram_shows_the_decision_and_its_inputs():
    root = etree.fromstring(export_table(table(ROWS), PARAMETERS | {"urgent": BOOLEAN}, "1.3"))
    spaces = {"d": "https://www.omg.org/spec/DMN/20191111/MODEL/", "di": "https://www.omg.org/spec/DMN/20191111/DMNDI/"}
    shown = {shape.get("dmnElementRef") for shape in root.iterfind(".//di:DMNShape", spaces)}
    nodes = {node.get("id") for tag in ("decision", "inputData") for node in root.iterfind(f"d:{tag}", spaces)}
    assert shown == nodes
    edges = {edge.get("dmnElementRef") for edge in root.iterfind(".//di:DMNEdge", spaces)}
    assert edges == {edge.get("id") for edge in root.iterfind(".//d:informationRequirement", spaces)}
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))


def test_a_control_character_cannot_be_written():
    with pytest.raises(ValueError, match="XML"):
        export_table(table([('"\x01"', "-", "1")]), PARAMETERS)

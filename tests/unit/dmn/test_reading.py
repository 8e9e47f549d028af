"""DMN files as schema objects: every version, every kind of boxed expression, mistakes with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from engine.diagnostics import Findings
from engine.dmn.graph import link
from engine.load.dmn_xml import VERSIONS, read_dmn, read_dmn_tables
from engine.schema.dmn import Decision, LiteralExpression
from engine.schema.table import Aggregation, HitPolicy


def model(body: str, namespace: str = "https://www.omg.org/spec/DMN/20230324/MODEL/") -> bytes:
    return (
        f'<definitions xmlns="{namespace}" namespace="urn:m" name="m" xmlns:own="urn:m">{body}</definitions>'.encode()
    )


def messages(body: str) -> list[str]:
    findings = Findings()
    definitions = read_dmn(model(body), "m.dmn", findings)
    assert definitions is not None
    link(definitions, [], findings)
    return [f"{found.span}: {found.message}" + (f" ({found.hint})" if found.hint else "") for found in findings]


@pytest.mark.parametrize("namespace", VERSIONS)
def test_every_version_is_read(namespace):
    findings = Findings()
    body = '<decision name="A  b"><variable name="A b" typeRef="number"/><literalExpression><text>1</text>'
    definitions = read_dmn(model(body + "</literalExpression></decision>", namespace), "m.dmn", findings)
    assert not list(findings)
    [node] = definitions.nodes
    assert isinstance(node, Decision)
    assert (node.name, node.variable.type_ref) == ("A b", "number")
    assert isinstance(node.expression, LiteralExpression)
    assert node.expression.text == "1"


def test_qualified_type_names_of_the_first_version_lose_their_prefix():
    body = (
        '<inputData name="x" id="x" xmlns:feel="http://www.omg.org/spec/FEEL/20140401/feel.xsd">'
        '<variable name="x" typeRef="own:tX"/></inputData>'
        '<import name="lib" namespace="urn:lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
        '<inputData name="y" id="y" xmlns:l="urn:lib"><variable name="y" typeRef="l:tY"/></inputData>'
    )
    findings = Findings()
    definitions = read_dmn(model(body), "m.dmn", findings)
    assert [node.variable.type_ref for node in definitions.nodes] == ["tX", "lib.tY"]


def test_a_comment_inside_a_text_does_not_cut_it():
    body = '<decision name="d"><literalExpression><text>1 +<!-- one --> 2</text></literalExpression></decision>'
    assert read_dmn(model(body), "m.dmn", Findings()).nodes[0].expression.text == "1 + 2"


TABLE = """<decision name="Discount" id="d"><decisionTable hitPolicy="COLLECT" aggregation="SUM">
<input label="Seg"><inputExpression typeRef="string"><text>segment</text></inputExpression>
<inputValues><text>"SMB", "ENT"</text></inputValues></input>
<output name="rate" typeRef="number"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>
<annotation name="why"/>
<rule id="r1"><inputEntry><text>"SMB"</text></inputEntry><outputEntry><text>10</text></outputEntry>
<annotationEntry><text>small</text></annotationEntry></rule>
<rule><inputEntry><text>-</text></inputEntry></rule>
</decisionTable></decision>"""


def test_a_table_is_the_schema_object_of_all_sources():
    [table], findings = read_dmn_tables(model(TABLE), "m.dmn")
    assert (table.name, table.hit_policy, table.aggregation) == ("Discount", HitPolicy.COLLECT, Aggregation.SUM)
    [column] = table.inputs
    assert (column.expression.text, column.type_name, column.label) == ("segment", "string", "Seg")
    assert column.allowed.text == '"SMB", "ENT"'
    assert table.outputs[0].default.text == "0"
    assert [rule.id for rule in table.rules] == ["r1", "rule 2"]
    assert table.rules[0].annotations == ("small",)
    assert str(table.rules[0].inputs[0].span) == "m.dmn:6"
    assert [str(found.span) + found.message for found in findings] == [
        "m.dmn:8rule 2 has 0 output cells; the table has 1 output columns"
    ]


CASES = Path(__file__).parents[2] / "cases/dmn/mistakes.yaml"
MISTAKES = yaml.safe_load(CASES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["name"])
def test_mistakes_are_told_with_their_line(case):
    assert messages(case["body"]) == case["findings"]


def test_a_long_circle_is_found_without_recursion():
    count = 5000
    decisions = "".join(
        f'<decision name="d{i}" id="d{i}"><informationRequirement><requiredDecision href="#d{(i + 1) % count}"/>'
        "</informationRequirement></decision>"
        for i in range(count)
    )
    [told] = messages(decisions)
    assert told.startswith("m.dmn:1: the requirements go in a circle: d0 -> d1 -> d2")
    assert "(4993 more) -> d0" in told


def test_tables_are_read_from_a_path(tmp_path):
    path = tmp_path / "m.dmn"
    assert [told.message for told in read_dmn_tables(path, "m.dmn")[1]] == [
        "the file cannot be read: No such file or directory"
    ]
    path.write_bytes(model(TABLE))
    tables, _ = read_dmn_tables(path, "m.dmn")
    assert [table.name for table in tables] == ["Discount"]


def test_tables_of_one_decision_get_names_of_their_own():
    table = "<decisionTable><output/></decisionTable>"
    body = f"<conditional><if>{table}</if><then>{table}</then><else>{table}</else></conditional>"
    entry = f'<contextEntry><variable name="rate"/>{table}</contextEntry>'
    source = model(f'<decision name="d">{body}</decision><decision name="e"><context>{entry}</context></decision>')
    assert [found.name for found in read_dmn_tables(source, "m.dmn")[0]] == ["d", "d (2)", "d (3)", "e.rate"]

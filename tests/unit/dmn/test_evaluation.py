"""Models evaluated: boxed expressions, types, functions, services, imports, threads; mistakes as null and findings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from engine.dmn import load_model
from engine.feel import interpret, parse_expression

CASES = Path(__file__).parents[2] / "cases/dmn"
BOXED = yaml.safe_load((CASES / "boxed.yaml").read_text(encoding="utf-8"))
STANDARD = yaml.safe_load((CASES / "standard.yaml").read_text(encoding="utf-8"))


def feel(text):
    return interpret(parse_expression(text), {})


@pytest.fixture(scope="module")
def boxed():
    model, findings = load_model(CASES / "boxed.dmn")
    assert [finding.message for finding in findings.errors] == []
    return model


@pytest.mark.parametrize("case", BOXED, ids=lambda case: f"{case.get('decision')} {case['inputs']}")
def test_boxed_expressions(boxed, case):
    inputs = feel(case["inputs"])
    if "service" in case:
        found = boxed.evaluate_service(case["service"], inputs)
    elif "function" in case:
        found = boxed.evaluate_function(case["function"], inputs)
    else:
        found = boxed.evaluate(case["decision"], inputs)
    assert found.value == feel(case["value"])
    warns = case.get("warns", [])
    assert len(found.warnings) >= len(warns)
    assert bool(found.warnings) == bool(warns), found.warnings
    for warning, part in zip(found.warnings, warns, strict=False):
        assert part in warning.message
        assert warning.span.file.endswith("boxed.dmn")
        assert warning.span.line


@pytest.fixture(scope="module")
def standard():
    model, findings = load_model(CASES / "standard.dmn")
    assert [finding.message for finding in findings.errors] == []
    return model


@pytest.mark.parametrize("case", STANDARD, ids=lambda case: f"{case.get('decision')} {case['inputs']}")
def test_what_the_standard_says(standard, case):
    inputs = feel(case["inputs"])
    if "service" in case:
        found = standard.evaluate_service(case["service"], inputs)
    else:
        found = standard.evaluate(case["decision"], inputs)
    assert found.value == feel(case["value"])


def test_names_are_listed(boxed):
    assert boxed.inputs == ("Customer", "Segments", "Numbers", "Moment", "Score", "Tree")
    assert "Two outputs" in boxed.services
    assert "power of two" in boxed.functions
    assert "Table" in boxed.decisions


def test_an_unknown_decision_is_told_with_the_nearest(boxed):
    with pytest.raises(LookupError, match="has no decision 'Tabel'; did you mean 'Table'"):
        boxed.evaluate("Tabel", {})


def test_a_float_is_refused(boxed):
    with pytest.raises(TypeError, match="numbers are given as Decimal or int"):
        boxed.evaluate("Loop", {"Numbers": [0.1]})


def test_threads_share_a_model(boxed):
    def loop(n):
        return boxed.evaluate("Loop", {"Numbers": [n, n + 1]}).value

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(loop, range(200)))
    assert results == [[Decimal(n), Decimal(2 * n + 1)] for n in range(200)]


def test_imports_are_found_beside_the_model():
    model, findings = load_model(CASES / "imports/quote.dmn")
    assert list(findings) == []
    expected = Decimal(2) * Decimal("1.2") * 50 * 3
    for key in ("List price", "price lib.base.List price", "{urn:test:common}List price"):
        assert model.evaluate("Total", {"Quantity": 3, key: 100}).value == expected
    assert model.evaluate("price lib.unit price", {"List price": 100}).value == 50
    found = model.evaluate("Total", {"Quantity": 0, "List price": 100})
    assert found.value is None
    assert "is not among the values that tQuantity allows" in found.warnings[0].message


def write(folder, body, name="m.dmn"):
    path = folder / name
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:m" name="m">\n'
    path.write_text(head + body + "\n</definitions>", encoding="utf-8")
    return path


MODEL_TYPE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def test_a_missing_import_is_told(tmp_path):
    path = write(tmp_path, f'<import name="lib" namespace="urn:lib" importType="{MODEL_TYPE}"/>')
    write(tmp_path, "", "other.dmn").write_text(
        f'<definitions xmlns="{MODEL_TYPE}" namespace="urn:lob"/>', encoding="utf-8"
    )
    _, findings = load_model(path)
    [told] = findings
    assert told.message == "no DMN file beside this one has the namespace 'urn:lib' of the import 'lib'"
    assert told.hint == "did you mean 'urn:lob'?"


def test_a_missing_file_is_told(tmp_path):
    write(tmp_path, "")
    model, findings = load_model(tmp_path / "n.dmn")
    assert model is None
    assert [(told.message, told.hint) for told in findings] == [("there is no such file", "did you mean 'm.dmn'?")]


def test_what_cannot_be_parsed_is_a_finding_and_evaluates_to_null(tmp_path):
    decision = '<decision name="d"><variable name="d" typeRef="nmber"/><literalExpression><text>1 +\n  * 2</text>'
    model, findings = load_model(write(tmp_path, decision + "</literalExpression></decision>"))
    told = {(str(f.span).rpartition("m.dmn")[2], f.message.split(":")[0]) for f in findings}
    assert told == {(":3:3", "'1 + * 2' is no FEEL"), (":2", "no type is called 'nmber'")}
    found = model.evaluate("d", {})
    assert found.value is None
    assert [warning.message for warning in found.warnings] == ["'1 + * 2' is no FEEL expression"]


def test_a_circle_evaluates_to_null(tmp_path):
    decision = (
        '<decision name="d{0}" id="d{0}"><informationRequirement><requiredDecision href="#d{1}"/>'
        "</informationRequirement><literalExpression><text>d{1} + 1</text></literalExpression></decision>"
    )
    model, findings = load_model(write(tmp_path, decision.format(1, 2) + decision.format(2, 1)))
    assert [told.code for told in findings.errors] == ["cycle"]
    found = model.evaluate("d1", {})
    assert found.value is None
    assert found.warnings[0].message == "its requirements go in a circle"


def test_a_long_chain_is_evaluated_without_recursion(tmp_path):
    count = 3000
    chain = "".join(
        f'<decision name="d{i}" id="d{i}"><informationRequirement><requiredDecision href="#d{i + 1}"/>'
        f"</informationRequirement><literalExpression><text>d{i + 1} + 1</text></literalExpression></decision>"
        for i in range(count)
    )
    last = f'<decision name="d{count}" id="d{count}"><literalExpression><text>0</text></literalExpression></decision>'
    model, findings = load_model(write(tmp_path, chain + last))
    assert list(findings) == []
    assert model.evaluate("d0", {}).value == count


def test_another_language_is_not_run(tmp_path):
    body = '<decision name="d"><literalExpression expressionLanguage="urn:groovy"><text>1</text></literalExpression>'
    model, findings = load_model(write(tmp_path, body + "</decision>"))
    assert [(told.severity, told.message) for told in findings] == [
        ("warning", "the expression language 'urn:groovy' is not run here, only FEEL")
    ]
    assert model.evaluate("d", {}).value is None

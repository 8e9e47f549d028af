"""The commands `table check` and `table export`, on files of every kind."""

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from engine.commands import main
from engine.dmn import load_model
from engine.load.dmn_xml import read_dmn_tables

ROOT = Path(__file__).parents[3]
BANDS = """table,Bands
hit policy,U
columns,input,input,output
name,quantity,customer.segment,price
type,number,string,number
low,[0..10],"{segment}",9.99
high,> 10,-,{output}
below,< 0,-,0
"""
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="d" namespace="n">
  <itemDefinition name="tGrade"><typeRef>tText</typeRef>
    <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
  <itemDefinition name="tText"><typeRef>string</typeRef></itemDefinition>
  <inputData id="g" name="Grade"><variable name="Grade" typeRef="tGrade"/></inputData>
  <decision id="f" name="Fee">
    <informationRequirement><requiredInput href="#g"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input><inputExpression typeRef="tGrade"><text>Grade</text></inputExpression></input>
      <output typeRef="number"/>
      <rule id="a"><inputEntry><text>"A"</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def run(*arguments):
    return CliRunner().invoke(main, ["table", *map(str, arguments)])


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def found(path, *arguments):
    """Code, place and example of every finding."""
    result = run("check", path, "--format", "json", *arguments)
    return [(item["code"], item["cell"] or item["line"], item["example"]) for item in json.loads(result.output)]


def test_a_table_without_errors_can_be_used(write):
    path = write("bands.csv", BANDS.replace("{segment}", "-").format(output="8"))
    result = run("check", path)
    assert (result.exit_code, result.output) == (0, "no errors, no warnings: the table can be used\n")


def test_the_analysis_is_told_with_places_and_examples(write):
    path = write("bands.csv", BANDS.format(segment='""SMB""', output="8"))
    assert found(path) == [("gap", 1, 'quantity = 0, customer.segment = "other"')]
    assert run("check", path).exit_code == 0
    assert run("check", path, "--warnings-as-errors").exit_code == 2
    overlapping = write("bands.csv", BANDS.replace("{segment}", "-").replace("> 10", ">= 10").format(output="8"))
    assert found(overlapping) == [("overlap", 7, 'quantity = 10, customer.segment = "other"')]
    result = run("check", overlapping)
    assert result.exit_code == 2
    assert result.output.rstrip().endswith("1 error, no warnings")


@pytest.mark.parametrize(
    ("output", "name", "hint"),
    [
        ("quantty * 2", "quantty", "did you mean 'quantity'?"),
        ("base price * 2", "base price", "whether a rulebook knows"),
        ("sum(for q in [1, 2] return q * rate)", "rate", "whether a rulebook knows"),
    ],
)
def test_names_that_no_column_reads_are_warnings(write, output, name, hint):
    path = write("bands.csv", BANDS.replace("{segment}", "-").replace("{output}", f'"{output}"'))
    (item,) = json.loads(run("check", path, "--format", "json").output)
    assert (item["code"], item["severity"]) == ("unknown-name", "warning")
    assert item["message"] == f"table 'Bands': no input column reads {name!r}"
    assert item["hint"].startswith(hint)


@pytest.mark.parametrize(
    "output",
    [
        "quantity * 2",
        "customer.discount * 2",
        "sum(for q in [1, 2] return q * quantity)",
        "count([1, 2][item > quantity])",
        "(function(rate) rate * 2)(quantity)",
        "{rate: 2, result: rate * quantity}.result",
    ],
)
def test_names_of_columns_and_of_the_expression_itself_are_known(write, output):
    path = write("bands.csv", BANDS.replace("{segment}", "-").replace("{output}", f'"{output}"'))
    assert found(path) == []


def test_types_of_columns_are_checked(write):
    path = write("bands.csv", BANDS.replace("{segment}", "-").replace("{output}", '"customer.segment * 2"'))
    assert found(path) == [("expression", 7, "")]


def test_with_a_rulebook_its_names_count(write):
    rules = ROOT / "rules" / "sample"
    path = write("bands.csv", BANDS.replace("{segment}", "-").replace("quantity", "line.quantity").format(output="8"))
    assert found(path, "--rules", rules) == []
    wrong = write("wrong.csv", path.read_text().replace("line.quantity", "line.quantty"))
    assert found(wrong) == []
    assert found(wrong, "--rules", rules) == [("expression", 4, "")]
    missing = run("check", path, "--rules", path.parent / "none")
    assert (missing.exit_code, "none" in missing.stderr) == (2, True)
    missing = run("check", path, "--rules", rules, "--catalog", path.parent / "none")
    assert missing.exit_code == 2


def test_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["hit policy", "F"],
        ["columns", "input", "output"],
        ["name", "quantity", "price"],
        ["type", "number", "number"],
        ["a", None, 1],
        ["b", "> 5", 2],
    ):
        book.active.append(row)
    path = tmp_path / "bands.xlsx"
    book.save(path)
    assert found(path) == [("never-applies", "B6", "quantity = 6")]


def test_yaml(write):
    rules = "rules: [['< 5', 1], ['> 5', 2]]"
    path = write("x.yaml", f"hit_policy: U\ninputs: [{{expression: q, type: number}}]\noutputs: [{{name: o}}]\n{rules}")
    assert [item[::2] for item in found(path)] == [("gap", "q = 5")]


def test_types_of_a_dmn_file_count(write):
    path = write("fee.dmn", MODEL)
    assert [item[::2] for item in found(path)] == [("gap", 'Grade = "B"')]
    (table,), findings = read_dmn_tables(path, "fee.dmn")
    assert not findings.errors
    assert (table.inputs[0].type_name, table.inputs[0].allowed.text) == ("string", '"A", "B"')
    wrong = write("wrong.dmn", MODEL.replace('<text>"A"</text>', '<text>"C"</text>'))
    assert [item[0] for item in found(wrong)] == ["wrong-value"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("x.txt", "", "wrong-value"),
        ("x.csv", "", "syntax"),
        ("x.dmn", "<a>", "syntax"),
        ("x.csv", None, "file-unreadable"),
        ("x.yaml", "a: [", "syntax"),
    ],
)
def test_files_that_are_no_tables(write, tmp_path, name, text, code):
    path = tmp_path / name if text is None else write(name, text)
    assert [item[0] for item in found(path)] == [code]
    result = run("check", path)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert run("export", path, "--to", tmp_path / "y.dmn").exit_code == 2
    assert not (tmp_path / "y.dmn").exists()


@pytest.mark.parametrize("version", ["1.3", "1.5"])
def test_an_exported_table_runs_as_a_model(write, tmp_path, version):
    path = write("bands.csv", BANDS.replace("{segment}", "-").replace("{output}", "quantity * 2"))
    target = tmp_path / "bands.dmn"
    result = run("export", path, "--to", target, "--version", version)
    assert (result.exit_code, result.output) == (0, f"{target}: table 'Bands', 3 rules, DMN {version}\n")
    model, findings = load_model(target)
    assert not list(findings)
    assert model.evaluate("Bands", {"quantity": 12, "customer": {"segment": "SMB"}}).value == 24
    assert found(target) == []


def test_one_of_several_tables_is_named(write, tmp_path):
    one = "{{table: {}, hit_policy: F, outputs: [{{name: o}}], rules: [[1]]}}"
    path = write("x.yaml", f"tables: [{one.format('a')}, {one.format('b')}]")
    target = tmp_path / "b.dmn"
    unnamed = run("export", path, "--to", target)
    assert (unnamed.exit_code, "with --table: a, b" in unnamed.stderr, target.exists()) == (2, True, False)
    assert run("export", path, "--to", target, "--table", "c").exit_code == 2
    assert run("export", path, "--to", target, "--table", "b").exit_code == 0
    assert load_model(target)[0].decisions == ("b",)
    assert run("export", path, "--to", tmp_path / "none" / "b.dmn", "--table", "b").exit_code == 2


def test_a_table_with_errors_is_not_written(write, tmp_path):
    path = write("bands.csv", BANDS.replace("{segment}", "-").replace("{output}", '"1 +"'))
    result = run("export", path, "--to", tmp_path / "bands.dmn")
    assert (result.exit_code, "error[syntax]" in result.stderr) == (2, True)
    assert not (tmp_path / "bands.dmn").exists()

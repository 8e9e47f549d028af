"""The command `diff`: workbooks by sheet and cell, JSON, models, mistakes in either version, exit codes."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from engine.commands import main

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "rules" / "sample"
MODEL = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Prices" namespace="urn:prices">
  <decision id="a" name="Level">
    <variable name="Level" typeRef="number"/>
    <literalExpression><text>{expression}</text></literalExpression>
  </decision>
  <decision id="b" name="Percent">
    <decisionTable hitPolicy="UNIQUE">
      <input id="i"><inputExpression typeRef="number"><text>Level</text></inputExpression></input>
      <output id="o" name="percent" typeRef="number"/>
      <rule id="low">
        <inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>{percent}</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""


@pytest.fixture
def folders(tmp_path):
    for side in ("old", "new"):
        (tmp_path / side / "pricing").mkdir(parents=True)
        (tmp_path / side / "rulebook.yaml").write_text("name: Rules\n", encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


def diff(*arguments):
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def workbook(path, percent):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Volume"
    for row in (
        ["hit policy", "U"],
        ["columns", "input", "output"],
        ["name", "line.quantity", "percent"],
        ["", "< 10", 5],
        ["", ">= 10", percent],
    ):
        sheet.append(row)
    book.save(path)


def test_a_cell_of_a_workbook(folders):
    old, new = folders
    workbook(old / "pricing" / "volume.xlsx", 7)
    workbook(new / "pricing" / "volume.xlsx", 7.5)
    result = diff(old, new)
    assert result.exit_code == 1
    assert "    row (line.quantity >= 10): percent: 7 → 7.5 (+0.5)  (pricing/volume.xlsx:Volume!C5)\n" in result.output


def test_json_has_every_field_with_its_places(folders):
    old, new = folders
    rule = "rules:\n  - {{id: r, then: {{percent_off: {}}}}}\n"
    (old / "pricing" / "r.yaml").write_text(rule.format(5), encoding="utf-8")
    (new / "pricing" / "r.yaml").write_text("# a line more\n" + rule.format("row.percent"), encoding="utf-8")
    result = diff(old, new, "--json")
    assert result.exit_code == 1
    (change,) = json.loads(result.output)
    assert (change["action"], change["kind"], change["id"]) == ("changed", "pricing rule", "r")
    (field,) = change["fields"]
    assert (field["field"], field["before"], field["after"]) == ("then.percent_off", "5", "row.percent")
    assert (field["old"]["line"], field["new"]["line"]) == (2, 3)


def test_models_by_tables_and_by_the_rest(folders):
    old, new = folders
    (old / "m.dmn").write_text(MODEL.format(expression="1 + 1", percent="5"), encoding="utf-8")
    (new / "m.dmn").write_text(MODEL.format(expression="1 + 1", percent="6").replace("  ", "\t"), encoding="utf-8")
    told = diff(old, new).output
    assert "~ table m.dmn changed" in told
    assert "percent: 5 → 6 (+1)" in told
    assert "DMN model" not in told
    (new / "m.dmn").write_text(MODEL.format(expression="1 + 2", percent="5"), encoding="utf-8")
    told = diff(old, new).output
    assert "~ DMN model m.dmn changed" in told
    assert "table" not in told.splitlines()[0]


def test_many_cells_are_cut_short_unless_asked_for(folders):
    old, new = folders
    for side, offset in ((old, 0), (new, 1)):
        rows = "".join(f",{number},{number + offset}\n" for number in range(60))
        head = "hit policy,U,\ncolumns,input,output\nname,line.quantity,percent\n"
        (side / "pricing" / "t.csv").write_text(head + rows, encoding="utf-8")
    assert "... and 20 more (--all shows them)" in diff(old, new).output
    assert diff(old, new, "--all").output.count("(+1)") == 60


def test_the_sample_and_a_copy_of_it(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "copy")
    same = diff(SAMPLE, tmp_path / "copy")
    assert (same.exit_code, same.output) == (0, "no differences\n")


def test_mistakes_in_either_version_are_told(folders):
    old, new = folders
    (new / "pricing" / "r.yaml").write_text("rules:\n  - {id: r, then: {percent_of: 5}}\n", encoding="utf-8")
    (old / "pricing" / "t.csv").write_text("hit policy,X\n", encoding="utf-8")
    for first, second in ((old, new), (new, old)):
        result = diff(first, second)
        assert result.exit_code == 2
        assert "pricing/r.yaml:2:20: error[unknown-field]: there is no field 'percent_of' here" in result.stderr
        assert "pricing/t.csv:1:12: error[wrong-value]: unknown hit policy 'X'" in result.stderr
        assert result.stderr.endswith("nothing was compared: mend these files first\n")
        assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments", [(), ("old",), ("--old-catalog", "a"), ("old", "new", "--new-catalog", "a")], ids=str
)
def test_pairs_are_whole(arguments):
    result = diff(*arguments)
    assert result.exit_code == 2
    assert "give two folders of rules, or --old-catalog and --new-catalog, or both pairs" in result.stderr


def test_a_folder_that_is_none(tmp_path):
    result = diff(tmp_path / "no", SAMPLE)
    assert result.exit_code == 2
    assert "there is no folder 'no' of rules" in result.stderr

"""Files of test cases: every mistake told with its place; differences, tables in CSV and XLSX, coverage, updates."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from engine.commands import main
from engine.diagnostics import Findings
from engine.load.files import content_hash, read_folder

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "rules" / "starter"
MISTAKES = yaml.safe_load((ROOT / "tests" / "cases" / "casefiles" / "mistakes.yaml").read_text(encoding="utf-8"))
CASE = """# A comment that stays.
quote: cafe
cases:
  - name: a machine   # and this one
    expect:
      lines.machine: {net_price: 1, rules: [volume]}   # and that
      net_total: "x"
"""


@pytest.fixture
def rules(tmp_path):
    """The starter's rules without their test cases."""
    shutil.copytree(STARTER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.test.*"))
    return tmp_path / "rules"


def run(rules, *arguments, answers=None):
    options = ["test", str(rules), "--catalog", str(rules.parent / "catalog"), *arguments]
    return CliRunner().invoke(main, options, input=answers)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["name"])
def test_mistakes_are_told_with_their_place(mistake, rules):
    path = rules / mistake.get("file", "case.test.yaml")
    path.write_bytes(bytes.fromhex(mistake["bytes"]) if "bytes" in mistake else mistake["text"].encode())
    result = run(rules)
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for told in mistake["told"]:
        assert told in result.output


def test_files_of_cases_are_no_part_of_the_version(rules):
    before = content_hash(read_folder(rules, Findings()))
    (rules / "pricing" / "discounts.test.yaml").write_text(CASE, encoding="utf-8")
    (rules / "pricing" / "volume.test.csv").write_text("quote,cafe\n", encoding="utf-8")
    assert content_hash(read_folder(rules, Findings())) == before


def test_what_differs_is_shown_with_place_and_waterfall(rules):
    (rules / "case.test.yaml").write_text(CASE, encoding="utf-8")
    result = run(rules)
    assert result.exit_code == 1
    assert "case.test.yaml:6:34: a machine\n    lines.machine.net_price\n" in result.output
    assert "      expected  1\n      found     1500.00\n" in result.output
    assert "      expected  volume\n      found     none\n" in result.output
    assert "Waterfall of line machine: MACHINE-1" in result.output
    assert result.output.rstrip().endswith("0 of 1 cases are as expected")


@pytest.mark.parametrize(
    ("answers", "net_price", "rules_expected"),
    [
        ("y\nn\nn\n", "1500.00", "[volume]"),
        ("n\ny\nn\n", "1", "[]"),
        ("all\n", "1500.00", "[]"),
        ("quit\n", "1", "[volume]"),
    ],
)
def test_updates_are_asked_one_by_one_and_change_nothing_else(rules, answers, net_price, rules_expected):
    path = rules / "case.test.yaml"
    path.write_text(CASE, encoding="utf-8")
    result = run(rules, "--update", answers=answers)
    assert "expect what was found" in result.output
    wanted = CASE.replace("net_price: 1,", f"net_price: {net_price},").replace("[volume]", rules_expected)
    assert path.read_text(encoding="utf-8").replace("2059.45", '"x"') == wanted
    if answers == "all\n":
        assert run(rules).exit_code == 0


def test_cases_in_csv_and_in_a_workbook_are_run_and_updated(rules):
    grid = [
        ["quote", "cafe"],
        ["columns", "given", "given", "expect", "expect"],
        ["name", "customer_id", "lines.machine.quantity", "lines.machine.net_price", "lines.machine.rules"],
        ["two", "CAFE", 2, 1500, "none"],
        ["three", None, 3, 1, "volume, loyalty-card"],
    ]
    lines = ['"' + '","'.join("" if cell is None else str(cell) for cell in row) + '"' for row in grid]
    (rules / "case.test.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    book = openpyxl.Workbook()
    for row in grid:
        book.active.append(row)
    book.active.title = "prices"
    book.save(rules / "case.test.xlsx")
    result = run(rules)
    assert result.exit_code == 1
    assert "FAILED  case.test.csv: 1 of 2 cases" in result.output
    assert "case.test.xlsx:prices!D5: three" in result.output
    assert run(rules, "--update", "--yes").exit_code == 0
    assert openpyxl.load_workbook(rules / "case.test.xlsx")["prices"]["D5"].value == 1425
    assert (rules / "case.test.csv").read_text("utf-8").splitlines()[4] == '"three","","3",1425.00,volume'


def test_coverage_names_what_no_case_made_act(rules):
    (rules / "case.test.yaml").write_text("quote: cafe\ncases:\n  - {name: a, expect: {net_total: 2059.45}}\n", "utf-8")
    result = run(rules, "--coverage", "--minimum", "50")
    assert result.exit_code == 1
    assert "  pricing/volume.csv:5:1: row volume: chains from 20\n" in result.output
    assert "  approval/discounts.yaml:23: approval rule above-25\n" in result.output
    assert "is below the minimum of 50 %" in result.output


def test_only_some_cases(rules):
    (rules / "case.test.yaml").write_text(CASE, encoding="utf-8")
    assert "no test cases" in run(rules, "--only", "something else").output
    assert run(rules, "--only", "A MACHINE").exit_code == 1


def test_a_refused_quote_is_expected_or_a_difference(rules):
    text = (
        "quote: cafe\ncases:\n"
        "  - name: no such product\n    change: {lines.machine.sku: MACHIN-1}\n    expect: {errors: [UNKNOWN_SKU]}\n"
        "  - name: the same\n    change: {lines.machine.sku: MACHIN-1}\n    expect: {net_total: 1}\n"
    )
    (rules / "case.test.yaml").write_text(text, encoding="utf-8")
    result = run(rules)
    assert "FAILED  case.test.yaml: 1 of 2 cases" in result.output
    assert "expected  an answer" in result.output
    assert "did you mean 'MACHINE-1'?" in result.output


def test_for_programs(rules):
    (rules / "case.test.yaml").write_text(CASE, encoding="utf-8")
    found = json.loads(run(rules, "--format", "json").output)
    assert (found["cases"], found["failed"], found["outcomes"][0]["outcome"]) == (1, 1, "failed")
    assert found["outcomes"][0]["differences"][0] == {
        "name": "lines.machine.net_price",
        "expected": "1",
        "found": "1500.00",
        "place": "case.test.yaml:6:34",
    }
    suites = ET.fromstring(run(rules, "--format", "junit").output)
    assert suites.get("failures") == "1"
    failure = suites.find("testsuite/testcase/failure")
    assert failure.get("message") == "lines.machine.net_price: expected 1, found 1500.00"


def test_new_writes_over_nothing(tmp_path):
    folder = tmp_path / "prices"
    assert CliRunner().invoke(main, ["new", str(folder)]).exit_code == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    next(iter(before)).unlink()
    again = CliRunner().invoke(main, ["new", str(folder)])
    assert again.exit_code == 2
    assert "is there already, and nothing was written" in again.output
    assert len([path for path in folder.rglob("*") if path.is_file()]) == len(before) - 1
    assert CliRunner().invoke(main, ["check", str(STARTER / "rules"), "--strict"]).exit_code in (0, 2)

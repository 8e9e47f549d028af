"""The command `check`: findings as text, JSON and SARIF; every code is explained in docs/findings.md."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.check import CHECKS, PRICE_CHECKS
from engine.commands import main
from engine.diagnostics import Code

ROOT = Path(__file__).parents[3]
MISTAKES = ROOT / "tests" / "cases" / "mistakes" / "ten"
EXPIRED = """
rules:
  - id: old
    valid: {to: 2020-12-31}
    then: {percent_off: 1}
"""
TIES = """
rules:
  - {id: percent, then: {percent_off: 10}}
  - {id: amount, then: {amount_off: 5}}
  - {id: small, group: one, when: line.quantity < 10, then: {percent_off: 1}}
  - {id: large, group: one, when: line.quantity >= 10, then: {percent_off: 2}}
  - {id: other, group: one, when: 'quote.channel = "web"', then: {percent_off: 3}}
"""


def check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def rulebook(folder, rules):
    (folder / "pricing").mkdir()
    settings = "name: test\nstacking_groups: [{name: one, mode: first}]\n"
    (folder / "rulebook.yaml").write_text(settings, encoding="utf-8")
    (folder / "pricing" / "rules.yaml").write_text(rules, encoding="utf-8")
    return folder


def test_text_ends_with_a_count_and_fails():
    result = check(MISTAKES)
    assert result.exit_code == 2
    assert result.output.rstrip().splitlines()[-1].startswith("13 errors, no warnings")
    assert "pricing/rules.yaml:3:11: error[expression]: there is no 'custmer' here" in result.output


@pytest.mark.parametrize("name", ["sample"])
def test_the_rulebooks_of_the_project_can_be_used(name):
    result = check(ROOT / "rules" / name)
    assert result.exit_code == 0, result.output
    assert "no errors" in result.output


def test_json_has_every_field():
    result = check(MISTAKES, "--format", "json")
    found = json.loads(result.output)
    errors = [finding for finding in found if finding["severity"] == "error"]
    assert len(errors) == 13
    assert errors[0] == {
        "code": "expression",
        "severity": "error",
        "message": "there is no 'custmer' here",
        "hint": "did you mean 'customer'?",
        "example": "",
        "file": "pricing/rules.yaml",
        "line": 3,
        "column": 11,
        "sheet": "",
        "cell": "",
    }


def test_sarif_names_rule_level_and_region():
    log = json.loads(check(MISTAKES, "--format", "sarif").output)
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    first = next(result for result in run["results"] if result["level"] == "error")
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "expression"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "pricing/rules.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 11, "endColumn": 18}


def test_a_rule_that_ended_is_a_warning(tmp_path):
    result = check(rulebook(tmp_path, EXPIRED))
    assert result.exit_code == 0
    assert "warning[expired]: rule 'old' ended on 2020-12-31" in result.output
    assert check(tmp_path, "--strict").exit_code == 2
    assert check(tmp_path, "--warnings-as-errors").exit_code == 2


def test_notes_are_counted_where_they_are_not_shown():
    shown, hidden = check(ROOT / "rules" / "sample"), check(ROOT / "rules" / "sample", "--no-notes")
    assert "info[price-cliff]" in shown.output
    assert "info[" not in hidden.output
    assert hidden.output.splitlines()[-1] == shown.output.splitlines()[-1]


def test_errors_stand_last_where_notes_and_warnings_do_not_bury_them(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules" / "sample", folder)
    (folder / "pricing" / "a.yaml").write_text(EXPIRED + "  - {id: b, when: custmer.id = 1, then: {percent_off: 1}}\n")
    told = re.findall(r": (info|warning|error)\[", check(folder).output)
    assert set(told) == {"info", "warning", "error"}
    assert told == sorted(told, key=["info", "warning", "error"].index)


def test_ties_are_told_only_where_they_matter(tmp_path):
    result = check(rulebook(tmp_path, TIES))
    assert "rules 'percent' and 'amount' have the same priority 0 and can meet" in result.output
    assert "rules 'small' and 'other' have the same priority 0 in group 'one' and can meet" in result.output
    assert "'small' and 'large'" not in result.output
    assert result.output.count("warning[tie]") == 2


def test_a_missing_folder_is_a_finding(tmp_path):
    result = check(tmp_path / "none")
    assert result.exit_code == 2
    assert "there is no folder 'none' of rules" in result.output


def test_every_code_is_explained():
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    explained = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
    assert sorted(explained) == sorted(code.value for code in Code)


@pytest.mark.parametrize("name", [check.__name__.replace("_", " ") for check in (*CHECKS, *PRICE_CHECKS)])
def test_every_check_is_explained(name):
    assert f"| {name} | " in (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


def test_mistakes_in_files_of_test_cases_are_told(tmp_path):
    folder = rulebook(tmp_path, EXPIRED)
    (folder / "pricing" / "rules.test.yaml").write_text("cases:\n  - {name: a, expct: {net_total: 1}}\n", "utf-8")
    result = check(folder)
    assert result.exit_code == 2
    assert "pricing/rules.test.yaml:2:15: error[unknown-field]" in result.output

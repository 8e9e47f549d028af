"""The command `simulate`: tables, JSON, the report, gates and exit codes; files that cannot be used."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import main

CASES = Path(__file__).parents[2] / "cases" / "simulate"
GATE = "gates: [{{id: g, description: What holds, measure: margin, may_fall: {}}}]"


def simulate(*arguments, rules="new", against=("quotes.jsonl",)):
    where = ["--rules", CASES / rules, "--baseline", CASES / "old", "--catalog", CASES / "catalog.yaml"]
    corpus = [part for path in against for part in ("--against", CASES / path)]
    command = ["simulate", *where, *corpus, "--processes", 1, *arguments]
    return CliRunner().invoke(main, list(map(str, command)), env={"COLUMNS": "100"})


def test_tables():
    result = simulate()
    assert result.exit_code == 0, result.output
    out = result.stdout
    for told in (
        "3 quotes in EUR valid under both",
        "Net                             212.00   203.00    -9.00        -4.25 %",
        "0 cost more, 2 less, 1 the same",
        "1. Q1 for ANN: 90.00 → 85.00 EUR (-5.00)\n       line 1 (BOLT): 90.00 → 85.00\n",
        "         -5.00 volume: -10 % → -15 %  (pricing/volume.yaml:2)",
        "Approvals that change",
        "Credit outcomes that change",
        "Quotes that became errors",
        "Quotes that became valid",
        "1 quote is invalid under both",
        "1 of 8 stored quotes cannot be read:",
    ):
        assert told in out
    assert "8 quotes decided twice in" in result.stderr


def test_divisions_asked_for():
    found = json.loads(simulate("--by", "customer.country", "--by", "quote.channel", "--json").stdout)
    euros = found["currencies"]["EUR"]["by"]
    assert list(euros) == ["customer.country", "quote.channel"]
    assert [part["value"] for part in euros["customer.country"] if part["quotes"]] == ["DE", "FR"]
    assert found["currencies"]["JPY"]["by"]["quote.channel"][0]["value"] == "web"


@pytest.mark.parametrize(("limit", "code"), [("15 %", 0), ("1 %", 1)])
def test_gates_decide_the_exit_code(tmp_path, limit, code):
    (tmp_path / "gate.yaml").write_text(GATE.format(limit), encoding="utf-8")
    report = tmp_path / "report.html"
    result = simulate("--gate", tmp_path / "gate.yaml", "--html", report)
    assert result.exit_code == code
    told = "the gate passed" if code == 0 else "1 of 1 gates failed: the change may not pass"
    assert told in result.stdout
    assert f"report written to {report}" in result.stderr
    assert ("✔ 1 gate passed" if code == 0 else "✘ 1 of 1 gate failed") in report.read_text(encoding="utf-8")


def test_nothing_changes_under_the_same_rules():
    result = simulate(rules="old")
    assert result.exit_code == 0
    assert "0 cost more, 0 less, 4 the same" in result.stdout
    assert "Largest movers" not in result.stdout
    assert "Approvals" not in result.stdout


BAD = [
    (("--by", "customer.segmnt"), "--by: there is no fact 'customer.segmnt' to divide quotes by; did you mean"),
    (("--gate", CASES / "none.yaml"), "none.yaml: error[file-unreadable]: cannot be read"),
    (("--html", CASES / "none" / "report.html"), "--html: there is no folder"),
    (("--baseline", CASES / "none"), "the baseline, "),
    (("--catalog", CASES / "none.yaml"), "none.yaml"),
    (("--against", CASES / "none"), "there is no such file or folder of quotes"),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[told for _, told in BAD])
def test_what_cannot_be_used_is_told_before_anything_runs(arguments, told):
    result = simulate(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_a_corpus_of_which_nothing_can_be_read(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"curency": 1}\n{"id": []}\n', encoding="utf-8")
    result = simulate(against=(tmp_path,))
    assert result.exit_code == 2
    assert "none of 2 stored quotes can be read" in result.stderr
    assert "q.jsonl:2:8: expected a text or a number, found a list" in result.stderr


def test_a_new_version_with_mistakes(tmp_path):
    (tmp_path / "rulebook.yaml").write_text("nam: Rules\n", encoding="utf-8")
    result = simulate(rules=tmp_path)
    assert result.exit_code == 2
    assert "the new version, " in result.stderr
    assert "rulebook.yaml:1:1: error[unknown-field]: there is no field 'nam' here" in result.stderr

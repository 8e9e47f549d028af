"""Releases and replays from the command line, on a database: what is printed, and the exit codes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import main

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests/cases/e2e"
QUOTE = "currency: EUR\nprice_date: 2026-03-01\ncustomer: {segment: SMB}\nlines: [{id: '1', sku: BOLT, quantity: 12}]\n"


class Run:
    """Runs commands on one database in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = folder / "rules"
        self.database = folder / "kept.db"

    def __call__(self, *arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == code, result.output
        return result.output

    def release(self, command: str, *arguments: object, code: int = 0) -> str:
        return self("release", command, *arguments, "--database", self.database, code=code)

    def stage(self, reason: str = "why", code: int = 0) -> str:
        catalog = FILES / "catalog.yaml"
        return self.release("stage", self.rules, "--catalog", catalog, "--person", "ann", "--reason", reason, code=code)

    def edit(self, old: str, new: str) -> None:
        path = self.rules / "pricing/discounts.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture
def run(tmp_path):
    shutil.copytree(FILES / "rules", tmp_path / "rules")
    return Run(tmp_path)


BY_ANN = ("--person", "ann", "--reason", "go")


def test_from_a_folder_to_a_release_and_back(run):
    assert "release 1 is staged: 'Rules small enough to check by hand', 2 rules, 2 files" in run.stage()
    assert "release 1 is active\nno server is running" in run.release("activate", 1, *BY_ANN)
    run.edit("percent_off: 10", "percent_off: 20")
    run.stage("more")
    assert "release 2 is active in place of 1" in run.release("activate", 2, *BY_ANN)
    assert "release 1 is active again, release 2 is rolled back" in run.release("rollback", *BY_ANN)
    listed = run.release("list")
    assert re.search(r"2 .*rolled.*ann .*more", listed)
    assert re.search(r"1 .*active .*ann .*why", listed)
    shown = run.release("show", 2, "--files", run.folder / "copy")
    for told in ("release 2: rolled back", "staged by ann: more", "activated by ann: go", "rolled back by ann: go"):
        assert told in shown
    assert "warning pricing/discounts.yaml:" in shown
    assert (run.folder / "copy/pricing/discounts.yaml").read_bytes() == (
        run.rules / "pricing/discounts.yaml"
    ).read_bytes()
    assert "history of releases holds" in run("release", "verify", run.database)


def test_a_mistake_is_told_as_check_tells_it(run):
    run.edit("customer.segment", "custmer.segment")
    told = run.stage(code=2)
    assert re.search(r"pricing/discounts\.yaml:4:\d+: error", told)
    assert "^" in told
    assert told == run.release("validate", run.rules, "--catalog", FILES / "catalog.yaml", code=2)
    assert "no release was staged yet" in run.release("list")


def test_who_is_slower_is_told_what_to_do(run):
    for reason in ("one", "two"):
        run.stage(reason)
    run.release("activate", 1, *BY_ANN)
    told = run.release("activate", 2, "--person", "bob", "--reason", "mine", code=1)
    assert "release 1 is: ann activated it at" in told
    assert "say --expected 1" in told
    run.release("activate", 2, "--person", "bob", "--reason", "mine", "--expected", 1)


def test_a_time(run):
    run.stage()
    told = run.release("activate", 1, "--at", "2099-01-01T00:00+00:00", *BY_ANN)
    assert "release 1 will be activated at 2099-01-01" in told or "2098-12-31" in told
    assert "staged, active from" in run.release("show", 1)
    assert "scheduled for" in run.release("show", 1)
    assert "will not be activated by itself" in run.release("cancel", 1, *BY_ANN)
    assert "no time is set" in run.release("cancel", 1, *BY_ANN, code=1)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("activate", "9", *BY_ANN), 1, "there is no release '9'"),
        (("show", "9"), 1, "there is no release '9'"),
        (("rollback", *BY_ANN), 1, "no release is active"),
        (("activate", "1", "--person", "ann", "--reason", " "), 2, "reason: why is required"),
        (("activate", "1", *BY_ANN, "--at", "soon"), 2, "expected a time such as"),
        (("activate", "1", *BY_ANN, "--at", "2020-01-01"), 1, "has passed"),
        (("activate", "1", *BY_ANN, "--gate", "gates.yaml"), 2, "--gate and --against go together"),
        (("activate", "1", *BY_ANN, "--gate", "g.yaml", "--against", "quotes"), 2, "none is active"),
        (("activate", "x", *BY_ANN), 2, "is not a valid integer"),
        (("activate", "1"), 2, "--reason"),
        (("stage", "nowhere", *BY_ANN), 2, "there is no folder"),
        (("show", "1", "--files", "/proc/none"), 2, "cannot be written"),
    ],
)
def test_what_is_refused(run, arguments, code, told):
    run.stage()
    assert told in run.release(*arguments, code=code)


def test_where_is_always_said(run):
    assert "say where" in run("release", "list", code=2)
    assert "say where" in run("release", "list", "--server", "a:1", "--database", "b", code=2)
    assert "does not exist" in run("release", "list", "--database", run.folder / "none.db", code=2)
    (run.folder / "text.db").write_text("no database" * 100)
    assert "cannot be used as a database" in run("release", "list", "--database", run.folder / "text.db", code=2)
    assert "127.0.0.1:1:" in run("release", "list", "--server", "127.0.0.1:1", code=3)
    assert "cannot be read" in run("release", "list", "--server", "a:1", "--authority", run.folder / "none.pem", code=2)


GATE = "gates:\n  - {{id: nobody-pays-less, measure: net_total, may_fall: {limit} %}}\n"


def test_a_gate_that_fails_keeps_the_active_release(run):
    run.stage()
    run.release("activate", 1, *BY_ANN)
    run.edit("percent_off: 10", "percent_off: 50")
    run.stage()
    (run.folder / "quotes").mkdir()
    (run.folder / "quotes/q.yaml").write_text(QUOTE)
    gate = run.folder / "gates.yaml"
    for limit, code, active in ((1, 1, 1), (90, 0, 2)):
        gate.write_text(GATE.format(limit=limit))
        run.release("activate", 2, *BY_ANN, "--gate", gate, "--against", run.folder / "quotes", code=code)
        assert re.search(rf"│ {active} +│ active", run.release("list"))

"""The test cases beside the rule files of this project hold, and cover nearly all of them."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.casefiles.coverage import coverage
from engine.casefiles.read import read_case_files
from engine.casefiles.run import run_cases
from engine.compile import try_snapshot
from engine.diagnostics import Findings, render
from engine.load.rulebook import load_rulebook

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
RULEBOOKS = [
    pytest.param("sample", FOLDER, 100, id="sample"),
    pytest.param("starter/rules", ROOT / "rules" / "starter" / "catalog", 100, id="starter"),
    pytest.param("adventureworks", DATA / "adventureworks", 85, id="adventureworks"),
    pytest.param("pc-parts", DATA / "pc-parts", 75, id="pc-parts"),
]


@pytest.mark.parametrize(("name", "catalog", "least"), RULEBOOKS)
def test_the_cases_hold(name, catalog, least):
    if not catalog.is_dir():
        pytest.skip(f"the data is not at {catalog}")
    folder, findings = ROOT / "rules" / name, Findings()
    snapshot, _ = try_snapshot(folder, read_catalog(catalog).usable(), checks=())
    report = run_cases(read_case_files(folder, findings), folder, snapshot, findings)
    assert not [render(finding) for finding in findings]
    told = [(str(one.written.span), one.expected, one.found) for case in report.failed for one in case.differences]
    assert not told
    found = coverage(load_rulebook(folder, findings), snapshot, report)
    assert found.percent >= Decimal(least), [str(part.span) for part in found.missing]


def test_every_rule_file_has_test_cases():
    for folder in (ROOT / "rules").rglob("*.yaml"):
        rules = folder.parent.name in ("pricing", "approval", "credit", "renewal", "configuration")
        if rules and ".test." not in folder.name and folder.name != "people.yaml":
            assert list(folder.parent.glob(f"{folder.stem}.test.*")), f"{folder} has no test cases"

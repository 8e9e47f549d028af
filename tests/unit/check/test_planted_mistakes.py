"""Mistakes planted in a copy of the sample, one by one and all together: each is found where it is."""

import shutil
from pathlib import Path

import pytest
import yaml

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.check import CHECKS, PRICE_CHECKS
from engine.compile import try_snapshot
from engine.diagnostics import Severity

ROOT = Path(__file__).parents[3]
MISTAKES = yaml.safe_load((ROOT / "tests" / "cases" / "planted" / "mistakes.yaml").read_text(encoding="utf-8"))
TOGETHER = [mistake for mistake in MISTAKES if not mistake.get("alone")]


def planted(folder, mistakes):
    """Every finding about a copy of the sample with these mistakes."""
    shutil.copytree(ROOT / "rules" / "sample", folder / "rules")
    shutil.copytree(FOLDER, folder / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for mistake in mistakes:
        path = folder / mistake["file"]
        if "text" in mistake:
            path.write_text(mistake["text"], encoding="utf-8")
            continue
        text = path.read_text(encoding="utf-8")
        assert mistake["find"] in text, f"{mistake['file']} has changed: {mistake['find']!r} is not in it"
        path.write_text(text.replace(mistake["find"], mistake["replace"], 1), encoding="utf-8")
    imported = read_catalog(folder / "catalog")
    assert imported.catalog is not None
    return [*imported.findings, *try_snapshot(folder / "rules", imported.catalog, (*CHECKS, *PRICE_CHECKS))[1]]


def told(finding):
    return f"{finding.span}: {finding.severity}[{finding.code}]"


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """What is told of the sample itself: notes about volume prices, and rules whose days have passed by now."""
    return {(told(finding), finding.message) for finding in planted(tmp_path_factory.mktemp("sample"), [])}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["name"])
def test_a_mistake_alone_is_told_with_its_place_and_nothing_else(mistake, without, tmp_path):
    found = [one for one in planted(tmp_path, [mistake]) if (told(one), one.message) not in without]
    assert sorted(map(told, found)) == sorted(mistake["told"])
    assert mistake["says"] in [finding.message for finding in found]


def test_all_mistakes_together_are_each_told_with_their_place(tmp_path):
    found = {told(finding) for finding in planted(tmp_path, TOGETHER)}
    missing = {mistake["name"]: mistake["told"][0] for mistake in TOGETHER if mistake["told"][0] not in found}
    assert not missing


def test_there_are_enough_of_many_kinds():
    assert len(MISTAKES) >= 40
    assert len(TOGETHER) >= 30
    assert len({mistake["told"][0].rpartition("[")[2] for mistake in MISTAKES}) >= 12


@pytest.mark.parametrize(
    ("rules", "catalog"),
    [
        ("sample", FOLDER),
        ("starter/rules", ROOT / "rules" / "starter" / "catalog"),
        ("adventureworks", ROOT / "../shared/data/adventureworks"),
        ("pc-parts", ROOT / "../shared/data/pc-parts"),
    ],
    ids=["sample", "starter", "adventureworks", "pc-parts"],
)
def test_no_false_alarm(rules, catalog):
    if not catalog.is_dir():
        pytest.skip(f"the data is not at {catalog}")
    imported = read_catalog(catalog)
    _, findings = try_snapshot(ROOT / "rules" / rules, imported.catalog, (*CHECKS, *PRICE_CHECKS))
    # A rule of the sample ends with 2026: from then on that is true, and no false alarm.
    loud = [one for one in findings if one.severity is not Severity.INFO and one.code != "expired"]
    assert not [told(one) for one in (*imported.findings, *loud)]

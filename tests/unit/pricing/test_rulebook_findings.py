"""Catalogues and rulebooks that cannot be priced by: every finding of one run, its text pinned beside the case."""

from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from engine.compile import try_snapshot
from engine.diagnostics import render

CASES = Path(__file__).parents[2] / "cases" / "rulebooks"
FILES = sorted(CASES.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings(path, parts_of, tmp_path):
    catalog, rules = parts_of(path, tmp_path)
    imported = read_catalog(catalog)
    findings = imported.findings
    if imported.catalog is not None:
        snapshot, findings = try_snapshot(rules, imported.catalog)
        assert snapshot is None
    text = "\n".join(render(finding, findings.texts) for finding in findings.sorted()) + "\n"
    assert text == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_cases():
    assert len(FILES) >= 5

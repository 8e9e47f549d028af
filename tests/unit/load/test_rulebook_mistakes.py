"""Rulebooks with planted mistakes: every finding in one run, the whole rendered text pinned beside each."""

from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.compile import load_snapshot, try_snapshot
from engine.diagnostics import RejectedError, render

CASES = Path(__file__).parents[2] / "cases" / "mistakes"


@pytest.fixture(scope="module")
def catalog():
    return read_catalog(FOLDER).usable()


def rendered(folder, catalog):
    snapshot, findings = try_snapshot(folder, catalog)
    assert snapshot is None
    return "\n".join(render(finding, findings.texts) for finding in findings.sorted()) + "\n"


@pytest.mark.parametrize(
    "folder", sorted(path for path in CASES.iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_every_mistake_is_found_with_its_place(folder, catalog):
    assert rendered(folder, catalog) == (CASES / f"{folder.name}.txt").read_text(encoding="utf-8")


def test_ten_kinds_of_mistakes_in_one_file(catalog):
    _, findings = try_snapshot(CASES / "ten", catalog)
    assert len({finding.span.line for finding in findings.errors}) >= 10


def test_a_folder_that_is_missing_or_empty(catalog, tmp_path):
    assert f"{tmp_path}/none" in rendered(tmp_path / "none", catalog)
    assert "holds no rulebook.yaml" in rendered(tmp_path, catalog)
    (tmp_path / "rulebook.yaml").write_text("", encoding="utf-8")
    assert rendered(tmp_path, catalog) == "rulebook.yaml: error[missing-field]: the file is empty\n"
    (tmp_path / "rulebook.yaml").write_bytes(b"name: caf\xe9\n")
    assert "rulebook.yaml:1: error[file-unreadable]: expected UTF-8 text, found the byte 0xe9" in rendered(
        tmp_path, catalog
    )


def test_the_error_carries_all_findings(catalog):
    with pytest.raises(RejectedError) as refusal:
        load_snapshot(CASES / "ten", catalog)
    assert len(refusal.value.findings) >= 10
    assert "first: pricing/rules.yaml" in str(refusal.value)

"""Pairs of rulebooks and catalogues: everything that `quotewright diff` says of them, pinned."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import main

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "diff"
PART = re.compile(r"^== (.+)$", re.MULTILINE)


def parts_of(case):
    pieces = PART.split(case.read_text(encoding="utf-8"))
    return dict(zip(pieces[1::2], (piece.removeprefix("\n") for piece in pieces[2::2]), strict=True))


def write(folder, parts):
    for name, text in parts.items():
        if name != "expected":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def diff(folder, *arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(main, ["diff", *arguments])


@pytest.mark.parametrize("case", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_what_changed(case, tmp_path):
    parts = parts_of(case)
    write(tmp_path, parts)
    catalogues = "old.yaml" in parts
    arguments = ("--old-catalog", "old.yaml", "--new-catalog", "new.yaml") if catalogues else ("old", "new")
    result = diff(tmp_path, *arguments)
    assert result.output == parts["expected"]
    assert result.exit_code == (0 if parts["expected"] == "no differences\n" else 1)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_version_does_not_differ_from_itself(case, tmp_path):
    parts = parts_of(case)
    write(tmp_path, parts)
    catalogues = "old.yaml" in parts
    for side in ("old", "new"):
        same = ("--old-catalog", f"{side}.yaml", "--new-catalog", f"{side}.yaml") if catalogues else (side, side)
        assert diff(tmp_path, *same).output == "no differences\n"

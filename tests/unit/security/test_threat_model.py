"""The threat model names tests that exist, and options and roles that the server has."""

import re
from dataclasses import fields
from pathlib import Path

from engine.security.identity import Role
from engine.service.options import Options

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_every_named_test_exists():
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    assert len(named) > 30
    assert not named - TESTS


def test_every_threat_has_a_test():
    table = TEXT.partition("## Threats")[2].partition("Not answered")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ") and "---" not in row][1:]
    assert len(rows) >= 15
    assert not [row for row in rows if "`test_" not in row.split("|")[3]]


def test_every_named_option_exists():
    known = {"--" + option.name.replace("_", "-") for option in fields(Options)}
    known |= {"--name", "--role", "--token", "--authority", "--keep"}  # of commands
    assert not set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) - known


def test_every_role_is_explained():
    assert not [role for role in Role if f"| `{role}` |" not in TEXT]

"""Documents cannot drift: every command and call is in them, every link and file they name is there."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import COMMANDS, main

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", *DOCS, *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
RPC = re.compile(r"^\s*rpc (\w+)", re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained_and_helps(command):
    assert f"`quotewright {command}`" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


def rpcs():
    for path in sorted((ROOT / "proto").rglob("*_service.proto")):
        for name in RPC.findall(path.read_text(encoding="utf-8")):
            yield pytest.param(name, id=f"{path.stem}: {name}")


@pytest.mark.parametrize("rpc", list(rpcs()))
def test_every_call_is_explained(rpc):
    assert any(re.search(rf"\b{rpc}\b", path.read_text(encoding="utf-8")) for path in DOCS)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_every_guide_is_listed_in_the_index(page):
    if page.name != "README.md":
        assert f"({page.name})" in (ROOT / "docs" / "README.md").read_text(encoding="utf-8")


def test_every_dependency_says_what_it_is_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Dependencies")[2]
    names = [re.split(r"[<>=\[ ]", line)[0] for line in project["dependencies"]]
    names += [re.split(r"[<>=]", line)[0] for line in project["optional-dependencies"]["approvals"]]
    assert not [name for name in names if not re.search(rf"\b{re.escape(name)}\b", table)]

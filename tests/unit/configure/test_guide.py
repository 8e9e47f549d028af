"""The guide cannot drift: its product compiles without a finding, and its sessions answer as written."""

import re
from pathlib import Path

from click.testing import CliRunner

from engine.commands import main
from engine.commands.configure_session import ConfigureSession
from engine.configure.configurator import Configurator
from engine.diagnostics import Severity
from tests.unit.configure.models import compile_text

GUIDE = (Path(__file__).parents[3] / "docs/configuration.md").read_text(encoding="utf-8")


def block(kind, number=0):
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)[number]


def desk():
    compiled = compile_text(desk__yaml=block("yaml"))
    assert [found for found in compiled.findings if found.severity is not Severity.INFO] == []
    return Configurator(compiled.models["DESK"])


def test_the_session_answers_as_written():
    session = ConfigureSession(desk())
    told = None
    for line in block("console", 1).splitlines():
        if not line.startswith("DESK> "):
            if not line.startswith("$"):
                assert line in told, (line, told)
        else:
            told = list(session.say(line.removeprefix("DESK> ")))


def test_the_facts_are_as_written(tmp_path, monkeypatch):
    (tmp_path / "pizza.uvl").write_text(block("uvl"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command, *expected = block("console").splitlines()
    result = CliRunner().invoke(main, command.removeprefix("$ quotewright ").split())
    assert result.output.splitlines() == expected

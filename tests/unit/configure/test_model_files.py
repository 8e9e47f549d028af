"""Model files: each case is a YAML text with the findings it gives, or the states after some choices."""

from pathlib import Path

import pytest
import yaml

from engine.configure.choices import Choice
from engine.configure.configurator import Configurator
from tests.unit.configure.models import compile_text

CASES = Path(__file__).parents[2] / "cases/configure"


def cases(name):
    documents = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["case"]) for case in documents]


@pytest.mark.parametrize("case", cases("findings.yaml"))
def test_findings(case):
    compiled = compile_text(case["model"], **case.get("files", {}))
    found = [
        f"{finding.span}: {finding.severity}: {finding.message}" + (f" ({finding.hint})" if finding.hint else "")
        for finding in compiled.findings.sorted()
    ]
    assert found == case["findings"]
    failed = any(": error: " in line for line in found)
    assert bool(compiled.models) != failed


@pytest.mark.parametrize("case", cases("states.yaml"))
def test_states(case):
    compiled = compile_text(case["model"], **case.get("files", {}))
    assert not compiled.findings.errors, [finding.message for finding in compiled.findings.errors]
    configurator = Configurator(next(iter(compiled.models.values())))
    for click in case["clicks"]:
        choices = [choice(text) for text in click.get("choose", [])]
        answer = configurator.configure(configurator.read(choices))
        if click.get("conflict"):
            assert answer.conflict
            continue
        assert not answer.conflict, click
        states = {name: f"{answer.state(name).name} {answer.who(name).name}".lower() for name in click["states"]}
        assert states == click["states"], click
        for name, quantities in click.get("quantities", {}).items():
            assert list(answer.quantities[answer.model.names[name]]) == quantities
        if "spoken" in click:
            assert [rule.id for rule in answer.spoken] == click["spoken"]
        if "hidden" in click:
            assert sorted(answer.model.elements[index].path for index in answer.hidden) == sorted(click["hidden"])


def choice(text):
    """`CPU`, `not CPU`, `3 x CPU`, or `attribute = value` with a YAML value."""
    if text.startswith("not "):
        return Choice(text.removeprefix("not "), False)
    if " = " in text:
        name, _, value = text.partition(" = ")
        from decimal import Decimal

        parsed = yaml.safe_load(value)
        return Choice(name, Decimal(value) if isinstance(parsed, int) and not isinstance(parsed, bool) else parsed)
    if " x " in text:
        count, _, name = text.partition(" x ")
        return Choice(name, True, int(count))
    return Choice(text)

"""Cases of routing: tests/cases/approval/*.yaml, each through both forward chainers with equal results."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
import yaml
from approval_texts import CREDIT, CUSTOMER, LINE, PRODUCT, QUOTE, compiled

from engine.approve.durable_chainer import is_available
from engine.approve.facts import ApprovalFacts
from engine.approve.result import ApprovedStep, Route, RouteStep, Slot, StepStatus
from engine.approve.route import Router

CASES = Path(__file__).parents[2] / "cases" / "approval"
CHAINERS = [
    pytest.param(False, id="python"),
    pytest.param(
        True,
        id="durable",
        marks=pytest.mark.skipif(not is_available(), reason="durable-rules cannot be imported here"),
    ),
]


def read(path: Path) -> dict[str, Any]:
    # Every scalar stays text, so that no figure passes through a float.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def all_cases() -> list[Any]:
    return [
        pytest.param(path, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in read(path)["cases"]
    ]


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    made: dict[Path, Any] = {}

    def program(path: Path) -> Any:
        if path not in made:
            made[path], findings = compiled(read(path)["rulebook"], tmp_path_factory.mktemp(path.stem))
            assert made[path] is not None, list(findings)
        return made[path]

    return program


def typed(value: Any) -> Any:
    if isinstance(value, list):
        return value
    if value in ("true", "false"):
        return value == "true"
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def facts_of(case: dict[str, Any], approved: dict[str, Any], day: date, requester: str) -> ApprovalFacts:
    def stated(name: str) -> dict[str, Any]:
        return {key: typed(value) for key, value in case.get(name, {}).items()}

    lines = []
    for line in case.get("lines", []):
        product = {**PRODUCT, "categories": line.pop("categories", [])} if "categories" in line else PRODUCT
        lines.append(({**LINE, **{key: typed(value) for key, value in line.items()}}, product))
    return ApprovalFacts(
        {**CUSTOMER, **stated("customer")},
        {**QUOTE, **stated("quote")},
        lines,
        {**CREDIT, **stated("credit")},
        requester,
        day,
        approved,
    )


@pytest.fixture(scope="module")
def routers(programs):
    """One router for all cases of a file: what it keeps of one quote must not be seen in another."""
    made = {}

    def of(path, durable):
        if (path, durable) not in made:
            made[path, durable] = Router(programs(path), durable=durable)
        return made[path, durable]

    return of


@pytest.mark.parametrize("durable", CHAINERS)
@pytest.mark.parametrize(("path", "case"), all_cases())
def test_case(path, case, durable, routers):
    case = {**case, "lines": [dict(line) for line in case.get("lines", [])]}
    router = routers(path, durable)
    day = date.fromisoformat(case.get("day", "2026-06-01"))
    requester = case.get("requester", "rep")
    approved = {}
    if "earlier" in case:
        before = facts_of(case["earlier"], {}, day, requester)
        steps = {step.id: step for step in router.route(before).steps}
        approved = {
            name: ApprovedStep.by(steps[name].reasons, before.quote["currency"]) for name in case["earlier"]["approved"]
        }
    route = router.route(facts_of(case, approved, day, requester))
    check(route, case["expect"])


def check(route: Route, expected: dict[str, Any]) -> None:
    if "steps" in expected:
        assert [shown(step) for step in route.steps] == expected["steps"]
    if "outcome" in expected:
        assert route.outcome == expected["outcome"]
    if "reason" in expected:
        assert route.outcome_reason == expected["reason"]
    if "derived" in expected:
        assert {item.name: item.value for item in route.derived} == {
            name: typed(value) for name, value in expected["derived"].items()
        }


def shown(step: RouteStep) -> str:
    place = f"{step.stage}.{step.position} {step.id}"
    if step.status is not StepStatus.REQUIRED:
        return f"{place} {step.status}"
    text = f"{place} {' + '.join(candidates(slot) for slot in step.slots)}"
    if len(step.slots) > 1:
        text += f" need {step.need}"
    if step.escalation is not None:
        text += f" escalates after {step.escalate_after_hours} to {candidates(step.escalation)}"
    return text


def candidates(slot: Slot) -> str:
    return "|".join(item.person + (f"({item.on_behalf_of})" if item.on_behalf_of else "") for item in slot.candidates)

"""Cases of credit checks: tests/cases/credit/policy.yaml, by the policy of the sample rulebook."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.model import Catalog
from engine.compile.credit import compile_credit
from engine.credit.account import CreditAccount, CreditOverride, CreditRequest, OpenItem, OpenOrder
from engine.credit.check import MAX_LEVELS, check_credit
from engine.credit.exposure import exposure_of
from engine.credit.program import CreditProgram
from engine.credit.result import CreditOutcome, CreditResult
from engine.diagnostics import Findings
from engine.load.rulebook import load_rulebook
from engine.quote import QuoteRejectedError

ROOT = Path(__file__).parents[3]
CASES = yaml.load((ROOT / "tests/cases/credit/policy.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)[
    "cases"
]
DAY = date(2026, 3, 1)
CUSTOMER = dict.fromkeys(("id", "name", "group", "segment", "country", "region", "channel", "currency", "parent"))


@pytest.fixture(scope="module")
def program() -> CreditProgram:
    findings = Findings()
    rulebook = load_rulebook(ROOT / "rules/sample", findings)
    assert rulebook is not None
    compiled = compile_credit(rulebook, Catalog.of(), findings)
    assert compiled is not None, list(findings)
    return compiled


def typed(value: str) -> Any:
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def account(stated: dict[str, Any]) -> CreditAccount:
    def days(name: str) -> date | None:
        return date.fromisoformat(stated[name]) if name in stated else None

    def orders(name: str) -> tuple[OpenOrder, ...]:
        return tuple(
            OpenOrder(Decimal(item["amount"]), date.fromisoformat(item["ships"]) if "ships" in item else None)
            for item in stated.get(name, [])
        )

    return CreditAccount(
        id=stated["id"],
        parent=stated.get("parent", ""),
        shares_limit=stated.get("shares_limit") == "true",
        limit=Decimal(stated["limit"]) if "limit" in stated else None,
        limit_expires=days("limit_expires"),
        insured_until=days("insured_until"),
        blocked=stated.get("blocked") == "true",
        receivables=tuple(
            OpenItem(Decimal(item["amount"]), date.fromisoformat(item["due"])) for item in stated.get("receivables", [])
        ),
        orders=orders("orders"),
        deliveries=orders("deliveries"),
        deposits=Decimal(stated.get("deposits", "0")),
        facts={name: typed(value) for name, value in stated.get("facts", {}).items()},
    )


def check(program: CreditProgram, case: dict[str, Any]) -> CreditResult:
    override = CreditOverride(**case["override"]) if "override" in case else None
    ships = date.fromisoformat(case["ships"]) if "ships" in case else None
    accounts = tuple(account(stated) for stated in case["accounts"])
    request = CreditRequest("A", accounts, DAY, ships, override)
    return check_credit(program, request, CUSTOMER, {}, Decimal(case["amount"]), DAY)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case, program):
    if "refused" in case:
        with pytest.raises(QuoteRejectedError) as refusal:
            check(program, case)
        assert [f"{item.reason} {item.field}" for item in refusal.value.violations] == case["refused"]
        return
    result = check(program, case)
    for name, expected in case["expect"].items():
        if name == "findings":
            assert [finding.rule_id for finding in result.findings] == expected
        elif name == "conditions":
            assert [f"{item.kind} {item.value}" for item in result.conditions] == expected
        elif name == "levels":
            found = [
                f"{level.account} {'none' if level.limit is None else level.limit} {level.exposure}"
                for level in result.levels
            ]
            assert found == expected
        else:
            found = attrgetter(name)(result)
            assert found == (None if expected == "null" else typed(expected)), name


def test_findings_tell_where_and_why(program):
    case = {"accounts": [{"id": "A", "limit": "10"}], "amount": "20"}
    finding = check(program, case).findings[0]
    assert finding.file == "credit/policy.yaml"
    assert finding.line > 1
    assert finding.text == "20 EUR within 60 days is above the limit of 10 EUR"
    assert finding.values == (("exposure.over_limit_in_horizon", True),)


def test_outcomes_are_in_the_order_of_severity():
    assert [outcome.value for outcome in CreditOutcome] == [
        "approve", "approve_with_conditions", "refer", "hold", "reject",
    ]  # fmt: skip


def test_exposure_without_accounts_is_the_quote():
    found = exposure_of([], Decimal(7), None, DAY, 30)
    assert (found.total, found.horizon_total, found.overdue_percent) == (7, 7, 0)


BAD = [
    ("rules: []\n", "credit rules need 'settings' with 'currency' and 'no_limit'"),
    ("settings: {currency: EUR}\n", "the field 'no_limit' is missing"),
    ("settings: {currency: EUX, no_limit: hold}\n", "expected an ISO 4217 currency code such as EUR, found 'EUX'"),
    ("settings: {currency: EUR, no_limit: refer}\n", "no_limit: refer needs 'no_limit_role', the role to refer to"),
    ("settings: {currency: EUR, no_limit: hold, score: a.csv}\n", "there is no decision table 'credit/a.csv'"),
    (
        "settings: {currency: EUR, no_limit: hold}\nrules: [{id: a, when: exposure.totl > 1, then: {outcome: hold}}]\n",
        "there is no field 'totl'",
    ),
    (
        "settings: {currency: EUR, no_limit: hold}\nrules: [{id: a, then: {outcome: refer}}]\n",
        "outcome refer needs 'role', the role to refer to",
    ),
    (
        "settings: {currency: EUR, no_limit: hold}\nrules: [{id: a, then: {outcome: approve_with_conditions}}]\n",
        "outcome approve_with_conditions needs 'conditions'",
    ),
    (
        (
            "settings: {currency: EUR, no_limit: hold}\n"
            "rules: [{id: a, then: {outcome: hold, conditions: {deposit_percent: 101}}}]\n"
        ),
        "deposit_percent: 101 is no share or amount of a deposit",
    ),
]


@pytest.mark.parametrize(("text", "expected"), BAD, ids=[expected for _, expected in BAD])
def test_mistakes_are_told(text, expected, tmp_path):
    (tmp_path / "credit").mkdir()
    (tmp_path / "rulebook.yaml").write_text("name: case\n", encoding="utf-8")
    (tmp_path / "credit/rules.yaml").write_text(text, encoding="utf-8")
    findings = Findings()
    rulebook = load_rulebook(tmp_path, findings)
    assert rulebook is not None
    assert compile_credit(rulebook, Catalog.of(), findings) is None
    assert any(item.message.startswith(expected) for item in findings.errors), list(findings)
    assert all(item.span.file == "credit/rules.yaml" and item.span.line for item in findings.errors)


def test_results_are_plain_values(program):
    result = check(program, {"accounts": [{"id": "A", "limit": "10"}], "amount": "20"})
    assert dataclasses.is_dataclass(result)
    assert result == check(program, {"accounts": [{"id": "A", "limit": "10"}], "amount": "20"})


def tower(levels):
    """Accounts above one another that all share the limit of the topmost."""
    names = ["A", *(f"A{number}" for number in range(1, levels))]
    accounts = [{"id": name, "parent": above, "shares_limit": "true"} for name, above in itertools.pairwise(names)]
    return {"accounts": [*accounts, {"id": names[-1], "limit": "100"}], "amount": "20"}


def test_a_limit_is_shared_over_so_many_levels_and_no_more(program):
    assert len(check(program, tower(MAX_LEVELS)).levels) == MAX_LEVELS
    with pytest.raises(QuoteRejectedError, match="shared over at most 20 accounts above one another, found 21"):
        check(program, tower(MAX_LEVELS + 1))

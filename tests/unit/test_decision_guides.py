"""The guides to approvals, credit and renewal: their rule files load, and every figure in their tables comes out."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.approve.facts import NO_CREDIT, ApprovalFacts
from engine.approve.result import ApprovedStep, StepStatus
from engine.compile import load_snapshot
from engine.credit.account import CreditAccount, CreditRequest, OpenItem
from engine.credit.check import check_credit
from engine.renew.contract import Contract, ContractLine, RenewalRequest, Uplift, UpliftPeriod
from engine.renew.propose import propose
from engine.snapshot import Snapshot

DOCS = Path(__file__).parents[2] / "docs"
TOTALS = (
    "net_total", "list_total", "discount_total", "discount_percent", "margin", "margin_percent", "cost_total",
    "first_year_total", "one_time_total", "recurring_total", "usage_total", "monthly_recurring", "annual_recurring",
)  # fmt: skip
CUSTOMER = {
    **dict.fromkeys(("id", "name", "group", "segment", "country", "region", "channel", "currency", "parent")),
    "attributes": {},
}


def block(guide: str, kind: str) -> str:
    return re.search(
        rf"^```yaml {kind}\n(.*?)^```", (DOCS / guide).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )[1]


def table(guide: str, head: str) -> list[list[str]]:
    """The rows of the table whose head begins with `head`."""
    lines = (DOCS / guide).read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {head}"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Snapshot:
    folder = tmp_path_factory.mktemp("guides")
    (folder / "rulebook.yaml").write_text("name: guides\n", encoding="utf-8")
    for guide, kind in (("approvals.md", "approval"), ("credit.md", "credit"), ("renewal.md", "renewal")):
        (folder / kind).mkdir()
        (folder / kind / "rules.yaml").write_text(block(guide, kind), encoding="utf-8")
    return load_snapshot(folder, read_catalog(FOLDER).usable())


def facts(approved=None, **figures) -> ApprovalFacts:
    quote = {
        **dict.fromkeys(TOTALS),
        "id": "Q", "currency": "EUR", "channel": "", "price_date": None, "coupons": [], "line_count": Decimal(1),
        "net_total": Decimal(0), "list_total": Decimal(0), **figures,
    }  # fmt: skip
    return ApprovalFacts(CUSTOMER, quote, [], {**NO_CREDIT, "findings": []}, "robin", date(2026, 3, 1), approved or {})


@pytest.mark.parametrize("row", table("approvals.md", "discount"), ids=lambda row: row[0])
def test_the_ladder(snapshot, row):
    percent, asked = row
    route = snapshot.approval.route(facts(discount_percent=Decimal(percent.removesuffix(" %"))))
    found = [f"{step.id} {step.slots[0].candidates[0].person}" for step in route.steps]
    assert ", ".join(found) == ("" if asked == "nobody" else asked)


@pytest.mark.parametrize("row", table("approvals.md", "rule"), ids=" ".join)
def test_asking_again(row, tmp_path):
    rule, approved, now, again = row
    text = (
        "roles: [{id: boss}]\npeople: [{id: bo, roles: [boss]}]\nchains: [{id: c, steps: [{id: s, roles: [boss]}]}]\n"
        f"rules: [{{id: r, when: {rule.strip('`')}, then: {{require: [c.s]}}}}]\n"
    )
    (tmp_path / "approval").mkdir()
    (tmp_path / "rulebook.yaml").write_text("name: guide\n", encoding="utf-8")
    (tmp_path / "approval/rules.yaml").write_text(text, encoding="utf-8")
    router = load_snapshot(tmp_path, read_catalog(FOLDER).usable()).approval
    name = re.search(r"quote\.(\w+)", rule)[1]
    before = router.route(facts(**{name: Decimal(approved)})).steps[0]
    steps = {"c.s": ApprovedStep.by(before.reasons, "EUR")}
    step = router.route(facts(steps, **{name: Decimal(now)})).steps[0]
    assert step.status is (StepStatus.REQUIRED if again == "yes" else StepStatus.SKIPPED)


@pytest.mark.parametrize("row", table("credit.md", "limit"), ids=" ".join)
def test_credit(snapshot, row):
    limit, owed, amount, outcome, headroom, used = row
    account = CreditAccount(
        "A",
        limit=None if limit == "none" else Decimal(limit),
        receivables=(OpenItem(Decimal(owed), date(2026, 4, 1)),),
    )
    request = CreditRequest("A", (account,))
    found = check_credit(snapshot.credit, request, CUSTOMER, {}, Decimal(amount), date(2026, 3, 1))
    assert found.outcome == outcome
    assert str(found.headroom).lower() == headroom
    assert str(found.used_percent).lower() == used


def contract(price: str, uplift: dict, months: int) -> Contract:
    agreed = Uplift(
        Decimal(str(uplift["percent"])),
        uplift.get("index", ""),
        Decimal(uplift["floor"]) if "floor" in uplift else None,
        Decimal(uplift["cap"]) if "cap" in uplift else None,
        UpliftPeriod(uplift.get("per", "year")),
        uplift.get("compound", False),
    )
    line = ContractLine("1", "PLT-USER-M", Decimal(5), Decimal(price), date(2025, 4, 1), date(2026, 3, 31))
    return Contract("C", "", "EUR", (line,), uplift=agreed)


@pytest.mark.parametrize("row", table("renewal.md", "price"), ids=" ".join)
def test_uplifts(snapshot, row):
    price, uplift, months, expected = row
    asked = contract(price, yaml.safe_load(uplift), int(months))
    products = {"PLT-USER-M": snapshot.pricing.products["PLT-USER-M"].facts}
    request = RenewalRequest(asked, date(2026, 1, 1), term_months=int(months))
    assert str(propose(snapshot.renewal, request, CUSTOMER, products).lines[0].price) == expected


@pytest.mark.parametrize("row", table("renewal.md", "day, for"), ids=lambda row: row[0])
def test_what_to_do_by_when(snapshot, row):
    day, state, actions = row
    products = {"PLT-USER-M": snapshot.pricing.products["PLT-USER-M"].facts}
    request = RenewalRequest(contract("10", {"percent": 1}, 12), date.fromisoformat(day))
    notice = propose(snapshot.renewal, request, CUSTOMER, products).notice
    assert notice.state == state
    assert "; ".join(f"{item.by} {item.what}" for item in notice.actions) == actions


def test_the_guides_name_every_fact():
    text = (DOCS / "approvals.md").read_text(encoding="utf-8")
    assert [name for name in TOTALS if f"`{name}`" not in text] == []
    assert [name for name in NO_CREDIT if f"`{name}`" not in text] == []

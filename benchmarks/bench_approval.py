"""Approval, credit and the whole decision: 10 lines, three levels of approval, 100 approval rules, in process."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from benchmarks.approval_workload import SKUS, write_rules
from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.approve.durable_chainer import is_available
from engine.approve.route import Router
from engine.compile import load_snapshot
from engine.credit.account import CreditAccount, CreditRequest, OpenItem, OpenOrder
from engine.decision import ApprovalRequest, decide
from engine.quote import DiscountKind, Quote, QuoteLine, RequestedDiscount
from engine.snapshot import Snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Snapshot:
    folder = write_rules(tmp_path_factory.mktemp("rules") / "rules", 100)
    return load_snapshot(folder, read_catalog(FOLDER).usable())


def quote() -> Quote:
    discount = RequestedDiscount(DiscountKind.PERCENT, Decimal(55))
    lines = tuple(QuoteLine(str(n), SKUS[n % 5], Decimal(n + 1), discount=discount) for n in range(10))
    return Quote("EUR", date(2026, 3, 16), lines, id="B", customer_id="AURORA")


CREDIT = CreditRequest(
    "AURORA",
    (
        CreditAccount("AURORA", limit=Decimal(5000), orders=(OpenOrder(Decimal(3000), date(2026, 4, 1)),)),
        CreditAccount(
            "AURORA-FR", "AURORA", shares_limit=True, receivables=(OpenItem(Decimal(900), date(2026, 3, 20)),)
        ),
    ),
)
APPROVAL = ApprovalRequest("robin")
PARTS = {
    "pricing": {},
    "pricing and credit": {"credit": CREDIT},
    "pricing and approval": {"approval": APPROVAL},
    "all": {"credit": CREDIT, "approval": APPROVAL},
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS.keys())
def test_decision_by_parts(benchmark, snapshot, parts):
    """What is not asked for costs nothing: the first is what a rulebook without approval and credit takes."""
    benchmark.group = "a decision of 10 lines, 100 approval rules"
    asked = quote()
    decision = benchmark(decide, snapshot, asked, **parts)
    assert (decision.credit is None) == ("credit" not in parts)
    if "approval" in parts:
        assert sum(step.chain == "discount" for step in decision.approval.steps) == 3


def test_decision_by_a_rulebook_without_approval_and_credit(benchmark, tmp_path):
    """What the first of the group above is compared with."""
    benchmark.group = "a decision of 10 lines, 100 approval rules"
    (tmp_path / "rulebook.yaml").write_text("name: bench\n", encoding="utf-8")
    bare = load_snapshot(tmp_path, read_catalog(FOLDER).usable())
    benchmark(decide, bare, quote())


@pytest.mark.parametrize("durable", [False, True], ids=["own chainer", "durable-rules"])
@pytest.mark.parametrize("count", [10, 100, 300])
def test_routing(benchmark, snapshot, tmp_path, durable, count):
    """A three-level chain by number of rules and by forward chainer."""
    if durable and not is_available():
        pytest.skip("durable-rules cannot be imported here")
    benchmark.group = f"routing, {count} rules"
    program = load_snapshot(write_rules(tmp_path / "rules", count), snapshot.catalog).approval.program
    router = Router(program, durable=durable)
    facts = []

    class Recorder:
        program = router.program

        def route(self, asked):
            facts.append(asked)
            return router.route(asked)

    decide(Snapshot("", "", snapshot.catalog, (), snapshot.pricing, Recorder()), quote(), approval=APPROVAL)
    assert len(benchmark(router.route, facts[0]).steps) == 3

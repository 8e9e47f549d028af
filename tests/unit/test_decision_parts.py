"""One decision: the parts asked for, what one hands to the next, and nothing of what was not asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.approve.result import RouteOutcome
from engine.compile import load_snapshot
from engine.credit.account import CreditAccount, CreditOverride, CreditRequest
from engine.credit.result import CreditOutcome
from engine.decision import ApprovalRequest, decide, renew
from engine.money import round_to
from engine.quote import DiscountKind, Quote, QuoteLine, QuoteRejectedError, RequestedDiscount
from engine.renew.contract import Contract, ContractLine, RenewalMethod, RenewalRequest
from engine.snapshot import Snapshot

RULES = FOLDER.parents[1] / "rules" / "sample"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return load_snapshot(RULES, read_catalog(FOLDER).usable())


def quote(percent: str = "0", currency: str = "EUR", **stated) -> Quote:
    discount = RequestedDiscount(DiscountKind.PERCENT, Decimal(percent))
    lines = (QuoteLine("1", "SVC-INSTALL", Decimal(1), discount=discount),)
    return Quote(currency, date(2026, 3, 16), lines, **stated)


def account(limit: str | None) -> CreditRequest:
    return CreditRequest("A", (CreditAccount("A", limit=None if limit is None else Decimal(limit)),))


def test_pricing_alone_has_no_other_parts(snapshot):
    decision = decide(snapshot, quote())
    assert decision.credit is None
    assert decision.approval is None


def test_a_discount_asked_for_is_routed(snapshot):
    route = decide(snapshot, quote("55"), approval=ApprovalRequest("robin")).approval
    assert [step.id for step in route.steps] == ["discount.manager", "discount.director", "discount.cfo"]
    assert [step.slots[0].candidates[0].person for step in route.steps] == ["maria", "dana", "felix"]
    assert route.steps[0].reasons[0].text == "55.00 % discount is above 10 %"
    assert route.steps[0].reasons[0].values == (("quote.discount_percent", Decimal("55.00")),)
    assert route.steps[0].reasons[0].file == "approval/discounts.yaml"


def test_a_credit_referral_is_a_fact_for_approval(snapshot):
    decision = decide(snapshot, quote(), credit=account(None), approval=ApprovalRequest("robin"))
    assert decision.credit.outcome is CreditOutcome.REFER
    assert [step.id for step in decision.approval.steps] == ["credit.credit_manager"]
    assert decide(snapshot, quote(), approval=ApprovalRequest("robin")).approval.outcome is RouteOutcome.AUTO_APPROVED


def test_a_renewal_approves_itself(snapshot):
    route = decide(snapshot, quote(facts={"deal_type": "renewal"}), approval=ApprovalRequest("robin")).approval
    assert route.outcome is RouteOutcome.AUTO_APPROVED
    assert route.outcome_reason == "a renewal with 0.00 % discount approves itself"


def test_the_quote_is_converted_to_the_currency_of_credit(snapshot):
    decision = decide(snapshot, quote(currency="USD"), credit=account("1000000"))
    rate = snapshot.catalog.rate_on(date(2026, 3, 16), "USD", "EUR") or 1 / snapshot.catalog.rate_on(
        date(2026, 3, 16), "EUR", "USD"
    )
    assert decision.credit.exposure.quote == round_to(decision.pricing.totals.net_total * rate, 2)
    assert decision.credit.exposure.quote != decision.pricing.totals.net_total


def test_an_override_needs_somebody_who_holds_the_role(snapshot):
    def ask(person: str) -> CreditRequest:
        asked = account("1")
        return CreditRequest(asked.account, asked.accounts, override=CreditOverride(person, "cfo", "prepaid"))

    assert decide(snapshot, quote(), credit=ask("felix")).credit.outcome is CreditOutcome.APPROVE
    with pytest.raises(QuoteRejectedError, match="'robin' does not hold the role 'cfo'"):
        decide(snapshot, quote(), credit=ask("robin"))


def test_parts_that_the_rulebook_does_not_have_are_refused(tmp_path):
    (tmp_path / "rulebook.yaml").write_text("name: bare\n", encoding="utf-8")
    bare = load_snapshot(tmp_path, read_catalog(FOLDER).usable())
    for part in ({"credit": account("1")}, {"approval": ApprovalRequest()}):
        with pytest.raises(QuoteRejectedError, match="the rulebook has no"):
            decide(bare, quote(), **part)


def test_the_same_request_gives_the_same_decision(snapshot):
    parts = {"credit": account("1"), "approval": ApprovalRequest("robin")}
    assert decide(snapshot, quote("45"), **parts) == decide(snapshot, quote("45"), **parts)


def test_rules_of_every_kind_are_listed(snapshot):
    found = {(rule.kind, rule.id): rule for rule in snapshot.rules}
    approval = found["approval", "discount-above-50"]
    assert (approval.file, approval.action, approval.condition) == (
        "approval/discounts.yaml",
        "require, derive",
        "quote.discount_percent > 50",
    )
    assert found["credit", "over-limit"].action == "refer"
    assert found["renewal", "at-risk-same-price"].action == "method, flag"
    assert all(rule.line > 0 for rule in snapshot.rules)


def test_a_renewal_is_decided_like_any_other_quote(snapshot):
    line = ContractLine("1", "PLT-USER-M", Decimal(100), Decimal(10), date(2025, 4, 1), date(2026, 3, 31))
    contract = Contract("C", "AURORA", "EUR", (line,), method=RenewalMethod.SAME)
    renewal = renew(
        snapshot,
        RenewalRequest(contract, date(2026, 2, 1)),
        credit=account("100"),
        approval=ApprovalRequest("robin"),
    )
    decision = renewal.decision
    assert decision.pricing.totals.net_total == 12000
    assert decision.credit.outcome is CreditOutcome.REFER
    assert "credit.credit_manager" in [step.id for step in decision.approval.steps]
    assert renewal.proposal.quote.facts == {"deal_type": "renewal"}
    with pytest.raises(QuoteRejectedError, match="there is no customer 'AURORE'"):
        renew(snapshot, RenewalRequest(replace(contract, customer_id="AURORE"), date(2026, 2, 1)))
    one_time = replace(contract, lines=(replace(line, sku="SVC-INSTALL"),))
    assert renew(snapshot, RenewalRequest(one_time, date(2026, 2, 1))).decision is None

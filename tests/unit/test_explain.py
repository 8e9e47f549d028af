"""One tree explains all parts of a decision, and what an approval follows from in other parts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from quotewright.v1 import credit_pb2, quote_service_pb2

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.compile import load_snapshot
from engine.credit.account import CreditAccount, CreditRequest
from engine.decision import ApprovalRequest, decide, renew
from engine.explain import DEEPEST, explain, explain_renewal
from engine.quote import DiscountKind, Quote, QuoteLine, RequestedDiscount
from engine.renew.contract import Contract, ContractLine, RenewalRequest
from engine.service.quote_service import QuoteService
from engine.snapshot import SnapshotHolder

ROOT = Path(__file__).parents[2]
CREDIT = CreditRequest("AURORA", (CreditAccount("AURORA", limit=Decimal(1)),))


@pytest.fixture(scope="module")
def snapshot():
    return load_snapshot(ROOT / "rules/sample", read_catalog(FOLDER).usable())


def quote(percent="55"):
    line = QuoteLine("1", "SVC-INSTALL", Decimal(2), discount=RequestedDiscount(DiscountKind.PERCENT, Decimal(percent)))
    return Quote("EUR", date(2026, 3, 16), (line,), id="Q", customer_id="AURORA")


def child(explanation, subject):
    [found] = [item for item in explanation.because if item.subject == subject]
    return found


def size(explanation):
    return 1 + sum(map(size, explanation.because))


def depth(explanation):
    return 1 + max(map(depth, explanation.because), default=0)


def test_what_is_not_asked_for_is_not_explained(snapshot):
    tree = explain(decide(snapshot, quote()))
    assert (tree.subject, [part.subject for part in tree.because]) == ("quote Q", ["prices"])
    line = child(tree.because[0], "line 1: SVC-INSTALL")
    assert line.outcome == tree.outcome == tree.because[0].outcome
    assert line.because[0].subject == "list"
    assert line.because[-1].facts == (("percent", Decimal(55)),)


def test_all_parts_stand_in_one_tree_down_to_their_rules(snapshot):
    tree = explain(decide(snapshot, quote(), credit=CREDIT, approval=ApprovalRequest("robin")))
    assert [part.subject for part in tree.because] == ["prices", "credit of AURORA", "approval"]
    over = child(tree.because[1], "rule over-limit")
    assert (over.outcome, over.file) == ("refer", "credit/policy.yaml")
    step = child(tree.because[2], "credit.credit_manager")
    assert step.outcome.startswith("asks ")
    referred = child(step, "rule credit-referred")
    assert referred.facts == (("credit.outcome", "refer"),)
    assert child(referred, "rule over-limit") == over


def test_a_derived_fact_is_explained_by_the_rule_that_derived_it(snapshot):
    tree = explain(decide(snapshot, quote(), credit=CREDIT, approval=ApprovalRequest("robin")))
    review = child(child(tree.because[2], "contract.legal"), "rule contract-review")
    assert ("derived.exceptional", True) in review.facts
    deep = child(review, "rule discount-above-50")
    assert deep.text.endswith(" % discount is above 50 %")
    risk = child(review, "rule credit-referred")
    assert [item.subject for item in risk.because] == ["rule over-limit"]


def test_rules_that_build_on_one_another_make_no_tree_without_end(tmp_path):
    rules = ["- {id: r0, then: {derive: {f0: true, g0: true}}}"]
    for n in range(1, 100):
        when = f"derived.f{n - 1} and derived.g{n - 1}"
        rules.append(f"- {{id: r{n}, when: {when}, then: {{derive: {{f{n}: true}}}}}}")
        rules.append(f"- {{id: s{n}, when: {when}, then: {{derive: {{g{n}: true}}}}}}")
    rules.append("- {id: last, when: derived.f99 and derived.g99, then: {require: [c.s]}}")
    (tmp_path / "approval").mkdir()
    (tmp_path / "rulebook.yaml").write_text("name: deep\n", encoding="utf-8")
    (tmp_path / "approval/rules.yaml").write_text(
        "roles: [{id: boss}]\npeople: [{id: bo, roles: [boss]}]\nchains: [{id: c, steps: [{id: s, roles: [boss]}]}]\n"
        "rules:\n" + "\n".join(rules),
        encoding="utf-8",
    )
    snapshot = load_snapshot(tmp_path, read_catalog(FOLDER).usable())
    tree = explain(decide(snapshot, quote(), approval=ApprovalRequest()))
    assert size(tree) < 1000
    assert DEEPEST < depth(tree) < 60


def test_a_renewal_is_explained_with_the_decision_about_it(snapshot):
    line = ContractLine("1", "PLT-USER-M", Decimal(10), Decimal(20), date(2025, 4, 1), date(2026, 3, 31))
    old = ContractLine("2", "GONE", Decimal(1), Decimal(20), date(2025, 4, 1), date(2026, 3, 31))
    contract = Contract("C", "AURORA", "EUR", (line, old), facts={"health_score": Decimal(20)})
    renewal = renew(snapshot, RenewalRequest(contract, date(2026, 2, 1)))
    tree = explain_renewal(renewal.proposal, renewal.decision)
    assert child(tree, "line 1").outcome == "20 -> 20.00"
    assert child(child(tree, "line 1"), "rule at-risk-same-price").file == "renewal/policy.yaml"
    assert child(tree, "line 2: GONE").text == "GONE is not sold any more"
    assert child(tree, "quote C-R").because[0].subject == "prices"


@pytest.mark.parametrize("asked", [False, True])
def test_it_goes_over_the_wire_where_it_is_asked_for(snapshot, asked):
    service = QuoteService(SnapshotHolder(snapshot))
    request = quote_service_pb2.PriceQuoteRequest(explanation=asked)
    request.quote.currency, request.quote.price_date, request.quote.customer_id = "EUR", "2026-03-16", "AURORA"
    request.quote.lines.add(id="1", sku="SVC-INSTALL", quantity="2").discount.percent = "55"
    request.approval.requester = "robin"
    request.credit.CopyFrom(credit_pb2.CreditRequest(account="AURORA"))
    request.credit.accounts.add(id="AURORA", limit="1")
    response = quote_service_pb2.PriceQuoteResponse.FromString(service.price_quote(request.SerializeToString()))
    assert response.HasField("explanation") is asked
    assert [part.subject for part in response.explanation.because] == (
        ["prices", "credit of AURORA", "approval"] if asked else []
    )
    streamed = quote_service_pb2.PriceQuotesRequest.FromString(request.SerializeToString())
    [answer] = service.price_quotes([streamed.SerializeToString()], lambda: None)
    answered = quote_service_pb2.PriceQuotesResponse.FromString(answer)
    assert (answered.decision, answered.explanation) == (response.decision, response.explanation)

"""Cases of renewals: tests/cases/renewal/contracts.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.model import Catalog
from engine.compile.renewal import compile_renewal
from engine.diagnostics import Findings
from engine.load.rulebook import load_rulebook
from engine.quote import QuoteLine, QuoteRejectedError, RampSegment
from engine.renew.contract import Contract, ContractLine, RenewalMethod, RenewalRequest, Uplift, UpliftPeriod
from engine.renew.program import RenewalProgram
from engine.renew.propose import propose
from engine.renew.result import RenewalProposal
from engine.renew.terms import ONE_DAY, end_after, months_between, whole_months

FILE = yaml.load(
    (Path(__file__).parents[2] / "cases/renewal/contracts.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
CUSTOMER = dict.fromkeys(("id", "name", "group", "segment", "country", "region", "channel", "currency", "parent"))
PRODUCTS = {
    sku: {"sku": sku, "category": "software", "charge_type": kind}
    for sku, kind in (("SUB", "recurring"), ("ONE", "one_time"))
}


def compiled(text: str, folder: Path) -> tuple[RenewalProgram | None, Findings]:
    (folder / "renewal").mkdir(parents=True, exist_ok=True)
    (folder / "rulebook.yaml").write_text("name: case\nfacts: {quote: {deal: [renewal]}}\n", encoding="utf-8")
    (folder / "renewal/rules.yaml").write_text(text, encoding="utf-8")
    findings = Findings()
    rulebook = load_rulebook(folder, findings)
    assert rulebook is not None
    return compile_renewal(rulebook, Catalog.of(), findings), findings


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> RenewalProgram:
    found, findings = compiled(FILE["rulebook"], tmp_path_factory.mktemp("rules"))
    assert found is not None, list(findings)
    return found


def typed(value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def uplift(stated: dict[str, str] | None) -> Uplift | None:
    if stated is None:
        return None
    return Uplift(
        Decimal(stated["percent"]),
        stated.get("index", ""),
        Decimal(stated["floor"]) if "floor" in stated else None,
        Decimal(stated["cap"]) if "cap" in stated else None,
        UpliftPeriod(stated.get("per", "year")),
        stated.get("compound") == "true",
    )


def segment(text: str) -> RampSegment:
    quantity, price, start, end = text.split()
    return RampSegment(date.fromisoformat(start), date.fromisoformat(end), Decimal(quantity), Decimal(price))


def line(name: str, text: str, case: dict[str, Any]) -> ContractLine:
    sku, quantity, price, start, end = text.split()
    method = case.get("line_method", {}).get(name)
    return ContractLine(
        name,
        sku,
        Decimal(quantity),
        Decimal(price),
        date.fromisoformat(start),
        date.fromisoformat(end),
        tuple(segment(part) for part in case.get("segments", {}).get(name, [])),
        False if name in case.get("not_renewable", []) else None,
        RenewalMethod(method) if method else None,
        uplift(case.get("line_uplift", {}).get(name)),
    )


def renew(program: RenewalProgram, case: dict[str, Any]) -> RenewalProposal:
    def day(name: str) -> date | None:
        return date.fromisoformat(case[name]) if name in case else None

    contract = Contract(
        "C",
        "",
        "EUR",
        tuple(line(name, text, case) for name, text in case["lines"].items()),
        method=RenewalMethod(case["method"]) if "method" in case else None,
        uplift=uplift(case.get("uplift")),
        auto_renew=case["auto_renew"] == "true" if "auto_renew" in case else None,
        notice_days=int(case["notice_days"]) if "notice_days" in case else None,
        facts={name: typed(value) for name, value in case.get("facts", {}).items()},
    )
    additions = tuple(
        QuoteLine(name, text.split()[0], Decimal(text.split()[1])) for name, text in case.get("additions", {}).items()
    )
    request = RenewalRequest(
        contract,
        day("day") or date(2026, 2, 1),
        int(case["term_months"]) if "term_months" in case else None,
        day("start"),
        case["co_term"] == "true" if "co_term" in case else None,
        day("end"),
        {name: Decimal(value) for name, value in case.get("quantities", {}).items()},
        additions,
    )
    return propose(program, request, CUSTOMER, PRODUCTS)


@pytest.mark.parametrize("case", FILE["cases"], ids=[case["name"] for case in FILE["cases"]])
def test_case(case, program):
    if "refused" in case:
        with pytest.raises(QuoteRejectedError) as refusal:
            renew(program, case)
        assert [f"{item.reason} {item.field}" for item in refusal.value.violations] == case["refused"]
        return
    proposal = renew(program, case)
    for name, expected in case["expect"].items():
        assert CHECKS[name](proposal) == expected, name


CHECKS = {
    "lines": lambda proposal: [
        f"{item.contract_line} {item.method} {item.decided_by} {'none' if item.price is None else item.price} "
        f"{item.start} {item.end}"
        for item in proposal.lines
    ],
    "explanation": lambda proposal: proposal.lines[0].explanation,
    "rate": lambda proposal: str(proposal.lines[0].rate),
    "quantity": lambda proposal: str(proposal.lines[0].quantity),
    "days_given_up": lambda proposal: str(proposal.lines[0].days_given_up),
    "excluded": lambda proposal: [f"{item.contract_line}: {item.reason}" for item in proposal.excluded],
    "flags": lambda proposal: [f"{flag}: {reason.text}" for flag, reason in proposal.flags],
    "quote": lambda proposal: (
        "none"
        if proposal.quote is None
        else [f"{item.id} {item.sku} {item.quantity} {item.start} {item.end}" for item in proposal.quote.lines]
    ),
    "notice": lambda proposal: f"{proposal.notice.state} {proposal.notice.window_opens} {proposal.notice.notice_by}",
    "actions": lambda proposal: [f"{item.by} {item.what}" for item in proposal.notice.actions],
}


DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, st.integers(1, 120))
@settings(max_examples=300, deadline=None)
def test_whole_terms_are_whole_months(start, months):
    end = end_after(start, months)
    if start.day <= 28:
        assert months_between(start, end) == months
    assert whole_months(start, end) == months
    assert months < months_between(start, end + ONE_DAY) <= months + 1


BAD = [
    ("settings: {uplift: {index: cpi}}\n", "there is no index 'cpi'"),
    ("settings: {uplift: {floor: 3, cap: 2}}\n", "uplift: the floor of 3 is above the cap of 2"),
    ("settings: {deal_facts: {dael: renewal}}\n", "the rulebook declares no quote fact 'dael'"),
    ("settings: {deal_facts: {deal: renewel}}\n", "deal: expected one of renewal, found 'renewel'"),
    ("indices: [{id: cpi, values: {last year: 2}}]\n", "expected a year such as 2026, found 'last year'"),
    ("rules: [{id: a, then: {percent_off: 101}}]\n", "percent_off: expected 0 to 100, found 101"),
    ("rules: [{id: a, then: {}}]\n", "a rule does something"),
    ("rules: [{id: a, when: contract.helth < 4, then: {exclude: true}}]\n", "there is no field 'helth'"),
    ("rules: [{id: a, then: {uplift: {index: cpj}}}]\nindices: [{id: cpi, values: {2026: 1}}]\n", "there is no index"),
]


@pytest.mark.parametrize(("text", "expected"), BAD, ids=[expected for _, expected in BAD])
def test_mistakes_are_told(text, expected, tmp_path):
    found, findings = compiled(text, tmp_path)
    assert found is None
    assert any(item.message.startswith(expected) for item in findings.errors), list(findings)

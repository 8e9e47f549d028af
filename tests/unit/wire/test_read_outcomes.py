"""Credit and approval of a reply are read as they were decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from quotewright.v1 import decision_pb2

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.compile import load_snapshot
from engine.credit.account import CreditAccount, CreditOverride, CreditRequest, OpenItem, OpenOrder
from engine.decision import ApprovalRequest, decide
from engine.quote import DiscountKind, Quote, QuoteLine, RequestedDiscount
from engine.wire.read_decision import read_decision
from engine.wire.write_decision import write_decision

ROOT = Path(__file__).parents[3]
DAY = date(2026, 3, 16)


@pytest.fixture(scope="module")
def snapshot():
    return load_snapshot(ROOT / "rules/sample", read_catalog(FOLDER).usable())


def account(**changed):
    items = (OpenItem(Decimal(900), date(2026, 1, 2)), OpenItem(Decimal(-5), DAY))
    return CreditAccount(
        "AURORA", limit=Decimal(2000), receivables=items, orders=(OpenOrder(Decimal(3), DAY),), **changed
    )


REQUESTS = {
    "nothing owed": CreditRequest("AURORA", (CreditAccount("AURORA", limit=Decimal(10**9)),)),
    "overdue": CreditRequest("AURORA", (account(),)),
    "no limit": CreditRequest("AURORA", (CreditAccount("AURORA"),)),
    "blocked": CreditRequest("AURORA", (account(blocked=True),)),
    "scored": CreditRequest(
        "AURORA",
        (account(facts={"years_as_customer": Decimal(9), "industry_risk": "low", "late_payments": Decimal(3)}),),
    ),
    "overridden": CreditRequest("AURORA", (account(blocked=True),), override=CreditOverride("felix", "cfo", "paid")),
}


@pytest.mark.parametrize("percent", [5, 15, 55])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_what_was_decided_is_read(snapshot, request_, percent):
    discount = RequestedDiscount(DiscountKind.PERCENT, Decimal(percent))
    quote = Quote("EUR", DAY, (QuoteLine("1", "SVC-INSTALL", Decimal(2), discount=discount),), customer_id="AURORA")
    decided = decide(snapshot, quote, credit=request_, approval=ApprovalRequest("robin"))
    message = decision_pb2.Decision()
    write_decision(decided, message)
    read = read_decision(message)
    assert read.credit == decided.credit
    # The role that an escalation goes to is no part of the reply.
    steps = [
        replace(step, escalation=step.escalation and replace(step.escalation, role=""))
        for step in decided.approval.steps
    ]
    assert read.approval == replace(decided.approval, steps=tuple(steps))
    again = decision_pb2.Decision()
    write_decision(read, again)
    assert again == message

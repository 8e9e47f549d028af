"""Figures beyond all sense in contracts and accounts: told as such, never an error of the server."""

from __future__ import annotations

import itertools

import pytest
from quotewright_client import (
    Contract,
    ContractLine,
    CreditAccount,
    CreditRequest,
    InvalidRequestError,
    OpenItem,
    QuotewrightClient,
    Uplift,
    line,
    quote,
)

FIGURES = (
    "0",
    "1e-400",
    "1e-11",
    "1e-10",
    "0.5",
    "999999999999999999999",
    "1e20",
    "1e21",
    "1e30",
    "1e400",
    "-1",
    "-1e20",
)
ASKED = quote([line("SVC-INSTALL", 1)], currency="EUR", price_date="2026-03-16", id="Q")


@pytest.fixture(scope="module")
def client(start):
    with QuotewrightClient(start("--address", "127.0.0.1:0")[1], timeout=30) as client:
        yield client


def answered(call):
    """Whether the call was answered; a refusal names a field."""
    try:
        call()
    except InvalidRequestError as error:
        return not error.violations
    return True


@pytest.mark.parametrize("field", ["quantity", "unit_price"])
@pytest.mark.parametrize("figure", FIGURES)
def test_contracts(client, field, figure):
    stated = {"quantity": "3", "unit_price": "5", field: figure}
    item = ContractLine(id="1", sku="PLT-USER-M", start_date="2025-04-01", end_date="2026-03-31", **stated)
    contract = Contract(id="C", customer_id="AURORA", currency="EUR", lines=[item])
    for start, term in itertools.product(("", "2026-03-01"), (0, 1200)):
        answered(
            lambda s=start, t=term: client.propose_renewal(contract, day="2026-03-01", start_date=s, term_months=t)
        )


@pytest.mark.parametrize("compound", [False, True])
@pytest.mark.parametrize("figure", [*FIGURES, "-1000", "900"])
def test_uplifts(client, figure, compound):
    item = ContractLine(
        id="1", sku="PLT-USER-M", start_date="2025-04-01", end_date="2026-03-31", quantity="3", unit_price="5"
    )
    uplift = Uplift(percent=figure, compound=compound)
    contract = Contract(id="C", customer_id="AURORA", currency="EUR", lines=[item], uplift=uplift)
    for term in (1, 12, 1200):
        answered(lambda t=term: client.propose_renewal(contract, day="2026-03-01", term_months=t))


@pytest.mark.parametrize("limit", FIGURES)
def test_accounts(client, limit):
    for amount in FIGURES:
        items = [OpenItem(amount=amount, due_date="0001-01-01")] * 3
        account = CreditAccount(id="A", limit=limit, receivables=items, deposits=amount)
        answered(lambda a=account: client.check_credit(ASKED, CreditRequest(account="A", accounts=[a])))


def test_most_figures_are_taken(client):
    taken = [answered(lambda f=figure: client.check_credit(ASKED, CreditRequest(
        account="A", accounts=[CreditAccount(id="A", limit=f)]))) for figure in FIGURES]  # fmt: skip
    assert dict(zip(FIGURES, taken, strict=True)) == {
        "0": True, "1e-400": False, "1e-11": False, "1e-10": True, "0.5": True, "999999999999999999999": True,
        "1e20": True, "1e21": False, "1e30": False, "1e400": False, "-1": False, "-1e20": False,
    }  # fmt: skip

"""Lines and accounts are known by their bytes: what is read again is what was read, and mistakes are told again."""

from decimal import Decimal

import pytest
from quotewright.v1 import credit_pb2, quote_pb2

from engine.credit.account import CreditAccount
from engine.quote import QuoteRejectedError
from engine.wire import read_parts as parts
from engine.wire import read_quote as reading
from engine.wire.read_parts import LONGEST_ACCOUNT_KEPT, read_credit_request
from engine.wire.read_quote import LINES_KEPT, LONGEST_LINE_KEPT, read_quote
from engine.wire.violations import Violations


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(reading, "_known_lines", {})
    monkeypatch.setattr(parts, "_known_accounts", {})


def quote(*lines: quote_pb2.QuoteLine) -> quote_pb2.Quote:
    return quote_pb2.Quote(currency="EUR", price_date="2026-03-16", lines=lines)


def line(number: int, quantity: str = "3", colour: str = "red") -> quote_pb2.QuoteLine:
    facts = {"colour": quote_pb2.FactValue(text=colour)}
    return quote_pb2.QuoteLine(id=str(number), sku="A", quantity=quantity, facts=facts)


def test_a_line_that_comes_again_is_the_one_that_was_read():
    first = read_quote(quote(line(1), line(2))).lines
    again = read_quote(quote(line(2), line(1, colour="blue"), line(3))).lines
    assert again[0] is first[1]
    assert [(found.id, found.facts, found.quantity) for found in again] == [
        ("2", {"colour": "red"}, Decimal(3)),
        ("1", {"colour": "blue"}, Decimal(3)),
        ("3", {"colour": "red"}, Decimal(3)),
    ]


def test_a_line_in_which_something_is_wrong_is_told_again_where_it_stands():
    for lines, place in (((line(1, "x"),), 0), ((line(2), line(1, "x")), 1)):
        for _ in range(2):
            with pytest.raises(QuoteRejectedError) as refused:
                read_quote(quote(*lines))
            assert [item.field for item in refused.value.violations] == [f"lines[{place}].quantity"]


def test_long_lines_are_not_kept():
    long = line(1, colour="x" * LONGEST_LINE_KEPT)
    assert read_quote(quote(long)).lines == read_quote(quote(long)).lines
    assert not reading._known_lines


def test_no_more_lines_are_kept_than_said():
    for start in range(0, 2 * LINES_KEPT, 5_000):
        read_quote(quote(*(line(number) for number in range(start, start + 5_000))))
        assert 0 < len(reading._known_lines) <= LINES_KEPT


def accounts(*messages: credit_pb2.CreditAccount) -> tuple[CreditAccount, ...]:
    violations = Violations()
    found = read_credit_request(credit_pb2.CreditRequest(account="A", accounts=messages), violations).accounts
    assert [item.field for item in violations.found] == []
    return found


def account(name: str, limit: str = "5", orders: int = 1) -> credit_pb2.CreditAccount:
    item = credit_pb2.OpenOrder(amount="3", ship_date="2026-04-01")
    return credit_pb2.CreditAccount(id=name, limit=limit, orders=[item] * orders)


def test_an_account_that_comes_again_is_the_one_that_was_read():
    first = accounts(account("A"), account("B"))
    again = accounts(account("B"), account("A", "6"))
    assert again[0] is first[1]
    assert [(found.id, found.limit, found.orders) for found in again] == [
        ("B", Decimal(5), first[1].orders),
        ("A", Decimal(6), first[0].orders),
    ]


def test_an_account_in_which_something_is_wrong_is_told_again_where_it_stands():
    for messages, place in (((account("A", "x"),), 0), ((account("B"), account("A", "x")), 1)):
        for _ in range(2):
            violations = Violations()
            read_credit_request(credit_pb2.CreditRequest(account="A", accounts=messages), violations)
            assert [item.field for item in violations.found] == [f"credit.accounts[{place}].limit"]


def test_long_accounts_are_not_kept():
    long = account("A", orders=LONGEST_ACCOUNT_KEPT // 10)
    assert accounts(long) == accounts(long)
    assert not parts._known_accounts


def test_no_more_accounts_are_kept_than_said(monkeypatch):
    monkeypatch.setattr(parts, "ACCOUNTS_KEPT", 10)
    for number in range(35):
        accounts(account(str(number)))
        assert 0 < len(parts._known_accounts) <= 10

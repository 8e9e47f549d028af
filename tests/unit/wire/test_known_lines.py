"""Lines are known by their bytes: what is read again is what was read, and mistakes are told again."""

from decimal import Decimal

import pytest
from quotewright.v1 import quote_pb2

from engine.quote import QuoteRejectedError
from engine.wire import read_quote as reading
from engine.wire.read_quote import LINES_KEPT, LONGEST_LINE_KEPT, read_quote


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(reading, "_known_lines", {})


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

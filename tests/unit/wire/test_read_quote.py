"""Requests that cannot be read: every violation is told, with path, reason and message."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from google.protobuf import text_format
from quotewright.v1 import quote_pb2

from engine.quote import MAX_LINES, QuoteRejectedError
from engine.wire.read_quote import read_quote
from engine.wire.violations import MAX_COUPONS, MAX_DEPTH, MAX_FACTS, MAX_NAME, MAX_TEXT

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/wire/bad_quotes.yaml").read_text(encoding="utf-8"))


def good() -> quote_pb2.Quote:
    quote = quote_pb2.Quote(currency="EUR", price_date="2026-03-01")
    quote.lines.add(id="1", sku="A", quantity="1")
    return quote


def violations(quote: quote_pb2.Quote) -> list[tuple[str, str, str]]:
    with pytest.raises(QuoteRejectedError) as caught:
        read_quote(quote)
    return [(item.field, item.reason, item.message) for item in caught.value.violations]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_violation_is_told(case):
    quote = text_format.Parse(case["quote"], quote_pb2.Quote())
    assert sorted(violations(quote)) == sorted(tuple(item) for item in case["violations"])


def test_one_line_too_many():
    quote = good()
    del quote.lines[:]
    for number in range(MAX_LINES + 1):
        quote.lines.add(id=str(number), sku="A", quantity="1")
    assert violations(quote) == [("lines", "TOO_MANY", "a quote has at most 100,000 lines, found 100,001")]
    del quote.lines[-1]
    assert len(read_quote(quote).lines) == MAX_LINES


@pytest.mark.parametrize("field", ["id", "customer_id", "channel"])
def test_long_names(field):
    quote = good()
    setattr(quote, field, "x" * MAX_NAME)
    assert getattr(read_quote(quote), field) == "x" * MAX_NAME
    setattr(quote, field, "x" * (MAX_NAME + 1))
    assert violations(quote) == [(field, "TOO_LONG", "at most 200 characters are taken, found 201")]


def test_long_texts():
    quote = good()
    quote.lines[0].id = quote.lines[0].sku = "x" * (MAX_NAME + 1)
    quote.discount.percent = "1"
    quote.discount.reason = "x" * (MAX_TEXT + 1)
    quote.customer["note"].text = "x" * (MAX_TEXT + 1)
    quote.facts["y" * (MAX_NAME + 1)].text = "x"
    assert [field for field, reason, _ in violations(quote) if reason == "TOO_LONG"] == [
        "lines[0].id",
        "lines[0].sku",
        "customer['note']",
        "facts",
        "discount.reason",
    ]


def test_too_many_facts_and_coupons():
    quote = good()
    for number in range(MAX_FACTS + 1):
        quote.facts[str(number)].boolean = True
    quote.coupons.extend(["x"] * (MAX_COUPONS + 1))
    assert [(field, reason) for field, reason, _ in violations(quote)] == [
        ("coupons", "TOO_MANY"),
        ("facts", "TOO_MANY"),
    ]


def test_components_too_deep():
    quote = good()
    components = quote.lines[0].components
    for _ in range(MAX_DEPTH):
        components = components.add(sku="B").components
    assert read_quote(quote).lines[0].components
    components.add(sku="B")
    assert [(reason, message) for _, reason, message in violations(quote)] == [
        ("TOO_DEEP", "bundles nest at most 20 levels deep")
    ]


def test_a_ramp_needs_no_quantity():
    quote = good()
    quote.lines[0].quantity = ""
    quote.lines[0].segments.add(start_date="2026-01-01", end_date="2026-12-31", quantity="5")
    assert read_quote(quote).lines[0].quantity == 0


@pytest.mark.parametrize(
    "text", ["0", "007", "1.50", ".5", "5.", "1e3", "-2", "+2", "1234567890123456.1234567890123456"]
)
def test_decimals_are_exact(text):
    quote = good()
    quote.lines[0].quantity = text
    assert str(read_quote(quote).lines[0].quantity) == str(Decimal(text))

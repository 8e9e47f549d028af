"""Quotes as files: what they may say, and every mistake with its place."""

import json

import pytest
from google.protobuf import json_format

from engine.diagnostics import RejectedError, render
from engine.quote import QuoteRejectedError
from engine.wire.quote_file import read_quote_file
from engine.wire.read_quote import read_quote

FULL = """\
id: Q-1
currency: EUR
price_date: 2026-03-01
customer: {segment: SMB, employees: 1.20e2, vip: true, since: 2020-01-01, code: "2020-01-01", region: null}
facts: {due: {date: "2026-04-01"}}
coupons: [SPRING, 2026]
discount: {percent: 5, reason: long-standing customer}
explain_alternatives: true
lines:
  - sku: 007
    quantity: 1.50
    term_months: 12
    components:
      - sku: B
        quantity: 2
  - {id: extra, sku: "8", quantity: "3"}
"""


def test_a_whole_quote():
    message = read_quote_file(FULL, "quote.yaml").message
    assert json_format.MessageToDict(message, preserving_proto_field_name=True) == {
        "id": "Q-1",
        "currency": "EUR",
        "price_date": "2026-03-01",
        "customer": {
            "segment": {"text": "SMB"},
            "employees": {"number": "1.20e2"},
            "vip": {"boolean": True},
            "since": {"date": "2020-01-01"},
            "code": {"text": "2020-01-01"},
            "region": {},
        },
        "facts": {"due": {"date": "2026-04-01"}},
        "coupons": ["SPRING", "2026"],
        "discount": {"percent": "5", "reason": "long-standing customer"},
        "explain_alternatives": True,
        "lines": [
            {
                "id": "1",
                "sku": "007",
                "quantity": "1.50",
                "term_months": 12,
                "components": [{"sku": "B", "quantity": "2"}],
            },
            {"id": "extra", "sku": "8", "quantity": "3"},
        ],
    }


def test_json_is_read_too():
    text = json.dumps(
        {"currency": "EUR", "price_date": "2026-03-01", "lines": [{"sku": "A", "quantity": 0.1}]}, indent=2
    )
    assert str(read_quote(read_quote_file(text, "quote.json").message).lines[0].quantity) == "0.1"


MISTAKES = """\
curency: EUR
price_date: [2026-03-01]
explain_alternatives: maybe
discount: {percent: 5, amount: 3}
customer: {size: [1]}
coupons: SPRING
lines:
  - sku: true
    quantity: 1
    term_months: soon
  - 17
"""

FINDINGS = """\
quote.yaml:1:1: error[unknown-field]: a quote has no field 'curency'; it has id, currency, price_date, customer_id, \
channel, lines, customer, facts, coupons, discount, explain_alternatives
    1 | curency: EUR
      | ^^^^^^^
        hint: did you mean 'currency'?
quote.yaml:2:13: error[wrong-type]: expected a text or a number, found a list
    2 | price_date: [2026-03-01]
      |             ^
quote.yaml:3:23: error[wrong-type]: expected true or false, found 'maybe'
    3 | explain_alternatives: maybe
      |                       ^^^^^
quote.yaml:4:24: error[wrong-value]: 'amount' cannot stand beside 'percent': give one of them
    4 | discount: {percent: 5, amount: 3}
      |                        ^^^^^^
quote.yaml:5:18: error[wrong-type]: expected a text, a number, true, false or a date, found a list
    5 | customer: {size: [1]}
      |                  ^
quote.yaml:6:10: error[wrong-type]: expected a list of coupons, found 'SPRING'
    6 | coupons: SPRING
      |          ^^^^^^
quote.yaml:8:10: error[wrong-type]: expected a text or a number, found True
    8 |   - sku: true
      |          ^^^^
quote.yaml:10:18: error[wrong-type]: expected a whole number, found 'soon'
   10 |     term_months: soon
      |                  ^^^^
quote.yaml:11:5: error[wrong-type]: expected the fields of a quote line, found 17
   11 |   - 17
      |     ^^
"""


def test_every_mistake_has_its_place():
    with pytest.raises(RejectedError) as caught:
        read_quote_file(MISTAKES, "quote.yaml")
    from engine.source import SourceText

    texts = {"quote.yaml": SourceText("quote.yaml", MISTAKES)}
    assert "\n".join(render(item, texts) for item in caught.value.findings.sorted()) + "\n" == FINDINGS


@pytest.mark.parametrize("text", ["", "- 1", "just text", "{", "a: &x 1\nb: *x"])
def test_what_is_no_quote(text):
    with pytest.raises(RejectedError):
        read_quote_file(text, "quote.yaml")


def test_violations_point_into_the_file():
    text = "facts:\n  since: {date: soon}\nlines:\n  - {sku: A, quantity: '12,50'}\n"
    file = read_quote_file(f"currency: EUR\nprice_date: 2026-03-01\n{text}", "quote.yaml")
    with pytest.raises(QuoteRejectedError) as caught:
        read_quote(file.message)
    assert [(str(item.span), item.message) for item in file.findings(caught.value.violations)] == [
        (
            "quote.yaml:6:25",
            "lines[0].quantity: expected a decimal such as 1234.56, found '12,50' (decimals take a point, not a comma)",
        ),
        ("quote.yaml:4:10", "facts['since']: expected a date such as 2026-03-01, found 'soon'"),
    ]

"""Quote to message: what a caller that holds plain quotes sends."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from quotewright.v1 import quote_pb2 as pb

from engine.quote import Component, Fact, Facts, Quote, QuoteLine, RequestedDiscount
from engine.wire.text import decimal_text, optional_date_text, optional_decimal_text


class _Components(Protocol):
    """A repeated field of components."""

    def add(self) -> pb.Component: ...


def write_quote(quote: Quote, message: pb.Quote) -> None:
    """Fill an empty message with a quote."""
    message.id = quote.id
    message.currency = quote.currency
    message.price_date = quote.price_date.isoformat()
    message.customer_id = quote.customer_id
    message.channel = quote.channel
    for line in quote.lines:
        _write_line(line, message.lines.add())
    write_facts(quote.customer, message.customer)
    write_facts(quote.facts, message.facts)
    message.coupons.extend(quote.coupons)
    if quote.discount is not None:
        _write_discount(quote.discount, message.discount)
    message.explain_alternatives = quote.explain_alternatives


def _write_line(line: QuoteLine, message: pb.QuoteLine) -> None:
    message.id = line.id
    message.sku = line.sku
    message.quantity = decimal_text(line.quantity)
    message.start_date = optional_date_text(line.start)
    message.end_date = optional_date_text(line.end)
    message.term_months = line.term_months or 0
    write_facts(line.facts, message.facts)
    if line.discount is not None:
        _write_discount(line.discount, message.discount)
    _write_components(line.components, message.components)
    if line.transactions is not None:
        message.transactions.amounts.extend(map(decimal_text, line.transactions.amounts))
        message.transactions.count = 0 if line.transactions.amounts else line.transactions.count
    for segment in line.segments:
        part = message.segments.add()
        part.start_date = segment.start.isoformat()
        part.end_date = segment.end.isoformat()
        part.quantity = decimal_text(segment.quantity)
        part.unit_price = optional_decimal_text(segment.unit_price)


def _write_components(components: Iterable[Component], messages: _Components) -> None:
    for component in components:
        message = messages.add()
        message.sku = component.sku
        message.quantity = optional_decimal_text(component.quantity)
        _write_components(component.components, message.components)


def _write_discount(discount: RequestedDiscount, message: pb.RequestedDiscount) -> None:
    setattr(message, discount.kind.value, decimal_text(discount.value))
    message.reason = discount.reason


def write_facts(facts: Facts, messages: MutableMapping[str, pb.FactValue]) -> None:
    """Fill a map of facts; a fact that is None becomes a value that is not set."""
    for name, fact in facts.items():
        write_fact(fact, messages[name])


def write_fact(fact: Fact, message: pb.FactValue) -> None:
    """Fill an empty fact."""
    if isinstance(fact, bool):
        message.boolean = fact
    elif isinstance(fact, str):
        message.text = fact
    elif isinstance(fact, Decimal):
        message.number = decimal_text(fact)
    elif isinstance(fact, date):
        message.date = fact.isoformat()

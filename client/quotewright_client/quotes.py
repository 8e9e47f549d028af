"""Builders of quotes from what a program holds: decimals, dates, plain values; floats are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from datetime import date
from decimal import Decimal

from quotewright.v1.quote_pb2 import Component, FactValue, Quote, QuoteLine, RampSegment, RequestedDiscount

Number = Decimal | int | str
"""A decimal: never a float, which cannot carry an exact amount."""

Fact = str | Decimal | int | bool | date | None
"""A fact: text, a number, a boolean, a date, or None for a fact that is null."""


def decimal_text(number: Number) -> str:
    """The text of a decimal as the server takes it.

    Raises:
        TypeError: a float or a bool.
    """
    if isinstance(number, bool | float) or not isinstance(number, Decimal | int | str):
        raise TypeError(f"a decimal is given as Decimal, int or text, not as {type(number).__name__}: {number!r}")
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def quote(
    lines: Iterable[QuoteLine],
    *,
    currency: str,
    price_date: date | str,
    id: str = "",  # noqa: A002  # the field's name
    customer_id: str = "",
    customer: Mapping[str, Fact] | None = None,
    channel: str = "",
    facts: Mapping[str, Fact] | None = None,
    coupons: Iterable[str] = (),
    discount: RequestedDiscount | None = None,
    explain_alternatives: bool = False,
) -> Quote:
    """A quote; the fields are those of quote.proto. Lines without an id are numbered from 1."""
    message = Quote(
        id=id,
        currency=currency,
        price_date=str(price_date),
        customer_id=customer_id,
        channel=channel,
        lines=lines,
        coupons=coupons,
        discount=discount,
        explain_alternatives=explain_alternatives,
    )
    for number, item in enumerate(message.lines, start=1):
        item.id = item.id or str(number)
    _set_facts(customer, message.customer)
    _set_facts(facts, message.facts)
    return message


def line(
    sku: str,
    quantity: Number,
    *,
    id: str = "",  # noqa: A002  # the field's name
    start_date: date | str = "",
    end_date: date | str = "",
    until_date: date | str = "",
    term_months: int = 0,
    facts: Mapping[str, Fact] | None = None,
    discount: RequestedDiscount | None = None,
    components: Iterable[Component] = (),
    segments: Iterable[RampSegment] = (),
) -> QuoteLine:
    """A line; the fields are those of quote.proto."""
    message = QuoteLine(
        id=id,
        sku=sku,
        quantity=decimal_text(quantity),
        start_date=str(start_date),
        end_date=str(end_date),
        until_date=str(until_date),
        term_months=term_months,
        discount=discount,
        components=components,
        segments=segments,
    )
    _set_facts(facts, message.facts)
    return message


def percent_off(percent: Number, reason: str = "") -> RequestedDiscount:
    """A discount of percent points: 15 is 15 %."""
    return RequestedDiscount(percent=decimal_text(percent), reason=reason)


def amount_off(amount: Number, reason: str = "") -> RequestedDiscount:
    """A discount of an amount: on a line per unit, on a quote for the whole."""
    return RequestedDiscount(amount=decimal_text(amount), reason=reason)


def price_wanted(price: Number, reason: str = "") -> RequestedDiscount:
    """A discount down to a price: on a line per unit, on a quote for the whole."""
    return RequestedDiscount(price=decimal_text(price), reason=reason)


def _set_facts(facts: Mapping[str, Fact] | None, messages: MutableMapping[str, FactValue]) -> None:
    for name, fact in (facts or {}).items():
        message = messages[name]
        match fact:
            case None:
                pass
            case bool():
                message.boolean = fact
            case str():
                message.text = fact
            case date():
                message.date = fact.isoformat()
            case _:
                message.number = decimal_text(fact)

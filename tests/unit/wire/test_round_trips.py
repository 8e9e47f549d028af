"""What goes onto the wire comes back equal: quotes and decisions, whatever they hold."""

import string
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quotewright.v1 import decision_pb2, quote_pb2

from catalog.price import BillingPeriod
from engine.decision import Decision
from engine.money import Rounding, RoundingMode, currency_codes
from engine.pricing.result import (
    Alternative,
    Notice,
    Offer,
    PricedItem,
    PricedLine,
    PricedQuote,
    PriorPrices,
    Term,
    Totals,
)
from engine.pricing.terms import Periods
from engine.quote import Component, DiscountKind, Quote, QuoteLine, RampSegment, RequestedDiscount
from engine.trace import Adjustment, AdjustmentKind, KnownSteps, Origin
from engine.wire.read_decision import read_decision
from engine.wire.read_quote import read_quote
from engine.wire.wire_format import Delimited, varint
from engine.wire.write_decision import decision_text, write_decision
from engine.wire.write_quote import write_quote

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text(string.ascii_letters + string.digits + "-é", min_size=1, max_size=10)
DECIMALS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
) | st.sampled_from([Decimal("1E+3"), Decimal("1E-12"), Decimal("0.00"), Decimal("-0.10"), Decimal("9" * 34)])
DATES = st.dates()
FACTS = st.dictionaries(NAMES, st.none() | st.booleans() | TEXTS | DECIMALS | DATES, max_size=4)
DISCOUNTS = st.none() | st.builds(RequestedDiscount, st.sampled_from(DiscountKind), DECIMALS, TEXTS)
COMPONENTS = st.recursive(
    st.builds(Component, NAMES, st.none() | DECIMALS),
    lambda inner: st.builds(Component, NAMES, st.none() | DECIMALS, st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
SEGMENTS = st.builds(RampSegment, DATES, DATES, DECIMALS, st.none() | DECIMALS)


@st.composite
def lines(draw, line_id):
    end = draw(st.none() | DATES)
    return QuoteLine(
        id=line_id,
        sku=draw(NAMES),
        quantity=draw(DECIMALS),
        start=draw(st.none() | DATES),
        end=end,
        term_months=draw(st.none() | st.integers(1, 1200)) if end is None else None,
        facts=draw(FACTS),
        discount=draw(DISCOUNTS),
        components=tuple(draw(st.lists(COMPONENTS, max_size=2))),
        segments=tuple(draw(st.lists(SEGMENTS, max_size=2))),
    )


@st.composite
def quotes(draw):
    ids = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    return Quote(
        currency=draw(st.sampled_from(sorted(currency_codes()))),
        price_date=draw(DATES),
        lines=tuple(draw(lines(line_id)) for line_id in ids),
        id=draw(TEXTS),
        customer_id=draw(TEXTS),
        customer=draw(FACTS),
        channel=draw(TEXTS),
        facts=draw(FACTS),
        coupons=tuple(draw(st.lists(NAMES, max_size=3))),
        discount=draw(DISCOUNTS),
        explain_alternatives=draw(st.booleans()),
    )


@given(quotes())
@settings(max_examples=150, deadline=None)
def test_quotes(quote):
    message = quote_pb2.Quote()
    write_quote(quote, message)
    assert read_quote(quote_pb2.Quote.FromString(message.SerializeToString())) == quote


ORIGINS = st.builds(Origin, TEXTS, st.sampled_from(AdjustmentKind), TEXTS, NAMES, st.integers(0, 10**6), TEXTS, TEXTS)
OPTIONAL = st.none() | DECIMALS
TERMS = st.builds(
    lambda start, end, period, periods, explanation, months: Term(
        start, end, period, "actual", periods, Periods(7, 3, explanation), months, explanation
    ),
    DATES, DATES, st.sampled_from(BillingPeriod).map(str), DECIMALS, TEXTS, DECIMALS,
)  # fmt: skip


OFFERS = st.builds(Offer, DECIMALS, st.none(), DECIMALS, DECIMALS, DECIMALS) | st.builds(
    Offer, st.none(), st.integers(1, 1200), DECIMALS, DECIMALS, DECIMALS
)


def beginning_with(line, known):
    """The line with known steps in front of its own."""
    waterfall = (*known.steps, *line.waterfall) if line.waterfall else known.steps
    return replace(line, waterfall=waterfall, known_steps=known)


@st.composite
def decisions(draw):
    origins = draw(st.lists(ORIGINS, min_size=1, max_size=4))
    adjustment = st.builds(
        Adjustment, st.sampled_from(origins), DECIMALS, OPTIONAL, DECIMALS, st.booleans(), st.integers(0, 9), TEXTS
    )
    alternative = st.builds(Alternative, st.sampled_from(["price", "rule"]), TEXTS, TEXTS, st.integers(0, 99), TEXTS)
    line = st.builds(
        PricedLine,
        TEXTS, TEXTS,
        st.builds(PricedItem, *[TEXTS] * 3, st.sampled_from(["one_time", "recurring", "usage"]), *[TEXTS] * 2),
        *[DECIMALS] * 5, OPTIONAL, DECIMALS, DECIMALS, st.none() | TERMS,
        st.lists(adjustment, max_size=4).map(tuple),
        st.lists(alternative, max_size=2).map(tuple), st.lists(OFFERS, max_size=2).map(tuple),
        st.none() | st.builds(PriorPrices, DATES, DECIMALS, DECIMALS), st.booleans(),
    )  # fmt: skip
    totals = st.builds(Totals, *[DECIMALS] * 7, *[OPTIONAL] * 5)
    rounding = st.builds(Rounding, TEXTS, DECIMALS, DECIMALS, st.sampled_from(RoundingMode))
    notices = st.lists(st.builds(Notice, TEXTS, NAMES, TEXTS), max_size=2)
    known = [KnownSteps(tuple(steps)) for steps in draw(st.lists(st.lists(adjustment, min_size=1, max_size=3)))]
    lines = st.lists(line | st.builds(beginning_with, line, st.sampled_from(known)) if known else line, max_size=4)
    pricing = st.builds(PricedQuote, lines, totals, st.lists(rounding, max_size=3), notices)
    return Decision(draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(pricing))


def written(decision):
    message = decision_pb2.Decision()
    write_decision(decision, message)
    return message


@given(decisions())
@settings(max_examples=150, deadline=None)
def test_decisions(decision):
    data = written(decision).SerializeToString()
    assert read_decision(decision_pb2.Decision.FromString(data)) == decision
    assert written(decision).SerializeToString() == data


@given(decisions())
@settings(max_examples=150, deadline=None)
def test_decisions_are_written_as_protobuf_writes_them(decision):
    data = decision_text(decision).encode("latin-1")
    assert decision_pb2.Decision.FromString(data).SerializeToString(deterministic=True) == data


@given(decisions())
@settings(max_examples=100, deadline=None)
def test_steps_that_are_known_are_written_like_others(decision):
    pricing = decision.pricing
    backwards = replace(decision, pricing=replace(pricing, lines=pricing.lines[::-1]))
    for known in (decision, decision, backwards, decision):
        lines = [replace(line, known_steps=None) for line in known.pricing.lines]
        assert decision_text(known) == decision_text(replace(known, pricing=replace(known.pricing, lines=lines)))


@pytest.mark.parametrize("exponent", [0, 1, 33, 66, 67, 68, 69, 125, 126, 127, 128, 300, 4094, 4095, 6000])
def test_figures_of_every_length(exponent):
    """Lengths from 128 on take two bytes, and the length 69 is written like the letter E."""
    figure = Decimal(f"1E+{exponent}")
    origin = Origin("x" * exponent, AdjustmentKind.SET)
    steps = [Adjustment(origin, figure, figure, figure, per_line=True, tier=exponent, reason="é" * exponent)] * 2
    line = PricedLine(
        "1", "", PricedItem("A", "A", "piece", "one_time", "l", "per_unit"), figure,
        *[figure] * 4, figure, figure, figure, None, tuple(steps),
    )  # fmt: skip
    totals = Totals(*[figure] * 7, *[None] * 5)
    rounding = Rounding("x" * exponent, figure, figure, RoundingMode.UP)
    message = written(Decision("", "EUR", "r", "c", PricedQuote([line], totals, [rounding])))
    text = f"{figure:f}"
    assert len(text) == exponent + 1
    sent = message.lines[0]
    for part, names in (
        (message.totals, ("list_total", "first_year_total")),
        (message.roundings[0], ("before", "after")),
        (sent, ("quantity", "list_unit_price", "net_total", "cost_total", "first_year_total", "monthly_recurring")),
        *((step, ("value", "before", "after")) for step in sent.waterfall),
    ):
        assert [getattr(part, name) for name in names] == [text] * len(names)
    assert [(step.tier, step.reason) for step in sent.waterfall] == [(exponent, "é" * exponent)] * 2
    assert message.origins[0].step == message.roundings[0].where == "x" * exponent


def test_numbers_that_no_field_holds_are_refused():
    for number in (-1, 1 << 63):
        with pytest.raises(ValueError, match="from 0 to 2\\^63"):
            varint(number)
    assert [varint(number).encode("latin-1") for number in (0, 127, 128, 300)] == [b"\0", b"\x7f", b"\x80\1", b"\xac\2"]
    with pytest.raises(TypeError, match="tier"):
        Delimited(decision_pb2.Adjustment, "tier")


@given(decisions())
@settings(max_examples=50, deadline=None)
def test_digits_survive_and_exponents_are_written_out(decision):
    for line, message in zip(decision.pricing.lines, written(decision).lines, strict=True):
        for step, told in zip(line.waterfall, message.waterfall, strict=True):
            for number, text in ((step.value, told.value), (step.after, told.after)):
                assert "E" not in text
                assert Decimal(text) == number
                assert Decimal(text).as_tuple().exponent == min(number.as_tuple().exponent, 0)


def test_an_origin_is_sent_once():
    origin = Origin("list", AdjustmentKind.SET, "p1", "prices.csv", 2)
    step = Adjustment(origin, Decimal(5), None, Decimal(5), per_line=False, tier=0, reason="")
    line = PricedLine(
        "1", "", PricedItem("A", "A", "piece", "one_time", "l", "per_unit"), Decimal(1),
        *[Decimal(5)] * 4, None, Decimal(5), Decimal(0), None, (step, step),
    )  # fmt: skip
    totals = Totals(*[Decimal(5)] * 7, *[None] * 5)
    message = written(Decision("", "EUR", "r", "c", PricedQuote([line, line], totals, [])))
    assert [step.origin for line in message.lines for step in line.waterfall] == [0, 0, 0, 0]
    assert len(message.origins) == 1
    assert (message.origins[0].file, message.origins[0].line) == ("prices.csv", 2)


def test_dates_before_the_year_1000():
    quote = Quote("EUR", date(1, 1, 1), (QuoteLine("1", "A", Decimal(1)),))
    message = quote_pb2.Quote()
    write_quote(quote, message)
    assert message.price_date == "0001-01-01"
    assert read_quote(message) == quote

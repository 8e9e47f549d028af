"""The largest discount that keeps a margin or needs nobody: exact to the cent, whatever rules and floors do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from quotewright.v1 import quote_pb2, quote_service_pb2

from catalog.importers.read import read_catalog
from engine.approve.result import RouteOutcome
from engine.commands.solve import solve
from engine.compile import load_snapshot
from engine.decision import ApprovalRequest, decide
from engine.quote import DiscountKind, Quote, QuoteLine, QuoteRejectedError, RequestedDiscount
from engine.service.quote_service import QuoteService
from engine.snapshot import SnapshotHolder
from engine.solve import Goal, largest_discount
from engine.wire.write_quote import write_quote

D = Decimal
CATALOG = """\
categories: [goods]
products:
  - {sku: A, name: A, category: goods, charge_type: one_time, cost: 60, cost_currency: USD}
  - {sku: B, name: B, category: goods, charge_type: one_time, cost: 10.01, cost_currency: USD}
  - {sku: FREE, name: No cost, category: goods, charge_type: one_time}
price_lists:
  - id: list
    name: List
    currency: USD
    prices: [{sku: A, unit_price: 100}, {sku: B, unit_price: 33.33}, {sku: FREE, unit_price: 5}]
"""
APPROVAL = """\
chains: [{id: discount, order: 1, steps: [{id: manager, roles: [manager]}]}]
rules:
  - {id: above-10, when: quote.discount_percent > 10, then: {require: [discount.manager]}, reason: above 10 %}
"""
PEOPLE = """\
settings: {own_quotes: forbid}
roles: [{id: manager}]
people: [{id: maria, name: Maria, roles: [manager]}]
"""
RULES = """\
rules:
  - {id: floor, when: 'quote.channel = "floor" and product.sku = "A"', then: {floor: 95}}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solve")
    (folder / "rules" / "pricing").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(CATALOG, encoding="utf-8")
    (folder / "rules" / "approval").mkdir()
    (folder / "rules" / "approval" / "discounts.yaml").write_text(APPROVAL, encoding="utf-8")
    (folder / "rules" / "approval" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (folder / "rules" / "rulebook.yaml").write_text("name: solve\n", encoding="utf-8")
    (folder / "rules" / "pricing" / "rules.yaml").write_text(RULES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def snapshot(files):
    return load_snapshot(files / "rules", read_catalog(files / "catalogue.yaml").usable())


def asked(*skus, channel="", discount=None):
    lines = tuple(QuoteLine(str(number), sku, D(3)) for number, sku in enumerate(skus, 1))
    return Quote("USD", date(2026, 1, 1), lines, channel=channel, discount=discount)


def margin_with(snapshot, quote, kind, value):
    totals = decide(snapshot, Quote(quote.currency, quote.price_date, quote.lines, channel=quote.channel,
                                    discount=RequestedDiscount(kind, value))).pricing.totals  # fmt: skip
    return totals.margin * 100 / totals.net_total


def test_the_margin_is_reached_and_one_step_more_misses_it(snapshot):
    quote = asked("A", "B", discount=RequestedDiscount(DiscountKind.PERCENT, D(99)))
    found = largest_discount(snapshot, quote, Goal(margin_percent=D(25)))
    # Costs of 210.03 need a net total of 280.04; the list total is 399.99.
    assert found.amount == D("119.95")
    assert found.decision.pricing.totals.net_total == D("280.04")
    for kind, value, step in (
        (DiscountKind.AMOUNT, found.amount, D("0.01")),
        (DiscountKind.PERCENT, found.percent, D("0.01")),
    ):
        assert margin_with(snapshot, quote, kind, value) >= 25
        assert margin_with(snapshot, quote, kind, value + step) < 25


def test_floors_count(snapshot):
    found = largest_discount(snapshot, asked("A", channel="floor"), Goal(margin_percent=D(10)))
    assert found.amount == D(15)
    assert found.percent == D(5)


def test_what_is_not_reached_without_any_discount(snapshot):
    found = largest_discount(snapshot, asked("A"), Goal(margin_percent=D(50)))
    assert (found.amount, found.percent) == (None, None)
    assert found.decision.pricing.totals.net_total == 300


def test_nobody_needs_to_approve_up_to_ten_per_cent(snapshot):
    found = largest_discount(snapshot, asked("A"), Goal(approval=ApprovalRequest()))
    # Approval reads percentages with two decimals: 30.01 of 300 is 10.00 % there.
    assert (found.amount, found.percent) == (D("30.01"), D(10))


def test_the_nearer_of_two_goals_decides(snapshot):
    both = largest_discount(snapshot, asked("A"), Goal(margin_percent=D(38), approval=ApprovalRequest()))
    margin = largest_discount(snapshot, asked("A"), Goal(margin_percent=D(38)))
    assert both.amount == margin.amount == D("9.67")


@pytest.mark.parametrize(
    ("quote", "goal", "reason"),
    [
        (asked("A"), Goal(), "REQUIRED"),
        (asked("A"), Goal(margin_percent=D(100)), "OUT_OF_RANGE"),
        (asked("A", "FREE"), Goal(margin_percent=D(10)), "NO_COST"),
        (asked("AA"), Goal(margin_percent=D(10)), "UNKNOWN_SKU"),
        (asked("A"), Goal(margin_percent=D(10), line_id="3"), "UNKNOWN_LINE"),
        (asked("A", "FREE"), Goal(margin_percent=D(10), line_id="2"), "NO_COST"),
    ],
)
def test_what_cannot_be_asked(snapshot, quote, goal, reason):
    with pytest.raises(QuoteRejectedError) as refusal:
        largest_discount(snapshot, quote, goal)
    assert [violation.reason for violation in refusal.value.violations] == [reason]


def test_the_margin_of_one_line(snapshot):
    found = largest_discount(snapshot, asked("A", "B"), Goal(margin_percent=D(25), line_id="1"))
    # A unit that costs 60 has a margin of 25 % from 80 on.
    assert (found.amount, found.percent, found.unit_price) == (D(20), D(20), D(80))
    assert [line.net_total for line in found.decision.pricing.lines] == [240, D("99.99")]


def test_a_price_above_the_list_price_for_a_margin_that_no_discount_reaches(snapshot):
    found = largest_discount(snapshot, asked("A", "B"), Goal(margin_percent=D(50), line_id="1"))
    assert (found.amount, found.percent, found.unit_price) == (None, None, D(120))
    assert found.decision.pricing.lines[0].net_total == 360


def test_the_discount_asked_for_on_the_quote_counts_for_a_line(snapshot):
    quote = asked("A", discount=RequestedDiscount(DiscountKind.PERCENT, D(10)))
    found = largest_discount(snapshot, quote, Goal(margin_percent=D(25), line_id="1"))
    # 90 % of the price must be 80 or more.
    assert (found.unit_price, found.amount) == (D("88.89"), D("11.11"))


def test_a_floor_stops_the_discount_of_a_line(snapshot):
    found = largest_discount(snapshot, asked("A", channel="floor"), Goal(margin_percent=D(10), line_id="1"))
    # A floor raises what is asked for below it, so every discount keeps the margin.
    assert found.decision.pricing.lines[0].net_unit_price == 95
    assert found.unit_price == 0


def test_a_line_that_nobody_needs_to_approve(snapshot):
    found = largest_discount(snapshot, asked("A", "B"), Goal(approval=ApprovalRequest(), line_id="2"))
    # Ten per cent of the quote's 399.99, all of it off the units of B.
    assert found.percent is not None
    for value, auto in ((found.amount, True), (found.amount + D("0.01"), False)):
        quote = asked("A", "B")
        quote.lines[1].discount = RequestedDiscount(DiscountKind.AMOUNT, value)
        route = decide(snapshot, quote, approval=ApprovalRequest()).approval
        assert (route.outcome is RouteOutcome.AUTO_APPROVED) is auto
    assert found.decision.pricing.lines[0].net_total == 300


def test_the_service_solves_a_line(snapshot):
    message = quote_pb2.Quote()
    write_quote(asked("A", "B"), message)
    request = quote_service_pb2.SolveDiscountRequest(quote=message, margin_percent="25", line_id="1")
    service = QuoteService(SnapshotHolder(snapshot))
    answer = quote_service_pb2.SolveDiscountResponse.FromString(service.solve_discount(request.SerializeToString()))
    assert (answer.amount, answer.percent, answer.unit_price) == ("20.00", "20.00", "80.00")


def test_the_service(snapshot):
    message = quote_pb2.Quote()
    write_quote(asked("A", "B"), message)
    request = quote_service_pb2.SolveDiscountRequest(quote=message, margin_percent="25")
    service = QuoteService(SnapshotHolder(snapshot))
    answer = quote_service_pb2.SolveDiscountResponse.FromString(service.solve_discount(request.SerializeToString()))
    assert answer.amount == "119.95"
    assert answer.decision.totals.net_total == "280.04"
    assert D(answer.percent) > 29


def test_the_command(files):
    (files / "quote.yaml").write_text(
        "{currency: USD, price_date: 2026-01-01, lines: [{sku: A, quantity: 3}, {sku: B, quantity: 3}]}",
        encoding="utf-8",
    )
    options = ["--rules", str(files / "rules"), "--catalog", str(files / "catalogue.yaml"), str(files / "quote.yaml")]
    result = CliRunner().invoke(solve, ["--margin", "25", *options])
    assert result.exit_code == 0
    assert "Largest amount off: 119.95 USD (net 280.04, margin 25.00 %)" in result.output
    assert CliRunner().invoke(solve, ["--margin", "90", *options]).exit_code == 1
    result = CliRunner().invoke(solve, ["--margin", "25", "--line", "1", *options])
    assert "Largest amount off a unit of line 1: 20.00 USD" in result.output
    assert "Least unit price to ask for: 80.00 USD" in result.output
    result = CliRunner().invoke(solve, ["--margin", "50", "--line", "1", *options])
    assert result.exit_code == 0
    assert "does not reach it without any discount.\nLeast unit price to ask for: 120.00 USD" in result.output
    assert CliRunner().invoke(solve, options).exit_code == 2

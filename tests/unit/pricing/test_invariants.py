"""What holds for every catalogue, rulebook and quote, each generated, loaded as files and decided."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from quotewright.v1 import decision_pb2

from catalog.importers.read import read_catalog
from engine.compile import load_snapshot
from engine.decision import Decision, decide
from engine.pricing.result import PricedLine
from engine.quote import DiscountKind, Quote, QuoteLine, QuoteRejectedError, RequestedDiscount
from engine.snapshot import Snapshot
from engine.wire.write_decision import write_decision

SKUS = ["A", "B", "C", "D", "E", "CARE"]
DAY = date(2026, 3, 1)
CENTS = st.integers(1, 99_999).map(lambda cents: f"{Decimal(cents) / 100:f}")
PERCENTS = st.integers(0, 1000).map(lambda tenths: f"{Decimal(tenths) / 10:f}")
MODES = ["half_up", "half_even", "half_down", "up", "down"]
CONDITIONS = [
    "line.quantity >= 10",
    'product.family = "red"',
    'customer.segment = "SMB"',
    'quote.channel = "web" and line.list_price > 100',
    "quote.list_total > 1000 or line.quantity < 3",
    'list contains(product.categories, "goods")',
]


@dataclass(frozen=True)
class Case:
    """A catalogue, a rulebook and a quote for them, as people would write them."""

    catalog: dict[str, Any]
    rulebook: dict[str, Any]
    rules: list[dict[str, Any]]
    quote: Quote

    def snapshot(self, *more_rules: dict[str, Any]) -> Snapshot:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "rules" / "pricing").mkdir(parents=True)
            (folder / "catalogue.yaml").write_text(written(self.catalog), encoding="utf-8")
            (folder / "rules" / "rulebook.yaml").write_text(written(self.rulebook), encoding="utf-8")
            rules = written({"rules": [*self.rules, *more_rules]})
            (folder / "rules" / "pricing" / "rules.yaml").write_text(rules, encoding="utf-8")
            return load_snapshot(folder / "rules", read_catalog(folder / "catalogue.yaml").usable())

    def decide(self, *more_rules: dict[str, Any]) -> Decision | None:
        return decided(self.snapshot(*more_rules), self.quote)


def written(part: Any) -> str:
    """JSON, which is YAML too."""
    return json.dumps(part, ensure_ascii=False, indent=1)


def decided(snapshot: Snapshot, quote: Quote) -> Decision | None:
    """The decision, None where the quote asks for more than it can have."""
    try:
        return decide(snapshot, quote)
    except QuoteRejectedError as refusal:
        reasons = {item.reason for item in refusal.violations}
    # Discounts may be more than floors or prices leave: that is told, and nothing else can go wrong here.
    assert reasons <= {"DISCOUNT", "DISCOUNT_EXCEEDS_PRICE"}
    return None


TIERS = st.lists(st.integers(2, 40), min_size=1, max_size=3, unique=True).flatmap(
    lambda ends: st.tuples(
        *[
            st.fixed_dictionaries(
                {"up_to": st.just(end), "unit_price": CENTS, "flat_fee": CENTS},
                optional={"package_size": st.integers(1, 12)},
            )
            for end in sorted(ends)
        ],
        st.fixed_dictionaries({"unit_price": CENTS}),
    ).map(list)
)
BLOCKS = st.lists(st.integers(2, 40), min_size=1, max_size=3, unique=True).flatmap(
    lambda ends: st.tuples(
        *[
            st.fixed_dictionaries({"up_to": st.just(end), "price": CENTS}, optional={"unit_price": CENTS})
            for end in sorted(ends)
        ]
    ).map(list)
)
USAGE = {"free_units": st.integers(0, 20), "minimum_charge": st.just("5.00"), "maximum_charge": st.just("900.00")}
PRICES = st.one_of(
    st.fixed_dictionaries({"unit_price": CENTS}),
    st.fixed_dictionaries({"model": st.just("volume"), "tiers": TIERS}),
    st.fixed_dictionaries({"model": st.just("graduated"), "tiers": TIERS}),
    st.fixed_dictionaries(
        {"model": st.just("package"), "package_price": CENTS, "package_size": st.integers(1, 12)},
        optional={"package_rounding": st.sampled_from(["up", "down"]), "minimum_packages": st.integers(0, 3), **USAGE},
    ),
    st.fixed_dictionaries({"unit_price": CENTS}, optional=USAGE),
    st.fixed_dictionaries(
        {"model": st.just("block"), "tiers": BLOCKS, "overage_price": CENTS}, optional=USAGE,
    ),
    st.fixed_dictionaries(
        {"model": st.just("percentage"), "percent": PERCENTS},
        optional={"transaction_fee": CENTS, "free_transactions": st.integers(0, 1), "free_amount": CENTS},
    ),
    st.fixed_dictionaries({"model": st.just("cost_plus"), "margin": st.integers(0, 90)}),
)  # fmt: skip


SMB = {"currency": "USD", "scope": "segment", "scope_values": ["SMB"]}
MORE_LISTS = [
    {"id": "smb", "name": "SMB", **SMB, "prices": [{"category": "care", "unit_price": "19.99"}]},
    {"id": "web", "name": "SMB on the web", **SMB, "also": {"channel": "web"},
     "prices": [{"category": "care", "unit_price": "17.50"}]},
    {"id": "bulk", "name": "SMB, many", **SMB, "priority": 1,
     "prices": [{"category": "care", "unit_price": "12.00", "min_quantity": 20}]},
    {"id": "spring", "name": "SMB, from spring on", **SMB, "valid_from": "2026-03-20", "priority": 2,
     "prices": [{"category": "care", "unit_price": "9.00"}]},
]  # fmt: skip


@st.composite
def catalogs(draw):
    products, prices = [], []
    for sku in SKUS:
        care = sku == "CARE"
        recurring = not care and draw(st.integers(0, 3)) == 0
        product = {"sku": sku, "name": sku, "category": "care" if care else "goods", "charge_type": "one_time"}
        product |= {"family": draw(st.sampled_from(["red", "blue"])), "cost": draw(CENTS), "cost_currency": "USD"}
        price = {"sku": sku, **draw(PRICES)}
        if care:
            price = {
                "sku": sku,
                "model": "percent_of_total",
                "percent": draw(PERCENTS),
                "covered_categories": ["goods"],
            }
        if recurring:
            product["charge_type"] = "recurring"
            price |= {"billing_period": "month", "proration": draw(st.sampled_from(["actual", "months_and_days"]))}
        products.append(product)
        prices.append(price)
    agreed = {"sku": "B", "unit_price": draw(CENTS)}
    if products[1]["charge_type"] == "recurring":
        agreed |= {"billing_period": "month", "proration": "actual"}
    contract = {"id": "acme", "name": "Contract", "currency": "USD", "scope": "customer", "scope_values": ["ACME"]}
    return {
        "categories": ["goods", "care"],
        "products": products,
        "customers": [{"id": "ACME", "name": "Acme", "segment": "SMB"}],
        "price_lists": [
            {"id": "list", "name": "List", "currency": "USD", "prices": prices},
            {**contract, "contract": True, "prices": [agreed]},
            *draw(st.lists(st.sampled_from(MORE_LISTS), unique_by=lambda item: item["id"], max_size=2)),
        ],
    }


@st.composite
def rules(draw):
    found = []
    for number in range(draw(st.integers(0, 6))):
        action = draw(st.sampled_from(["percent_off", "amount_off", "markup", "fee", "set_price", "cap"]))
        value = draw(PERCENTS if action in ("percent_off", "markup") else CENTS)
        rule = {"id": f"rule-{number}", "when": draw(st.sampled_from(CONDITIONS)), "then": {action: value}}
        if action in ("percent_off", "amount_off", "markup"):
            rule["group"] = draw(st.sampled_from(["stacked", "added", "best", "first"]))
        if action in ("percent_off", "amount_off") and draw(st.integers(0, 4)) == 0:
            rule["then"] = {action: value, "on": "quote"}
        found.append(rule)
    floor = {"id": "floor", "when": 'product.sku = "A" or product.sku = "C"', "then": {"floor": draw(CENTS)}}
    return [*found, floor]


@st.composite
def rulebooks(draw):
    return {
        "name": "generated",
        "profile": draw(st.sampled_from(["standard", "subscription_billing", "discount_schedule", "best_price"])),
        "rounding": {
            "mode": draw(st.sampled_from(MODES)),
            "line_total": draw(st.sampled_from(["currency", "none"])),
            "document_total": "currency",
            "smallest_coin": draw(st.sampled_from([{}, {}, {"USD": 1}])),
        },
        "stacking_groups": [
            {"name": "stacked", "mode": "stack"},
            {"name": "added", "mode": "add"},
            {"name": "best", "mode": "best"},
            {"name": "first", "mode": "first"},
        ],
        "facts": {"quote": {"promotion": ["on", "off"]}},
    }


DISCOUNTS = st.none() | st.builds(
    RequestedDiscount, st.just(DiscountKind.PERCENT), st.integers(0, 40).map(Decimal)
)  # fmt: skip


@st.composite
def quotes(draw):
    skus = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=6))
    return Quote(
        currency="USD",
        price_date=DAY,
        customer_id=draw(st.sampled_from(["", "ACME"])),
        channel=draw(st.sampled_from(["web", "direct"])),
        facts={"promotion": "off"},
        discount=draw(DISCOUNTS),
        lines=tuple(
            QuoteLine(
                id=f"line {number}",
                sku=sku,
                quantity=Decimal(draw(st.integers(1, 60))),
                end=draw(st.none() | st.dates(date(2026, 3, 2), date(2028, 3, 1))),
                discount=draw(DISCOUNTS) if sku != "B" else None,
            )
            for number, sku in enumerate(skus)
        ),
    )


CASES = st.builds(Case, catalogs(), rulebooks(), rules(), quotes())
MANY = settings(max_examples=25)  # each loads files, once or more often


def told(snapshot: Snapshot, quote: Quote) -> bytes:
    """The bytes of a decision, or why there is none."""
    message = decision_pb2.Decision()
    try:
        write_decision(decide(snapshot, quote), message)
    except QuoteRejectedError as refusal:
        return repr(refusal.violations).encode()
    return message.SerializeToString()


def body(decision: Decision | None) -> Any:
    """What a decision says but for the version of the rulebook that made it."""
    return None if decision is None else (decision.pricing.lines, decision.pricing.totals, decision.pricing.roundings)


def periods(line: PricedLine) -> Decimal:
    return Decimal(1) if line.term is None else line.term.periods


@given(CASES)
@MANY
def test_the_same_quote_gives_the_same_bytes(case):
    snapshots = (case.snapshot(), case.snapshot())
    assert len({told(snapshot, case.quote) for snapshot in snapshots for _ in range(3)}) == 1


@given(CASES, st.lists(st.tuples(quotes(), st.sampled_from([0, 1, 19, 60])), min_size=1, max_size=4))
@MANY
def test_quotes_that_were_decided_before_change_nothing(case, others):
    """What is kept of prices, rules and their texts gives every later quote what it would get on its own."""
    before = case.snapshot()
    for quote, days in [*others, *others]:
        told(before, replace(quote, price_date=DAY + timedelta(days)))
    for quote, days in [(case.quote, 0), *others]:
        asked = replace(quote, price_date=DAY + timedelta(days))
        assert told(before, asked) == told(case.snapshot(), asked)


@given(CASES)
@MANY
def test_a_rule_that_does_not_match_changes_nothing(case):
    other = {"id": "other", "when": 'customer.segment = "nobody"', "priority": 9, "then": {"percent_off": 50}}
    table = {"id": "never", "when": "line.quantity > 1000", "then": {"floor": 100_000}}
    assert body(case.decide(other, table)) == body(case.decide())


@given(CASES)
@MANY
def test_without_a_promotion_the_baseline_is_back(case):
    promotion = {"id": "promotion", "when": 'quote.promotion = "on"', "then": {"percent_off": 25}}
    with_promotion = case.snapshot(promotion)
    baseline = case.decide()
    assert body(decided(with_promotion, case.quote)) == body(baseline)
    promoted = decided(with_promotion, replace(case.quote, facts={"promotion": "on"}))
    if promoted is not None:
        acted = [step.origin.id for line in promoted.pricing.lines for step in line.waterfall]
        prices = [line for line in promoted.pricing.lines if not _is_agreed(case, line)]
        assert ("promotion" in acted) is bool(prices)
    assert case.decide() == baseline


def _is_agreed(case: Case, line: PricedLine) -> bool:
    return line.sku == "B" and line.price_list == "acme"


@given(CASES)
@MANY
def test_lines_sum_to_totals(case):
    decision = case.decide()
    if decision is None:
        return
    lines, totals = decision.pricing.lines, decision.pricing.totals
    assert sum(line.net_total for line in lines) == totals.net_total
    assert sum(line.list_total for line in lines) == totals.list_total
    assert totals.one_time_total + totals.recurring_total + totals.usage_total == totals.net_total
    assert totals.list_total - totals.discount_total == totals.net_total
    assert totals.net_total == round(totals.net_total, 2)
    coin = Decimal(case.rulebook["rounding"]["smallest_coin"].get("USD", "0.01"))
    assert not totals.net_total % coin
    assert all(line.net_total >= 0 for line in lines)


@given(CASES)
@MANY
def test_a_floor_is_never_crossed(case):
    decision = case.decide()
    if decision is None:
        return
    floor = Decimal(case.rules[-1]["then"]["floor"])
    for line in decision.pricing.lines:
        if line.sku in ("A", "C"):
            exact = floor * line.quantity
            least = exact if line.term is None else line.term.exact.of(exact)
            assert line.net_total >= least, [(step.origin.id, step.before, step.after) for step in line.waterfall]


@given(CASES)
@MANY
def test_an_agreed_price_is_not_discounted_by_rules(case):
    quote = replace(case.quote, customer_id="ACME", discount=None)
    case = replace(case, rulebook={**case.rulebook, "rounding": {**case.rulebook["rounding"], "smallest_coin": {}}})
    decision = decided(case.snapshot(), quote)
    if decision is None:
        return
    agreed = Decimal(case.catalog["price_lists"][1]["prices"][0]["unit_price"])
    for line in decision.pricing.lines:
        if line.sku == "B" and line.price_list == "acme":
            assert line.net_unit_price == agreed
            exact = agreed * line.quantity
            due = exact if line.term is None else line.term.exact.of(exact)
            assert abs(line.net_total - due) < Decimal("0.01")


@given(CASES, st.randoms(use_true_random=False))
@MANY
def test_the_order_of_unrelated_lines_does_not_matter(case, chance):
    # A percentage of other lines, a rule on the quote and the rounding of the document do relate lines.
    quiet = [rule for rule in case.rules if rule["then"].get("on") != "quote"]
    case = replace(
        case, rules=quiet, rulebook={**case.rulebook, "rounding": {"mode": case.rulebook["rounding"]["mode"]}}
    )
    lines = list(case.quote.lines)
    chance.shuffle(lines)
    snapshot = case.snapshot()
    first, second = decided(snapshot, case.quote), decided(snapshot, replace(case.quote, lines=tuple(lines)))
    if first is None or second is None:
        assert first is second
        return
    by_id = {line.id: line for line in second.pricing.lines}
    assert [by_id[line.id] for line in first.pricing.lines] == first.pricing.lines
    assert first.pricing.totals == second.pricing.totals

"""Charge models against the case files in tests/cases/charges, their problems, and what holds for any tiers."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.price import PackageRounding, TierBounds
from engine.money import to_decimal
from engine.pricing.charges import (
    Block,
    Commitment,
    CostPlus,
    Graduated,
    Package,
    Percentage,
    PercentOfTotal,
    PerUnit,
    Tier,
    Usage,
    Volume,
    ZeroQuantity,
    block_problems,
    cost_plus_problems,
    package_problems,
    percent_of_total_problems,
    tier_problems,
    total,
    usage_problems,
)

CASES = Path(__file__).parents[2] / "cases" / "charges"
DOCS = Path(__file__).parents[3] / "docs" / "charges-and-terms.md"
D = Decimal


def tiers_of(written):
    fee = "flat_fee" if "flat_fee" in written[0] or "price" not in written[0] else "price"
    return [
        Tier(
            to_decimal(tier["up_to"]) if "up_to" in tier else None,
            to_decimal(tier.get("unit_price", "0")),
            to_decimal(tier.get(fee, "0")),
            to_decimal(tier["package_size"]) if "package_size" in tier else None,
        )
        for tier in written
    ]


def numbers(written, *names):
    return {name: to_decimal(written[name]) for name in names if name in written}


def model_of(written):
    bounds = TierBounds(written.get("bounds", "upper_inclusive"))
    zero = ZeroQuantity(written.get("zero_quantity", "free"))
    match written["charge"]:
        case "per_unit":
            return PerUnit(to_decimal(written["unit_price"]))
        case "volume":
            return Volume.compile(tiers_of(written["tiers"]), bounds, zero)
        case "graduated":
            return Graduated.compile(tiers_of(written["tiers"]), bounds, zero, **numbers(written, "step"))
        case "block":
            overage = numbers(written, "overage_price").get("overage_price")
            return Block.compile(tiers_of(written["blocks"]), overage, bounds, zero)
        case "package":
            rounding = PackageRounding(written.get("rounding", "up"))
            figures = numbers(written, "size", "price", "free_units", "minimum_packages")
            return Package(rounding=rounding, **figures)
        case "percentage":
            figures = numbers(written, "rate", "fee", "free_amount", "minimum", "maximum")
            return Percentage(
                free_transactions=int(written["free_transactions"]) if "free_transactions" in written else None,
                **figures,
            )
        case "usage":
            commitment = written.get("commitment")
            return Usage(
                model_of(written["model"]),
                commitment=Commitment(**numbers(commitment, "units", "amount")) if commitment else None,
                **numbers(written, "free_units", "minimum_quantity", "minimum_charge", "maximum_charge"),
            )
    raise AssertionError(f"unknown charge {written['charge']}")


def documents():
    for path in sorted(CASES.glob("*.yaml")):
        for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader):
            if document:
                yield path.stem, document
    for block in re.findall(r"```yaml\n(charge: .*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL):
        for document in yaml.load_all(block, yaml.BaseLoader):
            yield DOCS.stem, document


def written_cases():
    for file, document in documents():
        for case in document["cases"]:
            name = f"{file}: {document['source']}: {case.get('quantity', case.get('transactions'))}"
            yield pytest.param(document, case, id=name)


@pytest.mark.parametrize(("document", "case"), list(written_cases()))
def test_case_file(document, case):
    model = model_of(document)
    if "transactions" in case:
        amounts = [to_decimal(amount) for amount in case["transactions"]]
        charged = model.charge_each(amounts)
        assert charged.amount == to_decimal(case["total"])
        assert model.explain_each(amounts) == case.get("why", model.explain_each(amounts))
        return
    quantity = to_decimal(case["quantity"])
    before = numbers(case, "before")
    charged = model.charge(quantity, **before)
    assert (charged.unit_price is None) != (charged.amount is None)
    assert total(charged, quantity) == to_decimal(case["total"])
    assert charged.tier == int(case.get("tier", charged.tier))
    assert model.explain(quantity, **before) == case.get("why", model.explain(quantity, **before))


def test_case_files_and_examples_are_found():
    assert len(list(written_cases())) > 100
    assert sum(file == DOCS.stem for file, _ in documents()) > 8


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ([], ["tiers: no tiers: at least one, open at its end, is needed"]),
        (
            [Tier(D(10), D(1)), Tier(D(5), D(1)), Tier(None, D(1))],
            ["tiers[1].up_to: up_to 5 is not above the previous bound 10: the tiers overlap"],
        ),
        (
            [Tier(D(10), D(1)), Tier(D(10), D(1)), Tier(None, D(1))],
            ["tiers[1].up_to: up_to 10 is not above the previous bound 10: the tiers overlap"],
        ),
        ([Tier(D(-1), D(1)), Tier(None, D(1))], ["tiers[0].up_to: the tier ends at -1; expected a bound above 0"]),
        (
            [Tier(D(10), D(1))],
            ["tiers[0].up_to: quantities above 10 have no price; leave up_to out of the last tier"],
        ),
        (
            [Tier(None, D(1)), Tier(D(10), D(1)), Tier(None, D(1))],
            ["tiers[0].up_to: a tier without up_to is open; only the last tier can be"],
        ),
        (
            [Tier(None, D(-1), D("-0.5"))],
            [
                "tiers[0].unit_price: unit_price -1 is negative; expected 0 or more",
                "tiers[0].flat_fee: flat_fee -0.5 is negative; expected 0 or more",
            ],
        ),
        (
            [Tier(D(10), D(1), package_size=D(0)), Tier(None, D(2))],
            ["tiers[0].package_size: a package holds 0 units; expected more than 0"],
        ),
        ([Tier(D(10), D(1)), Tier(None, D(2))], []),
    ],
)
def test_tier_problems(tiers, expected):
    assert [f"{field}: {message}" for field, message in tier_problems(tiers)] == expected
    if expected:
        with pytest.raises(ValueError, match=r"tiers"):
            Volume.compile(tiers)


@pytest.mark.parametrize(
    ("problems", "fields"),
    [
        (block_problems([Tier(D(10), flat_fee=D(5))], D(1)), []),
        (block_problems([Tier(D(10), flat_fee=D(5))], None), ["blocks[0].up_to"]),
        (block_problems([Tier(None, flat_fee=D(5))], D(1)), ["blocks[0].up_to"]),
        (block_problems([Tier(D(10), flat_fee=D(5))], D(-1)), ["overage_price"]),
        (block_problems([Tier(None, flat_fee=D(5), package_size=D(5))], None), ["blocks[0].package_size"]),
        (block_problems([], D(1)), ["blocks"]),
        (package_problems(D(0), D(5)), ["size"]),
        (package_problems(D(-1), D(-5), D(-1), D("0.5")), ["size", "price", "free_units", "minimum_packages"]),
        (package_problems(D(10), D(5)), []),
        (cost_plus_problems(D("0.2"), None), []),
        (cost_plus_problems(None, D("0.2")), []),
        (cost_plus_problems(None, None), ["markup"]),
        (cost_plus_problems(D("0.2"), D("0.2")), ["markup"]),
        (cost_plus_problems(None, D(1)), ["margin"]),
        (cost_plus_problems(None, D("-0.1")), ["margin"]),
        (cost_plus_problems(D("-0.1"), None), ["markup"]),
        (percent_of_total_problems(D("0.2"), D(10), D(20)), []),
        (percent_of_total_problems(D("-0.2"), D(-10), D(-20)), ["rate", "minimum", "maximum"]),
        (usage_problems(Usage(PerUnit(D(1)), minimum_charge=D(5), maximum_charge=D(4))), ["maximum_charge"]),
        (
            usage_problems(Usage(PerUnit(D(1)), D(-1), Commitment(D(-1), D(1)), minimum_quantity=D(-2))),
            ["free_units", "minimum_quantity", "commitment.units"],
        ),
        (usage_problems(Usage(PerUnit(D(1)), D(1), Commitment(D(1), D(1)))), []),
    ],
)
def test_problems_name_the_field(problems, fields):
    assert [problem.field for problem in problems] == fields
    assert all(problem.message for problem in problems)


@pytest.mark.parametrize(
    ("model", "cost", "price", "why"),
    [
        (CostPlus(markup=D("0.25")), "80", "100", "80 x (1 + 0.25)"),
        (CostPlus(margin=D("0.20")), "80", "100", "80 / (1 - 0.20)"),
        (CostPlus(), "80", "80", "80 x (1 + 0)"),
    ],
)
def test_cost_plus(model, cost, price, why):
    assert model.price(D(cost)) == D(price)
    assert model.explain(D(cost)) == why


@pytest.mark.parametrize(
    ("base", "amount", "why"),
    [
        ("1000", "200", "20 % of 1000"),
        ("100", "50", "20 % of 100, at least 50"),
        ("9000", "1000", "20 % of 9000, at most 1000"),
    ],
)
def test_percent_of_total(base, amount, why):
    model = PercentOfTotal(D("0.2"), D(50), D(1000))
    assert model.charge(D(base)).amount == D(amount)
    assert model.explain(D(base)) == why


def test_percentage_of_one_transaction():
    model = Percentage(D("0.012"), D("0.10"), minimum=D("0.5"), maximum=D(3))
    assert model.charge(D(50)).amount == D("0.70")
    assert model.explain(D(50)) == "1.2 % of 50 + 0.10"
    assert model.charge(D(10)).amount == D("0.5")
    assert model.explain(D(10)) == "1.2 % of 10 + 0.10, at least 0.5"
    assert model.charge(D(1000)).amount == D(3)
    free = Percentage(D("0.012"), free_amount=D(500))
    assert free.explain(D(500)) == "500 is within the free allowance"
    assert free.charge_each([D(400), D(150), D(100)]).amount == D("0.012") * 150


def test_a_summed_quantity_chooses_the_volume_tier():
    model = Volume.compile([Tier(D(10), D(5)), Tier(None, D(4))])
    assert model.charge(D(6)).unit_price == 5
    assert model.charge(D(6), reached=D(11)) == (D(4), None, 2)
    assert model.explain(D(6), reached=D(11)) == "6 x 4"


def test_a_step_that_leaves_the_first_tier_empty_is_refused():
    tiers = [Tier(D(1), D(2)), Tier(None, D(1))]
    (problem,) = tier_problems(tiers, step=D(1))
    assert problem == ("tiers[0].up_to", "the first tier ends at 1 and holds no unit with a step of 1")
    with pytest.raises(ValueError, match="holds no unit with a step of 1"):
        Graduated.compile(tiers, TierBounds.LOWER_INCLUSIVE, step=D(1))
    assert tier_problems(tiers, step=D("0.5")) == []
    assert Graduated.compile(tiers, TierBounds.UPPER_INCLUSIVE, step=D(1)).charge(D(1)).amount == 2


amounts = st.decimals(min_value=0, max_value=1000, places=2)
quantities = st.decimals(min_value=0, max_value=500, places=1)


@st.composite
def tier_lists(draw):
    ends = sorted(draw(st.sets(st.decimals(min_value=D("0.1"), max_value=400, places=1), max_size=6)))
    sizes = st.none() | st.sampled_from([D(1), D(5), D("2.5")])
    fees = st.just(D(0)) | amounts
    return [Tier(end, draw(amounts), draw(fees), draw(sizes)) for end in [*ends, None]]


@given(tier_lists(), st.sampled_from(TierBounds), quantities, quantities)
def test_graduated_totals_never_fall(tiers, bounds, one, other):
    model = Graduated.compile(tiers, bounds)
    low, high = sorted([one, other])
    assert model.charge(low).amount <= model.charge(high).amount


@given(tier_lists(), quantities, quantities)
def test_graduated_slices_sum_to_the_whole(tiers, first, second):
    model = Graduated.compile(tiers)
    parts = model.charge(first).amount + model.charge(second, before=first).amount
    assert parts == model.charge(first + second).amount


def priced(units, tier):
    """The price of units of one tier, packages counted one by one."""
    if tier.package_size is None:
        return units * tier.unit_price
    packages = 0
    while packages * tier.package_size < units:
        packages += 1
    return packages * tier.unit_price


def covers(tier_start, tier, quantity, bounds):
    if bounds is TierBounds.UPPER_INCLUSIVE:
        return (quantity > tier_start or not tier_start) and (tier.up_to is None or quantity <= tier.up_to)
    return quantity >= tier_start and (tier.up_to is None or quantity < tier.up_to)


@given(tier_lists(), st.sampled_from(TierBounds), st.sampled_from(ZeroQuantity), quantities)
def test_volume_equals_a_naive_scan(tiers, bounds, zero, quantity):
    model = Volume.compile(tiers, bounds, zero)
    starts = [D(0), *(tier.up_to for tier in tiers[:-1])]
    (found,) = [t for start, t in zip(starts, tiers, strict=True) if covers(start, t, quantity, bounds)]
    expected = priced(quantity, found) + found.flat_fee
    if not quantity and zero is ZeroQuantity.FREE:
        expected = D(0)
    assert total(model.charge(quantity), quantity) == expected


@given(tier_lists(), st.sampled_from(TierBounds), quantities)
def test_graduated_equals_a_naive_scan(tiers, bounds, quantity):
    expected, start = D(0), D(0)
    for tier in tiers:
        if not quantity or (quantity <= start if bounds is TierBounds.UPPER_INCLUSIVE and start else quantity < start):
            break
        end = quantity if tier.up_to is None else min(quantity, tier.up_to)
        expected += priced(end - start, tier) + tier.flat_fee
        start = tier.up_to
    assert Graduated.compile(tiers, bounds).charge(quantity).amount == expected


@given(tier_lists(), st.sampled_from(TierBounds), quantities, quantities)
def test_graduated_explanation_adds_up(tiers, bounds, quantity, before):
    model = Graduated.compile(tiers, bounds)
    text = model.explain(quantity, before)
    summed = D(0)
    if not text.startswith("nothing"):
        for part in text.split(", "):
            product, _, fee = part.partition(" + ")
            units, _, price = product.partition(" x ")
            summed += D(units.partition(" ")[0]) * D(price) + D(fee or 0)
    assert summed == model.charge(quantity, before).amount


@given(st.decimals(min_value=D("0.1"), max_value=50, places=1), amounts, quantities, quantities)
def test_started_packages_hold_the_quantity(size, price, free_units, quantity):
    model = Package(size, price, free_units)
    packages = model.packages(quantity)
    rated = max(quantity - free_units, D(0))
    assert packages * size >= rated > (packages - 1) * size or not rated
    assert model.charge(quantity).amount == packages * price

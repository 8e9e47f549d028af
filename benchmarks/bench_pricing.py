"""Whole decisions in process: by number of lines, of rules and of SKUs, with one and with all charge models.

Run with: pytest benchmarks/bench_pricing.py --benchmark-only

Every line of these quotes meets four rules, so that its waterfall has five steps. Figures are of one thread, with
warm caches; compare them within one run.
"""

import gc
from dataclasses import replace
from decimal import Decimal

import pytest

from benchmarks import world
from catalog.model import Catalog
from catalog.price import (
    BillingPeriod,
    Block,
    BlockStep,
    CostPlus,
    Coverage,
    Graduated,
    Package,
    PercentOfTotal,
    PerUnit,
    ProrationMethod,
    Tier,
    TierScope,
    Volume,
)
from catalog.product import ChargeType
from engine.compile import load_snapshot
from engine.decision import decide

D = Decimal
TIERS = (Tier(D(10), D(20), D(2)), Tier(D(25), D(18)), Tier(None, D(15)))
MODELS = [
    PerUnit(D("19.90")),
    Volume(TIERS),
    Graduated(TIERS),
    Package(D(100), D(12)),
    Block((BlockStep(D(10), D(90)), BlockStep(D(30), D(250))), D(8)),
    CostPlus(markup=D(25)),
    Graduated(TIERS, scope=TierScope.FAMILY),
    PerUnit(D(5)),
]
"""The charge models of a mixed catalogue in turn; the last one is sold by the month."""


def mixed_catalog(skus):
    """A catalogue in which the SKUs take turns with the charge models, and a few are percentages of a family."""
    plain = world.catalog_of(skus)
    products, prices = [], []
    for number, (product, price) in enumerate(zip(plain.products.values(), plain.prices.values(), strict=True)):
        recurring = number % len(MODELS) == len(MODELS) - 1
        model = MODELS[number % len(MODELS)]
        if number % 97 == 0:
            model = PercentOfTotal(D(5), Coverage(categories=(f"goods/{world.FAMILIES[1]}",)))
            product = replace(product, category="care", family="care")  # noqa: PLW2901
        period = BillingPeriod.MONTH if recurring else None
        method = ProrationMethod.ACTUAL if recurring else None
        products.append(replace(product, charge_type=ChargeType.RECURRING) if recurring else product)
        prices.append(replace(price, model=model, billing_period=period, proration=method))
    return Catalog.of(
        categories=[*plain.categories, "care"],
        attributes=plain.attributes,
        products=products,
        customers=plain.customers.values(),
        price_lists=plain.price_lists.values(),
        prices=prices,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Snapshots by their size, each made once."""
    known = {}

    def make(rules=1000, skus=10_000, mixed=False, customers=100):
        key = (rules, skus, mixed, customers)
        if key not in known:
            folder = world.write_rules(tmp_path_factory.mktemp("rules") / "rulebook", rules)
            catalog = mixed_catalog(skus) if mixed else world.catalog_of(skus, customers)
            known[key] = load_snapshot(folder, catalog)
            gc.collect()
            gc.freeze()
        return known[key]

    return make


@pytest.mark.parametrize("lines", [1, 10, 100, 1000, 10_000])
@pytest.mark.parametrize("mixed", [False, True], ids=["per-unit", "mixed"])
def test_lines(benchmark, made, lines, mixed):
    snapshot, quote = made(mixed=mixed), world.quote_of(lines, 10_000)
    benchmark.extra_info["lines"] = lines
    benchmark(decide, snapshot, quote)


@pytest.mark.parametrize("rules", [10, 100, 1000, 10_000])
def test_rules(benchmark, made, rules):
    benchmark(decide, made(rules=rules), world.quote_of(10, 10_000))


@pytest.mark.parametrize("rows", [100, 1000, 10_000, 100_000])
def test_table_rows(benchmark, tmp_path, rows):
    """Every line finds its row in a decision table of three columns, among rows that differ in all of them."""
    folder = world.write_rules(tmp_path / "rulebook", 100)
    with (folder / "pricing/rules.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "- {id: by-table, group: volume, table: rows.csv, then: {percent_off: row.percent}, reason: table}\n"
        )
    text = [
        "hit policy,F,,,",
        "columns,input,input,input,output",
        "name,customer.segment,product.family,line.quantity,percent",
        "type,string,string,number,number",
    ]
    for row in range(rows - 1):
        segment, family = f"segment {row % 97}", world.FAMILIES[row % len(world.FAMILIES)]
        text.append(f',"""{segment}""","""{family}""",[{row}..{row + 1}),{1 + row % 9}')
    text.append(',"""enterprise""",-,>= 2,4')
    (folder / "pricing/rows.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    snapshot = load_snapshot(folder, world.catalog_of(1_000))
    gc.collect()
    gc.freeze()
    decision = benchmark(decide, snapshot, world.quote_of(10, 1_000))
    assert all(any(step.origin.id == "by-table" for step in line.waterfall) for line in decision.pricing.lines)


@pytest.mark.parametrize("skus", [1000, 10_000, 100_000, 1_000_000])
def test_skus(benchmark, made, skus):
    benchmark(decide, made(rules=100, skus=skus), world.quote_of(10, skus))


@pytest.mark.parametrize("customers", [100, 10_000, 100_000])
def test_customers(benchmark, made, customers):
    benchmark(decide, made(rules=100, skus=1000, customers=customers), world.quote_of(10, 1000))


def test_explained(benchmark, made):
    benchmark(decide, made(rules=1000), replace(world.quote_of(10, 10_000), explain_alternatives=True))

"""Catalogue at size: reading files, writing the database, loading it; figures per number of SKUs.

Run with: pytest benchmarks/bench_catalog.py --benchmark-only
The largest size is asked for: CATALOG_SKUS=1000000 pytest ...
"""

from __future__ import annotations

import csv
import os
import resource
from datetime import date
from decimal import Decimal

import pytest

from catalog import store
from catalog.importers.read import read_catalog
from catalog.model import Catalog
from catalog.price import Graduated, PerUnit, PriceEntry, PriceList, Tier
from catalog.product import (
    AttributeDefinition,
    AttributeType,
    ChargeType,
    DatedCost,
    Product,
)

SIZES = sorted({1_000, 10_000, 100_000, int(os.environ.get("CATALOG_SKUS", "100000"))})
PRODUCT_COLUMNS = (
    "sku",
    "name",
    "category",
    "family",
    "charge_type",
    "cost",
    "cost_currency",
    "valid_from",
    "tags",
    "attributes.colour",
)
ATTRIBUTES = (
    AttributeDefinition("colour", AttributeType.TEXT),
    AttributeDefinition("watts", AttributeType.NUMBER),
    AttributeDefinition("redundant", AttributeType.BOOLEAN),
)


def generated(skus: int) -> Catalog:
    """A catalogue with three attributes, a cost and two prices a SKU; every tenth price is graduated."""
    products, prices = [], []
    for number in range(skus):
        sku = f"SKU-{number:07}"
        products.append(
            Product(
                sku=sku,
                name=f"Product number {number}",
                category=f"c{number % 10}/d{number % 97}",
                charge_type=ChargeType.ONE_TIME,
                family=f"family-{number % 50}",
                attributes={"colour": "grey", "watts": Decimal(number % 500), "redundant": number % 2 == 0},
                tags=("supported",),
                costs=(DatedCost(Decimal(number % 9000) + Decimal("0.57"), "USD"),),
                valid_from=date(2025, 1, 1 + number % 28),
            )
        )
        price = Decimal(number % 10_000) + Decimal("0.99")
        for currency in ("USD", "EUR"):
            model = PerUnit(price)
            if number % 10 == 0:
                model = Graduated(
                    (Tier(Decimal(10), price), Tier(Decimal(100), price - Decimal("0.5")), Tier(None, price / 2))
                )
            prices.append(PriceEntry(f"{currency}:{sku}", currency, model, sku=sku, valid_from=date(2026, 1, 1)))
    lists = [PriceList(code, f"List {code}", code, 4) for code in ("USD", "EUR")]
    return Catalog.of(attributes=ATTRIBUTES, products=products, prices=prices, price_lists=lists)


@pytest.fixture(scope="module", params=SIZES, ids=lambda skus: f"{skus}-skus")
def catalog(request):
    return generated(request.param)


def rate(benchmark, catalog):
    benchmark.extra_info["skus"] = len(catalog.products)
    benchmark.extra_info["skus_per_second"] = round(len(catalog.products) / benchmark.stats.stats.min)
    benchmark.extra_info["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.benchmark(group="catalog-write")
def test_write_database(benchmark, catalog, tmp_path):
    benchmark.pedantic(
        store.replace, (tmp_path / "catalog.db", catalog), rounds=1 if len(catalog.products) > 10_000 else 5
    )
    rate(benchmark, catalog)


@pytest.mark.benchmark(group="catalog-load")
def test_load_database(benchmark, catalog, tmp_path):
    path = tmp_path / "catalog.db"
    store.replace(path, catalog)
    loaded = benchmark.pedantic(store.load, (path,), rounds=1 if len(catalog.products) > 10_000 else 5)
    assert loaded.version == catalog.version
    rate(benchmark, catalog)


@pytest.mark.benchmark(group="catalog-import-csv")
def test_import_csv(benchmark, catalog, tmp_path):
    with (tmp_path / "products.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(PRODUCT_COLUMNS)
        for item in catalog.products.values():
            cost = item.costs[0]
            row = (item.sku, item.name, item.category, item.family, item.charge_type.value, cost.amount, cost.currency)
            writer.writerow([*row, item.valid_from, *item.tags, item.attributes["colour"]])
    (tmp_path / "attributes.csv").write_text("name,type\ncolour,text\n", encoding="utf-8")
    (tmp_path / "price_lists.csv").write_text("id,currency,precision\nUSD,USD,4\nEUR,EUR,4\n", encoding="utf-8")
    with (tmp_path / "prices.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["price_list", "sku", "unit_price", "valid_from"])
        for number, price in enumerate(catalog.prices.values()):
            writer.writerow([price.price_list, price.sku, f"{number % 9973}.99", price.valid_from])
    imported = benchmark.pedantic(read_catalog, (tmp_path,), rounds=1)
    assert len(imported.usable().prices) == len(catalog.prices)
    rate(benchmark, catalog)

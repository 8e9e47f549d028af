"""The sample catalogue and the AdventureWorks import: complete, and what they are meant to show."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.importers.adventureworks import PRICE_LIST
from catalog.importers.read import read_catalog
from catalog.price import MODEL_NAMES, PerUnit, validity
from catalog.product import ChargeType, covers
from catalog.sample import FOLDER

ADVENTUREWORKS = Path(__file__).parents[3] / "../shared/data/adventureworks"


@pytest.fixture(scope="module")
def sample():
    imported = read_catalog(FOLDER)
    assert not len(imported.findings)
    return imported.usable()


def test_the_sample_covers_what_a_vendor_sells(sample):
    assert len(sample.products) >= 60
    assert len(sample.customers) == 10
    assert {item.charge_type for item in sample.products.values()} == set(ChargeType)
    used = {type(entry.model) for entry in sample.prices.values()}
    assert {MODEL_NAMES[model] for model in used} == set(MODEL_NAMES.values()) - {
        "attribute"
    }  # needs a table of a rulebook
    assert {item.currency for item in sample.price_lists.values()} == {"USD", "EUR", "JPY"}
    assert sample.customers["AURORA-FR"].parent == "AURORA"


def test_every_product_on_sale_has_a_price_for_everyone_in_each_currency(sample):
    day = date(2026, 3, 1)
    for currency in ("USD", "EUR", "JPY"):
        priced = {
            entry.sku
            for entry in sample.prices.values()
            if (found := sample.price_lists[entry.price_list]).currency == currency
            and found.scope.value == "everyone"
            and covers(*validity(found, entry), day)
        }
        on_sale = {sku for sku, item in sample.products.items() if covers(item.valid_from, item.valid_to, day)}
        assert on_sale <= priced, currency


def test_the_sample_has_bundles_in_bundles(sample):
    rack = sample.products["RACK-42"].bundle
    assert rack is not None
    inner = {option.sku for group in rack.groups for option in group.options if sample.products[option.sku].bundle}
    assert {"SRV-R1", "SRV-R2", "STO-A12", "STO-A24"} <= inner


def test_prices_in_yen_have_no_decimals(sample):
    yen = [entry for entry in sample.prices.values() if entry.price_list == "list-jpy"]
    units = [entry.model.unit_price for entry in yen if isinstance(entry.model, PerUnit)]
    assert units
    assert all(price == price.to_integral_value() for price in units)


@pytest.fixture(scope="module")
def adventureworks():
    if not ADVENTUREWORKS.exists():
        pytest.skip("the AdventureWorks data is not beside the project")
    imported = read_catalog(ADVENTUREWORKS)
    assert not len(imported.findings)
    return imported.usable()


def test_adventureworks_is_read_whole(adventureworks):
    assert len(adventureworks.products) == 504
    assert len(adventureworks.prices) == 395 + 11  # eleven products have a list price but no history
    assert adventureworks.products["BK-R89B-48"].category == "Bikes/Road Bikes"
    assert adventureworks.products["AR-5381"].category == "Parts"
    assert adventureworks.products["HL-U509-R"].cost_on(date(2011, 6, 1), "USD") == Decimal("12.0278")


def test_adventureworks_list_prices_are_those_that_online_customers_were_charged(adventureworks):
    prices: dict[str, list] = {}
    for entry in adventureworks.prices.values():
        assert entry.price_list == PRICE_LIST
        prices.setdefault(entry.sku, []).append(entry)
    with (ADVENTUREWORKS / "orders.csv").open(encoding="utf-8", newline="") as file:
        orders = {row["order_id"]: row for row in csv.DictReader(file)}
    checked = 0
    with (ADVENTUREWORKS / "order_lines.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            order = orders[line["order_id"]]
            if order["channel"] != "online":
                continue
            day = date.fromisoformat(order["order_date"])
            (held,) = (e for e in prices[line["product_number"]] if covers(e.valid_from, e.valid_to, day))
            assert held.model.unit_price == Decimal(line["unit_price"])
            checked += 1
    assert checked > 500


def test_adventureworks_offers_are_tags(adventureworks):
    with (ADVENTUREWORKS / "special_offer_products.csv").open(encoding="utf-8", newline="") as file:
        covered = {(row["product_number"], f"offer-{row['offer_id']}") for row in csv.DictReader(file)}
    assert {(sku, tag) for sku, item in adventureworks.products.items() for tag in item.tags} == covered


def test_a_missing_file_of_adventureworks_is_told(tmp_path):
    (tmp_path / "list_price_history.csv").write_text("product_number,list_price,start\nX,1,2\n", encoding="utf-8")
    found = [str(finding.span) for finding in read_catalog(tmp_path).findings.sorted()]
    assert found == ["cost_history.csv", "list_price_history.csv:1:27", "products.csv", "special_offer_products.csv"]

"""Products on the wire: every charge model, option and validity is told."""

from datetime import date
from decimal import Decimal

import pytest
from google.protobuf import json_format
from quotewright.v1 import catalog_service_pb2 as pb

from catalog import price as p
from catalog.product import (
    Bundle,
    ChargeType,
    Money,
    Option,
    OptionGroup,
    OptionPricing,
    Product,
    ProductStatus,
    QuantityRule,
)
from engine.wire.write_decision import BILLING_PERIODS, CHARGE_TYPES
from engine.wire.write_product import (
    OPTION_PRICINGS,
    PRODUCT_STATUSES,
    QUANTITY_RULES,
    TIER_BASES,
    write_product,
)

D = Decimal
TIERS = (p.Tier(D(10), D("1.50"), D(2), D(6)), p.Tier(None, D(1)))
TIERED = {
    "tiers": [
        {"up_to": "10", "unit_price": "1.50", "flat_fee": "2", "package_size": "6"},
        {"unit_price": "1", "flat_fee": "0"},
    ],
    "basis": "TIER_BASIS_QUANTITY",
    "scope": "line",
}
MODELS = [
    (p.PerUnit(D("9.90")), {"per_unit": {"unit_price": "9.90"}}),
    (p.Volume(TIERS), {"volume": TIERED}),
    (
        p.Graduated(TIERS, p.TierBasis.AMOUNT, p.TierScope.QUOTE),
        {"graduated": TIERED | {"basis": "TIER_BASIS_AMOUNT", "scope": "quote"}},
    ),
    (
        p.Package(D(100), D(10), p.PackageRounding.DOWN, 2),
        {"package": {"package_price": "100", "size": "10", "rounding": "down", "minimum_packages": 2}},
    ),
    (
        p.Block((p.BlockStep(D(5), D(50), D(3)),), D(8)),
        {"block": {"steps": [{"up_to": "5", "price": "50", "unit_price": "3"}], "overage_price": "8", "scope": "line"}},
    ),
    (
        p.PercentOfTotal(D(18), p.Coverage(("hardware",), ("t",), ("S",)), p.PercentBase.LIST, D(1), D(9)),
        {
            "percent_of_total": {
                "percent": "18", "categories": ["hardware"], "tags": ["t"], "skus": ["S"],
                "base": "list", "minimum": "1", "maximum": "9",
            }
        },
    ),
    (
        p.Percentage(D("1.2"), D("0.10"), 3, D(500), D("0.05"), D(20)),
        {
            "percentage": {
                "percent": "1.2", "transaction_fee": "0.10", "free_transactions": 3, "free_amount": "500",
                "minimum": "0.05", "maximum": "20",
            }
        },
    ),
    (p.CostPlus(markup=D(20)), {"cost_plus": {"markup": "20"}}),
    (p.CostPlus(margin=D(30)), {"cost_plus": {"margin": "30"}}),
    (p.AttributePrice("sizes", D(4)), {"attribute": {"table": "sizes", "base_price": "4"}}),
]  # fmt: skip


def told(product, prices=()):
    message = pb.Product()
    write_product(product, prices, message)
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


@pytest.mark.parametrize(("model", "expected"), MODELS, ids=lambda item: type(item).__name__)
def test_charge_models(model, expected):
    price_list = p.PriceList("l", "List", "EUR", 2, valid_from=date(2026, 1, 1))
    entry = p.PriceEntry("l/1", "l", model, sku="A", valid_to=date(2026, 6, 30), billing_period=p.BillingPeriod.YEAR)
    price = told(Product("A", "A", "c", ChargeType.RECURRING), [(price_list, entry)])["prices"][0]
    assert price == {
        "id": "l/1", "price_list": "l", "currency": "EUR", "scope": "everyone", "sku": "A",
        "valid_from": "2026-01-01", "valid_to": "2026-06-30", "billing_period": "BILLING_PERIOD_YEAR",
        "free_units": "0", **expected,
    }  # fmt: skip


def test_free_units_commitment_and_limits():
    price_list = p.PriceList("l", "List", "EUR", 2)
    entry = p.PriceEntry(
        "l/1", "l", p.PerUnit(D(1)), sku="A", free_units=D(5), minimum_charge=D(2), maximum_charge=D(90),
        committed_quantity=D(100), committed_amount=D(80),
    )  # fmt: skip
    price = told(Product("A", "A", "c", ChargeType.USAGE), [(price_list, entry)])["prices"][0]
    assert {name: price[name] for name in price if "charge" in name or "committed" in name or "free" in name} == {
        "free_units": "5", "minimum_charge": "2", "maximum_charge": "90", "committed_quantity": "100",
        "committed_amount": "80",
    }  # fmt: skip


def test_all_charge_models_are_tested():
    assert {type(model) for model, _ in MODELS} == set(p.MODEL_NAMES)
    assert set(p.MODEL_NAMES.values()) == {field.name for field in pb.Price.DESCRIPTOR.oneofs_by_name["model"].fields}


def test_a_bundle():
    option = Option("B", QuantityRule.FREE, D(2), D(1), D(8), True, OptionPricing.OWN, (Money(D(5), "EUR"),))
    bundle = Bundle((OptionGroup("g", "Group", 0, None, (option,)), OptionGroup("h", "H", 1, 1, ())), False)
    product = Product(
        "A", "A", "c/d", ChargeType.ONE_TIME, attributes={"watts": D("90.5"), "new": True}, tags=("t",), bundle=bundle,
        valid_from=date(2025, 1, 1), status=ProductStatus.DRAFT, tax_class="goods", quantity_step=D("0.001"), unit="kg",
    )  # fmt: skip
    assert told(product) == {
        "sku": "A", "name": "A", "category": "c/d", "charge_type": "CHARGE_TYPE_ONE_TIME", "unit_of_measure": "kg",
        "quantity_step": "0.001", "attributes": {"watts": {"number": "90.5"}, "new": {"boolean": True}}, "tags": ["t"],
        "tax_class": "goods", "status": "PRODUCT_STATUS_DRAFT", "valid_from": "2025-01-01",
        "bundle": {"groups": [
            {"id": "g", "name": "Group", "options": [{
                "sku": "B", "quantity_rule": "QUANTITY_RULE_FREE", "quantity": "2", "min_quantity": "1",
                "max_quantity": "8", "default": True, "pricing": "OPTION_PRICING_OWN",
                "own_prices": [{"amount": "5", "currency": "EUR"}],
            }]},
            {"id": "h", "name": "H", "min_options": 1, "max_options": 1},
        ]},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (ChargeType, CHARGE_TYPES),
        (ProductStatus, PRODUCT_STATUSES),
        (QuantityRule, QUANTITY_RULES),
        (OptionPricing, OPTION_PRICINGS),
        (p.TierBasis, TIER_BASES),
    ],
)
def test_enums_of_the_catalogue_are_those_of_the_contract(names, numbers):
    assert {name.value for name in names} == set(numbers)


def test_billing_periods_of_the_catalogue_are_in_the_contract():
    assert {period.value for period in p.BillingPeriod} <= set(BILLING_PERIODS)

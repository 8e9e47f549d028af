"""The closed list of fields of every kind of record; YAML files and CSV columns share it."""

from __future__ import annotations

_DATED = frozenset({"valid_from", "valid_to"})

ATTRIBUTES = frozenset({"name", "type", "of", "category", "choices", "unit"})

COSTS = frozenset({"amount", "currency"}) | _DATED

OPTIONS = frozenset(
    {"sku", "quantity_rule", "quantity", "min_quantity", "max_quantity", "default", "pricing", "own_prices"}
)

GROUPS = frozenset({"id", "name", "min", "max", "options"})

PRODUCTS = (
    frozenset(
        {
            "sku",
            "name",
            "category",
            "family",
            "charge_type",
            "attributes",
            "tags",
            "unit",
            "quantity_step",
            "cost",
            "cost_currency",
            "costs",
            "tax_class",
            "status",
            "groups",
            "component_prices_visible",
        }
    )
    | _DATED
)

CUSTOMERS = frozenset(
    {"id", "name", "currency", "group", "segment", "channel", "country", "region", "parent", "attributes"}
)

PRICE_LISTS = (
    frozenset(
        {
            "id",
            "name",
            "currency",
            "precision",
            "scope",
            "scope_values",
            "also",
            "priority",
            "selection",
            "bounds",
            "contract",
            "discountable",
            "proration",
            "anchor_day",
            "prices",
        }
    )
    | _DATED
)

TIERS = frozenset({"from", "up_to", "unit_price", "flat_fee", "package_size"})

BLOCK_TIERS = frozenset({"from", "up_to", "price", "unit_price"})

PRICE_COMMON = (
    frozenset(
        {
            "id",
            "price_list",
            "sku",
            "category",
            "min_quantity",
            "max_quantity",
            "priority",
            "free_units",
            "minimum_charge",
            "maximum_charge",
            "committed_quantity",
            "committed_amount",
            "billing_period",
            "proration",
            "anchor_day",
            "model",
        }
    )
    | _DATED
)
"""Fields of a price whatever its charge model."""

MODEL_FIELDS: dict[str, frozenset[str]] = {
    "per_unit": frozenset({"unit_price"}),
    "volume": frozenset({"tiers", "tier_basis", "tier_scope"}),
    "graduated": frozenset({"tiers", "tier_basis", "tier_scope"}),
    "package": frozenset({"package_price", "package_size", "package_rounding", "minimum_packages"}),
    "block": frozenset({"tiers", "tier_scope", "overage_price"}),
    "percent_of_total": frozenset(
        {"percent", "percent_of", "covered_categories", "covered_tags", "covered_skus", "minimum", "maximum"}
    ),
    "percentage": frozenset({"percent", "transaction_fee", "free_transactions", "free_amount", "minimum", "maximum"}),
    "cost_plus": frozenset({"markup", "margin"}),
    "attribute": frozenset({"decision_table", "base_price"}),
}
"""Fields of a price that only some charge models have."""

PRICES = PRICE_COMMON.union(*MODEL_FIELDS.values())

EXCHANGE_RATES = frozenset({"from_currency", "to_currency", "valid_from", "rate"})

SECTIONS = frozenset({"categories", "attributes", "products", "customers", "price_lists", "prices", "exchange_rates"})
"""What a YAML file may hold at its top."""

CSV_COLUMNS: dict[str, frozenset[str]] = {
    "categories.csv": frozenset({"path"}),
    "attributes.csv": ATTRIBUTES,
    "products.csv": PRODUCTS - {"costs", "groups"},
    "costs.csv": COSTS | {"sku"},
    "bundles.csv": (OPTIONS - {"sku"}) | {"bundle_sku", "option_sku", "group", "group_name", "min", "max"},
    "customers.csv": CUSTOMERS,
    "price_lists.csv": PRICE_LISTS - {"prices"},
    "prices.csv": PRICES - {"tiers"},
    "tiers.csv": TIERS | BLOCK_TIERS | {"price_id"},
    "exchange_rates.csv": EXCHANGE_RATES,
}
"""The files of a CSV folder with their columns."""

NAMED_COLUMNS = frozenset({"also", "attributes", "own_prices"})
"""Columns written with a name behind a point, such as `attributes.cores`, `own_prices.EUR` or `also.country`."""

REQUIRED_CSV = ("products.csv", "price_lists.csv", "prices.csv")

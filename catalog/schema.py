"""The tables of the catalogue database: columns, keys and indexes; decimals and dates are TEXT, so both stay exact."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_VERSION = 2
META_TABLE = "catalogue"

ForeignKeys = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the database.

    Attributes:
        name: of the table.
        columns: types by name, in order.
        primary_key: one or more columns.
        foreign_keys: column, the table it refers to, and the column there.
        indexes: columns with an index of their own.
        nullable: columns that may be NULL.
    """

    name: str
    columns: dict[str, type]
    primary_key: tuple[str, ...]
    foreign_keys: ForeignKeys = ()
    indexes: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()


def _text(*names: str) -> dict[str, type]:
    return dict.fromkeys(names, str)


_DATED = _text("valid_from", "valid_to")
PLACE_COLUMNS: dict[str, type] = {"file": str, "line": int, "column": int, "end_column": int}
MODEL_COLUMNS: dict[str, type] = (
    _text("unit_price", "package_price", "package_size", "overage_price", "tier_basis", "tier_scope")
    | _text("percent", "percent_base", "minimum", "maximum", "markup", "margin", "decision_table", "base_price")
    | _text("package_rounding")
    | {"minimum_packages": int, "free_transactions": int}
    | _text("transaction_fee", "free_amount")
)
"""Columns of `prices` that belong to one charge model or another."""

_PRICE_OPTIONAL = (
    _text("sku", "category", "valid_from", "valid_to", "min_quantity", "max_quantity")
    | _text("minimum_charge", "maximum_charge", "committed_quantity", "committed_amount")
    | _text("billing_period", "proration")
    | {"anchor_day": int}
    | MODEL_COLUMNS
)
_TO_PRODUCT = (("sku", "products", "sku"),)
_TO_PRICE = (("price_id", "prices", "id"),)

TABLES: tuple[Table, ...] = (
    Table("categories", _text("path"), ("path",)),
    Table(
        "attributes",
        _text("owner", "name", "type", "category", "unit"),
        ("owner", "name"),
        (("category", "categories", "path"),),
        nullable=("category",),
    ),
    Table(
        "attribute_choices",
        _text("owner", "name") | {"position": int} | _text("choice"),
        ("owner", "name", "position"),
    ),
    Table(
        "products",
        _text("sku", "name", "category", "charge_type", "family", "unit", "quantity_step", "tax_class")
        | _DATED
        | _text("status")
        | {"is_bundle": int, "component_prices_visible": int},
        ("sku",),
        (("category", "categories", "path"),),
        ("category",),
        ("category", "valid_from", "valid_to"),
    ),
    Table("product_attributes", _text("sku", "name", "type", "value"), ("sku", "name"), _TO_PRODUCT),
    Table("product_tags", _text("sku", "tag"), ("sku", "tag"), _TO_PRODUCT, ("tag",)),
    Table(
        "product_costs",
        _text("sku") | {"position": int} | _text("amount", "currency") | _DATED,
        ("sku", "position"),
        _TO_PRODUCT,
        nullable=("valid_from", "valid_to"),
    ),
    Table(
        "option_groups",
        _text("bundle_sku") | {"position": int} | _text("id", "name") | {"min_options": int, "max_options": int},
        ("bundle_sku", "position"),
        (("bundle_sku", "products", "sku"),),
        nullable=("max_options",),
    ),
    Table(
        "options",
        _text("bundle_sku")
        | {"group_position": int, "position": int}
        | _text("sku", "quantity_rule", "quantity", "min_quantity", "max_quantity")
        | {"is_default": int}
        | _text("pricing"),
        ("bundle_sku", "group_position", "position"),
        (("bundle_sku", "products", "sku"), *_TO_PRODUCT),
        ("sku",),
        ("max_quantity",),
    ),
    Table(
        "option_prices",
        _text("bundle_sku") | {"group_position": int, "option_position": int} | _text("currency", "amount"),
        ("bundle_sku", "group_position", "option_position", "currency"),
        (("bundle_sku", "products", "sku"),),
    ),
    Table(
        "customers",
        _text("id", "name", "currency", "customer_group", "segment", "channel", "country", "region", "parent"),
        ("id",),
        (("parent", "customers", "id"),),
        nullable=("parent",),
    ),
    Table(
        "customer_attributes",
        _text("customer_id", "name", "type", "value"),
        ("customer_id", "name"),
        (("customer_id", "customers", "id"),),
    ),
    Table(
        "price_lists",
        _text("id", "name", "currency")
        | {"precision": int}
        | _text("scope")
        | _DATED
        | {"priority": int}
        | _text("selection", "bounds")
        | {"contract": int, "discountable": int}
        | _text("proration")
        | {"anchor_day": int},
        ("id",),
        nullable=("valid_from", "valid_to", "proration", "anchor_day"),
    ),
    Table(
        "price_list_scopes",
        _text("price_list", "value"),
        ("price_list", "value"),
        (("price_list", "price_lists", "id"),),
    ),
    Table(
        "price_list_also",
        _text("price_list", "kind", "value"),
        ("price_list", "kind", "value"),
        (("price_list", "price_lists", "id"),),
    ),
    Table(
        "prices",
        _text("id", "price_list") | _PRICE_OPTIONAL | {"priority": int} | _text("free_units", "model"),
        ("id",),
        (("price_list", "price_lists", "id"), *_TO_PRODUCT, ("category", "categories", "path")),
        ("sku", "category", "price_list"),
        tuple(_PRICE_OPTIONAL),
    ),
    Table(
        "price_tiers",
        _text("price_id") | {"position": int} | _text("up_to", "unit_price", "flat_fee", "package_size"),
        ("price_id", "position"),
        _TO_PRICE,
        nullable=("up_to", "package_size"),
    ),
    Table(
        "price_coverage",
        _text("price_id", "kind", "value"),
        ("price_id", "kind", "value"),
        _TO_PRICE,
    ),
    Table(
        "exchange_rates",
        _text("from_currency", "to_currency", "valid_from", "rate"),
        ("from_currency", "to_currency", "valid_from"),
    ),
)
"""Parents before children. What the first version did not have is read as nothing: no rows, no values.

Of `prices`, the place in the file is kept beside the content, in `price_places`.
"""

PRICE_PLACES = Table("price_places", _text("price_id") | PLACE_COLUMNS, ("price_id",), _TO_PRICE)

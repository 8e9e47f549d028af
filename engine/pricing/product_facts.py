"""What rules read as product.<name>: made once for every product of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.product import Product


def product_facts(product: Product, categories: tuple[str, ...], no_attributes: Mapping[str, None]) -> dict[str, Any]:
    """The facts of a product.

    Args:
        product: of the catalogue.
        categories: its category and those above it, nearest first.
        no_attributes: every attribute of products by name, nothing known.
    """
    return {
        "sku": product.sku,
        "name": product.name,
        "family": product.family,
        "category": product.category,
        "categories": list(categories),
        "tags": list(product.tags),
        "charge_type": product.charge_type.value,
        "unit": product.unit,
        "tax_class": product.tax_class,
        "attributes": {**no_attributes, **product.attributes} if product.attributes else no_attributes,
    }

"""Two catalogues compared: products, customers, price lists, prices, rates and definitions, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog.model import Catalog
from catalog.price import MODEL_NAMES, ExchangeRate, PriceEntry
from catalog.product import AttributeDefinition
from engine.compare.change import Change
from engine.compare.parts import Part, compare_parts
from engine.compare.values import Value, values_of

_KEYS = {"product": "sku"}
"""The field that names an item, where it is not its id."""


def compare_catalogues(old: Catalog, new: Catalog) -> list[Change]:
    """What changed between two catalogues; equal rows are not looked into."""
    if old.version == new.version:
        return []
    changes: list[Change] = []
    for kind, before, after in _collections(old, new):
        same = {key for key, item in after.items() if before.get(key) == item}
        changes += compare_parts(
            [_part(kind, key, item) for key, item in before.items() if key not in same],
            [_part(kind, key, item) for key, item in after.items() if key not in same],
        )
    return changes


def _collections(old: Catalog, new: Catalog) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """What a catalogue holds, kind by kind, each by its identifier."""
    yield "category", dict.fromkeys(old.categories, ""), dict.fromkeys(new.categories, "")
    yield "attribute definition", _definitions(old), _definitions(new)
    yield "product", old.products, new.products
    yield "customer", old.customers, new.customers
    yield "price list", old.price_lists, new.price_lists
    yield "price", old.prices, new.prices
    yield "exchange rate", _rates(old), _rates(new)


def _definitions(catalog: Catalog) -> dict[str, AttributeDefinition]:
    return {f"{item.owner}.{item.name}": item for item in catalog.attributes}


def _rates(catalog: Catalog) -> dict[str, ExchangeRate]:
    return {
        f"{item.from_currency} to {item.to_currency} from {item.valid_from}": item for item in catalog.exchange_rates
    }


def _part(kind: str, key: str, item: Any) -> Part:
    if isinstance(item, str):
        return Part(kind, key, None, {})
    values = values_of(item, leave_out=frozenset({_KEYS.get(kind, "id"), "span"}))
    if not isinstance(item, PriceEntry):
        return Part(kind, key, None, values)
    model = MODEL_NAMES[type(item.model)]
    values = {"charge model": Value(model, model)} | values
    span = item.span if item.span.file else None
    return Part(kind, key, span, values, lambda _: span, file_matters=False)

"""The FEEL types of what rules may read: a misspelt name is found when the rules are loaded."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.model import Catalog
from catalog.product import AttributeOwner, AttributeType
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, ContextType, ListType, Required, Type
from engine.schema.rulebook import DeclaredFacts, FactType

ATTRIBUTE_TYPES: Mapping[AttributeType, Type] = {
    AttributeType.TEXT: STRING,
    AttributeType.CHOICE: STRING,
    AttributeType.NUMBER: NUMBER,
    AttributeType.BOOLEAN: BOOLEAN,
    AttributeType.DATE: DATE,
}
FACT_TYPES: Mapping[str, Type] = {"text": STRING, "number": NUMBER, "boolean": BOOLEAN, "date": DATE}
TEXT = Required(STRING)
TEXTS = Required(ListType(STRING))


def pricing_parameters(declared: DeclaredFacts, catalog: Catalog) -> dict[str, Type]:
    """What pricing rules read, in the order in which compiled conditions take it."""
    return {
        "customer": ContextType({**_customer(catalog), **_declared(declared.customer)}),
        "quote": ContextType({**_quote(), **_declared(declared.quote)}),
        "line": ContextType({**_line(), **_declared(declared.line)}),
        "product": ContextType(_product(catalog)),
    }


def _customer(catalog: Catalog) -> dict[str, Type]:
    names = ("id", "name", "group", "segment", "country", "region", "channel", "currency", "parent")
    return dict.fromkeys(names, STRING) | {"attributes": _attributes(catalog, AttributeOwner.CUSTOMER)}


def _quote() -> dict[str, Type]:
    return {
        "id": TEXT,
        "currency": TEXT,
        "channel": TEXT,
        "price_date": Required(DATE),
        "coupons": TEXTS,
        "line_count": Required(NUMBER),
        "list_total": Required(NUMBER),
    }


def _line() -> dict[str, Type]:
    return {
        "id": TEXT,
        "sku": TEXT,
        "quantity": Required(NUMBER),
        "list_price": Required(NUMBER),
        "list_total": Required(NUMBER),
        "term_months": NUMBER,
        "cost": NUMBER,
        "requested_discount": NUMBER,
    }


def _product(catalog: Catalog) -> dict[str, Type]:
    texts = ("sku", "name", "family", "category", "charge_type", "unit", "tax_class")
    lists = {"categories": TEXTS, "tags": TEXTS}
    return dict.fromkeys(texts, TEXT) | lists | {"attributes": _attributes(catalog, AttributeOwner.PRODUCT)}


def _attributes(catalog: Catalog, owner: AttributeOwner) -> Type:
    return Required(
        ContextType({item.name: ATTRIBUTE_TYPES[item.type] for item in catalog.attributes if item.owner is owner})
    )


def _declared(facts: Mapping[str, FactType]) -> dict[str, Type]:
    return {name: FACT_TYPES[kind] if isinstance(kind, str) else STRING for name, kind in facts.items()}

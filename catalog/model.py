"""The catalogue as one immutable value: products, customers, price lists, prices and rates, named by its content."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.customer import Customer
from catalog.price import ExchangeRate, PriceEntry, PriceList
from catalog.product import AttributeDefinition, AttributeOwner, Product, ancestors
from catalog.rows import Row, rows_of
from catalog.version import content_version


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the catalogue holds, each collection sorted by identifier; build it with `Catalog.of`.

    Attributes:
        categories: the known category paths, those above each included, sorted.
        attributes: attribute definitions, by owner and name.
        products: by SKU.
        customers: by id.
        price_lists: by id.
        prices: by id.
        exchange_rates: by currencies and date.
        version: hash of the content, 32 hexadecimal digits; equal content has an equal version, whatever the order
            of rows and the files they came from.
    """

    categories: tuple[str, ...]
    attributes: tuple[AttributeDefinition, ...]
    products: Mapping[str, Product]
    customers: Mapping[str, Customer]
    price_lists: Mapping[str, PriceList]
    prices: Mapping[str, PriceEntry]
    exchange_rates: tuple[ExchangeRate, ...]
    version: str

    @classmethod
    def of(
        cls,
        *,
        categories: Iterable[str] = (),
        attributes: Iterable[AttributeDefinition] = (),
        products: Iterable[Product] = (),
        customers: Iterable[Customer] = (),
        price_lists: Iterable[PriceList] = (),
        prices: Iterable[PriceEntry] = (),
        exchange_rates: Iterable[ExchangeRate] = (),
        version: str = "",
    ) -> Catalog:
        """The catalogue of these parts, in any order; the categories of the products are added to those given.

        Identifiers are unique, and the parts fit together: importers check that. `version` is given where it is known
        already.
        """
        by_sku = {item.sku: item for item in sorted(products, key=lambda item: item.sku)}
        named = {*categories, *(item.category for item in by_sku.values())} - {""}
        unnamed = cls(
            categories=tuple(sorted({path for category in named for path in ancestors(category)})),
            attributes=tuple(sorted(attributes, key=lambda item: (item.owner, item.name))),
            products=by_sku,
            customers={item.id: item for item in sorted(customers, key=lambda item: item.id)},
            price_lists={item.id: item for item in sorted(price_lists, key=lambda item: item.id)},
            prices={item.id: item for item in sorted(prices, key=lambda item: item.id)},
            exchange_rates=tuple(
                sorted(exchange_rates, key=lambda item: (item.from_currency, item.to_currency, item.valid_from))
            ),
            version=version,
        )
        return unnamed if version else dataclasses.replace(unnamed, version=content_version(unnamed.rows()))

    def rows(self) -> Iterable[tuple[str, Iterable[Row]]]:
        """The content as rows for each table of `catalog.schema`, in its order."""
        return rows_of(
            categories=self.categories,
            attributes=self.attributes,
            products=self.products,
            customers=self.customers,
            price_lists=self.price_lists,
            prices=self.prices,
            exchange_rates=self.exchange_rates,
        )

    def attribute(self, owner: AttributeOwner, name: str) -> AttributeDefinition | None:
        """The definition of an attribute, or None."""
        return next((item for item in self.attributes if item.owner is owner and item.name == name), None)

    def rate_on(self, day: date, from_currency: str, to_currency: str) -> Decimal | None:
        """The exchange rate given for exactly this pair on `day`, 1 for a currency to itself, or None."""
        if from_currency == to_currency:
            return Decimal(1)
        found = None
        for rate in self.exchange_rates:
            if (rate.from_currency, rate.to_currency) == (from_currency, to_currency) and rate.valid_from <= day:
                found = rate.rate
        return found

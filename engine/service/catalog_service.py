"""CatalogService: the products that are sold, with their options and the prices in force."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from quotewright.v1 import catalog_service_pb2 as pb

from catalog.model import Catalog
from catalog.price import PriceEntry, PriceList, validity
from catalog.product import Product, ancestors, covers
from engine.diagnostics import did_you_mean
from engine.service.errors import NotFoundError
from engine.service.method import Service
from engine.snapshot import SnapshotHolder
from engine.wire.pages import page_token, read_page_size, read_page_token
from engine.wire.read_quote import read_currency
from engine.wire.violations import MAX_NAME, Reason, RequestRejectedError, Violations
from engine.wire.write_product import write_product


class CatalogService:
    """Reads the catalogue of the current snapshot."""

    def __init__(self, holder: SnapshotHolder) -> None:
        self._holder = holder
        self._index = CatalogIndex(holder.current.catalog)

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["CatalogService"].full_name
        return Service(name, {"GetProduct": self.get_product, "ListProducts": self.list_products})

    def get_product(self, request: bytes) -> bytes:
        """A GetProductRequest to a GetProductResponse."""
        message = pb.GetProductRequest.FromString(request)
        index = self._current_index()
        violations = Violations()
        sku = violations.name(message.sku, "sku")
        day, currency = _read_prices_wanted(message, violations)
        if violations.found:
            raise RequestRejectedError(violations.found)
        product = index.catalog.products.get(sku)
        if product is None:
            raise NotFoundError("product", sku, did_you_mean(sku, index.catalog.products))
        response = pb.GetProductResponse(catalogue_version=index.catalog.version)
        write_product(product, index.prices(product, day, currency), response.product)
        return response.SerializeToString(deterministic=True)

    def list_products(self, request: bytes) -> bytes:
        """A ListProductsRequest to a ListProductsResponse."""
        message = pb.ListProductsRequest.FromString(request)
        index = self._current_index()
        version = index.catalog.version
        violations = Violations()
        products = index.products(message.category)
        if products is None:
            known = violations.text(message.category, "category", MAX_NAME)
            hint = did_you_mean(known, index.catalog.categories) if known else ""
            told = f"the catalogue has no category {known!r}" + (f"; {hint}" if hint else "")
            violations.add("category", Reason.UNKNOWN_CATEGORY, told)
        day, currency = _read_prices_wanted(message, violations)
        size = read_page_size(message.page_size, violations)
        start = read_page_token(message.page_token, version, message.category, violations)
        if violations.found or products is None:
            raise RequestRejectedError(violations.found)
        response = pb.ListProductsResponse(catalogue_version=version, total_size=len(products))
        for product in products[start : start + size]:
            write_product(product, index.prices(product, day, currency), response.products.add())
        if start + size < len(products):
            response.next_page_token = page_token(version, message.category, start + size)
        return response.SerializeToString(deterministic=True)

    def _current_index(self) -> CatalogIndex:
        catalog = self._holder.current.catalog
        if self._index.catalog is not catalog:
            # Two threads may both build it after a reload; either result is right.
            self._index = CatalogIndex(catalog)
        return self._index


class CatalogIndex:
    """A catalogue's products by category, and its prices by what they are for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._products: dict[str, list[Product]] = defaultdict(list)
        for product in catalog.products.values():
            for category in ("", *ancestors(product.category)):
                self._products[category].append(product)
        self._prices: dict[tuple[str, str], list[PriceEntry]] = defaultdict(list)
        for entry in catalog.prices.values():
            self._prices[entry.sku, entry.category].append(entry)

    def products(self, category: str) -> list[Product] | None:
        """The products of a category and those below it, by SKU; None where the catalogue has no such category."""
        if category and category not in self._products and category not in self.catalog.categories:
            return None
        return self._products.get(category, [])

    def prices(self, product: Product, day: date | None, currency: str) -> list[tuple[PriceList, PriceEntry]]:
        """The prices of a product and of its categories on `day`, by id; none without a day."""
        if day is None:
            return []
        keys = [(product.sku, ""), *(("", category) for category in ancestors(product.category))]
        entries = [entry for key in keys for entry in self._prices.get(key, ())]
        found = []
        for entry in sorted(entries, key=lambda entry: entry.id):
            price_list = self.catalog.price_lists[entry.price_list]
            if currency in ("", price_list.currency) and covers(*validity(price_list, entry), day):
                found.append((price_list, entry))
        return found


def _read_prices_wanted(
    message: pb.GetProductRequest | pb.ListProductsRequest, violations: Violations
) -> tuple[date | None, str]:
    """The day (None for no prices) and the currency ("" for all) whose prices are wanted."""
    currency = read_currency(message.currency, "currency", violations) if message.currency else ""
    return violations.optional_day(message.price_date, "price_date"), currency

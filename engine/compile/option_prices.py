"""Catalogue prices of options: what anyone pays for one piece, for finding the cheapest configuration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from catalog.model import Catalog
from catalog.price import PerUnit, PriceEntry, ScopeKind, validity
from catalog.product import Money, Product
from engine.configure.program import Element, Price


class OptionPrices:
    """Looks up the plain unit prices of a catalogue's products.

    Only price lists for everyone and prices per unit count, the higher priority first, then the later start: what a
    customer really pays is for the pricing rules to say.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._entries: dict[str, list[PriceEntry]] = defaultdict(list)
        for entry in catalog.prices.values():
            everyone = catalog.price_lists[entry.price_list].scope is ScopeKind.EVERYONE
            if entry.sku and everyone and isinstance(entry.model, PerUnit) and (entry.min_quantity or 0) <= 1:
                self._entries[entry.sku].append(entry)

    def of(self, product: Product) -> tuple[Price, ...]:
        """The prices of a product, those that win first."""
        found: list[tuple[tuple[int, int, int], Price]] = []
        for entry in self._entries.get(product.sku, ()):
            assert isinstance(entry.model, PerUnit)
            price_list = self._catalog.price_lists[entry.price_list]
            first, last = validity(price_list, entry)
            order = (-price_list.priority, -entry.priority, -(first.toordinal() if first else 0))
            found.append((order, Price(price_list.currency, entry.model.unit_price, first, last)))
        found.sort(key=lambda item: item[0])
        return tuple(price for _, price in found)

    @staticmethod
    def replaced(element: Element, own: Iterable[Money]) -> Element:
        """An option with prices of its own inside a bundle."""
        return replace(element, prices=tuple(Price(money.currency, money.amount) for money in own))

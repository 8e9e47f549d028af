"""The price lists that hold for a quote, and which of their entries prices a product."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.price import Selection
from engine.pricing.program import CompiledEntry, ScopeGroups, Select

MOST_KEPT = 4_000
"""Products whose entries are kept for the same lists on the same day; when there are more, keeping starts anew."""

LOWEST = Selection.LOWEST


class ScopedLists:
    """Price lists that hold for the same customers on a day, in groups of equal scope.

    Attributes:
        groups: the most specific first.
        again: whether they held for another quote before: what nobody may ask for again is not kept.
    """

    __slots__ = ("_by_quantity", "_compares", "_day", "_entries", "_select", "again", "groups")

    def __init__(self, groups: ScopeGroups, select: Select, day: date, *, compares: bool) -> None:
        """Prepare.

        Args:
            groups: the most specific first.
            select: chooses among their entries.
            day: on which the lists hold, and their entries must.
            compares: whether it compares what the entries of different lists make of the quantity.
        """
        self.groups = groups
        self.again = False
        self._select = select
        self._compares = compares
        self._day = day
        self._entries: dict[str, CompiledEntry | None] = {}
        self._by_quantity: set[str] = set()

    def entry(self, keys: tuple[str, ...], quantity: Decimal) -> CompiledEntry | None:
        """The entry that prices a product, or None.

        Args:
            keys: SKU, then its categories upwards.
            quantity: of the line.
        """
        sku, entries = keys[0], self._entries
        found = entries.get(sku)
        if found is not None or sku in entries:
            return found
        found = self._select(self.groups, keys, quantity, self._day)
        if self.again and sku not in self._by_quantity:
            if len(entries) + len(self._by_quantity) >= MOST_KEPT:
                entries.clear()
                self._by_quantity.clear()
            if self._asks_for_quantity(keys):
                self._by_quantity.add(sku)
            else:
                entries[sku] = found
        return found

    def _asks_for_quantity(self, keys: tuple[str, ...]) -> bool:
        """Whether another quantity might choose another entry."""
        return self._compares or any(
            price_list.price_list.selection is LOWEST or not entry.any_quantity
            for group in self.groups
            for price_list in group
            for key in keys
            for entry in price_list.entries.get(key, ())
        )


class Source:
    """The price lists of a currency that apply to a quote.

    Attributes:
        currency: their ISO 4217 code.
        price_lists: lists for sale.
        contracts: agreed prices.
    """

    __slots__ = ("contracts", "currency", "price_lists")

    def __init__(self, currency: str, price_lists: ScopedLists, contracts: ScopedLists) -> None:
        self.currency = currency
        self.price_lists = price_lists
        self.contracts = contracts

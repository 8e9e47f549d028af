"""Which rules' indexed conditions hold: one bitset for the quote, one for the product, one for the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import getitem
from typing import Any

from engine.tables.column_index import ColumnIndex
from engine.tables.column_test import ANYTHING, ColumnTest

FactPath = tuple[str, ...]
"""A fact by its names: ("customer", "segment") or ("product", "attributes", "colour")."""

Facts = Mapping[str, Any]
Lookup = Callable[[Any], int]

LINE_ATTRIBUTES = frozenset({"id", "quantity", "list_price", "list_total", "cost"})
"""Facts of a line that its state has under the same name."""

MAX_CACHE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IndexedConditions:
    """What of a rule's condition an index decides.

    Attributes:
        tests: facts that must pass a test; a fact may have several.
        contains: lists that must hold a text, by the list's path.
    """

    tests: Sequence[tuple[FactPath, ColumnTest]] = ()
    contains: Mapping[FactPath, str] = field(default_factory=dict)


class RuleIndex:
    """Finds the rules whose indexed conditions hold; what remains of a condition is for the caller to ask.

    Facts of the customer and the quote are looked up once a quote, those of a product once a product (kept in a
    bounded cache), those of a line once a line, so that a line's cost hardly grows with the number of rules.

    Attributes:
        reads_products: whether a condition asks for a fact of a product.
        reads_attributes: whether `line_mask` takes a line's state, since it has all that the conditions ask of a line
            as attributes; otherwise it takes the line's facts.
    """

    __slots__ = (
        "_everything",
        "_get",
        "_line",
        "_product",
        "_product_masks",
        "_products_kept",
        "_quote",
        "reads_attributes",
        "reads_products",
    )

    def __init__(self, conditions: Sequence[IndexedConditions]) -> None:
        """Build the index; rule i has bit i."""
        self._everything = (1 << len(conditions)) - 1
        columns = _columns(conditions)
        self._quote = tuple(column for column in columns if column[0][0] in ("customer", "quote"))
        self._product = tuple(column for column in columns if column[0][0] == "product")
        self.reads_products = bool(self._product)
        self._line = tuple((path[1], lookup) for path, lookup in columns if path[0] == "line")
        self.reads_attributes = all(name in LINE_ATTRIBUTES for name, _ in self._line)
        self._get: Callable[[Any, str], Any] = getattr if self.reads_attributes else getitem
        self._product_masks: dict[str, int] = {}
        self._products_kept = max(1000, MAX_CACHE_BYTES // (len(conditions) // 8 + 100))

    def quote_mask(self, customer: Facts, quote: Facts) -> int:
        """The rules that the customer and the quote leave."""
        mask = self._everything
        for path, lookup in self._quote:
            value: Any = customer if path[0] == "customer" else quote
            for name in path[1:]:
                value = value.get(name)
            mask &= lookup(value)
        return mask

    def product_mask(self, sku: str, product: Facts) -> int:
        """The rules that the product leaves."""
        mask = self._product_masks.get(sku)
        if mask is None:
            mask = self._everything
            for path, lookup in self._product:
                value: Any = product
                for name in path[1:]:
                    value = value.get(name)
                mask &= lookup(value)
            if len(self._product_masks) >= self._products_kept:
                self._product_masks.clear()
            self._product_masks[sku] = mask
        return mask

    def line_mask(self, line: Any, mask: int) -> int:
        """The rules of `mask` that the line leaves, by its state or its facts."""
        get = self._get
        for name, lookup in self._line:
            if not mask:
                break
            mask &= lookup(get(line, name))
        return mask


def _columns(conditions: Sequence[IndexedConditions]) -> list[tuple[FactPath, Lookup]]:
    # A rule's second test on the same fact stands in a second column of that fact.
    tested: dict[tuple[FactPath, int], list[ColumnTest]] = defaultdict(lambda: [ANYTHING] * len(conditions))
    contained: dict[FactPath, dict[int, str]] = defaultdict(dict)
    for bit, condition in enumerate(conditions):
        seen: dict[FactPath, int] = defaultdict(int)
        for path, test in condition.tests:
            tested[path, seen[path]][bit] = test
            seen[path] += 1
        for path, text in condition.contains.items():
            contained[path][bit] = text
    columns: list[tuple[FactPath, Lookup]] = [(path, ColumnIndex(tests).mask) for (path, _), tests in tested.items()]
    columns += [(path, _membership(texts, len(conditions))) for path, texts in contained.items()]
    return columns


def _membership(texts: Mapping[int, str], count: int) -> Lookup:
    """The rules that accept a list: those that ask for no text, and those whose text it holds."""
    unasked = (1 << count) - 1
    masks: dict[str, int] = defaultdict(int)
    for bit, text in texts.items():
        unasked ^= 1 << bit
        masks[text] |= 1 << bit
    get = dict(masks).get

    def lookup(values: Any) -> int:
        mask = unasked
        for value in values or ():
            mask |= get(value, 0)
        return mask

    return lookup

"""Which products of the catalogue pass a condition: sets of products as bits, worked out once for each fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from catalog.model import Catalog
from catalog.product import AttributeOwner, ProductStatus, ancestors
from engine.feel import compile_condition
from engine.feel.tree import AnyNode, Call, Name, Node, children
from engine.feel.types import ANY
from engine.pricing.product_facts import product_facts
from engine.tables.column_test import ColumnTest
from engine.tables.conditions import PathNames, SplitCondition, conjuncts, contains_text

LISTS = (("product", "categories"), ("product", "tags"))
MAX_EVALUATIONS = 2_000_000
"""How often conditions that no index can answer are evaluated for single products, in one run of all checks."""


class ProductIndex:
    """The products of a catalogue as bits: product number i is bit i.

    Attributes:
        skus: by number.
        everything: all products.
        out_of_budget: whether a question was answered by "perhaps", since evaluating it would have taken too long.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.skus = tuple(catalog.products)
        self.everything = (1 << len(self.skus)) - 1
        self.out_of_budget = False
        self._evaluations_left = MAX_EVALUATIONS
        self._values: dict[PathNames, Mapping[Any, list[int]]] = {}
        self._passing: dict[tuple[PathNames, ColumnTest], int] = {}

    @cached_property
    def sold(self) -> int:
        """The products that are neither drafts nor retired."""
        products = self._catalog.products.values()
        return _bits(number for number, product in enumerate(products) if product.status is ProductStatus.ACTIVE)

    @cached_property
    def facts(self) -> list[Mapping[str, Any]]:
        """What rules read as product.<name>, product by product."""
        names = [item.name for item in self._catalog.attributes if item.owner is AttributeOwner.PRODUCT]
        no_attributes = dict.fromkeys(names)
        paths = {category: tuple(ancestors(category)) for category in self._catalog.categories}
        return [
            product_facts(product, paths.get(product.category, ()), no_attributes)
            for product in self._catalog.products.values()
        ]

    def values(self, path: PathNames) -> Mapping[Any, list[int]]:
        """The numbers of the products that have each value of a fact; of a list, each of its items."""
        found = self._values.get(path)
        if found is None:
            numbers: dict[Any, list[int]] = {}
            for number, facts in enumerate(self.facts):
                value: Any = facts
                for name in path[1:]:
                    value = value.get(name) if isinstance(value, Mapping) else None
                for item in value if isinstance(value, list) else (value,):
                    numbers.setdefault(item, []).append(number)
            found = self._values[path] = numbers
        return found

    def passing(self, path: PathNames, test: ColumnTest) -> int:
        """The products whose fact passes a test."""
        key = (path, test)
        found = self._passing.get(key)
        if found is None:
            values = self.values(path)
            plain = not test.intervals and not test.negated
            asked = (*test.values, *((None,) if test.null else ())) if plain else values
            found = _bits(number for value in asked if test.accepts(value) for number in values.get(value, ()))
            self._passing[key] = found
        return found

    def containing(self, path: PathNames, text: str) -> int:
        """The products whose list has a text among its items."""
        return self.passing(path, ColumnTest((text,)))

    def answers(self, part: Node) -> bool:
        """Whether `indexed` takes a conjunct into its set of products whole."""
        listed = contains_text(part)
        return listed is not None and listed[0] in LISTS

    def indexed(self, split: SplitCondition) -> tuple[int, list[Node]]:
        """The products that pass what an index can answer of a condition, and what else it asks of the product."""
        mask, others = self.everything, []
        for path, test in split.tests.items():
            if path[0] == "product" and path not in LISTS:
                mask &= self.passing(path, test)
        for part in conjuncts(split.rest):
            listed = contains_text(part)
            if listed is not None and listed[0] in LISTS:
                mask &= self.containing(*listed)
            elif reads_only_product(part):
                others.append(part)
        return mask, others

    def any_passes(self, mask: int, conditions: list[Node]) -> bool:
        """Whether a product of the mask passes conditions on products; True where finding out takes too long."""
        if not mask or not conditions:
            return bool(mask)
        holds = [compile_condition(condition, {"product": ANY}) for condition in conditions]
        for number in _numbers(mask):
            if self._evaluations_left <= 0:
                self.out_of_budget = True
                return True
            self._evaluations_left -= 1
            if all(condition(self.facts[number]) for condition in holds):
                return True
        return False


def reads_only_product(node: AnyNode) -> bool:
    """Whether an expression depends on the product and on nothing else."""
    return set(_free_names(node)) == {"product"}


def _free_names(node: AnyNode) -> Iterator[str]:
    """The names that an expression begins its paths with; names of functions are none."""
    if isinstance(node, Name):
        yield node.name
        return
    for part in children(node):
        if not (isinstance(node, Call) and part is node.function and isinstance(part, Name)):
            yield from _free_names(part)


def _bits(numbers: Iterable[int]) -> int:
    """The set with just these numbers."""
    held = bytearray()
    for number in numbers:
        if number >> 3 >= len(held):
            held.extend(bytes((number >> 3) + 1 - len(held)))
        held[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(held, "little")


def _numbers(mask: int) -> Iterator[int]:
    """The numbers in a set, ascending."""
    for byte, bits in enumerate(mask.to_bytes((mask.bit_length() + 7) // 8, "little")):
        for bit in range(8 if bits else 0):
            if bits >> bit & 1:
                yield byte * 8 + bit

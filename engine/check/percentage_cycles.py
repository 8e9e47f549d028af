"""Check: prices that are percentages of other lines never lead back to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.model import Catalog
from catalog.price import Coverage, PercentOfTotal, PriceEntry
from catalog.product import Product, ancestors
from engine.diagnostics import Code, Findings
from engine.load.rulebook import LoadedRulebook

Graph = Mapping[str, dict[str, PriceEntry]]
"""For each SKU priced by a percentage the other such SKUs that it covers, with the entry that does."""


def percentage_cycles(_rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> None:
    """An error for every cycle of percentages, in each currency, naming the way around."""
    told: set[frozenset[str]] = set()
    for currency in sorted({price_list.currency for price_list in catalog.price_lists.values()}):
        graph = _graph(catalog, currency)
        for cycle in _cycles(graph):
            if frozenset(cycle) not in told:
                told.add(frozenset(cycle))
                way = " -> ".join([*cycle, cycle[0]])
                entry = graph[cycle[0]][cycle[1]]
                message = f"these prices are percentages of each other and can never be found: {way}"
                findings.add(Code.CYCLE, message, entry.span, hint="take one of them out of the other's coverage")


def _graph(catalog: Catalog, currency: str) -> Graph:
    priced: dict[str, list[PriceEntry]] = {}
    by_category: dict[str, list[str]] = {}
    for product in catalog.products.values():
        for category in ancestors(product.category):
            by_category.setdefault(category, []).append(product.sku)
    for entry in catalog.prices.values():
        if catalog.price_lists[entry.price_list].currency == currency and isinstance(entry.model, PercentOfTotal):
            for sku in [entry.sku] if entry.sku else by_category.get(entry.category, ()):
                priced.setdefault(sku, []).append(entry)
    graph: dict[str, dict[str, PriceEntry]] = {sku: {} for sku in priced}
    for sku, entries in priced.items():
        for entry in entries:
            assert isinstance(entry.model, PercentOfTotal)
            for other in priced:
                if other != sku and _covers(entry.model.coverage, catalog.products[other]):
                    graph[sku].setdefault(other, entry)
    return graph


def _covers(coverage: Coverage, product: Product) -> bool:
    return (
        product.sku in coverage.skus
        or any(category in coverage.categories for category in ancestors(product.category))
        or any(tag in coverage.tags for tag in product.tags)
    )


def _cycles(graph: Graph) -> Iterator[list[str]]:
    """One cycle for each SKU from which one can be reached first; a depth-first walk without recursion."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        ways: list[Iterator[str]] = []
        if start not in done:
            path.append(start)
            ways.append(iter(graph[start]))
        while path:
            following = next(ways[-1], None)
            if following is None:
                done.add(path.pop())
                ways.pop()
            elif following in path:
                yield path[path.index(following) :]
            elif following not in done:
                path.append(following)
                ways.append(iter(graph[following]))

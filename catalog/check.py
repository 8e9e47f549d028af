"""What only the whole catalogue shows: prices that nothing separates, percentages in a circle, missing costs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from catalog.price import (
    CostPlus,
    ExchangeRate,
    PercentOfTotal,
    PriceEntry,
    PriceList,
    ScopeKind,
    Selection,
    validity,
)
from catalog.product import Product, ancestors
from engine.diagnostics import Code, Findings
from engine.source import Span

_Scopes = tuple[tuple[ScopeKind, str], ...]
_Rank = tuple[str, bool, _Scopes, str, date | None, int, int]


def check_prices(
    products: Mapping[str, Product],
    price_lists: Mapping[str, PriceList],
    prices: Sequence[PriceEntry],
    exchange_rates: Iterable[ExchangeRate],
    findings: Findings,
) -> None:
    """Add what is wrong with the prices of a catalogue as a whole; places are those of the prices."""
    known = [item for item in prices if item.price_list in price_lists]
    _check_ambiguity(price_lists, known, findings)
    _check_costs(products, price_lists, known, exchange_rates, findings)
    by_currency: dict[str, list[PriceEntry]] = {}
    for item in known:
        if isinstance(item.model, PercentOfTotal):
            by_currency.setdefault(price_lists[item.price_list].currency, []).append(item)
    for percentages in by_currency.values():
        _check_percent_cycles(products, percentages, findings)


def _check_ambiguity(price_lists: Mapping[str, PriceList], prices: Sequence[PriceEntry], findings: Findings) -> None:
    """Two prices of equal precedence for one customer, product, day and quantity.

    A contract takes the place of any other price. Among contracts, and among other prices, precedence is the scope,
    product before category, the list's and the price's priority, and the start of validity;
    lists that select the lowest price settle it among themselves.
    """
    equals: dict[_Rank, list[PriceEntry]] = {}
    for entry in prices:
        price_list = price_lists[entry.price_list]
        start, end = validity(price_list, entry)
        if start is not None and end is not None and end < start:
            continue
        kinds = [kind for kind, _ in price_list.scopes]
        for values in itertools.product(*(values for _, values in price_list.scopes)):
            rank = (
                price_list.currency,
                price_list.contract,
                tuple(zip(kinds, values, strict=True)),
                entry.sku or f"category {entry.category}",
                start,
                price_list.priority,
                entry.priority,
            )
            equals.setdefault(rank, []).append(entry)
    reported: set[tuple[str, Span, Span]] = set()
    for rank, entries in equals.items():
        if len(entries) == 1:
            continue
        for one, other in _clashes(price_lists, entries):
            first, second = sorted((one, other), key=lambda entry: _place(entry.span))
            if (second.id, first.span, second.span) not in reported:
                reported.add((second.id, first.span, second.span))
                _report_ambiguity(rank, first, second, findings)


def _clashes(
    price_lists: Mapping[str, PriceList], entries: Sequence[PriceEntry]
) -> Iterator[tuple[PriceEntry, PriceEntry]]:
    """Pairs with overlapping quantity ranges: each price with the one before it, by least quantity, that reaches far.

    Of several clashes of one price only one is told.
    """
    furthest: dict[Selection, PriceEntry] = {}
    for entry in sorted(entries, key=lambda item: (item.min_quantity or 0, _place(item.span))):
        selection = price_lists[entry.price_list].selection
        for other_selection, other in furthest.items():
            if Selection.LOWEST is selection is other_selection:
                continue
            if other.max_quantity is None or other.max_quantity >= (entry.min_quantity or 0):
                yield other, entry
                break
        known = furthest.get(selection)
        if known is None or (
            known.max_quantity is not None and (entry.max_quantity is None or entry.max_quantity > known.max_quantity)
        ):
            furthest[selection] = entry


def _report_ambiguity(rank: _Rank, first: PriceEntry, second: PriceEntry, findings: Findings) -> None:
    currency, _, scopes, target, start, _, _ = rank
    whom = " and ".join(f"{kind.value} {value}" for kind, value in scopes) or "everyone"
    since = "no start of validity" if start is None else f"the start {start}"
    place = str(first.span) if first.span.file else f"{first.id!r}"
    findings.add(
        Code.AMBIGUOUS,
        f"nothing separates this price of {target} from the one at {place}: both are in {currency} for {whom},"
        f" with {since}, equal priority and overlapping quantities",
        second.span,
        hint="give one of them a higher priority, another start, or a quantity range of its own",
    )


def _place(span: Span) -> tuple[str, int, int]:
    return span.file, span.line, span.column


def _check_costs(
    products: Mapping[str, Product],
    price_lists: Mapping[str, PriceList],
    prices: Sequence[PriceEntry],
    exchange_rates: Iterable[ExchangeRate],
    findings: Findings,
) -> None:
    """A price made of the cost needs a cost, in the list's currency or convertible into it."""
    pairs = {(rate.from_currency, rate.to_currency) for rate in exchange_rates}
    for entry in prices:
        if not isinstance(entry.model, CostPlus):
            continue
        currency = price_lists[entry.price_list].currency
        for product in _priced(products, entry):
            held = {cost.currency for cost in product.costs}
            if not held:
                findings.add(Code.MISSING_FIELD, f"{product.sku} has no cost, from which its price is made", entry.span)
            elif currency not in held and not any((cost, currency) in pairs for cost in held):
                findings.add(
                    Code.MISSING_FIELD,
                    f"the cost of {product.sku} is in {', '.join(sorted(held))}, its price in {currency},"
                    " and there is no exchange rate between them",
                    entry.span,
                )


def _priced(products: Mapping[str, Product], entry: PriceEntry) -> list[Product]:
    if entry.sku:
        return [products[entry.sku]] if entry.sku in products else []
    return [item for item in products.values() if entry.category in ancestors(item.category)]


def _check_percent_cycles(
    products: Mapping[str, Product], percentages: Sequence[PriceEntry], findings: Findings
) -> None:
    """Percentages may be taken of percentages, but not in a circle; that a product covers itself is ignored."""
    entries: dict[str, list[PriceEntry]] = {}
    for entry in percentages:
        for product in _priced(products, entry):
            entries.setdefault(product.sku, []).append(entry)
    covered_by_name: dict[tuple[str, str], list[str]] = {}
    for sku in entries:
        product = products[sku]
        names = [("sku", sku), *(("tag", tag) for tag in product.tags)]
        for name in (*names, *(("category", path) for path in ancestors(product.category))):
            covered_by_name.setdefault(name, []).append(sku)

    def covered(sku: str) -> Iterator[tuple[str, PriceEntry]]:
        for entry in entries[sku]:
            assert isinstance(entry.model, PercentOfTotal)
            coverage = entry.model.coverage
            for kind, values in (("sku", coverage.skus), ("tag", coverage.tags), ("category", coverage.categories)):
                for value in values:
                    for other in covered_by_name.get((kind, value), ()):
                        if other != sku:
                            yield other, entry

    done: set[str] = set()
    for start in entries:
        path: dict[str, Iterator[tuple[str, PriceEntry]]] = {} if start in done else {start: covered(start)}
        while path:
            sku = next(reversed(path))
            step = next(path[sku], None)
            if step is None:
                done.add(sku)
                del path[sku]
                continue
            other, entry = step
            if other in path:
                skus = list(path)
                cycle = [*skus[skus.index(other) :], other]
                findings.add(Code.CYCLE, f"percentages of a total in a circle: {' > '.join(cycle)}", entry.span)
                path.clear()
                done.update(skus)
            elif other not in done:
                path[other] = covered(other)

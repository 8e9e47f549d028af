"""Prices that nothing separates, found fast, against the plain definition over all pairs."""

import dataclasses
from datetime import date
from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from catalog.check import check_prices
from catalog.price import PerUnit, PriceEntry, PriceList, ScopeKind, Selection, validity
from catalog.product import ChargeType, Product
from engine.diagnostics import Code, Findings
from engine.source import Span

days = st.none() | st.sampled_from([date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)])
quantities = st.none() | st.integers(1, 5).map(Decimal)
lists = st.builds(
    PriceList,
    st.just(""),
    st.just("List"),
    st.sampled_from(["USD", "EUR"]),
    st.just(2),
    st.sampled_from([ScopeKind.SEGMENT, ScopeKind.COUNTRY]),
    st.sets(st.sampled_from("abc"), min_size=1).map(sorted).map(tuple),
    days,
    days,
    st.integers(0, 1),
    st.sampled_from(Selection),
)
entries = st.builds(
    PriceEntry,
    st.just(""),
    st.sampled_from(["0", "1", "2"]),
    st.just(PerUnit(Decimal(1))),
    sku=st.just("A"),
    valid_from=days,
    valid_to=days,
    min_quantity=quantities,
    max_quantity=quantities,
    priority=st.integers(0, 1),
)


def clash(one, other, price_lists):
    """The definition: a customer, day and quantity for which both apply with nothing to choose by."""
    mine, yours = price_lists[one.price_list], price_lists[other.price_list]
    (start, end), (other_start, other_end) = validity(mine, one), validity(yours, other)
    held = all(a is None or b is None or a <= b for a, b in ((start, end), (other_start, other_end)))
    quantities = max(one.min_quantity or 0, other.min_quantity or 0) <= min(
        one.max_quantity or 99, other.max_quantity or 99
    )
    return (
        (mine.currency, mine.scope, mine.priority, one.priority)
        == (yours.currency, yours.scope, yours.priority, other.priority)
        and bool(set(mine.scope_values) & set(yours.scope_values))
        and start == other_start
        and held
        and quantities
        and not (mine.selection is yours.selection is Selection.LOWEST)
    )


def valid_range(entry):
    return entry.min_quantity is None or entry.max_quantity is None or entry.min_quantity <= entry.max_quantity


@given(st.lists(lists, min_size=3, max_size=3), st.lists(entries.filter(valid_range), max_size=7))
def test_ambiguity_is_found_where_it_is(found_lists, found_entries):
    price_lists = {str(n): dataclasses.replace(item, id=str(n)) for n, item in enumerate(found_lists)}
    prices = [
        dataclasses.replace(item, id=str(n), span=Span("prices.csv", n + 2)) for n, item in enumerate(found_entries)
    ]
    findings = Findings()
    check_prices({"A": Product("A", "A", "x", ChargeType.ONE_TIME)}, price_lists, prices, [], findings)
    pairs = [(one, other) for one, other in combinations(prices, 2) if clash(one, other, price_lists)]
    assert bool(len(findings)) == bool(pairs)
    involved = {item.span for pair in pairs for item in pair}
    assert all(finding.code is Code.AMBIGUOUS and finding.span in involved for finding in findings)

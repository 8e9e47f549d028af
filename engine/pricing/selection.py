"""Choosing the price entry of a line: scope, then product before category, then priority, then start of validity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from catalog.price import ScopeKind, Selection
from engine.money import plain
from engine.pricing.profiles import PriceChoice
from engine.pricing.program import CompiledEntry, CompiledPriceList, PriceBook, ScopeGroups, Select
from engine.pricing.scoped_lists import ScopedLists, Source
from engine.quote import Facts

SCOPE_FACTS = {
    ScopeKind.CUSTOMER: "id",
    ScopeKind.CUSTOMER_GROUP: "group",
    ScopeKind.SEGMENT: "segment",
    ScopeKind.COUNTRY: "country",
    ScopeKind.REGION: "region",
}
"""The fact of the customer that a scope's value is compared with; the channel is the quote's."""

# Reading a member of an enumeration from its class costs more than what it is compared with.
EVERYONE, CHANNEL = ScopeKind.EVERYONE, ScopeKind.CHANNEL
LOWEST = Selection.LOWEST

MAX_SCOPE_VALUES = 5

MOST_SOURCES = 50
"""Circumstances whose price lists are kept; when there are more, keeping starts anew."""


def applicable_lists(book: PriceBook, currency: str, day: date, customer: Facts, channel: str) -> Source:
    """The price lists of a currency that hold for a customer on a day, by falling specificity.

    They are kept by what lists name of both: most customers have the same.
    """
    circumstances: list[object] = [currency, day]
    for kind, values in book.named.get(currency, ()):
        found = _found(kind, customer, channel)
        circumstances.append(found if found in values else None)
    key = tuple(circumstances)
    source = book.kept.get(key)
    if source is None:
        if len(book.kept) >= MOST_SOURCES:
            book.kept.clear()
        source = book.kept[key] = _applicable_lists(book, currency, day, customer, channel)
    else:
        source.price_lists.again = source.contracts.again = True
    return source


def _applicable_lists(book: PriceBook, currency: str, day: date, customer: Facts, channel: str) -> Source:
    lists: list[tuple[CompiledPriceList, ...]] = []
    contracts: list[tuple[CompiledPriceList, ...]] = []
    by_scope = book.scopes.get(currency, {})
    for kind in book.kinds.get(currency, ()):
        value = "" if kind is EVERYONE else _found(kind, customer, channel)
        if not isinstance(value, str):
            continue
        valid = [item for item in by_scope.get((kind, value), ()) if _is_valid(item, day)]
        groups = [valid]
        for item in valid:
            if item.price_list.also:
                groups = _by_specificity(valid, customer, channel)
                break
        for group in groups:
            agreed = tuple(item for item in group if item.price_list.contract)
            if agreed:
                contracts.append(agreed)
            if len(agreed) < len(group):
                lists.append(tuple(item for item in group if not item.price_list.contract))
    compares = book.select is not select
    sale = ScopedLists(tuple(lists), book.select, day, compares=compares)
    return Source(currency, sale, ScopedLists(tuple(contracts), book.select, day, compares=compares))


def _found(kind: ScopeKind, customer: Facts, channel: str) -> object:
    """What a quote has of a kind of scope; None where it is unknown."""
    return (channel or None) if kind is CHANNEL else customer.get(SCOPE_FACTS[kind])


def _by_specificity(valid: Sequence[CompiledPriceList], customer: Facts, channel: str) -> list[list[CompiledPriceList]]:
    """The lists of one scope that hold, in groups by what else they ask for, the most specific first."""
    groups: dict[tuple[int, ...], list[CompiledPriceList]] = {}
    for item in valid:
        also = item.price_list.also
        if all(_found(kind, customer, channel) in values for kind, values in also):
            # Of two lists that which names the more specific kind comes first: no kind stands behind all others.
            kinds = (*(kind.rank for kind, _ in also), EVERYONE.rank)
            groups.setdefault(kinds, []).append(item)
    return [groups[kinds] for kinds in sorted(groups)]


def _is_valid(item: CompiledPriceList, day: date) -> bool:
    first, last = item.price_list.valid_from, item.price_list.valid_to
    return (first is None or first <= day) and (last is None or day <= last)


def select(groups: ScopeGroups, keys: tuple[str, ...], quantity: Decimal, day: date) -> CompiledEntry | None:
    """The entry that prices a product, or None.

    Args:
        groups: applicable lists, groups of equal scope by falling specificity.
        keys: SKU, then its categories upwards.
        quantity: of the line.
        day: the price date.
    """
    for group in groups:
        for key in keys:
            found: CompiledEntry | None = None
            for price_list in group:
                for entry in price_list.entries.get(key, ()):
                    if entry.first_day <= day <= entry.last_day and (
                        entry.any_quantity or _holds_quantity(entry, quantity)
                    ):
                        if found is None or _beats(entry, found, quantity):
                            found = entry
                        if price_list.price_list.selection is not LOWEST:
                            break
            if found is not None:
                return found
    return None


def select_lowest(groups: ScopeGroups, keys: tuple[str, ...], quantity: Decimal, day: date) -> CompiledEntry | None:
    """The entry with the lowest unit price of all that apply, whatever their scope; of equals the more specific."""
    best: CompiledEntry | None = None
    lowest: Decimal | None = None
    for group in groups:
        for key in keys:
            for price_list in group:
                for entry in price_list.entries.get(key, ()):
                    if not entry.first_day <= day <= entry.last_day or not _holds_quantity(entry, quantity):
                        continue
                    price = comparable_unit_price(entry, quantity)
                    if best is None or (price is not None and (lowest is None or price < lowest)):
                        best, lowest = entry, price
    return best


SELECT: Mapping[PriceChoice, Select] = {PriceChoice.SPECIFIC: select, PriceChoice.LOWEST: select_lowest}


def _holds_quantity(entry: CompiledEntry, quantity: Decimal) -> bool:
    least, most = entry.entry.min_quantity, entry.entry.max_quantity
    return (least is None or least <= quantity) and (most is None or quantity <= most)


def precedence(entry: CompiledEntry) -> tuple[int, int, date]:
    """What decides between entries of one scope and one key: the greatest wins."""
    return (entry.price_list.priority, entry.entry.priority, entry.first_day)


def _beats(entry: CompiledEntry, other: CompiledEntry, quantity: Decimal) -> bool:
    if LOWEST in (entry.price_list.selection, other.price_list.selection):
        mine, others = comparable_unit_price(entry, quantity), comparable_unit_price(other, quantity)
        if mine is not None and others is not None and mine != others:
            return mine < others
    return precedence(entry) > precedence(other)


def comparable_unit_price(entry: CompiledEntry, quantity: Decimal) -> Decimal | None:
    """What a unit of `quantity` costs by this entry; None where that depends on more than the quantity."""
    if entry.charge is not None:
        charged = entry.charge.charge(quantity)
        if charged.unit_price is not None:
            return charged.unit_price
        return charged.amount / quantity if charged.amount is not None and quantity else None
    return entry.unit_price


def why_no_price(book: PriceBook, keys: tuple[str, ...], currency: str, day: date, quantity: Decimal) -> str:
    """For the person asking: how many entries were considered, and what kept each from applying."""
    considered = [entry for key in keys for entry in book.considered.get(key, ())]
    what = f"no price for SKU {keys[0]} in {currency} on {day.isoformat()}"
    if not considered:
        return f"{what}: no price list has an entry for it or its categories"
    others = [entry for entry in considered if entry.price_list.currency == currency]
    if not others:
        currencies = " and ".join(sorted({entry.price_list.currency for entry in considered}))
        return f"{what}: {_count(considered)} considered, all in {currencies}"
    reasons: dict[str, int] = {}
    for entry in considered:
        reason = _reason_against(entry, currency, day, quantity)
        reasons[reason] = reasons.get(reason, 0) + 1
    return f"{what}: {_count(considered)} considered: " + ", ".join(f"{n} {why}" for why, n in reasons.items())


def _reason_against(entry: CompiledEntry, currency: str, day: date, quantity: Decimal) -> str:
    return _hard_filter(entry, currency, day, quantity) or f"for {scope_words(entry)} only"


def _hard_filter(entry: CompiledEntry, currency: str, day: date, quantity: Decimal) -> str:
    if entry.price_list.currency != currency:
        return f"in {entry.price_list.currency}"
    if not entry.first_day <= day <= entry.last_day:
        return "not valid on that day"
    if not _holds_quantity(entry, quantity):
        return f"for other quantities than {plain(quantity)}"
    return ""


def why_not(
    entry: CompiledEntry, currency: str, day: date, quantity: Decimal, customer: Facts, channel: str
) -> tuple[int, str]:
    """What keeps an entry from applying to a line, with what was found, and how near it is: 0 and "" where it applies.

    The nearest are those for other customers (1), then for other quantities (2), days (3) and currencies (4).
    """
    if entry.price_list.currency != currency:
        return 4, f"it is in {entry.price_list.currency}, not in {currency}"
    if day < entry.first_day:
        return 3, f"it holds from {entry.first_day} on, the price date is {day}"
    if day > entry.last_day:
        return 3, f"it held until {entry.last_day}, the price date is {day}"
    if not _holds_quantity(entry, quantity):
        least, most = entry.entry.min_quantity, entry.entry.max_quantity
        least_words = "" if least is None else f" from {plain(least)}"
        most_words = "" if most is None else f" to {plain(most)}"
        return 2, f"it is for quantities{least_words}{most_words}, this is {plain(quantity)}"
    for kind, values in entry.price_list.scopes:
        found = _found(kind, customer, channel)
        if found not in values:
            return 1, f"it is for {_values_words(kind, values)}, this one is {found or 'unknown'}"
    return 0, ""


def scope_words(entry: CompiledEntry) -> str:
    """Whom an entry's list is for: "segment SMB", "everyone"."""
    return " and ".join(_values_words(kind, values) for kind, values in entry.price_list.scopes) or "everyone"


def _values_words(kind: ScopeKind, values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:MAX_SCOPE_VALUES]) + (", ..." if len(values) > MAX_SCOPE_VALUES else "")
    return f"{kind.value.replace('_', ' ')} {shown}"


def _count(entries: list[CompiledEntry]) -> str:
    return f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'}"

"""Check: quantities and days for which the catalogue has prices around, but none that holds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from catalog.price import Block, Graduated, PriceEntry, Volume, validity
from catalog.product import ProductStatus, ancestors
from engine.check.price_cliffs import range_pairs
from engine.check.subject import Subject, price_place
from engine.diagnostics import Code, Findings, Severity
from engine.money import ONE, plain


def price_ranges(subject: Subject, findings: Findings) -> None:
    """Warnings for holes between quantity ranges, tiers that end, and products whose last price has ended."""
    for entries in subject.entries.values():
        price_list = subject.catalog.price_lists[entries[0].price_list]
        for lower, upper in range_pairs(entries):
            _tell_hole(subject, lower, upper, price_list.id, findings)
        for entry in entries:
            _tell_end(entry, price_list.id, findings)
            first, last = validity(price_list, entry)
            if first is not None and last is not None and first > last:
                message = (
                    f"the price of {_target(entry)} in {price_list.id} holds from {first} to {last}: it never does"
                )
                findings.add(Code.NEVER_APPLIES, message, price_place(entry), severity=Severity.WARNING)
    _tell_ended(subject, findings)


def _target(entry: PriceEntry) -> str:
    return entry.sku or f"category {entry.category}"


def _tell_hole(subject: Subject, lower: PriceEntry, upper: PriceEntry, name: str, findings: Findings) -> None:
    reached, start = lower.max_quantity, upper.min_quantity
    product = subject.catalog.products.get(lower.sku)
    step = product.quantity_step if product is not None else ONE
    if reached is None or start is None or start <= reached + step:
        return
    missing = reached + step
    message = (
        f"{_target(lower)} in {name} has no price for {plain(missing)} units: one range ends with {plain(reached)}, "
        f"the next begins with {plain(start)}"
    )
    hint = f"let the next begin with {plain(missing)}"
    example = f"quantity = {plain(missing)}"
    place = price_place(upper)
    findings.add(Code.GAP, message, place, severity=Severity.WARNING, hint=hint, example=example)


def _tell_end(entry: PriceEntry, name: str, findings: Findings) -> None:
    """Tiers that end leave larger quantities without a price; a price that says its greatest quantity means it."""
    model = entry.model
    if entry.max_quantity is not None:
        return
    if isinstance(model, Volume | Graduated):
        last = model.tiers[-1].up_to if model.tiers else None
    elif isinstance(model, Block):
        last = model.steps[-1].up_to if model.steps and model.overage_price is None else None
    else:
        return
    if last is not None:
        message = f"{_target(entry)} in {name} has no price above {plain(last)}: its last tier ends there"
        hint = "leave up_to out of the last tier, or say max_quantity"
        place = price_place(entry)
        example = f"quantity = {plain(last + 1)}"
        findings.add(Code.GAP, message, place, severity=Severity.WARNING, hint=hint, example=example)


def _tell_ended(subject: Subject, findings: Findings) -> None:
    """A product for sale that had a price for everyone in a currency and has none that holds today or later."""
    catalog, today = subject.catalog, subject.today
    last_days: dict[tuple[str, str], tuple[date, PriceEntry] | None] = {}
    by_product: dict[str, set[str]] = defaultdict(set)
    for entry in catalog.prices.values():
        price_list = catalog.price_lists[entry.price_list]
        if price_list.scopes:
            continue  # prices for some are agreed and end; what everybody pays is missed
        last = validity(price_list, entry)[1]
        key = (price_list.currency, entry.sku or entry.category)
        if entry.sku:
            by_product[entry.sku].add(price_list.currency)
        known = last_days.get(key, (date.min, entry))
        if last is None or known is None:
            last_days[key] = None
        elif last >= known[0]:
            last_days[key] = (last, entry)
    for sku, currencies in by_product.items():
        product = catalog.products.get(sku)
        if product is None or product.status is not ProductStatus.ACTIVE:
            continue
        if product.valid_to is not None and product.valid_to < today:
            continue
        for currency in sorted(currencies):
            keys = [(currency, key) for key in (sku, *ancestors(product.category)) if (currency, key) in last_days]
            ends = [end for key in keys if (end := last_days[key]) is not None]
            if len(ends) == len(keys) and max(end[0] for end in ends) < today:
                day, entry = max(ends, key=lambda end: end[0])
                message = f"the last price of {sku} in {currency} ended on {day}, and the product is still for sale"
                hint = "give it a new price, or retire the product"
                findings.add(Code.EXPIRED, message, price_place(entry), severity=Severity.WARNING, hint=hint)

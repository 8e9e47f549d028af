"""Prices in words, as the command line and findings show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.price import (
    AttributePrice,
    Block,
    ChargeModel,
    CostPlus,
    Graduated,
    Package,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    Tier,
    TierBasis,
    TierScope,
    Volume,
)
from engine.money import ZERO, plain


def audience(price_list: PriceList) -> str:
    """Whom a price list is for."""
    if not price_list.scope_values:
        return "everyone"
    return f"{price_list.scope.value} {', '.join(price_list.scope_values)}"


def quantity_range(entry: PriceEntry) -> str:
    """The quantities a price is for."""
    low, high = entry.min_quantity, entry.max_quantity
    if low is None and high is None:
        return "any"
    return f"{'' if low is None else plain(low)} to {'' if high is None else plain(high)}".strip()


def price(entry: PriceEntry, currency: str) -> str:
    """A price with all that belongs to it."""
    parts = [_model(entry.model, currency)]
    if entry.billing_period is not None:
        parts.append(f"per {entry.billing_period.value.replace('_', ' ')}")
    if entry.free_units:
        parts.append(f"first {plain(entry.free_units)} free")
    if entry.committed_quantity is not None:
        parts.append(f"at least {plain(entry.committed_quantity)} charged")
    if entry.minimum_charge is not None:
        parts.append(f"at least {plain(entry.minimum_charge)} {currency}")
    return ", ".join(parts)


def _model(model: ChargeModel, currency: str) -> str:
    match model:
        case PerUnit(unit_price):
            return f"{plain(unit_price)} {currency}"
        case Volume(tiers, basis, scope) | Graduated(tiers, basis, scope):
            kind = "volume" if isinstance(model, Volume) else "graduated"
            return f"{kind}{_measure(basis, scope)}: {'; '.join(map(_tier, tiers))} {currency}"
        case Package(price, size):
            return f"{plain(price)} {currency} for each {plain(size)}"
        case Block(steps, overage, scope):
            blocks = "; ".join(f"{_bound(step.up_to)} {plain(step.price)} in all" for step in steps)
            above = "" if overage is None else f"; above, {plain(overage)} each"
            return f"block{_measure(TierBasis.QUANTITY, scope)}: {blocks}{above} {currency}"
        case PercentOfTotal(percent, coverage, base, low, high):
            covered = ", ".join((*coverage.categories, *coverage.tags, *coverage.skus))
            bounds = ("" if low is None else f", at least {plain(low)}") + (
                "" if high is None else f", at most {plain(high)}"
            )
            return f"{plain(percent)} % of {base.value} of {covered}{bounds}"
        case CostPlus(markup, margin):
            return f"cost + {plain(markup)} %" if markup is not None else f"cost at {plain(margin or ZERO)} % margin"
        case AttributePrice(table, base_price):
            return f"table {table}" if base_price is None else f"{plain(base_price)} {currency} + table {table}"


def _measure(basis: TierBasis, scope: TierScope) -> str:
    by = " by amount" if basis is TierBasis.AMOUNT else ""
    return by if scope is TierScope.LINE else f"{by} over the {scope.value}"


def _tier(tier: Tier) -> str:
    fee = f" + {plain(tier.flat_fee)}" if tier.flat_fee else ""
    return f"{_bound(tier.up_to)} {plain(tier.unit_price)}{fee}"


def _bound(up_to: Decimal | None) -> str:
    return "above" if up_to is None else f"to {plain(up_to)}:"


def period(start: date | None, end: date | None) -> str:
    """A validity."""
    if start is None and end is None:
        return "always"
    return f"{'' if start is None else start} to {'' if end is None else end}".strip()

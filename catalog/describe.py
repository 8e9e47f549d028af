"""Prices in words, as the command line and findings show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.price import (
    AttributePrice,
    Block,
    BlockStep,
    ChargeModel,
    CostPlus,
    Graduated,
    Package,
    PackageRounding,
    Percentage,
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
    return ", ".join(f"{kind.value} {', '.join(values)}" for kind, values in price_list.scopes)


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
        committed = plain(entry.committed_quantity)
        amount = entry.committed_amount
        fixed = f"first {committed} for {plain(amount or ZERO)} {currency}, used or not"
        parts.append(f"at least {committed} charged" if amount is None else fixed)
    if entry.minimum_charge is not None:
        parts.append(f"at least {plain(entry.minimum_charge)} {currency}")
    if entry.maximum_charge is not None:
        parts.append(f"at most {plain(entry.maximum_charge)} {currency}")
    return ", ".join(parts)


def _model(model: ChargeModel, currency: str) -> str:
    match model:
        case PerUnit(unit_price):
            return f"{plain(unit_price)} {currency}"
        case Volume(tiers, basis, scope) | Graduated(tiers, basis, scope):
            kind = "volume" if isinstance(model, Volume) else "graduated"
            return f"{kind}{_measure(basis, scope)}: {'; '.join(map(_tier, tiers))} {currency}"
        case Package(price, size, rounding, least):
            whole = " whole" if rounding is PackageRounding.DOWN else ""
            at_least = f", at least {least}" if least else ""
            return f"{plain(price)} {currency} for each{whole} {plain(size)}{at_least}"
        case Block(steps, overage, scope):
            blocks = "; ".join(map(_block, steps))
            above = "" if overage is None else f"; above, {plain(overage)} each"
            return f"block{_measure(TierBasis.QUANTITY, scope)}: {blocks}{above} {currency}"
        case PercentOfTotal(percent, coverage, base, low, high):
            covered = ", ".join((*coverage.categories, *coverage.tags, *coverage.skus))
            return f"{plain(percent)} % of {base.value} of {covered}{_limits(low, high)}"
        case Percentage():
            return _percentage(model, currency)
        case CostPlus(markup, margin):
            return f"cost + {plain(markup)} %" if markup is not None else f"cost at {plain(margin or ZERO)} % margin"
        case AttributePrice(table, base_price):
            return f"table {table}" if base_price is None else f"{plain(base_price)} {currency} + table {table}"


def _percentage(model: Percentage, currency: str) -> str:
    fee = f" + {plain(model.transaction_fee)} {currency}" if model.transaction_fee else ""
    count, amount = model.free_transactions, model.free_amount
    free = [] if count is None else [f"{count} transactions"]
    free += [] if amount is None else [f"{plain(amount)} {currency}"]
    allowance = f", the first {' and '.join(free)} free" if free else ""
    return f"{plain(model.percent)} %{fee} of each transaction{_limits(model.minimum, model.maximum)}{allowance}"


def _limits(low: Decimal | None, high: Decimal | None) -> str:
    return ("" if low is None else f", at least {plain(low)}") + ("" if high is None else f", at most {plain(high)}")


def _block(step: BlockStep) -> str:
    each = f" + {plain(step.unit_price)} each above the one before" if step.unit_price else ""
    return f"{_bound(step.up_to)} {plain(step.price)} in all{each}"


def _measure(basis: TierBasis, scope: TierScope) -> str:
    by = " by amount" if basis is TierBasis.AMOUNT else ""
    return by if scope is TierScope.LINE else f"{by} over the {scope.value}"


def _tier(tier: Tier) -> str:
    fee = f" + {plain(tier.flat_fee)}" if tier.flat_fee else ""
    units = "" if tier.package_size is None else f" for each {plain(tier.package_size)}"
    return f"{_bound(tier.up_to)} {plain(tier.unit_price)}{units}{fee}"


def _bound(up_to: Decimal | None) -> str:
    return "above" if up_to is None else f"to {plain(up_to)}:"


def period(start: date | None, end: date | None) -> str:
    """A validity."""
    if start is None and end is None:
        return "always"
    return f"{'' if start is None else start} to {'' if end is None else end}".strip()

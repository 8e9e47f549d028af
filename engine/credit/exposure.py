"""Exposure over accounts that share limits, against every limit that holds for the account of a quote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from engine.credit.account import CreditAccount, CreditRequest, OpenItem, OpenOrder
from engine.credit.result import Exposure, Level
from engine.money import HUNDRED, ZERO, round_to


def chain_of_limits(request: CreditRequest) -> list[CreditAccount]:
    """The account of the quote and those above it whose limits hold for it, upwards.

    The accounts are known to be there and to have no cycle; `engine.credit.check` refuses others.
    """
    accounts = {account.id: account for account in request.accounts}
    chain = [accounts[request.account]]
    while chain[-1].shares_limit and chain[-1].parent in accounts:
        chain.append(accounts[chain[-1].parent])
    return chain


def sharers(accounts: Iterable[CreditAccount]) -> dict[str, list[CreditAccount]]:
    """By account, those directly below it that share its limit."""
    found: dict[str, list[CreditAccount]] = {}
    for account in accounts:
        if account.shares_limit:
            found.setdefault(account.parent, []).append(account)
    return found


def members(top: CreditAccount, sharing: Mapping[str, Sequence[CreditAccount]]) -> list[CreditAccount]:
    """The accounts that the limit of `top` holds for, itself first, by what `sharers` found."""
    found = [top]
    for account in found:  # grows while it is walked
        found += sharing.get(account.id, ())
    return found


def exposure_of(
    accounts: Iterable[CreditAccount], quote: Decimal, ships: date | None, day: date, horizon_days: int | None
) -> Exposure:
    """What accounts owe and will owe, with this quote.

    Args:
        accounts: that share a limit.
        quote: amount of the quote in the credit currency.
        ships: day on which the quote ships.
        day: on which items are overdue.
        horizon_days: None for no horizon.
    """
    last = None
    if horizon_days is not None:
        last = day + timedelta(days=min(horizon_days, (date.max - day).days))
    receivables: list[OpenItem] = []
    orders: list[OpenOrder] = []
    deliveries: list[OpenOrder] = []
    deposits = ZERO
    for account in accounts:
        receivables += account.receivables
        orders += account.orders
        deliveries += account.deliveries
        deposits += account.deposits
    owed = sum([item.amount for item in receivables], ZERO)
    ordered = sum([order.amount for order in orders], ZERO)
    delivered = sum([order.amount for order in deliveries], ZERO)
    total = owed + ordered + delivered + quote - deposits
    later = ZERO
    if last is not None:
        later = sum([o.amount for o in (*orders, *deliveries) if o.ships is not None and o.ships > last], ZERO)
        if ships is not None and ships > last:
            later += quote
    late = [item for item in receivables if item.due < day and item.amount > 0]
    overdue = sum([item.amount for item in late], ZERO)
    return Exposure(
        receivables=owed,
        orders=ordered,
        deliveries=delivered,
        quote=quote,
        deposits=deposits,
        total=total,
        horizon_total=total - later,
        overdue=overdue,
        overdue_percent=round_to(overdue / owed * HUNDRED, 2) if owed > ZERO else ZERO,
        oldest_days=max([(day - item.due).days for item in late], default=0),
    )


def binding(levels: Sequence[Level]) -> int:
    """The level with the least headroom; the topmost where no limit is given."""
    limited = [(level.limit - level.exposure, at) for at, level in enumerate(levels) if level.limit is not None]
    return min(limited)[1] if limited else len(levels) - 1

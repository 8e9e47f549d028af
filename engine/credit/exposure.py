"""Exposure over accounts that share limits, against every limit that holds for the account of a quote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from engine.credit.account import CreditAccount
from engine.credit.result import Exposure, Level
from engine.money import HUNDRED, ZERO, round_to


def chain_of_limits(account: str, accounts: Mapping[str, CreditAccount]) -> list[CreditAccount]:
    """An account and those above it whose limits hold for it, upwards.

    The accounts are known to be there and to have no cycle; `engine.credit.check` refuses others.

    Args:
        account: id of the account of the quote.
        accounts: all that are given, by id.
    """
    chain = [accounts[account]]
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
    accounts: Sequence[CreditAccount], quote: Decimal, ships: date | None, day: date, horizon_days: int | None
) -> Exposure:
    """What accounts owe and will owe, with this quote.

    Args:
        accounts: that share a limit.
        quote: amount of the quote in the credit currency.
        ships: day on which the quote ships.
        day: on which items are overdue.
        horizon_days: None for no horizon.
    """
    last = date.max
    if horizon_days is not None:
        last = day + timedelta(days=min(horizon_days, (date.max - day).days))
    owed = ordered = delivered = deposits = later = overdue = ZERO
    due = day
    for account in accounts:
        deposits += account.deposits
        for item in account.receivables:
            owed += item.amount
            if item.due < day and item.amount > ZERO:
                overdue += item.amount
                due = min(due, item.due)
        for order in account.orders:
            ordered += order.amount
            if order.ships is not None and order.ships > last:
                later += order.amount
    for account in accounts:
        for order in account.deliveries:
            delivered += order.amount
            if order.ships is not None and order.ships > last:
                later += order.amount
    if ships is not None and ships > last:
        later += quote
    total = owed + ordered + delivered + quote - deposits
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
        oldest_days=(day - due).days,
    )


def binding(levels: Sequence[Level]) -> int:
    """The level with the least headroom; the topmost where no limit is given."""
    if len(levels) == 1:
        return 0
    limited = [(level.limit - level.exposure, at) for at, level in enumerate(levels) if level.limit is not None]
    return min(limited)[1] if limited else len(levels) - 1

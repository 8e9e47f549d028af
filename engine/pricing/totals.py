"""Totals: exact sums of the lines' figures, margin, and what recurs."""

from __future__ import annotations

from decimal import Decimal

from engine.money import HUNDRED, ZERO, round_to
from engine.pricing.result import PricedLine, Totals


def totals(lines: list[PricedLine]) -> Totals:
    """The sums over all lines."""
    list_total = net_total = one_time = recurring = usage = first_year = ZERO
    monthly: Decimal | None = None
    cost: Decimal | None = ZERO
    for line in lines:
        net = line.net_total
        list_total += line.list_total
        net_total += net
        cost = None if cost is None or line.cost_total is None else cost + line.cost_total
        if line.term is None:
            if line.item.charge_type == "usage":
                usage += net
            else:
                one_time += net
            first_year += net
            continue
        recurring += net
        first_year += line.first_year_total
        monthly = (monthly or ZERO) + line.monthly_recurring
    margin = None if cost is None else net_total - cost
    return Totals(
        list_total=list_total,
        net_total=net_total,
        discount_total=list_total - net_total,
        one_time_total=one_time,
        recurring_total=recurring,
        usage_total=usage,
        first_year_total=first_year,
        monthly_recurring=monthly,
        annual_recurring=None if monthly is None else monthly * 12,
        cost_total=cost,
        margin=margin,
        margin_percent=round_to(margin / net_total * HUNDRED, 2) if margin is not None and net_total else None,
    )

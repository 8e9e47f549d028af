"""The inverse question: the largest discount on a quote that keeps a margin, or that nobody needs to approve.

Every answer is found by deciding the quote with it, so floors, rules, roundings and approvals all count; the next
larger step of a cent or of a hundredth of a percent has been tried and does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.approve.result import RouteOutcome
from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest, Decision, decide
from engine.money import HUNDRED, currency
from engine.quote import DiscountKind, Quote, QuoteRejectedError, RequestedDiscount, Violation
from engine.snapshot import Snapshot

PERCENT_STEPS = 10_000
"""Hundredths of a percent in the whole."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a discount must leave true.

    Attributes:
        margin_percent: least margin in percent of the net total, below 100; None for any.
        approval: asks that the quote is approved without anybody; None where approval does not matter.
        credit: the credit check that the approval rules read; None for none.
    """

    margin_percent: Decimal | None = None
    approval: ApprovalRequest | None = None
    credit: CreditRequest | None = None


@dataclass(frozen=True, slots=True)
class LargestDiscount:
    """The answer.

    Attributes:
        amount: largest discount on the quote in its currency; None where the goal is missed without any.
        percent: largest discount on the quote in percent points with two decimals; None likewise.
        decision: the quote with that amount, or as it is where the goal is missed.
    """

    amount: Decimal | None
    percent: Decimal | None
    decision: Decision


def largest_discount(snapshot: Snapshot, quote: Quote, goal: Goal) -> LargestDiscount:
    """The largest discount on a quote, in place of the one that it asks for, with which a goal is reached.

    Raises:
        QuoteRejectedError: the quote cannot be decided, or has lines without a cost where a margin is the goal.
    """
    _check(goal)

    def decided(kind: DiscountKind, value: Decimal) -> Decision:
        discount = RequestedDiscount(kind, value) if value else None
        changed = replace(quote, discount=discount, explain_alternatives=False)
        return decide(snapshot, changed, credit=goal.credit, approval=goal.approval)

    plain = decided(DiscountKind.AMOUNT, Decimal(0))
    if goal.margin_percent is not None:
        _require_costs(plain)
    if not _reaches(plain, goal):
        return LargestDiscount(None, None, plain)
    smallest = currency(quote.currency).minor_unit
    steps = int(plain.pricing.totals.net_total / smallest)

    def holds(kind: DiscountKind, value: Decimal) -> bool:
        try:
            return _reaches(decided(kind, value), goal)
        except QuoteRejectedError:
            return False  # more than the lines can bear

    amount = smallest * _largest(steps, lambda step: holds(DiscountKind.AMOUNT, smallest * step))
    hundredth = Decimal("0.01")
    percent = hundredth * _largest(PERCENT_STEPS, lambda step: holds(DiscountKind.PERCENT, hundredth * step))
    return LargestDiscount(amount, percent, decided(DiscountKind.AMOUNT, amount))


def _largest(most: int, holds: Callable[[int], bool]) -> int:
    """The largest of 0 to `most` that holds, where 0 does and all above it stop holding somewhere; by bisection."""
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def _reaches(decision: Decision, goal: Goal) -> bool:
    totals = decision.pricing.totals
    if goal.margin_percent is not None:
        if totals.margin is None or not totals.net_total:
            return False
        if totals.margin * HUNDRED < goal.margin_percent * totals.net_total:
            return False
    route = decision.approval
    return goal.approval is None or (route is not None and route.outcome is RouteOutcome.AUTO_APPROVED)


def _check(goal: Goal) -> None:
    if goal.margin_percent is None and goal.approval is None:
        message = "a least margin or an approval is asked for, found neither"
        raise QuoteRejectedError([Violation("margin_percent", "REQUIRED", message)])
    if goal.margin_percent is not None and goal.margin_percent >= HUNDRED:
        message = f"a margin is below 100 percent of the price, found {goal.margin_percent}"
        raise QuoteRejectedError([Violation("margin_percent", "OUT_OF_RANGE", message)])


def _require_costs(decision: Decision) -> None:
    without = [line.id for line in decision.pricing.lines if line.cost_total is None]
    if without:
        shown = ", ".join(without[:10]) + (", ..." if len(without) > 10 else "")
        message = f"a margin needs the cost of every line; without one in {decision.currency}: line {shown}"
        raise QuoteRejectedError([Violation("margin_percent", "NO_COST", message)])

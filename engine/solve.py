"""The inverse question: the largest discount, on a quote or on one of its lines, that keeps a margin or an approval.

Every answer is found by deciding the quote with it, so floors, rules, roundings and approvals all count; the next
step of a cent, of a hundredth of a percent or of the price list's precision has been tried and does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.approve.result import RouteOutcome
from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest, Decision, decide
from engine.diagnostics import did_you_mean
from engine.money import HUNDRED, ZERO, currency, quantum
from engine.pricing.result import PricedLine
from engine.quote import DiscountKind, Quote, QuoteRejectedError, RequestedDiscount, Violation
from engine.snapshot import Snapshot

PERCENT_STEPS = 10_000
"""Hundredths of a percent in the whole."""

HUNDREDTH = Decimal("0.01")

MAX_DOUBLINGS = 40
"""Times that a line's price is doubled to find one that reaches the goal: beyond a million millions of it none does."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a discount must leave true.

    Attributes:
        margin_percent: least margin in percent of the net total, below 100; None for any.
        approval: asks that the quote is approved without anybody; None where approval does not matter.
        credit: the credit check that the approval rules read; None for none.
        line_id: the line whose discount is looked for, and whose margin is meant; "" for the quote's.
    """

    margin_percent: Decimal | None = None
    approval: ApprovalRequest | None = None
    credit: CreditRequest | None = None
    line_id: str = ""


@dataclass(frozen=True, slots=True)
class LargestDiscount:
    """The answer.

    Attributes:
        amount: largest discount in the quote's currency, on a line per unit; None where the goal is missed without any.
        percent: largest discount in percent points with two decimals; None likewise.
        unit_price: for a line the least price of a unit to ask for, which may be above the list price; None where no
            price reaches the goal, and for a quote.
        decision: the quote with that amount; where the goal is missed without any discount with that unit price, or
            as it is.
    """

    amount: Decimal | None
    percent: Decimal | None
    unit_price: Decimal | None
    decision: Decision


def largest_discount(snapshot: Snapshot, quote: Quote, goal: Goal) -> LargestDiscount:
    """The largest discount on a quote or a line, in place of the one that it asks for, with which a goal is reached.

    Raises:
        QuoteRejectedError: the quote cannot be decided, has no such line, or has lines without a cost where a margin
            is the goal.
    """
    _check(goal, quote)
    search = _Search(snapshot, quote, goal)
    plain = search.decided(DiscountKind.AMOUNT, ZERO)
    lines = search.lines(plain)
    if goal.margin_percent is not None:
        _require_costs(plain, lines)
    if goal.line_id:
        return _on_line(search, plain, lines)
    if not search.reaches(plain):
        return LargestDiscount(None, None, None, plain)
    smallest = currency(quote.currency).minor_unit
    amount = search.most(DiscountKind.AMOUNT, smallest, int(plain.pricing.totals.net_total / smallest))
    percent = search.most(DiscountKind.PERCENT, HUNDREDTH, PERCENT_STEPS)
    return LargestDiscount(amount, percent, None, search.decided(DiscountKind.AMOUNT, amount))


def _on_line(search: _Search, plain: Decision, lines: Sequence[PricedLine]) -> LargestDiscount:
    smallest = _smallest_price(search.snapshot, plain, lines)
    # The price before the line's own discount is among the steps of the waterfall, or below the amount of a line.
    dearest = max((step.after for line in lines for step in line.waterfall), default=ZERO)
    steps = int(dearest / smallest) + 1
    if search.reaches(plain):
        amount = search.most(DiscountKind.AMOUNT, smallest, steps)
        percent = search.most(DiscountKind.PERCENT, HUNDREDTH, PERCENT_STEPS)
        price = search.least_price(smallest, steps)
        return LargestDiscount(amount, percent, price, search.decided(DiscountKind.AMOUNT, amount))
    price = search.least_price(smallest, steps)
    return LargestDiscount(None, None, price, plain if price is None else search.decided(DiscountKind.PRICE, price))


def _smallest_price(snapshot: Snapshot, plain: Decision, lines: Sequence[PricedLine]) -> Decimal:
    """What prices of the line are multiples of: the smallest amount of its price list, or of the currency."""
    code = plain.currency
    lists = (snapshot.catalog.price_lists.get(line.price_list) for line in lines)
    digits = [found.precision for found in lists if found is not None and found.currency == code]
    return quantum(max(digits, default=currency(code).minor_digits))


@dataclass(frozen=True, slots=True)
class _Search:
    """Tries discounts on one quote against one goal."""

    snapshot: Snapshot
    quote: Quote
    goal: Goal

    def decided(self, kind: DiscountKind, value: Decimal) -> Decision:
        """The quote decided with a discount; an amount of 0 is none."""
        quote, goal = self.quote, self.goal
        discount = RequestedDiscount(kind, value) if value or kind is DiscountKind.PRICE else None
        if goal.line_id:
            lines = (replace(line, discount=discount) if line.id == goal.line_id else line for line in quote.lines)
            changed = replace(quote, lines=tuple(lines), explain_alternatives=False)
        else:
            changed = replace(quote, discount=discount, explain_alternatives=False)
        return decide(self.snapshot, changed, credit=goal.credit, approval=goal.approval)

    def holds(self, kind: DiscountKind, value: Decimal) -> bool:
        """Whether the goal is reached with a discount; one that the lines cannot bear reaches nothing."""
        try:
            return self.reaches(self.decided(kind, value))
        except QuoteRejectedError:
            return False

    def most(self, kind: DiscountKind, step: Decimal, steps: int) -> Decimal:
        """The largest discount of 0 to so many steps that holds, where none at all does; by bisection."""
        low, high = 0, steps + 1
        while high - low > 1:
            middle = (low + high) // 2
            if self.holds(kind, step * middle):
                low = middle
            else:
                high = middle
        return step * low

    def least_price(self, step: Decimal, steps: int) -> Decimal | None:
        """The least price that holds, from 0 on, doubled until one does; None where none is found."""
        low, high = -1, max(steps, 1)
        for _ in range(MAX_DOUBLINGS):
            if self.holds(DiscountKind.PRICE, step * high):
                break
            low, high = high, high * 2
        else:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.holds(DiscountKind.PRICE, step * middle):
                high = middle
            else:
                low = middle
        return step * high

    def reaches(self, decision: Decision) -> bool:
        """Whether a decision reaches the goal."""
        goal, lines = self.goal, self.lines(decision)
        if goal.margin_percent is not None:
            net = sum((line.net_total for line in lines), ZERO)
            cost = sum((line.cost_total for line in lines if line.cost_total is not None), ZERO)
            if not net or (net - cost) * HUNDRED < goal.margin_percent * net:
                return False
        route = decision.approval
        return goal.approval is None or (route is not None and route.outcome is RouteOutcome.AUTO_APPROVED)

    def lines(self, decision: Decision) -> list[PricedLine]:
        """The priced lines that the goal is about: all, or those of its line, its segments and components."""
        priced, line_id = decision.pricing.lines, self.goal.line_id
        if not line_id:
            return priced
        segments = next(len(line.segments) for line in self.quote.lines if line.id == line_id)
        ids = {line_id, *(f"{line_id}#{number}" for number in range(1, segments + 1))}
        found = []
        for line in priced:  # components stand after their bundles
            if line.id in ids or line.parent_id in ids:
                ids.add(line.id)
                found.append(line)
        return found


def _check(goal: Goal, quote: Quote) -> None:
    if goal.margin_percent is None and goal.approval is None:
        message = "a least margin or an approval is asked for, found neither"
        raise QuoteRejectedError([Violation("margin_percent", "REQUIRED", message)])
    if goal.margin_percent is not None and goal.margin_percent >= HUNDRED:
        message = f"a margin is below 100 percent of the price, found {goal.margin_percent}"
        raise QuoteRejectedError([Violation("margin_percent", "OUT_OF_RANGE", message)])
    ids = [line.id for line in quote.lines]
    if goal.line_id and goal.line_id not in ids:
        hint = did_you_mean(goal.line_id, ids)
        message = f"the quote has no line {goal.line_id!r}{'; ' + hint if hint else ''}"
        raise QuoteRejectedError([Violation("line_id", "UNKNOWN_LINE", message)])


def _require_costs(decision: Decision, lines: Sequence[PricedLine]) -> None:
    without = [line.id for line in lines if line.cost_total is None]
    if without:
        shown = ", ".join(without[:10]) + (", ..." if len(without) > 10 else "")
        message = f"a margin needs the cost of every line; without one in {decision.currency}: line {shown}"
        raise QuoteRejectedError([Violation("margin_percent", "NO_COST", message)])

"""Lines whose price is a percentage of other lines: which they cover, in which order, and what they cost."""

from __future__ import annotations

from decimal import Decimal

from catalog.price import BillingPeriod, Coverage, PercentBase, PercentOfTotal
from engine.money import ZERO, plain
from engine.pricing.charges import PercentOfTotal as PercentageCharge
from engine.pricing.foreign import converted_amount
from engine.pricing.state import LineState
from engine.trace import Adjustment


def dependent_lines(lines: list[LineState]) -> list[LineState]:
    """The lines priced by a percentage, each after those that it covers; cycles were refused at load."""
    waiting = [
        line for line in lines if line.entry is not None and line.entry.percent is not None and line.price is None
    ]
    ordered: list[LineState] = []
    visiting: set[int] = set()

    def visit(line: LineState) -> None:
        if id(line) in visiting:
            return
        visiting.add(id(line))
        for other in waiting:
            if other is not line and covers_line(_percent(line).coverage, other):
                visit(other)
        ordered.append(line)

    for line in waiting:
        visit(line)
    return ordered


def covers_line(coverage: Coverage, line: LineState) -> bool:
    """Whether a percentage is taken of a line."""
    product = line.product
    return (
        product.product.sku in coverage.skus
        or any(category in coverage.categories for category in product.price_keys[1:])
        or any(tag in coverage.tags for tag in product.product.tags)
    )


def price_percentage(line: LineState) -> None:
    """Set the amount of a percentage line from the lines that it covers."""
    model, entry = _percent(line), line.entry
    assert entry is not None
    months = _months(entry.entry.billing_period)
    covered = [other for other in line.quote.lines if other is not line and covers_line(model.coverage, other)]
    base = ZERO
    for other in covered:
        if other.price is not None:
            base += _base_amount(other, model.base, months)
    charge = PercentageCharge(model.percent / 100, _limit(line, model.minimum) or ZERO, _limit(line, model.maximum))
    amount = charge.charge(base).amount
    assert amount is not None
    after = amount * line.quantity
    if line.term is not None:
        after = line.term.exact.of(after)
    line.per_line = True
    line.price = line.list_amount = line.list_total = after
    count = f"{len(covered)} covered line{'' if len(covered) == 1 else 's'}"
    words = f"{charge.explain(base)} ({model.base.value} price of {count})"
    if line.term is not None:
        words += f" x {plain(line.term.periods)} {line.term.billing_period}s"
    line.waterfall.append(Adjustment(entry.origin, model.percent, None, after, True, 0, words))


def _limit(line: LineState, amount: Decimal | None) -> Decimal | None:
    """A minimum or maximum of the entry in the quote's currency."""
    return None if amount is None else converted_amount(line, amount, "")[0]


def _base_amount(line: LineState, base: PercentBase, months: int | None) -> Decimal:
    """What a covered line counts for: its amount or, between recurring charges, that of one billing period."""
    if base is PercentBase.NET:
        assert line.price is not None
        amount = line.price
    else:
        amount = line.list_total
    if months is None or line.term is None or not line.term.periods:
        return amount
    return amount / line.term.periods * months / BillingPeriod(line.term.billing_period).months


def _percent(line: LineState) -> PercentOfTotal:
    assert line.entry is not None
    assert line.entry.percent is not None
    return line.entry.percent


def _months(period: BillingPeriod | None) -> int | None:
    return None if period is None else period.months

"""Lines whose price is a percentage of other lines: which they cover, in which order, and what they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from catalog.price import BillingPeriod, Coverage, PercentBase, PercentOfTotal
from engine.money import ZERO, plain, round_to
from engine.pricing.charges import PercentOfTotal as PercentageCharge
from engine.pricing.foreign import converted_amount
from engine.pricing.result import Notice
from engine.pricing.state import LineState
from engine.pricing.terms import per_period
from engine.trace import Adjustment


class PercentageLines:
    """The lines of a quote that are priced by a percentage of others, and the lines that each of them covers."""

    def __init__(self, lines: list[LineState]) -> None:
        self._waiting = [
            line for line in lines if line.entry is not None and line.entry.percent is not None and line.price is None
        ]
        self._ids = {id(line) for line in self._waiting}
        self._named: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._covered: dict[Coverage, list[LineState]] = {}
        self._sums: dict[tuple[Coverage, PercentBase, BillingPeriod | None], Decimal] = {}
        self._lines = lines
        wanted = {name for line in self._waiting for name in _covered_names(_percent(line).coverage)}
        kinds = {kind for kind, _ in wanted}
        if wanted:
            for position, line in enumerate(lines):
                for name in _names(line, kinds):
                    if name in wanted:
                        self._named[name].append(position)

    def in_order(self) -> list[LineState]:
        """Each line after those that it covers; cycles were refused at load."""
        ordered: list[LineState] = []
        visited: set[int] = set()

        def visit(line: LineState) -> None:
            if id(line) in visited:
                return
            visited.add(id(line))
            for other in self._covered_by(line):
                if id(other) in self._ids:
                    visit(other)
            ordered.append(line)

        for line in self._waiting:
            visit(line)
        return ordered

    def _covered_by(self, line: LineState) -> list[LineState]:
        """The lines that a percentage is taken of, in the order of the quote; the line itself may be among them."""
        coverage = _percent(line).coverage
        found = self._covered.get(coverage)
        if found is None:
            positions = {position for name in _covered_names(coverage) for position in self._named.get(name, ())}
            found = self._covered[coverage] = [self._lines[position] for position in sorted(positions)]
        return found

    def price(self, line: LineState) -> None:
        """Set the amount of a line from the lines that it covers."""
        model, entry = _percent(line), line.entry
        assert entry is not None
        base, count = self._base(line, entry.entry.billing_period)
        charge = PercentageCharge(model.percent / 100, _limit(line, model.minimum) or ZERO, _limit(line, model.maximum))
        amount = charge.charge(base).amount
        assert amount is not None
        after = amount * line.quantity
        if line.term is not None:
            after = line.term.exact.of(after)
        line.per_line = True
        line.price = line.list_amount = after
        digits = line.quote.line_digits
        line.list_total = after if digits is None else round_to(after, digits, line.quote.program.rounding.mode)
        if not count:
            what = f"SKU {line.line.sku} costs a percentage of other lines, and this quote has none that it covers"
            message = f"{what}; its amount is {'its minimum' if amount else 'zero'}"
            line.quote.notices.append(Notice(f"{line.path}.sku", "NOTHING_COVERED", message))
        covered = f"{count} covered line{'' if count == 1 else 's'}"
        words = f"{charge.explain(base)} ({model.base.value} price of {covered})"
        if line.quantity != 1:
            words += f" x {plain(line.quantity)}"
        if line.term is not None:
            words += f" x {line.term.words}"
        line.steps.append(Adjustment(entry.origin, model.percent, None, after, True, 0, words))

    def _base(self, line: LineState, period: BillingPeriod | None) -> tuple[Decimal, int]:
        """The sum of what a line covers, without itself, and the number of those lines."""
        model = _percent(line)
        covered = self._covered_by(line)
        key = (model.coverage, model.base, period)
        known = self._sums.get(key)
        if known is not None:
            return known, len(covered)
        others = [other for other in covered if other is not line]
        base = sum((_base_amount(other, model.base, period) for other in others if other.price is not None), ZERO)
        if not any(id(other) in self._ids for other in covered):
            self._sums[key] = base  # none of them changes any more
        return base, len(others)


def _names(line: LineState, kinds: set[str]) -> Iterator[tuple[str, str]]:
    """What a coverage may call a line by: its SKU, its categories and its tags, where names of that kind are asked."""
    keys = line.product.price_keys
    if "sku" in kinds:
        yield "sku", keys[0]
    if "category" in kinds:
        for category in keys[1:]:
            yield "category", category
    if "tag" in kinds:
        for tag in line.product.product.tags:
            yield "tag", tag


def _covered_names(coverage: Coverage) -> Iterator[tuple[str, str]]:
    for kind, names in (("sku", coverage.skus), ("category", coverage.categories), ("tag", coverage.tags)):
        for name in names:
            yield kind, name


def _limit(line: LineState, amount: Decimal | None) -> Decimal | None:
    """A minimum or maximum of the entry in the quote's currency."""
    return None if amount is None else converted_amount(line, amount, "")[0]


def _base_amount(line: LineState, base: PercentBase, period: BillingPeriod | None) -> Decimal:
    """What a covered line counts for: its amount or, between recurring charges, that of one billing period."""
    if base is PercentBase.NET:
        assert line.price is not None
        amount = line.price
    else:
        amount = line.list_total
    if period is None or line.term is None or not line.term.periods:
        return amount
    return per_period(amount, BillingPeriod(line.term.billing_period), period) / line.term.periods


def _percent(line: LineState) -> PercentOfTotal:
    assert line.entry is not None
    assert line.entry.percent is not None
    return line.entry.percent

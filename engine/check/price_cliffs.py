"""Check: quantities that cost less than smaller ones, where a price for all units falls faster than they grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from catalog.price import Block, PerUnit, PriceEntry, PriceList, TierBasis, TierBounds, Volume
from engine.check.quantity_tiers import Ladder, rule_ladders, table_ladders
from engine.check.subject import Subject, price_place
from engine.diagnostics import Code, Findings, Severity
from engine.money import HUNDRED, ONE, ZERO, plain, to_decimal
from engine.source import Span

STEEP = Decimal("0.5")
"""Where the larger quantity costs less than this share of the smaller, it is rather a slip of the pen."""


MAX_STEPS = 200
"""Steps of one ladder up to which its cliffs are looked for."""


class _Cliff(NamedTuple):
    """A fall of the total: `smaller` units cost `before`, `larger` ones `after`."""

    smaller: Decimal
    larger: Decimal
    before: Decimal
    after: Decimal

    @property
    def share(self) -> Decimal:
        return self.after / self.before


def price_cliffs(subject: Subject, findings: Findings) -> None:
    """A note for every price of the catalogue with a cliff, a warning where it is steep."""
    for entries in subject.entries.values():
        price_list = subject.catalog.price_lists[entries[0].price_list]
        for entry in entries:
            _tell_price(entry, price_list, list(_cliffs_of(entry, price_list, _step(subject, entry))), findings)
        _tell_ranges(subject, price_list, entries, findings)


def discount_cliffs(subject: Subject, findings: Findings) -> None:
    """A note for every volume discount of rules and tables with a cliff, a warning where it is steep."""
    modes = {group.name: group.mode for group in subject.rulebook.settings.stacking_groups}
    for ladder in rule_ladders(subject):
        rule = ladder.steps[0].rule
        if rule is not None and ladder.fact == "line.quantity" and rule.loaded.rule.then.action == "percent_off":
            mode = modes.get(rule.loaded.rule.group, "stack")
            percents = [_constant(step.rule.loaded.rule.then.percent_off) for step in ladder.steps if step.rule]
            _tell_discount(ladder, percents, mode, findings)
    for loaded in subject.rulebook.rules:
        table = subject.table_of(loaded)
        column = str(loaded.rule.then.percent_off).removeprefix("row.")
        names = [clause.name or clause.label for clause in table.outputs] if table is not None else []
        if table is None or column not in names:
            continue
        for ladder in table_ladders(table):
            if ladder.fact == "line.quantity":
                figures = [_constant(table.rules[step.row].outputs[names.index(column)].text) for step in ladder.steps]
                _tell_discount(ladder, figures, "first", findings)


def _step(subject: Subject, entry: PriceEntry) -> Decimal:
    product = subject.catalog.products.get(entry.sku)
    return product.quantity_step if product is not None else ONE


def _cliffs_of(entry: PriceEntry, price_list: PriceList, step: Decimal) -> Iterator[_Cliff]:
    """The cliffs of one price's tiers or blocks."""
    model = entry.model
    if isinstance(model, Volume) and model.basis is TierBasis.QUANTITY:
        for tier, following in pairwise(model.tiers):
            if tier.up_to is not None:
                smaller, larger = _neighbours(tier.up_to, price_list.bounds, step)
                before = smaller * tier.unit_price + tier.flat_fee
                yield _Cliff(smaller, larger, before, larger * following.unit_price + following.flat_fee)
    elif isinstance(model, Block):
        for block, larger_block in pairwise(model.steps):
            if block.up_to is not None:
                yield _Cliff(*_neighbours(block.up_to, price_list.bounds, step), block.price, larger_block.price)


def _neighbours(bound: Decimal, bounds: TierBounds, step: Decimal) -> tuple[Decimal, Decimal]:
    """The last quantity below a bound and the first above it."""
    return (bound, bound + step) if bounds is TierBounds.UPPER_INCLUSIVE else (bound - step, bound)


def _tell_price(entry: PriceEntry, price_list: PriceList, cliffs: list[_Cliff], findings: Findings) -> None:
    falling = [cliff for cliff in cliffs if ZERO <= cliff.after < cliff.before and cliff.smaller > 0]
    if falling:
        worst = min(falling, key=lambda cliff: cliff.share)
        more = len(falling) - 1
        about = f"{entry.sku or entry.category} in {price_list.id}"
        _tell(worst, about, f" {price_list.currency}", price_place(entry), more, findings)


def _tell_ranges(subject: Subject, price_list: PriceList, entries: tuple[PriceEntry, ...], findings: Findings) -> None:
    """Cliffs between prices of one product that hold for ranges of quantities."""
    for lower, upper in range_pairs(entries):
        if isinstance(lower.model, PerUnit) and isinstance(upper.model, PerUnit) and upper.min_quantity is not None:
            larger = upper.min_quantity
            smaller = larger - _step(subject, lower)
            if smaller <= 0 or (lower.max_quantity is not None and lower.max_quantity < smaller):
                continue
            cliff = _Cliff(smaller, larger, smaller * lower.model.unit_price, larger * upper.model.unit_price)
            _tell_price(upper, price_list, [cliff], findings)


def range_pairs(entries: tuple[PriceEntry, ...]) -> Iterator[tuple[PriceEntry, PriceEntry]]:
    """Prices of one list for the same thing and days whose quantity ranges follow one another."""
    alike: dict[object, list[PriceEntry]] = {}
    for entry in entries:
        if entry.min_quantity is not None or entry.max_quantity is not None:
            key = (entry.sku, entry.category, entry.valid_from, entry.valid_to, entry.priority, entry.billing_period)
            alike.setdefault(key, []).append(entry)
    for ranges in alike.values():
        yield from pairwise(sorted(ranges, key=lambda entry: entry.min_quantity or ZERO))


def _tell_discount(ladder: Ladder, percents: list[Decimal | None], mode: str, findings: Findings) -> None:
    """The worst cliff of percentages that begin at quantities, for products of any price."""
    if len(percents) != len(ladder.steps) or not all(item is not None and 0 <= item <= HUNDRED for item in percents):
        return
    figures = [figure for figure in percents if figure is not None]
    starts = [
        (step, step.range.low if step.range.low_closed else step.range.low + 1)
        for step in ladder.steps
        if step.range.low is not None and step.range.low == step.range.low.to_integral_value() and step.range.low > 1
    ]
    if len(starts) > MAX_STEPS:
        return
    share = _share_left(ladder, figures, mode)
    cliffs = [
        (_Cliff(start - 1, start, (start - 1) * share(start - 1), start * share(start)), step) for step, start in starts
    ]
    falling = [(cliff, step) for cliff, step in cliffs if cliff.after < cliff.before]
    if falling:
        worst, step = min(falling, key=lambda item: item[0].share)
        about = f"{ladder.owner}with {step.name}"
        _tell(worst, about, " times the price before", step.place, len(falling) - 1, findings)


def _share_left(ladder: Ladder, percents: list[Decimal], mode: str) -> Callable[[Decimal], Decimal]:
    """What share of the price is left for a quantity."""
    order = sorted(range(len(percents)), key=lambda number: _order(ladder, number))
    ranges = [(ladder.steps[number].range, percents[number]) for number in order]

    def share(quantity: Decimal) -> Decimal:
        acting = [percent for interval, percent in ranges if interval.holds(quantity)]
        if not acting:
            return ONE
        if mode == "stack":
            left = ONE
            for percent in acting:
                left *= 1 - percent / HUNDRED
            return left
        taken = {"add": sum(acting, ZERO), "best": max(acting)}.get(mode, acting[0])
        return ONE - taken / HUNDRED

    return share


def _order(ladder: Ladder, number: int) -> tuple[int, int]:
    """The order in which steps act: rules by priority and place, rows by place."""
    step = ladder.steps[number]
    return (0, step.row) if step.rule is None else (-step.rule.loaded.rule.priority, step.rule.position)


def _tell(cliff: _Cliff, about: str, unit: str, place: Span, more: int, findings: Findings) -> None:
    steep = cliff.share < STEEP
    message = (
        f"{about}: {plain(cliff.larger)} units cost less than {plain(cliff.smaller)}: "
        f"{_amount(cliff.after)} instead of {_amount(cliff.before)}{unit}"
    )
    message += f"; and {more} cliff{'s' if more > 1 else ''} more" if more else ""
    hint = "is a digit missing?" if steep else ""
    severity = Severity.WARNING if steep else Severity.INFO
    example = f"quantity = {plain(cliff.smaller)}"
    findings.add(Code.PRICE_CLIFF, message, place, severity=severity, hint=hint, example=example)


def _amount(value: Decimal) -> str:
    return plain(value.quantize(Decimal("0.01")))


def _constant(value: object) -> Decimal | None:
    """A figure that is no expression."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return to_decimal(str(value).strip())
    except ValueError:
        return None

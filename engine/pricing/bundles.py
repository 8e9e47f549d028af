"""Bundles priced through their components: what acts on the bundle is spread over them, hidden prices are summed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from engine.money import ZERO, round_to
from engine.pricing.allocation import room, spread
from engine.pricing.facts import line_facts
from engine.pricing.result import PricedLine, PricedQuote
from engine.pricing.state import LineState, QuoteState
from engine.trace import Adjustment, AdjustmentKind, Origin

COMPONENTS = Origin("list", AdjustmentKind.SET, "bundle")
SPREAD = Origin("bundle", AdjustmentKind.ALLOCATION, "bundle")
ROLLED_UP = Origin("bundle", AdjustmentKind.SET, "components")

EXACT_DIGITS = 12
"""Decimals of a share where lines are not rounded."""


def is_priced_through_components(line: LineState) -> bool:
    """Whether a line is a bundle that has no price of its own."""
    return line.product.product.bundle is not None and line.entry is None and line.own_price is None


def discount_bundles(bundles: Iterable[LineState]) -> None:
    """Run the waterfall of bundles on the sums of their components, inner bundles first, and spread what changed."""
    for bundle in reversed(list(bundles)):
        _discount(bundle)


def _discount(bundle: LineState) -> None:
    components = [line for line in _below(bundle) if line.price is not None and not line.locked]
    total = sum((line.amount for line in components), ZERO)
    listed = sum((line.list_total for line in components), ZERO)
    count = f"{len(components)} component{'' if len(components) == 1 else 's'}"
    step = Adjustment(COMPONENTS, total, None, total, True, 0, f"priced through its components: {count}")
    bundle.steps.append(step)
    bundle.price, bundle.per_line = total, True
    bundle.list_price = listed / bundle.quantity if bundle.quantity else ZERO
    bundle.list_total = listed
    bundle.facts = line_facts(bundle)
    for act in bundle.quote.program.steps:
        act(bundle)
    after = bundle.amount
    components = [line for line in components if line.amount or after > total]
    asked = total - after
    off = min(asked, room(components)) if components else ZERO
    digits = EXACT_DIGITS if bundle.quote.line_digits is None else bundle.quote.line_digits
    off = round_to(off, digits)
    if off != asked:
        step = Adjustment(SPREAD, off - asked, after, total - off, True, 0, "no more can be taken off the components")
        bundle.steps.append(step)
    if off:
        able = [line for line in components if off < 0 or line.amount > line.least]
        spread(able, off, digits, SPREAD, f"share of what acts on the bundle, line {bundle.id}")
    if len(bundle.waterfall) > 1 or total:
        step = Adjustment(SPREAD, total - off, total - off, ZERO, True, 0, "part of the components' lines")
        bundle.steps.append(step)
    bundle.cost = bundle.cost or ZERO
    bundle.price = bundle.list_amount = ZERO
    bundle.list_total = round_to(ZERO, digits)
    bundle.list_price = bundle.unit_price = ZERO


def _below(bundle: LineState) -> Iterable[LineState]:
    """All components of a bundle, at any depth, other than bundles priced through theirs."""
    for line in bundle.quote.lines:
        parent = line.parent
        while parent is not None and parent is not bundle:
            parent = parent.parent
        if parent is bundle and not is_priced_through_components(line):
            yield line


def hide_components(state: QuoteState, priced: PricedQuote) -> None:
    """Sum the components of bundles that show no prices into the bundle's line, and show none of theirs.

    Totals are those of the components: nothing changes in them.
    """
    hiding: dict[str, str] = {}  # hidden line, line that shows its price
    for line in state.lines:
        parent = line.parent
        if parent is None:
            continue
        bundle = parent.product.product.bundle
        if parent.id in hiding:
            hiding[line.id] = hiding[parent.id]
        elif bundle is not None and not bundle.component_prices_visible:
            hiding[line.id] = parent.id
    if not hiding:
        return
    hidden: dict[str, list[PricedLine]] = defaultdict(list)
    for item in priced.lines:
        if item.id in hiding:
            hidden[hiding[item.id]].append(item)
    priced.lines = [
        _without_prices(item) if item.id in hiding else _with_components(state, item, hidden[item.id])
        if item.id in hidden else item
        for item in priced.lines
    ]  # fmt: skip
    priced.roundings = [entry for entry in priced.roundings if entry.where.partition(":")[0] not in hiding]


def _without_prices(line: PricedLine) -> PricedLine:
    return replace(
        line, item=replace(line.item, price_list=""), list_unit_price=ZERO, net_unit_price=ZERO, list_total=ZERO,
        net_total=ZERO, cost_total=None if line.cost_total is None else ZERO, first_year_total=ZERO,
        monthly_recurring=ZERO,
        waterfall=(), alternatives=(), offers=(), prior_prices=None, prices_hidden=True, known_steps=None,
    )  # fmt: skip


def _with_components(state: QuoteState, line: PricedLine, components: list[PricedLine]) -> PricedLine:
    def total(own: Decimal, name: str) -> Decimal:
        return sum((getattr(item, name) for item in components), own)

    listed, net = total(line.list_total, "list_total"), total(line.net_total, "net_total")
    costs = [item.cost_total for item in (line, *components) if item.cost_total is not None or item.net_total]
    digits, mode = state.amount_digits, state.program.rounding.mode
    count = f"{len(components)} component{'' if len(components) == 1 else 's'}"
    reason = f"with {count} whose prices are not shown"
    own = line.net_total
    step = Adjustment(ROLLED_UP, net, own, net, True, 0, reason)
    return replace(
        line,
        list_unit_price=round_to(listed / line.quantity, digits, mode) if line.quantity else ZERO,
        net_unit_price=round_to(net / line.quantity, digits, mode) if line.quantity else ZERO,
        list_total=listed,
        net_total=net,
        cost_total=None if None in costs else sum((cost for cost in costs if cost is not None), ZERO),
        first_year_total=total(line.first_year_total, "first_year_total"),
        monthly_recurring=total(line.monthly_recurring, "monthly_recurring"),
        waterfall=(*line.waterfall, step),
    )

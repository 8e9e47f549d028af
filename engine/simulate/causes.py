"""Why a quote costs something else: what each step of each line contributes before and after, and the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from engine.money import ONE, ZERO, plain, quantum, round_to
from engine.pricing.result import PricedLine, PricedQuote
from engine.trace import Adjustment, AdjustmentKind, Origin

PRICE_STEPS = ("list", "contract", "tiers")
"""Steps in which the catalogue acts: their prices count together, rules one by one."""

# Contributions are cut here, so that sums over many quotes stay exact and do not depend on their order.
_UNIT = quantum(8)


class Cause(NamedTuple):
    """What contributes to prices: a step of the waterfall, and in it a rule ("" for the step as a whole)."""

    step: str
    rule: str

    def __str__(self) -> str:
        if self.rule:
            return self.rule
        return _STEP_WORDS.get(self.step, self.step)


_STEP_WORDS = {
    "list": "list prices",
    "contract": "contract prices",
    "tiers": "quantity tiers",
    "manual": "discounts asked for on lines",
    "header": "discounts asked for on quotes",
    "rounding": "rounding",
}
ROUNDING = Cause("rounding", "")


class StepEffect(NamedTuple):
    """A step of a line that contributes something else than before.

    Attributes:
        cause: the step or its rule.
        before: what it did, "" where it did nothing.
        after: what it does, "" where it does nothing.
        reason: why it does that, for a person; what it was where it does nothing any more.
        place: file and line of what acts.
        change: of the line's amount.
    """

    cause: Cause
    before: str
    after: str
    reason: str
    place: str
    change: Decimal


class LineEffect(NamedTuple):
    """A line that costs something else; an amount is None where the line is not there."""

    id: str
    sku: str
    name: str
    before: Decimal | None
    after: Decimal | None
    steps: tuple[StepEffect, ...]


def contributions(line: PricedLine) -> dict[Cause, Decimal]:
    """What each cause adds to the line's amount, in the order in which they act; their sum is the net total."""
    units = line.quantity * (ONE if line.term is None else line.term.periods)
    found: dict[Cause, Decimal] = {}
    running = ZERO
    for step in line.waterfall:
        amount = (step.after if step.per_line else step.after * units).quantize(_UNIT)
        cause = cause_of(step.origin)
        found[cause] = found.get(cause, ZERO) + amount - running
        running = amount
    if running != line.net_total:
        found[ROUNDING] = line.net_total - running
    return found


def cause_of(origin: Origin) -> Cause:
    """What a step of a waterfall counts as."""
    return Cause(origin.step, origin.id if origin.file and origin.step not in PRICE_STEPS else "")


def causes_of_change(before: PricedQuote, after: PricedQuote) -> dict[Cause, Decimal]:
    """By how much each cause moved the quote's net total; causes that moved nothing are left out."""
    moved: dict[Cause, Decimal] = defaultdict(lambda: ZERO)
    for priced, sign in ((before, -1), (after, 1)):
        for line in priced.lines:
            for cause, amount in contributions(line).items():
                moved[cause] += amount * sign
    return {cause: amount for cause, amount in moved.items() if amount}


def explain(before: PricedQuote, after: PricedQuote, size: int) -> tuple[tuple[LineEffect, ...], int]:
    """The lines that changed most, with the steps that did it, and how many more lines changed."""
    old, new = ({line.id: line for line in priced.lines} for priced in (before, after))
    effects = [
        effect
        for line_id in [*new, *(line_id for line_id in old if line_id not in new)]
        if (effect := _line_effect(old.get(line_id), new.get(line_id))) is not None
    ]
    effects.sort(key=lambda effect: -abs((effect.after or ZERO) - (effect.before or ZERO)))
    return tuple(effects[:size]), max(0, len(effects) - size)


def _line_effect(before: PricedLine | None, after: PricedLine | None) -> LineEffect | None:
    either = after or before
    assert either is not None
    steps = tuple(_step_effects(before, after))
    net_before = None if before is None else before.net_total
    net_after = None if after is None else after.net_total
    if not steps and net_before == net_after:
        return None
    return LineEffect(either.id, either.sku, either.name, net_before, net_after, steps)


def _step_effects(before: PricedLine | None, after: PricedLine | None) -> Iterable[StepEffect]:
    old = {} if before is None else contributions(before)
    new = {} if after is None else contributions(after)
    old_steps, new_steps = _by_cause(before), _by_cause(after)
    for cause in [*new, *(cause for cause in old if cause not in new)]:
        change = new.get(cause, ZERO) - old.get(cause, ZERO)
        if change:
            told = new_steps.get(cause) or old_steps.get(cause)
            yield StepEffect(
                cause,
                acts(old_steps[cause]) if cause in old_steps else "",
                acts(new_steps[cause]) if cause in new_steps else "",
                told.reason if told else "",
                place_of(told.origin) if told else "",
                change,
            )


def _by_cause(line: PricedLine | None) -> Mapping[Cause, Adjustment]:
    return {} if line is None else {cause_of(step.origin): step for step in line.waterfall}


def acts(step: Adjustment) -> str:
    """What a step does, shortly: "-12 %", or the price that it sets."""
    match step.origin.kind:
        case AdjustmentKind.SET:
            return f"= {plain(round_to(step.after, 6).normalize())}"
        case AdjustmentKind.PERCENT:
            return f"{-step.value:+f} %"
        case AdjustmentKind.AMOUNT:
            return f"{-step.value:+f}"
        case AdjustmentKind.MARKUP:
            return f"{step.value:+f} %"
        case kind:
            return f"{kind.value.replace('_', ' ')} {plain(step.value)}"


def place_of(origin: Origin) -> str:
    """File, line and cell of what acted; "" for the engine's own steps."""
    if not origin.file:
        return ""
    place = f"{origin.file}:{origin.line}" if origin.line else origin.file
    return f"{place} ({origin.cell})" if origin.cell else place

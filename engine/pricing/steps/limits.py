"""The step `limits`: floors and caps that rules set; a floor is never crossed, and wins over a cap."""

from __future__ import annotations

from engine.pricing.program import RuleEffect
from engine.pricing.state import LineState
from engine.pricing.steps.rules import applicable, rules_mask
from engine.trace import Adjustment, AdjustmentKind


def limits(state: LineState) -> None:
    """Lower the price to the lowest cap that applies, then raise it to the highest floor."""
    mask = state.quote.program.rules.steps.get("limits")
    if mask is None or state.price is None or state.locked:
        return
    hits = rules_mask(state) & mask
    if not hits:
        return
    effects = list(applicable(state, hits))
    caps = [effect for effect in effects if effect.rule.origin.kind is AdjustmentKind.CAP]
    floors = [effect for effect in effects if effect.rule.origin.kind is AdjustmentKind.FLOOR]
    if caps:
        lowest = min(caps, key=lambda effect: effect.value)
        if state.price > lowest.value * state.units:
            _set(state, lowest)
    if floors:
        highest = max(floors, key=lambda effect: effect.value)
        state.floor = highest.value
        if state.price < highest.value * state.units:
            _set(state, highest)


def _set(state: LineState, effect: RuleEffect) -> None:
    after = effect.value * state.units
    state.steps.append(Adjustment(effect.origin, effect.value, state.price, after, state.per_line, 0, effect.reason))
    state.price = after

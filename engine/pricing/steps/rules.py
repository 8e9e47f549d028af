"""Steps of rules: those that apply to a line act group by group, each as its stacking mode says."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from engine.money import plain
from engine.pricing.program import CompiledRule, Step
from engine.pricing.result import Alternative
from engine.pricing.stacking import Effect, StackingMode
from engine.pricing.state import LineState
from engine.trace import Adjustment, AdjustmentKind, Origin

LINE_KINDS = (AdjustmentKind.FEE, AdjustmentKind.FREE_UNITS)
"""What can only act on the amount of a line."""


class RuleEffect(NamedTuple):
    """A rule that applies to a line, with its value there."""

    rule: CompiledRule
    origin: Origin
    value: Decimal
    reason: str

    def scaled(self, units: Decimal) -> Effect:
        """The effect on a price of `units` units: amounts are per unit, percentages are not."""
        rule, kind = self.rule, self.rule.origin.kind
        per_unit = kind is AdjustmentKind.AMOUNT or kind is AdjustmentKind.SET
        return Effect(kind, self.value * units if per_unit else self.value, rule.percent_of)


def rule_step(name: str) -> Step:
    """The step that runs the rules written for `name`."""

    def step(state: LineState) -> None:
        mask = state.quote.program.rules.steps.get(name)
        if mask is None or state.locked or state.price is None:
            return
        hits = rules_mask(state) & mask
        if not hits:
            return
        effects: list[RuleEffect] = []
        group = -1
        for effect in applicable(state, hits):
            if effect.rule.group != group and effects:
                _run_group(state, effects)
                effects = []
            group = effect.rule.group
            effects.append(effect)
        if effects:
            _run_group(state, effects)

    return step


def rules_mask(state: LineState) -> int:
    """The rules whose indexed conditions hold for the line, worked out once."""
    mask = state.mask
    if mask is None:
        index = state.quote.program.rules.index
        product = state.product
        mask = state.quote.mask & index.product_mask(product.product.sku, product.facts)
        mask = state.mask = index.line_mask(state.facts, mask)
    return mask


def applicable(state: LineState, hits: int) -> Iterator[RuleEffect]:
    """The rules among `hits` that apply, in the order in which they act, with their values."""
    rules = state.quote.program.rules.rules
    quote = state.quote
    customer, facts, line, product = quote.customer, quote.facts, state.facts, state.product.facts
    currency = quote.currency.code
    while hits:
        bit = hits.bit_length() - 1
        hits ^= 1 << bit
        rule = rules[bit]
        if rule.residual is not None and not rule.residual(customer, facts, line, product):
            continue
        if rule.currency and rule.currency != currency:
            continue
        row, origin = None, rule.origin
        if rule.table is not None:
            hit = rule.table(customer, facts, line, product)
            if hit is None:
                continue
            row, origin = hit
        value = rule.value
        if not isinstance(value, Decimal):
            found = value(customer, facts, line, product, row)
            if found is None:
                continue
            value = found
            if not isinstance(value, Decimal) or value < 0:
                shown = plain(value) if isinstance(value, Decimal) else repr(value)
                state.violate("", "RULE_VALUE", f"rule {rule.origin.id} gives {shown}; expected a number of at least 0")
                continue
        reason = rule.reason
        if not isinstance(reason, str):
            reason = reason(customer, facts, line, product, row)
        yield RuleEffect(rule, origin, value, reason)


def _run_group(state: LineState, effects: list[RuleEffect]) -> None:
    """Let the rules of one group act on the running price."""
    group = state.quote.program.rules.groups[effects[0].rule.group]
    if len(effects) == 1 or group.mode is StackingMode.STACK:
        for effect in effects:
            _act(state, effect)
        return
    if any(effect.rule.on_line for effect in effects):
        state.to_line_amount()
    assert state.price is not None
    units = state.units
    scaled = [effect.scaled(units) for effect in effects]
    acted: set[int] = set()
    for position, before, after in group.apply(state.price, state.list_price * units, scaled):
        acted.add(position)
        _record(state, effects[position], before, after)
    if state.quote.quote.explain_alternatives:
        _note_losers(state, effects, acted)


def _act(state: LineState, effect: RuleEffect) -> None:
    """Let one rule act on the running price."""
    kind = effect.rule.origin.kind
    if effect.rule.on_line or kind in LINE_KINDS:
        state.to_line_amount()
    before = state.price
    assert before is not None
    if kind is AdjustmentKind.FEE:
        _record(state, effect, before, before + effect.value)
    elif kind is AdjustmentKind.FREE_UNITS:
        free = free_units(effect.rule, state.quantity)
        if free:
            _record(state, effect._replace(value=free), before, before - before * free / state.quantity)
    else:
        units = state.units
        _record(state, effect, before, effect.scaled(units).apply(before, state.list_price * units))


def _record(state: LineState, effect: RuleEffect, before: Decimal, after: Decimal) -> None:
    state.price = after
    state.waterfall.append(Adjustment(effect.origin, effect.value, before, after, state.per_line, 0, effect.reason))


def free_units(rule: CompiledRule, quantity: Decimal) -> Decimal:
    """Units that are free when `quantity` are taken: of every bought and free ones together, the free ones."""
    assert rule.free_of is not None
    buy, get = rule.free_of
    return quantity // (buy + get) * get


def _note_losers(state: LineState, effects: list[RuleEffect], acted: set[int]) -> None:
    winners = ", ".join(effects[position].rule.origin.id for position in sorted(acted))
    group = state.quote.program.rules.groups[effects[0].rule.group]
    for position, effect in enumerate(effects):
        if position not in acted:
            reason = f"the group {group.name!r} takes the {group.mode.value} rule, which is {winners}"
            origin = effect.origin
            state.alternatives.append(Alternative("rule", origin.id, origin.file, origin.line, reason))

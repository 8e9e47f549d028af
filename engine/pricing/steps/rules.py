"""Steps of rules: those that apply to a line act group by group, each as its stacking mode says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from engine.money import HUNDRED, ZERO, plain
from engine.pricing.facts import facts_of
from engine.pricing.program import CompiledRule, RuleEffect, RuleProgram, Step
from engine.pricing.result import Alternative
from engine.pricing.stacking import PercentOf
from engine.pricing.state import LineState
from engine.trace import Adjustment, AdjustmentKind, KnownSteps, Origin, new_tuple

# Reading a member of an enumeration from its class costs as much as the arithmetic here.
PERCENT = AdjustmentKind.PERCENT
LIST = PercentOf.LIST

KEPT_BITS = 8 * 16 * 1024 * 1024
"""Sixteen megabytes of masks whose rules are known: lines mostly meet the same few."""

MOST_KNOWN = 10_000
"""Prices whose percentages are known, for each step of rules; when there are more, keeping starts anew."""

MAX_DIGITS = 28
"""A figure with more digits before its point cannot be computed with exactly."""


def rule_step(name: str, program: RuleProgram) -> Step:
    """The step that runs the rules written for `name`."""
    mask = program.steps[name]
    kept: dict[int, _Plan] = {}
    most_kept = max(100, KEPT_BITS // len(program.rules))
    known_ends = 0

    def step(state: LineState) -> None:
        nonlocal known_ends
        if state.locked or state.price is None:
            return
        hits = rules_mask(state) & mask
        if not hits:
            return
        plan = kept.get(hits)
        if plan is None:
            if len(kept) >= most_kept:
                kept.clear()
            plan = kept[hits] = _plan(in_order(program.rules, hits))
        if plan.percentages:
            start = state.known_steps
            if start is None or state.steps or start.price is not state.price:
                _take_off(state, plan.percentages)
            else:
                end = plan.ends.get(start)
                if end is None:
                    known_ends += 1
                    if known_ends > MOST_KNOWN:
                        kept.clear()
                        known_ends = 1
                    end = plan.ends[start] = _end(state, plan.percentages)
                state.take_known(end)
        if plan.rules:
            run_rules(state, plan.rules)

    return step


PercentOff = tuple[Origin, Decimal, str]
"""A percentage that a rule always takes off: what acts, the percent points and the reason."""


class _Plan:
    """What the rules of a mask do.

    Attributes:
        percentages: that they take off before any of another kind acts.
        rules: from that one on.
        ends: the waterfall after the percentages, by the one that they met: most prices meet the same few rules.
    """

    __slots__ = ("ends", "percentages", "rules")

    def __init__(self, percentages: Sequence[PercentOff], rules: Sequence[CompiledRule]) -> None:
        self.percentages = percentages
        self.rules = rules
        self.ends: dict[KnownSteps, KnownSteps] = {}


def _plan(rules: Sequence[CompiledRule]) -> _Plan:
    percentages: list[PercentOff] = []
    for position, rule in enumerate(rules):
        if rule.percent_off is None:
            return _Plan(percentages, rules[position:])
        percentages.append(rule.percent_off)
    return _Plan(percentages, ())


def _end(state: LineState, percentages: Iterable[PercentOff]) -> KnownSteps:
    """What the waterfall of a line is after percentages."""
    _take_off(state, percentages)
    end = KnownSteps(state.waterfall)
    state.steps = []
    return end


def _take_off(state: LineState, percentages: Iterable[PercentOff]) -> None:
    """What most rules do, without the calls that other kinds need."""
    price = state.price
    assert price is not None
    per_line, steps = state.per_line, state.steps
    for origin, value, reason in percentages:
        before = price
        price = before - before * value / HUNDRED
        steps.append(new_tuple(Adjustment, (origin, value, before, price, per_line, 0, reason)))
    state.price = price


def run_rules(state: LineState, rules: Iterable[CompiledRule]) -> None:
    """Let rules whose indexed conditions hold act, in the order in which they stand."""
    waiting: list[RuleEffect] = []
    for rule in rules:
        if waiting and rule.group != waiting[0].rule.group:
            _run_group(state, waiting)
            waiting = []
        if rule.percent_off is not None:
            _take_off(state, (rule.percent_off,))
            continue
        effect = rule.constant_effect or effect_of(rule, state)
        if effect is None:
            continue
        if rule.stacked:
            _act(state, effect)
        else:
            waiting.append(effect)
    if waiting:
        _run_group(state, waiting)


def in_order(rules: Sequence[CompiledRule], hits: int) -> tuple[CompiledRule, ...]:
    """The rules of a mask, the first to act in front."""
    found = []
    while hits:
        bit = hits.bit_length() - 1
        hits ^= 1 << bit
        found.append(rules[bit])
    return tuple(found)


def rules_mask(state: LineState) -> int:
    """The rules whose indexed conditions hold for the line, worked out once."""
    mask = state.mask
    if mask is None:
        index = state.quote.program.rules.index
        mask = state.quote.mask
        if index.reads_products:
            mask &= index.product_mask(state.product.product.sku, state.product.facts)
        if mask:
            mask = index.line_mask(state if index.reads_attributes else facts_of(state), mask)
        state.mask = mask
    return mask


def applicable(state: LineState, hits: int) -> Iterator[RuleEffect]:
    """The rules among `hits` that apply, in the order in which they act."""
    for rule in in_order(state.quote.program.rules.rules, hits):
        effect = effect_of(rule, state)
        if effect is not None:
            yield effect


def effect_of(rule: CompiledRule, state: LineState) -> RuleEffect | None:
    """What a rule whose indexed conditions hold does to a line; None where it does not apply after all."""
    if rule.constant_effect is not None:
        return rule.constant_effect
    quote = state.quote
    if rule.currency and rule.currency != quote.currency.code:
        return None
    customer, facts, line, product = quote.customer, quote.facts, facts_of(state), state.product.facts
    if rule.residual is not None and not rule.residual(customer, facts, line, product):
        return None
    row, origin = None, rule.origin
    if rule.table is not None:
        hit = rule.table(customer, facts, line, product)
        if hit is None:
            return None
        row, origin = hit
    value = rule.value
    if not isinstance(value, Decimal):
        value = value(customer, facts, line, product, row)
        if value is None:
            return None
        if not isinstance(value, Decimal) or value < 0 or value.adjusted() > MAX_DIGITS:
            shown = str(value) if isinstance(value, Decimal) else repr(value)
            message = f"rule {rule.origin.id} gives {shown}; expected a number from 0 to below 10^29"
            state.violate("", "RULE_VALUE", message)
            return None
        if rule.origin.kind is PERCENT and value > HUNDRED:
            message = f"rule {rule.origin.id} takes off {plain(value)} %; expected at most 100"
            state.violate("", "RULE_VALUE", message)
            return None
    reason = rule.reason
    if not isinstance(reason, str):
        reason = reason(customer, facts, line, product, row)
    return RuleEffect(rule, origin, value, reason)


def _run_group(state: LineState, effects: list[RuleEffect]) -> None:
    """Let the rules of one group act on the running price, as its mode says."""
    group = state.quote.program.rules.groups[effects[0].rule.group]
    if any(effect.rule.on_line for effect in effects):
        state.to_line_amount()
    assert state.price is not None
    units = state.units
    scaled = [effect.scaled(units) for effect in effects]
    acted: set[int] = set()
    for position, before, after in group.apply(state.price, state.list_price * units, scaled):
        acted.add(position)
        effect = effects[position]
        state.price = after
        state.steps.append(Adjustment(effect.origin, effect.value, before, after, state.per_line, 0, effect.reason))
    if state.quote.quote.explain_alternatives:
        _note_losers(state, effects, acted)


def _act(state: LineState, effect: RuleEffect) -> None:
    """Let one rule act on the running price."""
    rule, value = effect.rule, effect.value
    kind = rule.origin.kind
    if rule.on_line:
        state.to_line_amount()
    before = state.price
    assert before is not None
    if kind is PERCENT:
        base = state.list_price * state.units if rule.percent_of is LIST else before
        after = before - base * value / HUNDRED
        if after < ZERO <= before:
            after = ZERO
    elif kind is AdjustmentKind.FEE:
        after = before + value
    elif kind is AdjustmentKind.FREE_UNITS:
        free = rule.free_of
        assert free is not None
        value = free.of(state.quantity)
        if not value:
            return
        after = before - before * value * free.percent / (state.quantity * HUNDRED)
    else:
        units = state.units
        after = effect.scaled(units).apply(before, state.list_price * units)
    state.price = after
    state.steps.append(Adjustment(effect.origin, value, before, after, state.per_line, 0, effect.reason))


def _note_losers(state: LineState, effects: list[RuleEffect], acted: set[int]) -> None:
    winners = ", ".join(effects[position].rule.origin.id for position in sorted(acted))
    group = state.quote.program.rules.groups[effects[0].rule.group]
    for position, effect in enumerate(effects):
        if position not in acted:
            reason = f"the group {group.name!r} takes the {group.mode.value} rule, which is {winners}"
            origin = effect.origin
            state.alternatives += (Alternative("rule", origin.id, origin.file, origin.line, reason),)

"""Rules on the quote: a discount or a fee on the total of all lines that a rule holds for, spread over them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from engine.money import HUNDRED, ZERO, Rounding, round_to
from engine.pricing.allocation import room, spread
from engine.pricing.program import RuleEffect
from engine.pricing.result import Alternative
from engine.pricing.stacking import PercentOf, StackingMode
from engine.pricing.state import LineState, QuoteState
from engine.pricing.steps.rules import effect_of, rules_mask
from engine.trace import AdjustmentKind

STEP = "quote"


class QuoteEffect(NamedTuple):
    """A rule on the quote that holds, and the lines that it holds for."""

    effect: RuleEffect
    lines: list[LineState]

    def asked(self) -> Decimal:
        """What the rule takes off the lines as they stand, exact; a fee is negative."""
        effect, rule = self.effect, self.effect.rule
        kind = effect.origin.kind
        if kind is AdjustmentKind.FEE:
            return -effect.value
        if kind is not AdjustmentKind.PERCENT:
            return effect.value
        of_list = rule.percent_of is PercentOf.LIST
        base = sum((line.list_total if of_list else line.amount for line in self.lines), ZERO)
        amount = base * effect.value / HUNDRED
        return amount if rule.maximum is None else min(amount, rule.maximum)


def apply_quote_rules(state: QuoteState) -> None:
    """Let the rules on the quote act, in their order, the members of a stacking group as its mode says."""
    program = state.program.rules
    hits = program.steps.get(STEP, 0) & state.mask
    waiting: list[QuoteEffect] = []
    while hits:
        bit = hits.bit_length() - 1
        hits ^= 1 << bit
        found = _held(state, bit)
        if found is None:
            continue
        rule = found.effect.rule
        if waiting and rule.group != waiting[0].effect.rule.group:
            _run_group(state, waiting)
            waiting = []
        if rule.stacked:
            _take(state, found, found.asked())
        else:
            waiting.append(found)
    if waiting:
        _run_group(state, waiting)


def _held(state: QuoteState, bit: int) -> QuoteEffect | None:
    """A rule with the lines that it holds for; None where there is none."""
    rule = state.program.rules.rules[bit]
    lines: list[LineState] = []
    effect: RuleEffect | None = None
    for line in state.lines:
        if line.locked or not line.price or not rules_mask(line) >> bit & 1:
            continue
        found = effect_of(rule, line)
        if found is not None:
            effect = effect or found
            lines.append(line)
    return None if effect is None else QuoteEffect(effect, lines)


def _run_group(state: QuoteState, members: list[QuoteEffect]) -> None:
    """Let the members of a group act on what the lines cost at its start, as its mode says."""
    group = state.program.rules.groups[members[0].effect.rule.group]
    asked = [member.asked() for member in members]
    acting = range(len(members))
    if group.mode is StackingMode.FIRST:
        acting = range(1)
    elif group.mode is StackingMode.BEST:
        taken = [min(amount, room(member.lines)) for member, amount in zip(members, asked, strict=True)]
        best = taken.index(max(taken))
        acting = range(best, best + 1)
    for position in acting:
        _take(state, members[position], asked[position])
    if not state.quote.explain_alternatives:
        return
    winner = members[acting[0]].effect.origin.id
    for position, member in enumerate(members):
        if position not in acting:
            reason = f"the group {group.name!r} takes the {group.mode.value} rule, which is {winner}"
            origin = member.effect.origin
            for line in member.lines:
                line.alternatives += (Alternative("rule", origin.id, origin.file, origin.line, reason),)


def _take(state: QuoteState, member: QuoteEffect, amount: Decimal) -> None:
    """Spread what a rule takes off or puts on; it never takes more than the lines' floors leave."""
    effect, lines = member.effect, member.lines
    amount = _rounded(state, amount, effect.rule.origin.id)
    if effect.origin.kind is not AdjustmentKind.FEE:
        amount = min(amount, round_to(room(lines), state.amount_digits))
        lines = [line for line in lines if line.amount > line.least]
    spread(lines, amount, state.amount_digits, effect.origin, effect.reason)


def _rounded(state: QuoteState, amount: Decimal, rule: str) -> Decimal:
    mode = state.program.rounding.mode
    rounded = round_to(amount, state.amount_digits, mode)
    if rounded != amount:
        state.roundings.append(Rounding(f"quote: {rule}", amount, rounded, mode))
    return rounded

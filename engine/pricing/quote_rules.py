"""Rules on the quote: a discount or a fee on the total of all lines that a rule holds for, spread over them."""

from __future__ import annotations

from decimal import Decimal

from engine.money import HUNDRED, ZERO, Rounding, round_to
from engine.pricing.allocation import room, spread
from engine.pricing.program import RuleEffect
from engine.pricing.state import LineState, QuoteState
from engine.pricing.steps.rules import effect_of, rules_mask
from engine.trace import AdjustmentKind

STEP = "quote"


def apply_quote_rules(state: QuoteState) -> None:
    """Let the rules on the quote act, in their order, each on what the one before it left."""
    program = state.program.rules
    hits = program.steps.get(STEP, 0) & state.mask
    while hits:
        bit = hits.bit_length() - 1
        hits ^= 1 << bit
        lines: list[LineState] = []
        effect: RuleEffect | None = None
        for line in state.lines:
            if line.locked or not line.price or not rules_mask(line) >> bit & 1:
                continue
            found = effect_of(program.rules[bit], line)
            if found is not None:
                effect = effect or found
                lines.append(line)
        if effect is not None:
            _apply(state, effect, lines)


def _apply(state: QuoteState, effect: RuleEffect, lines: list[LineState]) -> None:
    """Spread what the rule takes off or puts on; it never takes more than the lines' floors leave."""
    total = sum((line.amount for line in lines), ZERO)
    kind, rule = effect.origin.kind, effect.rule
    amount = effect.value
    if kind is AdjustmentKind.PERCENT:
        amount = total * effect.value / HUNDRED
        if rule.maximum is not None:
            amount = min(amount, rule.maximum)
    amount = _rounded(state, amount, rule.origin.id)
    if kind is AdjustmentKind.FEE:
        amount = -amount
    else:
        amount = min(amount, round_to(room(lines), state.amount_digits))
        lines = [line for line in lines if line.amount > line.least]
    spread(lines, amount, state.amount_digits, effect.origin, effect.reason)


def _rounded(state: QuoteState, amount: Decimal, rule: str) -> Decimal:
    mode = state.program.rounding.mode
    rounded = round_to(amount, state.amount_digits, mode)
    if rounded != amount:
        state.roundings.append(Rounding(f"quote: {rule}", amount, rounded, mode))
    return rounded

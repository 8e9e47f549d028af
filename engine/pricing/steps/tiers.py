"""The step `tiers`: what quantity and term make of the price, by the charge model of the chosen entry."""

from __future__ import annotations

from decimal import Decimal

from catalog.price import TierScope
from engine.money import ZERO
from engine.pricing.charges import Charged, Graduated, Volume
from engine.pricing.program import CompiledEntry
from engine.pricing.state import LineState
from engine.pricing.term import set_term
from engine.trace import Adjustment


def tier_price(state: LineState) -> None:
    """Apply the entry's charge model to the quantity of the line, or to that of all lines its tiers sum over."""
    entry = state.entry
    if entry is None:
        return
    if entry.entry.billing_period is not None:
        set_term(state, entry)
    if entry.charge is None or state.own_price is not None:
        return
    charged, explanation = _charge(state, entry)
    if charged.unit_price is not None:
        after = charged.unit_price
        state.waterfall.append(
            Adjustment(entry.tier_origin, after, state.price, after, False, charged.tier, explanation)
        )
        state.price = after
        return
    assert charged.amount is not None
    before = None if state.price is None else state.price * state.quantity * state.periods
    after = charged.amount if state.term is None else state.term.exact.of(charged.amount)
    state.per_line = True
    state.price = after
    state.list_amount = after if before is None else None
    state.waterfall.append(Adjustment(entry.tier_origin, after, before, after, True, charged.tier, explanation))


def _charge(state: LineState, entry: CompiledEntry) -> tuple[Charged, str]:
    charge, quantity = entry.charge, state.quantity
    assert charge is not None
    if entry.tier_scope is TierScope.LINE:
        return charge.charge(quantity), charge.explain(quantity)
    before, reached = _quantities_in_scope(state, entry)
    words = f"; {reached.normalize():f} units over the {entry.tier_scope.value} choose the tier"
    if isinstance(charge, Volume):
        return charge.charge(quantity, reached), charge.explain(quantity, reached) + words
    if isinstance(charge, Graduated):
        return charge.charge(quantity, before), charge.explain(quantity, before) + words
    return charge.charge(quantity), charge.explain(quantity)


def _quantities_in_scope(state: LineState, entry: CompiledEntry) -> tuple[Decimal, Decimal]:
    """Units of the scope on earlier lines, and on all lines."""
    product = state.product.product
    before = reached = ZERO
    passed = False
    for other in state.quote.lines:
        passed = passed or other is state
        same = (
            entry.tier_scope is TierScope.QUOTE
            or (entry.tier_scope is TierScope.FAMILY and other.product.product.family == product.family)
            or other.product.product.sku == product.sku
        )
        if same:
            reached += other.quantity
            if not passed:
                before += other.quantity
    return before, reached

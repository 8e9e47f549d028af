"""The step `tiers`: what quantity and term make of the price, by the charge model of the chosen entry."""

from __future__ import annotations

from decimal import Decimal

from catalog.price import TierBounds, TierScope
from engine.money import ZERO, plain
from engine.pricing.charges import Charged, ChargeModel, Graduated, GraduatedByAmount, Volume, total
from engine.pricing.foreign import converted_amount
from engine.pricing.program import CompiledEntry
from engine.pricing.state import LineState
from engine.pricing.term import set_term
from engine.pricing.transactions import of_transactions
from engine.trace import Adjustment, new_tuple

# Reading a member of an enumeration from its class, or joining classes, costs as much as the arithmetic here.
LINE, FAMILY, QUOTE = TierScope.LINE, TierScope.FAMILY, TierScope.QUOTE
GRADUATED = (Graduated, GraduatedByAmount)


def tier_price(state: LineState) -> None:
    """Apply the entry's charge model to the quantity of the line, or to that of all lines its tiers sum over."""
    entry = state.entry
    if entry is None or entry.is_plain:
        return
    if entry.entry.billing_period is not None:
        set_term(state, entry)
    if entry.charge is None or state.own_price is not None:
        return
    charge: ChargeModel | None = entry.charge
    if entry.model_name == "percentage":
        if state.source is not None:
            message = f"a price by percentage is not converted: SKU {state.line.sku} has one in {state.source.currency}"
            state.violate(".sku", "NO_PRICE", message)
            return
        charge = of_transactions(state, entry.charge)
    found = None if charge is None else _charge(state, entry, charge)
    if found is None:
        return
    charged, explanation = found
    after = charged.unit_price
    if after is not None:
        if state.source is not None:
            after, explanation = converted_amount(state, after, explanation)
        step = (entry.tier_origin, after, state.price, after, False, charged.tier, explanation)
        state.steps.append(new_tuple(Adjustment, step))
        state.price = after
        return
    assert charged.amount is not None
    amount, explanation = converted_amount(state, charged.amount, explanation)
    before = None if state.price is None else state.whole(state.price)
    after = amount if state.term is None else state.term.exact.of(amount)
    if state.term is not None and after != amount:
        explanation = f"{explanation}; x {state.term.words}"
    state.per_line = True
    state.price = after
    if before is None and not state.list_price:
        state.list_amount = after
    state.steps.append(Adjustment(entry.tier_origin, after, before, after, True, charged.tier, explanation))


def _charge(state: LineState, entry: CompiledEntry, charge: ChargeModel) -> tuple[Charged, str] | None:
    """What the model charges and how; None with a violation where its tiers end below the quantity."""
    quantity = state.quantity
    if isinstance(charge, Volume) and state.scope is None and not entry.by_amount and entry.last_bound is None:
        return charge.explained(quantity)  # nearly all
    own = quantity * entry.unit_price if entry.by_amount and entry.unit_price else quantity
    before, reached = state.scope or (ZERO, own)
    if entry.last_bound is not None and _is_above(reached, entry):
        what = "block" if entry.model_name == "block" else "tier"
        unit = f"an amount of {plain(reached)}" if entry.by_amount else f"{plain(reached)} units"
        message = f"no price for {unit} of SKU {state.line.sku}: the last {what} ends at {plain(entry.last_bound)}"
        state.violate(".quantity", "NO_PRICE", message)
        return None
    words = ""
    if state.scope is not None:
        measure = "an amount of " if entry.by_amount else ""
        unit = "" if entry.by_amount else " units"
        words = f"; {measure}{plain(reached)}{unit} over the {entry.tier_scope} choose the tier"
    elif entry.by_amount and isinstance(charge, Volume):
        words = f"; an amount of {plain(reached)} chooses the tier"
    if isinstance(charge, Volume):
        charged, explanation = charge.explained(quantity, reached)
        return charged, explanation + words
    if isinstance(charge, GRADUATED):
        return charge.charge(quantity, before), charge.explain(quantity, before) + words
    if not before:
        return charge.charge(quantity), charge.explain(quantity)
    return _difference(charge, before, quantity)


def _difference(charge: ChargeModel, before: Decimal, quantity: Decimal) -> tuple[Charged, str]:
    """What a line adds to the charge of the lines before it, whose units stand in the same blocks."""
    together = before + quantity
    charged = charge.charge(together)
    already = total(charge.charge(before), before)
    words = f"{charge.explain(together)}, less {plain(already)} on the lines before"
    return Charged(None, total(charged, together) - already, charged.tier), words


def _is_above(reached: Decimal, entry: CompiledEntry) -> bool:
    assert entry.last_bound is not None
    upper = entry.bounds is TierBounds.UPPER_INCLUSIVE
    return reached > entry.last_bound if upper else reached >= entry.last_bound


def measure_scopes(lines: list[LineState], tiered: list[LineState]) -> None:
    """Tell each of the tiered lines whose tiers several lines reach together what those before it and all of them have.

    Segments of a ramp follow each other in time: each counts for itself alone.
    """
    scoped = [line for line in tiered if line.entry is not None and line.entry.tier_scope is not LINE]
    if not scoped:
        return
    counted = [line for line in lines if not line.in_ramp]
    for kind, by_amount in {(line.entry.tier_scope, line.entry.by_amount) for line in scoped if line.entry is not None}:
        sums: dict[str, Decimal] = {}
        before: list[tuple[LineState, str, Decimal]] = []
        for line in counted:
            entry, product = line.entry, line.product.product
            # A product of no family is a family of its own.
            name = product.sku
            if kind is QUOTE:
                name = ""
            elif kind is FAMILY and product.family:
                name = f"family {product.family}"
            earlier = sums.get(name, ZERO)
            if entry is not None and entry.tier_scope is kind and entry.by_amount is by_amount:
                before.append((line, name, earlier))
            sums[name] = earlier + (line.list_price * line.quantity if by_amount else line.quantity)
        for line, name, earlier in before:
            line.scope = (earlier, sums[name])

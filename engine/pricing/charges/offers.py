"""What more units would bring: the tiers above a quantity, and what the line would cost there."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from catalog.price import TierBounds
from engine.money import ONE
from engine.pricing.charges.model import total
from engine.pricing.charges.tiered import Block, Graduated, Volume


class TierOffer(NamedTuple):
    """The smallest quantity that reaches a higher tier.

    Attributes:
        quantity: to order instead.
        tier: 1-based number of the tier that it reaches.
        amount: what that quantity costs.
        saving: what the line would cost less than now; negative where it would cost more.
    """

    quantity: Decimal
    tier: int
    amount: Decimal
    saving: Decimal


def tier_offers(model: Volume | Graduated | Block, quantity: Decimal, step: Decimal = ONE) -> list[TierOffer]:
    """One offer for each tier above the one that `quantity` reaches, lowest quantity first.

    With 100 and more at 1.49 instead of 2.00, 95 units offer "5 more units save 41.00".

    Args:
        model: the charge of the line.
        quantity: units on the line now.
        step: units are sold in whole multiples of this, above 0.
    """
    now = model.charge(quantity)
    now_amount = total(now, quantity)
    offers = []
    for i in range(now.tier, len(model.ends) + 1):
        reaching = _first_multiple(model.ends[i - 1], step, model.bounds) if i else step
        charged = model.charge(reaching)
        if charged.tier == i + 1:
            amount = total(charged, reaching)
            offers.append(TierOffer(reaching, charged.tier, amount, now_amount - amount))
    return offers


def _first_multiple(bound: Decimal, step: Decimal, bounds: TierBounds) -> Decimal:
    """The smallest multiple of the step in the tier above a bound."""
    steps, rest = divmod(bound, step)
    if rest or bounds is TierBounds.UPPER_INCLUSIVE:
        steps += ONE
    return steps * step

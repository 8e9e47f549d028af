"""Graduated charges whose tiers are reached by amount: each part of the amount at list price pays its own tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.price import TierBounds
from engine.money import ZERO, plain
from engine.pricing.charges.model import Charged
from engine.pricing.charges.tiered import Graduated
from engine.pricing.charges.tiers import Tier, ZeroQuantity


@dataclass(frozen=True, slots=True)
class GraduatedByAmount:
    """Tiers bound by the amount at the first tier's unit price, the price that holds before tiers.

    The units in a slice of the amount are slice / first unit price. To stay exact the amounts are charged first and
    divided once, at the end.

    Attributes:
        model: over amounts, its flat fees multiplied by `unit_price`.
        unit_price: of the first tier, above 0.
    """

    model: Graduated
    unit_price: Decimal

    @classmethod
    def compile(
        cls,
        tiers: Sequence[Tier],
        bounds: TierBounds = TierBounds.UPPER_INCLUSIVE,
        zero_quantity: ZeroQuantity = ZeroQuantity.FREE,
    ) -> GraduatedByAmount:
        """The model for tiers without problems, the first with a unit price above 0.

        Raises:
            ValueError: the tiers have problems.
        """
        first = tiers[0].unit_price
        scaled = [tier._replace(flat_fee=tier.flat_fee * first) for tier in tiers]
        return cls(Graduated.compile(scaled, bounds, zero_quantity), first)

    def charge(self, quantity: Decimal, before: Decimal = ZERO) -> Charged:
        """What `quantity` units cost that follow on an amount of `before` on earlier lines."""
        charged = self.model.charge(quantity * self.unit_price, before)
        assert charged.amount is not None
        return Charged(None, charged.amount / self.unit_price, charged.tier)

    def explain(self, quantity: Decimal, before: Decimal = ZERO) -> str:
        """For example "(1000 x 10, 500 x 9) / 10 for an amount of 1500"."""
        amount = quantity * self.unit_price
        slices = self.model.explain(amount, before)
        return f"({slices}) / {plain(self.unit_price)} for an amount of {plain(amount)}"

"""Usage: free units, a commitment, a minimum and a maximum charge around any charge model."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import ZERO, plain
from engine.pricing.charges.derived import explain_limit, limited
from engine.pricing.charges.model import Charged, ChargeModel, total
from engine.pricing.problem import Problem


@dataclass(frozen=True, slots=True)
class Commitment:
    """Units bought in advance for one amount, due whether they are used or not.

    Attributes:
        units: covered by the amount.
        amount: for all of them.
    """

    units: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """Rated quantities of a billing period through a charge model.

    Free units are taken off first, then committed units; the model sees what is left, so its tiers start there.
    The minimum and the maximum charge hold for the sum of commitment and model.

    Attributes:
        model: price of the units that are neither free nor committed.
        free_units: not charged.
        commitment: units bought in advance; None for none.
        minimum_charge: charged at least for the period.
        maximum_charge: charged at most; None for no limit.
        minimum_quantity: units that the model charges at least (take or pay).
    """

    model: ChargeModel
    free_units: Decimal = ZERO
    commitment: Commitment | None = None
    minimum_charge: Decimal = ZERO
    maximum_charge: Decimal | None = None
    minimum_quantity: Decimal = ZERO

    def charge(self, quantity: Decimal) -> Charged:
        """The charge for the usage of one billing period."""
        amount, tier = self._before_limits(quantity)
        return Charged(None, limited(amount, self.minimum_charge, self.maximum_charge), tier)

    def explain(self, quantity: Decimal) -> str:
        """For example "commitment 500, 20 x 0.05 after 10 free and 1000 committed, at least 600"."""
        amount, _ = self._before_limits(quantity)
        taken_off = [f"{plain(self.free_units)} free"] if self.free_units else []
        parts = []
        if self.commitment is not None:
            parts.append(f"commitment {plain(self.commitment.amount)}")
            taken_off.append(f"{plain(self.commitment.units)} committed")
        after = f" after {' and '.join(taken_off)}" if taken_off else ""
        least = " as the least quantity" if self.minimum_quantity > max(self._left(quantity), ZERO) else ""
        parts.append(self.model.explain(self._rated(quantity)) + least + after)
        return ", ".join(parts) + explain_limit(amount, self.minimum_charge, self.maximum_charge)

    def _left(self, quantity: Decimal) -> Decimal:
        """Units that are neither free nor committed; negative where the allowance is not used up."""
        left = quantity - self.free_units
        return left if self.commitment is None else left - self.commitment.units

    def _rated(self, quantity: Decimal) -> Decimal:
        """The units that the model charges."""
        return max(self._left(quantity), self.minimum_quantity)

    def _before_limits(self, quantity: Decimal) -> tuple[Decimal, int]:
        """Commitment and model together, and the model's tier."""
        rated = self._rated(quantity)
        charged = self.model.charge(rated)
        committed = ZERO if self.commitment is None else self.commitment.amount
        return committed + total(charged, rated), charged.tier


def usage_problems(usage: Usage) -> list[Problem]:
    """What keeps usage terms from being used: negative figures, a minimum above the maximum."""
    figures = [
        ("free_units", usage.free_units),
        ("minimum_quantity", usage.minimum_quantity),
        ("minimum_charge", usage.minimum_charge),
    ]
    if usage.commitment is not None:
        figures += [("commitment.units", usage.commitment.units), ("commitment.amount", usage.commitment.amount)]
    problems = [
        Problem(name, f"{name} {plain(value)} is negative; expected 0 or more") for name, value in figures if value < 0
    ]
    if usage.maximum_charge is not None and usage.maximum_charge < usage.minimum_charge:
        limits = f"maximum_charge {plain(usage.maximum_charge)} is below minimum_charge {plain(usage.minimum_charge)}"
        problems.append(Problem("maximum_charge", limits))
    return problems

"""Tiered charges: volume (all units at the price of the tier reached), graduated (each at its own tier's), block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.price import TierBounds
from engine.money import ZERO, plain
from engine.pricing.charges.model import Charged
from engine.pricing.charges.tiers import (
    Find,
    Tier,
    ZeroQuantity,
    explain_packages,
    finder,
    inner_bounds,
    started_packages,
)

NOTHING = Charged(None, ZERO, 0)


@dataclass(frozen=True, slots=True)
class Volume:
    """All units at the price of the tier reached, plus that tier's flat fee.

    Attributes:
        tiers: as written.
        bounds: which tier covers a bound.
        zero_quantity: whether zero units cost the first tier's flat fee.
        ends: bounds between the tiers.
    """

    tiers: tuple[Tier, ...]
    bounds: TierBounds
    zero_quantity: ZeroQuantity
    ends: tuple[Decimal, ...]
    _find: Find
    _by_unit: tuple[Charged | None, ...]  # made once for the tiers without a flat fee
    _rates: tuple[str, ...]  # what follows the units in the explanation of those

    @classmethod
    def compile(
        cls,
        tiers: Sequence[Tier],
        bounds: TierBounds = TierBounds.UPPER_INCLUSIVE,
        zero_quantity: ZeroQuantity = ZeroQuantity.FREE,
    ) -> Volume:
        """The model for tiers without problems.

        Raises:
            ValueError: the tiers have problems.
        """
        by_unit = tuple(
            None if tier.flat_fee or tier.package_size is not None else Charged(tier.unit_price, None, i + 1)
            for i, tier in enumerate(tiers)
        )
        rates = tuple(f" x {plain(tier.unit_price)}" for tier in tiers)
        return cls(tuple(tiers), bounds, zero_quantity, inner_bounds(tiers), finder(bounds), by_unit, rates)

    def charge(self, quantity: Decimal, reached: Decimal | None = None) -> Charged:
        """What `quantity` units cost.

        Args:
            quantity: units of the line.
            reached: quantity or amount that chooses the tier where it is not the line's own (summed over lines, say).
        """
        i = self._find(self.ends, quantity if reached is None else reached)
        by_unit = self._by_unit[i]
        if by_unit is not None:
            return by_unit
        if not quantity and self.zero_quantity is ZeroQuantity.FREE:
            return NOTHING
        tier = self.tiers[i]
        return Charged(None, tier.packages(quantity) * tier.unit_price + tier.flat_fee, i + 1)

    def explain(self, quantity: Decimal, reached: Decimal | None = None) -> str:
        """For example "100 x 2 + 10"."""
        i = self._find(self.ends, quantity if reached is None else reached)
        if self._by_unit[i] is not None:
            return f"{plain(quantity)}{self._rates[i]}"
        charged = self.charge(quantity, reached)
        if not charged.tier:
            return "nothing for 0 units"
        tier = self.tiers[charged.tier - 1]
        return explain_slice(tier.packages(quantity), tier, tier.flat_fee)

    def explained(self, quantity: Decimal, reached: Decimal | None = None) -> tuple[Charged, str]:
        """What `charge` and `explain` give, mostly at the cost of one of them."""
        i = self._find(self.ends, quantity if reached is None else reached)
        by_unit = self._by_unit[i]
        if by_unit is not None:
            return by_unit, f"{plain(quantity)}{self._rates[i]}"
        return self.charge(quantity, reached), self.explain(quantity, reached)


@dataclass(frozen=True, slots=True)
class Graduated:
    """Each unit at the price of its own tier, plus the flat fee of every tier entered.

    Attributes:
        tiers: as written.
        bounds: which tier covers one of `ends`.
        zero_quantity: whether zero units cost the first tier's flat fee.
        ends: bounds between the tiers.
    """

    tiers: tuple[Tier, ...]
    bounds: TierBounds
    zero_quantity: ZeroQuantity
    ends: tuple[Decimal, ...]
    _find: Find
    _starts: tuple[Decimal, ...]
    _charged_before: tuple[Decimal, ...]  # all lower tiers in full, and the flat fee of the tier itself
    _explained_before: tuple[str, ...]  # all lower tiers in full

    @classmethod
    def compile(
        cls,
        tiers: Sequence[Tier],
        bounds: TierBounds = TierBounds.UPPER_INCLUSIVE,
        zero_quantity: ZeroQuantity = ZeroQuantity.FREE,
        step: Decimal | None = None,
    ) -> Graduated:
        """The model for tiers without problems.

        Args:
            tiers: in rising order, the last one open.
            bounds: which tier covers a bound.
            zero_quantity: whether zero units cost the first tier's flat fee.
            step: with lower-inclusive bounds and quantities that are whole multiples of a step: the unit numbered
                by a bound is the first of the next tier, so "from 10" leaves 9 units in the tier before.
                Without it quantities are continuous, and at the bound the next tier is entered with no unit in it.

        Raises:
            ValueError: the tiers have problems.
        """
        if bounds is TierBounds.UPPER_INCLUSIVE:
            step = None
        ends = inner_bounds(tiers, step)
        if step is not None:
            ends, bounds = tuple(end - step for end in ends), TierBounds.UPPER_INCLUSIVE
        starts = (ZERO, *ends)
        charged, before, text, texts = ZERO, [], "", []
        for i, tier in enumerate(tiers):
            charged += tier.flat_fee
            before.append(charged)
            texts.append(text)
            if i < len(ends):
                counted = tier.packages(ends[i] - starts[i])
                charged += counted * tier.unit_price
                text += explain_slice(counted, tier, tier.flat_fee) + ", "
        return cls(tuple(tiers), bounds, zero_quantity, ends, finder(bounds), starts, tuple(before), tuple(texts))

    def charge(self, quantity: Decimal, before: Decimal = ZERO) -> Charged:
        """What `quantity` units cost that follow on `before` units already charged.

        Args:
            quantity: units of the line.
            before: units that earlier lines of the same scope, or earlier usage of the period, took from the tiers.
        """
        if before:
            amount, tier = self._up_to(before + quantity)
            return Charged(None, amount - self._up_to(before)[0], tier)
        return Charged(None, *self._up_to(quantity))

    def _up_to(self, quantity: Decimal) -> tuple[Decimal, int]:
        if not quantity and self.zero_quantity is ZeroQuantity.FREE:
            return ZERO, 0
        i = self._find(self.ends, quantity)
        tier = self.tiers[i]
        units = quantity - self._starts[i]
        if tier.package_size is not None:
            units = started_packages(units, tier.package_size)
        return self._charged_before[i] + units * tier.unit_price, i + 1

    def explain(self, quantity: Decimal, before: Decimal = ZERO) -> str:
        """For example "10 x 10 + 2, 2 x 5 + 3"; a tier entered by units before pays no second flat fee."""
        last = self._up_to(before + quantity)[1]
        if not last:
            return "nothing for 0 units"
        if not before:
            tier = self.tiers[last - 1]
            counted = tier.packages(quantity - self._starts[last - 1])
            return self._explained_before[last - 1] + explain_slice(counted, tier, tier.flat_fee)
        first = self._up_to(before)[1]
        slices = []
        for i in range(max(first - 1, 0), last):
            end = before + quantity if i == last - 1 else self.ends[i]
            tier = self.tiers[i]
            already = max(before - self._starts[i], ZERO)
            counted = tier.packages(end - self._starts[i]) - tier.packages(already)
            fee = tier.flat_fee if i >= first else ZERO
            if counted or fee:
                slices.append(explain_slice(counted, tier, fee))
        return ", ".join(slices) or f"nothing for {plain(quantity)} units"


@dataclass(frozen=True, slots=True)
class Block:
    """One total price for the block that holds the quantity (stairstep), and a price for each unit above the last.

    Attributes:
        blocks: `flat_fee` is the price of the block; the last one, open, holds the overage: the price of the last
            real block as `flat_fee`, the overage price as `unit_price`.
        bounds: which block covers a bound.
        zero_quantity: whether zero units cost the first block.
        ends: last quantity of each block but the open one.
    """

    blocks: tuple[Tier, ...]
    bounds: TierBounds
    zero_quantity: ZeroQuantity
    ends: tuple[Decimal, ...]
    _find: Find
    _starts: tuple[Decimal, ...]
    _in_block: tuple[Charged | None, ...]  # made once for the blocks without a price for extra units

    @classmethod
    def compile(
        cls,
        blocks: Sequence[Tier],
        overage_price: Decimal | None = None,
        bounds: TierBounds = TierBounds.UPPER_INCLUSIVE,
        zero_quantity: ZeroQuantity = ZeroQuantity.FREE,
    ) -> Block:
        """The model for blocks without problems.

        Args:
            blocks: rising; the price of a block is its `flat_fee`, and its `unit_price`, if any, is charged for each
                unit above the block before it.
            overage_price: price of each unit above the last block; None where the last block is open.
            bounds: which block covers a bound.
            zero_quantity: whether zero units cost the first block.

        Raises:
            ValueError: the blocks have problems, or neither an open block nor an overage price covers large quantities.
        """
        if overage_price is not None and blocks:
            blocks = [*blocks, Tier(None, overage_price, blocks[-1].flat_fee)]
        ends = inner_bounds(blocks)
        fixed = (None if block.unit_price else Charged(None, block.flat_fee, i + 1) for i, block in enumerate(blocks))
        return cls(tuple(blocks), bounds, zero_quantity, ends, finder(bounds), (ZERO, *ends), tuple(fixed))

    def charge(self, quantity: Decimal) -> Charged:
        """What `quantity` units cost; the tier is the number of the block."""
        if not quantity and self.zero_quantity is ZeroQuantity.FREE:
            return NOTHING
        i = self._find(self.ends, quantity)
        fixed = self._in_block[i]
        if fixed is not None:
            return fixed
        block = self.blocks[i]
        return Charged(None, block.flat_fee + (quantity - self._starts[i]) * block.unit_price, i + 1)

    def explain(self, quantity: Decimal) -> str:
        """For example "500 for up to 100" or, above the last block, "500 + 5 x 3 above 100"."""
        charged = self.charge(quantity)
        if not charged.tier:
            return "nothing for 0 units"
        block, start = self.blocks[charged.tier - 1], self._starts[charged.tier - 1]
        if block.unit_price:
            return (
                f"{plain(block.flat_fee)} + {plain(quantity - start)} x {plain(block.unit_price)} above {plain(start)}"
            )
        if block.up_to is None:
            return f"{plain(block.flat_fee)} for more than {plain(start)}"
        return f"{plain(block.flat_fee)} for up to {plain(block.up_to)}"


def explain_slice(counted: Decimal, tier: Tier, flat_fee: Decimal) -> str:
    """Units or packages of one tier: "10 x 10 + 2", "5 packages of 1000 x 1.00"."""
    units = plain(counted) if tier.package_size is None else explain_packages(counted, tier.package_size)
    fee = f" + {plain(flat_fee)}" if flat_fee else ""
    return f"{units} x {plain(tier.unit_price)}{fee}"

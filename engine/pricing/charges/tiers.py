"""Tiers: the ranges that volume, graduated and block charges share, and what can be wrong with them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from catalog.price import TierBounds
from engine.money import ONE, ZERO, plain
from engine.pricing.problem import Problem

Find = Callable[[Sequence[Decimal], Decimal], int]
"""The index of the tier that covers a quantity, among the bounds of all tiers but the open one."""


def finder(bounds: TierBounds) -> Find:
    """What finds tiers whose bounds belong to one side or the other."""
    return bisect_left if bounds is TierBounds.UPPER_INCLUSIVE else bisect_right


class ZeroQuantity(StrEnum):
    """What zero units cost where the first tier has a flat fee; systems disagree, so a price list chooses.

    Attributes:
        FREE: no unit enters no tier: nothing is charged.
        FLAT_FEE: the first tier counts as entered: its flat fee is charged.
    """

    FREE = "free"
    FLAT_FEE = "flat_fee"


class Tier(NamedTuple):
    """One range of quantities or amounts.

    Attributes:
        up_to: bound to the next tier; None for the last, open one.
        unit_price: price of a unit (of a package where the tier has a package size), or rate of an amount as a
            fraction (0.02 is 2 %).
        flat_fee: charged once where the tier is reached (volume) or entered (graduated); the block's price in a block.
        package_size: units in a package, a started one is charged in full; None charges by the unit. A graduated
            charge counts packages in each tier for itself.
    """

    up_to: Decimal | None
    unit_price: Decimal = ZERO
    flat_fee: Decimal = ZERO
    package_size: Decimal | None = None

    def packages(self, units: Decimal) -> Decimal:
        """What the price is multiplied by for units of this tier: the units, or the packages started."""
        return units if self.package_size is None else started_packages(units, self.package_size)


def started_packages(units: Decimal, size: Decimal) -> Decimal:
    """Packages that hold the units, the last one perhaps in part.

    Raises:
        decimal.InvalidOperation: their number has more than 34 digits.
    """
    whole, rest = divmod(units, size)
    return whole + ONE if rest else whole


def explain_packages(count: Decimal, size: Decimal) -> str:
    """For example "13 packages of 10"."""
    return f"{plain(count)} package{'' if count == 1 else 's'} of {plain(size)}"


def tier_problems(tiers: Sequence[Tier], field: str = "tiers", step: Decimal | None = None) -> list[Problem]:
    """What keeps tiers from being used: none at all, bounds that do not rise, negative figures, no open last tier.

    Args:
        tiers: in the order written.
        field: path of the list, the start of every reported path.
        step: with which a graduated charge numbers its units, see there; the first tier must hold one.
    """
    if not tiers:
        return [Problem(field, "no tiers: at least one, open at its end, is needed")]
    problems = []
    if step is not None and tiers[0].up_to is not None and 0 < tiers[0].up_to <= step:
        message = f"the first tier ends at {plain(tiers[0].up_to)} and holds no unit with a step of {plain(step)}"
        problems.append(Problem(f"{field}[0].up_to", message))
    previous = ZERO
    for i, tier in enumerate(tiers):
        at = f"{field}[{i}]"
        problems += [
            Problem(f"{at}.{name}", f"{name} {plain(value)} is negative; expected 0 or more")
            for name, value in (("unit_price", tier.unit_price), ("flat_fee", tier.flat_fee))
            if value < 0
        ]
        if tier.package_size is not None and tier.package_size <= 0:
            message = f"a package holds {plain(tier.package_size)} units; expected more than 0"
            problems.append(Problem(f"{at}.package_size", message))
        last = i == len(tiers) - 1
        if tier.up_to is None:
            if not last:
                problems.append(Problem(f"{at}.up_to", "a tier without up_to is open; only the last tier can be"))
            continue
        if tier.up_to <= previous:
            problems.append(Problem(f"{at}.up_to", _not_rising(tier.up_to, previous, i)))
        previous = max(previous, tier.up_to)
        if last:
            message = f"quantities above {plain(tier.up_to)} have no price; leave up_to out of the last tier"
            problems.append(Problem(f"{at}.up_to", message))
    return problems


def block_problems(blocks: Sequence[Tier], overage_price: Decimal | None, field: str = "blocks") -> list[Problem]:
    """What keeps blocks from being used; with an overage price the last block has a bound, without one it is open."""
    bounded = overage_price is not None and bool(blocks)
    problems = tier_problems([*blocks, Tier(None)] if bounded else blocks, field)
    if overage_price is not None and overage_price < 0:
        problems.append(
            Problem("overage_price", f"overage_price {plain(overage_price)} is negative; expected 0 or more")
        )
    for i, block in enumerate(blocks):
        if block.package_size is not None:
            problems.append(Problem(f"{field}[{i}].package_size", "a block has one price, not one for each package"))
    return problems


def _not_rising(up_to: Decimal, previous: Decimal, index: int) -> str:
    if index == 0 or up_to <= 0:
        return f"the tier ends at {plain(up_to)}; expected a bound above 0"
    return f"up_to {plain(up_to)} is not above the previous bound {plain(previous)}: the tiers overlap"


def inner_bounds(tiers: Sequence[Tier], step: Decimal | None = None) -> tuple[Decimal, ...]:
    """The bounds between the tiers, one less than there are tiers.

    Raises:
        ValueError: the tiers have problems; ask `tier_problems` first to tell them well.
    """
    problems = tier_problems(tiers, step=step)
    if problems:
        raise ValueError("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
    return tuple(tier.up_to for tier in tiers if tier.up_to is not None)

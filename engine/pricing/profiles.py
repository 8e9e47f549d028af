"""Semantics profiles: the choices that systems make differently, under names that a rulebook gives them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalog.price import TierBounds
from engine.pricing.charges import ZeroQuantity


class PriceChoice(StrEnum):
    """Which of several applicable prices wins; names as in rulebook.yaml.

    Attributes:
        SPECIFIC: the most specific scope, then target, priority and start of validity.
        LOWEST: the lowest unit price of all that apply, whatever their scope; of equals the more specific.
    """

    SPECIFIC = "specific"
    LOWEST = "lowest"


class UnitRounding(StrEnum):
    """Whether a unit price is rounded before it is multiplied; names as in rulebook.yaml.

    Attributes:
        UNIT: the net unit price is rounded to the price list's precision, then multiplied and rounded as a line.
        LINE: only the amount of the line is rounded.
    """

    UNIT = "unit"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to settle what the trade disagrees on.

    Attributes:
        name: as in rulebook.yaml.
        description: whose habits these are.
        bounds: which tier holds a bound, in every price list; None leaves it to each list.
        zero_quantity: what no units cost where the first tier has a flat fee.
        price_choice: which of several applicable prices wins.
        rounding: whether unit prices are rounded.
    """

    name: str
    description: str
    bounds: TierBounds | None = None
    zero_quantity: ZeroQuantity = ZeroQuantity.FREE
    price_choice: PriceChoice = PriceChoice.SPECIFIC
    rounding: UnitRounding = UnitRounding.UNIT


STANDARD = Profile("standard", "what this guide describes")

PROFILES = {
    profile.name: profile
    for profile in (
        STANDARD,
        Profile(
            "subscription_billing",
            "usage and subscription billing: unit prices of any precision, a flat fee for every period",
            zero_quantity=ZeroQuantity.FLAT_FEE,
            rounding=UnitRounding.LINE,
        ),
        Profile(
            "discount_schedule",
            "configure-price-quote systems: a tier starts with its lower bound",
            bounds=TierBounds.LOWER_INCLUSIVE,
        ),
        Profile(
            "best_price",
            "enterprise resource planning: quantity breaks by least quantity, the lowest price is the customer's",
            bounds=TierBounds.LOWER_INCLUSIVE,
            price_choice=PriceChoice.LOWEST,
        ),
    )
}
"""The profiles that a rulebook can name; each of their choices can be overridden there."""

"""What every charge model answers, and the protocol they share."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Protocol


class Charged(NamedTuple):
    """What a model charges for a quantity: a price per unit or one amount for the whole line, never both.

    Attributes:
        unit_price: price of each unit, where the model has one price for all of them; exact, not rounded.
        amount: charge for the whole quantity, where it is no multiple of one unit price; exact, not rounded.
        tier: 1-based number of the tier reached; 0 where the model has no tiers or none was entered.
    """

    unit_price: Decimal | None
    amount: Decimal | None
    tier: int


class ChargeModel(Protocol):
    """A charge compiled from the catalogue: pure, immutable, shared by all requests."""

    def charge(self, quantity: Decimal) -> Charged:
        """What `quantity` units cost; `quantity` is not negative."""
        ...

    def explain(self, quantity: Decimal) -> str:
        """The calculation of `charge` on one line, to be followed by hand."""
        ...


def total(charged: Charged, quantity: Decimal) -> Decimal:
    """The charge for the whole quantity, however the model expressed it."""
    if charged.amount is not None:
        return charged.amount
    assert charged.unit_price is not None
    return charged.unit_price * quantity

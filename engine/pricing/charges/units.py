"""Charges without tiers: one price per unit, one price per started package."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from catalog.price import PackageRounding
from engine.money import ZERO, plain
from engine.pricing.charges.model import Charged
from engine.pricing.charges.tiers import explain_packages, started_packages
from engine.pricing.problem import Problem


@dataclass(frozen=True, slots=True)
class PerUnit:
    """Unit price x quantity."""

    unit_price: Decimal
    _charged: Charged = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_charged", Charged(self.unit_price, None, 0))

    def charge(self, quantity: Decimal) -> Charged:  # noqa: ARG002 -- the same for every quantity
        """The unit price."""
        return self._charged

    def explain(self, quantity: Decimal) -> str:
        """For example "12 x 9.50"."""
        return f"{plain(quantity)} x {plain(self.unit_price)}"


def unit_price_problems(unit_price: Decimal) -> list[Problem]:
    """What keeps a unit price from being used: it is negative."""
    if unit_price < 0:
        return [Problem("unit_price", f"unit_price {plain(unit_price)} is negative; expected 0 or more")]
    return []


@dataclass(frozen=True, slots=True)
class Package:
    """Started packages x package price, after free units: 121 units at 100 per 10 cost 1300.

    Attributes:
        size: units in a package, above 0.
        price: of one package.
        free_units: taken off the quantity first.
        rounding: whether a started package is charged in full (up) or not at all (down).
        minimum_packages: charged at least, even for no units.
    """

    size: Decimal
    price: Decimal
    free_units: Decimal = ZERO
    rounding: PackageRounding = PackageRounding.UP
    minimum_packages: Decimal = ZERO

    def packages(self, quantity: Decimal) -> Decimal:
        """Packages charged for a quantity.

        Raises:
            decimal.InvalidOperation: their number has more than 34 digits.
        """
        units = quantity - self.free_units
        if units <= 0:
            return self.minimum_packages
        up = self.rounding is PackageRounding.UP
        packages = started_packages(units, self.size) if up else units // self.size
        return max(packages, self.minimum_packages)

    def charge(self, quantity: Decimal) -> Charged:
        """The charge for all packages."""
        return Charged(None, self.packages(quantity) * self.price, 0)

    def explain(self, quantity: Decimal) -> str:
        """For example "13 packages of 10 x 100" or, with free units, "2 packages of 100 x 5 after 100 free"."""
        free = f" after {plain(self.free_units)} free" if self.free_units else ""
        return f"{explain_packages(self.packages(quantity), self.size)} x {plain(self.price)}{free}"


def package_problems(
    size: Decimal, price: Decimal, free_units: Decimal = ZERO, minimum_packages: Decimal = ZERO
) -> list[Problem]:
    """What keeps a package charge from being used: a size of 0 or less, negative figures, a part of a package."""
    problems = []
    if size <= 0:
        problems.append(Problem("size", f"a package holds {plain(size)} units; expected more than 0"))
    for name, value in (("price", price), ("free_units", free_units), ("minimum_packages", minimum_packages)):
        if value < 0:
            problems.append(Problem(name, f"{name} {plain(value)} is negative; expected 0 or more"))
    if minimum_packages % 1:
        problems.append(Problem("minimum_packages", f"expected whole packages, found {plain(minimum_packages)}"))
    return problems

"""Billing periods, exact numbers of them, and recurring value per month and year."""

from __future__ import annotations

from decimal import Decimal
from math import gcd
from typing import NamedTuple

from catalog.price import BillingPeriod


class Periods(NamedTuple):
    """A number of billing periods as an exact fraction in lowest terms, and how it came to be.

    Attributes:
        numerator: not negative.
        denominator: above 0.
        explanation: for example "14/31 + 1 + 12/28".
    """

    numerator: int
    denominator: int
    explanation: str

    @property
    def value(self) -> Decimal:
        """The multiplier to 34 digits; multiply with `of` instead where an amount follows."""
        return Decimal(self.numerator) / self.denominator

    def of(self, amount: Decimal) -> Decimal:
        """What the periods cost at an amount each; multiplied before it is divided, so that a third of 3 is 1."""
        return amount * self.numerator / self.denominator

    def share(self, part: Periods, amount: Decimal) -> Decimal:
        """The share of an amount for all these periods that falls to a part of them, the first year say."""
        return amount * (part.numerator * self.denominator) / (part.denominator * self.numerator)


def periods(numerator: int, denominator: int, explanation: str) -> Periods:
    """The fraction in lowest terms."""
    common = gcd(numerator, denominator)
    return Periods(numerator // common, denominator // common, explanation)


def per_period(amount: Decimal, of: BillingPeriod, to: BillingPeriod) -> Decimal:
    """An amount for one billing period as the amount for another: 1200 a year is 100 a month."""
    (many, period), (other_many, other) = _in_a_year(of), _in_a_year(to)
    return amount * (many * other) / (period * other_many)


def months_in(exact: Periods, period: BillingPeriod) -> Decimal:
    """The months that billing periods last; days and weeks count over a year of 365 days."""
    many, length = _in_a_year(period)
    return Decimal(exact.numerator * 12 * length) / (exact.denominator * many)


def _in_a_year(period: BillingPeriod) -> tuple[int, int]:
    """Periods in a year as a fraction: 12 over its months, 365 over its days."""
    return (12, period.months) if period.months else (365, period.days)

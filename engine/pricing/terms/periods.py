"""Billing periods, exact numbers of them, and recurring value per month and year."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from math import gcd
from typing import NamedTuple


class BillingPeriod(StrEnum):
    """The time that a recurring unit price is for; names as in price lists."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Length in months; 0 for days and weeks."""
        return MONTHS[self]

    @property
    def days(self) -> int:
        """Length in days where it is the same for every period; 0 for months and longer."""
        return DAYS[self]


MONTHS = {
    BillingPeriod.DAY: 0,
    BillingPeriod.WEEK: 0,
    BillingPeriod.MONTH: 1,
    BillingPeriod.QUARTER: 3,
    BillingPeriod.HALF_YEAR: 6,
    BillingPeriod.YEAR: 12,
}
DAYS = dict.fromkeys(BillingPeriod, 0) | {BillingPeriod.DAY: 1, BillingPeriod.WEEK: 7}


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


def monthly_value(amount: Decimal, period: BillingPeriod) -> Decimal:
    """Monthly recurring value of an amount per billing period; days and weeks count over a year of 365 days."""
    if period.months:
        return amount / period.months
    return amount * 365 / (12 * period.days)


def annual_value(amount: Decimal, period: BillingPeriod) -> Decimal:
    """Annual recurring value: twelve times the monthly one, without its division."""
    if period.months:
        return amount * (12 // period.months)
    return amount * 365 / period.days

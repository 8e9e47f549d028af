"""Uplifts: the rate of a year or a term with its index, floor and cap, and the price that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.money import HUNDRED, ONE, ZERO, plain
from engine.renew.contract import Uplift, UpliftPeriod


class UnknownIndexError(Exception):
    """The rulebook has no value of an index for a year; the message names both."""


def uplift_rate(uplift: Uplift, year: int, indices: Mapping[str, Mapping[int, Decimal]]) -> Decimal:
    """The rate in percent points: the index of the year plus the margin, held between floor and cap.

    Raises:
        UnknownIndexError: there is no such index, or no value for the year.
    """
    rate = uplift.percent
    if uplift.index:
        values = indices.get(uplift.index)
        if values is None:
            raise UnknownIndexError(f"the rulebook has no index {uplift.index!r}")
        if year not in values:
            raise UnknownIndexError(f"the index {uplift.index!r} has no value for {year}")
        rate += values[year]
    if uplift.floor is not None:
        rate = max(rate, uplift.floor)
    return rate if uplift.cap is None else min(rate, uplift.cap)


def uplift_factor(uplift: Uplift, rate: Decimal, months: Decimal) -> Decimal:
    """What a price is multiplied by.

    A rate per year over n years is 1 + n x rate, so that 10 % over three years make 240 to 312. Compounded it is
    (1 + rate) for every whole year, and 1 + rate x the part of a year that is left.

    Args:
        uplift: how the rate is meant.
        rate: in percent points.
        months: length of the term.
    """
    share = rate / HUNDRED
    if uplift.per is UpliftPeriod.TERM:
        return ONE + share
    years = months / 12
    if not uplift.compound:
        return ONE + share * years
    whole = int(years)
    return (ONE + share) ** whole * (ONE + share * (years - whole))


def explain(uplift: Uplift, rate: Decimal, months: Decimal) -> str:
    """The uplift in words, for example "10 % a year over 3 years, simple"."""
    index = f" ({uplift.index} and {plain(uplift.percent)} points)" if uplift.index else ""
    limits = [f"at least {plain(uplift.floor)} %"] if uplift.floor is not None and rate == uplift.floor else []
    limits += [f"at most {plain(uplift.cap)} %"] if uplift.cap is not None and rate == uplift.cap else []
    limited = f", {' and '.join(limits)}" if limits else ""
    shown = plain(rate.normalize() if rate else ZERO)
    if uplift.per is UpliftPeriod.TERM:
        return f"{shown} % for the term{index}{limited}"
    years = plain((months / 12).normalize())
    how = "compound" if uplift.compound else "simple"
    return f"{shown} % a year{index} over {years} year{'' if years == '1' else 's'}, {how}{limited}"

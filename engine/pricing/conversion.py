"""Currency conversion by dated rates: direct, inverse or through a base currency, each only where a table allows it.

The order of rounding is always: the rate (where the table says to how many decimals), then the unit price. Totals are
computed in the target currency from the converted unit price, never converted themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from engine.diagnostics import did_you_mean
from engine.money import ONE, Rounding, RoundingMode, currency_codes, plain, round_to
from engine.pricing.problem import Problem


class ExchangeRate(NamedTuple):
    """What one unit of `source` is worth in `target`.

    Attributes:
        source: ISO 4217 code.
        target: ISO 4217 code.
        start: first day on which the rate holds.
        rate: above 0.
        end: last day; None until the pair's next rate starts.
    """

    source: str
    target: str
    start: date
    rate: Decimal
    end: date | None = None


class Leg(NamedTuple):
    """A rate that a conversion used, as it stands in the table.

    Attributes:
        rate: see there.
        inverse: whether the amount was divided by it, because the table states the opposite direction.
    """

    rate: ExchangeRate
    inverse: bool

    def __str__(self) -> str:
        rate = self.rate
        way = "/" if self.inverse else "x"
        return f"{way} {plain(rate.rate)} ({rate.source}/{rate.target} of {rate.start})"


class Converted(NamedTuple):
    """A unit price in another currency.

    Attributes:
        price: rounded.
        legs: rates used, in order; none between a currency and itself.
        roundings: for the ledger, in the order in which they were done.
        explanation: for example "100 USD / 1.25 (EUR/USD of 2026-01-01) = 80.00 EUR".
    """

    price: Decimal
    legs: tuple[Leg, ...]
    roundings: tuple[Rounding, ...]
    explanation: str


class MissingRateError(ValueError):
    """No rate for a pair on a day; the message names the pair, the day and the nearest rates."""


@dataclass(frozen=True, slots=True)
class RateTable:
    """Dated exchange rates and the ways in which they may be used.

    Attributes:
        rates: of each pair (source, target), by rising start.
        inverse: whether a rate also serves the opposite direction.
        base: currency through which two others are converted where no rate joins them; "" for none.
        rate_digits: decimals to which the rate of a whole conversion is rounded; None uses it as it is.
        max_age: days after its start for which a rate without an end holds; None for no limit.
    """

    rates: Mapping[tuple[str, str], tuple[ExchangeRate, ...]]
    inverse: bool = False
    base: str = ""
    rate_digits: int | None = None
    max_age: int | None = None

    @classmethod
    def compile(
        cls,
        rates: Iterable[ExchangeRate],
        *,
        inverse: bool = False,
        base: str = "",
        rate_digits: int | None = None,
        max_age: int | None = None,
    ) -> RateTable:
        """The table of rates without problems."""
        by_pair: dict[tuple[str, str], list[ExchangeRate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.start):
            by_pair.setdefault((rate.source, rate.target), []).append(rate)
        return cls({pair: tuple(dated) for pair, dated in by_pair.items()}, inverse, base, rate_digits, max_age)

    def legs(self, source: str, target: str, day: date) -> tuple[Leg, ...]:
        """The rates that lead from one currency to another on a day.

        A pair that the table states is never replaced by its inverse or by a way through the base currency, even
        where it has no rate on the day.

        Raises:
            MissingRateError: no way is stated and allowed, or one of its rates is missing on the day.
        """
        if source == target:
            return ()
        if self._stated(source, target):
            return (self._leg(source, target, day),)
        if (
            self.base not in ("", source, target)
            and self._stated(source, self.base)
            and self._stated(self.base, target)
        ):
            return (self._leg(source, self.base, day), self._leg(self.base, target, day))
        raise MissingRateError(self._no_way(source, target, day))

    def convert(
        self,
        price: Decimal,
        source: str,
        target: str,
        day: date,
        digits: int,
        mode: RoundingMode = RoundingMode.HALF_UP,
    ) -> Converted:
        """A unit price in the target currency, rounded to the target price list's precision.

        Args:
            price: unit price in `source`.
            source: ISO 4217 code.
            target: ISO 4217 code.
            day: on which the rates must hold.
            digits: decimals of the result.
            mode: of both roundings.

        Raises:
            MissingRateError: as for `legs`.
        """
        legs = self.legs(source, target, day)
        multiplier = divisor = ONE
        for leg in legs:
            if leg.inverse:
                divisor *= leg.rate.rate
            else:
                multiplier *= leg.rate.rate
        ways = " ".join(map(str, legs))
        roundings = []
        if legs and self.rate_digits is not None:
            exact = multiplier / divisor
            rate = round_to(exact, self.rate_digits, mode)
            if not rate:
                raise MissingRateError(f"the rate from {source} to {target} rounds to 0 at {self.rate_digits} decimals")
            roundings.append(Rounding(f"rate {source}/{target}", exact, rate, mode))
            multiplier, divisor = rate, ONE
            ways = f"x {plain(rate)} (1 {ways})"
        exact = price * multiplier / divisor
        after = round_to(exact, digits, mode)
        roundings.append(Rounding(f"unit price in {target}", exact, after, mode))
        explanation = f"{plain(price)} {source} {ways}{' ' if ways else ''}= {plain(after)} {target}"
        return Converted(after, legs, tuple(roundings), explanation)

    def _stated(self, source: str, target: str) -> bool:
        return (source, target) in self.rates or (self.inverse and (target, source) in self.rates)

    def _leg(self, source: str, target: str, day: date) -> Leg:
        dated = self.rates.get((source, target))
        inverse = dated is None
        if dated is None:
            dated = self.rates[target, source]
        position = bisect_right(dated, day, key=_start)
        if position:
            rate = dated[position - 1]
            if self._last_day(rate) >= day:
                return Leg(rate, inverse)
        raise MissingRateError(self._not_on(day, dated, position))

    def _last_day(self, rate: ExchangeRate) -> date:
        if rate.end is not None or self.max_age is None:
            return rate.end or date.max
        return rate.start + timedelta(days=min(self.max_age, (date.max - rate.start).days))

    def _not_on(self, day: date, dated: Sequence[ExchangeRate], position: int) -> str:
        """Why no rate of a pair holds on a day, with its neighbours."""
        near = []
        if position:
            before = dated[position - 1]
            near.append(f"{plain(before.rate)} from {before.start} to {self._last_day(before)}")
        if position < len(dated):
            following = dated[position]
            near.append(f"{plain(following.rate)} from {following.start}")
        pair = f"{dated[0].source} to {dated[0].target}"
        return f"no exchange rate from {pair} on {day}; nearest: {' and '.join(near)}"

    def _no_way(self, source: str, target: str, day: date) -> str:
        """Why no rate joins two currencies, with what there is instead."""
        message = f"no exchange rate from {source} to {target} on {day}"
        if (target, source) in self.rates:
            return f"{message}: only {target} to {source} is stated, and inverse rates are not allowed"
        from_source = sorted(other for first, other in self.rates if first == source)
        to_target = sorted(first for first, other in self.rates if other == target)
        known = [f"{source} to {other}" for other in from_source] + [f"{other} to {target}" for other in to_target]
        through = f", and {self.base} does not join them" if self.base else ", and no base currency is declared"
        return f"{message}: stated are {', '.join(known) or 'no rates of either'}{through}"


def _start(rate: ExchangeRate) -> date:
    return rate.start


def rate_problems(rates: Sequence[ExchangeRate], *, base: str = "") -> list[Problem]:
    """What keeps rates from being used: unknown currencies, a rate of 0 or less, two rates for one day.

    Args:
        rates: in the order written; reported by their position.
        base: the declared base currency; "" for none.
    """
    known = currency_codes()
    problems = [Problem("base", _unknown(base, known))] if base and base not in known else []
    by_pair: dict[tuple[str, str], list[int]] = {}
    for i, rate in enumerate(rates):
        problems += [
            Problem(f"rates[{i}].{name}", _unknown(code, known))
            for name, code in (("source", rate.source), ("target", rate.target))
            if code not in known
        ]
        if rate.source == rate.target:
            problems.append(Problem(f"rates[{i}].target", f"a rate joins two currencies, found {rate.source} twice"))
        if rate.rate <= 0:
            problems.append(Problem(f"rates[{i}].rate", f"a rate is above 0, found {plain(rate.rate)}"))
        if rate.end is not None and rate.end < rate.start:
            problems.append(Problem(f"rates[{i}].end", f"{rate.end} is before the start {rate.start}"))
        by_pair.setdefault((rate.source, rate.target), []).append(i)
    for positions in by_pair.values():
        problems += _overlaps(rates, sorted(positions, key=lambda i: (rates[i].start, i)))
    return problems


def _overlaps(rates: Sequence[ExchangeRate], positions: list[int]) -> list[Problem]:
    """Rates of one pair, by start, that hold on the same day."""
    problems = []
    for one, other in pairwise(positions):
        before, rate = rates[one], rates[other]
        if rate.start == before.start or (before.end is not None and rate.start <= before.end):
            both = f"{plain(before.rate)} and {plain(rate.rate)}"
            message = f"{rate.source} to {rate.target} has two rates on {rate.start}: {both}"
            problems.append(Problem(f"rates[{other}].start", message))
    return problems


def _unknown(code: str, known: frozenset[str]) -> str:
    hint = did_you_mean(code, known)
    return f"unknown currency {code!r}; expected an ISO 4217 code{'; ' + hint if hint else ''}"

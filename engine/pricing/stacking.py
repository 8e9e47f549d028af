"""Stacking groups: which of the discounts and markups that match act on a price, in which order, and what each does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from engine.money import HUNDRED, ZERO, plain
from engine.pricing.problem import Problem
from engine.trace import AdjustmentKind


class StackingMode(StrEnum):
    """What the members of a group do together; names as in rule files.

    Attributes:
        STACK: all act, one after the other on what is left.
        ADD: all act on the price at the group's start; what they take off is summed.
        BEST: only the one that gives the customer the lowest price; the first of equals.
        FIRST: only the one that comes first in order.
    """

    STACK = "stack"
    ADD = "add"
    BEST = "best"
    FIRST = "first"


class PercentOf(StrEnum):
    """What a percentage is taken of; names as in rule files."""

    PRICE = "price"
    LIST = "list"


# Reading a member of an enumeration from its class costs as much as the arithmetic here.
PERCENT, AMOUNT, SET = AdjustmentKind.PERCENT, AdjustmentKind.AMOUNT, AdjustmentKind.SET
LIST = PercentOf.LIST


class Effect(NamedTuple):
    """What a rule does to a price.

    Attributes:
        kind: PERCENT or AMOUNT (taken off), SET (becomes the price) or MARKUP (percent put on).
        value: percent points, or an amount per unit; a negative amount is a surcharge.
        percent_of: base of a percentage: the price before the effect, or the list price.
        priority: higher acts first.
        below_zero: whether the price may become negative, as for a credit.
    """

    kind: AdjustmentKind
    value: Decimal
    percent_of: PercentOf = PercentOf.PRICE
    priority: int = 0
    below_zero: bool = False

    def apply(self, price: Decimal, list_price: Decimal) -> Decimal:
        """The price after the effect, exact; not below zero unless the effect says so or the price already was."""
        after = self.unlimited(price, list_price)
        return ZERO if after < 0 <= price and not self.below_zero else after

    def unlimited(self, price: Decimal, list_price: Decimal) -> Decimal:
        """The price after the effect, be it negative."""
        kind = self.kind
        if kind is PERCENT:
            return price - (list_price if self.percent_of is LIST else price) * self.value / HUNDRED
        if kind is AMOUNT:
            return price - self.value
        if kind is SET:
            return self.value
        return price + (list_price if self.percent_of is LIST else price) * self.value / HUNDRED


class Applied(NamedTuple):
    """A member of a group that acted.

    Attributes:
        position: of the effect among those given.
        before: price before it.
        after: price after it, the next one's `before`.
    """

    position: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class StackingGroup:
    """A group of rules with a common mode.

    Attributes:
        name: as in rule files.
        mode: what its members do together.
    """

    name: str
    mode: StackingMode

    def apply(self, price: Decimal, list_price: Decimal, effects: Sequence[Effect]) -> list[Applied]:
        """What the matching members do to a price, one entry for each that acts.

        Args:
            price: price before the group.
            list_price: base of the percentages that are taken of it.
            effects: the members that match, in the order of `in_order`.
        """
        return ACT[self.mode](price, list_price, effects) if effects else []


def _stack(price: Decimal, list_price: Decimal, effects: Sequence[Effect]) -> list[Applied]:
    applied = []
    for position, effect in enumerate(effects):
        after = effect.apply(price, list_price)
        applied.append(Applied(position, price, after))
        price = after
    return applied


def _add(price: Decimal, list_price: Decimal, effects: Sequence[Effect]) -> list[Applied]:
    """Only the sum is kept from falling below zero, so that the order of the members makes no difference to it."""
    start, applied = price, []
    for position, effect in enumerate(effects):
        after = price + (effect.unlimited(start, list_price) - start)
        applied.append(Applied(position, price, after))
        price = after
    if price < 0 <= start and not any(effect.below_zero for effect in effects):
        applied[-1] = applied[-1]._replace(after=ZERO)
    return applied


def _best(price: Decimal, list_price: Decimal, effects: Sequence[Effect]) -> list[Applied]:
    results = [effect.apply(price, list_price) for effect in effects]
    best = min(results)
    return [Applied(results.index(best), price, best)]


def _first(price: Decimal, list_price: Decimal, effects: Sequence[Effect]) -> list[Applied]:
    return [Applied(0, price, effects[0].apply(price, list_price))]


ACT: dict[StackingMode, Callable[[Decimal, Decimal, Sequence[Effect]], list[Applied]]] = {
    StackingMode.STACK: _stack,
    StackingMode.ADD: _add,
    StackingMode.BEST: _best,
    StackingMode.FIRST: _first,
}


def in_order(effects: Iterable[Effect]) -> list[int]:
    """Positions of effects in the order in which they act: higher priority first, then as in the file."""
    return [position for position, _ in sorted(enumerate(effects), key=lambda item: (-item[1].priority, item[0]))]


def effect_problems(effect: Effect, mode: StackingMode) -> list[Problem]:
    """What keeps an effect from being a member of a group: another kind, a sign or a base without meaning."""
    kind, value = effect.kind, effect.value
    percentage = kind in (AdjustmentKind.PERCENT, AdjustmentKind.MARKUP)
    if not percentage and kind not in (AdjustmentKind.AMOUNT, AdjustmentKind.SET):
        return [Problem("kind", f"a stacking group holds percent, amount, set and markup, found {kind}")]
    problems = []
    if percentage and value < 0:
        other = AdjustmentKind.MARKUP if kind is AdjustmentKind.PERCENT else AdjustmentKind.PERCENT
        problems.append(Problem("value", f"{kind} {plain(value)} is negative; write {other} {plain(-value)}"))
    if kind is AdjustmentKind.PERCENT and value > HUNDRED and not effect.below_zero:
        problems.append(Problem("value", f"{plain(value)} % takes off more than the price; expected at most 100"))
    if kind is AdjustmentKind.SET and value < 0 and not effect.below_zero:
        problems.append(Problem("value", f"the price cannot be set to {plain(value)}; expected 0 or more"))
    if effect.percent_of is PercentOf.LIST and not percentage:
        problems.append(Problem("of", f"only percent and markup are taken of the list price, not {kind}"))
    if kind is AdjustmentKind.SET and mode is StackingMode.ADD:
        problems.append(
            Problem("kind", "a price that is set cannot be added to others; use the mode stack, best or first")
        )
    return problems

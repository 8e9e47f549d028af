"""Sums over many quotes before and after a change: exact, and the same in whatever order quotes are added."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Generic, TypeVar

from engine.money import HUNDRED, ZERO

Item = TypeVar("Item")
CENT = Decimal("0.01")


@dataclass(slots=True)
class Amounts:
    """Sums of one side, in one currency.

    Attributes:
        list_total: before discounts.
        net_total: what quotes cost.
        costed_net: part of net_total whose cost is known.
        cost_total: of that part.
    """

    list_total: Decimal = ZERO
    net_total: Decimal = ZERO
    costed_net: Decimal = ZERO
    cost_total: Decimal = ZERO

    def add(self, list_total: Decimal, net_total: Decimal, cost_total: Decimal | None) -> None:
        """Add a quote, or a line."""
        self.list_total += list_total
        self.net_total += net_total
        if cost_total is not None:
            self.costed_net += net_total
            self.cost_total += cost_total

    def merge(self, other: Amounts) -> None:
        """Add the sums of others."""
        self.list_total += other.list_total
        self.net_total += other.net_total
        self.costed_net += other.costed_net
        self.cost_total += other.cost_total

    @property
    def discount_total(self) -> Decimal:
        """list_total - net_total."""
        return self.list_total - self.net_total

    @property
    def margin(self) -> Decimal:
        """Of what has a known cost."""
        return self.costed_net - self.cost_total

    @property
    def margin_percent(self) -> Decimal | None:
        """Of what has a known cost, exact; None of nothing."""
        return self.margin / self.costed_net * HUNDRED if self.costed_net else None

    @property
    def discount_percent(self) -> Decimal | None:
        """Of the list total, exact; None of nothing."""
        return self.discount_total / self.list_total * HUNDRED if self.list_total else None


@dataclass(slots=True)
class Effect:
    """The effect on a set of quotes of one currency, or on their lines of a product.

    Attributes:
        before: under the baseline, of quotes that are valid under both.
        after: of the same quotes under the new version.
        quotes: valid under both.
        risen: of these, cost more.
        fallen: of these, cost less.
        newly_invalid: valid under the baseline only.
        newly_valid: valid under the new version only.
        invalid: under neither.
        lost: net total before, of the newly invalid ones.
        won: net total after, of the newly valid ones.
        approvals_before: of those valid under both, how many somebody must approve under the baseline.
        approvals_after: likewise under the new version.
        objections_before: of those valid under both, how many the credit check does not simply approve.
        objections_after: likewise under the new version.
    """

    before: Amounts = field(default_factory=Amounts)
    after: Amounts = field(default_factory=Amounts)
    quotes: int = 0
    risen: int = 0
    fallen: int = 0
    newly_invalid: int = 0
    newly_valid: int = 0
    invalid: int = 0
    lost: Decimal = ZERO
    won: Decimal = ZERO
    approvals_before: int = 0
    approvals_after: int = 0
    objections_before: int = 0
    objections_after: int = 0

    def merge(self, other: Effect) -> None:
        """Add another set of quotes of the same currency."""
        self.before.merge(other.before)
        self.after.merge(other.after)
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def change(self) -> Decimal:
        """Of the net total."""
        return self.after.net_total - self.before.net_total

    @property
    def change_percent(self) -> Decimal | None:
        """Of the net total, two decimals; None of nothing."""
        return percent_change(self.before.net_total, self.after.net_total)


_COUNTS = tuple(item.name for item in fields(Effect) if item.name not in ("before", "after"))


def percent_change(before: Decimal, after: Decimal) -> Decimal | None:
    """By how many percent of its size a figure changed, two decimals; None from nothing to something."""
    if before == after:
        return ZERO
    if not before:
        return None
    return ((after - before) / abs(before) * HUNDRED).quantize(CENT, ROUND_HALF_UP)


CHANGE_BOUNDS = tuple(map(Decimal, ("-20", "-10", "-5", "-2", "-1", "0", "0", "1", "2", "5", "10", "20")))
"""Bounds, in percent, between the classes that quotes are counted in by how much they changed."""
UNCHANGED = 6
CLASS_COUNT = len(CHANGE_BOUNDS) + 1


def change_class(before: Decimal, after: Decimal) -> int:
    """The class of a change: 0 for a fall by more than 20 %, `UNCHANGED`, the last for a rise by more than 20 %.

    A bound belongs to the class nearer to no change; something instead of nothing is the last class.
    """
    if before == after:
        return UNCHANGED
    if not before:
        return CLASS_COUNT - 1 if after > 0 else 0
    percent = (after - before) / abs(before) * HUNDRED
    if percent < 0:
        return bisect_right(CHANGE_BOUNDS[:UNCHANGED], percent)
    return UNCHANGED + bisect_left(CHANGE_BOUNDS[UNCHANGED:], percent)


class Best(Generic[Item]):
    """The first few of many by a total order, kept while they come in any order."""

    __slots__ = ("items", "key", "size")

    def __init__(self, size: int, key: Callable[[Item], Any]) -> None:
        self.size = size
        self.key = key
        self.items: list[tuple[Any, Item]] = []

    def takes(self, rank: Any) -> bool:
        """Whether an item of this rank would be kept now."""
        return len(self.items) < self.size or (bool(self.items) and rank < self.items[-1][0])

    def offer(self, item: Item) -> None:
        """Keep an item where it is among the first."""
        rank = self.key(item)
        if self.takes(rank):
            self.items.insert(bisect_left(self.items, rank, key=lambda entry: entry[0]), (rank, item))
            del self.items[self.size :]

    def merge(self, others: Iterable[Item]) -> None:
        """Offer several."""
        for item in others:
            self.offer(item)

    def __iter__(self) -> Any:
        return (item for _, item in self.items)

    def __len__(self) -> int:
        return len(self.items)


def add_counts(into: Counter[Any], other: Mapping[Any, int]) -> None:
    """Add counts to counts."""
    for key, count in other.items():
        into[key] += count

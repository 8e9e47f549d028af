"""What is counted while quotes are decided under both versions: adding is free of order, so tallies can be merged."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from engine.money import ZERO
from engine.simulate.causes import Cause, LineEffect
from engine.simulate.cuts import Cut
from engine.simulate.figures import CLASS_COUNT, Best, Effect, add_counts
from engine.simulate.gate_file import Gate, Limit

EXAMPLES = 5
SHOWN_UNREADABLE = 20
_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is counted.

    Attributes:
        cuts: how the corpus is divided; those of the gates are among them.
        gates: to be held against every quote.
        largest: how many of the largest movers are kept, of each currency.
    """

    cuts: tuple[Cut, ...]
    gates: tuple[Gate, ...]
    largest: int = 10


class QuoteName(NamedTuple):
    """A quote of the corpus as people find it again."""

    id: str
    place: str


class Mover(NamedTuple):
    """A quote that costs something else, with what did it.

    Attributes:
        quote: which.
        customer: id of its customer; "" where unknown.
        currency: of its amounts.
        before: net total.
        after: net total.
        margin_before: None where a cost is unknown.
        margin_after: likewise.
        lines: those that changed most.
        more_lines: how many more changed.
        facts: by which the corpus is divided, with their values.
    """

    quote: QuoteName
    customer: str
    currency: str
    before: Decimal
    after: Decimal
    margin_before: Decimal | None
    margin_after: Decimal | None
    lines: tuple[LineEffect, ...]
    more_lines: int
    facts: tuple[tuple[str, str], ...]


class Example(NamedTuple):
    """A quote that stands for others, and what there is to tell of it."""

    quote: QuoteName
    told: str


class Breach(NamedTuple):
    """A quote that a gate does not let pass.

    Attributes:
        excess: by how much, in the measure.
        quote: which.
        value: of the fact that the gate divides by; "" for none.
        currency: of the figures.
        before: the measure before.
        after: the measure after.
        limit: the limit that it breaks.
    """

    excess: Decimal
    quote: QuoteName
    value: str
    currency: str
    before: Decimal
    after: Decimal
    limit: Limit


def mover_rank(mover: Mover) -> tuple[Decimal, QuoteName]:
    """The largest change first, then by name."""
    return -abs(mover.after - mover.before), mover.quote


def example_rank(example: Example) -> QuoteName:
    """By name."""
    return example.quote


def breach_rank(breach: Breach) -> tuple[Decimal, QuoteName]:
    """The worst first."""
    return -breach.excess, breach.quote


def place_rank(told: str) -> tuple[str | int, ...]:
    """By file, then line: numbers count as such."""
    return tuple(int(part) if part.isdigit() else part for part in _NUMBER.split(told))


@dataclass(slots=True)
class Transitions:
    """How often what came out changed from one thing to another, with examples."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], Best[Example]] = field(default_factory=dict)

    def add(self, before: str, after: str, example: Example) -> None:
        """Count a quote."""
        self.counts[before, after] += 1
        self._best((before, after)).offer(example)

    def merge(self, other: Transitions) -> None:
        """Add others."""
        add_counts(self.counts, other.counts)
        for key, best in other.examples.items():
            self._best(key).merge(best)

    def _best(self, key: tuple[str, str]) -> Best[Example]:
        if key not in self.examples:
            self.examples[key] = Best(EXAMPLES, example_rank)
        return self.examples[key]


@dataclass(slots=True)
class Tally:
    """Everything that was counted.

    Attributes:
        quotes: stored quotes, those that cannot be read among them.
        unreadable: how many cannot be read.
        unreadable_told: the first of them by place, with why.
        effects: by division, value and currency.
        causes: by how much each cause moved the net total, by currency.
        classes: how many quotes changed by how much, by currency; see `figures.change_class`.
        movers: the largest, by currency.
        approvals: who must approve, before and after, where that changed.
        credit: outcomes of the credit check, before and after, where they changed.
        validity: reasons of quotes that became invalid ("valid" before) or valid ("valid" after).
        steps_before: how often a step of approval is asked for.
        steps_after: likewise.
        breaches: by gate and currency, how many quotes break it and the worst.
    """

    largest: int
    quotes: int = 0
    unreadable: int = 0
    unreadable_told: Best[str] = field(default_factory=lambda: Best(SHOWN_UNREADABLE, place_rank))
    effects: dict[tuple[Cut, str, str], Effect] = field(default_factory=dict)
    causes: dict[str, dict[Cause, Decimal]] = field(default_factory=dict)
    classes: dict[str, list[int]] = field(default_factory=dict)
    movers: dict[str, Best[Mover]] = field(default_factory=dict)
    approvals: Transitions = field(default_factory=Transitions)
    credit: Transitions = field(default_factory=Transitions)
    validity: Transitions = field(default_factory=Transitions)
    steps_before: Counter[str] = field(default_factory=Counter)
    steps_after: Counter[str] = field(default_factory=Counter)
    breach_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    breaches: dict[tuple[str, str], Best[Breach]] = field(default_factory=dict)

    def effect(self, cut: Cut, value: str, currency: str) -> Effect:
        """The effect on a part of the corpus, to be added to."""
        key = (cut, value, currency)
        found = self.effects.get(key)
        if found is None:
            found = self.effects[key] = Effect()
        return found

    def add_causes(self, currency: str, moved: Mapping[Cause, Decimal]) -> None:
        """Add what moved a quote, or many."""
        sums = self.causes.setdefault(currency, defaultdict(_zero))
        for cause, amount in moved.items():
            sums[cause] += amount

    def best_movers(self, currency: str) -> Best[Mover]:
        """The largest movers of a currency, to be added to."""
        if currency not in self.movers:
            self.movers[currency] = Best(self.largest, mover_rank)
        return self.movers[currency]

    def add_breach(self, gate: Gate, breach: Breach) -> None:
        """Count a quote that a gate does not let pass."""
        key = (gate.id, breach.currency)
        self.breach_counts[key] += 1
        self._best_breaches(key).offer(breach)

    def _best_breaches(self, key: tuple[str, str]) -> Best[Breach]:
        if key not in self.breaches:
            self.breaches[key] = Best(EXAMPLES, breach_rank)
        return self.breaches[key]

    def merge(self, other: Tally) -> None:
        """Add what was counted elsewhere."""
        self.quotes += other.quotes
        self.unreadable += other.unreadable
        self.unreadable_told.merge(other.unreadable_told)
        for (cut, value, currency), effect in other.effects.items():
            self.effect(cut, value, currency).merge(effect)
        for currency, moved in other.causes.items():
            self.add_causes(currency, moved)
        for currency, counts in other.classes.items():
            own = self.classes.setdefault(currency, [0] * CLASS_COUNT)
            self.classes[currency] = [count + more for count, more in zip(own, counts, strict=True)]
        for currency, best in other.movers.items():
            self.best_movers(currency).merge(best)
        for mine, others in (
            (self.approvals, other.approvals),
            (self.credit, other.credit),
            (self.validity, other.validity),
        ):
            mine.merge(others)
        add_counts(self.steps_before, other.steps_before)
        add_counts(self.steps_after, other.steps_after)
        add_counts(self.breach_counts, other.breach_counts)
        for key, breaches in other.breaches.items():
            self._best_breaches(key).merge(breaches)


def _zero() -> Decimal:
    return ZERO

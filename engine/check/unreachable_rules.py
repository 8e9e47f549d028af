"""Check: rules that never act, since another of their group always acts before them or gives more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from engine.check.subject import PricingCondition, Subject
from engine.diagnostics import Code, Findings, Severity
from engine.money import to_decimal
from engine.tables.column_test import ColumnTest, Interval, complement, intersection
from engine.tables.conditions import PathNames

COMPARED = ("percent_off", "amount_off", "set_price", "markup")
"""Actions that members of a group compete with; others act on their own."""
ALL_WITH_ALL = 700
"""Rules of a group up to which every two are compared; of more only those that ask for a common value."""
MAX_PAIRS = 500_000
"""How many pairs of rules are compared before the rest is left."""


def unreachable_rules(subject: Subject, findings: Findings) -> None:
    """A warning for every rule of a `first` or `best` group that another rule keeps from ever acting."""
    modes = {group.name: group.mode for group in subject.rulebook.settings.stacking_groups}
    groups: dict[tuple[str, str], list[_Member]] = defaultdict(list)
    for rule in subject.pricing:
        written = rule.loaded.rule
        if modes.get(written.group) in ("first", "best") and written.then.action in COMPARED:
            groups[written.waterfall_step, written.group].append(_Member(rule, subject))
    pairs = MAX_PAIRS
    for (_, group), members in groups.items():
        members.sort(key=lambda member: (-member.rule.loaded.rule.priority, member.rule.position))
        before: dict[tuple[PathNames, object], list[_Member]] = defaultdict(list)
        always: list[_Member] = []
        candidates = members if modes[group] == "first" else sorted(members, key=lambda member: member.worth)
        for member in candidates:
            rivals = [*always, *(rival for key in member.keys for rival in before.get(key, ()))]
            pairs -= len(rivals)
            if pairs < 0:
                message = f"group {group!r} has too many rules: not all were compared with all"
                place = subject.rulebook.settings_document.span(("stacking_groups",))
                findings.add(Code.NOT_COMPLETE, message, place, severity=Severity.INFO)
                return
            winner = next((rival for rival in rivals if _wins(rival, member, modes[group])), None)
            if winner is not None:
                _tell(member, winner, group, modes[group], findings)
            elif member.is_sure:
                keys = member.filed_under if len(members) > ALL_WITH_ALL else []
                for key in keys:
                    before[key].append(member)
                if not keys:
                    always.append(member)


def _tell(loser: _Member, winner: _Member, group: str, mode: str, findings: Findings) -> None:
    rule, other = loser.rule.loaded, winner.rule.loaded
    why = "and the first that holds acts" if mode == "first" else "and never gives less"
    message = (
        f"rule {rule.rule.id!r} never acts: wherever it holds, {other.rule.id!r} ({other.span('id')}) of the same "
        f"group {group!r} holds too, {why}"
    )
    hint = "give the narrower rule a higher priority" if mode == "first" else "delete it, or let it give more"
    findings.add(Code.NEVER_APPLIES, message, rule.span("id"), severity=Severity.WARNING, hint=hint)


def _wins(rival: _Member, member: _Member, mode: str) -> bool:
    if mode == "best" and not rival.gives_no_less_than(member):
        return False
    return rival.covers(member)


@dataclass(frozen=True)
class _Member:
    """A rule of a group as it is compared with others."""

    rule: PricingCondition
    subject: Subject

    @cached_property
    def value(self) -> Decimal | None:
        """What it takes off or sets, where that is a constant."""
        then = self.rule.loaded.rule.then
        given = getattr(then, then.action)
        if then.action == "free_units" or isinstance(given, str):
            return None
        try:
            return to_decimal(given)
        except ValueError:
            return None

    @property
    def worth(self) -> tuple[str, Decimal]:
        """Orders rules of one kind by what they give, the best for the customer first."""
        action, value = self.rule.loaded.rule.then.action, self.value or Decimal(0)
        return (action, value if action in ("set_price", "markup") else -value)

    @property
    def is_sure(self) -> bool:
        """Whether it surely acts wherever its condition holds: no row to find, no value to compute."""
        return self.rule.readable and not self.rule.loaded.rule.table and self.value is not None

    @cached_property
    def mask(self) -> int:
        """The products that pass what an index can answer of its condition."""
        return self.subject.products.indexed(self.rule.split)[0]

    @cached_property
    def tests(self) -> Mapping[PathNames, ColumnTest]:
        """What it asks of other facts than the product's."""
        return {path: test for path, test in self.rule.split.tests.items() if path[0] != "product"}

    @cached_property
    def rest(self) -> frozenset[str]:
        """What no index can answer, as written; what the mask answers is not in it."""
        condition = self.rule.condition
        if condition is None:
            return frozenset()
        return frozenset(condition.words(part) for part in self.rule.rest if not self.subject.products.answers(part))

    @property
    def keys(self) -> Iterator[tuple[PathNames, object]]:
        """Where rules that may cover it are filed: under one of the values that it asks for."""
        for path, test in self.rule.split.tests.items():
            if test.values and not test.negated:
                yield path, test.values[0]

    @property
    def filed_under(self) -> list[tuple[PathNames, object]]:
        """A rule that asks for values of a fact covers only rules that ask for some of these."""
        for path, test in self.rule.split.tests.items():
            if test.values and not test.negated and not test.intervals:
                return [(path, value) for value in test.values]
        return []

    def covers(self, other: _Member) -> bool:
        """Whether it holds wherever the other does; False where that is not sure."""
        own, its = self.rule.loaded.rule, other.rule.loaded.rule
        if (
            not other.rule.readable
            or own.coupon not in ("", its.coupon)
            or own.then.currency not in ("", its.then.currency)
        ):
            return False
        if not self.rest <= other.rest or other.mask & ~self.mask:
            return False
        return all(path in other.tests and _within(other.tests[path], test) for path, test in self.tests.items())

    def gives_no_less_than(self, other: _Member) -> bool:
        """Whether the customer never pays more by it; of equals the one that comes first in order acts."""
        own, its = self.rule.loaded.rule, other.rule.loaded.rule
        alike = (own.then.action, own.then.of, own.then.on) == (its.then.action, its.then.of, its.then.on)
        if not alike or self.value is None or other.value is None:
            return False
        if self.value == other.value:
            return (-own.priority, self.rule.position) < (-its.priority, other.rule.position)
        return self.worth < other.worth


def _within(inner: ColumnTest, outer: ColumnTest) -> bool:
    """Whether one test accepts only what the other accepts; False where that is not sure."""
    if inner.null and not outer.null:
        return False
    if inner == outer:
        return True
    if not inner.negated:
        return all(outer.accepts(value) for value in inner.values) and all(
            _interval_within(interval, outer) for interval in inner.intervals
        )
    rest = complement(outer)
    return rest is not None and intersection(inner, rest) == ColumnTest()


def _interval_within(interval: Interval, test: ColumnTest) -> bool:
    if test.accepts_all_kinds:
        return True
    if test.negated:
        outside = [*test.values, *(bound for one in test.intervals for bound in (one.low, one.high))]
        return (
            bool(test.values)
            and not test.intervals
            and all(type(value) is interval.kind and not interval.holds(value) for value in outside)
        )
    return any(_holds_all(outer, interval) for outer in test.intervals if outer.kind is interval.kind)


def _holds_all(outer: Interval, inner: Interval) -> bool:
    if outer.low is not None and (
        inner.low is None
        or inner.low < outer.low
        or (inner.low == outer.low and inner.low_closed and not outer.low_closed)
    ):
        return False
    return outer.high is None or not (
        inner.high is None
        or inner.high > outer.high
        or (inner.high == outer.high and inner.high_closed and not outer.high_closed)
    )

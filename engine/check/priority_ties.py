"""Check: where the order of rules changes the price, a priority says so and not their place in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from engine.check.subject import PricingCondition, Subject
from engine.diagnostics import Code, Findings, Severity
from engine.load.rulebook import LoadedRule
from engine.tables.column_test import NOTHING, ColumnTest, intersection

COMMUTING = frozenset({("percent_off", "price", "unit"), ("markup", "price", "unit")})
"""What may be done in any order: percentages of the running price of a unit."""
MAX_PAIRS = 200_000
"""Pairs of a group that are compared before it is left."""


def priority_ties(subject: Subject, findings: Findings) -> None:
    """A warning for every group in which rules of the same priority can meet and their order matters."""
    modes = {group.name: group.mode for group in subject.rulebook.settings.stacking_groups}
    tied: dict[tuple[str, str, int], list[PricingCondition]] = defaultdict(list)
    for rule in subject.pricing:
        written = rule.loaded.rule
        tied[written.waterfall_step, written.group, written.priority].append(rule)
    for (step, group, priority), rules in tied.items():
        mode = modes.get(group, "stack")
        if step == "limits" or mode not in ("stack", "first") or {_way(rule.loaded) for rule in rules} <= _free(mode):
            continue
        for first, second in islice(_pairs(rules), MAX_PAIRS):
            if _order_matters(first.loaded, second.loaded, mode) and not disjoint(first, second, subject):
                message = (
                    f"rules {first.loaded.rule.id!r} and {second.loaded.rule.id!r} have the same priority {priority}"
                    f"{f' in group {group!r}' if group else ''} and can meet; their order in the file decides"
                )
                hint = "give the one that acts first a higher priority"
                place = second.loaded.span("id")
                findings.add(Code.TIE, message, place, severity=Severity.WARNING, hint=hint)
                break


def _pairs(rules: Sequence[PricingCondition]) -> Iterator[tuple[PricingCondition, PricingCondition]]:
    """Pairs of rules, without most of those that ask for different values of one fact and so never meet."""
    asked: dict[tuple[str, ...], int] = defaultdict(int)
    for rule in rules:
        for path, test in rule.split.tests.items():
            asked[path] += _names_values(test)
    common = max(asked, key=lambda path: asked[path], default=())
    same: dict[object, list[PricingCondition]] = defaultdict(list)
    others: list[PricingCondition] = []
    for number, rule in enumerate(rules):
        test = rule.split.tests.get(common, NOTHING)
        if _names_values(test):
            yield from ((other, rule) for other in others)
            yield from ((other, rule) for value in test.values for other in same[value])
            for value in test.values:
                same[value].append(rule)
        else:
            yield from ((other, rule) for other in rules[:number])
            others.append(rule)


def _names_values(test: ColumnTest) -> bool:
    """Whether a test accepts just the values that it names."""
    return bool(test.values) and not (test.negated or test.intervals or test.null)


def _way(loaded: LoadedRule) -> tuple[str, str, str]:
    then = loaded.rule.then
    return then.action, then.of, then.on


def _free(mode: str) -> frozenset[tuple[str, str, str]]:
    """The ways of acting whose order never matters in a mode."""
    return COMMUTING if mode == "stack" else frozenset()


def _order_matters(first: LoadedRule, second: LoadedRule, mode: str) -> bool:
    """Whether the price depends on which of two rules acts first."""
    if mode == "first":
        return True
    ways = {_way(first), _way(second)}
    if ways <= COMMUTING:
        return False
    return len(ways) > 1 or next(iter(ways))[0] == "set_price"


def disjoint(first: PricingCondition, second: PricingCondition, subject: Subject) -> bool:
    """Whether two conditions exclude each other, for all an index can tell."""
    tests, others = first.split.tests, second.split.tests
    if any(path in others and intersection(test, others[path]) == NOTHING for path, test in tests.items()):
        return True
    products = subject.products
    if not products.skus:
        return False
    return not products.indexed(first.split)[0] & products.indexed(second.split)[0]

"""Approval rules in strata: what a rule reads but cannot wait for is final before the rule is asked.

Rules that read flags of one another fire together, in any order with the same result. Whatever needs to know that
a fact will not change any more (its absence, or its value) belongs to a later stratum; a rule that reads in that way
what follows from its own result could fire for ever, and is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.approve.codes import ColumnCodes
from engine.approve.program import Alternative, Condition, FactPath, Stratum
from engine.compile.approval_conditions import Conjunction, is_scalar
from engine.diagnostics import Code, Findings
from engine.feel import compile_condition
from engine.feel.tree import And, Name, Node, Path
from engine.feel.types import Type
from engine.source import Span
from engine.tables.column_test import ColumnTest
from engine.tables.conditions import split_condition

MAX_RULES = 300
MAX_RULES_PER_FLAG = 60


@dataclass(frozen=True, slots=True)
class ParsedRule:
    """A rule as strata are made of it.

    Attributes:
        id: unique.
        span: of its condition.
        ways: in which its condition holds.
        waits_for: derived facts that must be final before it is asked.
        gives: flags and facts that it derives, steps that it needs among them.
    """

    id: str
    span: Span
    ways: tuple[Conjunction, ...]
    waits_for: frozenset[FactPath]
    gives: tuple[FactPath, ...]

    @property
    def flags(self) -> frozenset[FactPath]:
        """Flags that it reads."""
        return frozenset().union(*(way.flags for way in self.ways))


def build_strata(
    rules: Sequence[ParsedRule], flags: frozenset[FactPath], parameters: Mapping[str, Type], findings: Findings
) -> tuple[Stratum, ...]:
    """The strata of the rules, in the order of their run; none where there are errors."""
    givers: dict[FactPath, list[int]] = defaultdict(list)
    for position, rule in enumerate(rules):
        for fact in rule.gives:
            givers[fact].append(position)
    if _tell_limits(rules, findings) or _tell_cycles(rules, givers, flags, findings):
        return ()
    levels = _levels(rules, givers, flags)
    return tuple(
        _Builder(rules, [at for at, level in enumerate(levels) if level == number], givers, levels, parameters).build()
        for number in sorted(set(levels))
    )


def _tell_limits(rules: Sequence[ParsedRule], findings: Findings) -> bool:
    before = len(findings.errors)
    if len(rules) > MAX_RULES:
        message = f"there are {len(rules)} approval rules; at most {MAX_RULES} can be chained"
        findings.add(Code.LIMIT, message, rules[MAX_RULES].span, hint="put figures that differ into a decision table")
    elif (ways := sum(len(rule.ways) for rule in rules)) > MAX_RULES:
        message = f"the conditions of the approval rules hold in {ways} ways; at most {MAX_RULES} can be chained"
        longest = max(rules, key=lambda rule: len(rule.ways))
        findings.add(Code.LIMIT, message, longest.span, hint="use fewer 'or' between what rules derive")
    readers: dict[FactPath, list[ParsedRule]] = defaultdict(list)
    for rule in rules:
        for way in rule.ways:
            for flag in way.flags:
                readers[flag].append(rule)
    for flag, reading in readers.items():
        if len(reading) > MAX_RULES_PER_FLAG:
            message = f"{len(reading)} rules read {'.'.join(flag)}; at most {MAX_RULES_PER_FLAG} can wait for one fact"
            findings.add(Code.LIMIT, message, reading[MAX_RULES_PER_FLAG].span)
    return len(findings.errors) > before


def _tell_cycles(
    rules: Sequence[ParsedRule],
    givers: Mapping[FactPath, list[int]],
    flags: frozenset[FactPath],
    findings: Findings,
) -> bool:
    """Tell every rule that waits for what follows from itself."""
    found = False
    for position, rule in enumerate(rules):
        for fact in sorted(rule.waits_for):
            way = _way_back(position, givers.get(fact, []), rules, givers, flags)
            if way is not None:
                through = "" if len(way) == 1 else f" through {', '.join(rules[step].id for step in reversed(way[1:]))}"
                message = (
                    f"rule {rule.id!r} reads {'.'.join(fact)}, which follows from the rule itself{through}: "
                    "it would fire again on its own result for ever"
                )
                findings.add(Code.CYCLE, message, rule.span)
                found = True
                break
    return found


def _way_back(
    start: int,
    giving: Sequence[int],
    rules: Sequence[ParsedRule],
    givers: Mapping[FactPath, list[int]],
    flags: frozenset[FactPath],
) -> list[int] | None:
    """The rules that lead from `start` to one that gives the fact, `start` first; None where there is no way."""
    paths = {position: [position] for position in giving}
    pending = list(giving)
    while pending:
        at = pending.pop()
        if at == start:
            return list(reversed(paths[at]))
        # Rules that derive the same fact fire together, so that each waits for what the others wait for.
        for fact in rules[at].waits_for | rules[at].flags | (frozenset(rules[at].gives) - flags):
            for giver in givers.get(fact, ()):
                if giver not in paths:
                    paths[giver] = [*paths[at], giver]
                    pending.append(giver)
    return None


def _levels(rules: Sequence[ParsedRule], givers: Mapping[FactPath, list[int]], flags: frozenset[FactPath]) -> list[int]:
    """For each rule the number of its stratum. Ends, since no rule waits for itself."""
    levels = [0] * len(rules)
    changed = True
    while changed:
        changed = False
        for position, rule in enumerate(rules):
            least = [levels[giver] + 1 for fact in rule.waits_for for giver in givers.get(fact, ())]
            least += [levels[giver] for fact in rule.flags for giver in givers.get(fact, ())]
            # Of rules that derive one fact the first in the files wins: they fire together.
            least += [levels[giver] for fact in rule.gives if fact not in flags for giver in givers[fact]]
            level = max(least, default=0)
            if level > levels[position]:
                levels[position] = level
                changed = True
    return levels


class _Builder:
    """Builds one stratum."""

    def __init__(
        self,
        rules: Sequence[ParsedRule],
        members: Sequence[int],
        givers: Mapping[FactPath, list[int]],
        levels: Sequence[int],
        parameters: Mapping[str, Type],
    ) -> None:
        self.rules = rules
        self.members = members
        self.parameters = parameters
        level = levels[members[0]]
        self.own = {fact for fact, giving in givers.items() if any(levels[giver] == level for giver in giving)}
        self.earlier = {fact for fact, giving in givers.items() if any(levels[giver] < level for giver in giving)}
        self.flags: dict[FactPath, int] = {}
        self.residuals: list[Condition] = []
        self.tests: dict[FactPath, list[ColumnTest]] = defaultdict(list)

    def build(self) -> Stratum:
        parts = [
            (position, *self.taken_apart(way, own))
            for position in self.members
            for way in self.rules[position].ways
            for own in self.waited_for(way)
        ]
        columns = [(path, ColumnCodes(tests)) for path, tests in self.tests.items()]
        places = {path: number for number, (path, _) in enumerate(columns)}
        return Stratum(
            columns=tuple(columns),
            residuals=tuple(self.residuals),
            alternatives=tuple(
                Alternative(
                    position,
                    {places[path]: columns[places[path]][1].accepted[at] for path, at in tests.items()},
                    residual,
                    flags,
                )
                for position, tests, residual, flags in parts
            ),
            flags={
                position: given
                for position in self.members
                if (given := tuple(self.flags[fact] for fact in self.rules[position].gives if fact in self.flags))
            },
            rules=sum(1 << position for position in self.members),
        )

    def waited_for(self, way: Conjunction) -> list[frozenset[FactPath]]:
        """The sets of flags to wait for in this stratum: one that earlier rules derive too may be there already."""
        always = way.flags & self.own - self.earlier
        either = sorted(way.flags & self.own & self.earlier)
        return [always.union(some) for count in range(len(either) + 1) for some in combinations(either, count)]

    def taken_apart(
        self, way: Conjunction, own: frozenset[FactPath]
    ) -> tuple[dict[FactPath, int], int, frozenset[int]]:
        """Tests by column and their place among the column's tests, the residual, and flags of this stratum."""
        nodes = [*way.parts, *(_read(path) for path in sorted(way.flags - own))]
        flags = frozenset(self.flags.setdefault(path, len(self.flags)) for path in sorted(own))
        if not nodes:
            return {}, -1, flags
        whole = nodes[0] if len(nodes) == 1 else And(tuple(nodes), nodes[0].start, nodes[-1].end)
        split = split_condition(whole, lambda path: is_scalar(path, self.parameters))
        places: dict[FactPath, int] = {}
        for path, test in split.tests.items():
            places[path] = len(self.tests[path])
            self.tests[path].append(test)
        if split.rest is None:
            return places, -1, flags
        self.residuals.append(compile_condition(split.rest, self.parameters))
        return places, len(self.residuals) - 1, flags


def _read(path: FactPath) -> Node:
    node: Node = Name(path[0], 0, 0)
    for name in path[1:]:
        node = Path(node, name, 0, 0)
    return node

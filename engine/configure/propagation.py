"""Propagation: what follows from choices at once, in plain Python, with the reason for every step.

Inside, the literal v is 2v and not-v is 2v + 1, so that negation is `^ 1` and tables are lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.configure.formula import Literal
from engine.configure.program import DEFINITION, Rules

_CHOSEN = -1
"""Reason of a literal that was assumed; others are the index of a clause, or past all clauses that of a sum."""


def _index(literal: Literal) -> int:
    return 2 * literal if literal > 0 else -2 * literal + 1


def _literal(index: int) -> Literal:
    return -(index >> 1) if index & 1 else index >> 1


@dataclass(slots=True)
class Propagation:
    """A run's result.

    Attributes:
        value: by literal index, 1 where the literal holds.
        trail: indexes of the literals that hold, in the order in which they were found.
        reasons: by variable: why it is decided.
        conflict: index of the clause or sum that cannot hold any more; None where all may.
    """

    value: bytearray
    trail: list[int]
    reasons: list[int]
    conflict: int | None

    def decided(self) -> Iterator[Literal]:
        """The literals that hold."""
        return map(_literal, self.trail)

    def is_true(self, literal: Literal) -> bool:
        """Whether the literal is known to hold."""
        return bool(self.value[_index(literal)])


class Propagator:
    """Runs propagation on rules; immutable after construction, so that threads may share it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        size = 2 * rules.variables + 2
        self._implied: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        self._falsified: list[list[int]] = [[] for _ in range(size)]
        self._adds: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        self._clauses = [[_index(literal) for literal in clause] for clause in rules.clauses]
        self._sums = [[(weight, _index(literal)) for weight, literal in found.terms] for found in rules.sums]
        self._heaviest = [terms[0][0] if terms else 0 for terms in self._sums]
        units: list[tuple[int, int]] = []
        for number, clause in enumerate(self._clauses):
            if len(clause) == 1:
                units.append((clause[0], number))
            elif len(clause) == 2:
                first, second = clause
                self._implied[first ^ 1].append((second, number))
                self._implied[second ^ 1].append((first, number))
            else:
                for literal in clause:
                    self._falsified[literal ^ 1].append(number)
        for number, terms in enumerate(self._sums):
            for weight, literal in terms:
                self._adds[literal].append((number, weight))
        self._open = [len(clause) for clause in self._clauses]
        self._slack = [found.bound for found in rules.sums]
        self._root = Propagation(bytearray(size), [], [_CHOSEN] * (rules.variables + 1), None)
        if any(not clause for clause in self._clauses):
            self._root.conflict = next(number for number, clause in enumerate(self._clauses) if not clause)
        self._settle_root(units)

    def _settle_root(self, units: list[tuple[int, int]]) -> None:
        """What holds whatever is chosen: kept, so that runs start from there."""
        root = self._root
        for number, terms in enumerate(self._sums):
            units.extend(
                (literal ^ 1, len(self._clauses) + number) for weight, literal in terms if weight > self._slack[number]
            )
        for literal, reason in units:
            if root.conflict is None and not root.value[literal]:
                if root.value[literal ^ 1]:
                    root.conflict = reason
                else:
                    self._assign(root, literal, reason)
                    root.conflict = self._spread(root, len(root.trail) - 1, self._open, self._slack)

    @property
    def root(self) -> Propagation:
        """What holds whatever is chosen."""
        return self._root

    def run(self, assumed: Iterable[Literal]) -> Propagation:
        """What follows from the assumed literals; stops at the first conflict."""
        root = self._root
        result = Propagation(root.value[:], root.trail[:], root.reasons[:], root.conflict)
        if result.conflict is None:
            self._run(result, assumed, self._open[:], self._slack[:])
        return result

    def _run(self, result: Propagation, assumed: Iterable[Literal], left: list[int], slack: list[int]) -> None:
        value, trail = result.value, result.trail
        for literal in assumed:
            index = _index(literal)
            if value[index]:
                continue
            if value[index ^ 1]:
                # Its negation was derived: the reason of that cannot hold together with the assumption.
                reason = result.reasons[index >> 1]
                result.conflict = reason
                value[index] = 1
                return
            self._assign(result, index, _CHOSEN)
            result.conflict = self._spread(result, len(trail) - 1, left, slack)
            if result.conflict is not None:
                return

    @staticmethod
    def _assign(result: Propagation, index: int, reason: int) -> None:
        result.value[index] = 1
        result.reasons[index >> 1] = reason
        result.trail.append(index)

    def _spread(self, result: Propagation, start: int, left: list[int], slack: list[int]) -> int | None:
        """Follow the trail from `start` on; gives the clause or sum that fails, or None."""
        value, trail, reasons = result.value, result.trail, result.reasons
        implied, falsified, adds, clauses = self._implied, self._falsified, self._adds, self._clauses
        position = start
        while position < len(trail):
            index = trail[position]
            position += 1
            for other, number in implied[index]:
                if not value[other]:
                    if value[other ^ 1]:
                        return number
                    value[other] = 1
                    reasons[other >> 1] = number
                    trail.append(other)
            for number in falsified[index]:
                left[number] -= 1
                if left[number] == 1:
                    for other in clauses[number]:
                        if value[other]:
                            break
                        if not value[other ^ 1]:
                            value[other] = 1
                            reasons[other >> 1] = number
                            trail.append(other)
                            break
                    else:
                        return number
            for number, weight in adds[index]:
                slack[number] -= weight
                if slack[number] < self._heaviest[number] and not self._tighten(result, number, slack[number]):
                    return len(clauses) + number
        return None

    def _tighten(self, result: Propagation, number: int, slack: int) -> bool:
        """Rule out what a sum has no room for; whether the sum itself still holds."""
        if slack < 0:
            return False
        value, reasons, trail = result.value, result.reasons, result.trail
        reason = len(self._clauses) + number
        for weight, literal in self._sums[number]:
            if weight <= slack:
                break
            if not value[literal] and not value[literal ^ 1]:
                value[literal ^ 1] = 1
                reasons[literal >> 1] = reason
                trail.append(literal ^ 1)
        return True

    def conflict_because(self, result: Propagation, assumed: Iterable[Literal]) -> tuple[set[int], set[Literal]]:
        """Why a run ended in a conflict: constraints (by owner) and assumed literals that cannot all hold."""
        assert result.conflict is not None
        if result.conflict == _CHOSEN:
            contradictory = {literal for literal in assumed if result.is_true(-literal)}
            return set(), contradictory | {-literal for literal in contradictory}
        owners, chosen = self._collect(
            result, [index for index in self._members(result.conflict) if result.value[index]]
        )
        owner = self._owner(result.conflict)
        return owners | ({owner} - {DEFINITION}), chosen | self._contradicted(result)

    def _contradicted(self, result: Propagation) -> set[Literal]:
        """The assumption whose negation was derived, where that ended the run."""
        # Both literals of a variable have a value only there.
        return {_literal(index ^ 1) for index in result.trail if result.value[index ^ 1] and result.value[index]}

    def _members(self, reason: int) -> list[int]:
        """Literals that, holding together, make a clause or sum fail."""
        if reason < len(self._clauses):
            return [index ^ 1 for index in self._clauses[reason]]
        return [index for _, index in self._sums[reason - len(self._clauses)]]

    def _owner(self, reason: int) -> int:
        if reason < len(self._clauses):
            return self.rules.clause_owners[reason]
        return self.rules.sum_owners[reason - len(self._clauses)]

    def _collect(self, result: Propagation, start: list[int]) -> tuple[set[int], set[Literal]]:
        positions = {index: position for position, index in enumerate(result.trail)}
        owners: set[int] = set()
        chosen: set[Literal] = set()
        seen = set(start)
        stack = list(start)
        while stack:
            index = stack.pop()
            reason = result.reasons[index >> 1]
            if index not in positions:
                continue
            if reason == _CHOSEN:
                chosen.add(_literal(index))
                continue
            owners.add(self._owner(reason))
            before = positions[index]
            for member in self._members(reason):
                if member not in seen and positions.get(member, before) < before:
                    seen.add(member)
                    stack.append(member)
        owners.discard(DEFINITION)
        return owners, chosen

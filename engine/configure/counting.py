"""The exact number of valid whole configurations: search that splits into independent parts and remembers them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from engine.configure.formula import Literal
from engine.configure.program import Rules
from engine.configure.solver import OutOfTimeError

MAX_DEPTH = 300
MAX_PAIRED = 200
"""Literals of which at most one may hold, up to which that is written as clauses of two."""

Clause = frozenset[Literal]
Sum = tuple[tuple[tuple[int, Literal], ...], int]
"""Weighted literals and what they may sum to at most."""
Part = tuple[frozenset[Clause], frozenset[Sum]]


class _ContradictionError(Exception):
    """Nothing satisfies what remains."""


def count_configurations(rules: Rules, deadline: float | None = None) -> int:
    """How many assignments of the variables satisfy the rules.

    Help variables are equal to formulas over the others, so that they add none.

    Raises:
        OutOfTimeError: the deadline (of `time.perf_counter`) passed, or the rules hang together too closely.
    """
    clauses = {frozenset(clause) for clause in rules.clauses}
    sums: set[Sum] = set()
    for found in rules.sums:
        literals = [literal for _, literal in found.terms]
        if found.bound == 1 and len(literals) <= MAX_PAIRED and all(weight == 1 for weight, _ in found.terms):
            clauses |= {frozenset((-a, -b)) for n, a in enumerate(literals) for b in literals[:n]}
        else:
            sums.add((found.terms, found.bound))
    if frozenset() in clauses:
        return 0
    part = (frozenset(clauses), frozenset(sums))
    return _Counter(deadline).count(part, set(range(1, rules.variables + 1)), 0)


class _Counter:
    """Counts parts, each once."""

    def __init__(self, deadline: float | None) -> None:
        self._deadline = deadline
        self._known: dict[Part, int] = {}

    def count(self, part: Part, variables: set[int], depth: int) -> int:
        """Assignments of the variables that satisfy a part."""
        try:
            rest, decided = _propagated(part)
        except _ContradictionError:
            return 0
        left = _variables(rest)
        free = len(variables) - len(decided) - len(left)
        total = 1 << free
        for component in _components(rest):
            found = self._component(component, depth)
            if not found:
                return 0
            total *= found
        return total

    def _component(self, part: Part, depth: int) -> int:
        known = self._known.get(part)
        if known is not None:
            return known
        if depth > MAX_DEPTH or (self._deadline is not None and time.perf_counter() > self._deadline):
            raise OutOfTimeError
        variables = _variables(part)
        branch = _branch_variable(part)
        total = 0
        for literal in (branch, -branch):
            clauses = part[0] | {frozenset((literal,))}
            total += self.count((clauses, part[1]), variables, depth + 1)
        self._known[part] = total
        return total


def _variables(part: Part) -> set[int]:
    found = {abs(literal) for clause in part[0] for literal in clause}
    found.update(abs(literal) for terms, _ in part[1] for _, literal in terms)
    return found


def _branch_variable(part: Part) -> int:
    """The variable that occurs most, short clauses first."""
    uses: Counter[int] = Counter()
    for clause in part[0]:
        weight = 4 if len(clause) == 2 else 1
        for literal in clause:
            uses[abs(literal)] += weight
    for terms, _ in part[1]:
        for _, literal in terms:
            uses[abs(literal)] += 1
    return max(uses, key=lambda variable: (uses[variable], -variable))


def _propagated(part: Part) -> tuple[Part, set[int]]:
    """What remains once all that follows at once is decided, and the variables decided.

    Raises:
        _ContradictionError: nothing satisfies it.
    """
    clauses, sums = set(part[0]), set(part[1])
    decided: set[Literal] = set()
    while True:
        units = {next(iter(clause)) for clause in clauses if len(clause) == 1}
        units |= {-literal for terms, bound in sums for weight, literal in terms if weight > bound}
        if not units:
            return (frozenset(clauses), frozenset(sums)), {abs(literal) for literal in decided}
        if any(-literal in units for literal in units):
            raise _ContradictionError
        decided |= units
        opposite = {-literal for literal in units}
        clauses = set(_without(clauses, units, opposite))
        sums = {reduced for found in sums if (reduced := _reduced(found, units, opposite)) is not None}


def _without(clauses: Iterable[Clause], true: set[Literal], false: set[Literal]) -> Iterable[Clause]:
    for clause in clauses:
        if not clause.isdisjoint(true):
            continue
        rest = clause - false
        if not rest:
            raise _ContradictionError
        yield rest


def _reduced(found: Sum, true: set[Literal], false: set[Literal]) -> Sum | None:
    """A sum over what is open; None where it always holds."""
    terms, bound = found
    bound -= sum(weight for weight, literal in terms if literal in true)
    if bound < 0:
        raise _ContradictionError
    rest = tuple(term for term in terms if term[1] not in true and term[1] not in false)
    return (rest, bound) if sum(weight for weight, _ in rest) > bound else None


def _components(part: Part) -> list[Part]:
    """The parts that share no variable."""
    leader: dict[int, int] = {}

    def find(variable: int) -> int:
        root = variable
        while leader[root] != root:
            root = leader[root]
        while leader[variable] != root:
            leader[variable], variable = root, leader[variable]
        return root

    def join(variables: list[int]) -> None:
        for variable in variables:
            leader.setdefault(variable, variable)
        first = find(variables[0])
        for variable in variables[1:]:
            leader[find(variable)] = first

    for clause in part[0]:
        join([abs(literal) for literal in clause])
    for terms, _ in part[1]:
        join([abs(literal) for _, literal in terms])
    clauses: dict[int, set[Clause]] = {}
    sums: dict[int, set[Sum]] = {}
    for clause in part[0]:
        clauses.setdefault(find(abs(next(iter(clause)))), set()).add(clause)
    for found in part[1]:
        sums.setdefault(find(abs(found[0][0][1])), set()).add(found)
    roots = clauses.keys() | sums.keys()
    return [(frozenset(clauses.get(root, ())), frozenset(sums.get(root, ()))) for root in sorted(roots)]

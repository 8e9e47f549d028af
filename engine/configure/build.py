"""Formulas become clauses and sums: the one place that makes variables and the normal form of a model."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product as combinations

from engine.configure.formula import TRUE, And, AtMost, Formula, Literal, Or, at_most, both, either, negated
from engine.configure.program import DEFINITION, Rules, Sum

MAX_INTEGER = 2**31 - 1
"""The solver's integers have 32 bits and wrap silently beyond: every weight, bound and total stays within."""
MAX_DISTRIBUTED = 8
"""Clauses that a disjunction of conjunctions may be written out to; beyond, conjunctions get help variables."""
MAX_REPEATED = 2
"""Literals that may be repeated for every part of a long conjunction."""


class TooLargeError(ValueError):
    """A sum needs numbers beyond the solver's range.

    Attributes:
        total: the number that is too large.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        super().__init__(
            f"the sum can reach {total:,}, more than the solver's {MAX_INTEGER:,}: "
            "use a larger unit (kW for W) or fewer digits"
        )


class RuleBuilder:
    """Collects what must hold. Help variables are equal to what they stand for, so models are counted right."""

    def __init__(self) -> None:
        self.variables = 0
        self._clauses: dict[tuple[tuple[Literal, ...], int], None] = {}
        self._sums: list[tuple[Sum, int]] = []
        self._defined: dict[Formula, Literal] = {}

    def variable(self) -> int:
        """A new variable."""
        self.variables += 1
        return self.variables

    def require(self, formula: Formula, owner: int) -> None:
        """The formula must hold, on behalf of the constraint with that index.

        Raises:
            TooLargeError: a sum in it goes beyond the solver's range.
        """
        if isinstance(formula, int):
            self._clause((formula,), owner)
        elif isinstance(formula, And):
            for part in formula.parts:
                self.require(part, owner)
        elif isinstance(formula, AtMost):
            self._sum(formula, owner)
        else:
            self._require_any(formula, owner)

    def _require_any(self, formula: Or, owner: int) -> None:
        sums = [part for part in formula.parts if isinstance(part, AtMost)]
        conjunctions = [part for part in formula.parts if isinstance(part, And)]
        literals = tuple(part for part in formula.parts if isinstance(part, int))
        if len(sums) == 1 and not conjunctions and len(literals) == 1:
            self._sum(_conditional(sums[0], -literals[0]), owner)
            return
        size = 1
        for part in conjunctions:
            size *= len(part.parts)
        short = len(conjunctions) == 1 and len(literals) <= MAX_REPEATED
        if not sums and conjunctions and (size <= MAX_DISTRIBUTED or short):
            for chosen in combinations(*(part.parts for part in conjunctions)):
                self.require(either(*literals, *chosen), owner)
            return
        self._clause(tuple(self.literal(part) for part in formula.parts), owner)

    def literal(self, formula: Formula) -> Literal:
        """A literal that holds exactly where the formula does."""
        if isinstance(formula, int):
            return formula
        if formula in self._defined:
            return self._defined[formula]
        opposite = negated(formula)
        if opposite in self._defined:
            return -self._defined[opposite]
        if isinstance(formula, And | Or):
            parts = [self.literal(part) for part in formula.parts]
            variable = self.variable()
            head, sign = (variable, 1) if isinstance(formula, Or) else (-variable, -1)
            for part in parts:
                self._clause((head, -part * sign), DEFINITION)
            self._clause((-head, *(part * sign for part in parts)), DEFINITION)
        else:
            variable = self.variable()
            assert isinstance(opposite, AtMost)
            self._sum(_conditional(formula, variable), DEFINITION)
            self._sum(_conditional(opposite, -variable), DEFINITION)
        self._defined[formula] = variable
        return variable

    def define(self, variable: int, formula: Formula) -> None:
        """The variable holds exactly where the formula does."""
        self.require(either(-variable, formula), DEFINITION)
        self.require(either(variable, negated(formula)), DEFINITION)

    def _clause(self, literals: Iterable[Literal], owner: int) -> None:
        kept = tuple(sorted(set(literals), key=lambda literal: (abs(literal), literal)))
        if any(-literal in kept for literal in kept):
            return
        self._clauses[kept, owner] = None

    def _sum(self, formula: AtMost, owner: int) -> None:
        total = sum(weight for weight, _ in formula.terms)
        if max(total, formula.bound) > MAX_INTEGER:
            raise TooLargeError(max(total, formula.bound))
        terms = tuple(sorted(formula.terms, key=lambda term: (-term[0], abs(term[1]), term[1])))
        if formula.bound == 0:
            for _, literal in terms:
                self._clause((-literal,), owner)
        elif len(terms) == 2 and formula.bound < terms[0][0] + terms[1][0] and terms[0][0] <= formula.bound:
            self._clause((-terms[0][1], -terms[1][1]), owner)
        else:
            self._sums.append((Sum(terms, formula.bound), owner))

    def rules(self, tracked: int) -> Rules:
        """What was collected; the first `tracked` variables are what answers speak of."""
        return Rules(
            variables=self.variables,
            tracked=tracked,
            clauses=tuple(clause for clause, _ in self._clauses),
            clause_owners=tuple(owner for _, owner in self._clauses),
            sums=tuple(found for found, _ in self._sums),
            sum_owners=tuple(owner for _, owner in self._sums),
        )


def _conditional(formula: AtMost, condition: Literal) -> AtMost:
    """The sum, needed only where the condition holds."""
    excess = sum(weight for weight, _ in formula.terms) - formula.bound
    relaxed = at_most([*formula.terms, (excess, condition)], formula.bound + excess)
    if isinstance(relaxed, AtMost):
        return relaxed
    assert relaxed == TRUE, "a sum that can never hold is no AtMost"
    return AtMost((), 0)


def exactly(literals: Iterable[Literal], minimum: int, maximum: int | None) -> Formula:
    """Between `minimum` and `maximum` of the literals hold."""
    terms = [(1, literal) for literal in literals]
    upper: Formula = TRUE if maximum is None else at_most(terms, maximum)
    if minimum <= 0:
        return upper
    if minimum == 1:
        return both(upper, either(*(literal for _, literal in terms)))
    return both(upper, negated(at_most(terms, minimum - 1)))

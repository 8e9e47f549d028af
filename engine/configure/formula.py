"""Boolean formulas over yes/no variables: literals, and, or, weighted sums; negation and evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Literal = int
"""A variable's number where it is meant to hold, the negative number where it is meant not to; never 0."""


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; without parts it always does."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; without parts it never does."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class AtMost:
    """The weights of the literals that hold sum to at most `bound`; weights are positive, each variable comes once."""

    terms: tuple[tuple[int, Literal], ...]
    bound: int


Formula = int | And | Or | AtMost

TRUE = And(())
FALSE = Or(())


def both(*parts: Formula) -> Formula:
    """The conjunction, flattened, constants taken out."""
    return _joined(parts, And, FALSE)


def either(*parts: Formula) -> Formula:
    """The disjunction, flattened, constants taken out."""
    return _joined(parts, Or, TRUE)


def _joined(parts: Iterable[Formula], kind: type[And | Or], absorbing: Formula) -> Formula:
    kept: dict[Formula, None] = {}
    for part in parts:
        if part == absorbing:
            return absorbing
        for inner in part.parts if isinstance(part, kind) else (part,):
            kept[inner] = None
    if any(isinstance(part, int) and -part in kept for part in kept):
        return absorbing
    return next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))


def negated(formula: Formula) -> Formula:
    """The formula that holds where this one does not."""
    if isinstance(formula, int):
        return -formula
    if isinstance(formula, And):
        return either(*map(negated, formula.parts))
    if isinstance(formula, Or):
        return both(*map(negated, formula.parts))
    total = sum(weight for weight, _ in formula.terms)
    return at_most([(weight, -literal) for weight, literal in formula.terms], total - formula.bound - 1)


def implies(condition: Formula, consequence: Formula) -> Formula:
    """Where the condition holds, the consequence does."""
    return either(negated(condition), consequence)


def at_most(terms: Iterable[tuple[int, Literal]], bound: int) -> Formula:
    """The sum of any weights is at most a bound: equal variables are put together, negative weights turned."""
    weights: dict[int, int] = {}
    for weight, literal in terms:
        if literal > 0:
            weights[literal] = weights.get(literal, 0) + weight
        else:
            # weight * (1 - variable)
            bound -= weight
            weights[-literal] = weights.get(-literal, 0) - weight
    positive: list[tuple[int, Literal]] = []
    for variable, weight in weights.items():
        if weight > 0:
            positive.append((weight, variable))
        elif weight < 0:
            bound -= weight
            positive.append((-weight, -variable))
    if bound < 0:
        return FALSE
    total = sum(weight for weight, _ in positive)
    if total <= bound:
        return TRUE
    # A literal that is too heavy on its own never holds, whatever its exact weight.
    capped = tuple((min(weight, bound + 1), literal) for weight, literal in positive)
    return AtMost(capped, bound)


def at_least(terms: Sequence[tuple[int, Literal]], bound: int) -> Formula:
    """The sum of any weights is at least a bound."""
    return at_most([(-weight, literal) for weight, literal in terms], -bound)


def holds(formula: Formula, true: Callable[[int], bool]) -> bool:
    """Whether the formula holds where `true` says which variables do."""
    if isinstance(formula, int):
        return true(formula) if formula > 0 else not true(-formula)
    if isinstance(formula, And):
        return all(holds(part, true) for part in formula.parts)
    if isinstance(formula, Or):
        return any(holds(part, true) for part in formula.parts)
    return sum(weight for weight, literal in formula.terms if true(abs(literal)) == (literal > 0)) <= formula.bound


def variables_of(formula: Formula) -> set[int]:
    """The variables that a formula speaks of."""
    if isinstance(formula, int):
        return {abs(formula)}
    if isinstance(formula, AtMost):
        return {abs(literal) for _, literal in formula.terms}
    return set().union(*map(variables_of, formula.parts))

"""Check `configuration_model`: what no configuration can hold, and constraints that never matter, with the reason."""

from __future__ import annotations

import time
from collections.abc import Iterable

from engine.configure.answer import Answer, State
from engine.configure.build import RuleBuilder, TooLargeError
from engine.configure.configurator import Configurator
from engine.configure.explanation import Reason, explain, why_conflict
from engine.configure.formula import Literal
from engine.configure.program import DEFINITION, Constraint, ConstraintKind, Model, Rules
from engine.configure.solver import OutOfTimeError, SubsetSolver
from engine.diagnostics import Code, Findings, Severity

MAX_TOLD = 20
"""Dead options told one by one, with their reasons; the rest is counted."""
MAX_CONSTRAINTS = 5_000
"""Constraints up to which each is tried for being implied by the others."""
CHECK_SECONDS = 60.0
"""For the check of one product: a small file can hold a model that no solver is done with in a lifetime."""
WRITTEN = frozenset({ConstraintKind.REQUIRES, ConstraintKind.EXCLUDES, ConstraintKind.CONDITION, ConstraintKind.TABLE})


def check_model(model: Model, findings: Findings, queried: frozenset[int] = frozenset()) -> None:
    """Tell what the model as a whole makes impossible or pointless.

    Args:
        model: a compiled product.
        findings: receives errors (nothing can be configured, an option or a group can never be chosen) and warnings.
        queried: elements that a query took from the catalogue: that some of them fit nothing is noted, once a group.
    """
    try:
        _check(Configurator(model), findings, queried, time.perf_counter() + CHECK_SECONDS)
    except OutOfTimeError:
        message = (
            f"{model.product} is too hard to be checked whole within {CHECK_SECONDS:g} seconds: it may hold more "
            "that can never be chosen, and answers to customers will often be inexact"
        )
        findings.add(Code.LIMIT, message, model.groups[0].place, severity=Severity.WARNING)


def _check(configurator: Configurator, findings: Findings, queried: frozenset[int], deadline: float) -> None:
    """Check until the deadline (of `time.perf_counter`).

    Raises:
        OutOfTimeError: it passed; what was found until then has been told.
    """
    model = configurator.model
    nothing = configurator.read(())
    answer = configurator.configure(nothing, deadline=deadline, cached=False)
    if answer.conflict:
        reason = why_conflict(configurator, nothing, deadline)
        assert reason is not None
        place = reason.constraints[0].place if reason.constraints else model.groups[0].place
        message = f"{model.product} can never be configured: {_because(reason)}"
        findings.add(Code.NEVER_APPLIES, message, place)
        return
    if not answer.exact:
        raise OutOfTimeError
    _dead(configurator, answer, findings, queried, deadline)
    if len(model.constraints) <= MAX_CONSTRAINTS:
        _pointless(model, findings, deadline)


def _because(reason: Reason) -> str:
    return "; ".join(reason.lines()) or "its definition contradicts itself"


def _dead(
    configurator: Configurator, answer: Answer, findings: Findings, queried: frozenset[int], deadline: float
) -> None:
    model, nothing = configurator.model, configurator.read(())
    excluded = {index for index, state in enumerate(answer.states) if state == State.EXCLUDED}
    told = 0
    explained: set[int] = set()
    from_catalogue = excluded & queried
    for group in model.groups:
        if group.elements and excluded.issuperset(group.elements):
            found = explain(configurator, nothing, group.elements[0], deadline)
            assert found is not None
            message = f"no option of the group {group.path!r} can ever be chosen: {_because(found[1])}"
            findings.add(Code.NEVER_APPLIES, message, group.place)
            explained.update(group.elements)
        elif taken := sorted(from_catalogue.intersection(group.elements)):
            found = explain(configurator, nothing, taken[0], deadline)
            assert found is not None
            message = (
                f"{len(taken):,} of the {len(group.elements):,} options of the group {group.path!r} can never be "
                f"chosen, such as {model.elements[taken[0]].path!r}: {_because(found[1])}"
            )
            findings.add(Code.NEVER_APPLIES, message, model.elements[taken[0]].place, severity=Severity.INFO)
            explained.update(taken)
    for index in sorted(excluded - explained):
        element = model.elements[index]
        if element.attribute >= 0 and len(model.attributes[element.attribute].elements) > MAX_TOLD:
            continue
        told += 1
        if told > MAX_TOLD:
            more = len(excluded - explained) - MAX_TOLD
            message = f"and {more:,} more options of {model.product} can never be chosen"
            findings.add(Code.NEVER_APPLIES, message, element.place, severity=Severity.WARNING)
            return
        found = explain(configurator, nothing, index, deadline)
        assert found is not None
        severity = Severity.WARNING if element.attribute >= 0 else Severity.ERROR
        message = f"{element.path!r} can never be chosen: {_because(found[1])}"
        findings.add(Code.NEVER_APPLIES, message, element.place, severity=severity)


def _pointless(model: Model, findings: Findings, deadline: float) -> None:
    """Constraints that the others imply, and rules whose condition never holds."""
    builder = RuleBuilder()
    builder.variables = model.rules.variables
    try:
        literals = [builder.literal(constraint.formula) for constraint in model.constraints]
        conditions = [builder.literal(rule.condition) for rule in model.soft_rules]
    except TooLargeError:
        return
    solver = SubsetSolver(_with_definitions(builder, model.rules))
    for index, constraint in enumerate(model.constraints):
        if constraint.kind not in WRITTEN:
            continue
        others = [literal for position, literal in enumerate(literals) if position != index]
        core = _minimal(solver, others, -literals[index], deadline)
        if core is not None:
            findings.add(
                Code.NEVER_APPLIES,
                f"{constraint.id!r} never matters: {_implied_by(core, literals, model.constraints)}",
                constraint.place,
                severity=Severity.WARNING,
            )
    for condition, rule in zip(conditions, model.soft_rules, strict=True):
        core = _minimal(solver, literals, condition, deadline)
        if core is not None:
            findings.add(
                Code.NEVER_APPLIES,
                f"{rule.id!r} never acts: its condition can never hold",
                rule.place,
                severity=Severity.WARNING,
            )


def _with_definitions(builder: RuleBuilder, rules: Rules) -> Rules:
    """The definitions of literals, and those of the model, without any constraint."""
    own = builder.rules(rules.tracked)
    clauses = [clause for clause, owner in zip(rules.clauses, rules.clause_owners, strict=True) if owner == DEFINITION]
    sums = [found for found, owner in zip(rules.sums, rules.sum_owners, strict=True) if owner == DEFINITION]
    return Rules(
        own.variables,
        own.tracked,
        (*own.clauses, *clauses),
        (DEFINITION,) * (len(own.clauses) + len(clauses)),
        (*own.sums, *sums),
        (DEFINITION,) * (len(own.sums) + len(sums)),
    )


def _minimal(
    solver: SubsetSolver, literals: Iterable[Literal], wanted: Literal, deadline: float
) -> set[Literal] | None:
    """A minimal set of the literals that rules the wanted one out; None where none does."""
    found = solver.core(set(), [*literals, wanted], deadline)
    if found is None:
        return None
    core = found[1] - {wanted}
    for literal in sorted(core):
        smaller = solver.core(set(), [*(core - {literal}), wanted], deadline)
        if smaller is not None:
            core = smaller[1] - {wanted}
    return core


def _implied_by(core: set[Literal], literals: list[Literal], constraints: tuple[Constraint, ...]) -> str:
    members = [constraint for literal, constraint in zip(literals, constraints, strict=True) if literal in core]
    if not members:
        return "it holds whatever is chosen"
    return "it follows from " + "; ".join(f"{member.text} ({member.place})" for member in members)

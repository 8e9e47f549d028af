"""Check `configuration_model`: what no configuration can hold, and constraints that never matter, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from engine.configure.answer import Answer, State
from engine.configure.build import RuleBuilder, TooLargeError
from engine.configure.configurator import Configurator
from engine.configure.explanation import Reason, explain, why_conflict
from engine.configure.formula import Literal
from engine.configure.program import DEFINITION, Constraint, ConstraintKind, Model, Rules
from engine.configure.solver import SubsetSolver
from engine.diagnostics import Code, Findings, Severity

MAX_TOLD = 20
"""Dead options told one by one, with their reasons; the rest is counted."""
MAX_CONSTRAINTS = 5_000
"""Constraints up to which each is tried for being implied by the others."""
WRITTEN = frozenset({ConstraintKind.REQUIRES, ConstraintKind.EXCLUDES, ConstraintKind.CONDITION, ConstraintKind.TABLE})


def check_model(model: Model, findings: Findings, queried: frozenset[int] = frozenset()) -> None:
    """Tell what the model as a whole makes impossible or pointless.

    Args:
        model: a compiled product.
        findings: receives errors (nothing can be configured, an option or a group can never be chosen) and warnings.
        queried: elements that a query took from the catalogue; where one is dead, the catalogue may be at fault, so
            that it is a warning.
    """
    configurator = Configurator(model)
    nothing = configurator.read(())
    answer = configurator.configure(nothing, cached=False)
    if answer.conflict:
        reason = why_conflict(configurator, nothing)
        assert reason is not None
        place = reason.constraints[0].place if reason.constraints else model.groups[0].place
        message = f"{model.product} can never be configured: {_because(reason)}"
        findings.add(Code.NEVER_APPLIES, message, place)
        return
    _dead(configurator, answer, findings, queried)
    if len(model.constraints) <= MAX_CONSTRAINTS:
        _pointless(model, findings)


def _because(reason: Reason) -> str:
    return "; ".join(reason.lines()) or "its definition contradicts itself"


def _dead(configurator: Configurator, answer: Answer, findings: Findings, queried: frozenset[int]) -> None:
    model, nothing = configurator.model, configurator.read(())
    excluded = {index for index, state in enumerate(answer.states) if state == State.EXCLUDED}
    told = 0
    explained: set[int] = set()
    for group in model.groups:
        if group.elements and excluded.issuperset(group.elements):
            found = explain(configurator, nothing, group.elements[0])
            assert found is not None
            message = f"no option of the group {group.path!r} can ever be chosen: {_because(found[1])}"
            findings.add(Code.NEVER_APPLIES, message, group.place)
            explained.update(group.elements)
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
        found = explain(configurator, nothing, index)
        assert found is not None
        warning = index in queried or element.attribute >= 0
        severity = Severity.WARNING if warning else Severity.ERROR
        message = f"{element.path!r} can never be chosen: {_because(found[1])}"
        findings.add(Code.NEVER_APPLIES, message, element.place, severity=severity)


def _pointless(model: Model, findings: Findings) -> None:
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
        core = _minimal(solver, others, -literals[index])
        if core is not None:
            findings.add(
                Code.NEVER_APPLIES,
                f"{constraint.id!r} never matters: {_implied_by(core, literals, model.constraints)}",
                constraint.place,
                severity=Severity.WARNING,
            )
    for condition, rule in zip(conditions, model.soft_rules, strict=True):
        core = _minimal(solver, literals, condition)
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


def _minimal(solver: SubsetSolver, literals: Iterable[Literal], wanted: Literal) -> set[Literal] | None:
    """A minimal set of the literals that rules the wanted one out; None where none does."""
    found = solver.core(set(), [*literals, wanted], None)
    if found is None:
        return None
    core = found[1] - {wanted}
    for literal in sorted(core):
        smaller = solver.core(set(), [*(core - {literal}), wanted], None)
        if smaller is not None:
            core = smaller[1] - {wanted}
    return core


def _implied_by(core: set[Literal], literals: list[Literal], constraints: tuple[Constraint, ...]) -> str:
    members = [constraint for literal, constraint in zip(literals, constraints, strict=True) if literal in core]
    if not members:
        return "it holds whatever is chosen"
    return "it follows from " + "; ".join(f"{member.text} ({member.place})" for member in members)

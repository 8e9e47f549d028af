"""Feature models become models that can be propagated, solved and counted, like configurable products."""

from __future__ import annotations

import hashlib

from engine.configure.build import RuleBuilder, exactly
from engine.configure.formula import TRUE, Formula, at_most, both, either, implies, negated
from engine.configure.program import Constraint, ConstraintKind, Element, Group, Model
from engine.schema.feature_model import FeatureModel, Proposition
from engine.source import Span


def compile_feature_model(source: FeatureModel, version: str) -> Model:
    """The model of a feature model; `version` names the content that it was read from."""
    builder = RuleBuilder()
    builder.variables = len(source.features)
    constraints: list[Constraint] = []

    def add(text: str, kind: ConstraintKind, place: Span, formula: Formula) -> None:
        if formula != TRUE:
            constraints.append(Constraint(f"{place.line}: {text}", text, kind, place, formula))
            builder.require(formula, len(constraints) - 1)

    features = source.features
    if source.has_root:
        add(f"the root {features[0].name} is always there", ConstraintKind.STRUCTURE, features[0].span, 1)
    for index, feature in enumerate(features):
        if feature.parent >= 0:
            parent = features[feature.parent]
            formula = either(-(index + 1), feature.parent + 1)
            add(f"{feature.name} belongs to {parent.name}", ConstraintKind.STRUCTURE, feature.span, formula)
    for group in source.groups:
        members = [index + 1 for index in group.members]
        upper = TRUE if group.maximum is None else at_most([(1, member) for member in members], group.maximum)
        # Members never come without the parent: the upper bound needs no condition.
        lower = exactly(members, group.minimum, None)
        text = f"{features[group.parent].name}: {_limits(group.minimum, group.maximum)} of {len(members)}"
        add(text, ConstraintKind.CARDINALITY, group.span, both(upper, implies(group.parent + 1, lower)))
    for item in source.constraints:
        add(item.text, ConstraintKind.CONDITION, item.span, formula_of(item.proposition))
    elements, groups = _elements(source)
    return Model(
        product=source.name,
        version=hashlib.sha256(version.encode()).hexdigest()[:32],
        groups=groups,
        attributes=(),
        elements=elements,
        constraints=tuple(constraints),
        soft_rules=(),
        dated=(),
        rules=builder.rules(len(features)),
        names={feature.name: index for index, feature in enumerate(features)},
    )


def formula_of(proposition: Proposition) -> Formula:
    """A proposition as a formula: feature i is variable i + 1."""
    if proposition.operator == "feature":
        return proposition.feature + 1
    parts = [formula_of(part) for part in proposition.parts]
    if proposition.operator == "not":
        return negated(parts[0])
    if proposition.operator == "and":
        return both(*parts)
    if proposition.operator == "or":
        return either(*parts)
    forward = implies(parts[0], parts[1])
    return forward if proposition.operator == "implies" else both(forward, implies(parts[1], parts[0]))


def _elements(source: FeatureModel) -> tuple[tuple[Element, ...], tuple[Group, ...]]:
    """Options and groups; the root, and features without a tree, make a group of their own."""
    groups: list[Group] = []
    group_of: dict[int, int] = {}
    alone = tuple(index for index, feature in enumerate(source.features) if feature.parent < 0)
    if alone:
        least = 1 if source.has_root else 0
        groups.append(Group("", source.name, source.features[0].span, alone, least, None))
        group_of.update(dict.fromkeys(alone, 0))
    for group in source.groups:
        name = source.features[group.parent].name
        number = len(groups)
        groups.append(Group(name, name, group.span, group.members, group.minimum, group.maximum, group.parent))
        group_of.update(dict.fromkeys(group.members, number))
    elements = tuple(
        Element(feature.name, feature.name, feature.span, group=group_of[index])
        for index, feature in enumerate(source.features)
    )
    return elements, tuple(groups)


def _limits(minimum: int, maximum: int | None) -> str:
    if maximum is None:
        return f"at least {minimum}"
    return f"exactly {minimum}" if minimum == maximum else f"{minimum} to {maximum}"

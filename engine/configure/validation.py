"""Validation: whether a whole configuration holds every constraint, and which it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from engine.configure.formula import holds
from engine.configure.program import AttributeKind, Constraint, Model, RuleAction, SoftRule


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a whole configuration, and what soft rules say of it.

    Attributes:
        broken: hard constraints that do not hold.
        spoken: soft rules that warn, recommend or inform.
    """

    broken: tuple[Constraint, ...]
    spoken: tuple[SoftRule, ...]


def validate(model: Model, quantities: Mapping[int, int], day: date | None = None) -> Verdict:
    """Judge a whole configuration: what is not in it is not chosen.

    Args:
        model: the product's.
        quantities: for each chosen element its quantity; 1 for values of attributes.
        day: on which it is sold.
    """
    true = variables(model, quantities)
    true.update(literal for literal in model.guards(day) if literal > 0)
    speaking = (RuleAction.WARN, RuleAction.RECOMMEND, RuleAction.INFORM)
    return Verdict(
        tuple(constraint for constraint in model.constraints if not holds(constraint.formula, true.__contains__)),
        tuple(
            rule for rule in model.soft_rules if rule.action in speaking and holds(rule.condition, true.__contains__)
        ),
    )


def variables(model: Model, quantities: Mapping[int, int]) -> set[int]:
    """The tracked variables that hold where exactly these elements are chosen."""
    true: set[int] = set()
    for index, quantity in quantities.items():
        element = model.elements[index]
        true.add(index + 1)
        true.update(element.ladder[: max(0, quantity - element.min_quantity)])
        if element.attribute >= 0:
            attribute = model.attributes[element.attribute]
            if attribute.kind is AttributeKind.NUMBER:
                true.update(attribute.ladder[: attribute.elements.index(index)])
    return true


@dataclass(frozen=True, slots=True)
class LineFinding:
    """Something about the components of a quote line.

    Attributes:
        message: for people.
        error: the line cannot be sold like this; otherwise it only speaks.
        constraint: id of the constraint or rule.
        file: where that is written.
        line: 1-based.
        component: the component spoken of; "" where the line as a whole is.
    """

    message: str
    error: bool
    constraint: str = ""
    file: str = ""
    line: int = 0
    component: str = ""


def validate_line(
    models: Mapping[str, Model], sku: str, components: Iterable[tuple[str, int]], day: date | None = None
) -> list[LineFinding]:
    """Judge a configured quote line: the components (SKU or path, and quantity per unit) against the product's model.

    Gives nothing where the product has no model. Attributes are no components: constraints over them are judged as
    if none had a value, and a missing value is not told.
    """
    model = models.get(sku)
    if model is None:
        return []
    findings: list[LineFinding] = []
    quantities: dict[int, int] = {}
    by_sku = {element.sku: index for index, element in enumerate(model.elements) if element.sku}
    for name, quantity in components:
        index = model.names.get(name, by_sku.get(name))
        if index is None:
            findings.append(LineFinding(f"{sku} has no option {name!r}", error=True, component=name))
            continue
        element = model.elements[index]
        if not element.min_quantity <= quantity <= element.max_quantity:
            limits = f"{element.min_quantity} to {element.max_quantity}"
            message = f"{name}: the quantity is {limits}, found {quantity}"
            findings.append(LineFinding(message, error=True, component=name))
        quantities[index] = quantity
    verdict = validate(model, quantities, day)
    findings += [
        LineFinding(item.text, error=True, constraint=item.id, file=item.place.file, line=item.place.line)
        for item in verdict.broken
        if item.kind.value != "attribute"
    ]
    findings += [
        LineFinding(item.text, error=False, constraint=item.id, file=item.place.file, line=item.place.line)
        for item in verdict.spoken
    ]
    return findings

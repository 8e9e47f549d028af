"""Check: a floor above a cap, where both hold: the price cannot keep to both."""

from __future__ import annotations

from decimal import Decimal

from engine.check.priority_ties import disjoint
from engine.check.subject import PricingCondition, Subject
from engine.diagnostics import Code, Findings, Severity
from engine.money import plain, to_decimal

MAX_PAIRS = 100_000
"""Pairs of floors and caps that are compared."""


def crossed_limits(subject: Subject, findings: Findings) -> None:
    """A warning for every cap that lies below a floor of a rule that can hold at the same time."""
    floors = [(rule, amount) for rule in subject.pricing if (amount := _amount(rule, "floor")) is not None]
    caps = [(rule, amount) for rule in subject.pricing if (amount := _amount(rule, "cap")) is not None]
    if len(floors) * len(caps) > MAX_PAIRS:
        return
    for cap, highest in caps:
        for floor, lowest in floors:
            currencies = {rule.loaded.rule.then.currency for rule in (cap, floor)} - {""}
            if lowest > highest and len(currencies) < 2 and not disjoint(cap, floor, subject):
                message = (
                    f"rule {cap.loaded.rule.id!r} caps the price at {plain(highest)}, and {floor.loaded.rule.id!r} "
                    f"({floor.loaded.span('then', 'floor')}) does not let it below {plain(lowest)}, where both hold"
                )
                place = cap.loaded.span("then", "cap")
                findings.add(Code.OVERLAP, message, place, severity=Severity.WARNING, hint="narrow one of the two")
                break


def _amount(rule: PricingCondition, action: str) -> Decimal | None:
    """The constant of a floor or a cap."""
    then = rule.loaded.rule.then
    given = getattr(then, action)
    if then.action != action or isinstance(given, str):
        return None
    try:
        return to_decimal(given)
    except ValueError:
        return None

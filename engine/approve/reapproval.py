"""Smart re-approval: whether what a step approved earlier still covers what it is asked for now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.approve.program import CompiledRule, FactPath
from engine.approve.result import ApprovedStep

CURRENCY: FactPath = ("quote", "currency")


def value_at(path: FactPath, parameters: Mapping[str, Any]) -> Any:
    """A fact by its path; null where something on the way is missing."""
    if len(path) == 2:  # nearly all
        return parameters[path[0]].get(path[1])
    value: Any = parameters
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def is_covered(
    approved: ApprovedStep, rules: Iterable[CompiledRule], parameters: Mapping[str, Any], values: Sequence[Any]
) -> bool:
    """Whether nothing that the rules ask for goes beyond what was approved.

    A rule asks again where it did not ask before, where a fact changed that it reads and compares with no threshold,
    or where its condition holds with what was approved last in the place of its thresholds.

    Args:
        approved: what was approved.
        rules: those that ask for the step now.
        parameters: what rules read, by name.
        values: the same in the order in which compiled conditions take it.
    """
    if approved.currency != value_at(CURRENCY, parameters):
        return False
    for rule in rules:
        if rule.id not in approved.rules:
            return False
        for path in rule.reads:
            if path not in rule.thresholds and approved.facts.get(".".join(path)) != value_at(path, parameters):
                return False
        if rule.beyond is not None:
            before = {threshold_name(path): approved.facts.get(".".join(path)) for path in rule.thresholds}
            # A figure that was unknown when it was approved covers nothing.
            if None in before.values() or rule.beyond(*values, before):
                return False
    return True


def threshold_name(path: FactPath) -> str:
    """What a fact is called among those that were approved, as a FEEL name."""
    return "__".join(path)

"""Check: every rule has an id of its own, since explanations name rules by it."""

from __future__ import annotations

from catalog.model import Catalog
from engine.diagnostics import Code, Findings
from engine.load.rulebook import LoadedRulebook
from engine.source import Span


def duplicate_rules(rulebook: LoadedRulebook, _catalog: Catalog, findings: Findings) -> None:
    """An error for every rule whose id an earlier one has."""
    first: dict[str, Span] = {}
    for loaded in rulebook.rules:
        name = loaded.rule.id
        if name in first:
            message = f"the rule id {name!r} is taken; first at {first[name]}"
            findings.add(Code.DUPLICATE, message, loaded.span("id"))
        else:
            first[name] = loaded.span("id")

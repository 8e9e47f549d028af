"""Check: every rule has an id of its own, since explanations name rules by it."""

from __future__ import annotations

from engine.check.subject import Subject
from engine.diagnostics import Code, Findings
from engine.source import Span


def duplicate_rules(subject: Subject, findings: Findings) -> None:
    """An error for every rule whose id an earlier one has."""
    first: dict[str, Span] = {}
    for loaded in subject.rulebook.rules:
        name = loaded.rule.id
        if name in first:
            message = f"the rule id {name!r} is taken; first at {first[name]}"
            findings.add(Code.DUPLICATE, message, loaded.span("id"))
        else:
            first[name] = loaded.span("id")

"""Check: rules whose last day has passed act on nothing that is quoted today."""

from __future__ import annotations

from engine.check.subject import Subject, day
from engine.diagnostics import Code, Findings, Severity


def expired_rules(subject: Subject, findings: Findings) -> None:
    """A warning for every pricing rule that ended before today."""
    for loaded in subject.rulebook.rules:
        last = day(loaded.rule.valid.to)
        if last is not None and last < subject.today:
            message = f"rule {loaded.rule.id!r} ended on {last}: no quote of today or later meets it"
            hint = "delete it once no older quote is priced with this rulebook"
            findings.add(Code.EXPIRED, message, loaded.span("valid", "to"), severity=Severity.WARNING, hint=hint)

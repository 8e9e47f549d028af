"""Check: roles that credit rules refer to, which the approval files must know."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.subject import Subject
from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.source import Span


def credit_roles(subject: Subject, findings: Findings) -> None:
    """A warning for every role of the credit files that the approval files do not have; nothing without any roles."""
    roles = [item.entry.id for item in subject.approval["roles"]]
    if not roles:
        return
    for role, place in _named(subject):
        if role and role not in roles:
            message = f"there is no role {role!r} in the approval files, so that nobody is asked"
            hint = did_you_mean(role, roles) or f"there are {', '.join(roles)}"
            findings.add(Code.UNKNOWN_NAME, message, place, severity=Severity.WARNING, hint=hint)


def _named(subject: Subject) -> Iterator[tuple[str, Span]]:
    for item in subject.credit["settings"]:
        yield item.entry.no_limit_role, item.span("no_limit_role")
        for index, role in enumerate(item.entry.override_roles):
            yield role, item.span("override_roles", index)
    for item in subject.credit["rules"]:
        yield item.entry.then.role, item.span("then", "role")

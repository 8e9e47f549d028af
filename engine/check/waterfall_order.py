"""Check: the waterfall starts by finding a price, ends by forming the net, and no discount follows the floors."""

from __future__ import annotations

from engine.check.subject import Subject
from engine.diagnostics import Code, Findings

FIRST = ("list", "contract", "tiers")
LAST = ("limits", "net")


def waterfall_order(subject: Subject, findings: Findings) -> None:
    """Errors for steps out of their place and steps named twice."""
    steps = subject.rulebook.settings.waterfall
    document = subject.rulebook.settings_document
    span = document.span(("waterfall",))
    if tuple(steps[: len(FIRST)]) != FIRST:
        message = f"a waterfall starts with {', '.join(FIRST)}; found {', '.join(steps[: len(FIRST)])}"
        findings.add(Code.WRONG_VALUE, message, span)
    if tuple(steps[-len(LAST) :]) != LAST:
        message = f"a waterfall ends with {', '.join(LAST)}, so that no floor is crossed; found {', '.join(steps[-2:])}"
        findings.add(Code.WRONG_VALUE, message, span)
    for position, name in enumerate(steps):
        if name in steps[:position]:
            findings.add(Code.DUPLICATE, f"the step {name!r} is named twice", document.span(("waterfall", position)))

"""Check: rules whose last day has passed act on nothing that is quoted today."""

from __future__ import annotations

from datetime import date

from catalog.model import Catalog
from engine.diagnostics import Code, Findings, Severity
from engine.load.rulebook import LoadedRulebook


def expired_rules(rulebook: LoadedRulebook, _catalog: Catalog, findings: Findings) -> None:
    """A warning for every pricing rule that ended before today."""
    today = date.today()  # noqa: DTZ011 -- the day of who edits the rules; quotes carry their own
    for loaded in rulebook.rules:
        last = _day(loaded.rule.valid.to)
        if last is not None and last < today:
            message = f"rule {loaded.rule.id!r} ended on {last}: no quote of today or later meets it"
            hint = "delete it once no older quote is priced with this rulebook"
            findings.add(Code.EXPIRED, message, loaded.span("valid", "to"), severity=Severity.WARNING, hint=hint)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None  # told of when the rule is compiled

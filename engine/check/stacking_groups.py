"""Check: stacking groups that do nothing, and discounts that are given twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from engine.check.subject import Subject
from engine.diagnostics import Code, Findings, Severity
from engine.load.rulebook import LoadedRule


def stacking_groups(subject: Subject, findings: Findings) -> None:
    """A warning for groups without rules, a note for those with one, and a warning for the same rule twice."""
    members: dict[str, list[LoadedRule]] = defaultdict(list)
    for loaded in subject.rulebook.rules:
        members[loaded.rule.group].append(loaded)
    known = {"", *(group.name for group in subject.rulebook.settings.stacking_groups)}
    misspelt = not members.keys() <= known
    for index, group in enumerate(subject.rulebook.settings.stacking_groups):
        place = subject.rulebook.settings_document.span(("stacking_groups", index, "name"))
        rules = members[group.name]
        if not rules and misspelt:
            continue  # the rules may be those whose group does not exist, which is told when they are compiled
        if not rules:
            message = f"no rule belongs to the stacking group {group.name!r}"
            findings.add(Code.NEVER_APPLIES, message, place, severity=Severity.WARNING, hint="delete the group")
        elif len(rules) == 1 and not rules[0].rule.table and group.mode != "stack":
            message = (
                f"the stacking group {group.name!r} has one rule: its mode {group.mode} has nothing to choose from"
            )
            findings.add(Code.NEVER_APPLIES, message, place, severity=Severity.INFO)
    modes = {group.name: group.mode for group in subject.rulebook.settings.stacking_groups}
    first: dict[Hashable, LoadedRule] = {}
    for loaded in subject.rulebook.rules:
        if loaded.rule.when is False or modes.get(loaded.rule.group, "stack") not in ("stack", "add"):
            continue
        before = first.setdefault(_whole(loaded), loaded)
        if before is not loaded:
            message = (
                f"rule {loaded.rule.id!r} does the same as {before.rule.id!r} ({before.span('id')}) under the same "
                "condition: both act, so that it is given twice"
            )
            findings.add(
                Code.DUPLICATE, message, loaded.span("id"), severity=Severity.WARNING, hint="delete one of the two"
            )


def _whole(loaded: LoadedRule) -> Hashable:
    """A rule without what only tells of it."""
    rule = loaded.rule
    when = " ".join(rule.when.split()) if isinstance(rule.when, str) else str(rule.when)
    valid = (rule.valid.from_, rule.valid.to)
    return (
        rule.waterfall_step, rule.group, when, rule.table, rule.then.model_dump_json(), valid, rule.coupon,
        rule.minimum_order,
    )  # fmt: skip

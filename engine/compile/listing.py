"""Pass `listing`: every rule of a rulebook of whatever kind, as listings show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.diagnostics import Findings
from engine.load.approval import load_approval
from engine.load.credit import load_credit
from engine.load.parts import Loaded
from engine.load.renewal import load_renewal
from engine.load.rulebook import LoadedRulebook
from engine.snapshot import RuleInfo

READERS = (("approval", load_approval), ("credit", load_credit), ("renewal", load_renewal))


def list_rules(rulebook: LoadedRulebook) -> tuple[RuleInfo, ...]:
    """Pricing rules, then those of approval, credit and renewal, each in the order of the files."""
    return (*_pricing_rules(rulebook), *_other_rules(rulebook))


def _pricing_rules(rulebook: LoadedRulebook) -> Iterator[RuleInfo]:
    for loaded in rulebook.rules:
        rule, span = loaded.rule, loaded.span()
        yield RuleInfo(
            id=rule.id,
            kind="pricing",
            file=span.file,
            line=span.line,
            step=rule.waterfall_step,
            stacking_group=rule.group,
            priority=rule.priority,
            description=rule.description,
            action=rule.then.action,
            condition=rule.when if isinstance(rule.when, str) else "",
        )


def _other_rules(rulebook: LoadedRulebook) -> Iterator[RuleInfo]:
    for kind, load in READERS:
        # What is wrong with the files was told when they were compiled.
        for item in load(rulebook, Findings())["rules"]:
            rule, span = item.entry, item.span()
            yield RuleInfo(
                id=rule.id,
                kind=kind,
                file=span.file,
                line=span.line,
                step="",
                stacking_group="",
                priority=0,
                description=rule.description,
                action=_action(item),
                condition=rule.when if isinstance(rule.when, str) else "",
            )


def _action(item: Loaded[Any]) -> str:
    """What a rule does, in the words of its file: "require, derive" or "refer"."""
    then = item.entry.then
    if hasattr(then, "outcome"):
        return str(then.outcome)
    return ", ".join(name for name in type(then).model_fields if getattr(then, name) not in (None, False, "", [], {}))

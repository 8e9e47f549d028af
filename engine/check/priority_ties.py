"""Check: where the order of rules changes the price, a priority says so and not their place in the file."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from catalog.model import Catalog
from engine.diagnostics import Code, Findings, Severity
from engine.feel import FeelSyntaxError, parse_expression
from engine.load.rulebook import LoadedRule, LoadedRulebook
from engine.tables.column_test import NOTHING, intersection
from engine.tables.conditions import SplitCondition, split_condition

NAMES = ("customer", "quote", "line", "product")
EVERYTHING = SplitCondition({}, None)


def priority_ties(rulebook: LoadedRulebook, _catalog: Catalog, findings: Findings) -> None:
    """A warning for every two rules of a group with the same priority that can meet and whose order matters."""
    modes = {group.name: group.mode for group in rulebook.settings.stacking_groups}
    tied: dict[tuple[str, str, int], list[LoadedRule]] = defaultdict(list)
    for loaded in rulebook.rules:
        rule = loaded.rule
        if rule.when is not False:
            tied[rule.waterfall_step, rule.group, rule.priority].append(loaded)
    for (step, group, priority), rules in tied.items():
        if step == "limits" or len(rules) < 2:
            continue
        conditions = {id(loaded): _condition(loaded) for loaded in rules}
        for first, second in combinations(rules, 2):
            if _order_matters(first, second, modes.get(group, "stack")) and not _disjoint(
                conditions[id(first)], conditions[id(second)]
            ):
                message = (
                    f"rules {first.rule.id!r} and {second.rule.id!r} have the same priority {priority}"
                    f"{f' in group {group!r}' if group else ''} and can meet; their order in the file decides"
                )
                hint = "give the one that acts first a higher priority"
                findings.add(Code.TIE, message, second.span("id"), severity=Severity.WARNING, hint=hint)
                break


def _order_matters(first: LoadedRule, second: LoadedRule, mode: str) -> bool:
    """Whether the price depends on which of two rules acts first."""
    if mode == "first":
        return True
    if mode != "stack":
        return False
    ways = {(loaded.rule.then.action, loaded.rule.then.of, loaded.rule.then.on) for loaded in (first, second)}
    commuting = {"percent_off", "markup"}
    if all(action in commuting and of == "price" and on == "unit" for action, of, on in ways):
        return False
    return len(ways) > 1 or next(iter(ways))[0] == "set_price"


def _condition(loaded: LoadedRule) -> SplitCondition:
    when = loaded.rule.when
    if isinstance(when, bool):
        return EVERYTHING
    try:
        return split_condition(parse_expression(when, NAMES))
    except FeelSyntaxError:
        return EVERYTHING  # told of when the rule is compiled


def _disjoint(first: SplitCondition, second: SplitCondition) -> bool:
    """Whether the indexed parts of two conditions exclude each other."""
    return any(
        intersection(test, second.tests[path]) == NOTHING for path, test in first.tests.items() if path in second.tests
    )

"""Pass `rules`: pricing rules become an index, conditions and values in the order in which they act."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.compile.expressions import Expressions
from engine.compile.rule_conditions import condition_parts, split_rule
from engine.compile.rule_tables import RuleTable, RuleTables
from engine.compile.thresholds import rule_thresholds
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import compile_condition
from engine.feel.tree import Node
from engine.feel.types import ANY, BOOLEAN, NUMBER, Type
from engine.load.rulebook import LoadedRule, LoadedRulebook
from engine.money import HUNDRED, ZERO, plain, to_decimal
from engine.pricing.program import ActsOn, CompiledRule, Expression, FreeUnits, RuleProgram
from engine.pricing.rule_index import FactPath, IndexedConditions, RuleIndex
from engine.pricing.stacking import Effect, PercentOf, StackingGroup, StackingMode, effect_problems
from engine.schema.pricing_rule import QUOTE_STEP, PricingRule
from engine.schema.rulebook import BUILT_IN_STEPS
from engine.source import Span
from engine.tables.column_test import ColumnTest, Interval
from engine.trace import AdjustmentKind, Origin

KINDS = {
    "percent_off": AdjustmentKind.PERCENT,
    "amount_off": AdjustmentKind.AMOUNT,
    "set_price": AdjustmentKind.SET,
    "markup": AdjustmentKind.MARKUP,
    "floor": AdjustmentKind.FLOOR,
    "cap": AdjustmentKind.CAP,
    "free_units": AdjustmentKind.FREE_UNITS,
    "fee": AdjustmentKind.FEE,
}
MAX_VALUE_DIGITS = 28
"""A figure of a rule has fewer digits before its point than an amount can have."""

LINE_ACTIONS = ("fee", "free_units")
"""What can only act on the amount of a line."""

_COLUMN = re.compile(r"\s*row\.(\w+)\s*")

STACKING_ACTIONS = ("percent_off", "amount_off", "set_price", "markup")
"""What the rules of a group can be compared or added by."""

NO_GROUP = StackingGroup("", StackingMode.STACK)
"""Rules without a group act one after the other, after all groups."""


@dataclass(frozen=True, slots=True)
class _Built:
    """A rule with what the index decides of its condition."""

    rule: CompiledRule
    indexed: IndexedConditions
    step: str


def compile_rules(rulebook: LoadedRulebook, parameters: Mapping[str, Type], findings: Findings) -> RuleProgram:
    """The rules of a rulebook, compiled; rules with mistakes are left out and told of."""
    groups = [StackingGroup(group.name, StackingMode(group.mode)) for group in rulebook.settings.stacking_groups]
    groups.append(NO_GROUP)
    tables = RuleTables(rulebook, parameters, findings)
    compiler = _RuleCompiler(rulebook, parameters, tables, groups, findings)
    built = [found for loaded in rulebook.rules if (found := compiler.compiled(loaded)) is not None]
    waterfall = [*rulebook.settings.waterfall, QUOTE_STEP]
    # The sort is stable: equal priorities keep the order of the files. The first rule gets the highest bit.
    built.sort(key=lambda item: (waterfall.index(item.step), item.rule.group, -item.rule.priority))
    built.reverse()
    steps: dict[str, int] = {}
    for bit, item in enumerate(built):
        steps[item.step] = steps.get(item.step, 0) | 1 << bit
    return RuleProgram(
        rules=tuple(item.rule for item in built),
        index=RuleIndex([item.indexed for item in built]),
        steps=steps,
        groups=tuple(groups),
        thresholds=rule_thresholds([item.indexed for item in built], tables.definitions),
    )


class _RuleCompiler:
    """Compiles rules one by one, telling every mistake."""

    def __init__(
        self,
        rulebook: LoadedRulebook,
        parameters: Mapping[str, Type],
        tables: RuleTables,
        groups: list[StackingGroup],
        findings: Findings,
    ) -> None:
        self.parameters = parameters
        self.tables = tables
        self.findings = findings
        self.waterfall = rulebook.settings.waterfall
        self.modes = [group.mode for group in groups]
        self.groups = {group.name: position for position, group in enumerate(groups)}

    def compiled(self, loaded: LoadedRule) -> _Built | None:
        """The rule compiled; None where it has mistakes or is switched off by `when: false`."""
        before = len(self.findings.errors)
        rule = loaded.rule
        step, group = self.step(loaded), self.group(loaded)
        condition = self.condition(loaded)
        table = self.tables.table(loaded) if rule.table else None
        expressions = Expressions(self.parameters, self.findings)
        if rule.table:
            # A table with mistakes has been told of; what the rule reads of its rows is then left unchecked.
            expressions = expressions.with_parameter("row", table.row_type if table is not None else ANY)
        value = self.value(loaded, expressions)
        reason = self.reason(loaded, expressions, padded=not rule.table)
        days = self.validity(loaded)
        self.check_constants(loaded, table)
        if len(self.findings.errors) > before or value is None or reason is None or rule.when is False:
            return None
        split_tests, contains, residual = split_rule(condition, self.parameters, rule.coupon)
        span, then = loaded.span(), rule.then
        compiled = CompiledRule(
            origin=Origin(step, KINDS[then.action], rule.id, span.file, span.line, "", rule.group),
            description=rule.description,
            group=group,
            residual=compile_condition(residual, self.parameters) if residual is not None else None,
            table=table.lookup(step, KINDS[then.action], rule) if table is not None else None,
            value=value,
            percent_of=PercentOf(then.of),
            acts_on=ActsOn.LINE if then.on == "unit" and then.action in LINE_ACTIONS else ActsOn(then.on),
            currency=then.currency,
            free_of=_free_of(rule),
            reason=reason,
            priority=rule.priority,
            stacked=self.modes[group] is StackingMode.STACK or then.action in LINE_ACTIONS,
            maximum=None if then.maximum is None else Decimal(then.maximum),
            minimum_order=None if rule.minimum_order is None else Decimal(rule.minimum_order),
            coupon=rule.coupon,
            valid=days,
            conditions=condition_parts(condition, str(rule.when), self.parameters),
        )
        return _Built(compiled, IndexedConditions([*split_tests.items(), *_limits(rule, days)], contains), step)

    def step(self, loaded: LoadedRule) -> str:
        step = loaded.rule.waterfall_step
        span = loaded.span("step") if loaded.rule.step else loaded.span()
        limits = loaded.rule.then.action in ("floor", "cap")
        if loaded.rule.then.on == "quote" or step == QUOTE_STEP:
            if loaded.rule.then.on != "quote" or step != QUOTE_STEP:
                message = (
                    f"rule {loaded.rule.id!r}: the step {QUOTE_STEP!r} and on: quote belong together; "
                    f"found step {step!r} and on: {loaded.rule.then.on}"
                )
                self.findings.add(Code.WRONG_VALUE, message, span)
        elif step not in self.waterfall:
            rule_steps = [name for name in self.waterfall if name not in BUILT_IN_STEPS]
            message = f"rule {loaded.rule.id!r}: the waterfall has no step {step!r}; it has {', '.join(rule_steps)}"
            self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(step, rule_steps))
        elif limits and step != "limits":
            message = (
                f"rule {loaded.rule.id!r}: a {loaded.rule.then.action} belongs to the step 'limits', found {step!r}"
            )
            self.findings.add(Code.WRONG_VALUE, message, span)
        elif not limits and step in BUILT_IN_STEPS:
            message = f"rule {loaded.rule.id!r}: the engine itself runs the step {step!r}; choose a step of rules"
            self.findings.add(Code.WRONG_VALUE, message, span)
        return step

    def group(self, loaded: LoadedRule) -> int:
        name = loaded.rule.group
        if name not in self.groups:
            known = [group for group in self.groups if group]
            message = f"rule {loaded.rule.id!r}: there is no stacking group {name!r}; expected {_one_of(known)}"
            self.findings.add(Code.UNKNOWN_NAME, message, loaded.span("group"), hint=did_you_mean(name, known))
            return 0
        mode = self.modes[self.groups[name]]
        action = loaded.rule.then.action
        if action in STACKING_ACTIONS:
            # The value is checked where it stands; here only what the group makes of the kind and its base.
            for problem in effect_problems(Effect(KINDS[action], ZERO, PercentOf(loaded.rule.then.of)), mode):
                message = f"rule {loaded.rule.id!r}: {problem.message}"
                self.findings.add(Code.WRONG_VALUE, message, loaded.span("then", action))
        return self.groups[name]

    def condition(self, loaded: LoadedRule) -> Node | None:
        when = loaded.rule.when
        if isinstance(when, bool):
            return None
        return Expressions(self.parameters, self.findings).parse(when, BOOLEAN, loaded.span("when"))

    def value(self, loaded: LoadedRule, expressions: Expressions) -> Decimal | Expression | None:
        then = loaded.rule.then
        span = loaded.span("then", then.action)
        if then.free_units is not None:
            bought, free = Decimal(then.free_units.buy), Decimal(then.free_units.get)
            if bought < 0 or free <= 0:
                message = f"free_units: expected buy of at least 0 and get above 0, found {bought} and {free}"
                self.findings.add(Code.WRONG_VALUE, message, span)
            if not 0 < then.free_units.percent <= HUNDRED:
                message = f"free_units: expected a percent above 0 and at most 100, found {then.free_units.percent}"
                self.findings.add(Code.WRONG_VALUE, message, span)
            if then.free_units.at_most is not None and then.free_units.at_most <= 0:
                message = f"free_units: expected at_most above 0, found {then.free_units.at_most}"
                self.findings.add(Code.WRONG_VALUE, message, span)
            return free
        given = getattr(then, then.action)
        if isinstance(given, str):
            function = expressions.function(given, NUMBER, span)
            return _padded(function, "row" in expressions.parameters) if function is not None else None
        try:
            value = to_decimal(given)
        except ValueError as error:
            self.findings.add(Code.WRONG_VALUE, str(error), span)
            return None
        self.check_value(then.action, value, span)
        return value

    def reason(self, loaded: LoadedRule, expressions: Expressions, *, padded: bool) -> str | Callable[..., str] | None:
        rule = loaded.rule
        if not rule.reason:
            return rule.description or rule.id
        found = expressions.template(rule.reason, loaded.span("reason"))
        return _padded(found, not padded) if callable(found) else found

    def validity(self, loaded: LoadedRule) -> tuple[date | None, date | None]:
        valid = loaded.rule.valid
        first = self.day(loaded, "from", valid.from_)
        last = self.day(loaded, "to", valid.to)
        if first is not None and last is not None and first > last:
            message = f"rule {loaded.rule.id!r} holds from {first} to {last}: it never does"
            self.findings.add(Code.WRONG_VALUE, message, loaded.span("valid"))
        return first, last

    def check_constants(self, loaded: LoadedRule, table: RuleTable | None) -> None:
        """What is wrong with the numbers of the table's column that gives the rule's value."""
        action = loaded.rule.then.action
        column = _COLUMN.fullmatch(str(getattr(loaded.rule.then, action)))
        if table is None or column is None or column[1] not in table.outputs:
            return
        for value, place in table.constants(column[1]):
            self.check_value(action, value, place)

    def check_value(self, action: str, value: Decimal, place: Span) -> None:
        if value < 0:
            self.findings.add(Code.WRONG_VALUE, f"{action}: expected at least 0, found {plain(value)}", place)
        elif action == "percent_off" and value > HUNDRED:
            self.findings.add(Code.WRONG_VALUE, f"percent_off: expected at most 100, found {plain(value)}", place)
        elif value.adjusted() >= MAX_VALUE_DIGITS:
            self.findings.add(Code.WRONG_VALUE, f"{action}: expected less than 10^28, found {value}", place)

    def day(self, loaded: LoadedRule, name: str, text: str | None) -> date | None:
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            message = f"expected a date such as 2026-03-31, found {text!r}"
            self.findings.add(Code.WRONG_VALUE, message, loaded.span("valid", name))
            return None


def _limits(rule: PricingRule, days: tuple[date | None, date | None]) -> list[tuple[FactPath, ColumnTest]]:
    """What the index decides beside the condition: the days of validity, the least list total."""
    tests: list[tuple[FactPath, ColumnTest]] = []
    if days != (None, None):
        interval = Interval(*days, low_closed=True, high_closed=True)
        tests.append((("quote", "price_date"), ColumnTest(intervals=(interval,))))
    if rule.minimum_order is not None:
        interval = Interval(Decimal(rule.minimum_order), None, low_closed=True)
        tests.append((("quote", "list_total"), ColumnTest(intervals=(interval,))))
    return tests


def _padded(function: Callable[..., Any], has_row: bool) -> Callable[..., Any]:
    """A function of (customer, quote, line, product, row), whether or not it reads a row."""
    if has_row:
        return function

    def without_row(customer: Any, quote: Any, line: Any, product: Any, _row: Any) -> Any:
        return function(customer, quote, line, product)

    return without_row


def _free_of(rule: PricingRule) -> FreeUnits | None:
    free = rule.then.free_units
    if free is None:
        return None
    at_most = None if free.at_most is None else Decimal(free.at_most)
    return FreeUnits(Decimal(free.buy), Decimal(free.get), Decimal(free.percent), at_most)


def _one_of(names: list[str]) -> str:
    return f"one of {', '.join(names)}" if names else "none: rulebook.yaml declares no stacking_groups"


__all__ = ["RuleTable", "compile_rules"]

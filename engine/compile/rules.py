"""Pass `rules`: pricing rules become an index, conditions and values in the order in which they act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.compile.expressions import Expressions
from engine.compile.rule_tables import RuleTable, RuleTables
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import compile_condition
from engine.feel.tree import And, Call, Literal, Name, Node
from engine.feel.types import ANY, BOOLEAN, NUMBER, ContextType, Type, bare
from engine.load.rulebook import LoadedRule, LoadedRulebook
from engine.money import to_decimal
from engine.pricing.program import CompiledRule, Expression, RuleProgram
from engine.pricing.rule_index import FactPath, IndexedConditions, RuleIndex
from engine.pricing.stacking import PercentOf, StackingGroup, StackingMode
from engine.schema.pricing_rule import PricingRule
from engine.schema.rulebook import BUILT_IN_STEPS
from engine.tables.column_test import ColumnTest, Interval
from engine.tables.conditions import path_names, split_condition
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
LINE_ACTIONS = ("fee", "free_units")
"""What can only act on the amount of a line."""

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
    waterfall = rulebook.settings.waterfall
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
        tests = self.validity(loaded)
        if len(self.findings.errors) > before or value is None or reason is None or rule.when is False:
            return None
        split_tests, contains, residual = _split(condition, self.parameters)
        span, then = loaded.span(), rule.then
        compiled = CompiledRule(
            origin=Origin(step, KINDS[then.action], rule.id, span.file, span.line, "", rule.group),
            description=rule.description,
            group=group,
            residual=compile_condition(residual, self.parameters) if residual is not None else None,
            table=table.lookup(step, KINDS[then.action], rule) if table is not None else None,
            value=value,
            percent_of=PercentOf(then.of),
            on_line=then.on == "line" or then.action in LINE_ACTIONS,
            currency=then.currency,
            free_of=_free_of(rule),
            reason=reason,
            priority=rule.priority,
            stacked=self.modes[group] is StackingMode.STACK or then.action in LINE_ACTIONS,
        )
        if rule.coupon:
            contains = {**contains, ("quote", "coupons"): rule.coupon}
        return _Built(compiled, IndexedConditions([*split_tests.items(), *tests], contains), step)

    def step(self, loaded: LoadedRule) -> str:
        step = loaded.rule.waterfall_step
        span = loaded.span("step") if loaded.rule.step else loaded.span()
        limits = loaded.rule.then.action in ("floor", "cap")
        if step not in self.waterfall:
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
        return self.groups[name]

    def condition(self, loaded: LoadedRule) -> Node | None:
        when = loaded.rule.when
        if isinstance(when, bool):
            return None
        return Expressions(self.parameters, self.findings).parse(when, BOOLEAN, loaded.span("when"))

    def value(self, loaded: LoadedRule, expressions: Expressions) -> Decimal | Expression | None:
        then = loaded.rule.then
        if then.free_units is not None:
            return Decimal(then.free_units.get)
        span = loaded.span("then", then.action)
        given = getattr(then, then.action)
        if isinstance(given, str):
            function = expressions.function(given, NUMBER, span)
            return _padded(function, "row" in expressions.parameters) if function is not None else None
        try:
            value = to_decimal(given)
        except ValueError as error:
            self.findings.add(Code.WRONG_VALUE, str(error), span)
            return None
        if value < 0:
            self.findings.add(Code.WRONG_VALUE, f"{then.action}: expected at least 0, found {value}", span)
        if then.action == "percent_off" and value > 100:
            self.findings.add(Code.WRONG_VALUE, f"percent_off: expected at most 100, found {value}", span)
        return value

    def reason(self, loaded: LoadedRule, expressions: Expressions, *, padded: bool) -> str | Callable[..., str] | None:
        rule = loaded.rule
        if not rule.reason:
            return rule.description or rule.id
        found = expressions.template(rule.reason, loaded.span("reason"))
        return _padded(found, not padded) if callable(found) else found

    def validity(self, loaded: LoadedRule) -> list[tuple[FactPath, ColumnTest]]:
        valid = loaded.rule.valid
        first = self.day(loaded, "from", valid.from_)
        last = self.day(loaded, "to", valid.to)
        if first is None and last is None:
            return []
        if first is not None and last is not None and first > last:
            message = f"rule {loaded.rule.id!r} holds from {first} to {last}: it never does"
            self.findings.add(Code.WRONG_VALUE, message, loaded.span("valid"))
            return []
        days = Interval(first, last, low_closed=True, high_closed=True)
        return [(("quote", "price_date"), ColumnTest(intervals=(days,)))]

    def day(self, loaded: LoadedRule, name: str, text: str | None) -> date | None:
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            message = f"expected a date such as 2026-03-31, found {text!r}"
            self.findings.add(Code.WRONG_VALUE, message, loaded.span("valid", name))
            return None


def _split(
    condition: Node | None, parameters: Mapping[str, Type]
) -> tuple[dict[FactPath, ColumnTest], dict[FactPath, str], Node | None]:
    """What the index decides of a condition, and what remains of it."""
    if condition is None:
        return {}, {}, None
    split = split_condition(condition, lambda path: _is_scalar(path, parameters))
    contains: dict[FactPath, str] = {}
    rest: list[Node] = []
    for part in _conjuncts(split.rest):
        found = _contains_text(part)
        if found is not None and found[0][0] != "line" and found[0] not in contains:
            contains[found[0]] = found[1]
        else:
            rest.append(part)
    residual = None if not rest else rest[0] if len(rest) == 1 else And(tuple(rest), rest[0].start, rest[-1].end)
    return dict(split.tests), contains, residual


def _is_scalar(path: FactPath, parameters: Mapping[str, Type]) -> bool:
    """Whether a path leads to a single value; facts of a line only directly below `line`."""
    kind: Type | None = parameters.get(path[0])
    for name in path[1:]:
        inner = bare(kind) if kind is not None else None
        kind = inner.fields.get(name) if isinstance(inner, ContextType) else None
    return kind is not None and (path[0] != "line" or len(path) == 2)


def _conjuncts(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.operands if isinstance(node, And) else (node,)


def _contains_text(node: Node) -> tuple[FactPath, str] | None:
    """The path and the text of `list contains(path, "text")`."""
    if not isinstance(node, Call) or node.names is not None or len(node.arguments) != 2:
        return None
    function, (values, text) = node.function, node.arguments
    if not isinstance(function, Name) or function.name != "list contains":
        return None
    path = path_names(values)
    if path is None or len(path) < 2 or not isinstance(text, Literal) or not isinstance(text.value, str):
        return None
    return path, text.value


def _padded(function: Callable[..., Any], has_row: bool) -> Callable[..., Any]:
    """A function of (customer, quote, line, product, row), whether or not it reads a row."""
    if has_row:
        return function

    def without_row(customer: Any, quote: Any, line: Any, product: Any, _row: Any) -> Any:
        return function(customer, quote, line, product)

    return without_row


def _free_of(rule: PricingRule) -> tuple[Decimal, Decimal] | None:
    free = rule.then.free_units
    return None if free is None else (Decimal(free.buy), Decimal(free.get))


def _one_of(names: list[str]) -> str:
    return f"one of {', '.join(names)}" if names else "none: rulebook.yaml declares no stacking_groups"


__all__ = ["RuleTable", "compile_rules"]

"""Pass `approval`: rules, chains and people of approval become a program, or findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog.model import Catalog
from engine.approve.durable_chainer import is_available
from engine.approve.program import (
    Aggregate,
    AggregateFunction,
    ApprovalProgram,
    CompiledRule,
    Condition,
    Expression,
    FactPath,
    Step,
)
from engine.approve.reapproval import threshold_name
from engine.compile.approval_conditions import (
    APPROVED,
    MAX_ALTERNATIVES,
    Conjunction,
    against_approved,
    conjunctions,
    facts_of,
    facts_read,
    type_at,
)
from engine.compile.approval_facts import approval_parameters, derived_types, line_parameters
from engine.compile.approval_people import Organisation
from engine.compile.approval_strata import ParsedRule, build_strata
from engine.compile.expressions import Expressions
from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.feel import compile_condition, compile_expression
from engine.feel.tree import Node
from engine.feel.types import ANY, BOOLEAN, NUMBER, ContextType, Required
from engine.load.approval import load_approval
from engine.load.parts import Loaded, LoadedParts, tell_duplicates
from engine.load.rulebook import LoadedRulebook
from engine.money import to_decimal
from engine.pricing.facts import CUSTOMER_FACTS
from engine.schema.approval import ApprovalRule, ApprovalSettings

KINDS = {"roles": "role", "people": "person", "aggregates": "aggregate", "chains": "chain", "rules": "approval rule"}


def compile_approval(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> ApprovalProgram | None:
    """The program; None where the rulebook has no approval rules, or where they have errors."""
    before = len(findings.errors)
    parts = load_approval(rulebook, findings)
    findings.texts.update(parts.texts)
    if not parts:
        return None
    for name, kind in KINDS.items():
        tell_duplicates(parts[name], kind, findings)
    declared = rulebook.settings.facts
    people = Organisation(parts, (*CUSTOMER_FACTS, *declared.customer), findings)
    steps = people.steps(parts["chains"])
    lines = Expressions(line_parameters(declared, catalog), findings)
    line_facts: dict[str, None] = {}
    aggregates = [_aggregate(item, lines, line_facts) for item in parts["aggregates"]]
    derived, flag_names = derived_types(parts["rules"])
    parameters = approval_parameters(declared, catalog, parts["aggregates"], parts["chains"], derived)
    step_names = {chain.entry.id: tuple(step.id for step in chain.entry.steps) for chain in parts["chains"]}
    flags = frozenset(
        [("derived", name) for name in flag_names]
        + [("needed", chain, step) for chain, names in step_names.items() for step in names]
    )
    compiler = _RuleCompiler(Expressions(parameters, findings), steps, flags)
    built = [found for item in parts["rules"] if (found := compiler.compiled(item)) is not None]
    if len(findings.errors) == before:
        strata = build_strata([parsed for _, parsed in built], flags, parameters, findings)
    _tell_idle_steps(parts, steps, findings)
    if len(findings.errors) > before:
        return None
    settings = parts["settings"][0].entry if parts["settings"] else ApprovalSettings()
    durable = settings.chainer == "durable_rules"
    if durable and not is_available():
        message = "durable-rules cannot be imported here: the engine's own chainer serves, with the same results"
        span = parts["settings"][0].span("chainer")
        findings.add(Code.WRONG_VALUE, message, span, severity=Severity.WARNING)
    return ApprovalProgram(
        aggregates=tuple(aggregate for aggregate in aggregates if aggregate is not None),
        rules=tuple(rule for rule, _ in built),
        strata=strata,
        steps=steps,
        step_names=step_names,
        derived_names=tuple(derived),
        flag_names=flag_names,
        roles=people.roles,
        people=people.people,
        holders=people.holders,
        own_quotes_forbidden=settings.own_quotes == "forbid",
        expires_after_days=settings.expires_after_days,
        durable=durable and is_available(),
        line_facts=tuple(line_facts),
    )


def _aggregate(item: Loaded[Any], expressions: Expressions, line_facts: dict[str, None]) -> Aggregate | None:
    """The aggregate; what it reads of a line is added to `line_facts`."""
    entry = item.entry
    value: Expression | None = None
    where: Condition | None = None
    if entry.of:
        tree = expressions.parse(entry.of, NUMBER, item.span("of"))
        if tree is not None:
            value = compile_expression(tree, expressions.parameters)
            line_facts.update(dict.fromkeys(path[1] for path in facts_of(tree, ("line",))))
    if entry.where:
        tree = expressions.parse(entry.where, BOOLEAN, item.span("where"))
        if tree is not None:
            where = compile_condition(tree, expressions.parameters)
            line_facts.update(dict.fromkeys(path[1] for path in facts_of(tree, ("line",))))
    return Aggregate(entry.id, AggregateFunction(entry.function), value, where)


def _tell_idle_steps(parts: LoadedParts, steps: tuple[Step, ...], findings: Findings) -> None:
    required = {step for rule in parts["rules"] for step in rule.entry.then.require}
    for chain in parts["chains"]:
        for index, step in enumerate(chain.entry.steps):
            name = f"{chain.entry.id}.{step.id}"
            if name not in required and any(known.id == name for known in steps):
                message = f"no rule asks for the step {name!r}"
                findings.add(Code.NEVER_APPLIES, message, chain.span("steps", index), severity=Severity.WARNING)


class _RuleCompiler:
    """Compiles rules one by one, telling every mistake."""

    def __init__(self, expressions: Expressions, steps: tuple[Step, ...], flags: frozenset[FactPath]) -> None:
        self.expressions = expressions
        self.findings = expressions.findings
        self.parameters = expressions.parameters
        self.steps = {step.id: position for position, step in enumerate(steps)}
        self.chains = sorted({step.chain for step in steps})
        self.flags = flags

    def compiled(self, item: Loaded[ApprovalRule]) -> tuple[CompiledRule, ParsedRule] | None:
        """The rule, and what strata are made of; None where it has mistakes or is switched off."""
        before = len(self.findings.errors)
        rule, span = item.entry, item.span()
        tree = None
        if isinstance(rule.when, str):
            tree = self.expressions.parse(rule.when, BOOLEAN, item.span("when"))
        requires = tuple(
            position for place in range(len(rule.then.require)) if (position := self.step(item, place)) >= 0
        )
        derives, read_by_values = self.derives(item)
        approves = self.approves(item)
        told = (
            self.expressions.template(rule.reason, item.span("reason")) if rule.reason else rule.description or rule.id
        )
        if len(self.findings.errors) > before or told is None or rule.when is False:
            return None
        ways = self.ways(item, tree)
        beyond, thresholds = (None, ()) if tree is None else against_approved(tree, self.parameters)
        compiled = CompiledRule(
            id=rule.id,
            file=span.file,
            line=span.line,
            description=rule.description,
            reads=() if tree is None else facts_read(tree),
            requires=requires,
            derives=derives,
            approves=approves,
            reason=told,
            beyond=self.beyond(beyond, thresholds),
            thresholds=thresholds,
        )
        parsed = ParsedRule(
            id=rule.id,
            span=item.span("when") if tree is not None else span,
            ways=ways,
            waits_for=_waited_for(ways) | read_by_values,
            gives=(
                *(("derived", name) for name in rule.then.derive),
                *(("needed", *name.split(".")) for name in rule.then.require),
            ),
        )
        return compiled, parsed

    def ways(self, item: Loaded[ApprovalRule], tree: Node | None) -> tuple[Conjunction, ...]:
        if tree is None:
            return (Conjunction((), frozenset()),)
        ways = conjunctions(tree, self.flags)
        if ways is None:
            message = f"the condition holds in more than {MAX_ALTERNATIVES} ways; use fewer 'or' between derived facts"
            self.findings.add(Code.LIMIT, message, item.span("when"))
        return tuple(ways or ())

    def beyond(self, tree: Node | None, thresholds: tuple[FactPath, ...]) -> Condition | None:
        if tree is None:
            return None
        types = {threshold_name(path): type_at(path, self.parameters) or ANY for path in thresholds}
        return compile_condition(tree, {**self.parameters, APPROVED: Required(ContextType(types))})

    def step(self, item: Loaded[ApprovalRule], place: int) -> int:
        name = item.entry.then.require[place]
        if name not in self.steps:
            span = item.span("then", "require", place)
            message = f"rule {item.entry.id!r}: there is no step {name!r}"
            self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(name, self.steps))
        return self.steps.get(name, -1)

    def derives(self, item: Loaded[ApprovalRule]) -> tuple[Mapping[str, Any | Callable[..., Any]], frozenset[FactPath]]:
        """The facts that a rule derives, and what computing them reads of other rules."""
        values: dict[str, Any] = {}
        read: set[FactPath] = set()
        for name, given in item.entry.then.derive.items():
            span = item.span("then", "derive", name)
            if isinstance(given, str) and given.startswith("="):
                text = given[1:]
                tree = self.expressions.parse(text.lstrip(), ANY, span)
                if tree is not None:
                    read.update(path for path in facts_read(tree) if path[0] in ("derived", "needed"))
                    values[name] = self.expressions.function(text.lstrip(), ANY, span)
            else:
                values[name] = given if isinstance(given, bool | str) else to_decimal(given)
        return values, frozenset(read)

    def approves(self, item: Loaded[ApprovalRule]) -> frozenset[str] | None:
        given = item.entry.then.auto_approve
        if given is None or given == "all":
            return None if given is None else frozenset()
        for place, chain in enumerate(given):
            if chain not in self.chains:
                message = f"rule {item.entry.id!r}: there is no chain {chain!r}"
                span = item.span("then", "auto_approve", place)
                self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(chain, self.chains))
        return frozenset(given)


def _waited_for(ways: tuple[Conjunction, ...]) -> frozenset[FactPath]:
    """Derived facts that a condition reads in a way that needs them final."""
    return frozenset(
        path for way in ways for part in way.parts for path in facts_read(part) if path[0] in ("derived", "needed")
    )

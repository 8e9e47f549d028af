"""FEEL conditions of configuration files as formulas: where they are true, and where they are false.

A condition has three values, as in FEEL: it is unknown where it reads something that has no value yet, or that the
chosen option lacks. Only comparison with `null` tells whether there is a value. Unlike in FEEL, `cpu.socket = "AM5"`
is unknown rather than false without a CPU, so that a constraint says nothing before both sides are chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine.compile.configuration_scope import (
    QUANTITY,
    AttributeTerm,
    FactTerm,
    GroupTerm,
    OptionTerm,
    Scope,
    Term,
    Unit,
    bound,
    terms_in,
)
from engine.compile.configuration_sums import RangeExceededError, SumReader, compare
from engine.configure.formula import FALSE, TRUE, Formula, both, either, negated
from engine.configure.program import AttributeKind
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import FeelSyntaxError, interpret, parse_expression, tree
from engine.feel.builtins import BUILTINS
from engine.feel.tree import AnyNode, Node
from engine.source import Span, at

MAX_PAIRS = 250_000
"""Combinations of values that one comparison may be tried on when files are loaded."""
MAX_PAIRS_OF_NUMBERS = 2_500
"""Beyond, a comparison of numbers becomes a weighted sum instead."""


class Truth(NamedTuple):
    """Where a condition is true, and where it is false; elsewhere it is unknown."""

    true: Formula
    false: Formula


class _MeaninglessError(Exception):
    """An expression that says nothing about a product."""

    def __init__(self, message: str, node: AnyNode, hint: str = "", code: Code = Code.EXPRESSION) -> None:
        self.node, self.hint, self.code = node, hint, code
        super().__init__(message)


class Conditions:
    """Reads the conditions of one scope; every mistake becomes a finding at its character."""

    def __init__(self, scope: Scope, findings: Findings) -> None:
        self.scope = scope
        self.findings = findings
        self._sums = SumReader(scope)

    def read(self, text: str, span: Span) -> Truth | None:
        """The truth of a text; None with a finding where it has none."""
        try:
            node = parse_expression(text, self.scope.names_in(text))
            return self._truth(node)
        except FeelSyntaxError as error:
            message = f"this is no FEEL expression: {error.message}"
            self.findings.add(Code.SYNTAX, message, at(span, error.start, error.end), hint=self._quoting_hint(text))
        except RangeExceededError as error:
            self.findings.add(Code.LIMIT, str(error), at(span, error.start, error.end))
        except _MeaninglessError as error:
            self._tell(error, span)
        return None

    def _truth(self, node: Node) -> Truth:
        if isinstance(node, tree.And):
            parts = [self._truth(part) for part in node.operands]
            return Truth(both(*(part.true for part in parts)), either(*(part.false for part in parts)))
        if isinstance(node, tree.Or):
            parts = [self._truth(part) for part in node.operands]
            return Truth(either(*(part.true for part in parts)), both(*(part.false for part in parts)))
        if isinstance(node, tree.If):
            return self._if(node)
        if isinstance(node, tree.Literal) and (isinstance(node.value, bool) or node.value is None):
            return Truth(TRUE if node.value is True else FALSE, TRUE if node.value is False else FALSE)
        if isinstance(node, tree.Call):
            return self._call(node)
        if isinstance(node, tree.Between):
            lower = tree.Comparison(">=", node.value, node.low, node.start, node.end)
            upper = tree.Comparison("<=", node.value, node.high, node.start, node.end)
            return self._truth(tree.And((lower, upper), node.start, node.end))
        if isinstance(node, tree.Comparison):
            return self._comparison(node)
        if isinstance(node, tree.In):
            return self._in(node)
        if isinstance(node, tree.Quantified):
            return self._quantified(node)
        return self._name(node)

    def _if(self, node: tree.If) -> Truth:
        condition, chosen, other = map(self._truth, (node.condition, node.chosen, node.otherwise))
        otherwise = negated(condition.true)
        return Truth(
            either(both(condition.true, chosen.true), both(otherwise, other.true)),
            either(both(condition.true, chosen.false), both(otherwise, other.false)),
        )

    def _call(self, node: tree.Call) -> Truth:
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if name == "not" and len(node.arguments) == 1:
            inner = self._truth(node.arguments[0])
            return Truth(inner.false, inner.true)
        if name == "list contains" and len(node.arguments) == 2:
            group = self.scope.term(node.arguments[0])
            if isinstance(group, GroupTerm):
                return self._contains(group, node.arguments[1])
        return self._finite(node)

    def _name(self, node: Node) -> Truth:
        term = self.scope.term(node)
        if isinstance(term, OptionTerm):
            return Truth(term.element + 1, -(term.element + 1))
        if isinstance(term, AttributeTerm):
            attribute = self.scope.all_attributes[term.attribute]
            if attribute.kind is AttributeKind.BOOLEAN:
                values = {self.scope.elements[index].value: index + 1 for index in attribute.elements}
                return Truth(values[True], values[False])
            raise _MeaninglessError(f"{attribute.path!r} is a {attribute.kind}; compare it with a value", node)
        if isinstance(term, GroupTerm):
            raise _MeaninglessError(
                f"the group {term.name!r} is no condition",
                node,
                f'write {term.name} = "OPTION" or count({term.name}) > 0',
            )
        return self._finite(node)

    def _comparison(self, node: tree.Comparison) -> Truth:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, tree.Literal) and other.value is None and node.operator in ("=", "!="):
                return self._null_test(side, negative=node.operator == "!=")
        terms = [term for _, term in terms_in(node, self.scope)]
        numeric = self._numeric(node)
        if numeric is not None and (_sums_up(node) or self._pairs(terms) > MAX_PAIRS_OF_NUMBERS):
            return numeric
        return self._finite(node)

    def _numeric(self, node: tree.Comparison) -> Truth | None:
        left, right = self._sums.read(node.left), self._sums.read(node.right)
        if left is None or right is None:
            return None
        return Truth(*compare(node.operator, left, right, node))

    def _null_test(self, node: Node, *, negative: bool) -> Truth:
        terms = [term for _, term in terms_in(node, self.scope)]
        if len(terms) == 1 and isinstance(terms[0], GroupTerm):
            there: Formula = either(*(index + 1 for index in terms[0].elements))
        else:
            there = both(*(unit.defined for unit in self._units(terms, node)))
        return Truth(there, negated(there)) if negative else Truth(negated(there), there)

    def _in(self, node: tree.In) -> Truth:
        if len(node.tests) == 1:
            group = self.scope.term(node.tests[0])
            if isinstance(group, GroupTerm):
                return self._contains(group, node.value)
        return self._finite(node)

    def _contains(self, group: GroupTerm, node: Node) -> Truth:
        names = dict(zip(group.names, group.elements, strict=True))
        if not isinstance(node, tree.Literal) or not isinstance(node.value, str):
            raise _MeaninglessError(f"expected the name of an option of {group.name!r} as text", node)
        if node.value not in names:
            raise _unknown(f"the group {group.name!r} has no option", node.value, node, names)
        variable = names[node.value] + 1
        return Truth(variable, -variable)

    def _quantified(self, node: tree.Quantified) -> Truth:
        first = node.iterations[0]
        group = self.scope.term(first.source)
        if len(node.iterations) != 1 or first.last is not None or not isinstance(group, GroupTerm):
            raise _MeaninglessError("expected `some x in GROUP satisfies ...` over one group of options", node)
        for place, term in terms_in(node.condition, self.scope):
            if not isinstance(place, tree.Name) or place.name != first.name:
                raise _MeaninglessError(
                    f"inside `satisfies` only {first.name!r} can be read, found another name ({term})", place
                )
        passing: list[Formula] = []
        failing: list[Formula] = []
        for index in group.elements:
            value = interpret(node.condition, {first.name: self.scope.facts[index]})
            if value is True:
                passing.append(index + 1)
            elif value is False:
                failing.append(index + 1)
        unknown = [index + 1 for index in group.elements if index + 1 not in (*passing, *failing)]
        if node.every:
            return Truth(both(*map(negated, (*failing, *unknown))), either(*failing))
        return Truth(either(*passing), both(*map(negated, (*passing, *unknown))))

    def units_or_findings(self, node: Node, span: Span) -> list[Unit] | None:
        """The attributes and groups that an expression reads; None with a finding where it cannot read them."""
        try:
            self._check_names(node)
            return self._units([term for _, term in terms_in(node, self.scope)], node)
        except _MeaninglessError as error:
            self._tell(error, span)
            return None

    def _quoting_hint(self, text: str) -> str:
        """How to write an option whose name is none that FEEL can read, where the text has one."""
        for group in self.scope.groups.values():
            for name in group.names:
                if name in text and f'"{name}"' not in text and not name.isidentifier():
                    return f'write "{name}" in {group.name}'
        return ""

    def _tell(self, error: _MeaninglessError, span: Span) -> None:
        place = at(span, error.node.start, error.node.end)
        self.findings.add(error.code, str(error), place, hint=error.hint)

    def _units(self, terms: Iterable[Term], node: Node) -> list[Unit]:
        units: list[Unit] = []
        groups: dict[tuple[str, ...], tuple[GroupTerm, dict[str, None]]] = {}
        for term in terms:
            if isinstance(term, AttributeTerm):
                attribute = self.scope.all_attributes[term.attribute]
                if attribute.kind is AttributeKind.TEXT:
                    raise _MeaninglessError(f"{attribute.path!r} is free text: conditions cannot read it", node)
                if all(unit.path != term.path for unit in units):
                    units.append(self.scope.attribute_unit(term))
            elif isinstance(term, FactTerm | GroupTerm):
                group = term.group if isinstance(term, FactTerm) else term
                self._check_readable(term, group, node)
                facts = groups.setdefault(group.path, (group, {}))[1]
                if isinstance(term, FactTerm):
                    facts[term.fact] = None
            else:
                raise _MeaninglessError("an option is true or false: it cannot be compared with a value", node)
        units += [self.scope.group_unit(group, tuple(facts)) for group, facts in groups.values()]
        return units

    def _check_readable(self, term: FactTerm | GroupTerm, group: GroupTerm, node: Node) -> None:
        if not group.single:
            hint = f"use list contains({group.name}, ...), count({group.name}), sum({group.name}.FACT) or some/every"
            raise _MeaninglessError(f"several options of {group.name!r} may be chosen at once", node, hint)
        if isinstance(term, FactTerm):
            known = self.scope.fact_names(group)
            if term.fact not in known:
                raise _unknown(f"no option of {group.name!r} has a fact", term.fact, node, known)
            if term.fact == QUANTITY:
                raise _MeaninglessError("a quantity can only be summed: sum(GROUP.quantity)", node)

    def _pairs(self, terms: list[Term]) -> int:
        pairs = 1
        seen: set[Term] = set()
        for term in terms:
            if term in seen:
                continue
            seen.add(term)
            if isinstance(term, AttributeTerm):
                pairs *= max(1, len(self.scope.all_attributes[term.attribute].elements))
            elif isinstance(term, FactTerm):
                pairs *= max(1, len({self.scope.facts[index].get(term.fact) for index in term.group.elements}))
        return pairs

    def _finite(self, node: Node) -> Truth:
        """Try the expression on every combination of the values that it reads."""
        terms = [term for _, term in terms_in(node, self.scope)]
        self._check_names(node)
        units = self._units(terms, node)
        if len(units) == 1:
            return self._of_one(node, units[0])
        if len(units) == 2 and len(units[0].values) * len(units[1].values) <= MAX_PAIRS:
            return self._of_two(node, units[0], units[1])
        if not units:
            value = interpret(node, {})
            if isinstance(value, bool) or value is None:
                return Truth(TRUE if value is True else FALSE, TRUE if value is False else FALSE)
            raise _MeaninglessError("expected a condition that is true or false", node)
        raise _MeaninglessError(
            "this reads too many things at once; expected sums, or a comparison of at most two of them, "
            "or use a table of allowed combinations",
            node,
        )

    def _of_one(self, node: Node, unit: Unit) -> Truth:
        results = [(self._value(node, bound([(unit, value)])), formula) for value, formula in unit.values]
        if unit.values and isinstance(node, tree.Comparison) and not any(result is True for result, _ in results):
            self._check_literals(node, unit)
        return Truth(
            either(*(formula for result, formula in results if result is True)),
            either(*(formula for result, formula in results if result is False)),
        )

    def _of_two(self, node: Node, first: Unit, second: Unit) -> Truth:
        results = {
            (row, column): self._value(node, bound([(first, left), (second, right)]))
            for row, (left, _) in enumerate(first.values)
            for column, (right, _) in enumerate(second.values)
        }
        true = [
            both(formula, either(*(other for column, (_, other) in enumerate(second.values) if results[row, column])))
            for row, (_, formula) in enumerate(first.values)
        ]
        # Said from both sides: the same set, but propagation then sees what either side rules out.
        false = [
            both(formula, second.defined, *(
                negated(other) for column, (_, other) in enumerate(second.values) if results[row, column] is not False
            ))
            for row, (_, formula) in enumerate(first.values)
        ] + [
            both(formula, first.defined, *(
                negated(other) for row, (_, other) in enumerate(first.values) if results[row, column] is not False
            ))
            for column, (_, formula) in enumerate(second.values)
        ]  # fmt: skip
        return Truth(either(*true), either(*false))

    def _value(self, node: Node, scope: Mapping[str, Any]) -> bool | None:
        value = interpret(node, scope)
        if value is not None and not isinstance(value, bool):
            raise _MeaninglessError("expected a condition that is true or false", node)
        return value

    def _check_names(self, node: Node) -> None:
        own = {name for part in tree.walk(node) for name in _bound_names(part)}
        for part in tree.walk(node):
            if (
                isinstance(part, tree.Name)
                and self.scope.term(part) is None
                and part.name not in own
                and part.name not in BUILTINS
            ):
                raise _unknown("there is no option, group or attribute", part.name, part, self.scope.names())

    def _check_literals(self, node: tree.Comparison, unit: Unit) -> None:
        """An equality that no value fulfils is a misspelt value."""
        for side in (node.left, node.right):
            if node.operator == "=" and isinstance(side, tree.Literal) and isinstance(side.value, str):
                known = [
                    text
                    for value, _ in unit.values
                    for text in (value.values() if isinstance(value, dict) else (value,))
                    if isinstance(text, str)
                ]
                if side.value not in known:
                    raise _unknown(f"{unit.name!r} is never", side.value, side, known)


def _bound_names(node: AnyNode) -> Iterable[str]:
    return (node.name,) if isinstance(node, tree.Iteration | tree.Parameter) else ()


def _sums_up(node: tree.Comparison) -> bool:
    """Whether a sum or a count occurs, so that trying values one by one is out of the question."""
    return any(
        isinstance(part, tree.Call) and isinstance(part.function, tree.Name) and part.function.name in ("sum", "count")
        for part in tree.walk(node)
    )


def _unknown(what: str, name: str, node: AnyNode, known: Iterable[str]) -> _MeaninglessError:
    return _MeaninglessError(f"{what} {name!r}", node, did_you_mean(name, known), Code.UNKNOWN_NAME)

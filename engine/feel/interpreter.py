"""The plain evaluator of FEEL: walks the tree; the reference that compiled code must agree with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from engine.feel import access, arithmetic, limits, logic, tree
from engine.feel.builtins import BUILTINS
from engine.feel.calls import call
from engine.feel.check import result_of
from engine.feel.errors import NullReason, collecting, note
from engine.feel.external import call_external
from engine.feel.types import ANY, Type
from engine.feel.values import Function, Value, defined_function, is_instance

ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "**": arithmetic.power,
}


class Scope:
    """Names and their values, with a scope around for the names that it does not have."""

    __slots__ = ("outer", "values")

    def __init__(self, values: Mapping[str, Value], outer: Scope | None = None) -> None:
        self.values = values
        self.outer = outer

    def find(self, name: str) -> Mapping[str, Value] | None:
        """The innermost mapping that has the name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values
            scope = scope.outer
        return None

    def as_it_is(self) -> Scope:
        """A copy: what a function sees, however the scope grows after it was made."""
        return Scope(dict(self.values), self.outer and self.outer.as_it_is())


class _Evaluation:
    """One evaluation of a tree, with the reasons for nulls where somebody wants to know them."""

    def __init__(self, notes: list[str], warnings: list[NullReason] | None) -> None:
        self.notes = notes
        self.warnings = warnings
        self.results: dict[int, Type] = {}
        """Types of what functions give, by the identity of their nodes."""

    def value(self, node: tree.Node, scope: Scope) -> Value:
        """The value of an expression."""
        result = _METHODS[type(node)](self, node, scope)
        if self.notes and self.warnings is not None:
            self.warnings.extend(NullReason(message, node.start, node.end) for message in self.notes)
            self.notes.clear()
        return result

    def literal(self, node: tree.Literal, _: Scope) -> Value:
        return node.value

    def name(self, node: tree.Name, scope: Scope) -> Value:
        found = self.variable(node.name, scope)
        return access.copied(found) if node.name == "partial" else found

    def variable(self, name: str, scope: Scope) -> Value:
        values = scope.find(name)
        if values is not None:
            return values[name]
        if name in BUILTINS:
            return BUILTINS[name]
        return note(f"there is no '{name}' here")

    def list_literal(self, node: tree.ListLiteral, scope: Scope) -> Value:
        return [self.value(item, scope) for item in node.items]

    def context_literal(self, node: tree.ContextLiteral, scope: Scope) -> Value:
        entries: dict[str, Value] = {}
        inner = Scope(entries, scope)
        for entry in node.entries:
            if entry.key in entries:
                return note(f"the context has two entries '{entry.key}'")
            entries[entry.key] = self.value(entry.value, inner)
        return entries

    def range_literal(self, node: tree.RangeLiteral, scope: Scope) -> Value:
        low, high = self.value(node.low, scope), self.value(node.high, scope)
        return logic.make_range(low, high, node.low_included, node.high_included)

    def unary_comparison(self, node: tree.UnaryComparison, scope: Scope) -> Value:
        return logic.make_unary_range(node.operator, self.value(node.operand, scope))

    def negation(self, node: tree.Negation, scope: Scope) -> Value:
        return arithmetic.negate(self.value(node.operand, scope))

    def arithmetic(self, node: tree.Arithmetic, scope: Scope) -> Value:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return ARITHMETIC[node.operator](left, right)

    def comparison(self, node: tree.Comparison, scope: Scope) -> Value:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return logic.COMPARISONS[node.operator](left, right)

    def between(self, node: tree.Between, scope: Scope) -> Value:
        value, low, high = (self.value(part, scope) for part in (node.value, node.low, node.high))
        return logic.between(value, low, high)

    def membership(self, node: tree.In, scope: Scope) -> Value:
        value = self.value(node.value, scope)
        return logic.any_true(self.test(value, test, scope) for test in node.tests)

    def test(self, value: Value, test: tree.Node, scope: Scope) -> logic.Truth:
        """Whether a value passes a test of `in`, or one of a unary test that does not mention its input."""
        if isinstance(test, tree.UnaryComparison):
            return logic.COMPARISONS[test.operator](value, self.value(test.operand, scope))
        if isinstance(test, tree.RangeLiteral):
            return logic.within(value, self.value(test, scope))
        return logic.holds(value, self.value(test, scope))

    def conjunction(self, node: tree.And, scope: Scope) -> Value:
        return logic.all_true(self.value(operand, scope) for operand in node.operands)

    def disjunction(self, node: tree.Or, scope: Scope) -> Value:
        return logic.any_true(self.value(operand, scope) for operand in node.operands)

    def conditional(self, node: tree.If, scope: Scope) -> Value:
        chosen = node.chosen if self.value(node.condition, scope) is True else node.otherwise
        return self.value(chosen, scope)

    def sources(self, iterations: Sequence[tree.Iteration], scope: Scope) -> list[access.Source]:
        """What each variable of a loop runs over, as functions of the variables before it."""
        names = [iteration.name for iteration in iterations]

        def source_of(iteration: tree.Iteration) -> access.Source:
            def source(*chosen: Value) -> Any:
                inner = Scope(dict(zip(names, chosen, strict=False)), scope)
                first = self.value(iteration.source, inner)
                if iteration.last is None:
                    return access.iterable(first)
                return access.steps(first, self.value(iteration.last, inner))

            return source

        return [source_of(iteration) for iteration in iterations]

    def loop(self, node: tree.For, scope: Scope) -> Value:
        names = [*(iteration.name for iteration in node.iterations), "partial"]

        def result(*chosen: Value) -> Value:
            return self.value(node.result, Scope(dict(zip(names, chosen, strict=True)), scope))

        return access.loop(self.sources(node.iterations, scope), result)

    def quantified(self, node: tree.Quantified, scope: Scope) -> Value:
        names = [iteration.name for iteration in node.iterations]

        def condition(*chosen: Value) -> Value:
            return self.value(node.condition, Scope(dict(zip(names, chosen, strict=True)), scope))

        return access.quantify(node.every, self.sources(node.iterations, scope), condition)

    def path(self, node: tree.Path, scope: Scope) -> Value:
        return access.get_property(self.value(node.source, scope), node.name)

    def filter(self, node: tree.Filter, scope: Scope) -> Value:
        source = node.source
        found = self.variable(source.name, scope) if isinstance(source, tree.Name) else self.value(source, scope)

        def condition(item: Value) -> Value:
            inner = Scope({"item": item}, scope)
            return self.value(node.condition, Scope(item, inner) if isinstance(item, dict) else inner)

        return access.filter_items(found, condition)

    def instance_of(self, node: tree.InstanceOf, scope: Scope) -> Value:
        value = self.value(node.value, scope)
        return note(f"there is no type '{node.type_text}'") if node.type is None else is_instance(value, node.type)

    def function_literal(self, node: tree.FunctionLiteral, scope: Scope) -> Value:
        names = [parameter.name for parameter in node.parameters]
        scope = scope.as_it_is()

        def run(*arguments: Value) -> Value:
            body = self.value(node.body, Scope(dict(zip(names, arguments, strict=True)), scope))
            return call_external(body, arguments) if node.external else body

        if id(node) not in self.results:
            self.results[id(node)] = result_of(node)
        parameters = {item.name: item.type or ANY for item in node.parameters}
        return defined_function("function", parameters, run, self.results[id(node)])

    def invocation(self, node: tree.Call, scope: Scope) -> Value:
        function = self.value(node.function, scope)
        if isinstance(node.function, tree.Name) and not isinstance(function, Function):
            function = BUILTINS.get(node.function.name, function)
        return call(function, [self.value(argument, scope) for argument in node.arguments], node.names)


_METHODS: dict[type, Callable[[_Evaluation, Any, Scope], Value]] = {
    tree.Literal: _Evaluation.literal,
    tree.Name: _Evaluation.name,
    tree.ListLiteral: _Evaluation.list_literal,
    tree.ContextLiteral: _Evaluation.context_literal,
    tree.RangeLiteral: _Evaluation.range_literal,
    tree.UnaryComparison: _Evaluation.unary_comparison,
    tree.Negation: _Evaluation.negation,
    tree.Arithmetic: _Evaluation.arithmetic,
    tree.Comparison: _Evaluation.comparison,
    tree.Between: _Evaluation.between,
    tree.In: _Evaluation.membership,
    tree.And: _Evaluation.conjunction,
    tree.Or: _Evaluation.disjunction,
    tree.If: _Evaluation.conditional,
    tree.For: _Evaluation.loop,
    tree.Quantified: _Evaluation.quantified,
    tree.Path: _Evaluation.path,
    tree.Filter: _Evaluation.filter,
    tree.InstanceOf: _Evaluation.instance_of,
    tree.FunctionLiteral: _Evaluation.function_literal,
    tree.Call: _Evaluation.invocation,
}


def _evaluate(
    node: tree.Node | tree.UnaryTests,
    warnings: list[NullReason] | None,
    compute: Callable[[_Evaluation], Value],
) -> Value:
    collector: AbstractContextManager[list[str]] = nullcontext([]) if warnings is None else collecting()
    with limits.evaluation(), collector as notes:
        try:
            return compute(_Evaluation(notes, warnings))
        except (limits.LimitError, RecursionError) as error:
            reason = str(error) if isinstance(error, limits.LimitError) else "functions call each other too deeply"
            if warnings is not None:
                warnings.append(NullReason(reason, node.start, node.end))
            return None


def interpret(node: tree.Node, scope: Mapping[str, Value], warnings: list[NullReason] | None = None) -> Value:
    """The value of an expression.

    Args:
        node: its tree.
        scope: values of the names in it.
        warnings: where given, the reason of every null that an operation or call came to is appended.
    """
    return _evaluate(node, warnings, lambda evaluation: evaluation.value(node, Scope(scope)))


def interpret_unary_tests(
    tests: tree.UnaryTests, value: Value, scope: Mapping[str, Value], warnings: list[NullReason] | None = None
) -> bool | None:
    """Whether an input passes the tests of a decision table's cell; null where that cannot be said.

    Args:
        tests: the tests.
        value: the input; the tests call it `?`.
        scope: values of the other names.
        warnings: as for `interpret`.
    """
    if not tests.tests:
        return True
    inner = Scope({"?": value}, Scope(scope))

    def passed(evaluation: _Evaluation, test: tree.Node) -> Value:
        mentioned = tree.mentions_input(test)
        if isinstance(test, tree.UnaryComparison | tree.Literal):
            return evaluation.test(value, test, inner)
        if isinstance(test, tree.RangeLiteral) and not mentioned:
            return evaluation.test(value, test, inner)
        result = evaluation.value(test, inner)
        return result if mentioned else logic.passes(value, result)

    def compute(evaluation: _Evaluation) -> Value:
        outcome = logic.any_true(passed(evaluation, test) for test in tests.tests)
        return logic.negated(outcome) if tests.negated else outcome

    return _evaluate(tests, warnings, compute)  # type: ignore[no-any-return]


def apply_function(
    function: Function,
    arguments: Sequence[Value],
    names: Sequence[str] | None = None,
    warnings: list[NullReason] | None = None,
) -> Value:
    """The result of calling a function that an evaluation gave; arguments by position, or by name where given.

    Errors and limits give null; the reasons are appended to `warnings`, without a place.
    """
    nowhere = tree.Literal(None, 0, 0)

    def compute(evaluation: _Evaluation) -> Value:
        result = call(function, arguments, names)
        if evaluation.warnings is not None:
            evaluation.warnings.extend(NullReason(message, 0, 0) for message in evaluation.notes)
        return result

    return _evaluate(nowhere, warnings, compute)

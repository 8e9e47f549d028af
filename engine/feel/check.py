"""Static analysis: the type of every part of an expression, and the mistakes that are certain before it runs."""

# ruff: noqa: D102  (a method of Analysis is named for the node whose type it finds)

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.diagnostics import did_you_mean
from engine.feel import access, tree
from engine.feel.builtins import BUILTINS
from engine.feel.check_calls import argument_problem, result_type
from engine.feel.constants import UNKNOWN, fold
from engine.feel.errors import Problem, collecting
from engine.feel.operator_types import ORDERED, arithmetic_result
from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DURATION_TYPES,
    NULL,
    NUMBER,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    Required,
    SimpleType,
    Type,
    bare,
    can_be,
    common,
    is_required,
)
from engine.feel.values import type_of

TRUTH = Required(BOOLEAN)


class TypeScope:
    """Names and their types; where `open`, there may be further names that only show when it runs."""

    __slots__ = ("open", "outer", "types")

    def __init__(self, types: Mapping[str, Type], outer: TypeScope | None = None, *, open_: bool = False) -> None:
        self.types = types
        self.outer = outer
        self.open = open_

    def find(self, name: str) -> Type | None:
        """The type of a name, Any where only running shows it, None where there is no such name."""
        scope: TypeScope | None = self
        hidden = False
        while scope is not None:
            if name in scope.types:
                return ANY if hidden else scope.types[name]
            hidden = hidden or scope.open
            scope = scope.outer
        if name in BUILTINS:
            return ANY if hidden else FunctionType()
        return ANY if hidden else None

    def known(self) -> Iterator[str]:
        """All names that can be seen."""
        scope: TypeScope | None = self
        while scope is not None:
            yield from scope.types
            scope = scope.outer
        yield from BUILTINS


def item_scope(item: Type, outer: TypeScope) -> TypeScope:
    """What a filter's condition sees: `item`, and the item's entries where it is a context.

    All of them may be null: on an empty list the condition is asked once, for whether it is a number.
    """
    inner = TypeScope({"item": bare(item)}, outer)
    kind = bare(item)
    if isinstance(kind, ContextType):
        fields = {name: ANY if outer.find(name) else bare(of) for name, of in kind.fields.items()}
        return TypeScope(fields, inner, open_=kind.open)
    return TypeScope({}, inner, open_=kind in (ANY, NULL))


def item_type(source: Type) -> Type:
    """The type of what a loop over a value gets one by one."""
    kind = bare(source)
    if isinstance(kind, ListType | RangeType):
        return kind.item if isinstance(kind, ListType) else Required(bare(kind.item))
    return kind


class Analysis:
    """Types of the parts of one tree, by the identity of their nodes, and the problems found."""

    def __init__(self) -> None:
        self.types: dict[int, Type] = {}
        self.problems: list[Problem] = []

    def type(self, node: tree.Node, scope: TypeScope) -> Type:
        """The type of an expression, which is remembered for each of its parts."""
        found = _METHODS[type(node)](self, node, scope)
        self.types[id(node)] = found
        return found

    def report(self, node: tree.AnyNode, message: str, hint: str = "") -> Type:
        """Add a problem; the type of what is wrong is unknown."""
        self.problems.append(Problem(message, hint, node.start, node.end))
        return ANY

    def all(self, nodes: Iterable[tree.Node], scope: TypeScope) -> list[Type]:
        return [self.type(node, scope) for node in nodes]

    def literal(self, node: tree.Literal, _: TypeScope) -> Type:
        return NULL if node.value is None else Required(type_of(node.value))

    def name(self, node: tree.Name, scope: TypeScope) -> Type:
        found = scope.find(node.name)
        if found is None:
            return self.report(node, f"there is no '{node.name}' here", did_you_mean(node.name, scope.known()))
        return found

    def list_literal(self, node: tree.ListLiteral, scope: TypeScope) -> Type:
        items = self.all(node.items, scope)
        found: Type = items[0] if items else NULL
        for item in items[1:]:
            found = common(found, item)
        return Required(ListType(found))

    def context_literal(self, node: tree.ContextLiteral, scope: TypeScope) -> Type:
        fields: dict[str, Type] = {}
        for entry in node.entries:
            if entry.key in fields:
                self.report(entry, f"the context has two entries '{entry.key}'")
            fields[entry.key] = self.type(entry.value, TypeScope(dict(fields), scope))
        return Required(ContextType(fields)) if len(fields) == len(node.entries) else ContextType(fields)

    def range_literal(self, node: tree.RangeLiteral, scope: TypeScope) -> Type:
        low, high = self.type(node.low, scope), self.type(node.high, scope)
        if not can_be(low, high):
            self.report(node, f"a range cannot go from {low} to {high}")
        return RangeType(bare(common(low, high)))

    def unary_comparison(self, node: tree.UnaryComparison, scope: TypeScope) -> Type:
        return RangeType(bare(self.type(node.operand, scope)))

    def negation(self, node: tree.Negation, scope: TypeScope) -> Type:
        kind = self.type(node.operand, scope)
        if bare(kind) not in (NUMBER, *DURATION_TYPES, ANY, NULL):
            return self.report(node, f"a minus sign stands before a number or a duration, not a {kind}")
        return ANY if bare(kind) == NULL else kind

    def arithmetic(self, node: tree.Arithmetic, scope: TypeScope) -> Type:
        left, right = self.type(node.left, scope), self.type(node.right, scope)
        result = arithmetic_result(node.operator, left, right)
        if result is None:
            return self.report(node, f"there is no {left} {node.operator} {right}", _conversion_hint(left, right))
        return result

    def comparison(self, node: tree.Comparison, scope: TypeScope) -> Type:
        left, right = self.type(node.left, scope), self.type(node.right, scope)
        return self.compared(node, node.operator, left, right)

    def compared(self, node: tree.AnyNode, operator: str, left: Type, right: Type) -> Type:
        """The type of a comparison; a problem where it can never be right."""
        a, b = bare(left), bare(right)
        if not can_be(left, right):
            self.report(node, f"a {left} is compared with a {right}", _conversion_hint(left, right))
            return BOOLEAN
        if operator in ("=", "!="):
            return TRUTH if isinstance(a, SimpleType) and a == b and a != ANY else BOOLEAN
        for kind in (a, b):
            if kind not in (*ORDERED, ANY, NULL):
                self.report(node, f"'{operator}' does not go with a {kind}")
                return BOOLEAN
        return TRUTH if is_required(left) and is_required(right) and a == b and a in ORDERED[:5] else BOOLEAN

    def between(self, node: tree.Between, scope: TypeScope) -> Type:
        value, low, high = self.all((node.value, node.low, node.high), scope)
        for end in (low, high):
            self.compared(node, "<=", value, end)
        return BOOLEAN

    def membership(self, node: tree.In, scope: TypeScope) -> Type:
        value = self.type(node.value, scope)
        for test in node.tests:
            self.test(value, test, scope)
        return BOOLEAN

    def test(self, value: Type, test: tree.Node, scope: TypeScope) -> None:
        """A test of `in`, or one of a unary test."""
        if isinstance(test, tree.UnaryComparison):
            self.compared(test, test.operator, value, self.type(test.operand, scope))
            self.types[id(test)] = ANY
            return
        kind = bare(self.type(test, scope))
        if isinstance(kind, RangeType) and not isinstance(bare(value), RangeType):
            self.compared(test, "<=", value, kind.item)
        elif isinstance(kind, ListType):
            item = bare(kind.item)
            if isinstance(item, SimpleType) and not can_be(value, item) and not can_be(value, kind):
                self.report(test, f"a {value} is looked for in a {kind}")
        elif not can_be(value, kind):
            self.report(test, f"a {value} is compared with a {kind}", _conversion_hint(value, kind))

    def unary_tests(self, tests: tree.UnaryTests, input_type: Type, scope: TypeScope) -> None:
        """The tests of a cell; `scope` has the input as `?`."""
        for test in tests.tests:
            if isinstance(test, tree.UnaryComparison) or not tree.mentions_input(test):
                self.test(input_type, test, scope)
                continue
            kind = self.type(test, scope)
            if not can_be(kind, BOOLEAN):
                self.report(test, f"a test that speaks of ? is a condition, not a {kind}")

    def logic(self, node: tree.And | tree.Or, scope: TypeScope) -> Type:
        kinds = self.all(node.operands, scope)
        for operand, kind in zip(node.operands, kinds, strict=True):
            if not can_be(kind, BOOLEAN):
                word = "and" if isinstance(node, tree.And) else "or"
                self.report(operand, f"'{word}' joins conditions, not a {kind}")
        return TRUTH if all(kind == TRUTH for kind in kinds) else BOOLEAN

    def conditional(self, node: tree.If, scope: TypeScope) -> Type:
        condition = self.type(node.condition, scope)
        if not can_be(condition, BOOLEAN):
            self.report(node.condition, f"'if' needs a condition, not a {condition}")
        return common(self.type(node.chosen, scope), self.type(node.otherwise, scope))

    def iterations(self, iterations: tuple[tree.Iteration, ...], scope: TypeScope) -> dict[str, Type]:
        """The types of a loop's variables."""
        found: dict[str, Type] = {}
        for iteration in iterations:
            inner = TypeScope(dict(found), scope)
            kind = self.type(iteration.source, inner)
            if iteration.last is None:
                found[iteration.name] = item_type(kind)
                continue
            last = self.type(iteration.last, inner)
            if bare(kind) not in (NUMBER, DATE, ANY) or not can_be(kind, last):
                self.report(iteration, f"a loop cannot run from a {kind} to a {last}")
            found[iteration.name] = Required(bare(kind)) if bare(kind) in (NUMBER, DATE) else ANY
        return found

    def loop(self, node: tree.For, scope: TypeScope) -> Type:
        variables = self.iterations(node.iterations, scope)
        return ListType(self.type(node.result, TypeScope({**variables, "partial": ListType(ANY)}, scope)))

    def quantified(self, node: tree.Quantified, scope: TypeScope) -> Type:
        variables = self.iterations(node.iterations, scope)
        condition = self.type(node.condition, TypeScope(variables, scope))
        if not can_be(condition, BOOLEAN):
            self.report(node.condition, f"'satisfies' needs a condition, not a {condition}")
        return BOOLEAN

    def path(self, node: tree.Path, scope: TypeScope) -> Type:
        return self.property(node, self.type(node.source, scope))

    def property(self, node: tree.Path, source: Type) -> Type:
        """The type of `node.name` of something of type `source`."""
        kind = bare(source)
        if isinstance(kind, ContextType):
            if node.name in kind.fields:
                return kind.fields[node.name] if is_required(source) else bare(kind.fields[node.name])
            if kind.open:
                return ANY
            return self.report(node, f"there is no field '{node.name}'", did_you_mean(node.name, kind.fields))
        if isinstance(kind, ListType):
            return ListType(bare(self.property(node, kind.item)))
        if isinstance(kind, RangeType):
            known: Mapping[str, Type] = dict.fromkeys(access.RANGE_PROPERTIES, bare(kind.item))
            known = {**known, "start included": BOOLEAN, "end included": BOOLEAN}
        elif kind in (ANY, NULL):
            return ANY
        else:
            known = access.PROPERTY_TYPES.get(str(kind), {})
        if node.name in known:
            return known[node.name]
        return self.report(node, f"a {kind} has no property '{node.name}'", did_you_mean(node.name, known))

    def filter(self, node: tree.Filter, scope: TypeScope) -> Type:
        source = bare(self.type(node.source, scope))
        item = source.item if isinstance(source, ListType) else source
        condition = self.type(node.condition, item_scope(item, scope))
        if condition == Required(NUMBER):
            return bare(item)
        kind = bare(condition)
        if kind in (BOOLEAN, NULL):
            return ListType(item)
        return ANY if kind in (ANY, NUMBER) else self.report(node.condition, f"a filter is a condition, not a {kind}")

    def instance_of(self, node: tree.InstanceOf, scope: TypeScope) -> Type:
        self.type(node.value, scope)
        if node.type is None:
            self.report(node, f"there is no type '{node.type_text}'")
        return BOOLEAN

    def function_literal(self, node: tree.FunctionLiteral, scope: TypeScope) -> Type:
        for parameter in node.parameters:
            if parameter.type is None:
                self.report(parameter, f"the type of '{parameter.name}' is not known")
        parameters: dict[str, Type] = {parameter.name: parameter.type or ANY for parameter in node.parameters}
        body = self.type(node.body, TypeScope(parameters, scope))
        result = ANY if node.external else body
        return Required(FunctionType(tuple(parameters.values()), bare(result)))

    def invocation(self, node: tree.Call, scope: TypeScope) -> Type:
        kinds = self.all(node.arguments, scope)
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        function = bare(self.type(node.function, scope))
        if function == FunctionType() and name in BUILTINS:
            problem = argument_problem(BUILTINS[name], kinds, node.names)
            if problem:
                return self.report(node, *problem)
            with collecting() as reasons:
                constant = fold(node, lambda called: scope.find(called) == FunctionType())
            if constant is None and reasons:
                return self.report(node, reasons[0])
            if constant is not UNKNOWN:
                return NULL if constant is None else Required(type_of(constant))
            return result_type(BUILTINS[name], kinds, node.names)
        if isinstance(function, FunctionType):
            taken = function.parameters
            if taken is not None and node.names is None and len(taken) != len(kinds):
                self.report(node, f"the function takes {len(taken)} arguments, not {len(kinds)}")
            return bare(function.result)
        if function not in (ANY, NULL) and name not in BUILTINS:
            self.report(node, f"a {function} is called as if it were a function")
        return ANY


_METHODS: dict[type, Callable[[Analysis, Any, TypeScope], Type]] = {
    tree.Literal: Analysis.literal,
    tree.Name: Analysis.name,
    tree.ListLiteral: Analysis.list_literal,
    tree.ContextLiteral: Analysis.context_literal,
    tree.RangeLiteral: Analysis.range_literal,
    tree.UnaryComparison: Analysis.unary_comparison,
    tree.Negation: Analysis.negation,
    tree.Arithmetic: Analysis.arithmetic,
    tree.Comparison: Analysis.comparison,
    tree.Between: Analysis.between,
    tree.In: Analysis.membership,
    tree.And: Analysis.logic,
    tree.Or: Analysis.logic,
    tree.If: Analysis.conditional,
    tree.For: Analysis.loop,
    tree.Quantified: Analysis.quantified,
    tree.Path: Analysis.path,
    tree.Filter: Analysis.filter,
    tree.InstanceOf: Analysis.instance_of,
    tree.FunctionLiteral: Analysis.function_literal,
    tree.Call: Analysis.invocation,
}


def _conversion_hint(left: Type, right: Type) -> str:
    kinds = {str(left), str(right)}
    if kinds == {"string", "number"}:
        return "use number(...) or string(...) to convert"
    temporal = {"date", "time", "date and time"} & kinds
    return f'a {temporal.pop()} is written @"..."' if temporal and "string" in kinds else ""


def result_of(function: tree.FunctionLiteral) -> Type:
    """The type of what a function gives, so far as it can be seen from the function alone."""
    if function.external:
        return ANY
    parameters: dict[str, Type] = {parameter.name: parameter.type or ANY for parameter in function.parameters}
    names = (part.name for part in tree.walk(function.body) if isinstance(part, tree.Name))
    outside = TypeScope({name: ANY for name in names if name not in BUILTINS})
    return bare(Analysis().type(function.body, TypeScope(parameters, outside)))


def check(node: tree.Node, scope: Mapping[str, Type]) -> tuple[Type, list[Problem]]:
    """The type of an expression, and the mistakes that are certain before it runs.

    Args:
        node: its tree.
        scope: the types of the names in scope.

    Returns:
        The type (nullable, as errors are null), and the problems in the order of the text.
    """
    analysis = Analysis()
    found = analysis.type(node, TypeScope(scope))
    return bare(found), sorted(analysis.problems, key=lambda problem: (problem.start, problem.end))


def check_unary_tests(tests: tree.UnaryTests, input_type: Type, scope: Mapping[str, Type]) -> list[Problem]:
    """The mistakes in a decision table's cell that are certain before it runs; `input_type` is the type of `?`."""
    analysis = Analysis()
    analysis.unary_tests(tests, input_type, TypeScope({"?": input_type}, TypeScope(scope)))
    return sorted(analysis.problems, key=lambda problem: (problem.start, problem.end))

"""FEEL trees to Python syntax trees: the value of an expression, natively where its types are known.

Code that relies on types may raise KeyError or TypeError where the facts do not keep the types' promises; whoever
runs it then takes code that relies on none.
"""

# ruff: noqa: D102  (a method of Generator is named for the node that it generates code for)

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import access, arithmetic, limits, logic, tree
from engine.feel.builtins import BUILTINS
from engine.feel.calls import call
from engine.feel.check import Analysis, result_of
from engine.feel.constants import UNKNOWN, fold
from engine.feel.errors import FeelError
from engine.feel.external import call_external
from engine.feel.operator_types import NATIVE_EQUALITY, NATIVE_ORDER, ORDERED
from engine.feel.types import ANY, BOOLEAN, NULL, ContextType, ListType, Required, SimpleType, Type, bare, is_required
from engine.feel.values import Function, Signature, Value, defined_function, is_instance, is_number

_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
_COMPARISONS = {
    "=": "equal",
    "!=": "unequal",
    "<": "less",
    "<=": "less_or_equal",
    ">": "greater",
    ">=": "greater_or_equal",
}
PYTHON_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "=": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}


def entry_or(item: Value, name: str, outer: Value) -> Value:
    """A name inside a filter: the item's entry where it has one, else what the name means outside."""
    return item.get(name, outer) if isinstance(item, dict) else outer


def callee(value: Value, builtin: Value) -> Value:
    """What a call by a name means that may be a variable's as well as a built-in function's."""
    return value if isinstance(value, Function) else builtin


def call_directly(builtin: Callable[..., Value], *arguments: Value) -> Value:
    """What a built-in function gives for arguments that are null or of its parameters' types."""
    if None in arguments:
        return None
    if type(arguments[0]) is str and len(arguments[0]) > _SHORT:
        limits.spend_on(arguments)
    try:
        return builtin(*arguments)
    except FeelError:
        return None


_GROWING = ("replace", "matches", "range")
"""Built-in functions of simple values that can take long, or whose result can be much longer than they are."""
_SHORT = 127
HELPERS: dict[str, Any] = {
    **{name: getattr(arithmetic, name) for name in (*_ARITHMETIC.values(), "negate")},
    **{name: getattr(logic, name) for name in _COMPARISONS.values()},
    **{
        name: getattr(logic, name)
        for name in ("between", "holds", "within", "passes", "make_range", "make_unary_range")
    },
    **{name: getattr(logic, name) for name in ("any_true", "negated")},
    **{name: getattr(access, name) for name in ("get_property", "item_at", "filter_items", "loop", "quantify")},
    **{name: getattr(access, name) for name in ("iterable", "steps", "copied")},
    "call": call,
    "call_external": call_external,
    "call_directly": call_directly,
    "callee": callee,
    "defined_function": defined_function,
    "entry_or": entry_or,
    "is_instance": is_instance,
}


def load(name: str) -> ast.expr:
    """A variable's value."""
    return ast.Name(name, ast.Load())


def constant(value: str | bool | int | None) -> ast.expr:
    """A constant that Python has a literal for."""
    return ast.Constant(value)


def invoke(helper: str, *arguments: ast.expr) -> ast.expr:
    """A call of one of the helpers."""
    return ast.Call(load(helper), list(arguments), [])


def function(parameters: list[str], body: ast.expr) -> ast.expr:
    """A lambda."""
    arguments = ast.arguments([], [ast.arg(name) for name in parameters], None, [], [], None, [])
    return ast.Lambda(arguments, body)


def is_(value: ast.expr, singleton: bool | None) -> ast.expr:
    """`value is singleton`."""
    if isinstance(value, ast.Constant):
        return constant(value.value is singleton)
    return ast.Compare(value, [ast.Is()], [constant(singleton)])


def is_not_null(value: ast.expr) -> ast.expr:
    """`value is not None`."""
    if isinstance(value, ast.Constant):
        return constant(value.value is not None)
    return ast.Compare(value, [ast.IsNot()], [constant(None)])


def conjoin(parts: list[ast.expr]) -> ast.expr:
    """`a and b and c`."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)


def disjoin(parts: list[ast.expr]) -> ast.expr:
    """`a or b or c`."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), parts)


class Names:
    """What FEEL's names are in the generated code, from the inside out."""

    __slots__ = ("item", "outer", "variables")

    def __init__(self, variables: Mapping[str, ast.expr], outer: Names | None = None, item: str = "") -> None:
        self.variables = variables
        self.outer = outer
        self.item = item
        """Python variable of a filter's item whose entries are names too, of which only running shows which."""


class Generator:
    """Generates the value of expressions of one analysed tree; `constants` are what its code refers to by name."""

    def __init__(self, analysis: Analysis, *, trusting: bool) -> None:
        self.analysis = analysis
        self.trusting = trusting
        """Whether the code may raise where values do not keep the promises of their types."""
        self.constants: dict[str, Value] = {}
        self.counter = 0
        self.metered = False
        """Whether the code loops or calls, so that its iterations must be counted."""
        self.input: tree.Node = tree.Name("?", 0, 0)
        """What unary tests test."""

    def fresh(self, prefix: str) -> str:
        """A new Python variable."""
        self.counter += 1
        return f"{prefix}{self.counter}"

    def pool(self, value: Value) -> ast.expr:
        """A constant that Python has no literal for."""
        name = self.fresh("k")
        self.constants[name] = value
        return load(name)

    def type(self, node: tree.Node) -> Type:
        """The type that the analysis found."""
        return self.analysis.types[id(node)]

    def keep(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Code that computes a value and keeps it in a variable, and code for that variable."""
        if isinstance(value, ast.Name | ast.Constant):
            return value, value
        name = self.fresh("t")
        return ast.NamedExpr(ast.Name(name, ast.Store()), value), load(name)

    def value(self, node: tree.Node, names: Names) -> ast.expr:
        """Code for the value of an expression."""
        folded = self.folded(node, names)
        if folded is not UNKNOWN:
            return self.literal_value(folded)
        return _METHODS[type(node)](self, node, names)

    def folded(self, node: tree.Node, names: Names) -> Value:
        """The value where it is known already, else UNKNOWN."""
        return fold(node, lambda name: self.is_free(name, names))

    def is_free(self, name: str, names: Names | None) -> bool:
        """Whether a name surely means the built-in function."""
        while names is not None:
            if name in names.variables or names.item:
                return False
            names = names.outer
        return True

    def literal(self, node: tree.Literal, _: Names) -> ast.expr:
        return self.literal_value(node.value)

    def literal_value(self, value: Value) -> ast.expr:
        return constant(value) if value is None or isinstance(value, bool | str) else self.pool(value)

    def name(self, node: tree.Name, names: Names) -> ast.expr:
        found = self.variable(node.name, names)
        return invoke("copied", found) if node.name == "partial" else found

    def variable(self, name: str, names: Names | None) -> ast.expr:
        """Code for what a name means."""
        if names is None:
            return self.pool(BUILTINS[name]) if name in BUILTINS else constant(None)
        if name in names.variables:
            return names.variables[name]
        outer = self.variable(name, names.outer)
        return invoke("entry_or", load(names.item), constant(name), outer) if names.item else outer

    def list_literal(self, node: tree.ListLiteral, names: Names) -> ast.expr:
        return ast.List([self.value(item, names) for item in node.items], ast.Load())

    def context_literal(self, node: tree.ContextLiteral, names: Names) -> ast.expr:
        keys = [entry.key for entry in node.entries]
        if len(set(keys)) != len(keys):
            return constant(None)
        variables: dict[str, ast.expr] = {}
        values: list[ast.expr] = []
        for entry in node.entries:
            kept, variables[entry.key] = self.keep(self.value(entry.value, Names(dict(variables), names)))
            values.append(kept)
        return ast.Dict([constant(key) for key in keys], values)

    def range_literal(self, node: tree.RangeLiteral, names: Names) -> ast.expr:
        included = (constant(node.low_included), constant(node.high_included))
        return invoke("make_range", self.value(node.low, names), self.value(node.high, names), *included)

    def unary_comparison(self, node: tree.UnaryComparison, names: Names) -> ast.expr:
        return invoke("make_unary_range", constant(node.operator), self.value(node.operand, names))

    def negation(self, node: tree.Negation, names: Names) -> ast.expr:
        return invoke("negate", self.value(node.operand, names))

    def arithmetic(self, node: tree.Arithmetic, names: Names) -> ast.expr:
        return invoke(_ARITHMETIC[node.operator], self.value(node.left, names), self.value(node.right, names))

    def comparison(self, node: tree.Comparison, names: Names) -> ast.expr:
        left, right = self.value(node.left, names), self.value(node.right, names)
        kinds = self.type(node.left), self.type(node.right)
        if node.operator in ("=", "!="):
            if bare(kinds[0]) == bare(kinds[1]) and bare(kinds[0]) in NATIVE_EQUALITY:
                return ast.Compare(left, [PYTHON_COMPARISONS[node.operator]()], [right])
            if NULL in kinds:
                return self.null_test(left if kinds[1] == NULL else right, node.operator)
        elif bare(kinds[0]) == bare(kinds[1]) and bare(kinds[0]) in NATIVE_ORDER:
            checks, operands = self.not_null(((left, kinds[0]), (right, kinds[1])))
            compared = ast.Compare(operands[0], [PYTHON_COMPARISONS[node.operator]()], [operands[1]])
            return ast.IfExp(conjoin(checks), compared, constant(None)) if checks else compared
        return self.compared(node.operator, left, right)

    def compared(self, operator: str, left: ast.expr, right: ast.expr) -> ast.expr:
        """FEEL's own comparison of any two values."""
        return invoke(_COMPARISONS[operator], left, right)

    def null_test(self, value: ast.expr, operator: str) -> ast.expr:
        return is_(value, None) if operator == "=" else is_not_null(value)

    def not_null(self, operands: tuple[tuple[ast.expr, Type], ...]) -> tuple[list[ast.expr], list[ast.expr]]:
        """Tests that operands are not null where they may be, and the operands to use after those tests."""
        checks: list[ast.expr] = []
        ready: list[ast.expr] = []
        for value, kind in operands:
            if is_required(kind) or self.is_constant(value):
                ready.append(value)
                continue
            kept, again = self.keep(value)
            checks.append(is_not_null(kept))
            ready.append(again)
        return checks, ready

    def is_constant(self, value: ast.expr) -> bool:
        """Whether code is a constant other than null."""
        return isinstance(value, ast.Name) and self.constants.get(value.id) is not None

    def between(self, node: tree.Between, names: Names) -> ast.expr:
        return invoke("between", *(self.value(part, names) for part in (node.value, node.low, node.high)))

    def membership(self, node: tree.In, names: Names) -> ast.expr:
        strings = self.string_set(node)
        value = self.value(node.value, names)
        if strings is not None:
            return ast.Compare(value, [ast.In()], [self.pool(strings)])
        kept, again = self.keep(value)
        tests: list[ast.expr] = []
        for i, test in enumerate(node.tests):
            operand = again if i else kept
            if isinstance(test, tree.UnaryComparison):
                tests.append(self.compared(test.operator, operand, self.value(test.operand, names)))
            else:
                helper = "within" if isinstance(test, tree.RangeLiteral) else "holds"
                tests.append(invoke(helper, operand, self.value(test, names)))
        return tests[0] if len(tests) == 1 else self.three_valued(tests, decisive=True)

    def string_set(self, node: tree.In) -> frozenset[str] | None:
        """The strings that a string is tested for, where the tests are nothing else."""
        if bare(self.type(node.value)) != SimpleType("string"):
            return None
        items = [
            part for test in node.tests for part in (test.items if isinstance(test, tree.ListLiteral) else (test,))
        ]
        found = [item.value for item in items if isinstance(item, tree.Literal) and isinstance(item.value, str)]
        return frozenset(found) if len(found) == len(items) else None

    def three_valued(self, operands: list[ast.expr], *, decisive: bool) -> ast.expr:
        """Disjunction (`decisive` true) or conjunction: the first operand that is decisive ends it."""
        computed: list[ast.expr] = []
        again: list[ast.expr] = []
        for operand in operands:
            kept, variable = self.keep(operand)
            computed.append(is_(kept, decisive))
            again.append(is_(variable, not decisive))
        undecided = ast.IfExp(conjoin(again), constant(not decisive), constant(None))
        return ast.IfExp(disjoin(computed), constant(decisive), undecided)

    def logic(self, node: tree.And | tree.Or, names: Names) -> ast.expr:
        operands = [self.value(operand, names) for operand in node.operands]
        if all(self.type(operand) == Required(BOOLEAN) for operand in node.operands):
            return conjoin(operands) if isinstance(node, tree.And) else disjoin(operands)
        return self.three_valued(operands, decisive=isinstance(node, tree.Or))

    def conditional(self, node: tree.If, names: Names) -> ast.expr:
        condition = self.truth(node.condition, names)
        return ast.IfExp(condition, self.value(node.chosen, names), self.value(node.otherwise, names))

    def truth(self, node: tree.Node, names: Names) -> ast.expr:
        """Code that Python takes for true exactly where the expression is true."""
        value = self.value(node, names)
        return value if self.type(node) == Required(BOOLEAN) else is_(value, True)

    def sources(self, iterations: tuple[tree.Iteration, ...], names: Names) -> tuple[ast.expr, list[str]]:
        """Code for what a loop's variables run over, and a Python variable for each of them."""
        self.metered = True
        taken: list[str] = []
        variables: dict[str, ast.expr] = {}
        sources: list[ast.expr] = []
        for iteration in iterations:
            inner = Names(dict(variables), names)
            source = self.value(iteration.source, inner)
            if iteration.last is None:
                source = invoke("iterable", source)
            else:
                source = invoke("steps", source, self.value(iteration.last, inner))
            sources.append(function(list(taken), source))
            taken.append(self.fresh("v"))
            variables[iteration.name] = load(taken[-1])
        return ast.Tuple(sources, ast.Load()), taken

    def loop(self, node: tree.For, names: Names) -> ast.expr:
        sources, taken = self.sources(node.iterations, names)
        taken.append(self.fresh("v"))
        called = [*(iteration.name for iteration in node.iterations), "partial"]
        inner = Names(dict(zip(called, map(load, taken), strict=True)), names)
        return invoke("loop", sources, function(taken, self.value(node.result, inner)))

    def quantified(self, node: tree.Quantified, names: Names) -> ast.expr:
        sources, taken = self.sources(node.iterations, names)
        called = [iteration.name for iteration in node.iterations]
        inner = Names(dict(zip(called, map(load, taken), strict=True)), names)
        condition = function(taken, self.value(node.condition, inner))
        return invoke("quantify", constant(node.every), sources, condition)

    def path(self, node: tree.Path, names: Names) -> ast.expr:
        source = self.value(node.source, names)
        kind = bare(self.type(node.source))
        trusted = self.trusting or is_required(self.type(node.source))
        if trusted and isinstance(kind, ContextType) and node.name in kind.fields:
            return ast.Subscript(source, constant(node.name), ast.Load())
        return invoke("get_property", source, constant(node.name))

    def filter(self, node: tree.Filter, names: Names) -> ast.expr:
        self.metered = True
        source = node.source
        found = self.variable(source.name, names) if isinstance(source, tree.Name) else self.value(source, names)
        index = self.folded(node.condition, names)
        if is_number(index):
            return invoke("item_at", found, self.pool(index))
        kind = bare(self.type(source))
        item = self.fresh("v")
        return invoke(
            "filter_items", found, function([item], self.value(node.condition, self.of_item(item, kind, names)))
        )

    def of_item(self, item: str, source: Type, names: Names) -> Names:
        """What names mean in a filter: entries of the item, `item`, then what they mean outside."""
        kind = bare(source.item) if isinstance(source, ListType) else source
        inner = Names({"item": load(item)}, names)
        if isinstance(kind, ContextType) and not kind.open:
            outside = {name: self.variable(name, inner) for name in kind.fields if name not in BUILTINS}
            entries = {k: invoke("entry_or", load(item), constant(k), outer) for k, outer in outside.items()}
            return Names(entries, inner) if len(entries) == len(kind.fields) else Names({}, inner, item)
        return inner if isinstance(kind, SimpleType) and kind not in (ANY, NULL) else Names({}, inner, item)

    def instance_of(self, node: tree.InstanceOf, names: Names) -> ast.expr:
        return (
            constant(None)
            if node.type is None
            else invoke("is_instance", self.value(node.value, names), self.pool(node.type))
        )

    def function_literal(self, node: tree.FunctionLiteral, names: Names) -> ast.expr:
        taken = [self.fresh("v") for _ in node.parameters]
        called = [parameter.name for parameter in node.parameters]
        inner = Names(dict(zip(called, map(load, taken), strict=True)), names)
        body = self.value(node.body, inner)
        if node.external:
            body = invoke("call_external", body, ast.Tuple([load(name) for name in taken], ast.Load()))
        types = {parameter.name: parameter.type or ANY for parameter in node.parameters}
        result = self.pool(result_of(node))
        return invoke("defined_function", constant("function"), self.pool(types), function(taken, body), result)

    def invocation(self, node: tree.Call, names: Names) -> ast.expr:
        signature = self.direct_signature(node, names)
        if signature is not None:
            given = [self.value(argument, names) for argument in node.arguments]
            return invoke("call_directly", self.pool(signature.call), *given)
        self.metered = True
        called = self.value(node.function, names)
        if isinstance(node.function, tree.Name) and node.function.name in BUILTINS:
            builtin = BUILTINS[node.function.name]
            free = self.is_free(node.function.name, names)
            called = self.pool(builtin) if free else invoke("callee", called, self.pool(builtin))
        arguments = ast.Tuple([self.value(argument, names) for argument in node.arguments], ast.Load())
        return invoke("call", called, arguments, *([self.pool(node.names)] if node.names else []))

    def direct_signature(self, node: tree.Call, names: Names) -> Signature | None:
        """The one way to call a built-in function that the types of its arguments leave, where it needs no conversion.

        Only for functions of simple values, which take no time worth counting.
        """
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if not self.trusting or node.names or name not in BUILTINS or name in _GROWING or not self.is_free(name, names):
            return None
        kinds = tuple(bare(self.type(argument)) for argument in node.arguments)
        for signature in BUILTINS[name].signatures:
            taken = signature.parameters
            if tuple(parameter.type for parameter in taken) == kinds and all(kind in ORDERED for kind in kinds):
                return None if any(parameter.variadic or parameter.nullable for parameter in taken) else signature
        return None


_METHODS: dict[type, Callable[[Generator, Any, Names], ast.expr]] = {
    tree.Literal: Generator.literal,
    tree.Name: Generator.name,
    tree.ListLiteral: Generator.list_literal,
    tree.ContextLiteral: Generator.context_literal,
    tree.RangeLiteral: Generator.range_literal,
    tree.UnaryComparison: Generator.unary_comparison,
    tree.Negation: Generator.negation,
    tree.Arithmetic: Generator.arithmetic,
    tree.Comparison: Generator.comparison,
    tree.Between: Generator.between,
    tree.In: Generator.membership,
    tree.And: Generator.logic,
    tree.Or: Generator.logic,
    tree.If: Generator.conditional,
    tree.For: Generator.loop,
    tree.Quantified: Generator.quantified,
    tree.Path: Generator.path,
    tree.Filter: Generator.filter,
    tree.InstanceOf: Generator.instance_of,
    tree.FunctionLiteral: Generator.function_literal,
    tree.Call: Generator.invocation,
}

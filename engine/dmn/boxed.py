"""Boxed expressions compiled to functions over the values in scope; FEEL itself decides what each of them means."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.diagnostics import Code, Severity
from engine.dmn.feel_texts import Evaluate, Scope, compile_text, compile_tree, constant_null, parse
from engine.dmn.item_types import ANYTHING, ItemType, TypeTable
from engine.dmn.outcome import Warnings
from engine.dmn.tables import compile_boxed_table
from engine.feel import compile_expression, parse_expression
from engine.feel.errors import collecting
from engine.feel.external import call_external
from engine.feel.limits import spend
from engine.feel.tree import Call, Name
from engine.feel.types import ANY, ListType, Type
from engine.feel.values import Function, Value, defined_function, describe
from engine.schema.dmn import (
    BoxedContext,
    BoxedList,
    Conditional,
    Expression,
    Filter,
    FunctionDefinition,
    Invocation,
    Iterator,
    LiteralExpression,
    Relation,
    TableExpression,
    Variable,
    mentions,
)
from engine.source import Span

_FEEL_LANGUAGES: Final = ("/FEEL/", "/feel.xsd", "feel", "FEEL", "/FEEL/20140401")


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the boxed expressions of one file.

    Attributes:
        types: the item definitions that the file can name.
        language: the file's default expression language, "" for FEEL.
    """

    types: TypeTable
    language: str

    def compile(self, expression: Expression | None, scope: Scope, span: Span) -> Evaluate:
        """The compiled expression, its value converted to the type that the expression declares.

        Args:
            expression: None compiles to null with a warning.
            scope: the names it may use.
            span: where the expression is missing, if it is.
        """
        if expression is None:
            return constant_null("there is no expression", span)
        compiled = self._compile(expression, scope)
        # A function's typeRef is read by some tools as the function's type, by others as its result's; a table's as
        # the type of its output, of which it may give a list.
        if isinstance(expression, FunctionDefinition | TableExpression):
            return compiled
        return converted(compiled, self.types.resolve(expression.type_ref, expression.span), expression.span)

    def _compile(self, expression: Expression, scope: Scope) -> Evaluate:
        match expression:
            case LiteralExpression():
                return self._literal(expression, scope)
            case TableExpression(table=table):
                return compile_boxed_table(table, scope, self.types)
            case BoxedContext():
                return self._context(expression, scope)
            case Invocation():
                return self._invocation(expression, scope)
            case FunctionDefinition():
                return self.function(expression, scope, "function", ANYTHING)
            case BoxedList(items=items):
                return _sequence([self.compile(item, scope, expression.span) for item in items])
            case Relation():
                return self._relation(expression, scope)
            case Conditional():
                return self._conditional(expression, scope)
            case Filter():
                return self._filter(expression, scope)
            case Iterator():
                return self._iterator(expression, scope)

    def _literal(self, literal: LiteralExpression, scope: Scope) -> Evaluate:
        language = literal.language or self.language
        if language and not language.endswith(_FEEL_LANGUAGES):
            message = f"the expression language {language!r} is not run here, only FEEL"
            scope.findings.add(Code.WRONG_VALUE, message, literal.span, severity=Severity.WARNING)
            return constant_null(message, literal.span)
        if not literal.text:
            scope.findings.add(Code.MISSING_FIELD, "the expression is empty", literal.span, severity=Severity.WARNING)
            return constant_null("the expression is empty", literal.span)
        return compile_text(literal.text, literal.span, scope)

    def _context(self, context: BoxedContext, scope: Scope) -> Evaluate:
        entries: list[tuple[str, Evaluate]] = []
        for entry in context.entries:
            kind = self.types.of(entry.variable)
            value = converted(self.compile(entry.value, scope, entry.span), kind, entry.span)
            entries.append((entry.variable.name, value))
            scope = scope.with_variables({entry.variable.name: kind.type})
        result = self.compile(context.result, scope, context.span) if context.result else None

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
            inner = dict(values)
            made: dict[str, Value] = {}
            for name, compute in entries:
                made[name] = inner[name] = compute(inner, warnings)
            return result(inner, warnings) if result else made

        return evaluate

    def _relation(self, relation: Relation, scope: Scope) -> Evaluate:
        names = [column.name for column in relation.columns]
        kinds = [self.types.of(column) for column in relation.columns]
        rows = []
        for row in relation.rows:
            cells = [
                converted(self.compile(cell, scope, relation.span), kind, relation.span)
                for cell, kind in zip(row, kinds, strict=False)
            ]
            rows.append(_sequence(cells))

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
            return [dict(zip(names, row(values, warnings), strict=False)) for row in rows]

        return evaluate

    # --- functions

    def function(self, definition: FunctionDefinition, scope: Scope, name: str, kind: ItemType) -> Evaluate:
        """A function definition: evaluates to the function.

        Args:
            definition: what the file says.
            scope: the names that the body may use beside the parameters.
            name: what messages call it.
            kind: the function type declared for it, or the type of its result, or `ANYTHING`.
        """
        parameters = self._parameters(definition.parameters, kind)
        result = kind.result or (ANYTHING if kind.parameters else kind)
        body = self._body(definition, scope.with_variables({p.name: t.type for p, t in parameters}))
        names = tuple(parameter.name for parameter, _ in parameters)
        kinds = tuple(of for _, of in parameters)
        types = {parameter.name: of.type for parameter, of in parameters}
        span = definition.span

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Function:
            # A context goes on adding names to its dictionary; the function must not see the later ones.
            captured = dict(values) if isinstance(values, dict) else values

            def call(*arguments: Value) -> Value:
                spend(_STEPS_OF_A_CALL)
                inner = dict(captured)
                for parameter, of, argument in zip(names, kinds, arguments, strict=True):
                    inner[parameter] = of.convert(argument, warnings, span)
                return result.convert(body(inner, warnings), warnings, span)

            return defined_function(name, types, call, result.type)

        return evaluate

    def _parameters(self, declared: Sequence[Variable], kind: ItemType) -> list[tuple[Variable, ItemType]]:
        """Each parameter with its own type, or else with the one that the function type gives it."""
        typed = [(parameter, self.types.of(parameter)) for parameter in declared]
        if len(kind.parameters) != len(typed):
            return typed
        pairs = zip(typed, kind.parameters, strict=True)
        return [(parameter, given if own is ANYTHING else own) for (parameter, own), given in pairs]

    def _body(self, definition: FunctionDefinition, scope: Scope) -> Evaluate:
        if definition.kind == "FEEL":
            return self.compile(definition.body, scope, definition.span)
        if definition.kind == "Java":
            return self._java(definition, scope)
        message = f"functions of kind {definition.kind} are not run here; the result is null"
        scope.findings.add(Code.WRONG_VALUE, message, definition.span, severity=Severity.WARNING)
        return constant_null(message, definition.span)

    def _java(self, definition: FunctionDefinition, scope: Scope) -> Evaluate:
        span = definition.span
        method = self.compile(definition.body, scope, span)
        names = tuple(parameter.name for parameter in definition.parameters)

        def call(values: Mapping[str, Value], warnings: Warnings) -> Value:
            with collecting() as notes:
                result = call_external(method(values, warnings), [values[name] for name in names])
            warnings.add_all(notes, span)
            return result

        return call

    def _invocation(self, invocation: Invocation, scope: Scope) -> Evaluate:
        """A FEEL call with named arguments, each computed by the binding's own expression."""
        bound = [
            (binding.parameter, self.compile(binding.value, scope, binding.span)) for binding in invocation.bindings
        ]
        slots = tuple(f"argument {number}" for number in range(len(bound)))
        called = invocation.function
        function: Evaluate | None = None
        tree = None
        if isinstance(called, LiteralExpression):
            tree = parse(called.text, called.span, scope)
            if tree is None:
                return constant_null("the called function is no FEEL expression", called.span)
        else:
            function = self.compile(called, scope, invocation.span)
            tree = Name(_CALLED, 0, 0)
        arguments = tuple(Name(slot, 0, 0) for slot in slots)
        names = tuple(name for name, _ in bound) if bound else None
        call = compile_tree(
            Call(tree, arguments, names, 0, 0),
            invocation.span,
            scope.with_variables(dict.fromkeys((_CALLED, *slots), ANY)),
        )

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
            inner = dict(values)
            if function is not None:
                inner[_CALLED] = function(values, warnings)
            for slot, (_, compute) in zip(slots, bound, strict=True):
                inner[slot] = compute(values, warnings)
            return call(inner, warnings)

        return evaluate

    # --- conditions and loops

    def _conditional(self, conditional: Conditional, scope: Scope) -> Evaluate:
        span = conditional.span
        condition, then, otherwise = (
            self.compile(part, scope, span) for part in (conditional.condition, conditional.then, conditional.otherwise)
        )

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
            chosen = condition(values, warnings)
            if not _is_truth(chosen, warnings, span):
                return None
            return (then if chosen else otherwise)(values, warnings)

        return evaluate

    def _filter(self, boxed: Filter, scope: Scope) -> Evaluate:
        span = boxed.span
        source = self.compile(boxed.source, scope, span)
        match = self.compile(boxed.match, scope.with_variables({"item": ANY}, elements=True), span)

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
            elements = source(values, warnings)
            kept = []
            candidates = _elements(elements, warnings, span)
            spend(len(candidates))
            for element in candidates:
                components = element if isinstance(element, dict) else {}
                matched = match({**values, **components, "item": element}, warnings)
                if not _is_truth(matched, warnings, span):
                    return None
                if matched:
                    kept.append(element)
            return kept

        return evaluate

    def _iterator(self, iterator: Iterator, scope: Scope) -> Evaluate:
        span = iterator.span
        source = self.compile(iterator.source, scope, span)
        variables: dict[str, Type] = {iterator.variable: ANY}
        with_partial = iterator.kind == "for" and mentions(iterator.body, "partial")
        if with_partial:
            variables["partial"] = ListType(ANY)
        body = self.compile(iterator.body, scope.with_variables(variables), span)
        enumerate_ = _operation("for element in source return element", "source")

        def results(values: Mapping[str, Value], warnings: Warnings) -> Value:
            elements = enumerate_(warnings, span, source(values, warnings))
            if elements is None:
                return None
            spend(len(elements))
            found: list[Value] = []
            for element in elements:
                inner = {**values, iterator.variable: element}
                if with_partial:
                    inner["partial"] = found.copy()
                found.append(body(inner, warnings))
            return found

        if iterator.kind == "for":
            return results
        quantify = _operation(f"{iterator.kind} result in results satisfies result", "results")

        def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
            found = results(values, warnings)
            if found is None or not all(_is_truth(result, warnings, span) for result in found):
                return None
            return quantify(warnings, span, found)

        return evaluate


_STEPS_OF_A_CALL: Final = 5
"""What calling a function of the model takes of an evaluation's iterations: as much time as so many of FEEL's own."""
_CALLED: Final = "called function"


def converted(compute: Evaluate, kind: ItemType, span: Span) -> Evaluate:
    """Logic whose value is converted to a type."""
    if kind is ANYTHING:
        return compute
    return lambda values, warnings: kind.convert(compute(values, warnings), warnings, span)


def _sequence(parts: Sequence[Evaluate]) -> Evaluate:
    return lambda values, warnings: [part(values, warnings) for part in parts]


def _is_truth(value: Value, warnings: Warnings, span: Span) -> bool:
    """Whether a condition gave true, false or null; boxed conditions, unlike FEEL's, may give nothing else."""
    if value is None or isinstance(value, bool):
        return True
    warnings.add(f"a condition is true or false, not {describe(value)}", span)
    return False


def _elements(value: Value, warnings: Warnings, span: Span) -> list[Value]:
    """What a filter goes through: the list, or the one value that is no list."""
    elements = _operation(
        "for element in if source instance of list then source else [source] return element", "source"
    )
    found: list[Value] = elements(warnings, span, value) or []
    return found


@functools.cache
def _operation(text: str, parameter: str) -> Callable[[Warnings, Span, Value], Value]:
    """An operation of FEEL on one value."""
    function = compile_expression(parse_expression(text, (parameter,)), {parameter: ANY})

    def operate(warnings: Warnings, span: Span, value: Value) -> Value:
        with collecting() as notes:
            result = function(value)
        warnings.add_all(notes, span)
        return result

    return operate

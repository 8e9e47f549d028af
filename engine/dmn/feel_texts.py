"""FEEL texts of a DMN file compiled in their scope, with mistakes and warnings told by line of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.diagnostics import Code, Findings, Severity
from engine.dmn.outcome import Warnings
from engine.feel import (
    FeelSyntaxError,
    check,
    compile_expression,
    compile_unary_tests,
    parse_expression,
    parse_unary_tests,
)
from engine.feel.errors import collecting
from engine.feel.tree import Name, Node, walk
from engine.feel.types import ANY, Type
from engine.feel.values import Value
from engine.schema.dmn import Text
from engine.source import Span

Evaluate = Callable[[Mapping[str, Value], Warnings], Value]
"""Compiled logic: takes the values of the names in scope and a list for warnings."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an expression may use.

    Attributes:
        variables: their types.
        member_names: names that paths may end on, known because they may hold spaces.
        types: item definitions, by the names that `instance of` uses.
        findings: receives what is wrong.
        elements: inside a boxed filter any other name may be a component of the element that is tested.
    """

    variables: Mapping[str, Type]
    member_names: frozenset[str]
    types: Mapping[str, Type]
    findings: Findings
    elements: bool = False

    def with_variables(self, variables: Mapping[str, Type], *, elements: bool = False) -> Scope:
        """This scope with more names, which hide those of the same name."""
        merged = {**self.variables, **variables}
        if elements:
            merged = dict.fromkeys(merged, ANY)  # a component of the element may hide any of them
        return replace(self, variables=merged, elements=self.elements or elements)

    @property
    def names(self) -> Iterable[str]:
        """All names that the parser must know."""
        return (*self.variables, *self.member_names)


def place(text: str, start: int, span: Span) -> Span:
    """The place in the file of an offset in a text that begins at `span`; its column only where that is certain."""
    before = text[:start]
    lines = before.count("\n")
    if not lines:
        return span
    return Span(span.file, span.line + lines, start - before.rfind("\n"))


def parse(text: str, span: Span, scope: Scope) -> Node | None:
    """The tree of an expression; None, with a finding, where it is none."""
    try:
        return parse_expression(text, scope.names, scope.types)
    except FeelSyntaxError as error:
        _report(error, text, span, scope.findings)
        return None


def compile_text(text: str, span: Span, scope: Scope) -> Evaluate:
    """The compiled expression; one that cannot be parsed is reported, and gives null.

    Other mistakes that are certain are reported as warnings, as FEEL gives them a meaning: null.
    """
    tree = parse(text, span, scope)
    if tree is None:
        return constant_null(f"{shortened(text)} is no FEEL expression", span)
    if not scope.elements:
        for problem in check(tree, scope.variables)[1]:
            where = place(text, problem.start, span)
            scope.findings.add(Code.EXPRESSION, problem.message, where, severity=Severity.WARNING, hint=problem.hint)
    return compile_tree(tree, span, scope)


def compile_tree(tree: Node, span: Span, scope: Scope) -> Evaluate:
    """The compiled tree of an expression over the scope's variables."""
    mentioned = {part.name for part in walk(tree) if isinstance(part, Name)}
    used = tuple(name for name in scope.variables if name in mentioned)
    if scope.elements:
        used += tuple(mentioned.difference(scope.variables))
    function = compile_expression(tree, {name: scope.variables.get(name, ANY) for name in used})

    def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
        with collecting() as notes:
            result = function(*[values.get(name) for name in used])
        if notes:
            warnings.add_all(notes, span)
        return result

    return evaluate


def constant_null(message: str, span: Span) -> Evaluate:
    """Logic that always gives null, for the reason told."""

    def evaluate(_values: Mapping[str, Value], warnings: Warnings) -> Value:
        warnings.add(message, span)
        return None

    return evaluate


def compile_tests(text: Text, findings: Findings) -> Callable[[Value], bool] | None:
    """Whether a value passes unary tests that use no variable; None, with a finding, where they are none."""
    try:
        tree = parse_unary_tests(text.text)
    except FeelSyntaxError as error:
        _report(error, text.text, text.span, findings)
        return None
    return compile_unary_tests(tree, ANY, {})


def _report(error: FeelSyntaxError, text: str, span: Span, findings: Findings) -> None:
    message = f"{shortened(text)} is no FEEL: {error.message}"
    findings.add(Code.SYNTAX, message, place(text, error.start, span))


def shortened(text: str) -> str:
    """A text as messages quote it."""
    line = " ".join(text.split())
    return f"'{line if len(line) <= 60 else line[:57] + '...'}'"

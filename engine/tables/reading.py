"""Reading the cells of a decision table: FEEL text to column tests, constants and compiled functions, with findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.feel import (
    FeelSyntaxError,
    Problem,
    compile_expression,
    compile_unary_tests,
    interpret,
    parse_expression,
    parse_unary_tests,
)
from engine.feel.check import check, check_unary_tests
from engine.feel.tree import AnyNode, Literal, Name, Node, UnaryTests, walk
from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    NUMBER,
    STRING,
    TYPES_BY_NAME,
    SimpleType,
    Type,
    bare,
    can_be,
)
from engine.feel.values import coerce, is_instance
from engine.schema.table import Cell
from engine.source import Span
from engine.tables.axis import feel_text
from engine.tables.cells import NOT_CONSTANT, cell_from_text, cell_from_tree, value_of_text
from engine.tables.column_test import ANYTHING, INDEXED_KINDS, ColumnTest

_KINDS: dict[SimpleType, type] = {NUMBER: Decimal, STRING: str, BOOLEAN: bool, DATE: date}
_KIND_NAMES = {Decimal: "a number", str: "a string", bool: "a boolean", date: "a date"}
_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CONVERSIONS = frozenset({"date", "time", "date and time", "duration"})


def class_of(kind: Type) -> type | None:
    """The Python class of a type's values where an index knows it, None for all other types."""
    kind = bare(kind)
    return _KINDS.get(kind) if isinstance(kind, SimpleType) else None


@dataclass(frozen=True, slots=True)
class FeelCell:
    """A cell that FEEL must evaluate, compiled: from the input value and the table's parameters to whether it holds."""

    holds: Callable[..., bool]


@dataclass(frozen=True, slots=True)
class Output:
    """An output cell.

    Attributes:
        value: the constant, where `function` is None.
        function: from the table's parameters to the value.
        key: equal for cells that surely give equal values; of two constants, different only where the values are.
    """

    value: Any
    function: Callable[..., Any] | None
    key: Any


NULL_OUTPUT = Output(None, None, ("constant", None))


class CellReader:
    """Reads the cells of one table; what is wrong goes to the findings, and reading goes on.

    Args:
        parameters: the names that expressions may use, with their types.
        types: named types beside FEEL's own.
        findings: receives what is wrong.
        lenient: what FEEL gives a meaning to, though surely not the one that was meant (an unknown name is null, a
            cell of another type never holds), is a warning and no error.
        member_names: entries of contexts, for paths that end on a name with more than words in it.
    """

    def __init__(
        self,
        parameters: Mapping[str, Type],
        types: Mapping[str, Type],
        findings: Findings,
        *,
        lenient: bool,
        member_names: Iterable[str] = (),
    ) -> None:
        self._lenient = lenient
        self.severity = Severity.WARNING if lenient else Severity.ERROR
        self.parameters = parameters
        self._names = (*parameters, *member_names)
        self.types = {**TYPES_BY_NAME, **types}
        self.findings = findings

    def type_named(self, name: str, span: Span, what: str) -> Type:
        """The type of that name; any type, with a finding, where there is none."""
        found = self.types.get(name)
        if found is None and name:
            hint = did_you_mean(name, self.types)
            self.findings.add(Code.UNKNOWN_NAME, f"unknown type {name!r} of {what}", span, hint=hint)
        return found or ANY

    def expression(self, cell: Cell) -> Node | None:
        """A parsed and checked expression; None with findings where it is wrong."""
        try:
            tree = parse_expression(cell.text, self._names, self.types)
        except FeelSyntaxError as error:
            self._syntax(cell, error)
            return None
        return tree if self._report(check(tree, self.parameters)[1], tree, cell) else None

    def tests(self, cell: Cell, kind: Type) -> UnaryTests | None:
        """Parsed and checked unary tests; None with findings where they are wrong."""
        try:
            tree = parse_unary_tests(cell.text, self._names, self.types)
        except FeelSyntaxError as error:
            self._syntax(cell, error)
            return None
        return tree if self._report(check_unary_tests(tree, kind, self.parameters), tree, cell) else None

    def _syntax(self, cell: Cell, error: FeelSyntaxError) -> None:
        shown = cell.text if len(cell.text) <= 60 else cell.text[:57] + "..."
        self.findings.add(Code.SYNTAX, f"{shown!r} is no FEEL: {error.message}", cell.span)

    def _report(self, problems: Sequence[Problem], tree: AnyNode, cell: Cell) -> bool:
        """Report unknown names, certain type errors and dates that do not exist; whether the cell can be used."""
        for problem in problems:
            self.findings.add(
                Code.EXPRESSION,
                problem.message,
                cell.span,
                severity=self.severity,
                hint=problem.hint or _hint(cell.text.strip()),
            )
        wrong = [n for n in walk(tree) if isinstance(n, Literal) and n.value is None and cell.text[n.start] == "@"]
        for node in wrong:
            message = f"{cell.text[node.start : node.end]} is no date, time or duration"
            self.findings.add(Code.EXPRESSION, message, cell.span, severity=self.severity)
        return self._lenient or not (problems or wrong)

    def test(self, cell: Cell, kind: Type, label: str) -> ColumnTest | FeelCell:
        """An input cell; ANYTHING, with findings, where it is wrong."""
        before = len(self.findings)
        test = cell_from_text(cell.text)
        if test is None:
            tree = self.tests(cell, kind)
            if tree is None:
                return ANYTHING
            test = cell_from_tree(tree)
            if len(self.findings) == before:
                self._check_kinds(_kinds_of(tree) if test is None else test.kinds, cell, kind, label)
            return test or FeelCell(compile_unary_tests(tree, kind, self.parameters))
        self._check_kinds(test.kinds, cell, kind, label)
        return test

    def _check_kinds(self, kinds: frozenset[type], cell: Cell, kind: Type, label: str) -> None:
        """A cell that names values which the input never has can never hold: surely a mistake."""
        expected = bare(kind)
        if not isinstance(expected, SimpleType) or expected == ANY:
            return
        wrong = kinds - {class_of(expected)}
        if wrong:
            found = " and ".join(sorted(_KIND_NAMES[other] for other in wrong))
            message = f"{cell.text} tests for {found}, but {label} is a {expected}"
            self.findings.add(
                Code.WRONG_TYPE, message, cell.span, severity=self.severity, hint=_hint(cell.text.strip())
            )

    def check_allowed(self, test: ColumnTest, allowed: ColumnTest, cell: Cell, label: str) -> None:
        """Report the values that a cell names and the input may not have."""
        for value in test.values:
            if not allowed.accepts(value):
                known = [feel_text(other) for other in allowed.values]
                shown = feel_text(value)
                message = f"{shown} is not among the allowed values of {label}"
                hint = did_you_mean(shown, known)
                self.findings.add(Code.WRONG_VALUE, message, cell.span, severity=self.severity, hint=hint)

    def not_allowed(self, cell: Cell, allowed: str, values: Sequence[Any] | None, label: str) -> None:
        """Report an output that is not among the allowed ones."""
        hint = did_you_mean(cell.text, [feel_text(value) for value in values or ()])
        message = f"{cell.text} is not among the allowed values of the output {label}: {allowed}"
        self.findings.add(Code.WRONG_VALUE, message, cell.span, severity=self.severity, hint=hint)

    def output(self, cell: Cell, kind: Type, label: str) -> Output:
        """An output cell; the constant null, with findings, where it is wrong."""
        if not cell.text.strip():
            message = f"the output {label} is empty, and gives null"
            self.findings.add(
                Code.MISSING_FIELD, message, cell.span, severity=Severity.WARNING, hint="write null if that is meant"
            )
            return NULL_OUTPUT
        value = value_of_text(cell.text)
        function = None
        if value is NOT_CONSTANT:
            tree = self.expression(cell)
            if tree is None:
                return NULL_OUTPUT
            value = constant_value(tree)
            if value is NOT_CONSTANT:
                found = check(tree, self.parameters)[0]
                if not can_be(found, kind):
                    message = f"{cell.text} gives a {found}, but the output {label} is a {kind}"
                    self.findings.add(Code.WRONG_TYPE, message, cell.span, severity=self.severity)
                function = compile_expression(tree, self.parameters)
                return Output(None, function, ("text", cell.text.strip()))
        if value is not None and bare(kind) != ANY and not is_instance(value, kind):
            message = f"{cell.text} is no {bare(kind)}, as the output {label} must be"
            self.findings.add(Code.WRONG_TYPE, message, cell.span, severity=self.severity)
            value = coerce(value, kind)
        return Output(value, None, ("constant", type(value), value if _hashable(value) else cell.text.strip()))


def _hint(text: str) -> str:
    """What people forget who are used to spreadsheets: quotation marks around texts and dates."""
    if text.isidentifier():
        return f'a text is written in quotation marks: "{text}"'
    if _BARE_DATE.fullmatch(text):
        return f'a date is written date("{text}")'
    return ""


def _kinds_of(tests: UnaryTests) -> frozenset[type]:
    """The kinds of the constants that tests compare with for equality."""
    values = [constant_value(item) for item in tests.tests]
    return frozenset(map(type, values)) & INDEXED_KINDS


def constant_value(tree: Node) -> Any:
    """The value of an expression that reads no variable; NOT_CONSTANT for the others."""
    local = {node.name for node in walk(tree) if isinstance(node, Name)}
    if local - _CONVERSIONS:
        return NOT_CONSTANT
    return interpret(tree, {})


def values_of(tests: UnaryTests) -> Sequence[Any] | None:
    """The values of a list of constants such as `"a", "b"`, in their order; None where it is anything else."""
    values = [constant_value(item) for item in tests.tests]
    return None if tests.negated or NOT_CONSTANT in values else values


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True

"""The names that a decision table reads, found from the table alone: for tables that are looked at by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.feel import BUILTINS, FeelSyntaxError, parse_expression, parse_unary_tests
from engine.feel.tree import (
    AnyNode,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    Name,
    Node,
    Path,
    Quantified,
    UnaryTests,
    children,
)
from engine.feel.types import ANY, TYPES_BY_NAME, ContextType, Type
from engine.schema.table import Cell, DecisionTable
from engine.tables.cells import NOT_CONSTANT, cell_from_text, value_of_text


def parameters_of(table: DecisionTable, findings: Findings) -> dict[str, Type]:
    """The names of the table's expressions with the types that its input columns give them.

    Args:
        table: as a file has it.
        findings: receives a warning for each name that a cell reads and no input column does, since nothing here can
            tell whether there is such a name.
    """
    known = _Members()
    for clause in table.inputs:
        tree = _expression(clause.expression, ())
        if tree is not None:
            known.add(tree, TYPES_BY_NAME.get(clause.type_name, ANY))
    parameters = known.types()
    names = (*parameters, *known.member_names())
    for name, cell in _unknown_names(table, names).items():
        message = f"table {table.name!r}: no input column reads {name!r}"
        hint = did_you_mean(name, names) or "whether a rulebook knows the name can be checked with its rules only"
        findings.add(Code.UNKNOWN_NAME, message, cell.span, severity=Severity.WARNING, hint=hint)
        parameters[name] = ANY
    return parameters


@dataclass(slots=True)
class _Members:
    """Names with the entries that paths read of them."""

    type: Type = ANY
    entries: dict[str, _Members] = field(default_factory=dict)

    def add(self, tree: Node, kind: Type) -> None:
        """Take the names of an input expression of that type."""
        steps = _steps(tree)
        if steps is not None:
            member = self._at(steps)
            member.type = kind if member.type == ANY else member.type
            return
        for name in _free_names(tree, frozenset()):
            self._at((name,))

    def _at(self, steps: Sequence[str]) -> _Members:
        member = self
        for step in steps:
            member = member.entries.setdefault(step, _Members())
        return member

    def types(self) -> dict[str, Type]:
        """The type of each entry: that of its column, or a context of the entries read, which may have more."""
        return {
            name: ContextType(member.types(), open=True) if member.entries else member.type
            for name, member in self.entries.items()
        }

    def member_names(self) -> Iterator[str]:
        """The names of all entries, at all depths."""
        for name, member in self.entries.items():
            yield name
            yield from member.member_names()


def _steps(tree: Node) -> tuple[str, ...] | None:
    """The names of a path such as `customer.segment`; None for other expressions."""
    names: list[str] = []
    while isinstance(tree, Path):
        names.append(tree.name)
        tree = tree.source
    return (tree.name, *reversed(names)) if isinstance(tree, Name) else None


def _unknown_names(table: DecisionTable, names: Sequence[str]) -> dict[str, Cell]:
    """The names that cells read and that are not among `names`, each with the first cell that reads it."""
    found: dict[str, Cell] = {}
    known = frozenset(names)
    for cell, tree in _trees(table, names):
        for name in _free_names(tree, known):
            found.setdefault(name, cell)
    return found


def _trees(table: DecisionTable, names: Sequence[str]) -> Iterator[tuple[Cell, AnyNode]]:
    """The cells that are no plain tests and no constants, each text once, with their trees."""
    tests = {cell.text: cell for rule in table.rules for cell in rule.inputs}
    tests |= {clause.allowed.text: clause.allowed for clause in table.inputs if clause.allowed}
    for cell in tests.values():
        if cell_from_text(cell.text) is None:
            tree = _tests(cell, names)
            if tree is not None:
                yield cell, tree
    outputs = {cell.text: cell for rule in table.rules for cell in rule.outputs}
    outputs |= {clause.default.text: clause.default for clause in table.outputs if clause.default}
    for cell in outputs.values():
        if cell.text.strip() and value_of_text(cell.text) is NOT_CONSTANT:
            expression = _expression(cell, names)
            if expression is not None:
                yield cell, expression


def _expression(cell: Cell, names: Sequence[str]) -> Node | None:
    """The tree, None where there is none: that is told where the table is read."""
    try:
        return parse_expression(cell.text, names)
    except FeelSyntaxError:
        return None


def _tests(cell: Cell, names: Sequence[str]) -> UnaryTests | None:
    try:
        return parse_unary_tests(cell.text, names)
    except FeelSyntaxError:
        return None


def _free_names(tree: AnyNode, bound: frozenset[str]) -> Iterator[str]:
    """The names that a tree reads and does not give itself; what a filter reads may be an entry of its items."""
    match tree:
        case Name(name):
            if name not in bound and name != "?" and name not in BUILTINS:
                yield name
            return
        case For(iterations) | Quantified(_, iterations):
            bound |= {iteration.name for iteration in iterations} | {"partial"}
        case FunctionLiteral(parameters):
            bound |= {parameter.name for parameter in parameters}
        case ContextLiteral(entries):
            bound |= {entry.key for entry in entries}
        case Filter(source):
            yield from _free_names(source, bound)
            return
    for part in children(tree):
        yield from _free_names(part, bound)

"""Decision tables of a DMN file handed to the table compiler, with the file's own types made the standard's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.dmn.feel_texts import Evaluate, Scope, constant_null
from engine.dmn.item_types import ItemType, TypeTable, is_simple
from engine.dmn.outcome import Warnings
from engine.feel.errors import collecting
from engine.feel.values import Value
from engine.schema.table import Cell, DecisionTable, InputClause, OutputClause
from engine.tables import compile_table


def compile_boxed_table(table: DecisionTable, scope: Scope, types: TypeTable) -> Evaluate:
    """A decision table as logic over the names in scope."""
    plain = replace(
        table,
        inputs=tuple(_input(clause, types) for clause in table.inputs),
        outputs=tuple(_output(clause, types) for clause in table.outputs),
    )
    compiled = compile_table(
        plain, scope.variables, scope.findings, scope.types, lenient=True, member_names=scope.member_names
    )
    if compiled is None:
        return constant_null(f"the table {table.name!r} has mistakes", table.span)
    names = tuple(scope.variables)
    span = table.span

    def evaluate(values: Mapping[str, Value], warnings: Warnings) -> Value:
        with collecting() as notes:
            result = compiled.evaluate(*[values.get(name) for name in names])
        if notes:
            warnings.add_all(notes, span)
        return result

    return evaluate


def _standard_name(kind: ItemType) -> str:
    """The standard's name for the type without its constraints; "" where it has none."""
    return str(kind.type) if is_simple(kind) else ""


def _input(clause: InputClause, types: TypeTable) -> InputClause:
    return replace(clause, type_name=_standard_name(types.resolve(clause.type_name, clause.expression.span)))


def _output(clause: OutputClause, types: TypeTable) -> OutputClause:
    """An output ranks its values by its own list, or else by what its type allows."""
    kind = types.resolve(clause.type_name, clause.span)
    allowed = clause.allowed
    if allowed is None and kind.allowed is not None and is_simple(kind):
        allowed = Cell(kind.allowed.text, kind.allowed.span)
    return replace(clause, type_name=_standard_name(kind), allowed=allowed)

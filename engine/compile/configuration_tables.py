"""Tables of allowed combinations: decision tables whose rows with output true say what goes together."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import Any

from engine.compile.configuration_conditions import Conditions
from engine.compile.configuration_scope import Unit, bound
from engine.compile.rule_tables import READERS
from engine.configure.formula import Formula, both, either, negated
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import FeelSyntaxError, interpret, interpret_unary_tests, parse_expression, parse_unary_tests
from engine.feel.tree import Node
from engine.load.files import RuleFile
from engine.schema.table import Cell, DecisionTable, HitPolicy
from engine.source import Span, at

POLICIES = (HitPolicy.UNIQUE, HitPolicy.ANY)


class CombinationTables:
    """Reads each file once."""

    def __init__(self, files: dict[str, RuleFile], findings: Findings) -> None:
        self._files = files
        self._findings = findings
        self._read: dict[str, dict[str, DecisionTable]] = {}

    def table(self, text: str, beside: str, span: Span) -> DecisionTable | None:
        """The table that a constraint names as "file" or "file#table"; None with a finding where there is none."""
        name, _, inner = text.partition("#")
        file = normpath(join(dirname(beside), name))
        if file not in self._files:
            known = [other for other in self._files if other.endswith((".csv", ".xlsx"))]
            message = f"there is no file {file!r} in the rulebook"
            self._findings.add(Code.FILE_MISSING, message, span, hint=did_you_mean(file, known))
            return None
        if file not in self._read:
            suffix = file[file.rfind(".") :].lower()
            tables, found = READERS[suffix](self._files[file].content, file)
            self._findings.extend(found)
            self._read[file] = {table.name: table for table in tables}
        tables_by_name = self._read[file]
        if inner in tables_by_name:
            return tables_by_name[inner]
        if not inner and len(tables_by_name) == 1:
            return next(iter(tables_by_name.values()))
        if tables_by_name:
            message = f"{file} has the tables {', '.join(tables_by_name)}: name one of them as {name}#TABLE"
            self._findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(inner, tables_by_name))
        return None


def combinations_false(table: DecisionTable, conditions: Conditions, findings: Findings) -> Formula | None:
    """Where a table rules a combination out: every input has a value, and no row with output true takes them all.

    None with findings where the table is no such table.
    """
    before = len(findings.errors)
    if table.hit_policy not in POLICIES:
        message = f"a table of allowed combinations has hit policy U or A, found {table.hit_policy.value}"
        findings.add(Code.WRONG_VALUE, message, table.span)
    if len(table.outputs) != 1:
        message = f"a table of allowed combinations has one output, true or false; found {len(table.outputs)}"
        findings.add(Code.WRONG_VALUE, message, table.span)
        return None
    columns = [_column(clause.expression, conditions, findings) for clause in table.inputs]
    rows: list[tuple[Formula, list[set[int]]]] = []
    for rule in table.rules:
        allowed = rule.outputs[0].text.strip()
        if allowed not in ("true", "false"):
            message = f"expected true or false, found {allowed!r}"
            findings.add(Code.WRONG_VALUE, message, rule.outputs[0].span)
        cells = [
            _passing(cell, node, unit, findings)
            for cell, (node, unit) in zip(rule.inputs, (column or (None, None) for column in columns), strict=True)
        ]
        if allowed == "true" and all(cell is not None for cell in cells):
            kept = [cell for cell in cells if cell is not None]
            rows.append((_row_formula(kept, columns), kept))
    units = [column[1] for column in columns if column is not None]
    if len(findings.errors) > before or len(units) < len(columns):
        return None
    parts: list[Formula] = []
    for position, unit in enumerate(units):
        # Said from every column: propagation sees what remains of one once the others are known.
        others = [other.undefined for number, other in enumerate(units) if number != position]
        for number, (_, formula) in enumerate(unit.values):
            fitting = [row for row, cells in rows if number in cells[position]]
            parts.append(either(negated(formula), *others, *fitting))
    return negated(both(*parts))


def _column(cell: Cell, conditions: Conditions, findings: Findings) -> tuple[Node, Unit] | None:
    """An input's expression, which reads one attribute or one group of a single choice."""
    try:
        node = parse_expression(cell.text, conditions.scope.names_in(cell.text))
    except FeelSyntaxError as error:
        place = at(cell.span, error.start, error.end)
        findings.add(Code.SYNTAX, f"this is no FEEL expression: {error.message}", place)
        return None
    units = conditions.units_or_findings(node, cell.span)
    if units is None:
        return None
    if len(units) != 1:
        message = f"expected one attribute, group or fact of a group such as cpu.socket, found {cell.text!r}"
        findings.add(Code.EXPRESSION, message, cell.span)
        return None
    return node, units[0]


def _passing(cell: Cell, node: Node | None, unit: Unit | None, findings: Findings) -> set[int] | None:
    """Positions of the unit's values that pass a cell."""
    if node is None or unit is None:
        return None
    try:
        tests = parse_unary_tests(cell.text or "-")
    except FeelSyntaxError as error:
        place = at(cell.span, error.start, error.end)
        findings.add(Code.SYNTAX, f"these are no unary tests: {error.message}", place)
        return None
    passing: set[int] = set()
    for number, (value, _) in enumerate(unit.values):
        tested: Any = interpret(node, bound([(unit, value)]))
        if interpret_unary_tests(tests, tested, {}) is True:
            passing.add(number)
    return passing


def _row_formula(cells: list[set[int]], columns: list[tuple[Node, Unit] | None]) -> Formula:
    parts: list[Formula] = []
    for passing, column in zip(cells, columns, strict=True):
        assert column is not None
        values = column[1].values
        if len(passing) < len(values):
            parts.append(either(*(values[number][1] for number in sorted(passing))))
    return both(*parts)

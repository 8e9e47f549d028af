"""Decision tables that rules and prices name: read from the rulebook, compiled once, rows with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from posixpath import dirname, join, normpath
from typing import Any

from engine.check.table_analysis import table_analysis
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel.types import ANY, TYPES_BY_NAME, ContextType, Required, Type
from engine.load.csv_table import read_csv_tables
from engine.load.dmn_xml import read_dmn_tables
from engine.load.rulebook import LoadedRule, LoadedRulebook
from engine.load.xlsx_table import read_xlsx_tables
from engine.load.yaml_table import read_yaml_tables
from engine.money import to_decimal
from engine.pricing.program import PriceTable, TableLookup
from engine.schema.pricing_rule import PricingRule
from engine.schema.table import DecisionTable, HitPolicy
from engine.source import Span
from engine.tables.compile import read_table
from engine.tables.compiled import CompiledTable
from engine.tables.parsed import ParsedTable
from engine.trace import AdjustmentKind, Origin

ONE_ROW = (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST)
Reader = Callable[[bytes, str], tuple[list[DecisionTable], Findings]]

READERS: Mapping[str, Reader] = {
    ".csv": read_csv_tables,
    ".xlsx": read_xlsx_tables,
    ".yaml": read_yaml_tables,
    ".yml": read_yaml_tables,
    ".dmn": read_dmn_tables,
}


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A table ready to be asked by rules."""

    table: CompiledTable
    definition: DecisionTable
    outputs: tuple[str, ...]
    row_type: Type

    def constants(self, output: str) -> Iterator[tuple[Decimal, Span]]:
        """The plain numbers in the column of an output, each with its place."""
        column = self.outputs.index(output)
        for row in self.definition.rules:
            cell = row.outputs[column]
            try:
                yield to_decimal(cell.text.strip()), cell.span
            except ValueError:
                continue  # an expression, which is known only once there is a quote

    def price(self, entry: Origin) -> PriceTable:
        """The function that finds the price for a line; the table has one output."""
        find = self._finder([replace(entry, file=span.file, line=span.line, cell=cell) for span, cell in self._rows()])

        def price(*parameters: Any) -> tuple[Any, Origin] | None:
            found = find(*parameters)
            return None if found is None else (found[0][self.outputs[0]], found[1])

        return price

    def _rows(self) -> list[tuple[Span, str]]:
        """The place of each row, and what to call it."""
        return [
            (span, str(span.cell) or f"row {row}")
            for row, span in zip(self.table.rule_ids, self.table.rule_spans, strict=True)
        ]

    def lookup(self, step: str, kind: AdjustmentKind, rule: PricingRule) -> TableLookup:
        """The function that finds the row for a line, as `rule` asks for it."""
        return self._finder(
            [Origin(step, kind, rule.id, span.file, span.line, cell, rule.group) for span, cell in self._rows()]
        )

    def _finder(self, origins: list[Origin]) -> TableLookup:
        """The function that gives the row hit by its outputs' names, and its place."""
        explain = self.table.explain
        only = self.outputs[0] if len(self.outputs) == 1 else None

        def find(*parameters: Any) -> tuple[Mapping[str, Any], Origin] | None:
            value, rows = explain(*parameters)
            if value is None or not rows:
                return None
            return (value if only is None else {only: value}), origins[rows[0]]

        return find


class RuleTables:
    """Reads and compiles each table once, whatever the number of rules that name it."""

    def __init__(self, rulebook: LoadedRulebook, parameters: Mapping[str, Type], findings: Findings) -> None:
        self.files = rulebook.files
        self.parameters = parameters
        self.findings = findings
        self._read: dict[str, dict[str, RuleTable | None]] = {}

    @property
    def definitions(self) -> list[DecisionTable]:
        """The tables that were read without mistakes."""
        return [table.definition for tables in self._read.values() for table in tables.values() if table is not None]

    def table(self, loaded: LoadedRule) -> RuleTable | None:
        """The table that a rule names, from beside its file; None with a finding where there is none."""
        return self.named(loaded.rule.table, dirname(loaded.document.source.file), loaded.span("table"))

    def named(self, reference: str, folder: str, span: Span) -> RuleTable | None:
        """The table of a reference "file" or "file#table"; None with a finding where there is none."""
        name, _, inner = reference.partition("#")
        file = normpath(join(folder, name))
        if file not in self.files:
            known = [other for other in self.files if not other.endswith((".yaml", ".yml"))]
            hint = did_you_mean(file, known)
            self.findings.add(Code.FILE_MISSING, f"there is no file {file!r} in the rulebook", span, hint=hint)
            return None
        suffix = file[file.rfind(".") :].lower()
        if suffix not in READERS:
            message = f"{file!r} is no file of tables; expected one of {', '.join(READERS)}"
            self.findings.add(Code.WRONG_VALUE, message, span)
            return None
        if file not in self._read:
            self._read[file] = self._tables(file)
        tables = self._read[file]
        if inner and inner not in tables:
            message = f"{file} has no table {inner!r}; it has {', '.join(tables) or 'none'}"
            self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(inner, tables))
            return None
        if not inner and len(tables) > 1:
            message = f"{file} has several tables: name one of {', '.join(tables)} as {name}#TABLE"
            self.findings.add(Code.WRONG_VALUE, message, span)
            return None
        return tables[inner] if inner else next(iter(tables.values()), None)

    def _tables(self, file: str) -> dict[str, RuleTable | None]:
        suffix = file[file.rfind(".") :].lower()
        tables, found = READERS[suffix](self.files[file].content, file)
        self.findings.extend(found)
        return {table.name: self._compiled(table) for table in tables}

    def _compiled(self, table: DecisionTable) -> RuleTable | None:
        if table.hit_policy not in ONE_ROW:
            message = (
                f"table {table.name!r} has hit policy {table.hit_policy.value}; a rule takes one row: "
                f"expected one of {', '.join(policy.value for policy in ONE_ROW)}"
            )
            self.findings.add(Code.WRONG_VALUE, message, table.span)
            return None
        read = read_table(table, self.parameters, self.findings)
        if read is None:
            return None
        self._analyse(read.parsed)
        compiled = read.compile()
        outputs = tuple(clause.name or clause.label or "value" for clause in table.outputs)
        types = {
            name: TYPES_BY_NAME.get(clause.type_name, ANY) for name, clause in zip(outputs, table.outputs, strict=True)
        }
        return RuleTable(compiled, table, outputs, Required(ContextType(types)))

    def _analyse(self, table: ParsedTable) -> None:
        """Tell of rows that contradict or hide each other; a gap is no mistake, there the rule does not apply."""
        found = Findings()
        table_analysis(table, found)
        self.findings.extend(finding for finding in found if finding.code is not Code.GAP)

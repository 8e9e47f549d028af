"""Decision tables from YAML: a file holds one table, or a list of them under `tables`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

from engine.diagnostics import Code, Findings, did_you_mean
from engine.document import Document, Path, read_document
from engine.load.csv_table import read_text
from engine.load.table_grid import read_hit_policy
from engine.schema.table import Cell, DecisionTable, InputClause, OutputClause, Rule

_TABLE_FIELDS = ("table", "hit_policy", "inputs", "outputs", "annotations", "rules")
_INPUT_FIELDS = ("expression", "type", "values", "label")
_OUTPUT_FIELDS = ("name", "type", "values", "default", "label")
_RULE_FIELDS = ("id", "when", "then", "notes")


def read_yaml_tables(source: FilePath | bytes, file: str) -> tuple[list[DecisionTable], Findings]:
    """Read the tables of a YAML file.

    Args:
        source: the file or its content, UTF-8.
        file: the name to show in findings; without its ending it is the name of a table that gives none.

    Returns:
        The tables in their order, and what is wrong in them.
    """
    findings = Findings()
    text = read_text(source, file, findings)
    if text is None:
        return [], findings
    before = len(findings)
    document = read_document(text, file, findings)
    if document.value is None and len(findings) > before:
        return [], findings
    reader = _Reader(document, findings)
    stem = PurePosixPath(file).stem
    if isinstance(document.value, dict) and "tables" in document.value:
        reader.fields(document.value, (), ("tables",))
        count = len(reader.sequence(document.value, (), "tables"))
        found = [reader.table(("tables", i), f"{stem} {i + 1}") for i in range(count)]
    else:
        found = [reader.table((), stem)]
    return [table for table in found if table is not None], findings


class _Reader:
    """Reads parts of one document; a missing or wrong part is reported and replaced by an empty one."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self._document = document
        self._findings = findings

    def value(self, path: Path) -> Any:
        value = self._document.value
        for step in path:
            value = value[step]
        return value

    def fields(self, value: Mapping[str, Any], path: Path, known: tuple[str, ...]) -> None:
        """Report the fields that nobody knows."""
        for name in value:
            if name not in known:
                message = f"unknown field {name!r}; expected one of {', '.join(known)}"
                span = self._document.key_span((*path, name))
                self._findings.add(Code.UNKNOWN_FIELD, message, span, hint=did_you_mean(name, known))

    def mapping(self, path: Path, known: tuple[str, ...]) -> dict[str, Any]:
        """The mapping at a path, its fields checked."""
        value = self.value(path)
        if not isinstance(value, dict):
            message = f"expected a mapping with {', '.join(known)}, found {_shown(value)}"
            self._findings.add(Code.WRONG_TYPE, message, self._document.span(path))
            return {}
        self.fields(value, path, known)
        return value

    def sequence(self, parent: Mapping[str, Any], path: Path, name: str) -> list[Any]:
        """A list below a mapping, empty where it is left out."""
        value = parent.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            message = f"expected a list for {name!r}, found {_shown(value)}"
            self._findings.add(Code.WRONG_TYPE, message, self._document.span((*path, name)))
            return []
        return value

    def cell(self, path: Path) -> Cell:
        """A FEEL text, as written or as YAML's number, truth value or null."""
        value = self.value(path)
        span = self._document.span(path)
        if isinstance(value, list | dict):
            message = f"expected one FEEL text, found {_shown(value)}"
            self._findings.add(Code.WRONG_TYPE, message, span, hint="write a list as text: '[1, 2]'")
            return Cell("null", span)
        return Cell(_text(value), span)

    def optional(self, parent: Mapping[str, Any], path: Path, name: str) -> Cell | None:
        """A FEEL text below a mapping, None where it is left out."""
        return None if parent.get(name) is None else self.cell((*path, name))

    def name(self, parent: Mapping[str, Any], path: Path, name: str) -> str:
        """A text below a mapping, "" where it is left out."""
        cell = self.optional(parent, path, name)
        return cell.text if cell else ""

    def table(self, path: Path, default_name: str) -> DecisionTable | None:
        value = self.mapping(path, _TABLE_FIELDS)
        place = self._document.span(path)
        if not value:
            return None
        policy = read_hit_policy(self.optional(value, path, "hit_policy"), place, self._findings)
        input_count = len(self.sequence(value, path, "inputs"))
        inputs = tuple(self.input((*path, "inputs", i)) for i in range(input_count))
        output_count = len(self.sequence(value, path, "outputs"))
        outputs = tuple(self.output((*path, "outputs", i), output_count) for i in range(output_count))
        if not outputs:
            self._findings.add(Code.MISSING_FIELD, "the table has no outputs", place)
            return None
        notes = tuple(_text(name) for name in self.sequence(value, path, "annotations"))
        shape = (len(inputs), len(outputs), len(notes))
        rule_count = len(self.sequence(value, path, "rules"))
        rules = (self.rule((*path, "rules", i), f"rule {i + 1}", shape) for i in range(rule_count))
        name = self.name(value, path, "table") or default_name
        kept = tuple(rule for rule in rules if rule is not None)
        return DecisionTable(name, policy[0], policy[1], inputs, outputs, kept, notes, place)

    def input(self, path: Path) -> InputClause:
        if isinstance(self.value(path), str):
            return InputClause(self.cell(path))
        fields = self.mapping(path, _INPUT_FIELDS)
        expression = self.optional(fields, path, "expression")
        if expression is None:
            span = self._document.span(path)
            self._findings.add(Code.MISSING_FIELD, "the input has no expression", span)
            expression = Cell("null", span)
        kind, label = self.name(fields, path, "type"), self.name(fields, path, "label")
        return InputClause(expression, kind, self.optional(fields, path, "values"), label)

    def output(self, path: Path, count: int) -> OutputClause:
        if isinstance(self.value(path), str):
            cell = self.cell(path)
            return OutputClause(cell.text, cell.span)
        fields = self.mapping(path, _OUTPUT_FIELDS)
        name = self.optional(fields, path, "name")
        if name is None and count > 1:
            message = "each of several outputs needs a name"
            self._findings.add(Code.MISSING_FIELD, message, self._document.span(path))
        return OutputClause(
            name.text if name else "",
            name.span if name else self._document.span(path),
            self.name(fields, path, "type"),
            self.optional(fields, path, "values"),
            self.optional(fields, path, "default"),
            self.name(fields, path, "label"),
        )

    def rule(self, path: Path, default_id: str, shape: tuple[int, int, int]) -> Rule | None:
        """A rule: a row of cells like in a sheet, or a mapping with `when` and `then`."""
        span = self._document.span(path)
        if isinstance(self.value(path), list):
            cells = [self.cell((*path, i)) for i in range(len(self.value(path)))]
            parts = cells[: shape[0]], cells[shape[0] : shape[0] + shape[1]], cells[shape[0] + shape[1] :]
            rule_id = default_id
        else:
            fields = self.mapping(path, _RULE_FIELDS)
            if not fields:
                return None
            when, then, notes = (
                [self.cell((*path, name, i)) for i in range(len(self.sequence(fields, path, name)))]
                for name in ("when", "then", "notes")
            )
            parts = when, then, notes
            rule_id = self.name(fields, path, "id") or default_id
        names = ("input", "output", "annotation")
        for what, cells, expected in zip(names, parts, shape, strict=True):
            if len(cells) > expected or (len(cells) < expected and what != "annotation"):
                message = f"the rule has {len(cells)} {what} cells; the table has {expected} {what} columns"
                self._findings.add(Code.WRONG_VALUE, message, span)
                return None
        remarks = [cell.text for cell in parts[2]] + [""] * (shape[2] - len(parts[2]))
        return Rule(rule_id, tuple(parts[0]), tuple(parts[1]), tuple(remarks), span)


def _text(value: Any) -> str:
    """The FEEL text of a YAML value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value).strip()


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else repr(_text(value))

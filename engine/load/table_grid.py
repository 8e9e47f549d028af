"""The layout that CSV files and worksheets share: head rows named in the first column, then one row a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.schema.table import (
    POLICY_TEXTS,
    Aggregation,
    Cell,
    DecisionTable,
    HitPolicy,
    InputClause,
    OutputClause,
    Rule,
    parse_hit_policy,
)
from engine.source import Span

HEAD_ROWS = ("table", "hit policy", "columns", "name", "type", "values", "default")
COLUMN_KINDS = ("input", "output", "annotation")

GridRow = Sequence[Cell]


@dataclass(slots=True)
class _Head:
    """The head rows of a grid by their names."""

    rows: dict[str, GridRow] = field(default_factory=dict)
    names: dict[str, Cell] = field(default_factory=dict)

    def text(self, name: str, column: int) -> Cell | None:
        """A cell of a head row, None where it is empty or the row is missing."""
        row = self.rows.get(name, ())
        return row[column] if column < len(row) and row[column].text else None


def read_grid(rows: Iterable[GridRow], default_name: str, place: Span, findings: Findings) -> DecisionTable | None:
    """Read one table.

    Args:
        rows: cells from left to right, texts without surrounding blanks.
        default_name: name of the table where its head gives none.
        place: where to report what is missing.
        findings: receives what is wrong with the layout.

    Returns:
        The table; None where the head does not say what the columns are.
    """
    head, body = _split_head(rows, findings)
    policy = read_hit_policy(head.text("hit policy", 1), place, findings)
    kinds = _column_kinds(head, place, findings)
    if kinds is None:
        return None
    inputs = tuple(_input(head, column, findings) for column, kind in kinds.items() if kind == "input")
    outputs = tuple(
        output
        for column, kind in kinds.items()
        if kind == "output" and (output := _output(head, column, kinds, findings)) is not None
    )
    name = head.text("table", 1)
    return DecisionTable(
        name.text if name else default_name,
        policy[0],
        policy[1],
        inputs,
        outputs,
        tuple(_rule(row, number, kinds, findings) for number, row in enumerate(body, 1)),
        tuple(_text_of(head.text("name", column)) for column, kind in kinds.items() if kind == "annotation"),
        name.span if name else place,
    )


def read_hit_policy(cell: Cell | None, place: Span, findings: Findings) -> tuple[HitPolicy, Aggregation | None]:
    """The policy that a cell says; unique, with a finding, where it says none."""
    expected = f"one of {', '.join(POLICY_TEXTS)}"
    if cell is None:
        findings.add(Code.MISSING_FIELD, f"the table has no hit policy; expected {expected}", place)
        return HitPolicy.UNIQUE, None
    parsed = parse_hit_policy(cell.text)
    if parsed is None:
        names = [policy.name.replace("_", " ").lower() for policy in HitPolicy]
        hint = did_you_mean(cell.text.lower(), names)
        findings.add(Code.WRONG_VALUE, f"unknown hit policy {cell.text!r}; expected {expected}", cell.span, hint=hint)
        return HitPolicy.UNIQUE, None
    return parsed


def _split_head(rows: Iterable[GridRow], findings: Findings) -> tuple[_Head, list[GridRow]]:
    """The head, and the rows of rules without the empty ones."""
    head = _Head()
    body: list[GridRow] = []
    for row in rows:
        if not any(cell.text for cell in row):
            continue
        name = " ".join(row[0].text.lower().replace("_", " ").split()).removesuffix(":")
        if body and name in HEAD_ROWS:
            findings.add(
                Code.WRONG_VALUE, f"the head row {name!r} stands after a rule; head rows come first", row[0].span
            )
        elif body or not (name in HEAD_ROWS or _misspelt_head(name, row, head, findings)):
            body.append(row)
        elif name in head.rows:
            findings.add(Code.DUPLICATE, f"the head row {name!r} is given twice", row[0].span)
        elif name in HEAD_ROWS:
            head.rows[name] = row
    return head, body


def _misspelt_head(name: str, row: GridRow, head: _Head, findings: Findings) -> bool:
    """Whether a row before the rules is a head row with a wrong name; rules begin once columns have names."""
    if not name or ("columns" in head.rows and "name" in head.rows and not did_you_mean(name, HEAD_ROWS)):
        return False
    message = f"unknown head row {row[0].text!r}; expected one of {', '.join(HEAD_ROWS)}"
    findings.add(Code.UNKNOWN_FIELD, message, row[0].span, hint=did_you_mean(name, HEAD_ROWS))
    return True


def _column_kinds(head: _Head, place: Span, findings: Findings) -> dict[int, str] | None:
    """Input, output or annotation by column; None where the head does not say."""
    row = head.rows.get("columns")
    if row is None:
        message = "the table has no row 'columns' that says which columns are input, output and annotation"
        findings.add(Code.MISSING_FIELD, message, place)
        return None
    kinds: dict[int, str] = {}
    for column, cell in enumerate(row[1:], 1):
        kind = cell.text.lower()
        if kind in COLUMN_KINDS:
            kinds[column] = kind
        elif kind:
            message = f"unknown kind of column {cell.text!r}; expected one of {', '.join(COLUMN_KINDS)}"
            findings.add(Code.WRONG_VALUE, message, cell.span, hint=did_you_mean(kind, COLUMN_KINDS))
    if "output" not in kinds.values():
        findings.add(Code.MISSING_FIELD, "the table has no output column", row[0].span)
        return None
    return kinds


def _text_of(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _input(head: _Head, column: int, findings: Findings) -> InputClause:
    expression = head.text("name", column)
    if expression is None:
        span = head.rows["columns"][column].span
        findings.add(Code.MISSING_FIELD, "the input column has no expression in the row 'name'", span)
        expression = Cell("null", span)
    default = head.text("default", column)
    if default is not None:
        findings.add(Code.UNKNOWN_FIELD, "an input column has no default; defaults are for outputs", default.span)
    return InputClause(expression, _text_of(head.text("type", column)), head.text("values", column))


def _output(head: _Head, column: int, kinds: dict[int, str], findings: Findings) -> OutputClause | None:
    name = head.text("name", column)
    span = name.span if name else head.rows["columns"][column].span
    if name is None and list(kinds.values()).count("output") > 1:
        findings.add(Code.MISSING_FIELD, "each of several output columns needs a name in the row 'name'", span)
    return OutputClause(
        _text_of(name),
        span,
        _text_of(head.text("type", column)),
        head.text("values", column),
        head.text("default", column),
    )


def _rule(row: GridRow, number: int, kinds: dict[int, str], findings: Findings) -> Rule:
    """A row of the table; a cell that is left out is `-` as an input, and a mistake as an output."""
    last = row[-1].span
    beyond = [cell for column, cell in enumerate(row) if column and column not in kinds and cell.text]
    for cell in beyond:
        message = f"found {cell.text[:40]!r} in a column that the row 'columns' does not name"
        findings.add(Code.WRONG_VALUE, message, cell.span, severity=Severity.WARNING)
    cells: dict[str, list[Cell]] = {kind: [] for kind in COLUMN_KINDS}
    for column, kind in kinds.items():
        cells[kind].append(row[column] if column < len(row) else Cell("", last))
    return Rule(
        row[0].text or f"rule {number}",
        tuple(cells["input"]),
        tuple(cells["output"]),
        tuple(cell.text for cell in cells["annotation"]),
        row[0].span,
    )

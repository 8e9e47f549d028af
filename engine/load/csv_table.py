"""Decision tables from CSV files, in the layout of `table_grid`; comma or semicolon, every cell with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from engine.diagnostics import Code, Findings
from engine.load.table_grid import HEAD_ROWS, read_grid
from engine.schema.table import Cell, DecisionTable
from engine.source import Span

_QUOTED = re.compile(r'"((?:[^"]|"")*+)"[ \t]*')
_END_OF_LINE = re.compile(r"\r\n|\n|\r")


def read_csv_tables(source: Path | bytes, file: str) -> tuple[list[DecisionTable], Findings]:
    """Read the table of a CSV file.

    Args:
        source: the file or its content, UTF-8 with or without byte order mark.
        file: the name to show in findings; without its ending it is the table's name where the head gives none.

    Returns:
        A list with the table, empty where the file holds none that can be read; and what is wrong in it.
    """
    findings = Findings()
    text = read_text(source, file, findings)
    if text is None:
        return [], findings
    if not text.strip():
        findings.add(Code.SYNTAX, "the file is empty; expected a decision table", Span(file))
        return [], findings
    rows = _rows(text, file, _separator(text), findings)
    table = read_grid(rows, PurePosixPath(file).stem, Span(file, 1), findings)
    return [table] if table else [], findings


def read_csv_cells(source: bytes, file: str, findings: Findings) -> list[list[Cell]]:
    """The cells of a CSV file row by row, each with its place; separated as the first line is."""
    text = read_text(source, file, findings)
    if text is None:
        return []
    first = text.lstrip().split("\n", 1)[0]
    return list(_rows(text, file, ";" if first.count(";") > first.count(",") else ",", findings))


def read_text(source: Path | bytes, file: str, findings: Findings) -> str | None:
    """The text of a file, UTF-8 with or without byte order mark; None with a finding where it cannot be read."""
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror}", Span(file))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"expected UTF-8 text, found the byte 0x{content[error.start]:02x}"
        findings.add(Code.FILE_UNREADABLE, message, Span(file, line), hint="save the file with encoding UTF-8")
    return None


def _separator(text: str) -> str:
    """Semicolon where the first head row uses it, as spreadsheets write in many countries; otherwise comma."""
    first = text.lstrip().split("\n", 1)[0].lower().replace("_", " ")
    return ";" if any(first.startswith(f"{name};") for name in HEAD_ROWS) else ","


def _rows(text: str, file: str, separator: str, findings: Findings) -> Iterator[list[Cell]]:
    """The cells of RFC 4180 text, rows after each other; a cell's place is where its text begins."""
    plain = re.compile(rf"[^{separator}\r\n]*+")
    position = line_start = 0
    line = 1
    row: list[Cell] = []
    while position <= len(text):
        column = position - line_start + 1
        quoted = _QUOTED.match(text, position)
        match = quoted or plain.match(text, position)
        assert match is not None
        value = quoted[1].replace('""', '"') if quoted else match[0]
        span = Span(file, line, column, column + len(match[0]) if "\n" not in match[0] else 0)
        if not quoted and value.startswith('"'):
            findings.add(Code.SYNTAX, "the quotation mark that begins this cell is not closed", span)
        row.append(Cell(value.strip(), span))
        if quoted and "\n" in match[0]:
            line += match[0].count("\n")
            line_start = position + match[0].rindex("\n") + 1
        position = match.end()
        if text.startswith(separator, position):
            position += 1
            continue
        end = _END_OF_LINE.match(text, position)
        if end is None and position < len(text):
            message = f"expected {separator!r} or the end of the line after the closing quotation mark"
            findings.add(Code.SYNTAX, message, Span(file, line, position - line_start + 1))
            position = plain.match(text, position).end()  # type: ignore[union-attr]  # it matches everywhere
            end = _END_OF_LINE.match(text, position)
            if text.startswith(separator, position):
                position += 1
                continue
        yield row
        row = []
        if end is None:
            return
        position = line_start = end.end()
        line += 1

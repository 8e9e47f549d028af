"""Decision tables from Excel workbooks: one table a worksheet, in the layout of `table_grid`.

A workbook stores every number as a binary float. A number is taken as the decimal that Excel shows for it in full,
that is with 15 significant digits: 0.1 is 0.1. Dates, times and truth values become their FEEL literals.
"""

from __future__ import annotations

import datetime as dt
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import python_calamine

from engine.diagnostics import Code, Findings, Severity
from engine.load.table_grid import HEAD_ROWS, read_grid
from engine.load.xlsx_parts import ErrorCells, RefusedWorkbookError, inspect_workbook
from engine.schema.table import Cell, DecisionTable
from engine.source import Span

# What a damaged archive or a damaged workbook inside a whole archive is found out by.
_BROKEN = (
    python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    RuntimeError, EOFError, ValueError, OverflowError,
)  # fmt: skip

_CellValue = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_xlsx_tables(source: Path | bytes, file: str) -> tuple[list[DecisionTable], Findings]:
    """Read every table of a workbook; a sheet without any head row is no table and only remarked upon.

    Args:
        source: the workbook or its content.
        file: the name to show in findings. A table takes its sheet's name where its head gives none.

    Returns:
        The tables in the order of the sheets, and what is wrong in them.
    """
    findings = Findings()
    tables: list[DecisionTable] = []
    for place, values, errors in _sheets(source, file, findings):
        if _is_table(values):
            table = read_grid(_rows(values, place, errors, findings), place.sheet, place, findings)
            tables.extend([table] if table else [])
        elif any(any(row) for row in values):
            message = "no decision table here: no head row such as 'hit policy' in the first column"
            findings.add(Code.MISSING_FIELD, message, place, severity=Severity.INFO)
    return tables, findings


def read_xlsx_cells(source: bytes, file: str, findings: Findings) -> list[tuple[Span, list[list[Cell]]]]:
    """The cells of every sheet of a workbook, row by row, each with its place; mistakes become findings."""
    return [
        (place, list(_rows(values, place, errors, findings)))
        for place, values, errors in _sheets(source, file, findings)
    ]


def _sheets(
    source: Path | bytes, file: str, findings: Findings
) -> list[tuple[Span, Sequence[Sequence[_CellValue]], ErrorCells]]:
    """Every sheet with its place and the cells that hold errors; none with a finding where it is no workbook."""
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
        errors = inspect_workbook(content)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            (Span(file, sheet=name), workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), errors)
            for name in workbook.sheet_names
        ]
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror or error}", Span(file))
    except _BROKEN as error:
        findings.add(Code.FILE_UNREADABLE, f"this is no Excel workbook (.xlsx): {error}", Span(file))
    except RefusedWorkbookError as error:
        findings.add(Code.LIMIT, str(error), Span(file))
    return []


def _is_table(values: Sequence[Sequence[_CellValue]]) -> bool:
    heads = {str(row[0]).strip().lower().replace("_", " ").removesuffix(":") for row in values[:50] if row}
    return bool(heads & set(HEAD_ROWS))


def _rows(
    values: Sequence[Sequence[_CellValue]], place: Span, errors: ErrorCells, findings: Findings
) -> Iterator[list[Cell]]:
    letters = [column_letters(column) for column in range(max(map(len, values), default=0))]
    for number, row in enumerate(values, 1):
        cells = []
        for letter, value in zip(letters, row, strict=False):
            span = Span(place.file, number, 0, 0, place.sheet, f"{letter}{number}")
            error = errors.get((span.sheet, span.cell))
            if error is not None:
                findings.add(Code.WRONG_VALUE, f"the cell holds the Excel error {error}", span)
            cells.append(Cell("null" if error else cell_text(value), span))
        yield cells


def column_letters(column: int) -> str:
    """Excel's name of a column counted from 0: A, Z, AA."""
    letters = ""
    number = column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def cell_text(value: _CellValue) -> str:
    """The FEEL text of a cell's value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, dt.datetime):
        return f'date and time("{value.isoformat()}")'
    if isinstance(value, dt.date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, dt.time):
        return f'time("{value.isoformat()}")'
    if isinstance(value, dt.timedelta):
        return f'duration("PT{value // dt.timedelta(seconds=1)}S")'
    return value.strip()

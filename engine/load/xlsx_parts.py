"""A workbook's parts looked at before a reader is let at them: their size, and cells that hold errors.

The reader takes memory for the whole rectangle around a sheet's cells at once, and gives a cell with an error as
an empty one; both would do harm here.
"""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

MAX_CELLS = 4_000_000
"""Cells of the smallest rectangle from A1 that holds all of a sheet."""
MAX_BYTES = 512 * 1024 * 1024
"""Size of a workbook's parts together, unpacked."""

_REFERENCE = re.compile(rb"""\sr\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_ERROR_CELL = re.compile(rb"""\st\s*=\s*["']e["']""")

ErrorCells = dict[tuple[str, str], str]
"""The error that a cell holds, by the names of its sheet and the cell."""


class RefusedWorkbookError(Exception):
    """A workbook that would take more memory than a table may, or hides how much it takes."""


def inspect_workbook(content: bytes) -> ErrorCells:
    """Look through a workbook.

    Raises:
        RefusedWorkbookError: it must not be read.
        zipfile.BadZipFile: it is no workbook.
    """
    errors = False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_BYTES:
            raise RefusedWorkbookError(f"the workbook has more than {MAX_BYTES:,} bytes when unpacked")
        for part in parts:
            text = archive.read(part)
            if b"<!DOCTYPE" in text and part.filename.endswith((".xml", ".rels")):
                raise RefusedWorkbookError(f"{part.filename}: a document type declaration is not read")
            if b"<sheetData" in text or b":sheetData" in text:
                _check_extent(text, part.filename)
                errors = errors or _ERROR_CELL.search(text) is not None
    return _error_cells(content) if errors else {}


def _check_extent(sheet: bytes, name: str) -> None:
    """Find the last row and column that a worksheet names."""
    rows, letters = 0, b""
    for double, single in _REFERENCE.findall(sheet):
        place = _PLACE.fullmatch(double or single)
        if place is None:
            raise RefusedWorkbookError(f"{name}: {(double or single)[:20]!r} is no place of a cell")
        rows = max(rows, int(place[2]))
        letters = max(letters, place[1], key=lambda text: (len(text), text))
    columns = 0
    for letter in letters:
        columns = columns * 26 + letter - ord("A") + 1
    if rows * columns > MAX_CELLS:
        reach = f"{name} reaches to row {rows:,} and column {columns:,}, more than {MAX_CELLS:,} cells"
        raise RefusedWorkbookError(f"{reach}; delete what stands far from the table")


def _error_cells(content: bytes) -> ErrorCells:
    """Read the workbook once more, by a slower reader that tells errors."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return {
                (sheet.title, cell.coordinate): str(cell.value)
                for sheet in book.worksheets
                for row in sheet.iter_rows()
                for cell in row
                if cell.data_type == "e"
            }
        finally:
            book.close()
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, InvalidFileException) as error:
        raise RefusedWorkbookError("some cells hold Excel errors, and the file is too unusual to say which") from error

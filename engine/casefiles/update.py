"""Expectations rewritten in their files, one value at a time; everything else of a file stays as it is."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import openpyxl

from engine.casefiles.compare import Difference
from engine.money import to_decimal
from engine.source import Span


def can_replace(difference: Difference) -> bool:
    """Whether the found value can take the place of the expected one: both are single values, or lists on a line."""
    if difference.replacement is None:
        return False
    written = difference.written
    return (
        written.cell is not None or _extent(written.document.source.line(written.span.line), written.span) is not None
    )


def replace(folder: Path, differences: Iterable[Difference]) -> None:
    """Write what was found in the place of what was expected; each file is replaced in one step."""
    by_file: dict[str, list[Difference]] = defaultdict(list)
    for difference in differences:
        by_file[difference.written.span.file].append(difference)
    for name, changes in by_file.items():
        path = folder / name
        content = path.read_bytes()
        changed = _workbook(content, changes) if name.lower().endswith(".xlsx") else _text(content, changes)
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(changed)
        beside.replace(path)


def _text(content: bytes, changes: list[Difference]) -> bytes:
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    lines = content.decode("utf-8-sig").split("\n")
    # From the end to the beginning, so that the places of those before stay as they are.
    for change in sorted(changes, key=lambda one: (one.written.span.line, one.written.span.column), reverse=True):
        span = change.written.span
        line = lines[span.line - 1]
        assert change.replacement is not None
        if change.written.cell is not None:
            start, end, text = span.column - 1, span.end_column - 1, _csv_text(change)
        else:
            extent = _extent(line, span)
            assert extent is not None
            start, end, text = *extent, change.replacement
        lines[span.line - 1] = line[:start] + text + line[end:]
    return mark + "\n".join(lines).encode("utf-8")


def _extent(line: str, span: Span) -> tuple[int, int] | None:
    """Where a value begins and ends on its line, quotation marks and brackets included; None where it goes on."""
    start = span.column - 1
    if start >= len(line):
        return None
    if line[start] == "[":
        depth = 0
        for position in range(start, len(line)):
            depth += {"[": 1, "]": -1}.get(line[position], 0)
            if not depth:
                return start, position + 1
        return None
    if not span.end_column:
        return None
    end = span.end_column - 1
    if start and line[start - 1] in "\"'" and end < len(line) and line[end] == line[start - 1]:
        return start - 1, end + 1
    return start, end


def _csv_text(change: Difference) -> str:
    """The replacement as a cell of a CSV file."""
    text = _cell_text(change)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',;"\n') else text


def _cell_text(change: Difference) -> str:
    """What stands in a cell: lists without brackets."""
    text = change.replacement or ""
    return text[1:-1] or "none" if text.startswith("[") else text


def _workbook(content: bytes, changes: list[Difference]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for change in changes:
        text = _cell_text(change)
        try:
            number = to_decimal(text)
            value: int | float | str = int(number) if number == number.to_integral_value() else float(number)
        except ValueError:
            value = text
        book[change.written.span.sheet][change.written.span.cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

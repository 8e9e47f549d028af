"""CSV as records: the standard reader for speed, and the column of a value worked out when a finding points at it."""

from __future__ import annotations

import bisect
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.importers.layout import NAMED_COLUMNS
from catalog.importers.records import Node, Record, Scalar, shown
from catalog.importers.text_file import read_text
from engine.diagnostics import Code, Findings, did_you_mean
from engine.source import Span


@dataclass(slots=True)
class CsvFile:
    """A CSV file as text; lines are indexed only when a place is asked for.

    Attributes:
        file: path as shown to the user.
        text: the content, line ends as line feeds.
    """

    file: str
    text: str
    _line_starts: list[int] = field(default_factory=list, repr=False)

    def span(self, line: int, index: int) -> Span:
        """The place of the value number `index` (from 0) of the row that starts on a line."""
        if not self._line_starts:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        start = self._line_starts[line - 1]
        for _ in range(index):
            start = _value_end(self.text, start) + 1
        line = bisect.bisect_right(self._line_starts, start)
        line_start = self._line_starts[line - 1]
        line_end = self.text.find("\n", start)
        end = min(_value_end(self.text, start), len(self.text) if line_end < 0 else line_end)
        return Span(self.file, line, start - line_start + 1, max(end, start + 1) - line_start + 1)


def _value_end(text: str, start: int) -> int:
    """Offset behind the value that starts at an offset: of its comma, line end or the end of the text."""
    position = start
    quoted = text.startswith('"', start)
    if quoted:
        position += 1
    while position < len(text):
        char = text[position]
        if quoted and char == '"':
            if not text.startswith('""', position):
                quoted = False
            else:
                position += 1
        elif not quoted and char in ",\n":
            break
        position += 1
    return position


@dataclass(frozen=True, slots=True)
class CsvRow:
    """Knows where the values of a row stand."""

    file: CsvFile
    line: int

    def span(self, index: int) -> Span:
        """The place of the value number `index`, from 0."""
        return self.file.span(self.line, index)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file, read while they are asked for; none where the file does not exist.

    Attributes:
        path: of the file.
        text: its content, or None where there is none.
        columns: closed list of column names.
        findings: what is wrong is added here, once for every time the rows are read.
    """

    path: Path
    text: str | None
    columns: frozenset[str]
    findings: Findings

    @property
    def exists(self) -> bool:
        """Whether there is such a file, with something in it."""
        return self.text is not None

    @property
    def count(self) -> int:
        """About how many rows there are."""
        return 0 if self.text is None else self.text.count("\n")

    def __iter__(self) -> Iterator[Record]:
        if self.text is None:
            return
        file = CsvFile(self.path.name, self.text)
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        line = 1
        try:
            header = self._header(CsvRow(file, line), next(reader))
            if header is None:
                return
            rows = 0
            line = reader.line_num + 1
            for values in reader:
                if values:
                    rows += 1
                    record = self._record(header, values, CsvRow(file, line))
                    if record is not None:
                        yield record
                line = reader.line_num + 1
        except csv.Error as problem:
            self.findings.add(
                Code.SYNTAX, f"no valid CSV in the row that starts here: {problem}", Span(file.file, line)
            )
            return
        if not rows:
            self.findings.add(Code.MISSING_FIELD, "the file has a header but no rows", Span(file.file, 1))

    def _header(self, row: CsvRow, names: Sequence[str]) -> list[str] | None:
        """The column names, or None after a finding that makes reading the rows pointless."""
        known = self.columns
        header = [name.strip() for name in names]
        if len(header) == 1 and ";" in header[0]:
            self.findings.add(Code.SYNTAX, "expected columns separated by commas, found semicolons", row.span(0))
            return None
        for index, name in enumerate(header):
            column, _, detail = name.partition(".")
            if name in header[:index]:
                self.findings.add(Code.DUPLICATE, f"column {shown(name)} is given twice", row.span(index))
            elif column not in known or (column in NAMED_COLUMNS) != bool(detail):
                self.findings.add(
                    Code.UNKNOWN_FIELD,
                    f"unknown column {shown(name)}",
                    row.span(index),
                    hint=_column_hint(name, known),
                )
        return header

    def _record(self, header: Sequence[str], values: Sequence[str], row: CsvRow) -> Record | None:
        span = Span(row.file.file, row.line)
        if len(values) != len(header):
            self.findings.add(
                Code.WRONG_VALUE, f"the row has {len(values)} values, the header has {len(header)} columns", span
            )
            return None
        fields: dict[str, Node] = {}
        named: dict[str, dict[str, Node]] = {}
        for index, (name, value) in enumerate(zip(header, values, strict=True)):
            text = value.strip()
            if not text:
                continue
            scalar = Scalar(text, row, index)
            if "." in name:
                column, _, detail = name.partition(".")
                named.setdefault(column, {})[detail] = scalar
            else:
                fields[name] = scalar
        for column, details in named.items():
            fields[column] = Record(details, span)
        return Record(fields, span)


def _column_hint(name: str, known: frozenset[str]) -> str:
    """The nearest column, named columns with what stands behind their point."""
    column, point, detail = name.partition(".")
    if name in NAMED_COLUMNS:
        return f"name what it holds: {name}.NAME"
    if point:
        near = did_you_mean(column, sorted(known & NAMED_COLUMNS))
        return near.replace("'?", f".{detail}'?")
    return did_you_mean(name, sorted(known))


def read_rows(path: Path, columns: frozenset[str], findings: Findings) -> Rows:
    """The rows of a file that may be missing."""
    return Rows(path, read_text(path, findings) if path.exists() else None, columns, findings)

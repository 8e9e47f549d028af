"""Where things stand in files: texts with their lines, and spans that a message can point at."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file, as a person names it.

    Attributes:
        file: path as shown to the user, with forward slashes, relative to the rulebook folder where there is one.
        line: 1-based; 0 where the place is the file as a whole.
        column: 1-based, in characters; 0 where the place is the whole line.
        end_column: 1-based, first column after the place on the same line; 0 where unknown.
        sheet: worksheet name, for a workbook.
        cell: cell name such as "C7", for a workbook or the cell of a table whose columns have letters.
    """

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        if self.sheet or self.cell:
            place = "!".join(part for part in (self.sheet, self.cell) if part)
            return f"{self.file}:{place}"
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text file as read, with an index of its lines."""

    file: str
    text: str
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        object.__setattr__(self, "_starts", starts)

    def line(self, number: int) -> str:
        """The text of a 1-based line without its end; empty beyond the file."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def span(self, start: int, end: int | None = None) -> Span:
        """The span of the characters from offset `start` to before offset `end` (to the line's end at most)."""
        line = bisect.bisect_right(self._starts, start)
        column = start - self._starts[line - 1] + 1
        if end is None or end <= start:
            return Span(self.file, line, column)
        last = column + (end - start)
        return Span(self.file, line, column, min(last, len(self.line(line)) + 1))


def at(span: Span, start: int, end: int) -> Span:
    """The place of characters `start` to `end` of a text that stands at `span`, where it stands on one line."""
    if not span.column or span.sheet or not span.end_column:
        return span
    column = span.column + start
    if column >= span.end_column:
        return Span(span.file, span.line, max(span.column, span.end_column - 1), span.end_column)
    return Span(span.file, span.line, column, min(span.column + max(end, start + 1), span.end_column))

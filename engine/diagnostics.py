"""Findings: what is wrong in a file, where, what was expected; collected as values, never raised one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from engine.source import SourceText, Span


class Severity(StrEnum):
    """An error keeps the files from being used; a warning does not; information only speaks."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Code(StrEnum):
    """The closed list of finding codes; `docs/findings.md` explains each, and a test holds the two together."""

    FILE_MISSING = "file-missing"
    FILE_UNREADABLE = "file-unreadable"
    SYNTAX = "syntax"
    UNKNOWN_FIELD = "unknown-field"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    DUPLICATE = "duplicate"
    UNKNOWN_NAME = "unknown-name"
    LIMIT = "limit"
    EXPRESSION = "expression"
    EXPIRED = "expired"
    TIE = "tie"
    NEVER_APPLIES = "never-applies"
    CYCLE = "cycle"
    AMBIGUOUS = "ambiguous"
    GAP = "gap"
    OVERLAP = "overlap"
    MERGEABLE = "mergeable"
    PRICE_CLIFF = "price-cliff"
    NOT_COMPLETE = "not-complete"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, told to the person who must act.

    Attributes:
        code: stable identifier of the kind of finding.
        message: what was found and what was expected, in one or two sentences without a final line break.
        span: the place.
        severity: error unless said otherwise.
        hint: how to mend it, for example the nearest known name; may be empty.
        example: an input that shows the finding, for example "customer.segment = "SMB", quantity = 10"; may be empty.
    """

    code: Code
    message: str
    span: Span
    severity: Severity = Severity.ERROR
    hint: str = ""
    example: str = ""


class Findings:
    """An ordered collection that readers add to; reading goes on after an error so that all are seen in one run.

    Attributes:
        texts: sources by file name, as far as readers kept them, for rendering with the line spoken of.
    """

    __slots__ = ("_items", "texts")

    def __init__(self, items: Iterable[Finding] = ()) -> None:
        self._items: list[Finding] = list(items)
        self.texts: dict[str, SourceText] = {}

    def add(
        self,
        code: Code,
        message: str,
        span: Span,
        *,
        severity: Severity = Severity.ERROR,
        hint: str = "",
        example: str = "",
    ) -> None:
        """Append a finding."""
        self._items.append(Finding(code, message, span, severity, hint, example))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Append several findings."""
        self._items.extend(findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def errors(self) -> list[Finding]:
        """The findings that keep the files from being used."""
        return [item for item in self._items if item.severity is Severity.ERROR]

    def sorted(self) -> list[Finding]:
        """By file, then place, then code, so that output does not depend on the order of checks."""
        return sorted(
            self._items,
            key=lambda f: (f.span.file, f.span.sheet, f.span.line, f.span.column, f.code, f.message),
        )


class RejectedError(Exception):
    """Files that cannot be used: carries every finding of the run."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        count = len(findings.errors)
        first = findings.errors[0] if count else None
        told = f"; first: {first.span}: {first.message}" if first else ""
        super().__init__(f"{count} error{'' if count == 1 else 's'} in the files{told}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name closest to `name` by edit distance, or "" where none is close enough to be meant."""
    match = process.extractOne(
        name, sorted(known), scorer=DamerauLevenshtein.distance, score_cutoff=max(1, len(name) // 3)
    )
    return str(match[0]) if match else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known name, or "" where there is none."""
    close = nearest(name, known)
    return f"did you mean {close!r}?" if close else ""


def render(finding: Finding, texts: Mapping[str, SourceText] | None = None) -> str:
    """The finding as text: place, severity, code and message, then the source line with a caret where at hand."""
    span = finding.span
    lines = [f"{span}: {finding.severity}[{finding.code}]: {finding.message}"]
    source = (texts or {}).get(span.file)
    if source is not None and span.line and not span.sheet:
        text = source.line(span.line).replace("\t", " ")
        gutter = f"{span.line:>5} | "
        lines.append(gutter + text)
        if span.column:
            width = max(1, min(span.end_column or span.column + 1, len(text) + 1) - span.column)
            lines.append(" " * 5 + " | " + " " * (span.column - 1) + "^" * width)
    if finding.example:
        lines.append(f"        example: {finding.example}")
    if finding.hint:
        lines.append(f"        hint: {finding.hint}")
    return "\n".join(lines)

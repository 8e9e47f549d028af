"""Test cases as read: what is given, what is changed, what is expected, each value with its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from engine.document import Document, Path
from engine.schema.table import Cell
from engine.source import Span

Names = tuple[str, ...]
"""Steps of a dotted name: ("lines", "servers", "quantity") of lines.servers.quantity."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value and where it stands.

    Attributes:
        value: plain.
        document: that holds it; for a cell of a table a document of its own.
        path: where in the document.
        cell: the cell that it fills; None outside CSV and XLSX files.
    """

    value: Any
    document: Document
    path: Path = ()
    cell: Cell | None = None

    @property
    def span(self) -> Span:
        """The place of the value."""
        return self.cell.span if self.cell is not None else self.document.span(self.path)

    def at(self, *steps: str | int) -> Written:
        """A part of the value."""
        value = self.value
        for step in steps:
            value = value[step]
        return replace(self, value=value, path=(*self.path, *steps))


class Subject(StrEnum):
    """What a case is about."""

    QUOTE = "quote"
    CONTRACT = "contract"
    CONFIGURATION = "configure"


@dataclass(frozen=True, slots=True)
class Change:
    """A value given to a part of what the case starts from, or, of an expectation, the value expected there."""

    names: Names
    written: Written

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Case:
    """One test case.

    Attributes:
        name: as shown.
        span: its place.
        subject: what it is about.
        base: the quote or contract that it starts from, written out or by the name of a file; the product configured.
        credit: accounts to check credit with; None where credit is not asked for.
        requester: who submits, which asks for the approval route; None where it is not asked for.
        day: today, for the renewal of a contract.
        choices: what is chosen, for a configuration.
        changes: to what it starts from.
        expected: what is expected.
    """

    name: str
    span: Span
    subject: Subject
    base: Written
    credit: Written | None = None
    requester: Written | None = None
    day: Written | None = None
    choices: tuple[Written, ...] = ()
    changes: tuple[Change, ...] = ()
    expected: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of test cases: its name inside the rulebook's folder, and its cases in order."""

    name: str
    cases: tuple[Case, ...] = field(default=())

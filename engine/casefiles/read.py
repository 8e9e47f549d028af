"""Files of test cases read: YAML, and tables of cases in CSV and XLSX; every mistake is a finding with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from engine.casefiles.model import Case, CaseFile, Change, Names, Subject, Written
from engine.casefiles.schema import CaseEntry, CaseFileEntry, TableEntry
from engine.casefiles.tables import read_case_table
from engine.diagnostics import Code, Findings
from engine.document import Document, read_document
from engine.load.csv_table import read_csv_cells
from engine.load.files import MAX_FILE_BYTES
from engine.load.validate import validate
from engine.load.xlsx_table import read_xlsx_cells
from engine.source import Span

SUFFIXES = (".test.yaml", ".test.yml", ".test.csv", ".test.xlsx")
"""How names of files of test cases end; such files are no rules, and no part of a rulebook's version."""
SUBJECTS = tuple(Subject)


def read_case_files(folder: Path, findings: Findings) -> list[CaseFile]:
    """Every file of test cases below a rulebook's folder, in the order of their names."""
    found: list[CaseFile] = []
    for path in sorted(folder.rglob("*.test.*")):
        name = path.relative_to(folder).as_posix()
        if (
            not name.lower().endswith(SUFFIXES)
            or not path.is_file()
            or any(part[0] in ".~" for part in name.split("/"))
        ):
            continue
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                findings.add(Code.LIMIT, f"at most {MAX_FILE_BYTES:,} bytes are read", Span(name))
                continue
            content = path.read_bytes()
        except OSError as error:
            findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror}", Span(name))
            continue
        found.append(CaseFile(name, tuple(_cases(name, content, findings))))
    return found


def _cases(name: str, content: bytes, findings: Findings) -> Iterator[Case]:
    if name.lower().endswith(".csv"):
        yield from read_case_table(read_csv_cells(content, name, findings), Span(name, 1), findings)
        return
    if name.lower().endswith(".xlsx"):
        for place, rows in read_xlsx_cells(content, name, findings):
            if any(cell.text for row in rows for cell in row):
                yield from read_case_table(rows, place, findings)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        findings.add(Code.FILE_UNREADABLE, "expected UTF-8 text", Span(name, line), hint="save the file as UTF-8")
        return
    document = read_document(text, name, findings)
    findings.texts[name] = document.source
    if isinstance(document.value, dict):
        yield from _YamlFile(document, findings).cases()
    elif document.value is not None or not findings.errors:
        findings.add(Code.WRONG_TYPE, "expected 'cases' or 'tables'", document.span(()))


class _YamlFile:
    """A file in YAML."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self.document = document
        self.findings = findings
        self.common = {name: item for name, item in document.value.items() if name not in ("cases", "tables")}

    def cases(self) -> Iterator[Case]:
        """The cases of the file, those of its tables after the others."""
        document = self.document
        if validate(CaseFileEntry, document, (), self.common, self.findings) is None:
            return
        if not document.value.keys() & {"cases", "tables"}:
            self.findings.add(Code.MISSING_FIELD, "expected 'cases', 'tables' or both", document.span(()))
        for index in self._items("cases", CaseEntry):
            yield from self._case(Written(document.value, document).at("cases", index))
        for index in self._items("tables", TableEntry):
            yield from self._table(Written(document.value, document).at("tables", index))

    def _items(self, name: str, model: type[BaseModel]) -> Iterator[int]:
        """Positions of the items of a list that are as they should be."""
        items = self.document.value.get(name, [])
        if not isinstance(items, list):
            self.findings.add(Code.WRONG_TYPE, f"{name}: expected a list", self.document.span((name,)))
            return
        for index, item in enumerate(items):
            # One by one, so that a mistake in a case does not hide those of the next.
            if validate(model, self.document, (name, index), item, self.findings) is not None:
                yield index

    def _case(self, entry: Written) -> Iterator[Case]:
        start = self._start(entry)
        if start is None:
            return
        yield Case(
            name=entry.value["name"],
            span=entry.at("name").span,
            choices=tuple(entry.at("choose", index) for index in range(len(entry.value.get("choose", [])))),
            changes=tuple(
                Change(tuple(name.split(".")), entry.at("change", name)) for name in entry.value.get("change", {})
            ),
            expected=tuple(flat(entry.at("expect"), ())),
            **start,
        )

    def _table(self, entry: Written) -> Iterator[Case]:
        start = self._start(entry)
        if start is None:
            return
        given, expect = entry.value["given"], entry.value["expect"]
        for index, row in enumerate(entry.value["rows"]):
            written = entry.at("rows", index)
            if len(row) != len(given) + len(expect):
                message = f"expected {len(given)} given and {len(expect)} expected values, found {len(row)}"
                self.findings.add(Code.WRONG_VALUE, message, written.span)
                continue
            values = [written.at(column) for column in range(len(row))]
            pairs = list(zip([*given, *expect], values, strict=True))
            changes = [Change(tuple(name.split(".")), value) for name, value in pairs if value.value is not None]
            yield Case(
                name=f"{entry.value['name']}, row {index + 1}",
                span=written.span,
                changes=tuple(change for change in changes if str(change) in given),
                expected=tuple(change for change in changes if str(change) not in given),
                **start,
            )

    def _start(self, entry: Written) -> dict[str, Any] | None:
        """What a case starts from: what it says itself, or else its file; None with a finding where neither does."""
        whole = Written(self.document.value, self.document)
        own = [subject for subject in SUBJECTS if entry.value.get(subject) is not None]
        subjects = own or [subject for subject in SUBJECTS if self.common.get(subject) is not None]
        if len(subjects) != 1:
            found = " and ".join(subjects) or "none"
            message = f"a case starts from one of {', '.join(SUBJECTS)}; found {found}"
            self.findings.add(Code.MISSING_FIELD, message, entry.span)
            return None

        def said(name: str) -> Written | None:
            for place in (entry, whole):
                if place.value.get(name) is not None:
                    return place.at(name)
            return None

        base = said(subjects[0])
        assert base is not None
        return {
            "subject": Subject(subjects[0]),
            "base": base,
            "credit": said("credit"),
            "requester": said("requester"),
            "day": said("day"),
        }


def flat(written: Written, names: Names) -> Iterator[Change]:
    """The values in nested mappings by their dotted names."""
    for name in written.value:
        here = written.at(name)
        inner = (*names, *name.split("."))
        if isinstance(here.value, dict) and here.value:
            yield from flat(here, inner)
        else:
            yield Change(inner, here)

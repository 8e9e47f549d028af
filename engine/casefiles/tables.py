"""Tables of test cases in CSV and XLSX: head rows named in the first column, then one case a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.casefiles.model import Case, Change, Subject, Written
from engine.diagnostics import Code, Findings, did_you_mean
from engine.document import read_document
from engine.schema.table import Cell
from engine.source import Span

Row = Sequence[Cell]
HEADS = ("quote", "contract", "configure", "requester", "day", "columns", "name")
KINDS = ("given", "expect")
_DATE = re.compile(r'date\("([0-9-]+)"\)')


def read_case_table(rows: Sequence[Row], place: Span, findings: Findings) -> Iterator[Case]:
    """The cases of a table.

    Args:
        rows: the cells of a file or a sheet.
        place: where to report what is missing.
        findings: receives what is wrong with the layout.
    """
    head: dict[str, Row] = {}
    body: list[Row] = []
    for row in rows:
        label = row[0].text.lower().removesuffix(":") if row else ""
        if "name" not in head and label in HEADS:
            head[label] = row
        elif "name" not in head and any(cell.text for cell in row):
            message = f"expected a head row, one of {', '.join(HEADS)}; found {row[0].text!r}"
            findings.add(Code.UNKNOWN_FIELD, message, row[0].span, hint=did_you_mean(label, HEADS))
            return
        elif any(cell.text for cell in row):
            body.append(row)
    for needed in ("columns", "name"):
        if needed not in head:
            findings.add(Code.MISSING_FIELD, f"the table has no head row {needed!r}", place)
            return
    columns = _columns(head, findings)
    subjects = [name for name in Subject if name in head]
    if len(subjects) != 1:
        message = f"a table starts from one of {', '.join(Subject)}; found {' and '.join(subjects) or 'none'}"
        findings.add(Code.MISSING_FIELD, message, place)
        return
    said = {name: written for name in HEADS[:5] if (written := _second(head.get(name), findings)) is not None}
    if subjects[0] not in said:
        findings.add(Code.MISSING_FIELD, f"{subjects[0]}: expected a name", head[subjects[0]][0].span)
        return
    for number, row in enumerate(body, 1):
        pairs = [
            (kind, Change(tuple(name.split(".")), written))
            for column, (kind, name) in columns.items()
            if column < len(row) and row[column].text and (written := _written(row[column], findings)) is not None
        ]
        yield Case(
            name=row[0].text or f"row {number}",
            span=row[0].span,
            subject=subjects[0],
            base=said[subjects[0]],
            requester=said.get("requester"),
            day=said.get("day"),
            changes=tuple(change for kind, change in pairs if kind == "given"),
            expected=tuple(change for kind, change in pairs if kind == "expect"),
        )


def _columns(head: dict[str, Row], findings: Findings) -> dict[int, tuple[str, str]]:
    """For each column its kind and its dotted name."""
    found: dict[int, tuple[str, str]] = {}
    names = head["name"]
    for column, kind in enumerate(head["columns"][1:], 1):
        if not kind.text:
            continue
        if kind.text not in KINDS:
            message = f"a column is one of {', '.join(KINDS)}; found {kind.text!r}"
            findings.add(Code.WRONG_VALUE, message, kind.span, hint=did_you_mean(kind.text, KINDS))
        elif column >= len(names) or not names[column].text:
            findings.add(Code.MISSING_FIELD, "the column has no name below its kind", kind.span)
        else:
            found[column] = (kind.text, names[column].text)
    return found


def _second(row: Row | None, findings: Findings) -> Written | None:
    return _written(row[1], findings) if row is not None and len(row) > 1 and row[1].text else None


def _written(cell: Cell, findings: Findings) -> Written | None:
    """The value of a cell, written as in YAML; a worksheet's date is a date."""
    found = Findings()
    document = read_document(_DATE.sub(r"\1", cell.text), cell.span.file, found)
    for finding in found:
        findings.add(finding.code, finding.message, cell.span)
    return None if found.errors else Written(document.value, document, (), cell)

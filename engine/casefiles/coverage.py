"""Coverage of a rulebook by its test cases: the rules and table rows that no case made act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from posixpath import dirname, join, normpath

from engine.casefiles.observe import PROPOSALS, WRITTEN
from engine.casefiles.run import Report
from engine.compile.rule_tables import READERS
from engine.load.rulebook import LoadedRulebook
from engine.money import HUNDRED
from engine.snapshot import Snapshot
from engine.source import Span


@dataclass(frozen=True, slots=True)
class Part:
    """A rule, a row of a table or a constraint.

    Attributes:
        kind: "pricing", "approval", "credit", "renewal", "configuration" or "row".
        name: its id.
        span: its place.
        covered: whether a case made it act.
    """

    kind: str
    name: str
    span: Span
    covered: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """All parts of a rulebook, in the order of files."""

    parts: tuple[Part, ...]

    @property
    def missing(self) -> list[Part]:
        """The parts that no case made act."""
        return [part for part in self.parts if not part.covered]

    @property
    def percent(self) -> Decimal:
        """The share of parts that are covered; 100 of nothing."""
        if not self.parts:
            return HUNDRED
        return HUNDRED * (len(self.parts) - len(self.missing)) / len(self.parts)


def coverage(rulebook: LoadedRulebook, snapshot: Snapshot, report: Report) -> Coverage:
    """What of a rulebook the cases of a report covered; rules that are switched off are left out."""
    off = {loaded.rule.id for loaded in rulebook.rules if loaded.rule.when is False}
    parts = [
        Part(rule.kind, rule.id, Span(rule.file, rule.line), (rule.kind, rule.id) in report.fired)
        for rule in snapshot.rules
        if rule.kind != "pricing" or rule.id not in off
    ]
    parts += _rows(rulebook, report)
    for configurator in snapshot.configuration.values():
        model = configurator.model
        named = [(item.id, item.place) for item in model.constraints if item.kind in WRITTEN]
        named += [(rule.id, rule.place) for rule in model.soft_rules if not rule.id.startswith(PROPOSALS)]
        parts += [Part("configuration", name, place, ("configuration", name) in report.fired) for name, place in named]
    return Coverage(tuple(sorted(parts, key=lambda part: (part.span.file, part.span.line, part.name))))


def _rows(rulebook: LoadedRulebook, report: Report) -> Iterator[Part]:
    """The rows of the tables that pricing rules name."""
    seen: set[tuple[str, str]] = set()
    for loaded in rulebook.rules:
        name, _, inner = loaded.rule.table.partition("#")
        file = normpath(join(dirname(loaded.document.source.file), name)) if name else ""
        suffix = file[file.rfind(".") :].lower()
        if (file, inner) in seen or file not in rulebook.files or suffix not in READERS:
            continue
        seen.add((file, inner))
        for table in READERS[suffix](rulebook.files[file].content, file)[0]:
            if inner in ("", table.name):
                for row in table.rules:
                    cell = str(row.span.cell) or f"row {row.id}"
                    covered = (row.span.file, row.span.line, cell) in report.rows
                    yield Part("row", f"{table.name}: {row.id}", row.span, covered)

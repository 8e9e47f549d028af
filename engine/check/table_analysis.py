"""Check: what the analysis of a decision table finds, told with the places of the rows and an input that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.diagnostics import Code, Findings, Severity
from engine.schema.table import DecisionTable, HitPolicy
from engine.source import Span
from engine.tables.analysis import STEPS, Analysis, Duplicate, Gap, Masked, Mergeable, Overlap, Unreachable, analyse
from engine.tables.parsed import ParsedTable

_COLLECTING = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


def table_analysis(parsed: ParsedTable, findings: Findings, steps: int = STEPS) -> None:
    """Report gaps, overlaps, rows that never decide, duplicates and rows to merge.

    An overlap that violates the hit policy is an error; the rest are warnings, and merges only information.

    Args:
        parsed: a table without errors.
        findings: receives what is found.
        steps: budget of the analysis; where it runs out a finding says what was not looked for.
    """
    _Reporter(parsed.definition, findings).report(analyse(parsed, steps))


class _Reporter:
    """Findings about one table."""

    def __init__(self, table: DecisionTable, findings: Findings) -> None:
        self.table = table
        self.findings = findings

    def report(self, found: Analysis) -> None:
        for unreachable in found.unreachable:
            self._unreachable(unreachable)
        for duplicate in found.duplicates:
            self._duplicate(duplicate)
        for overlap in found.overlaps:
            self._overlap(overlap)
        for masked in found.masked:
            self._masked(masked)
        for gap in found.gaps:
            self._gap(gap)
        for mergeable in found.mergeable:
            self._mergeable(mergeable)
        for kind, count in found.left_out.items():
            self._add(Code.NOT_COMPLETE, f"{count} more {kind} are not listed", self.table.span, Severity.INFO)
        for reason in found.incomplete:
            self._add(Code.NOT_COMPLETE, f"the analysis is not complete: {reason}", self.table.span, Severity.INFO)

    def _add(self, code: Code, message: str, span: Span, severity: Severity, example: str = "", hint: str = "") -> None:
        about = f"table {self.table.name!r}: {message}"
        self.findings.add(code, about, span, severity=severity, example=example, hint=hint)

    def _place(self, row: int) -> Span:
        """The row's first cell, which in a sheet shows better than the row as a whole."""
        rule = self.table.rules[row]
        return rule.inputs[0].span if rule.inputs else rule.span

    def _named(self, row: int) -> str:
        return f"rule {self.table.rules[row].id!r} at {_short(self._place(row), self.table.span)}"

    def _rows(self, rows: Sequence[int]) -> str:
        named = [self._named(row) for row in rows[:3]]
        if len(rows) > 3:
            return f"{', '.join(named)} and {len(rows) - 3} more"
        return " and ".join(named) if len(named) < 3 else f"{', '.join(named[:-1])} and {named[-1]}"

    def _label(self, column: int) -> str:
        clause = self.table.inputs[column]
        return clause.label or clause.expression.text

    def _unreachable(self, found: Unreachable) -> None:
        rule = self.table.rules[found.row]
        cell = rule.inputs[found.column]
        message = f"rule {rule.id!r} can never hold: {self._label(found.column)} has no value that passes {cell.text}"
        self._add(Code.NEVER_APPLIES, message, cell.span, Severity.WARNING)

    def _duplicate(self, found: Duplicate) -> None:
        outputs = "gives the same" if found.same_outputs else "gives something else"
        message = f"{self._named(found.row)} tests the same as {self._named(found.of)} and {outputs}"
        fatal = self.table.hit_policy is HitPolicy.UNIQUE or (
            self.table.hit_policy is HitPolicy.ANY and not found.same_outputs
        )
        severity = Severity.ERROR if fatal else Severity.WARNING
        self._add(Code.DUPLICATE, message, self._place(found.row), severity, found.example, "remove one of the two")

    def _overlap(self, found: Overlap) -> None:
        pair = f"{self._named(found.first)} and {self._named(found.second)} hold for the same input"
        if self.table.hit_policy is HitPolicy.UNIQUE:
            message = f"{pair}, and the hit policy is unique: the answer there is null"
        elif found.certain:
            message = f"{pair} with different outputs, and the hit policy is any: the answer there is null"
        else:
            message = f"{pair} with outputs that may differ, and the hit policy is any"
        severity = Severity.ERROR if found.certain else Severity.WARNING
        self._add(Code.OVERLAP, message, self._place(found.second), severity, found.example)

    def _masked(self, found: Masked) -> None:
        message = (
            f"{self._named(found.row)} never decides: whatever it accepts, {self._rows(found.by)} "
            f"accept{'s' if len(found.by) == 1 else ''} too{self._why_masked()}"
        )
        self._add(Code.NEVER_APPLIES, message, self._place(found.row), Severity.WARNING, found.example)

    def _why_masked(self) -> str:
        return {
            HitPolicy.FIRST: ", and the first row that holds decides",
            HitPolicy.PRIORITY: ", and decides by a higher priority or an earlier place",
            HitPolicy.UNIQUE: ", and the hit policy is unique",
        }.get(self.table.hit_policy, " with the same outputs")

    def _gap(self, found: Gap) -> None:
        """A gap is doubtful only where the answer there is null: not with a default, nor where lists may be empty."""
        told = [f"{self._label(column)} {test}" for column, test in enumerate(found.tests) if test != "-"]
        message = f"no rule holds where {'; '.join(told)}" if told else "no rule holds for any input"
        if any(output.default for output in self.table.outputs):
            message += "; the default applies"
            severity = Severity.INFO
        elif self.table.hit_policy in _COLLECTING:
            severity = Severity.INFO
        else:
            severity = Severity.WARNING
        self._add(Code.GAP, message, self.table.span, severity, found.example)

    def _mergeable(self, found: Mergeable) -> None:
        label = self._label(found.column)
        message = f"{self._rows(found.rows)} give the same and differ in {label} only: one row can replace them"
        hint = f"write {_cut(found.test)} for {label}"
        self._add(Code.MERGEABLE, message, self._place(found.rows[0]), Severity.INFO, hint=hint)


def _short(place: Span, table: Span) -> str:
    """A place as told in a message about a table of the same file: the cell, or the line."""
    if place.file != table.file:
        return str(place)
    if place.cell:
        return place.cell
    return f"line {place.line}" if place.line else str(place)


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "..."

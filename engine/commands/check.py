"""The command `check`: every finding about a rulebook and the catalogue it is for, as text, JSON or SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from engine.commands.failure import BAD_FILES
from engine.commands.samples import CATALOG
from engine.diagnostics import Code, Finding, Findings, RejectedError, Severity, render
from engine.service.snapshot_source import SnapshotSource
from engine.source import SourceText

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@click.command()
@click.argument("rules", type=click.Path(path_type=Path))
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=CATALOG,
    help="Catalogue the rules are for: database, YAML file, or folder; the sample unless given.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="SARIF is what code hosts annotate changes with.",
)
@click.option("--warnings-as-errors", is_flag=True, help="Let warnings fail the check too.")
def check(rules: Path, catalog: Path, form: str, warnings_as_errors: bool) -> None:
    """Check the rulebook in the folder RULES whole, without running anything of it, and tell every finding.

    Exit codes: 0 where the rulebook can be used, 2 where it cannot (with --warnings-as-errors also where there are
    warnings).
    """
    findings = findings_of(SnapshotSource(rules, catalog))
    found = findings.sorted()
    if form == "json":
        click.echo(json.dumps([as_json(finding) for finding in found], indent=2, ensure_ascii=False))
    elif form == "sarif":
        click.echo(json.dumps(as_sarif(found), indent=2, ensure_ascii=False))
    else:
        _show(found, findings.texts)
    failing = [finding for finding in found if _fails(finding, warnings_as_errors=warnings_as_errors)]
    if failing:
        raise SystemExit(BAD_FILES)


def findings_of(source: SnapshotSource) -> Findings:
    """Everything that loading and checking finds."""
    try:
        return source.load()[1]
    except RejectedError as error:
        return error.findings


def _fails(finding: Finding, *, warnings_as_errors: bool) -> bool:
    return finding.severity is Severity.ERROR or (warnings_as_errors and finding.severity is Severity.WARNING)


def _show(found: Iterable[Finding], texts: dict[str, SourceText]) -> None:
    counts = dict.fromkeys(Severity, 0)
    for finding in found:
        counts[finding.severity] += 1
        click.echo(render(finding, texts))
        click.echo()
    click.echo(
        f"{_count(counts[Severity.ERROR], 'error')}, {_count(counts[Severity.WARNING], 'warning')}"
        + (f", {_count(counts[Severity.INFO], 'note')}" if counts[Severity.INFO] else "")
        + ("" if counts[Severity.ERROR] else ": the rulebook can be used")
    )


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding with all its fields; lines and columns count from 1, 0 where there is none."""
    span = finding.span
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "example": finding.example,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "sheet": span.sheet,
        "cell": span.cell,
    }


def as_sarif(found: list[Finding]) -> dict[str, Any]:
    """The findings as a log in SARIF 2.1.0."""
    rules = sorted({finding.code for finding in found})
    driver = {
        "name": "quotewright",
        "version": version("quotewright"),
        "rules": [{"id": code.value, "name": _name(code)} for code in rules],
    }
    results = [_result(finding, rules.index(finding.code)) for finding in found]
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    span = finding.span
    words = [finding.message]
    if span.cell or span.sheet:
        words.append(f"at {'!'.join(part for part in (span.sheet, span.cell) if part)}")
    words += [f"example: {finding.example}"] if finding.example else []
    words += [f"hint: {finding.hint}"] if finding.hint else []
    place: dict[str, Any] = {"artifactLocation": {"uri": span.file}}
    if span.line:
        region = {"startLine": span.line}
        if span.column:
            region |= {"startColumn": span.column, "endColumn": max(span.end_column, span.column + 1)}
        place["region"] = region
    return {
        "ruleId": finding.code.value,
        "ruleIndex": rule_index,
        "level": SARIF_LEVELS[finding.severity],
        "message": {"text": "; ".join(words)},
        "locations": [{"physicalLocation": place}],
    }


def _name(code: Code) -> str:
    return "".join(word.capitalize() for word in code.value.split("-"))

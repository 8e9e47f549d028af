"""Findings on standard output, as text, JSON or SARIF, and the exit code that goes with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any, TypeVar

import click

from engine.commands.failure import BAD_FILES
from engine.diagnostics import Code, Finding, Findings, Severity, render
from engine.source import SourceText

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
LEAST_FIRST = (Severity.INFO, Severity.WARNING, Severity.ERROR)
F = TypeVar("F", bound=Callable[..., Any])


def finding_options(command: F) -> F:
    """Decorator: the options of commands that tell findings: `form`, `warnings_as_errors` and `notes` of `tell`."""
    command = click.option(
        "--notes/--no-notes", default=True, help="Whether text also shows what only speaks.", show_default=True
    )(command)
    command = click.option(
        "--strict", "--warnings-as-errors", "warnings_as_errors", is_flag=True, help="Let warnings fail the check too."
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "sarif"]),
        default="text",
        show_default=True,
        help="SARIF is what code hosts annotate changes with.",
    )(command)


def tell(findings: Findings, form: str, *, warnings_as_errors: bool, notes: bool, usable: str) -> None:
    """Print the findings and end with the exit code 2 where they fail the check.

    Args:
        findings: what was found, with the texts of the files.
        form: text, json or sarif.
        warnings_as_errors: whether warnings fail it too.
        notes: whether text shows notes, or only counts them.
        usable: what can be used where there are no errors, for the last line of text.
    """
    found = findings.sorted()
    if form == "json":
        click.echo(json.dumps([as_json(finding) for finding in found], indent=2, ensure_ascii=False))
    elif form == "sarif":
        click.echo(json.dumps(as_sarif(found), indent=2, ensure_ascii=False))
    else:
        _show(found, findings.texts, usable, notes=notes)
    if any(_fails(finding, warnings_as_errors=warnings_as_errors) for finding in found):
        raise SystemExit(BAD_FILES)


def _fails(finding: Finding, *, warnings_as_errors: bool) -> bool:
    return finding.severity is Severity.ERROR or (warnings_as_errors and finding.severity is Severity.WARNING)


def _show(found: Iterable[Finding], texts: dict[str, SourceText], usable: str, *, notes: bool) -> None:
    counts = dict.fromkeys(Severity, 0)
    # What matters most stands last, beside the counts, where a long output leaves the reader.
    for finding in sorted(found, key=lambda finding: LEAST_FIRST.index(finding.severity)):
        counts[finding.severity] += 1
        if notes or finding.severity is not Severity.INFO:
            click.echo(render(finding, texts))
            click.echo()
    click.echo(
        f"{_count(counts[Severity.ERROR], 'error')}, {_count(counts[Severity.WARNING], 'warning')}"
        + (f", {_count(counts[Severity.INFO], 'note')}" if counts[Severity.INFO] else "")
        + ("" if counts[Severity.ERROR] else f": {usable} can be used")
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

"""What test cases came to, as text with waterfalls, as JSON, and as JUnit's XML; coverage as text."""

from __future__ import annotations

import json
from itertools import groupby
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.text import Text

from engine.casefiles.compare import Difference
from engine.casefiles.coverage import Coverage
from engine.casefiles.run import Outcome, Report
from engine.commands.show_decision import waterfall_table
from engine.diagnostics import Findings, render

_SHOWN_OF_A_FILE = 20
"""Parts of a file without coverage that are told one by one."""


def show_report(report: Report, out: Console) -> None:
    """Every file with its cases that differ, then the count."""
    for file, outcomes in groupby(report.outcomes, key=lambda outcome: outcome.file):
        cases = list(outcomes)
        failed = [outcome for outcome in cases if not outcome.holds]
        mark = Text("FAILED", style="red") if failed else Text("passed", style="green")
        out.print(Text.assemble(mark, f"  {file}: {len(cases) - len(failed)} of {len(cases)} cases"), soft_wrap=True)
        for outcome in failed:
            _show_outcome(outcome, out)
    count, failures = len(report.outcomes), len(report.failed)
    if not count:
        out.print("no test cases: write one in a file such as pricing/discounts.test.yaml")
    else:
        out.print(f"{count - failures} of {count} cases are as expected")


def _show_outcome(outcome: Outcome, out: Console) -> None:
    if outcome.observed is None:
        out.print(f"  {outcome.case.span}: {outcome.case.name}: has mistakes, see below", soft_wrap=True)
    for difference in outcome.differences:
        show_difference(outcome, difference, out)
    decision = outcome.observed.decision if outcome.observed is not None else None
    wanted = {difference.line for difference in outcome.differences if difference.line}
    for line in decision.pricing.lines if decision is not None else ():
        if (line.id in wanted or line.sku in wanted) and not line.prices_hidden and decision is not None:
            out.print(waterfall_table(line, decision.currency))


def show_difference(outcome: Outcome, difference: Difference, out: Console) -> None:
    """A difference: where it is expected, in which case, expected and found."""
    place = str(difference.written.span)
    out.print(Text(f"  {place}: {outcome.case.name}", style="bold"), soft_wrap=True)
    out.print(f"    {'.'.join(difference.names)}", soft_wrap=True)
    out.print(f"      expected  {difference.expected}", soft_wrap=True)
    out.print(f"      found     {difference.found}", soft_wrap=True)


def show_coverage(coverage: Coverage, out: Console, *, in_full: bool) -> None:
    """The share covered, and what is not, by file."""
    total, missing = len(coverage.parts), coverage.missing
    if in_full and missing:
        out.print("\nNo case made these act:")
        for file, parts in groupby(missing, key=lambda part: part.span.file):
            listed = list(parts)
            for part in listed[:_SHOWN_OF_A_FILE]:
                kind = "row" if part.kind == "row" else f"{part.kind} rule"
                out.print(f"  {part.span}: {kind} {part.name}", soft_wrap=True)
            if len(listed) > _SHOWN_OF_A_FILE:
                out.print(f"  {file}: and {len(listed) - _SHOWN_OF_A_FILE} more")
    out.print(f"coverage: {total - len(missing)} of {total} rules and table rows, {coverage.percent:.1f} %")


def as_json(report: Report, findings: Findings) -> str:
    """The outcomes with all differences, for programs."""
    cases = [
        {
            "file": outcome.file,
            "line": outcome.case.span.line,
            "cell": outcome.case.span.cell,
            "name": outcome.case.name,
            "outcome": "passed" if outcome.holds else "failed" if outcome.observed is not None else "broken",
            "differences": [
                {
                    "name": ".".join(difference.names),
                    "expected": difference.expected,
                    "found": difference.found,
                    "place": str(difference.written.span),
                }
                for difference in outcome.differences
            ],
        }
        for outcome in report.outcomes
    ]
    mistakes = [render(finding) for finding in findings.sorted()]
    counts = {"cases": len(report.outcomes), "failed": len(report.failed)}
    return json.dumps(counts | {"mistakes": mistakes, "outcomes": cases}, indent=2, ensure_ascii=False)


def as_junit(report: Report, findings: Findings) -> str:
    """The outcomes as build servers read them: a suite a file, a failure with every difference of its case."""
    root = ET.Element("testsuites", tests=str(len(report.outcomes)), failures=str(len(report.failed)))
    for file, outcomes in groupby(report.outcomes, key=lambda outcome: outcome.file):
        cases = list(outcomes)
        failures = sum(1 for outcome in cases if outcome.observed is not None and not outcome.holds)
        errors = sum(1 for outcome in cases if outcome.observed is None)
        suite = ET.SubElement(
            root, "testsuite", name=file, tests=str(len(cases)), failures=str(failures), errors=str(errors)
        )
        for outcome in cases:
            line = str(outcome.case.span.line)
            case = ET.SubElement(suite, "testcase", classname=file, name=outcome.case.name, file=file, line=line)
            if outcome.observed is None:
                told = "\n".join(render(finding) for finding in findings.sorted())
                ET.SubElement(case, "error", message="the case has mistakes").text = told
            elif outcome.differences:
                first = outcome.differences[0]
                failure = ET.SubElement(case, "failure", message=_told(first))
                failure.text = "\n".join(f"{one.written.span}: {_told(one)}" for one in outcome.differences)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _told(difference: Difference) -> str:
    return f"{'.'.join(difference.names)}: expected {difference.expected}, found {difference.found}"

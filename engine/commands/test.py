"""The command `test`: a rulebook's test cases run, what differs told with its waterfall, coverage, and updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from engine.casefiles.compare import Difference
from engine.casefiles.coverage import coverage
from engine.casefiles.model import Case, CaseFile
from engine.casefiles.read import read_case_files
from engine.casefiles.run import Report, run_cases
from engine.casefiles.update import can_replace, replace
from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.commands.show_decision import console
from engine.commands.test_output import as_json, as_junit, show_coverage, show_difference, show_report
from engine.compile import try_snapshot
from engine.diagnostics import Findings, RejectedError
from engine.load.rulebook import load_rulebook
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class _Run:
    """A rulebook's cases, and what they are run against."""

    folder: Path
    snapshot: Snapshot
    files: Sequence[CaseFile]
    only: str

    def report(self, findings: Findings) -> Report:
        """Run the wanted cases; a bar shows on a terminal how far it is."""
        out = console()
        count = sum(self.wants(file.name, case) for file in self.files for case in file.cases)
        columns = ("testing", BarColumn(), MofNCompleteColumn())
        out.stderr = True
        with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
            task = progress.add_task("testing", total=count)
            return run_cases(
                self.files, self.folder, self.snapshot, findings, self.wants, lambda: progress.advance(task)
            )

    def wants(self, file: str, case: Case) -> bool:
        """Whether a case is asked for."""
        return self.only.casefold() in f"{file}: {case.name}".casefold()


@click.command()
@click.argument("rules", type=click.Path(path_type=Path), default=RULES)
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue the rules are for.")
@click.option("--only", metavar="TEXT", default="", help="Only cases whose file and name hold this text.")
@click.option("--coverage", "covered", is_flag=True, help="Tell which rules and table rows no case made act.")
@click.option("--minimum", type=click.FloatRange(0, 100), help="Least share of rules and rows covered, in percent.")
@click.option("--update", is_flag=True, help="Offer to write what was found in the place of what was expected.")
@click.option("--yes", is_flag=True, help="With --update: do so without asking.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="JUnit is what build servers read.",
)
def test(
    rules: Path, catalog: Path, only: str, covered: bool, minimum: float | None, update: bool, yes: bool, form: str
) -> None:
    """Run the test cases of the rulebook in the folder RULES: the files *.test.yaml, .csv and .xlsx in it.

    Exit codes: 0 where everything is as expected, 1 where a case differs or coverage is below the minimum, 2 where
    files cannot be used.
    """
    findings = Findings()
    run = _Run(rules, _loaded(SnapshotSource(rules, catalog)), read_case_files(rules, findings), only)
    report = run.report(findings)
    if update:
        _update(run, report, yes=yes)
        if not findings.errors:
            run = _Run(rules, run.snapshot, read_case_files(rules, findings), only)
            report = run.report(findings)
    if form == "text":
        show_report(report, console())
    else:
        click.echo(as_json(report, findings) if form == "json" else as_junit(report, findings))
    failed = bool(report.failed)
    if covered or minimum is not None:
        rulebook = load_rulebook(rules, Findings())
        assert rulebook is not None
        found = coverage(rulebook, run.snapshot, report)
        if form == "text":
            show_coverage(found, console(), in_full=covered)
        if minimum is not None and found.percent < minimum:
            click.echo(f"coverage of {found.percent:.1f} % is below the minimum of {minimum:g} %", err=True)
            failed = True
    if findings.errors:
        fail_with_findings(findings, BAD_FILES)
    if failed:
        raise SystemExit(BAD_QUOTE)


def _loaded(source: SnapshotSource) -> Snapshot:
    """The snapshot, without checks that are no errors; ends the command where there is none."""
    try:
        snapshot, findings = try_snapshot(source.rules, source.load_catalog(), checks=())
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    if snapshot is None:
        fail_with_findings(findings, BAD_FILES)
    return snapshot


def _update(run: _Run, report: Report, *, yes: bool) -> None:
    """Show each difference and ask whether the found value shall be expected from now on."""
    out = console()
    chosen: list[Difference] = []
    for outcome in report.failed:
        for difference in outcome.differences:
            show_difference(outcome, difference, out)
            if not can_replace(difference):
                out.print("  this one is for you to write: no single value can take its place")
                continue
            answer = (
                "y" if yes else click.prompt("  expect what was found", type=click.Choice(["y", "n", "all", "quit"]))
            )
            if answer == "quit":
                replace(run.folder, chosen)
                return
            yes = yes or answer == "all"
            if yes or answer == "y":
                chosen.append(difference)
    replace(run.folder, chosen)
    click.echo(f"{len(chosen)} expectation{'' if len(chosen) == 1 else 's'} updated\n", err=True)

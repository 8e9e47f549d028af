"""The command `check`: every finding about a rulebook and the catalogue it is for, as text, JSON or SARIF."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TimeElapsedColumn

from engine.casefiles.read import read_case_files
from engine.check import CHECKS, PRICE_CHECKS
from engine.commands.finding_output import finding_options, tell
from engine.commands.samples import CATALOG
from engine.compile import try_snapshot
from engine.diagnostics import Findings, RejectedError
from engine.service.snapshot_source import SnapshotSource


@click.command()
@click.argument("rules", type=click.Path(path_type=Path))
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=CATALOG,
    help="Catalogue the rules are for: database, YAML file, or folder; the sample unless given.",
)
@finding_options
def check(rules: Path, catalog: Path, form: str, warnings_as_errors: bool, notes: bool) -> None:
    """Check the rulebook in the folder RULES whole, without running anything of it, and tell every finding.

    Exit codes: 0 where the rulebook can be used, 2 where it cannot (with --strict also where there are warnings).
    """
    found = findings_of(SnapshotSource(rules, catalog))
    tell(found, form, warnings_as_errors=warnings_as_errors, notes=notes, usable="the rulebook")


def findings_of(source: SnapshotSource) -> Findings:
    """Everything that loading and checking finds, also in the files of test cases."""
    console = Console(stderr=True)
    columns = ("[progress.description]{task.description}", BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading the catalogue", total=None)

        def told(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        try:
            imported = source.load_catalog()
        except RejectedError as error:
            return error.findings
        _, findings = try_snapshot(source.rules, imported, (*CHECKS, *PRICE_CHECKS), told)
        read_case_files(source.rules, findings)
    return findings

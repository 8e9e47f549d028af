"""The commands `table check` and `table export`: files of decision tables by themselves."""

from __future__ import annotations

from pathlib import Path

import click

from engine.commands.failure import BAD_FILES, fail, fail_with_findings
from engine.commands.finding_output import finding_options, tell
from engine.commands.samples import CATALOG
from engine.compile.table_file import check_table, read_table_file, rulebook_parameters
from engine.diagnostics import Findings, RejectedError
from engine.dmn.export import Version, export_table
from engine.schema.table import DecisionTable
from engine.service.snapshot_source import SnapshotSource
from engine.tables.parameters import parameters_of

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def table() -> None:
    """Check decision tables on their own, and write them as DMN for other tools.

    A file of tables is CSV, XLSX, YAML or DMN, laid out as docs/tables.md says.
    """


@table.command("check")
@click.argument("file", type=FILE)
@click.option("--rules", type=click.Path(path_type=Path), help="Rulebook whose pricing rules use the tables.")
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=CATALOG,
    help="Catalogue the rules are for, with --rules; the sample unless given.",
)
@finding_options
def check_file(file: Path, rules: Path | None, catalog: Path, form: str, warnings_as_errors: bool, notes: bool) -> None:
    """Check every table of FILE and look for gaps, overlaps, rows that never decide, duplicates and rows to merge.

    Each finding is told with its line or cell, and with an input that shows it. With --rules the tables may use the
    names that pricing rules know, with their types; otherwise what their input columns read, with the columns' types.

    Exit codes: 0 where the tables can be used, 2 where one cannot (with --strict also where there are warnings).
    """
    findings = Findings()
    parameters = None
    if rules is not None:
        try:
            parameters = rulebook_parameters(rules, SnapshotSource(rules, catalog).load_catalog(), findings)
        except RejectedError as error:
            fail_with_findings(error.findings, BAD_FILES)
        if parameters is None:
            fail_with_findings(findings, BAD_FILES)
    tables = read_table_file(file, findings)
    for one in tables:
        check_table(one, findings, parameters)
    usable = "the table" if len(tables) == 1 else f"the {len(tables)} tables"
    tell(findings, form, warnings_as_errors=warnings_as_errors, notes=notes, usable=usable)


@table.command("export")
@click.argument("file", type=FILE)
@click.option("--to", "target", type=FILE, required=True, help="DMN file to write.")
@click.option("--table", "name", default="", help="Which table, where the file holds several.")
@click.option(
    "--version",
    type=click.Choice(["1.5", "1.3"]),
    default="1.5",
    show_default=True,
    help="Version of DMN; Camunda Modeler and dmn-js open 1.3.",
)
def export(file: Path, target: Path, name: str, version: Version) -> None:
    """Write a table of FILE as a DMN model: one decision, and an input for each name that the table reads.

    Exit codes: 0 where the model is written, 2 where FILE cannot be read or the table has mistakes.
    """
    findings = Findings()
    chosen = _chosen(read_table_file(file, findings), file, name, findings)
    parameters = parameters_of(chosen, Findings())
    check_table(chosen, findings)
    if findings.errors:
        fail_with_findings(findings, BAD_FILES)
    try:
        target.write_bytes(export_table(chosen, parameters, version))
    except (OSError, ValueError) as error:
        fail(f"{target.as_posix()}: {error}", BAD_FILES)
    click.echo(f"{target.as_posix()}: table {chosen.name!r}, {len(chosen.rules)} rules, DMN {version}")


def _chosen(tables: list[DecisionTable], file: Path, name: str, findings: Findings) -> DecisionTable:
    """The table to write; ends the command where it is not one."""
    if findings.errors:
        fail_with_findings(findings, BAD_FILES)
    chosen = [one for one in tables if name in ("", one.name)]
    if len(chosen) != 1:
        names = ", ".join(one.name for one in tables)
        fail(f"{file.as_posix()}: expected the name of one of its tables with --table: {names}", BAD_FILES)
    return chosen[0]

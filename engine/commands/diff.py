"""The command `diff`: what changed between two rulebooks, or two catalogues, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.text import Text

from catalog.model import Catalog
from engine.commands.failure import BAD_FILES, fail
from engine.commands.show_decision import console
from engine.compare.catalogue import compare_catalogues
from engine.compare.change import Action, Change
from engine.compare.rulebook import ReadRulebook, compare_rulebooks, read_rulebook
from engine.compare.wording import SIGNS, as_json, field_line, headline, summary
from engine.diagnostics import Findings, RejectedError, render
from engine.service.snapshot_source import SnapshotSource

DIFFERENT = 1
STYLES = {Action.ADDED: "green", Action.REMOVED: "red", Action.CHANGED: "yellow"}
SHOWN_FIELDS = 40
T = TypeVar("T")


@click.command()
@click.argument("old", type=click.Path(path_type=Path), required=False)
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option("--old-catalog", type=click.Path(path_type=Path), help="Catalogue before; compared with --new-catalog.")
@click.option("--new-catalog", type=click.Path(path_type=Path), help="Catalogue after.")
@click.option("--all", "show_all", is_flag=True, help=f"Show every row and cell, not only {SHOWN_FIELDS} of a part.")
@click.option("--json", "as_values", is_flag=True, help="Print the changes as JSON.")
def diff(
    old: Path | None,
    new: Path | None,
    old_catalog: Path | None,
    new_catalog: Path | None,
    show_all: bool,
    as_values: bool,
) -> None:
    """Say what changed between the rulebooks in the folders OLD and NEW: rule by rule, tables cell by cell.

    Formatting, comments and the order of what needs no order are no changes.

    Exit codes: 0 where nothing changed, 1 where something did, 2 where files cannot be compared.
    """
    if (old is None) != (new is None) or (old_catalog is None) != (new_catalog is None) or not (new or new_catalog):
        raise click.UsageError("give two folders of rules, or --old-catalog and --new-catalog, or both pairs")
    changes: list[Change] = []
    if old is not None and new is not None:
        changes += compare_rulebooks(*_both(old, new, _rulebook))
    if old_catalog is not None and new_catalog is not None:
        changes += compare_catalogues(*_both(old_catalog, new_catalog, _catalogue))
    if as_values:
        click.echo(json.dumps([as_json(change) for change in changes], indent=2, ensure_ascii=False))
    else:
        _show(changes, show_all=show_all)
    if changes:
        raise SystemExit(DIFFERENT)


def _both(old: Path, new: Path, read: Callable[[Path], T]) -> tuple[T, T]:
    """Both versions; ends the command with the findings of both where one of them cannot be compared."""
    kept: list[T] = []
    for path in (old, new):
        try:
            kept.append(read(path))
        except RejectedError as error:
            click.echo(f"{path} has mistakes:", err=True)
            for finding in error.findings.sorted():
                click.echo(render(finding, error.findings.texts), err=True)
    if len(kept) < 2:
        fail("nothing was compared: mend these files first", BAD_FILES)
    return kept[0], kept[1]


def _rulebook(folder: Path) -> ReadRulebook:
    findings = Findings()
    read = read_rulebook(folder, findings)
    if read is None or findings.errors:
        raise RejectedError(findings)
    return read


def _catalogue(path: Path) -> Catalog:
    return SnapshotSource(path, path).load_catalog()


def _show(changes: list[Change], *, show_all: bool) -> None:
    out = console()
    for change in changes:
        out.print(
            Text(f"{SIGNS[change.action]} {headline(change)}", style=STYLES.get(change.action, "cyan")), soft_wrap=True
        )
        if change.action is Action.REORDERED:
            continue
        shown = change.fields if show_all else change.fields[:SHOWN_FIELDS]
        for field in shown:
            told = change.action is Action.CHANGED
            out.print(Text(f"    {field_line(field, told=told)}"), soft_wrap=True)
        if len(shown) < len(change.fields):
            out.print(Text(f"    ... and {len(change.fields) - len(shown):,} more (--all shows them)", style="dim"))
    out.print(summary(changes) if changes else "no differences", soft_wrap=True)

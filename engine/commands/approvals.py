"""The command `approvals`: verify the audit log of a database, do what is due, list what waits for a person."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.diagnostics import RejectedError
from engine.service.approval_desk import ApprovalDesk, read_case
from engine.service.outbox import Webhook
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder
from engine.store.approvals import ApprovalStore
from engine.store.audit import first_fault
from engine.store.database import StoreError
from engine.store.schema import open_database

DATABASE = click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def approvals() -> None:
    """Work on a database of quotes in approval, beside the server or without one."""


@approvals.command()
@DATABASE
def verify(database: Path) -> None:
    """Check the hash chain of the audit log. Exit code 1 where it is broken."""
    store = _opened(database)
    fault = first_fault(store.audit())
    if fault is not None:
        fail(f"{database}: {fault.message}", BAD_QUOTE)
    count = last = 0
    head = ""
    for entry in store.audit():
        count, last, head = count + 1, entry.sequence, entry.hash
    click.echo(f"{database}: {count:,} entries hold; the last is {last} with hash {head or 'none'}")


@approvals.command()
@DATABASE
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files.")
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files.")
@click.option("--webhook", default="", help="Also post the events that wait to this address.")
def tick(database: Path, rules: Path, catalog: Path, webhook: str) -> None:
    """Do what is due: escalations and expiries. For a scheduler, where no server runs."""
    try:
        snapshot, _ = SnapshotSource(rules, catalog).load()
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    store = _opened(database)
    changed = ApprovalDesk(SnapshotHolder(snapshot), store).let_time_pass()
    posted = Webhook(store, webhook).deliver() if webhook else 0
    click.echo(f"{changed} quotes changed, {posted} events delivered")


@approvals.command()
@DATABASE
@click.argument("person")
def waiting(database: Path, person: str) -> None:
    """List the quotes that PERSON is asked to decide."""
    store = _opened(database)
    table = Table("Quote", "Step", "Since", "Why")
    for stored in store.waiting_for(person, 1000, 0):
        case = read_case(stored)
        for step in case.steps:
            if step.waits_for(person):
                since = "" if step.opened_at is None else step.opened_at.isoformat(" ", "minutes")
                table.add_row(case.quote_id, step.id, since, "; ".join(reason.text for reason in step.reasons))
    Console().print(table if table.row_count else f"nothing waits for {person}")


def _opened(database: Path) -> ApprovalStore:
    try:
        return ApprovalStore(open_database(database))
    except StoreError as error:
        fail(str(error), BAD_FILES)

"""The command `decisions`: what a server recorded, listed, shown, and deleted when it is old."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from engine.commands.failure import BAD_FILES, fail
from engine.commands.release_access import DATABASE_FILE, Where, shown_time, where_options
from engine.commands.show_decision import console, show_decision
from engine.service.errors import StorageError
from engine.service.release_desk import telling_storage_errors
from engine.store.database import StoreError
from engine.store.decisions import forget as forget_decisions
from engine.store.release import time_text
from engine.store.schema import open_database
from engine.wire.decision_json import message_json
from engine.wire.read_decision import read_decision


@click.group()
def decisions() -> None:
    """Read the decisions that a server recorded (server.py --record-decisions); `quotewright replay` repeats them.

    `list` and `show` say where with --server ADDRESS or --database FILE.
    """


@decisions.command("list")
@where_options
@click.option("--quote", "quote_id", default="", help="Those about the quote with this id.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="How many at most.")
def list_decisions(where: Where, quote_id: str, limit: int) -> None:
    """List recorded decisions, the newest first."""
    table = Table("Decision", "Quote", "Last asked", "Times", "Rulebook")
    for column in (table.columns[0], *table.columns[2:]):
        column.no_wrap = True
    with where.reached() as client:
        for item in itertools.islice(client.decisions(quote_id, min(limit, 1000)), limit):
            table.add_row(
                item.id[:12],
                item.quote_id,
                shown_time(item.last_at),
                f"{item.times:,}",
                item.rulebook_version[:12],
            )
    console().print(table if table.row_count else "no decision is recorded")


@decisions.command()
@where_options
@click.argument("identifier", metavar="DECISION")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON, as decision.proto names it.")
def show(where: Where, identifier: str, as_json: bool) -> None:
    """Show DECISION, by its id or the first digits of it."""
    with where.reached() as client:
        reply = client.decision(identifier)
    if as_json:
        click.echo(message_json(reply.decision))
        return
    item = reply.recorded
    click.echo(f"decision {item.id} ({item.method}), asked {item.times:,} times, first {shown_time(item.first_at)}")
    click.echo(f"  rulebook {item.rulebook_version}, catalogue {item.catalogue_version}, engine {item.engine_version}")
    decision = read_decision(reply.decision)
    show_decision(decision, decision.pricing.lines, console(), roundings=False)


@decisions.command()
@click.argument("database", type=DATABASE_FILE)
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Those asked last before this day.")
@click.confirmation_option(prompt="They cannot be replayed afterwards. Delete them?")
def forget(database: Path, before: datetime) -> None:
    """Delete the old decisions of DATABASE. Releases, rulebooks and catalogues stay."""
    if not database.exists():
        fail(f"{database} does not exist", BAD_FILES)
    try:
        opened = open_database(database)
        with telling_storage_errors(str(database)), opened.writing() as connection:
            count = forget_decisions(connection, time_text(before.replace(tzinfo=UTC)))
    except (StoreError, StorageError) as error:
        fail(str(error), BAD_FILES)
    opened.close()
    click.echo(f"{count:,} decisions deleted")

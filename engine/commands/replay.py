"""The command `replay`: recorded decisions decided again, byte for byte, or under today's rules, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail
from engine.commands.release_access import Where, where_options
from engine.commands.samples import CATALOG, RULES
from engine.service.engine_version import engine_version
from engine.service.replay import Replayer, ReplayError, stored_snapshot
from engine.service.replay_calls import current_snapshot
from engine.service.snapshot_source import SnapshotSource
from engine.store.database import Database, StoreError
from engine.store.decisions import RecordedDecision, decisions_of, versions_recorded
from engine.store.schema import open_database

MAX_SHOWN = 20


@click.command()
@where_options
@click.argument("identifier", metavar="[DECISION]", required=False, default="")
@click.option("--all", "everything", is_flag=True, help="Every recorded decision of the database.")
@click.option("--today", is_flag=True, help="Under the active release instead: what would be decided today, in words.")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, help="With --today and --database: the rules "
              "where no release is active; the sample unless given.")  # fmt: skip
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Likewise the catalogue.")
def replay(where: Where, identifier: str, everything: bool, today: bool, rules: Path, catalog: Path) -> None:
    """Decide DECISION again, by its id or the first digits of it, from the versions and the request that were recorded.

    Exit codes: 1 where a reply is not the same byte for byte (with --today: where the decision differs), 2 where it
    cannot be decided again, 3 where a server does not answer.
    """
    if everything == bool(identifier):
        raise click.UsageError("say what: the id of a DECISION, or --all")
    if everything:
        if where.database is None:
            raise click.UsageError("--all works on a --database: a server replays one decision at a time")
        _replay_all(where.database, today, SnapshotSource(rules, catalog))
        return
    with where.reached(catalog, rules) as client:
        reply = client.replay(identifier, today=today)
    _tell(reply, today=today)


def _tell(reply: Any, *, today: bool) -> None:
    recorded = reply.recorded
    click.echo(f"decision {recorded.id} about {recorded.quote_id or 'a quote without id'}, {recorded.first_at}")
    click.echo(f"  then: rulebook {recorded.rulebook_version}, catalogue {recorded.catalogue_version}")
    click.echo(f"  now:  rulebook {reply.rulebook_version}, catalogue {reply.catalogue_version}")
    if recorded.engine_version != reply.engine_version:
        click.echo(f"  the engine is another: {recorded.engine_version} then, {reply.engine_version} now")
    if reply.identical:
        click.echo("the same reply, byte for byte")
        return
    if today and not reply.differences:
        click.echo("the same decision under today's rules")
        return
    click.echo("today it would be otherwise:" if today else "the reply is not the same:")
    for sentence in reply.differences:
        click.echo(f"  {sentence}")
    raise SystemExit(BAD_QUOTE)


def _replay_all(path: Path, today: bool, files: SnapshotSource) -> None:
    if not path.exists():
        fail(f"{path} does not exist", BAD_FILES)
    try:
        database = open_database(path)
        current = Replayer(current_snapshot(database, files)) if today else None
    except (StoreError, ReplayError) as error:
        fail(str(error), BAD_FILES)
    counts: Counter[str] = Counter()
    shown: list[str] = []
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    groups = versions_recorded(database.connection())
    with Progress("replaying", *columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=sum(count for _, _, count in groups))
        for rulebook, catalogue, count in groups:
            try:
                replayer = current or Replayer(stored_snapshot(database, rulebook, catalogue))
            except ReplayError as error:
                counts["impossible"] += count
                shown.append(f"{count:,} decisions of rulebook {rulebook[:12]}: {error}")
                progress.advance(task, count)
                continue
            for outcome, told in _outcomes(database, replayer, rulebook, catalogue):
                counts[outcome] += 1
                shown += [told] * bool(told)
                progress.advance(task)
    database.close()
    _tell_all(counts, shown, today=today)


def _outcomes(database: Database, replayer: Replayer, rulebook: str, catalogue: str) -> Iterator[tuple[str, str]]:
    """For each decision of a pair of versions what came of it, and what to tell about it."""
    engine = engine_version()
    for recorded in decisions_of(database.connection(), rulebook, catalogue):
        try:
            replayed = replayer.replay(recorded)
        except ReplayError as error:
            yield "impossible", f"{_name(recorded)}: {error}"
            continue
        if replayed.identical:
            yield "identical", ""
        elif not replayed.differences:
            yield "the same but for the versions", ""
        else:
            by = "" if recorded.versions.engine == engine else f" (by engine {recorded.versions.engine})"
            yield "different", f"{_name(recorded)}{by}: {replayed.differences[0]}"


def _tell_all(counts: Counter[str], shown: list[str], *, today: bool) -> None:
    for line in shown[:MAX_SHOWN]:
        click.echo(line)
    if len(shown) > MAX_SHOWN:
        click.echo(f"and {len(shown) - MAX_SHOWN:,} more")
    total = sum(counts.values())
    told = [f"{count:,} {what}" for what, count in sorted(counts.items(), key=lambda item: -item[1])]
    click.echo(
        f"{total:,} decisions replayed" + (" under today's rules" if today else "") + f": {', '.join(told) or 'none'}"
    )
    if counts["impossible"]:
        raise SystemExit(BAD_FILES)
    if counts["different"]:
        raise SystemExit(BAD_QUOTE)


def _name(recorded: RecordedDecision) -> str:
    return f"{recorded.id[:12]}" + (f" ({recorded.quote_id})" if recorded.quote_id else "")

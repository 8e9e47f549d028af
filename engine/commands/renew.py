"""The command `renew`: contracts into the database, a renewal proposed for each that falls due, proposals out."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest
from engine.diagnostics import RejectedError
from engine.service.renewal_desk import Batch, store_all, to_store
from engine.service.snapshot_source import SnapshotSource
from engine.store.contracts import ContractStore, StoredContract, Window
from engine.store.database import StoreError
from engine.store.schema import open_database
from engine.wire.message_json import contract_of, credit_request_of
from engine.wire.read_parts import read_credit_request
from engine.wire.renewal_report import Totals, told
from engine.wire.violations import RequestRejectedError, Violations

M = TypeVar("M")

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DATABASE = click.argument("database", type=FILE)
FROM = click.option(
    "--from", "first", type=DAY, required=True, help="First day of the window: contracts that end in it."
)
TO = click.option("--to", "last", type=DAY, required=True, help="Last day of the window.")


@click.group()
def renew() -> None:
    """Renew contracts: store them, propose what falls due, read what was proposed."""


@renew.command("import")
@click.argument("database", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("contracts", type=FILE)
def import_contracts(database: Path, contracts: Path) -> None:
    """Store the CONTRACTS of a file in DATABASE, which is made where it is missing.

    CONTRACTS holds a contract a line, as JSON with the field names of renewal_service.proto. One with an id that is
    stored takes its place. Exit code 1, and nothing is stored, where any cannot be used.
    """
    found: list[StoredContract] = []
    problems: list[str] = []
    names: dict[str, int] = {}
    for number, message in _messages(contracts, contract_of, problems):
        try:
            item = to_store(message)
        except RequestRejectedError as error:
            problems += [f"{contracts}:{number}: {v.field}: {v.message}" for v in error.violations]
            continue
        if item.contract_id in names:
            problems.append(
                f"{contracts}:{number}: contract {item.contract_id!r} is on line {names[item.contract_id]} too"
            )
        names[item.contract_id] = number
        found.append(item)
    _fail_with(problems, "nothing was stored")
    with _opened(database) as store:
        _advance("storing", len(found), store_all(store, found))
    click.echo(f"{database}: {len(found):,} contracts stored")


@renew.command()
@DATABASE
@FROM
@TO
@click.option("--day", type=DAY, required=True, help="Today: prices are those of this day.")
@click.option("--requester", default="", help="Person whose quotes these are, for routing.")
@click.option("--credit", type=FILE, help="Credit by customer: CreditRequests as JSON, one a line.")
@click.option("--again", is_flag=True, help="Also those for which a renewal was proposed on an earlier day.")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files.")
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files.")
def propose(
    database: Path,
    first: datetime,
    last: datetime,
    day: datetime,
    requester: str,
    credit: Path | None,
    again: bool,
    rules: Path,
    catalog: Path,
) -> None:
    """Propose the renewal of every contract in DATABASE that ends in a window, once, and store what is proposed.

    A run that was stopped goes on where it ended when it is started again. What was refused is tried again once rules
    or catalogue changed; what was proposed for a contract that changed since, too. Exit code 1 where contracts were
    refused.
    """
    _check_window(first, last)
    try:
        snapshot, _ = SnapshotSource(rules, catalog).load()
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    if snapshot.renewal is None:
        fail(f"{rules}: the rulebook has no renewal rules", BAD_FILES)
    if credit is not None and snapshot.credit is None:
        fail(f"{rules}: the rulebook has no credit rules, and {credit} asks for credit", BAD_FILES)
    versions = snapshot.rulebook_version, snapshot.catalogue_version
    window = Window(first.date(), last.date(), day.date(), again, *versions)
    approval = ApprovalRequest(requester) if snapshot.approval is not None else None
    batch = Batch(snapshot, window, approval, {} if credit is None else _credit(credit))
    with _opened(database) as store:
        _advance("renewing", store.due_count(window), batch.run(store))
        totals = _totals(store, window.first, window.last)
    _show(totals)
    refused = totals.states.get("refused")
    if refused:
        fail(f"{refused:,} contracts were refused; `quotewright renew export` says why", BAD_QUOTE)


@renew.command()
@DATABASE
@click.argument("output", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@FROM
@TO
def export(database: Path, output: Path, first: datetime, last: datetime) -> None:
    """Write what was proposed for contracts that end in a window to OUTPUT ("-" to print it), one JSON line each."""
    _check_window(first, last)
    try:
        with _opened(database) as store, click.open_file(str(output), "w", encoding="utf-8") as stream:
            for stored in store.renewals(first.date(), last.date()):
                stream.write(json.dumps(told(stored.contract_id, stored.document), ensure_ascii=False) + "\n")
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror}", BAD_FILES)


def _check_window(first: datetime, last: datetime) -> None:
    if last < first:
        raise click.UsageError(f"the window ends on {last.date()}, before it begins on {first.date()}")


@contextlib.contextmanager
def _opened(database: Path) -> Iterator[ContractStore]:
    """The contracts of a database; ends the command where it cannot be used."""
    try:
        opened = open_database(database)
        yield ContractStore(opened)
        opened.close()
    except StoreError as error:
        fail(str(error), BAD_FILES)
    except sqlite3.Error as error:
        fail(f"{database}: {error}; what was stored before stands, and the command goes on there again", BAD_FILES)


def _messages(path: Path, read: Callable[[bytes], M], problems: list[str]) -> Iterator[tuple[int, M]]:
    """The messages of a file of JSON lines with their line numbers; lines that are none become problems."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                try:
                    yield number, read(line)
                except ValueError as error:
                    problems.append(f"{path}:{number}: {error}")


def _credit(path: Path) -> dict[str, CreditRequest]:
    problems: list[str] = []
    found: dict[str, CreditRequest] = {}
    for number, message in _messages(path, credit_request_of, problems):
        violations = Violations()
        request = read_credit_request(message, violations)
        problems += [f"{path}:{number}: {v.field}: {v.message}" for v in violations.found]
        if request.account in found:
            problems.append(f"{path}:{number}: account {request.account!r} is given twice")
        found[request.account] = request
    _fail_with(problems, "nothing was proposed")
    return found


def _fail_with(problems: list[str], consequence: str) -> None:
    if problems:
        shown = problems[:20]
        more = f"\n... and {len(problems) - len(shown):,} more" if len(problems) > len(shown) else ""
        fail("\n".join(shown) + more + f"\n{consequence}", BAD_QUOTE)


def _advance(what: str, total: int, steps: Iterator[int]) -> None:
    columns = "[progress.description]{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        for count in steps:
            progress.advance(task, count)


def _totals(store: ContractStore, first: date, last: date) -> Totals:
    """What the contracts of a window came to, read back from the database."""
    totals = Totals()
    for stored in store.renewals(first, last):
        totals.add(stored.document)
    return totals


def _show(totals: Totals) -> None:
    table = Table("What", "Contracts", "Net total", title="Renewals")
    for state, count in sorted(totals.states.items()):
        table.add_row(state.replace("_", " "), f"{count:,}", "")
    for outcome, count in sorted(totals.outcomes.items()):
        table.add_row(f"  {outcome.replace('_', ' ')}", f"{count:,}", "")
    for outcome, count in sorted(totals.credit.items()):
        table.add_row(f"  credit: {outcome.replace('_', ' ')}", f"{count:,}", "")
    for currency, amount in sorted(totals.renewed.items()):
        table.add_row(f"  in {currency}", "", f"{amount:,} {currency}")
    Console().print(table)

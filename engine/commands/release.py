"""The command `release`: rulebooks checked, staged, activated now or at a time, rolled back, listed."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from engine.commands.failure import BAD_FILES, BAD_QUOTE, NO_SERVER, fail
from engine.commands.finding_output import tell
from engine.commands.release_access import Where, change_options, shown_time, where_options
from engine.commands.release_gate import hold_to_gates
from engine.commands.samples import CATALOG
from engine.commands.show_decision import console
from engine.diagnostics import Findings, Severity
from engine.load.files import read_folder
from engine.service.rulebook_files import write_files
from engine.store.database import StoreError
from engine.store.release import fault
from engine.store.schema import open_database
from engine.wire.read_release import read_findings, state_words

RULES_FOLDER = click.argument("rules", type=click.Path(path_type=Path))
CATALOG_OPTION = click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=CATALOG,
    help="With --database: the catalogue to check with and to release; the sample unless given. A server uses its own.",
)
RELEASE = click.argument("number", metavar="RELEASE", type=click.IntRange(min=1))
EXPECTED = click.option(
    "--expected",
    type=click.IntRange(min=0),
    help="The release that is active, as far as you know (0: none); another one refuses. Otherwise: the one that was "
    "active when RELEASE was staged.",
)
WAIT = click.option("--wait", default=60.0, show_default=True, help="Seconds to wait until a server serves it.")
POLL_SECONDS = 0.2


@click.group()
def release() -> None:
    """Take rulebooks into service: check and store them whole, activate now or at a time, go back.

    Every command says where with --server ADDRESS or --database FILE. Exit codes: 1 where it is refused (somebody was
    faster, the state does not allow it), 2 where files cannot be used, 3 where a server does not answer or not serve.
    """


@release.command()
@where_options
@RULES_FOLDER
@CATALOG_OPTION
def validate(where: Where, rules: Path, catalog: Path) -> None:
    """Check the rulebook in the folder RULES as staging would, and store nothing."""
    files = _files(rules)
    with where.reached(catalog, new=True) as client:
        reply = client.validate(files)
    tell(read_findings(reply.findings, files), "text", warnings_as_errors=False, notes=False, usable="the rulebook")


@release.command()
@where_options
@RULES_FOLDER
@CATALOG_OPTION
@change_options
def stage(where: Where, rules: Path, catalog: Path, person: str, reason: str) -> None:
    """Check the rulebook in the folder RULES and store it as a release, with the catalogue it was checked with."""
    files = _files(rules)
    with where.reached(catalog, new=True) as client:
        reply = client.stage(files, person=where.acting(person), reason=reason)
    findings = read_findings(reply.validation.findings, files)
    if not reply.HasField("release"):
        tell(findings, "text", warnings_as_errors=False, notes=False, usable="the rulebook")
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    staged = reply.release
    click.echo(f"release {staged.id} is staged: {staged.rulebook_name!r}, {staged.rules} rules, {len(files)} files")
    click.echo(f"  rulebook {staged.rulebook_version}, catalogue {staged.catalogue_version}")
    if warnings:
        click.echo(f"  {warnings} warning{'s' * (warnings > 1)}; `release show {staged.id}` tells them")
    click.echo(f"  next: quotewright release activate {staged.id} --reason ...")


@release.command()
@where_options
@RELEASE
@click.option("--at", "at_text", metavar="TIME", default="", help="When, for example 2027-01-01T00:00 (this machine's "
              "time zone) or 2027-01-01T00:00+01:00; now unless given.")  # fmt: skip
@EXPECTED
@WAIT
@click.option("--gate", type=click.Path(path_type=Path), help="File of gates that RELEASE must keep to, compared with "
              "the active release (see `quotewright simulate`); needs --against.")  # fmt: skip
@click.option("--against", type=click.Path(path_type=Path), multiple=True, help="Stored quotes for --gate.")
@click.option(
    "--catalog", type=click.Path(path_type=Path), default=CATALOG, help="For --gate on a server: the catalogue."
)
@change_options
def activate(
    where: Where,
    number: int,
    at_text: str,
    expected: int | None,
    wait: float,
    gate: Path | None,
    against: tuple[Path, ...],
    catalog: Path,
    person: str,
    reason: str,
) -> None:
    """Make RELEASE the one that servers serve, now or at a time."""
    if bool(against) != (gate is not None):
        raise click.UsageError("--gate and --against go together")
    at = _time(at_text)
    with where.reached() as client:
        if expected is None:
            expected = int(client.get(number).release.base)
        if gate is not None:
            hold_to_gates(where, client, number, expected, gate, against, catalog)
        reply = client.activate(number, expected_active=expected, person=where.acting(person), reason=reason, at=at)
        _tell_scheduled(reply.scheduled)
        if at is not None:
            click.echo(f"release {number} will be activated at {shown_time(reply.release.activate_at)}")
            return
        click.echo(f"release {number} is active" + (f" in place of {expected}" if expected else ""))
        _wait_until_served(client, number, wait)


@release.command()
@where_options
@RELEASE
@change_options
def cancel(where: Where, number: int, person: str, reason: str) -> None:
    """Take back that RELEASE is to be activated at a time."""
    with where.reached() as client:
        client.cancel(number, person=where.acting(person), reason=reason)
    click.echo(f"release {number} will not be activated by itself")


@release.command()
@where_options
@click.option(
    "--expected",
    type=click.IntRange(min=1),
    help="The release that is active, as far as you know; another one refuses. Otherwise: whichever is.",
)
@WAIT
@change_options
def rollback(where: Where, expected: int | None, wait: float, person: str, reason: str) -> None:
    """Make the release active again whose place the active one took."""
    with where.reached() as client:
        if expected is None:
            expected = int(client.state(1).active)
            if not expected:
                fail("no release is active", BAD_QUOTE)
        reply = client.roll_back(expected_active=expected, person=where.acting(person), reason=reason)
        _tell_scheduled(reply.scheduled)
        click.echo(f"release {reply.release.id} is active again, release {expected} is rolled back")
        _wait_until_served(client, reply.release.id, wait)


@release.command("list")
@where_options
@click.option("--all", "everything", is_flag=True, help="Every release, not only the newest 20.")
def list_releases(where: Where, everything: bool) -> None:
    """List releases, the newest first, and what servers serve."""
    with where.reached() as client:
        state = client.state(20)
        found = list(client.list(1000)) if everything else list(state.releases)
    table = Table("Release", "State", "Rulebook", "Rules", "Staged", "By", "Why")
    for column in (table.columns[0], *table.columns[2:5]):
        column.no_wrap = True
    for item in found:
        table.add_row(
            str(item.id),
            _state(item),
            item.rulebook_version[:12],
            str(item.rules),
            shown_time(item.staged_at)[:16],
            item.staged_by,
            Text(item.reason),
        )
    console().print(table if table.row_count else "no release was staged yet")
    if state.next_page_token and not everything:
        click.echo("older ones: --all")
    for server in state.servers:
        click.echo(_served(server))


@release.command()
@where_options
@RELEASE
@click.option("--files", "into", type=click.Path(path_type=Path), help="Write the rule files into this new folder.")
def show(where: Where, number: int, into: Path | None) -> None:
    """Show RELEASE: its versions, its history, what the check found, who serves it."""
    with where.reached() as client:
        reply = client.get(number, with_files=into is not None)
    item = reply.release
    click.echo(f"release {item.id}: {_state(item)}")
    click.echo(f"  rulebook  {item.rulebook_version} {item.rulebook_name!r}, {item.rules} rules")
    click.echo(f"  catalogue {item.catalogue_version}")
    click.echo(f"  engine    {item.engine_version}")
    click.echo(f"  staged on release {item.base}" if item.base else "  staged when no release was active")
    for event in reply.history:
        detail = json.loads(event.detail)
        what = event.kind.removeprefix("release.").replace("_", " ")
        at = f" for {shown_time(detail['activate_at'])}" if what == "scheduled" else ""
        click.echo(f"  {shown_time(event.at)}  {what}{at} by {event.person}: {detail.get('reason', _why(detail))}")
    for server in reply.servers:
        click.echo(f"  {_served(server)}")
    findings = read_findings(reply.findings, {})
    for finding in findings.sorted():
        if finding.severity is not Severity.INFO:
            click.echo(f"  {finding.severity} {finding.span}: {finding.message}")
    if into is not None:
        _write({file.name: file.content for file in reply.files}, into)
        click.echo(f"  {len(reply.files)} files written to {into}")


@release.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(database: Path) -> None:
    """Check the hash chain of the history in DATABASE. Exit code 1 where it is broken."""
    try:
        opened = open_database(database)
    except StoreError as error:
        fail(str(error), BAD_FILES)
    found = fault(opened.connection())
    opened.close()
    if found is not None:
        fail(f"{database}: {found.message}", BAD_QUOTE)
    click.echo(f"{database}: the history of releases holds")


def _files(rules: Path) -> dict[str, bytes]:
    findings = Findings()
    files = {name: file.content for name, file in read_folder(rules, findings).items()}
    if findings.errors:
        fail("\n".join(f"{finding.span}: {finding.message}" for finding in findings.errors), BAD_FILES)
    if not files:
        fail(f"{rules}: the folder holds no rule files", BAD_FILES)
    return files


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        fail(f"--at: expected a time such as 2027-01-01T00:00 or 2027-01-01T00:00+01:00, found {text!r}", BAD_FILES)


def _tell_scheduled(others: Any) -> None:
    for other in others:
        click.echo(f"note: release {other.id} will take its place at {shown_time(other.activate_at)}", err=True)


def _wait_until_served(client: Any, number: int, seconds: float) -> None:
    """Tell which servers serve the release; ends the command where one refuses it or none does in time."""
    if not client.state(1).servers:
        click.echo("no server is running on the database: it will be served when one starts")
        return
    until = time.monotonic() + seconds
    while True:
        servers = client.state(1).servers
        refusing = [server for server in servers if server.refused == number]
        if refusing:
            fail("\n".join(_served(server) for server in refusing), NO_SERVER)
        if servers and all(server.release == number for server in servers):
            click.echo("\n".join(_served(server) for server in servers))
            return
        if time.monotonic() >= until:
            told = "\n".join(_served(server) for server in servers)
            fail(f"not every server serves it after {seconds:g} s; it stays active\n{told}", NO_SERVER)
        time.sleep(POLL_SECONDS)


def _served(server: Any) -> str:
    what = f"release {server.release}" if server.release else "files"
    since = f" since {shown_time(server.since)}" if server.since else ""
    told = f"{server.server} serves {what}{since}"
    return f"{told}; it could not load release {server.refused}: {server.error}" if server.refused else told


def _state(item: Any) -> str:
    words = state_words(item)
    return words if not item.activate_at else f"staged, active from {shown_time(item.activate_at)}"


def _why(detail: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in detail.items())


def _write(files: dict[str, bytes], into: Path) -> None:
    try:
        into.mkdir(parents=True, exist_ok=False)
        write_files(files, into)
    except OSError as error:
        fail(f"{into}: cannot be written: {error.strerror}", BAD_FILES)

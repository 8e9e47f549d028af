"""The command `keys`: make API keys, and list those of a file."""

from __future__ import annotations

import math
import os
import re
import stat
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine.commands.failure import BAD_FILES, fail, fail_with_findings
from engine.diagnostics import RejectedError
from engine.security.api_keys import MAX_NAME, ApiKey, entry, new_key, read_keys
from engine.security.identity import Role

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def keys() -> None:
    """API keys of programs and people that call a server; the file holds hashes, never a key."""


@keys.command()
@FILE
@click.option("--name", required=True, help="Who calls with it: a person's id as approval rules know it, or a program.")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="May be repeated.",
)
@click.option("--tenant", default="", help="Whose rules and catalogue it works on.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Day from which it is refused, in UTC.")
def new(file: Path, name: str, roles: tuple[str, ...], tenant: str, expires: datetime | None) -> None:
    """Make a key, keep its hash in FILE, and print it: this is the only time that anybody sees it."""
    for what, text in (("--name", name), ("--tenant", tenant)):
        if not text.isprintable() or len(text) > MAX_NAME or (what == "--name" and not text.strip()):
            fail(f"{what} is a text of 1 to {MAX_NAME} printable characters", BAD_FILES)
    key = new_key()
    day = None if expires is None else expires.date()
    try:
        _append(file, entry(key, name, [Role(role) for role in roles], tenant, day))
    except OSError as error:
        fail(f"{file}: {error}", BAD_FILES)
    click.echo(key)


@keys.command("list")
@FILE
def list_keys(file: Path) -> None:
    """List the keys of FILE by the first digits of their hashes."""
    table = Table("Hash", "Name", "Roles", "Tenant", "Expires")
    for key in _read(file):
        until = "" if math.isinf(key.expires) else f"{datetime.fromtimestamp(key.expires, UTC):%Y-%m-%d}"
        who = key.identity
        table.add_row(key.fingerprint, who.name, ", ".join(sorted(who.roles)), who.tenant, until)
    Console().print(table if table.row_count else f"{file} has no keys")


def _append(file: Path, lines: str) -> None:
    """Put an entry at the end of the file: whole or not at all, and only where the file reads as before with it."""
    text = ""
    before: list[ApiKey] = []
    if file.exists():
        before = _read(file)
        text = file.read_text(encoding="utf-8").rstrip() + "\n"
    if not before:
        text = "keys:\n"
    indent = re.search(r"^( *)- ", text, re.MULTILINE)
    if indent is not None:
        lines = textwrap.indent(textwrap.dedent(lines), indent[1])
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o600
    written = file.with_name(f".{file.name}.new")
    try:
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as opened:
            opened.write(text + lines)
        try:
            after = read_keys(written)
        except RejectedError:
            after = []
        if after[:-1] != before or len(after) != len(before) + 1:
            fail(f"{file} is not a plain list, one key below the other: it is left as it was", BAD_FILES)
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)


def _read(file: Path) -> list[ApiKey]:
    try:
        return read_keys(file)
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)

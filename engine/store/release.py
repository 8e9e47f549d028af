"""A release as stored: a rulebook and the catalogue it was checked with, its state, its history; and how to read them.

At most one release is active, which the database itself holds by a unique index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from engine.store.audit import AuditEntry, AuditFault, first_fault

TABLES = (
    """
    CREATE TABLE releases (
      id INTEGER PRIMARY KEY, state TEXT NOT NULL,
      rulebook TEXT NOT NULL REFERENCES rulebooks, catalogue TEXT NOT NULL REFERENCES catalogues,
      engine TEXT NOT NULL, rules INTEGER NOT NULL, findings TEXT NOT NULL, base INTEGER NOT NULL,
      staged_at TEXT NOT NULL, staged_by TEXT NOT NULL, reason TEXT NOT NULL,
      activate_at TEXT NOT NULL DEFAULT '', activated_at TEXT NOT NULL DEFAULT '',
      activated_by TEXT NOT NULL DEFAULT '', replaced INTEGER NOT NULL DEFAULT 0)
    """,
    "CREATE UNIQUE INDEX releases_one_active ON releases (state) WHERE state = 'active'",
    "CREATE INDEX releases_activate_at ON releases (activate_at) WHERE activate_at != ''",
    """
    CREATE TRIGGER releases_content_no_update
    BEFORE UPDATE OF id, rulebook, catalogue, engine, rules, findings, base, staged_at, staged_by, reason ON releases
    BEGIN SELECT RAISE(ABORT, 'what was staged never changes'); END
    """,
    """
    CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases
    BEGIN SELECT RAISE(ABORT, 'releases are never deleted'); END
    """,
    """
    CREATE TABLE release_log (
      sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
      release INTEGER NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)
    """,
    "CREATE INDEX release_log_release ON release_log (release)",
    """
    CREATE TRIGGER release_log_no_update BEFORE UPDATE ON release_log
    BEGIN SELECT RAISE(ABORT, 'the log of releases is append-only'); END
    """,
    """
    CREATE TRIGGER release_log_no_delete BEFORE DELETE ON release_log
    BEGIN SELECT RAISE(ABORT, 'the log of releases is append-only'); END
    """,
    """
    CREATE TABLE serving (
      server TEXT PRIMARY KEY, release INTEGER NOT NULL, at TEXT NOT NULL, seen TEXT NOT NULL,
      refused INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '')
    """,
)
"""The tables of this part, as SQL."""


GONE_AFTER = timedelta(seconds=30)
"""A server that was not heard of for so long was killed."""


class ReleaseState(StrEnum):
    """Where a release is in its life; one that is to be activated at a time is staged until then."""

    STAGED = "staged"
    ACTIVE = "active"
    REPLACED = "replaced"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Release:
    """A release as stored; times are ISO 8601 text in UTC.

    Attributes:
        id: from 1, in the order of staging.
        state: where it is in its life.
        rulebook_version: content hash of the rule files.
        rulebook_name: as its settings say.
        catalogue_key: names the stored catalogue.
        catalogue_version: content hash of the catalogue.
        engine_version: of the engine that checked it.
        rules: how many the rulebook has.
        findings: warnings and notes of the check, as JSON text.
        base: the release that was active when it was staged; 0 for none.
        staged_at: when.
        staged_by: by whom.
        reason: why.
        activate_at: when it is to be activated; "" where no time is set.
        activated_at: when it was activated last; "" for never.
        activated_by: by whom.
        replaced: the release whose place it took then; 0 for none.
    """

    id: int
    state: ReleaseState
    rulebook_version: str
    rulebook_name: str
    catalogue_key: str
    catalogue_version: str
    engine_version: str
    rules: int
    findings: str
    base: int
    staged_at: str
    staged_by: str
    reason: str
    activate_at: str
    activated_at: str
    activated_by: str
    replaced: int


@dataclass(frozen=True, slots=True)
class ReleaseEvent:
    """An entry of the log: what happened to which release, when, by whom; `detail` is JSON text with the reason."""

    sequence: int
    at: str
    actor: str
    kind: str
    release: int
    detail: str
    hash: str


@dataclass(frozen=True, slots=True)
class Serving:
    """What a server said last.

    Attributes:
        server: its address.
        release: that it serves; 0 for files.
        at: since when, as ISO 8601 text in UTC.
        refused: a release that it could not load; 0 for none.
        error: why not.
    """

    server: str
    release: int
    at: str
    refused: int
    error: str


class ReleaseError(Exception):
    """A change that was refused; nothing happened."""


class UnknownReleaseError(ReleaseError):
    """There is no such release."""

    def __init__(self, release: int) -> None:
        self.release = release
        super().__init__(f"there is no release {release}")


class ActiveReleaseChangedError(ReleaseError):
    """Somebody else activated another release in the meantime.

    Attributes:
        active: the release that is active; None for none.
    """

    def __init__(self, expected: int, active: Release | None) -> None:
        self.active = active
        told = f"release {expected}" if expected else "no release"
        if active is None:
            super().__init__(f"{told} was expected to be active, but none is")
        else:
            who = f"{active.activated_by} activated it at {active.activated_at}"
            super().__init__(f"{told} was expected to be active, but release {active.id} is: {who}")


class StateRefusedError(ReleaseError):
    """The state of the release does not allow what was asked."""


def time_text(time: datetime) -> str:
    """A time as text that sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


_RELEASE = (
    "SELECT id, state, rulebook, rulebooks.name, catalogue, catalogues.version, engine, rules, findings, base, "
    "staged_at, staged_by, reason, activate_at, activated_at, activated_by, replaced FROM releases "
    "JOIN rulebooks ON rulebooks.version = rulebook JOIN catalogues ON catalogues.key = catalogue"
)


def release(connection: sqlite3.Connection, number: int) -> Release:
    """A release.

    Raises:
        UnknownReleaseError: there is no such release.
    """
    row = None
    if 0 < number < 2**63:
        row = connection.execute(f"{_RELEASE} WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise UnknownReleaseError(number)
    return _read(row)


def active_release(connection: sqlite3.Connection) -> Release | None:
    """The active release; None where none is."""
    row = connection.execute(f"{_RELEASE} WHERE state = 'active'").fetchone()
    return None if row is None else _read(row)


def releases(connection: sqlite3.Connection, limit: int, before: int = 0) -> list[Release]:
    """Releases, the newest first, those staged before release `before` where it is given."""
    rows = connection.execute(f"{_RELEASE} WHERE id < ? ORDER BY id DESC LIMIT ?", (before or 2**62, limit))
    return [_read(row) for row in rows]


def scheduled(connection: sqlite3.Connection) -> list[Release]:
    """Releases that are to be activated at a time, the next one first."""
    return [_read(row) for row in connection.execute(f"{_RELEASE} WHERE activate_at != '' ORDER BY activate_at, id")]


def history(connection: sqlite3.Connection, number: int) -> list[ReleaseEvent]:
    """What happened to a release, in order."""
    rows = connection.execute(
        "SELECT sequence, at, actor, kind, release, detail, hash FROM release_log WHERE release = ? ORDER BY sequence",
        (number,),
    )
    return [ReleaseEvent(*row) for row in rows]


def fault(connection: sqlite3.Connection) -> AuditFault | None:
    """The first entry of the log that is not what was written; None where the whole chain holds."""
    return first_fault(_chain(connection))


def servers(connection: sqlite3.Connection, now: datetime) -> list[Serving]:
    """What every server on this database said last, by address; those that were not heard of lately are gone."""
    rows = connection.execute(
        "SELECT server, release, at, refused, error FROM serving WHERE seen >= ? ORDER BY server",
        (time_text(now - GONE_AFTER),),
    )
    return [Serving(*row) for row in rows]


def _read(row: tuple[Any, ...]) -> Release:
    number, state, *rest = row
    return Release(number, ReleaseState(state), *rest)


def _chain(connection: sqlite3.Connection) -> Iterator[AuditEntry]:
    rows = connection.execute(
        "SELECT sequence, at, actor, kind, release, detail, previous, hash FROM release_log ORDER BY sequence"
    )
    for sequence, at, actor, kind, number, detail, previous, chained in rows:
        yield AuditEntry(sequence, at, actor, kind, "", number, detail, previous, chained)

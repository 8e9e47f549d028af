"""Decisions as recorded: request and reply as bytes, and which rulebook, catalogue and engine made one of the other."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

TABLES = (
    """
    CREATE TABLE decisions (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, method TEXT NOT NULL, quote_id TEXT NOT NULL,
      rulebook TEXT NOT NULL, catalogue TEXT NOT NULL, engine TEXT NOT NULL,
      first_at TEXT NOT NULL, last_at TEXT NOT NULL, times INTEGER NOT NULL,
      request BLOB NOT NULL, response BLOB NOT NULL)
    """,
    "CREATE INDEX decisions_quote_id ON decisions (quote_id)",
    "CREATE INDEX decisions_last_at ON decisions (last_at)",
    """
    CREATE TRIGGER decisions_no_update
    BEFORE UPDATE OF number, id, method, quote_id, rulebook, catalogue, engine, first_at, request, response ON decisions
    BEGIN SELECT RAISE(ABORT, 'what was decided never changes'); END
    """,
    # Replies of the same versions have most of their texts in common: the first one is the dictionary of all others.
    """
    CREATE TABLE reply_dictionaries (
      rulebook TEXT NOT NULL, catalogue TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (rulebook, catalogue))
    """,
    """
    CREATE TRIGGER reply_dictionaries_no_update BEFORE UPDATE ON reply_dictionaries
    BEGIN SELECT RAISE(ABORT, 'replies are read with it'); END
    """,
    "CREATE TABLE unrecorded (at TEXT NOT NULL, decisions INTEGER NOT NULL, reason TEXT NOT NULL)",
)
"""The tables of this part, as SQL."""

ID_DIGITS = 32
DICTIONARY_BYTES = 32_000  # zlib looks back no further


class UnknownDecisionError(Exception):
    """No decision has this id, or more than one begins with it."""

    def __init__(self, identifier: str, message: str) -> None:
        self.identifier = identifier
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Versions:
    """What decides.

    Attributes:
        rulebook: content hash of the rule files.
        catalogue: key of the stored catalogue.
        engine: version of the engine.
    """

    rulebook: str
    catalogue: str
    engine: str


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision as recorded; times are ISO 8601 text in UTC.

    Attributes:
        number: from 1, in the order of recording.
        id: hash of method, request and versions: the same question under the same versions is one decision.
        method: name of the method that was called, for example "PriceQuote".
        quote_id: the caller's reference; "" where none was given.
        versions: what decided.
        first_at: when it was asked first.
        last_at: when it was asked last.
        times: how often.
        request: as it came.
        response: as it was sent, without its own id.
    """

    number: int
    id: str
    method: str
    quote_id: str
    versions: Versions
    first_at: str
    last_at: str
    times: int
    request: bytes
    response: bytes


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision to be recorded."""

    id: str
    method: str
    quote_id: str
    at: str
    request: bytes
    response: bytes


def record(connection: sqlite3.Connection, versions: Versions, decisions: Sequence[NewDecision]) -> None:
    """Store decisions; one that is stored already is counted."""
    if not decisions:
        return
    connection.execute(
        "INSERT OR IGNORE INTO reply_dictionaries (rulebook, catalogue, content) VALUES (?, ?, ?)",
        (versions.rulebook, versions.catalogue, decisions[0].response[:DICTIONARY_BYTES]),
    )
    [dictionary] = connection.execute(
        "SELECT content FROM reply_dictionaries WHERE rulebook = ? AND catalogue = ?",
        (versions.rulebook, versions.catalogue),
    ).fetchone()
    connection.executemany(
        "INSERT INTO decisions (id, method, quote_id, rulebook, catalogue, engine, first_at, last_at, times, request, "
        "response) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1, ?8, ?9) "
        "ON CONFLICT (id) DO UPDATE SET times = times + 1, last_at = max(last_at, excluded.last_at)",
        (
            (new.id, new.method, new.quote_id, versions.rulebook, versions.catalogue, versions.engine, new.at,
             zlib.compress(new.request, 1), _packed(new.response, dictionary))
            for new in decisions
        ),
    )  # fmt: skip


def note_unrecorded(connection: sqlite3.Connection, at: str, decisions: int, reason: str) -> None:
    """Store that decisions were made which are not recorded, and why."""
    connection.execute("INSERT INTO unrecorded (at, decisions, reason) VALUES (?, ?, ?)", (at, decisions, reason))


def unrecorded(connection: sqlite3.Connection) -> int:
    """How many decisions were made while recording was on and are not recorded, as far as is known."""
    return int(connection.execute("SELECT coalesce(sum(decisions), 0) FROM unrecorded").fetchone()[0])


def decision(connection: sqlite3.Connection, identifier: str) -> RecordedDecision:
    """The decision with an id, or the only one whose id begins with it.

    Raises:
        UnknownDecisionError: there is none, or more than one.
    """
    if not identifier or not set(identifier) <= set("0123456789abcdef"):
        told = f"the id of a decision is {ID_DIGITS} hexadecimal digits or the first of them, found {identifier!r}"
        raise UnknownDecisionError(identifier, told)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM decisions WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",  # noqa: S608  # ours
        (identifier, identifier + "g"),
    ).fetchall()
    if not rows:
        raise UnknownDecisionError(identifier, f"no recorded decision has the id {identifier!r}")
    if len(rows) > 1:
        raise UnknownDecisionError(identifier, f"more than one recorded decision has an id that begins {identifier!r}")
    return _read(rows[0])


def decisions(
    connection: sqlite3.Connection, limit: int, before: int = 0, quote_id: str = ""
) -> list[RecordedDecision]:
    """Decisions, the newest first, those before `number` where it is given, about one quote where it is given."""
    condition, values = ("AND quote_id = ? ", (quote_id,)) if quote_id else ("", ())
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM decisions WHERE number < ? {condition}ORDER BY number DESC LIMIT ?",  # noqa: S608
        (before or 2**62, *values, limit),
    )
    return [_read(row) for row in rows]


def versions_recorded(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """The rulebook and the catalogue of every recorded decision, with the number of decisions of each pair."""
    return connection.execute(
        "SELECT rulebook, catalogue, count(*) FROM decisions GROUP BY rulebook, catalogue ORDER BY min(number)"
    ).fetchall()


def decisions_of(connection: sqlite3.Connection, rulebook: str, catalogue: str) -> Iterator[RecordedDecision]:
    """Every decision of a rulebook and a catalogue, in the order of recording."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM decisions WHERE rulebook = ? AND catalogue = ? ORDER BY number",  # noqa: S608  # ours
        (rulebook, catalogue),
    )
    return (_read(row) for row in rows)


def forget(connection: sqlite3.Connection, before: str) -> int:
    """Delete the decisions that were asked last before a time; gives how many."""
    return connection.execute("DELETE FROM decisions WHERE last_at < ?", (before,)).rowcount


_COLUMNS = (
    "number, id, method, quote_id, rulebook, catalogue, engine, first_at, last_at, times, request, response, "
    "(SELECT content FROM reply_dictionaries AS its WHERE its.rulebook = decisions.rulebook "
    "AND its.catalogue = decisions.catalogue)"
)


def _packed(response: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(1, zdict=dictionary)
    return packer.compress(response) + packer.flush()


def _unpacked(packed: bytes, dictionary: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=dictionary)
    return unpacker.decompress(packed) + unpacker.flush()


def _read(row: tuple[Any, ...]) -> RecordedDecision:
    number, identifier, method, quote_id, rulebook, catalogue, engine, first_at, last_at, times = row[:10]
    request, response, dictionary = row[10:]
    return RecordedDecision(
        number, identifier, method, quote_id, Versions(rulebook, catalogue, engine), first_at, last_at, times,
        zlib.decompress(request), _unpacked(response, dictionary),
    )  # fmt: skip

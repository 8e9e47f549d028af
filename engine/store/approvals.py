"""Quotes in approval as stored: one transaction a transition, durable before anybody is told of it."""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.audit import FIRST_HASH, AuditEntry, entry_hash
from engine.store.database import Database

TABLES = (
    """CREATE TABLE cases (
        quote_id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, requester TEXT NOT NULL, due_at TEXT,
        updated_at TEXT NOT NULL, document TEXT NOT NULL, quote BLOB NOT NULL, decision BLOB)""",
    "CREATE INDEX cases_due_at ON cases (due_at)",
    "CREATE TABLE waiting (person TEXT, quote_id TEXT, step TEXT, PRIMARY KEY (person, quote_id, step))",
    "CREATE INDEX waiting_quote_id ON waiting (quote_id)",
    """CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY, at TEXT, actor TEXT, kind TEXT, quote_id TEXT, version INTEGER, detail TEXT,
        previous TEXT, hash TEXT)""",
    "CREATE INDEX audit_quote_id ON audit (quote_id)",
    # Append-only: even a mistake in this program cannot rewrite the log.
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TABLE outbox (
        sequence INTEGER PRIMARY KEY, delivered_at TEXT, attempts INTEGER, next_attempt_at TEXT, last_error TEXT)""",
    "CREATE INDEX outbox_delivered_at ON outbox (delivered_at, sequence)",
    "CREATE TABLE answers (key TEXT PRIMARY KEY, request TEXT, response BLOB, at TEXT)",
    "CREATE INDEX answers_at ON answers (at)",
)
"""The tables of this part, as SQL."""


class StaleVersionError(Exception):
    """Somebody else changed the quote in the meantime.

    Attributes:
        quote_id: which quote.
        expected: version that the caller knew.
        found: version that is stored.
    """

    def __init__(self, quote_id: str, expected: int, found: int) -> None:
        self.quote_id, self.expected, self.found = quote_id, expected, found
        super().__init__(f"quote {quote_id!r} changed: version {found} is stored, {expected} was expected")


class KeyReusedError(Exception):
    """An idempotency key came back with another request."""


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A quote in approval as stored.

    Attributes:
        quote_id: the caller's reference.
        version: grows with every change.
        state: for listings.
        requester: for listings.
        due_at: when time alone changes something, as ISO 8601 text in UTC; "" for never.
        document: everything about the case, as text that the store does not interpret.
        quote: the quote as submitted, as bytes that the store does not interpret.
        decision: what was decided about it; empty for a draft.
        waiting: (step, person) for everybody who is asked now.
    """

    quote_id: str
    version: int
    state: str
    requester: str
    due_at: str
    document: str
    quote: bytes
    decision: bytes
    waiting: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An event that others are told of: the audit entry, and how often its delivery was tried."""

    entry: AuditEntry
    attempts: int


class ApprovalStore:
    """Quotes in approval in the database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything or nothing of what is done inside; other writers wait."""
        with self._database.writing() as connection:
            yield Transaction(connection)

    def case(self, quote_id: str) -> StoredCase | None:
        """A quote as stored; None where it is not known."""
        return _case(self._database.connection(), quote_id)

    def waiting_for(self, person: str, limit: int, offset: int) -> list[StoredCase]:
        """Quotes that a person is asked to decide, by quote id."""
        rows = self._database.connection().execute(
            "SELECT DISTINCT quote_id FROM waiting WHERE person = ? ORDER BY quote_id LIMIT ? OFFSET ?",
            (person, limit, offset),
        )
        found = [_case(self._database.connection(), quote_id) for (quote_id,) in rows.fetchall()]
        return [case for case in found if case is not None]

    def due(self, now: str, limit: int = 1000) -> list[str]:
        """Ids of quotes for which something is due by `now`, the longest waiting first."""
        rows = self._database.connection().execute(
            "SELECT quote_id FROM cases WHERE due_at != '' AND due_at <= ? ORDER BY due_at LIMIT ?", (now, limit)
        )
        return [quote_id for (quote_id,) in rows]

    def audit(self, quote_id: str = "", after: int = 0, limit: int = 1_000_000_000) -> Iterator[AuditEntry]:
        """The audit log in its order, of one quote or of all, from the entry that follows `after`."""
        condition, values = ("quote_id = ? AND ", (quote_id,)) if quote_id else ("", ())
        rows = self._database.connection().execute(
            f"SELECT {_ENTRY} FROM audit WHERE {condition}sequence > ? ORDER BY sequence LIMIT ?",  # noqa: S608  # ours
            (*values, after, limit),
        )
        for row in rows:
            yield AuditEntry(*row)

    def undelivered(self, now: str, limit: int = 100) -> list[OutboxEntry]:
        """Events to deliver now, the oldest first: none overtakes one that waits for its next attempt."""
        rows = self._database.connection().execute(
            f"SELECT {_ENTRY}, attempts, next_attempt_at FROM outbox JOIN audit USING (sequence) "  # noqa: S608  # ours
            "WHERE delivered_at = '' ORDER BY sequence LIMIT ?",
            (limit,),
        )
        ready = itertools.takewhile(lambda row: row[-1] <= now, rows.fetchall())
        return [OutboxEntry(AuditEntry(*row[:-2]), row[-2]) for row in ready]


class Transaction:
    """Reads and writes that happen together or not at all."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def case(self, quote_id: str) -> StoredCase | None:
        """A quote as stored; None where it is not known."""
        return _case(self._connection, quote_id)

    def save(self, case: StoredCase, expected_version: int, at: datetime) -> None:
        """Store a new version of a quote.

        Raises:
            StaleVersionError: the stored version is not the one expected; 0 for a quote that is not stored.
        """
        row = self._connection.execute("SELECT version FROM cases WHERE quote_id = ?", (case.quote_id,)).fetchone()
        found = row[0] if row else 0
        if found != expected_version:
            raise StaleVersionError(case.quote_id, expected_version, found)
        self._connection.execute(
            "INSERT OR REPLACE INTO cases "
            "(quote_id, version, state, requester, due_at, updated_at, document, quote, decision) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (case.quote_id, case.version, case.state, case.requester, case.due_at, at.isoformat(), case.document,
             case.quote, case.decision),
        )  # fmt: skip
        self._connection.execute("DELETE FROM waiting WHERE quote_id = ?", (case.quote_id,))
        self._connection.executemany(
            "INSERT OR IGNORE INTO waiting (person, quote_id, step) VALUES (?, ?, ?)",
            [(person, case.quote_id, step) for step, person in case.waiting],
        )

    def record(
        self, kind: str, actor: str, quote_id: str, version: int, detail: Mapping[str, Any], at: datetime
    ) -> None:
        """Append to the audit log, and to the events that others are told of."""
        last = self._connection.execute("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchone()
        sequence, previous = (last[0] + 1, last[1]) if last else (1, FIRST_HASH)
        told = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        fields = (sequence, at.isoformat(), actor, kind, quote_id, version, told, previous)
        self._connection.execute(
            f"INSERT INTO audit ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # names of ours
            (*fields, entry_hash(*fields)),
        )
        self._connection.execute(
            "INSERT INTO outbox (sequence, delivered_at, attempts, next_attempt_at, last_error) "
            "VALUES (?, '', 0, '', '')",
            (sequence,),
        )

    def delivered(self, sequence: int, at: datetime) -> None:
        """Note that an event arrived."""
        self._connection.execute(
            "UPDATE outbox SET delivered_at = ?, attempts = attempts + 1, last_error = '' WHERE sequence = ?",
            (at.isoformat(), sequence),
        )

    def failed(self, sequence: int, error: str, next_attempt: datetime) -> None:
        """Note that an event did not arrive, and when to try again."""
        self._connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, last_error = ? WHERE sequence = ?",
            (next_attempt.isoformat(timespec="microseconds"), error[:500], sequence),
        )

    def answer(self, key: str, request: str) -> bytes | None:
        """What a request with this key was answered; None where it is new.

        Raises:
            KeyReusedError: the key came with another request.
        """
        row = self._connection.execute("SELECT request, response FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        if row[0] != request:
            raise KeyReusedError(f"the idempotency key {key!r} belongs to another request")
        return bytes(row[1])

    def remember(self, key: str, request: str, response: bytes, at: datetime) -> None:
        """Keep an answer for a repeated request."""
        self._connection.execute(
            "INSERT INTO answers (key, request, response, at) VALUES (?, ?, ?, ?)",
            (key, request, response, at.isoformat()),
        )

    def forget_answers(self, before: datetime) -> int:
        """Drop answers older than `before`; gives how many."""
        return self._connection.execute("DELETE FROM answers WHERE at < ?", (before.isoformat(),)).rowcount


_ENTRY = "sequence, at, actor, kind, quote_id, version, detail, previous, hash"


def _case(connection: sqlite3.Connection, quote_id: str) -> StoredCase | None:
    row = connection.execute(
        "SELECT quote_id, version, state, requester, due_at, document, quote, decision FROM cases WHERE quote_id = ?",
        (quote_id,),
    ).fetchone()
    if row is None:
        return None
    waiting: Iterable[tuple[str, str]] = connection.execute(
        "SELECT step, person FROM waiting WHERE quote_id = ? ORDER BY step, person", (quote_id,)
    )
    identifier, version, state, requester, due_at, document, quote, decision = row
    return StoredCase(identifier, version, state, requester, due_at, document, quote, decision, tuple(waiting))

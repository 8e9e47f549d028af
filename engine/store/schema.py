"""Tables of the approval database, and their creation."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

SCHEMA_VERSION = 1
APPLICATION_ID = 0x51574150  # "QWAP"


class StoreError(Exception):
    """A database file that cannot be used; the message names it and says why."""


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Create what is missing.

    Raises:
        StoreError: another program or a newer version made the file.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application not in (0, APPLICATION_ID) or (not application and _has_tables(connection)):
        raise StoreError(f"{path} is a database of another program")
    if version > SCHEMA_VERSION:
        raise StoreError(f"{path} was made by a newer version: its schema is {version}, {SCHEMA_VERSION} is known here")
    if application == APPLICATION_ID and version == SCHEMA_VERSION:
        return
    for statement in _statements():
        connection.execute(statement)
    # Append-only: even a mistake in this program cannot rewrite the log.
    for action in ("UPDATE", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER audit_no_{action.lower()} BEFORE {action} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _statements() -> list[str]:
    """The tables as SQL; composed beside the database, because sqlite-utils commits as it goes."""
    database = Database(memory=True)
    database.create_table(
        "cases",
        {
            "quote_id": str,
            "version": int,
            "state": str,
            "requester": str,
            "due_at": str,
            "updated_at": str,
            "document": str,
            "quote": bytes,
            "decision": bytes,
        },
        pk="quote_id",
        not_null={"version", "state", "requester", "updated_at", "document", "quote"},
    ).create_index(["due_at"])
    database.create_table(
        "waiting", {"person": str, "quote_id": str, "step": str}, pk=("person", "quote_id", "step")
    ).create_index(["quote_id"])
    database.create_table(
        "audit",
        {
            "sequence": int,
            "at": str,
            "actor": str,
            "kind": str,
            "quote_id": str,
            "version": int,
            "detail": str,
            "previous": str,
            "hash": str,
        },
        pk="sequence",
    ).create_index(["quote_id"])
    database.create_table(
        "outbox",
        {"sequence": int, "delivered_at": str, "attempts": int, "next_attempt_at": str, "last_error": str},
        pk="sequence",
    ).create_index(["delivered_at", "sequence"])
    database.create_table("answers", {"key": str, "request": str, "response": bytes, "at": str}, pk="key").create_index(
        ["at"]
    )
    found = [str(row["sql"]) for row in database.query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    database.conn.close()
    return found


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None

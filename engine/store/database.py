"""The one database file of what is kept: connections, transactions, and who made the file."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

BUSY_SECONDS = 5.0
"""How long a write waits for another one before its caller is told that the database is busy."""
APPLICATION_ID = 0x51574150  # "QWAP"

_OF_THE_DISK = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}

Migrations = tuple[tuple[str, ...], ...]
"""SQL by schema version: the statements of place n lead from version n to version n + 1."""


class StoreError(Exception):
    """A database file that cannot be used; the message names it and says why."""


class Database:
    """A SQLite database in WAL mode; each thread of each process has a connection of its own."""

    def __init__(self, path: Path, migrations: Migrations) -> None:
        """Open or create a database, and bring it to the version that `migrations` lead to.

        Raises:
            StoreError: the file cannot be used.
        """
        self.path = path
        self._made = False
        self._forget_connections()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.writing() as connection:
                _prepare(connection, path, migrations)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path} cannot be used as a database: {error}{_hint(path)}") from error
        self._made = True

    def _forget_connections(self) -> None:
        self._process = os.getpid()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def connection(self) -> sqlite3.Connection:
        """The connection of this thread, for reading."""
        if os.getpid() != self._process:
            self._forget_connections()  # SQLite's connections must not be carried across a fork
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            # A file that is away for a moment must not come back as an empty one.
            file = f"{self.path.absolute().as_uri()}?mode={'rw' if self._made else 'rwc'}"
            found = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = FULL")  # a reply promises that the transition survives a power cut
            self._local.connection = found
            with self._lock:
                self._connections.append(found)
        return found

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: everything or nothing of what is done inside; other writers wait.

        Where the disk fails, the thread's next transaction opens the file anew: SQLite keeps a file that it opened on
        a read-only disk read-only, also when the disk can be written again.
        """
        connection = self.connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:  # a full disk has SQLite roll back by itself
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK:
                self._close_own(connection)
            raise

    def require_writable(self) -> None:
        """Find out whether the file can be written.

        Raises:
            StoreError: it cannot.
        """
        try:
            with self.writing() as connection:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                connection.execute(f"PRAGMA user_version = {version}")
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} cannot be written: {error}{_hint(self.path)}") from error

    def _close_own(self, connection: sqlite3.Connection) -> None:
        self._local.connection = None
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
        connection.close()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()


def _prepare(connection: sqlite3.Connection, path: Path, migrations: Migrations) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application not in (0, APPLICATION_ID) or (not application and _has_tables(connection)):
        raise StoreError(f"{path} is a database of another program")
    if version > len(migrations):
        raise StoreError(
            f"{path} was made by a newer version: its schema is {version}, {len(migrations)} is known here"
        )
    if version == len(migrations):
        return
    for statements in migrations[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _hint(path: Path) -> str:
    """What SQLite's message does not say."""
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        return f"; the folder {path.parent}, where SQLite keeps files beside it, cannot be written"
    if path.exists() and not os.access(path, os.W_OK):
        return "; the file cannot be written"
    return ""


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None

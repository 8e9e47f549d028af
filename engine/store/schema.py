"""What the database holds: the tables of every part, in the versions that they came with."""

from __future__ import annotations

from pathlib import Path

from engine.store import approvals, contents, contracts, decisions, release
from engine.store.database import Database, Migrations

MIGRATIONS: Migrations = (
    approvals.TABLES,
    contracts.TABLES,
    (*contents.TABLES, *release.TABLES, *decisions.TABLES),
)
"""New tables and changes are added at the end: a database of an older version is brought up when it is opened."""


def open_database(path: Path) -> Database:
    """The database in a file, made or brought up to this version where needed.

    Raises:
        StoreError: the file cannot be used.
    """
    return Database(path, MIGRATIONS)

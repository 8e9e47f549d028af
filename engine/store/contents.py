"""Rulebooks and catalogues as stored: whole, compressed, each content once, found again by the hash that names it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.store.database import Database

TABLES = (
    "CREATE TABLE contents (hash TEXT PRIMARY KEY, size INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE TABLE rulebooks (version TEXT PRIMARY KEY, name TEXT NOT NULL)",
    """
    CREATE TABLE rulebook_files (
      version TEXT NOT NULL REFERENCES rulebooks, name TEXT NOT NULL, content TEXT NOT NULL REFERENCES contents,
      PRIMARY KEY (version, name)) WITHOUT ROWID
    """,
    "CREATE TABLE catalogues (key TEXT PRIMARY KEY, version TEXT NOT NULL, content TEXT NOT NULL REFERENCES contents)",
    *(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'what a release or a decision was made of never changes'); END"
        for table in ("contents", "rulebooks", "rulebook_files", "catalogues")
    ),
)
"""The tables of this part, as SQL."""

RULES_FOLDER = "rules"
CATALOGUE_FILE = "catalogue.sqlite"


class DamagedContentError(Exception):
    """What is stored is not what its hash names, or is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class PackedCatalogue:
    """A catalogue as it is stored.

    Attributes:
        key: names the catalogue with the places of its prices, which decisions tell; `version` names it without them.
        version: content hash of the catalogue.
        hash: of the database file that `packed` holds.
        size: of that file in bytes.
        packed: the compressed file.
    """

    key: str
    version: str
    hash: str
    size: int
    packed: bytes


def has_rulebook(connection: sqlite3.Connection, version: str) -> bool:
    """Whether the files of a rulebook version are stored."""
    return connection.execute("SELECT 1 FROM rulebooks WHERE version = ?", (version,)).fetchone() is not None


def has_catalogue(connection: sqlite3.Connection, key: str) -> bool:
    """Whether a catalogue is stored."""
    return connection.execute("SELECT 1 FROM catalogues WHERE key = ?", (key,)).fetchone() is not None


def catalogue_version(connection: sqlite3.Connection, key: str) -> str:
    """The content hash of a stored catalogue; "" where it is not stored."""
    row = connection.execute("SELECT version FROM catalogues WHERE key = ?", (key,)).fetchone()
    return "" if row is None else str(row[0])


def keep_rulebook(connection: sqlite3.Connection, version: str, name: str, files: Mapping[str, bytes]) -> None:
    """Store the files of a rulebook, by name, unless they are."""
    if has_rulebook(connection, version):
        return
    connection.execute("INSERT INTO rulebooks (version, name) VALUES (?, ?)", (version, name))
    for file, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        connection.execute(
            "INSERT OR IGNORE INTO contents (hash, size, packed) VALUES (?, ?, ?)",
            (digest, len(content), zlib.compress(content, 6)),
        )
        connection.execute(
            "INSERT INTO rulebook_files (version, name, content) VALUES (?, ?, ?)", (version, file, digest)
        )


def keep_catalogue(connection: sqlite3.Connection, catalogue: PackedCatalogue) -> None:
    """Store a catalogue unless it is."""
    connection.execute(
        "INSERT OR IGNORE INTO contents (hash, size, packed) VALUES (?, ?, ?)",
        (catalogue.hash, catalogue.size, catalogue.packed),
    )
    connection.execute(
        "INSERT OR IGNORE INTO catalogues (key, version, content) VALUES (?, ?, ?)",
        (catalogue.key, catalogue.version, catalogue.hash),
    )


def rulebook_files(connection: sqlite3.Connection, version: str) -> dict[str, bytes]:
    """The files of a stored rulebook by name.

    Raises:
        DamagedContentError: they are not stored, or not as they were.
    """
    rows = connection.execute(
        "SELECT name, content FROM rulebook_files WHERE version = ? ORDER BY name", (version,)
    ).fetchall()
    if not rows:
        raise DamagedContentError(f"the files of rulebook {version} are not stored")
    return {name: _content(connection, digest) for name, digest in rows}


def catalogue_file(connection: sqlite3.Connection, key: str) -> bytes:
    """The database file of a stored catalogue.

    Raises:
        DamagedContentError: it is not stored, or not as it was.
    """
    row = connection.execute("SELECT content FROM catalogues WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise DamagedContentError(f"the catalogue {key} is not stored")
    return _content(connection, row[0])


def write_out(database: Database, rulebook_version: str, catalogue: str, folder: Path) -> None:
    """Write a stored rulebook into `folder`/rules and a stored catalogue into `folder`/catalogue.sqlite.

    The folder appears whole or not at all.

    Raises:
        DamagedContentError: what is stored is not what it was, or not there.
        OSError: there is no room, or the folder is in use.
    """
    connection = database.connection()
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in rulebook_files(connection, rulebook_version).items():
            path = unfinished / RULES_FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (unfinished / CATALOGUE_FILE).write_bytes(catalogue_file(connection, catalogue))
        os.rename(unfinished, folder)  # noqa: PTH104  # replaces an empty folder, which Path.rename may refuse
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _content(connection: sqlite3.Connection, digest: str) -> bytes:
    row = connection.execute("SELECT packed FROM contents WHERE hash = ?", (digest,)).fetchone()
    if row is None:
        raise DamagedContentError(f"the content {digest} is not stored")
    try:
        content = zlib.decompress(row[0])
    except zlib.error as error:
        raise DamagedContentError(f"the content {digest} is damaged: {error}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedContentError(f"the content {digest} is damaged: its hash is another")
    return content

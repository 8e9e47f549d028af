"""What a server asks of releases: which one is active, its files, and to note what is served."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from engine.store import contents
from engine.store.database import Database
from engine.store.release import release, time_text
from engine.store.release_changes import ReleaseChanges


def active(database: Database, now: datetime) -> int | None:
    """The number of the active release, after what is due by `now` was activated; None where none is active."""
    connection = database.connection()
    due = connection.execute(
        "SELECT 1 FROM releases WHERE activate_at != '' AND activate_at <= ? LIMIT 1", (time_text(now),)
    ).fetchone()
    if due is not None:
        with database.writing() as writing:
            ReleaseChanges(writing, now).activate_due()
    row = connection.execute("SELECT id FROM releases WHERE state = 'active'").fetchone()
    return None if row is None else int(row[0])


def materialise(database: Database, number: int, folder: Path) -> tuple[Path, Path]:
    """Write the files of a release into a folder; gives the folder of rules and the catalogue's database.

    The folder appears whole or not at all.

    Raises:
        UnknownReleaseError: there is no such release.
        DamagedContentError: what is stored is not what it was.
        OSError: there is no room.
    """
    found = release(database.connection(), number)
    contents.write_out(database, found.rulebook_version, found.catalogue_key, folder)
    return folder / contents.RULES_FOLDER, folder / contents.CATALOGUE_FILE


def tell_serving(database: Database, server: str, number: int, now: datetime) -> None:
    """Note that a server serves a release from now on, 0 for files."""
    with database.writing() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO serving (server, release, at, seen) VALUES (?1, ?2, ?3, ?3)",
            (server, number, time_text(now)),
        )


def tell_refused(database: Database, server: str, number: int, error: str, now: datetime) -> None:
    """Note that a server could not load a release and goes on with what it served, where it served anything."""
    with database.writing() as connection:
        connection.execute("INSERT OR IGNORE INTO serving (server, release, at, seen) VALUES (?, 0, '', '')", (server,))
        connection.execute(
            "UPDATE serving SET refused = ?, error = ?, seen = ? WHERE server = ?",
            (number, error[:2000], time_text(now), server),
        )


def tell_alive(database: Database, server: str, now: datetime) -> None:
    """Note that a server goes on as it said."""
    with database.writing() as connection:
        connection.execute("UPDATE serving SET seen = ? WHERE server = ?", (time_text(now), server))


def tell_stopped(database: Database, server: str) -> None:
    """Note that a server ended."""
    with database.writing() as connection:
        connection.execute("DELETE FROM serving WHERE server = ?", (server,))

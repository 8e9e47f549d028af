"""Which files a server should serve now: those of the active release, or those it was started with where none is."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.store import contents, releases
from engine.store.database import Database, StoreError
from engine.store.release import UnknownReleaseError

LOG = logging.getLogger("quotewright")

RETRY_SECONDS = 10
ALIVE = timedelta(seconds=10)
"""Between two notes that the server goes on."""


@dataclass(frozen=True, slots=True)
class Files:
    """What a generation is loaded from.

    Attributes:
        rules: folder of rule files.
        catalog: the catalogue.
        release: number of the release that they are; 0 for files that belong to none.
    """

    rules: Path
    catalog: Path
    release: int = 0


class WantedFiles:
    """Looks at the database, which costs one statement unless something changed or is due."""

    def __init__(self, given: Files, database: Database | None, server: str) -> None:
        """Prepare.

        Args:
            given: what the server was started with.
            database: of releases; None for a server without one.
            server: its address, under which it notes what it serves.
        """
        self._given = given
        self._database = database
        self._server = server
        self._wanted: Files | None = None
        self._failed_at: datetime | None = None
        self._not_noted = ""
        self._told_alive = datetime.now(UTC)
        self._folder = Path(tempfile.mkdtemp(prefix="quotewright-serving-")) if database is not None else None

    def __call__(self) -> Files:
        """The files that should be served now.

        Raises:
            StoreError: at the first time, where the active release cannot be had: other files must not pass for it.
        """
        if self._database is None:
            return self._given
        now = datetime.now(UTC)
        wanted = self._wanted
        if wanted is not None and self._failed_at is not None and (now - self._failed_at).seconds < RETRY_SECONDS:
            return wanted
        number = 0
        try:
            number = releases.active(self._database, now) or 0
            if wanted is None or number != wanted.release:
                wanted = self._files(self._database, number)
            self._failed_at = None
        except (sqlite3.Error, StoreError, contents.DamagedContentError, UnknownReleaseError, OSError) as error:
            if wanted is None:
                raise StoreError(f"the active release cannot be had: {error}") from error
            self._failed_at = now
            LOG.error("the active release cannot be had, what is served goes on: %s", error)  # noqa: TRY400
            self.refused(Files(wanted.rules, wanted.catalog, number), str(error))
        if now - self._told_alive >= ALIVE:
            self._told_alive = now
            self._note(lambda database: releases.tell_alive(database, self._server, now))
        self._wanted = wanted
        return wanted

    def edited(self) -> bool:
        """Whether files that were saved are those that should be served; where they are not, the log says why."""
        release = 0 if self._wanted is None else self._wanted.release
        if release:
            LOG.warning("release %d is active: what was saved is served when it is released", release)
        return not release

    def served(self, files: Files) -> None:
        """Note that these files are served now."""
        if self._database is None or self._folder is None:
            return
        self._note(lambda database: releases.tell_serving(database, self._server, files.release, datetime.now(UTC)))
        wanted = files if self._wanted is None else self._wanted
        for old in self._folder.iterdir():
            if old not in (files.rules.parent, wanted.rules.parent):
                shutil.rmtree(old, ignore_errors=True)

    def refused(self, files: Files, reason: str) -> None:
        """Note that these files could not be loaded, and that what was served goes on."""
        if files.release:
            now = datetime.now(UTC)
            self._note(lambda database: releases.tell_refused(database, self._server, files.release, reason, now))

    def close(self) -> None:
        """Note that nothing is served any more, and take the files away."""
        if self._database is None or self._folder is None:
            return
        self._note(lambda database: releases.tell_stopped(database, self._server))
        self._database.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _note(self, write: Callable[[Database], None]) -> None:
        """Write what others may want to know; serving does not depend on it."""
        if self._database is None:
            return
        try:
            write(self._database)
        except sqlite3.Error as error:
            if str(error) != self._not_noted:  # told once, however long it lasts
                LOG.warning("what this server does could not be noted in the database: %s", error)
            self._not_noted = str(error)
        else:
            self._not_noted = ""

    def _files(self, database: Database, number: int) -> Files:
        if not number:
            return self._given
        assert self._folder is not None
        folder = self._folder / f"release-{number}"
        if folder.exists():
            return Files(folder / contents.RULES_FOLDER, folder / contents.CATALOGUE_FILE, number)
        return Files(*releases.materialise(database, number, folder), number)

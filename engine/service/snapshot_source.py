"""Where snapshots come from: a folder of rules and a catalogue, read again whenever they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog import store
from catalog.importers.read import read_catalog
from catalog.model import Catalog
from engine.compile import try_snapshot
from engine.diagnostics import Code, Finding, Findings, RejectedError
from engine.snapshot import Snapshot
from engine.source import Span

DATABASE_SUFFIXES = (".sqlite", ".sqlite3", ".db")


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """The files that a server or a command works on.

    Attributes:
        rules: folder of rule files.
        catalog: catalogue database (.sqlite, .sqlite3, .db), YAML file, or folder of YAML or CSV files.
    """

    rules: Path
    catalog: Path

    def load(self) -> tuple[Snapshot, Findings]:
        """The snapshot of the files as they are now, and warnings about them.

        Raises:
            RejectedError: they have mistakes; carries every finding of rules and catalogue.
        """
        snapshot, findings = try_snapshot(self.rules, self.load_catalog())
        if snapshot is None:
            raise RejectedError(findings)
        return snapshot, findings

    def load_catalog(self) -> Catalog:
        """The catalogue alone.

        Raises:
            RejectedError: it has mistakes.
        """
        if self.catalog.suffix in DATABASE_SUFFIXES:
            try:
                return store.load(self.catalog)
            except store.CatalogStoreError as error:
                place = Span(self.catalog.as_posix())
                raise RejectedError(Findings([Finding(Code.FILE_UNREADABLE, str(error), place)])) from None
        imported = read_catalog(self.catalog)
        if imported.catalog is None:
            imported.findings.texts.update(imported.texts())
            raise RejectedError(imported.findings)
        return imported.catalog

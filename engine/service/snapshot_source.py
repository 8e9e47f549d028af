"""Where snapshots come from: a folder of rules and a catalogue, read again whenever they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.importers.read import read_catalog
from engine.compile import try_snapshot
from engine.diagnostics import Findings, RejectedError
from engine.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """The files that a server or a command works on.

    Attributes:
        rules: folder of rule files.
        catalog: catalogue files, or a folder of them.
    """

    rules: Path
    catalog: Path

    def load(self) -> tuple[Snapshot, Findings]:
        """The snapshot of the files as they are now, and warnings about them.

        Raises:
            RejectedError: they have mistakes; carries every finding of rules and catalogue.
        """
        imported = read_catalog(self.catalog)
        if imported.catalog is None:
            imported.findings.texts.update(imported.texts())
            raise RejectedError(imported.findings)
        snapshot, findings = try_snapshot(self.rules, imported.catalog)
        if snapshot is None:
            raise RejectedError(findings)
        return snapshot, findings

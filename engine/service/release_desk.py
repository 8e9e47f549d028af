"""What happens to releases: rulebooks checked and staged, activated, rolled back; one transaction a change."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalog.model import Catalog
from catalog.store import CatalogStoreError
from engine.compile import try_snapshot
from engine.diagnostics import Code, Finding, Findings, RejectedError, Severity
from engine.quote import Violation
from engine.service.engine_version import engine_version
from engine.service.errors import StorageError
from engine.service.rulebook_files import in_a_folder, rule_files
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot
from engine.source import SourceText, Span
from engine.store import contents
from engine.store.approvals import KeyReusedError, Transaction
from engine.store.catalogue_file import catalogue_key, pack_catalogue
from engine.store.database import Database
from engine.store.release import Release
from engine.store.release_changes import ReleaseChanges
from engine.wire.violations import Reason, RequestRejectedError


@dataclass(frozen=True, slots=True)
class CheckedRulebook:
    """Files of a rulebook after the check.

    Attributes:
        files: by name, as they are read.
        findings: everything that was found, in rules and catalogue.
        catalog: that they were checked with; None where it cannot be used.
        snapshot: what they compile to; None where there are errors.
    """

    files: Mapping[str, bytes]
    findings: Findings
    catalog: Catalog | None
    snapshot: Snapshot | None


def check_rulebook(files: Mapping[str, bytes], catalog: Path) -> CheckedRulebook:
    """Load, check and compile the files of a rulebook, whose names were checked before.

    Raises:
        StorageError: there is no room for the files.
    """
    findings = Findings()
    try:
        loaded = SnapshotSource(Path(), catalog).load_catalog()
    except RejectedError as error:
        return CheckedRulebook(files, error.findings, None, None)
    with telling_storage_errors("the folder of temporary files"), in_a_folder(files) as folder:
        read = rule_files(folder, Findings())
        for name in sorted(files.keys() - read.keys()):
            told = "this file is not read as one of rules: it is hidden, a test, or in a folder of quotes"
            findings.add(Code.WRONG_VALUE, told, Span(name), hint="leave it out")
        snapshot, found = try_snapshot(folder, loaded)
    found.extend(findings)
    return CheckedRulebook(read, found, loaded, None if found.errors else snapshot)


class ReleaseDesk:
    """Takes rulebooks through their releases; safe to share between threads."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self._clock = clock

    def stage(self, changes: ReleaseChanges, kept: Kept, person: str, reason: str) -> Release:
        """Store a checked rulebook as a release."""
        contents.keep_rulebook(changes.connection, kept.rulebook_version, kept.rulebook_name, kept.files)
        if kept.packed is not None:
            contents.keep_catalogue(changes.connection, kept.packed)
        return changes.stage(
            rulebook_version=kept.rulebook_version,
            catalogue_key=kept.catalogue_key,
            engine_version=engine_version(),
            rules=kept.rules,
            findings=kept.findings,
            person=person,
            reason=reason,
        )

    def prepare(self, checked: CheckedRulebook) -> Kept:
        """What is stored of a checked rulebook, put together before the transaction that stores it.

        Raises:
            StorageError: there is no room for the catalogue's file.
        """
        snapshot, catalog = checked.snapshot, checked.catalog
        assert snapshot is not None
        assert catalog is not None
        key = catalogue_key(catalog)
        packed = None
        if not contents.has_catalogue(self.database.connection(), key):
            with telling_storage_errors("the folder of temporary files"):
                packed = pack_catalogue(catalog)
        told = [finding_fields(finding) for finding in checked.findings.sorted()]
        return Kept(
            checked.files,
            snapshot.rulebook_version,
            snapshot.rulebook_name,
            len(snapshot.rules),
            key,
            packed,
            json.dumps(told, ensure_ascii=False),
        )

    def once(self, key: str, method: str, request: bytes, work: Callable[[ReleaseChanges], bytes]) -> bytes:
        """Do `work` in one transaction, once for an idempotency key; a repeated call gets the first one's answer.

        What is due by now is activated before, in the same transaction.

        Raises:
            StorageError: the database could not be written; nothing changed.
        """
        fingerprint = hashlib.sha256(method.encode() + b"\0" + request).hexdigest()
        now = self._clock()
        with telling_storage_errors(f"the database {self.database.path}"), self.database.writing() as connection:
            answers = Transaction(connection)
            if key:
                try:
                    answered = answers.answer(key, fingerprint)
                except KeyReusedError as error:
                    raise RequestRejectedError([Violation("idempotency_key", Reason.CONFLICT, str(error))]) from None
                if answered is not None:
                    return answered
            changes = ReleaseChanges(connection, now)
            changes.activate_due()
            response = work(changes)
            if key:
                answers.remember(key, fingerprint, response, now)
            return response


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a rulebook that was checked.

    Attributes:
        files: by name.
        rulebook_version: content hash of the files.
        rulebook_name: as its settings say.
        rules: how many there are.
        catalogue_key: names the catalogue that it was checked with.
        packed: that catalogue; None where it is stored already.
        findings: warnings and notes, as JSON text.
    """

    files: Mapping[str, bytes]
    rulebook_version: str
    rulebook_name: str
    rules: int
    catalogue_key: str
    packed: contents.PackedCatalogue | None
    findings: str


@contextlib.contextmanager
def telling_storage_errors(where: str) -> Iterator[None]:
    """Failures to read or write become a StorageError that says where."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError, CatalogStoreError, OSError) as error:
        raise StorageError(f"{where} cannot be used, and nothing was changed: {error}") from error


def finding_fields(finding: Finding) -> dict[str, str | int]:
    """A finding as plain values, for storing."""
    span = finding.span
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "example": finding.example,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_column": span.end_column,
        "sheet": span.sheet,
        "cell": span.cell,
    }


def read_findings(text: str, files: Mapping[str, bytes] | None = None) -> Findings:
    """The findings that `finding_fields` stored, with the texts of the files where they are given."""
    findings = Findings()
    for item in json.loads(text):
        span = Span(item["file"], item["line"], item["column"], item["end_column"], item["sheet"], item["cell"])
        findings.add(
            Code(item["code"]),
            item["message"],
            span,
            severity=Severity(item["severity"]),
            hint=item["hint"],
            example=item["example"],
        )
        if files and span.file in files and span.line and not span.sheet:
            findings.texts[span.file] = SourceText(span.file, files[span.file].decode("utf-8-sig", "replace"))
    return findings

"""Contracts as stored, and the renewal that was proposed for each: no contract is proposed twice by accident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from engine.store.database import Database

TABLES = (
    """CREATE TABLE contracts (
        contract_id TEXT PRIMARY KEY, version INTEGER NOT NULL, customer_id TEXT NOT NULL, ends TEXT NOT NULL,
        document BLOB NOT NULL)""",
    "CREATE INDEX contracts_ends ON contracts (ends, contract_id)",
    """CREATE TABLE renewals (
        contract_id TEXT PRIMARY KEY REFERENCES contracts, contract_version INTEGER NOT NULL, day TEXT NOT NULL,
        state TEXT NOT NULL, rulebook_version TEXT NOT NULL, catalogue_version TEXT NOT NULL,
        document BLOB NOT NULL)""",
)
"""The tables of this part, as SQL."""

REFUSED = "refused"
"""State of a renewal that was not possible: it is tried again with other rules or another catalogue."""


@dataclass(frozen=True, slots=True)
class StoredContract:
    """A contract as stored.

    Attributes:
        contract_id: identifier.
        version: grows with every change.
        customer_id: for listings; "" for none.
        ends: last day.
        document: the contract, as bytes that the store does not interpret.
        renewal: state of the renewal proposed for this version; "" where none was.
    """

    contract_id: str
    version: int
    customer_id: str
    ends: date
    document: bytes
    renewal: str = ""


@dataclass(frozen=True, slots=True)
class StoredRenewal:
    """What was proposed for a contract.

    Attributes:
        contract_id: of which contract.
        contract_version: of which version of it.
        day: the day whose prices hold.
        state: what became of it; REFUSED has a meaning here, others are the caller's.
        rulebook_version: of the rules that decided it.
        catalogue_version: of the catalogue that decided it.
        document: the renewal, as bytes that the store does not interpret.
    """

    contract_id: str
    contract_version: int
    day: date
    state: str
    rulebook_version: str
    catalogue_version: str
    document: bytes


@dataclass(frozen=True, slots=True)
class Window:
    """Contracts to renew.

    Attributes:
        first: contracts that end on this day or later.
        last: contracts that end on this day or earlier.
        day: today.
        again: also those for which a renewal was proposed on an earlier day.
        rulebook_version: of the rules at work: what others refused is tried again.
        catalogue_version: of the catalogue at work, likewise.
    """

    first: date
    last: date
    day: date
    again: bool
    rulebook_version: str
    catalogue_version: str


_FROM = """FROM contracts c
    LEFT JOIN renewals r ON r.contract_id = c.contract_id AND r.contract_version = c.version"""
_CONTRACT = f"SELECT c.contract_id, c.version, c.customer_id, c.ends, c.document, coalesce(r.state, '') {_FROM}"
_IN_WINDOW = """c.ends BETWEEN :first AND :last AND (r.contract_id IS NULL OR (:again AND r.day < :day)
    OR (r.state = :refused AND (r.rulebook_version, r.catalogue_version) != (:rulebook, :catalogue)))"""


class ContractStore:
    """Contracts and their renewals in the database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, contracts: Iterable[StoredContract]) -> list[int]:
        """Store contracts in one transaction; gives their versions. One that is stored as it is keeps its version."""
        versions = []
        with self._database.writing() as connection:
            for item in contracts:
                row = connection.execute(
                    "SELECT version, document FROM contracts WHERE contract_id = ?", (item.contract_id,)
                ).fetchone()
                version: int = row[0] if row else 0
                if not row or bytes(row[1]) != item.document:
                    version += 1
                    connection.execute(
                        "INSERT INTO contracts (contract_id, version, customer_id, ends, document) "
                        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, "
                        "customer_id = excluded.customer_id, ends = excluded.ends, document = excluded.document",
                        (item.contract_id, version, item.customer_id, item.ends.isoformat(), item.document),
                    )
                versions.append(version)
        return versions

    def contract(self, contract_id: str) -> StoredContract | None:
        """A contract as stored; None where it is not known."""
        row = self._database.connection().execute(f"{_CONTRACT} WHERE c.contract_id = ?", (contract_id,)).fetchone()
        return None if row is None else _contract(row)

    def contracts(
        self, first: date | None, last: date | None, customer_id: str, limit: int, offset: int
    ) -> list[StoredContract]:
        """Contracts by their last day, then id: those that end in a window, of one customer where one is named."""
        rows = self._database.connection().execute(
            f"{_CONTRACT} WHERE c.ends BETWEEN ? AND ? AND (? = '' OR c.customer_id = ?) "
            "ORDER BY c.ends, c.contract_id LIMIT ? OFFSET ?",
            (_text(first or date.min), _text(last or date.max), customer_id, customer_id, limit, offset),
        )
        return [_contract(row) for row in rows]

    def due_count(self, window: Window) -> int:
        """How many contracts `due` gives."""
        count = self._database.connection().execute(
            f"SELECT count(*) {_FROM} WHERE {_IN_WINDOW}",
            _values(window),
        )
        return int(count.fetchone()[0])

    def due(self, window: Window, after: StoredContract | None, limit: int) -> list[StoredContract]:
        """Contracts of a window for which nothing was proposed yet, by their last day, then id, from `after` on."""
        rows = self._database.connection().execute(
            f"{_CONTRACT} WHERE {_IN_WINDOW} AND (c.ends, c.contract_id) > (:ends, :contract_id) "
            "ORDER BY c.ends, c.contract_id LIMIT :limit",
            {
                **_values(window),
                "ends": "" if after is None else _text(after.ends),
                "contract_id": "" if after is None else after.contract_id,
                "limit": limit,
            },
        )
        return [_contract(row) for row in rows]

    def save_renewals(self, renewals: Iterable[StoredRenewal]) -> None:
        """Keep what was proposed, in one transaction, in the place of what was proposed for the contracts before."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO renewals (contract_id, contract_version, day, state, rulebook_version, "
                "catalogue_version, document) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (r.contract_id, r.contract_version, _text(r.day), r.state, r.rulebook_version,
                     r.catalogue_version, r.document)
                    for r in renewals
                ],
            )  # fmt: skip

    def renewal(self, contract_id: str) -> StoredRenewal | None:
        """What was proposed last for a contract; None where nothing was."""
        row = self._database.connection().execute(f"{_RENEWAL} WHERE r.contract_id = ?", (contract_id,)).fetchone()
        return None if row is None else _renewal(row)

    def renewals(self, first: date, last: date) -> Iterator[StoredRenewal]:
        """What was proposed for the contracts as they stand that end in a window, by their last day, then id."""
        rows = self._database.connection().execute(
            f"{_RENEWAL} JOIN contracts c ON c.contract_id = r.contract_id AND c.version = r.contract_version "
            "WHERE c.ends BETWEEN ? AND ? ORDER BY c.ends, c.contract_id",
            (_text(first), _text(last)),
        )
        for row in rows:
            yield _renewal(row)


_RENEWAL = (
    "SELECT r.contract_id, r.contract_version, r.day, r.state, r.rulebook_version, r.catalogue_version, r.document "
    "FROM renewals r "
)


def _text(day: date) -> str:
    return day.isoformat()


def _values(window: Window) -> dict[str, str | bool]:
    return {
        "first": _text(window.first),
        "last": _text(window.last),
        "day": _text(window.day),
        "again": window.again,
        "refused": REFUSED,
        "rulebook": window.rulebook_version,
        "catalogue": window.catalogue_version,
    }


def _contract(row: tuple[str, int, str, str, bytes, str]) -> StoredContract:
    contract_id, version, customer_id, ends, document, renewal = row
    return StoredContract(contract_id, version, customer_id, date.fromisoformat(ends), bytes(document), renewal)


def _renewal(row: tuple[str, int, str, str, str, str, bytes]) -> StoredRenewal:
    contract_id, version, day, state, rulebook, catalogue, document = row
    return StoredRenewal(contract_id, version, date.fromisoformat(day), state, rulebook, catalogue, bytes(document))

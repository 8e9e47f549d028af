"""The audit log's hash chain: every entry carries the hash of the one before, so that no entry can be changed alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One transition.

    Attributes:
        sequence: from 1, without gaps.
        at: when, as ISO 8601 text in UTC.
        actor: who; "" for time.
        kind: for example "quote.submitted".
        quote_id: of which quote.
        version: of the quote after the transition.
        detail: why and what else, as JSON text.
        previous: hash of the entry before.
        hash: of this entry and `previous`.
    """

    sequence: int
    at: str
    actor: str
    kind: str
    quote_id: str
    version: int
    detail: str
    previous: str
    hash: str


def entry_hash(
    sequence: int, at: str, actor: str, kind: str, quote_id: str, version: int, detail: str, previous: str
) -> str:
    """SHA-256 over the fields, each told apart from the next."""
    fields = json.dumps([sequence, at, actor, kind, quote_id, version, detail, previous], ensure_ascii=False)
    return hashlib.sha256(fields.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AuditFault:
    """Where the chain is broken, and how."""

    sequence: int
    message: str


def first_fault(entries: Iterable[AuditEntry]) -> AuditFault | None:
    """The first entry that is not what was written; None where the whole chain holds."""
    previous, expected = FIRST_HASH, 1
    for entry in entries:
        if entry.sequence != expected:
            return AuditFault(expected, f"entry {expected} is missing: the next one is {entry.sequence}")
        if entry.previous != previous:
            return AuditFault(entry.sequence, f"entry {entry.sequence} does not follow the entry before it")
        fields = (entry.at, entry.actor, entry.kind, entry.quote_id, entry.version, entry.detail, entry.previous)
        if entry_hash(entry.sequence, *fields) != entry.hash:
            return AuditFault(entry.sequence, f"entry {entry.sequence} was changed after it was written")
        previous, expected = entry.hash, entry.sequence + 1
    return None

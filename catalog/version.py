"""The name of a catalogue's content: a hash over its rows, table by table, that can be taken while they are read."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

DIGITS = 32
_HASHED_TOGETHER = 1000  # rows per call of the JSON encoder; part of what the version means
_encode = json.JSONEncoder(separators=(",", ":")).encode


class ContentHash:
    """SHA-256 over all rows as ASCII JSON, cut to 128 bits; rows pass through it in the order of their keys."""

    __slots__ = ("_digests",)

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}

    def rows(self, table: str, rows: Iterable[Any]) -> Iterator[Any]:
        """The rows of a table, which count once all are taken."""
        digest = hashlib.sha256()
        iterator = iter(rows)
        while batch := list(itertools.islice(iterator, _HASHED_TOGETHER)):
            digest.update(_encode(batch).encode("ascii"))
            yield from batch
        self._digests[table] = digest.digest()

    @property
    def complete(self) -> frozenset[str]:
        """The tables of which all rows were taken."""
        return frozenset(self._digests)

    def version(self) -> str:
        """The version of what has passed."""
        whole = hashlib.sha256()
        for table in sorted(self._digests):
            whole.update(_encode(table).encode("ascii") + self._digests[table])
        return whole.hexdigest()[:DIGITS]


def content_version(tables: Iterable[tuple[str, Iterable[Any]]]) -> str:
    """The version of these tables."""
    content = ContentHash()
    for name, rows in tables:
        for _ in content.rows(name, rows):
            pass
    return content.version()

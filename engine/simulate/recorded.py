"""Quotes that a database keeps: recorded requests, each different one once, and quotes in approval."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from engine.wire.request_file import Request, read_quote_bytes, read_request_bytes

SUFFIXES = (".db", ".sqlite", ".sqlite3")

_DECISIONS = """
    SELECT min(id), request FROM decisions WHERE method IN ('PriceQuote', 'PriceQuotes')
    GROUP BY request ORDER BY min(number)
"""
_CASES = "SELECT quote_id, quote FROM cases ORDER BY quote_id"


class RecordedRequest(NamedTuple):
    """A request as it was stored.

    Attributes:
        name: what it is called in its database.
        content: its bytes.
        is_quote: whether they are those of a quote alone.
    """

    name: str
    content: bytes
    is_quote: bool


def is_database(path: Path) -> bool:
    """Whether a file is called like a database."""
    return path.suffix.lower() in SUFFIXES


def recorded_requests(path: Path) -> Iterator[RecordedRequest]:
    """The requests of a database, decisions first.

    Raises:
        ValueError: the file is no database that the engine keeps.
    """
    with closing(_open(path)) as connection:
        tables = _tables(connection, path)
        if "decisions" in tables:
            for identifier, request in connection.execute(_DECISIONS):
                yield RecordedRequest(f"decision {identifier[:12]}", zlib.decompress(request), is_quote=False)
        if "cases" in tables:
            for quote_id, quote in connection.execute(_CASES):
                yield RecordedRequest(f"quote {quote_id}", quote, is_quote=True)


def count_requests(path: Path) -> int:
    """How many requests `recorded_requests` gives; raises as it does."""
    with closing(_open(path)) as connection:
        tables = _tables(connection, path)
        queries = [query for table, query in (("decisions", _DECISIONS), ("cases", _CASES)) if table in tables]
        return sum(connection.execute(f"SELECT count(*) FROM ({query})").fetchone()[0] for query in queries)  # noqa: S608  # ours


def read_recorded(recorded: RecordedRequest) -> Request:
    """What a recorded request asks for.

    Raises:
        QuoteRejectedError: it is none; carries every violation.
        ValueError: its bytes are no request.
    """
    return read_quote_bytes(recorded.content) if recorded.is_quote else read_request_bytes(recorded.content)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _tables(connection: sqlite3.Connection, path: Path) -> set[str]:
    try:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise ValueError(f"{path}: is no database of quotes: {error}") from None
    if not found & {"decisions", "cases"}:
        raise ValueError(f"{path}: the database holds neither decisions nor quotes in approval")
    return found

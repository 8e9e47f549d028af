"""Decisions recorded while they are made: the hot path hashes and appends, a thread writes them aside in batches.

Recording never delays or fails a decision: what the database does not take in time is left out, counted and told.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from google.protobuf.message import DecodeError
from quotewright.v1 import quote_service_pb2

from engine.diagnostics import Findings
from engine.load.files import content_hash, read_folder
from engine.service.engine_version import engine_version
from engine.service.method import Service, Stream, TimeLeft, Unary
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot
from engine.store import contents
from engine.store.catalogue_file import catalogue_key, pack_catalogue
from engine.store.database import Database, StoreError
from engine.store.decisions import ID_DIGITS, NewDecision, Versions, note_unrecorded, record
from engine.store.release import time_text

LOG = logging.getLogger("quotewright")

MAX_WAITING = 20_000
MAX_WAITING_BYTES = 64 * 1024 * 1024
BATCH = 500
SECONDS = 0.5
"""Between two looks at what waits: a process that is killed loses what waited."""

# A field of the reply is appended to its bytes: its tag, the length of the id, the id.
_DECISION_ID_2 = bytes([2 << 3 | 2, ID_DIGITS])
_DECISION_ID_3 = bytes([3 << 3 | 2, ID_DIGITS])
_DECISION_1 = 1 << 3 | 2


class DecisionRecorder:
    """Records the decisions of one process, whose snapshot never changes.

    Attributes:
        recorded: how many were written.
        left_out: how many were not, because too many waited or the database took none.
    """

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database = database
        self._versions = versions
        self._waiting: deque[tuple[str, float, bytes, bytes]] = deque()
        self._waiting_bytes = 0
        self._not_waiting = 0
        self._hash = hashlib.sha256("\0".join(("PriceQuote", *_texts(versions), "")).encode())
        self._ended = threading.Event()
        self.recorded = 0
        self.left_out = 0
        self._told_at = 0.0
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def recording(self, service: Service) -> Service:
        """The service with its decisions recorded; itself where it decides nothing that is."""
        if service.name != "quotewright.v1.QuoteService":
            return service
        unary = {**service.unary, "PriceQuote": self._unary(service.unary["PriceQuote"])}
        streams = {**service.streams, "PriceQuotes": self._stream(service.streams["PriceQuotes"])}
        return replace(service, unary=unary, streams=streams)

    def close(self) -> None:
        """Write what waits, and end the thread."""
        self._ended.set()
        self._thread.join()

    def _unary(self, method: Unary) -> Unary:
        take = self._take

        def recorded(request: bytes) -> bytes:
            response = method(request)
            return response + _DECISION_ID_2 + take(request, response)

        return recorded

    def _stream(self, method: Stream) -> Stream:
        take = self._take

        def recorded(requests: Iterable[bytes], time_left: TimeLeft) -> Iterator[bytes]:
            asked: deque[bytes] = deque()

            def noted() -> Iterator[bytes]:
                for request in requests:
                    asked.append(request)
                    yield request

            for response in method(noted(), time_left):
                request = asked.popleft()
                if response[:1] and response[0] == _DECISION_1:
                    yield response + _DECISION_ID_3 + take(request, response)
                else:
                    yield response  # an error decides nothing

        return recorded

    def _take(self, request: bytes, response: bytes) -> bytes:
        """Let a decision be recorded; gives its id."""
        digest = self._hash.copy()
        digest.update(request)
        identifier = digest.hexdigest()[:ID_DIGITS]
        if len(self._waiting) < MAX_WAITING and self._waiting_bytes < MAX_WAITING_BYTES:
            self._waiting_bytes += len(request) + len(response)
            self._waiting.append((identifier, time.time(), request, response))
        else:
            self._not_waiting += 1
        return identifier.encode("ascii")

    def _work(self) -> None:
        last = False
        while not last:
            last = self._ended.wait(SECONDS)
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                self._write(batch)
            self._waiting_bytes = 0
            self._tell()

    def _write(self, batch: list[tuple[str, float, bytes, bytes]]) -> None:
        new = [
            NewDecision(identifier, "PriceQuote", quote_id(request), time_text(datetime.fromtimestamp(at, UTC)),
                        request, response)
            for identifier, at, request, response in batch
        ]  # fmt: skip
        try:
            with self._database.writing() as connection:
                record(connection, self._versions, new)
        except sqlite3.Error as error:
            self._left_out(len(batch), str(error))
        else:
            self.recorded += len(batch)

    def _tell(self) -> None:
        count, self._not_waiting = self._not_waiting, 0
        if count:
            self._left_out(count, "too many waited to be written")

    def _left_out(self, count: int, reason: str) -> None:
        self.left_out += count
        if time.monotonic() - self._told_at > 10:
            self._told_at = time.monotonic()
            LOG.error("decisions are not recorded: %s; %d left out so far", reason, self.left_out)
        try:
            with self._database.writing() as connection:
                note_unrecorded(connection, time_text(datetime.now(UTC)), count, reason)
        except sqlite3.Error:
            pass  # the log has it


def keep_versions(database: Database, source: SnapshotSource, snapshot: Snapshot) -> Versions:
    """Store the files that a snapshot was loaded from, so that its decisions can be replayed; gives their names.

    Raises:
        StoreError: they cannot be stored, or are no longer what was loaded.
    """
    key = catalogue_key(snapshot.catalog)
    files = read_folder(source.rules, Findings())
    if content_hash(files) != snapshot.rulebook_version:
        raise StoreError("the rule files changed while they were loaded: load them again")
    of_rules = {name: file.content for name, file in files.items()}
    connection = database.connection()
    try:
        packed = None if contents.has_catalogue(connection, key) else pack_catalogue(snapshot.catalog)
        with database.writing() as writing:
            contents.keep_rulebook(writing, snapshot.rulebook_version, snapshot.rulebook_name, of_rules)
            if packed is not None:
                contents.keep_catalogue(writing, packed)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise StoreError(f"what decisions are made of cannot be kept in {database.path}: {error}") from error
    return Versions(snapshot.rulebook_version, key, engine_version())


def quote_id(request: bytes) -> str:
    """The caller's reference in a request; "" where it has none."""
    try:
        return quote_service_pb2.PriceQuoteRequest.FromString(request).quote.id
    except DecodeError:
        return ""


def _texts(versions: Versions) -> tuple[str, str, str]:
    return versions.rulebook, versions.catalogue, versions.engine

"""Recorded decisions decided again: under the versions that decided them, byte for byte, or under others, in words."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message
from quotewright.v1 import quote_service_pb2

from engine.diagnostics import RejectedError
from engine.service.decision_difference import differences, first_difference
from engine.service.engine_version import engine_version
from engine.service.errors import CODES
from engine.service.quote_service import QuoteService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot, SnapshotHolder
from engine.store import contents
from engine.store.catalogue_file import catalogue_key
from engine.store.database import Database
from engine.store.decisions import RecordedDecision

Handler = Callable[[bytes], bytes]


def _price_quote(holder: SnapshotHolder) -> Handler:
    return QuoteService(holder).service().unary["PriceQuote"]


METHODS: Mapping[str, tuple[Callable[[SnapshotHolder], Handler], type[Message]]] = {
    "PriceQuote": (_price_quote, quote_service_pb2.PriceQuoteResponse),
}
"""How each recorded method is called again, and the message of its replies."""


class ReplayError(Exception):
    """A decision cannot be decided again; the message says why."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision decided again.

    Attributes:
        identical: whether the reply is the same, byte for byte.
        differences: how it differs, in words.
        response: the reply now; empty where the request is refused now.
        refusal: why it is refused now; "" where it is not.
    """

    identical: bool
    differences: list[str]
    response: bytes
    refusal: str


class Replayer:
    """Decides recorded requests again on one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._versions = snapshot.rulebook_version, catalogue_key(snapshot.catalog)
        holder = SnapshotHolder(snapshot)
        self._handlers = {name: make(holder) for name, (make, _) in METHODS.items()}

    def replay(self, recorded: RecordedDecision) -> Replayed:
        """Decide a recorded request again.

        Raises:
            ReplayError: its method is not known here.
        """
        handler = self._handlers.get(recorded.method)
        if handler is None:
            raise ReplayError(f"replies of the method {recorded.method!r} are not made again by this version")
        try:
            response = handler(recorded.request)
        except tuple(CODES) as error:
            return Replayed(False, [f"the request is refused: {error}"], b"", str(error))
        if response == recorded.response:
            return Replayed(True, [], response, "")
        same_versions = self._versions == (recorded.versions.rulebook, recorded.versions.catalogue)
        return Replayed(False, _told(recorded, response, versions=same_versions), response, "")


def _told(recorded: RecordedDecision, response: bytes, *, versions: bool) -> list[str]:
    before, after = read_response(recorded.method, recorded.response), read_response(recorded.method, response)
    told = differences(before.decision, after.decision, versions=versions)
    if not told and versions:
        told = [first_difference(before, after) or "the messages are equal, but their bytes are written differently"]
    return told


def read_response(method: str, response: bytes) -> quote_service_pb2.PriceQuoteResponse:
    """The message of a recorded reply."""
    message = METHODS[method][1]()
    message.ParseFromString(response)
    assert isinstance(message, quote_service_pb2.PriceQuoteResponse)
    return message


def stored_snapshot(database: Database, rulebook: str, catalogue: str) -> Snapshot:
    """The snapshot of a stored rulebook and a stored catalogue.

    Raises:
        ReplayError: they are not stored, or this version of the engine refuses them.
    """
    with tempfile.TemporaryDirectory(prefix="quotewright-replay-") as parent:
        folder = Path(parent, "stored")
        try:
            contents.write_out(database, rulebook, catalogue, folder)
        except (contents.DamagedContentError, OSError) as error:
            raise ReplayError(str(error)) from None
        source = SnapshotSource(folder / contents.RULES_FOLDER, folder / contents.CATALOGUE_FILE)
        try:
            snapshot, _ = source.load()
        except RejectedError as error:
            raise ReplayError(f"engine {engine_version()} refuses what is stored: {error}") from None
    if snapshot.rulebook_version != rulebook:
        raise ReplayError(f"what is stored as rulebook {rulebook} is {snapshot.rulebook_version}")
    return snapshot

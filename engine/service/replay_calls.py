"""The calls about recorded decisions, as functions of request bytes."""

from __future__ import annotations

from pathlib import Path

from quotewright.v1 import decision_service_pb2 as pb

from engine.diagnostics import RejectedError
from engine.service.engine_version import engine_version
from engine.service.errors import NotFoundError, ReleaseStateError
from engine.service.release_calls import read_position
from engine.service.replay import Replayer, ReplayError, read_response, stored_snapshot
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot
from engine.store.contents import catalogue_version
from engine.store.database import Database
from engine.store.decisions import (
    RecordedDecision,
    UnknownDecisionError,
    decision,
    decisions,
    unrecorded,
)
from engine.store.release import active_release
from engine.wire.pages import read_page_size
from engine.wire.violations import MAX_NAME, RequestRejectedError, Violations


class DecisionCalls:
    """The calls that only read the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_decisions(self, request: bytes) -> bytes:
        """A ListDecisionsRequest to a ListDecisionsResponse."""
        message = pb.ListDecisionsRequest.FromString(request)
        violations = Violations()
        size = read_page_size(message.page_size, violations)
        before = read_position(message.page_token, violations)
        quote_id = violations.text(message.quote_id, "quote_id", MAX_NAME)
        if violations.found:
            raise RequestRejectedError(violations.found)
        connection = self._database.connection()
        found = decisions(connection, size + 1, before, quote_id)
        response = pb.ListDecisionsResponse(
            decisions=(_recorded_message(self._database, item) for item in found[:size]),
            unrecorded=unrecorded(connection),
        )
        if len(found) > size:
            response.next_page_token = str(found[size - 1].number)
        return response.SerializeToString()

    def get_decision(self, request: bytes) -> bytes:
        """A GetDecisionRequest to a GetDecisionResponse."""
        recorded = _find(self._database, pb.GetDecisionRequest.FromString(request).id)
        response = pb.GetDecisionResponse(
            recorded=_recorded_message(self._database, recorded),
            request=recorded.request,
            response=recorded.response,
            decision=read_response(recorded.method, recorded.response).decision,
        )
        return response.SerializeToString()


def replay_decision(request: bytes, database: Database, rules: Path, catalog: Path) -> bytes:
    """A ReplayDecisionRequest to a ReplayDecisionResponse. Compiles: not for a process that serves.

    Args:
        request: as it came.
        database: of decisions and releases.
        rules: what serves where no release is active.
        catalog: likewise.
    """
    message = pb.ReplayDecisionRequest.FromString(request)
    recorded = _find(database, message.id)
    try:
        if message.versions == pb.REPLAY_VERSIONS_ACTIVE:
            snapshot = current_snapshot(database, SnapshotSource(rules, catalog))
        else:
            snapshot = stored_snapshot(database, recorded.versions.rulebook, recorded.versions.catalogue)
        replayed = Replayer(snapshot).replay(recorded)
    except ReplayError as error:
        raise ReleaseStateError(str(error)) from None
    response = pb.ReplayDecisionResponse(
        recorded=_recorded_message(database, recorded),
        identical=replayed.identical,
        differences=replayed.differences,
        rulebook_version=snapshot.rulebook_version,
        catalogue_version=snapshot.catalogue_version,
        engine_version=engine_version(),
        refusal=replayed.refusal,
    )
    if replayed.response:
        response.decision.CopyFrom(read_response(recorded.method, replayed.response).decision)
    return response.SerializeToString()


def current_snapshot(database: Database, files: SnapshotSource) -> Snapshot:
    """What is served today: the active release, or files where none is active.

    Raises:
        ReplayError: they cannot be used.
    """
    active = active_release(database.connection())
    if active is not None:
        return stored_snapshot(database, active.rulebook_version, active.catalogue_key)
    try:
        return files.load()[0]
    except RejectedError as error:
        raise ReplayError(str(error)) from None


def _find(database: Database, identifier: str) -> RecordedDecision:
    try:
        return decision(database.connection(), identifier)
    except UnknownDecisionError as error:
        raise NotFoundError("decision", identifier[:MAX_NAME], str(error)) from None


def _recorded_message(database: Database, recorded: RecordedDecision) -> pb.RecordedDecision:
    return pb.RecordedDecision(
        id=recorded.id,
        method=recorded.method,
        quote_id=recorded.quote_id,
        rulebook_version=recorded.versions.rulebook,
        catalogue_version=catalogue_version(database.connection(), recorded.versions.catalogue),
        engine_version=recorded.versions.engine,
        first_at=recorded.first_at,
        last_at=recorded.last_at,
        times=recorded.times,
    )

"""The calls that take rulebooks through their releases, as functions of request bytes and who calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from quotewright.v1 import rulebook_service_pb2 as pb

from engine.security.identity import Identity
from engine.security.refusals import acting_person
from engine.service.errors import NotFoundError, ReleaseStateError, StaleReleaseError
from engine.service.release_desk import CheckedRulebook, ReleaseDesk, check_rulebook, read_findings
from engine.service.rulebook_files import check_files
from engine.store import contents
from engine.store.database import Database
from engine.store.release import (
    ActiveReleaseChangedError,
    StateRefusedError,
    UnknownReleaseError,
    active_release,
    history,
    release,
    releases,
    scheduled,
    servers,
)
from engine.store.release_changes import ReleaseChanges
from engine.wire.pages import read_page_size
from engine.wire.violations import MAX_NAME, MAX_TEXT, Reason, RequestRejectedError, Violations
from engine.wire.write_release import event_message, finding_message, release_message, serving_message

MAX_FINDINGS = 10_000

ChangeRequest = pb.StageRulebookRequest | pb.ActivateReleaseRequest | pb.CancelActivationRequest | pb.RollBackRequest


def utc_now() -> datetime:
    """The clock of releases."""
    return datetime.now(UTC)


def validate_rulebook(request: bytes, catalog: Path) -> bytes:
    """A ValidateRulebookRequest to a ValidateRulebookResponse. Compiles: not for a process that serves."""
    message = pb.ValidateRulebookRequest.FromString(request)
    violations = Violations()
    files = _read_files(message.files, violations)
    _refuse(violations)
    return _validation(check_rulebook(files, catalog)).SerializeToString()


def stage_rulebook(request: bytes, caller: str | None, catalog: Path, database: Database) -> bytes:
    """A StageRulebookRequest to a StageRulebookResponse. Compiles: not for a process that serves."""
    message = pb.StageRulebookRequest.FromString(request)
    violations = Violations()
    person = _read_change(message, caller, violations)
    files = _read_files(message.files, violations)
    _refuse(violations)
    checked = check_rulebook(files, catalog)
    response = pb.StageRulebookResponse(validation=_validation(checked))
    if checked.snapshot is None:
        return response.SerializeToString()
    desk = ReleaseDesk(database, utc_now)
    kept = desk.prepare(checked)

    def work(changes: ReleaseChanges) -> bytes:
        response.release.CopyFrom(release_message(desk.stage(changes, kept, person, message.reason)))
        return response.SerializeToString()

    return desk.once(message.idempotency_key, "StageRulebook", request, work)


class ReleaseCalls:
    """The calls that only read and write the database."""

    def __init__(self, database: Database) -> None:
        self._desk = ReleaseDesk(database, utc_now)

    def activate_release(self, request: bytes, identity: Identity | None) -> bytes:
        """An ActivateReleaseRequest to an ActivateReleaseResponse."""
        message = pb.ActivateReleaseRequest.FromString(request)
        violations = Violations()
        person = _read_change(message, caller_name(identity), violations)
        at = _read_time(message.activate_at, "activate_at", violations)
        _refuse(violations)

        def work(changes: ReleaseChanges) -> bytes:
            number, expected, reason = message.release, message.expected_active, message.reason
            with_refusals = _Refusals(changes)
            with with_refusals:
                if at is None:
                    changed = changes.activate(number, expected, person, reason)
                else:
                    changed = changes.schedule(number, expected, person, reason, at)
            response = pb.ActivateReleaseResponse(
                release=release_message(changed), scheduled=_others_scheduled(changes, number)
            )
            return response.SerializeToString()

        return self._desk.once(message.idempotency_key, "ActivateRelease", request, work)

    def cancel_activation(self, request: bytes, identity: Identity | None) -> bytes:
        """A CancelActivationRequest to a CancelActivationResponse."""
        message = pb.CancelActivationRequest.FromString(request)
        violations = Violations()
        person = _read_change(message, caller_name(identity), violations)
        _refuse(violations)

        def work(changes: ReleaseChanges) -> bytes:
            with _Refusals(changes):
                changed = changes.cancel(message.release, person, message.reason)
            return pb.CancelActivationResponse(release=release_message(changed)).SerializeToString()

        return self._desk.once(message.idempotency_key, "CancelActivation", request, work)

    def roll_back(self, request: bytes, identity: Identity | None) -> bytes:
        """A RollBackRequest to a RollBackResponse."""
        message = pb.RollBackRequest.FromString(request)
        violations = Violations()
        person = _read_change(message, caller_name(identity), violations)
        if message.expected_active <= 0:
            violations.add("expected_active", Reason.REQUIRED, "the release that is active is required here")
        _refuse(violations)

        def work(changes: ReleaseChanges) -> bytes:
            with _Refusals(changes):
                changed = changes.roll_back(message.expected_active, person, message.reason)
            response = pb.RollBackResponse(
                release=release_message(changed), scheduled=_others_scheduled(changes, changed.id)
            )
            return response.SerializeToString()

        return self._desk.once(message.idempotency_key, "RollBack", request, work)

    def list_releases(self, request: bytes) -> bytes:
        """A ListReleasesRequest to a ListReleasesResponse."""
        message = pb.ListReleasesRequest.FromString(request)
        violations = Violations()
        size = read_page_size(message.page_size, violations)
        before = read_position(message.page_token, violations)
        _refuse(violations)
        connection = self._desk.database.connection()
        found = releases(connection, size + 1, before)
        active = active_release(connection)
        response = pb.ListReleasesResponse(
            releases=map(release_message, found[:size]),
            active=0 if active is None else active.id,
            servers=map(serving_message, servers(connection, utc_now())),
        )
        if len(found) > size:
            response.next_page_token = str(found[size - 1].id)
        return response.SerializeToString()

    def get_release(self, request: bytes) -> bytes:
        """A GetReleaseRequest to a GetReleaseResponse."""
        message = pb.GetReleaseRequest.FromString(request)
        connection = self._desk.database.connection()
        try:
            found = release(connection, message.release)
            files = contents.rulebook_files(connection, found.rulebook_version) if message.with_files else {}
        except UnknownReleaseError as error:
            raise NotFoundError("release", str(error.release)) from None
        except contents.DamagedContentError as error:
            raise ReleaseStateError(str(error)) from None
        response = pb.GetReleaseResponse(
            release=release_message(found),
            history=map(event_message, history(connection, found.id)),
            findings=map(finding_message, read_findings(found.findings)),
            servers=(
                serving_message(server)
                for server in servers(connection, utc_now())
                if found.id in (server.release, server.refused)
            ),
            files=(pb.RulebookFile(name=name, content=content) for name, content in files.items()),
        )
        return response.SerializeToString()


class _Refusals:
    """Inside, what the store refuses becomes what a caller is told."""

    __slots__ = ("_changes",)

    def __init__(self, changes: ReleaseChanges) -> None:
        self._changes = changes

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case UnknownReleaseError():
                raise NotFoundError("release", str(error.release)) from None
            case ActiveReleaseChangedError():
                details = None if error.active is None else release_message(error.active)
                raise StaleReleaseError(str(error), details) from None
            case StateRefusedError():
                raise ReleaseStateError(str(error)) from None


def caller_name(identity: Identity | None) -> str | None:
    """Who calls; None where the server asks for neither keys nor tokens."""
    return None if identity is None else identity.name


def read_position(token: str, violations: Violations) -> int:
    """The number that a page ends before; 0 without a token. Numbers never change, so that tokens stay good."""
    if not token:
        return 0
    if not (token.isascii() and token.isdigit() and len(token) < 19):
        violations.add("page_token", Reason.BAD_PAGE_TOKEN, "this is no token that a page came with")
        return 0
    return int(token)


def _read_change(message: ChangeRequest, caller: str | None, violations: Violations) -> str:
    """Check what every call that changes something has; gives who acts."""
    person = message.person
    if caller is not None:
        person = acting_person(message.person, caller)
    else:
        violations.name(person, "person")
    if not message.reason.strip():
        violations.add("reason", Reason.REQUIRED, "why is required here: it stays in the history")
    violations.text(message.reason, "reason", MAX_TEXT)
    violations.text(message.idempotency_key, "idempotency_key", MAX_NAME)
    return person


def _read_files(messages: Iterable[pb.RulebookFile], violations: Violations) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    for message in messages:
        if message.name in files:
            violations.add("files", Reason.DUPLICATE, f"the name {message.name[:60]!r} stands twice")
        files[message.name] = message.content
    check_files(files, violations)
    return files


def _read_time(text: str, field: str, violations: Violations) -> datetime | None:
    """A time with an offset; None for empty text."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None and "T" in text.upper():
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    shown = text if len(text) <= 40 else text[:37] + "..."
    expected = "expected a time with an offset, such as 2027-01-01T00:00:00+01:00"
    violations.add(field, Reason.NOT_A_DATE, f"{expected}, found {shown!r}")
    return None


def _validation(checked: CheckedRulebook) -> pb.ValidateRulebookResponse:
    snapshot = checked.snapshot
    response = pb.ValidateRulebookResponse(
        usable=snapshot is not None,
        findings=map(finding_message, checked.findings.sorted()[:MAX_FINDINGS]),
        catalogue_version="" if checked.catalog is None else checked.catalog.version,
    )
    if snapshot is not None:
        response.rulebook_version = snapshot.rulebook_version
        response.name = snapshot.rulebook_name
        response.rules = len(snapshot.rules)
    return response


def _others_scheduled(changes: ReleaseChanges, number: int) -> list[pb.Release]:
    return [release_message(other) for other in scheduled(changes.connection) if other.id != number]


def _refuse(violations: Violations) -> None:
    if violations.found:
        raise RequestRejectedError(violations.found)

"""Rulebooks taken through their releases, and recorded decisions replayed: the calls of those who keep a server.

from quotewright_client.releases import connect

with connect("localhost:50051") as releases:
    staged = releases.stage({"rulebook.yaml": ..., "pricing/volume.yaml": ...}, person="ann", reason="Q3 prices")
    releases.activate(staged.release.id, expected_active=staged.release.base, person="ann", reason="Q3 prices")
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc import status_pb2
from quotewright.v1 import decision_service_pb2 as decisions_pb
from quotewright.v1 import rulebook_service_pb2 as pb

from quotewright_client.channel import channel_options, metadata
from quotewright_client.errors import QuotewrightError, from_status, status_of

Call = Callable[[str, bytes], bytes]
"""A method's path, such as "/quotewright.v1.RulebookService/StageRulebook", and a request to a response."""

M = TypeVar("M", bound=Message)

DEFAULT_TIMEOUT = 150.0
"""Seconds: checking a large rulebook takes a while."""
RULEBOOK = pb.DESCRIPTOR.services_by_name["RulebookService"].full_name
DECISION = decisions_pb.DESCRIPTOR.services_by_name["DecisionService"].full_name


class ReleaseConflictError(QuotewrightError):
    """Another release is active than the caller expected: somebody else was faster.

    Attributes:
        active: the release that is active; None where none is.
    """

    def __init__(self, message: str, code: grpc.StatusCode, active: pb.Release | None) -> None:
        super().__init__(message, code)
        self.active = active


class ReleaseClient:
    """The calls, over whatever carries bytes; `connect` gives one over gRPC. Close it or use it as a context manager.

    Every call raises QuotewrightError where it fails. Calls that change something carry a key of their own, so that
    they happen once however often they are tried.
    """

    def __init__(self, call: Call, close: Callable[[], None] = lambda: None) -> None:
        self._call = call
        self.close = close

    def validate(self, files: Mapping[str, bytes]) -> pb.ValidateRulebookResponse:
        """Check the files of a rulebook, by name, and store nothing."""
        request = pb.ValidateRulebookRequest(files=_files(files))
        return self._ask(RULEBOOK, "ValidateRulebook", request, pb.ValidateRulebookResponse)

    def stage(self, files: Mapping[str, bytes], *, person: str, reason: str) -> pb.StageRulebookResponse:
        """Check the files of a rulebook, by name, and store them as a release; none where there are errors."""
        request = pb.StageRulebookRequest(files=_files(files), person=person, reason=reason, idempotency_key=_key())
        return self._ask(RULEBOOK, "StageRulebook", request, pb.StageRulebookResponse)

    def activate(
        self, release: int, *, expected_active: int, person: str, reason: str, at: datetime | None = None
    ) -> pb.ActivateReleaseResponse:
        """Make a release the active one, now or at a time, if the active one is still the one expected (0: none)."""
        request = pb.ActivateReleaseRequest(
            release=release,
            expected_active=expected_active,
            activate_at="" if at is None else at.isoformat(),
            person=person,
            reason=reason,
            idempotency_key=_key(),
        )
        return self._ask(RULEBOOK, "ActivateRelease", request, pb.ActivateReleaseResponse)

    def cancel(self, release: int, *, person: str, reason: str) -> pb.CancelActivationResponse:
        """Take back that a release is to be activated at a time."""
        request = pb.CancelActivationRequest(release=release, person=person, reason=reason, idempotency_key=_key())
        return self._ask(RULEBOOK, "CancelActivation", request, pb.CancelActivationResponse)

    def roll_back(self, *, expected_active: int, person: str, reason: str) -> pb.RollBackResponse:
        """Make the release active again whose place the active one took."""
        request = pb.RollBackRequest(
            expected_active=expected_active, person=person, reason=reason, idempotency_key=_key()
        )
        return self._ask(RULEBOOK, "RollBack", request, pb.RollBackResponse)

    def state(self, page_size: int = 100) -> pb.ListReleasesResponse:
        """The newest releases, the active one, and what servers serve."""
        return self._ask(RULEBOOK, "ListReleases", pb.ListReleasesRequest(page_size=page_size), pb.ListReleasesResponse)

    def list(self, page_size: int = 100) -> Iterator[pb.Release]:
        """Every release, the newest first."""
        request = pb.ListReleasesRequest(page_size=page_size)
        while True:
            page = self._ask(RULEBOOK, "ListReleases", request, pb.ListReleasesResponse)
            yield from page.releases
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def get(self, release: int, *, with_files: bool = False) -> pb.GetReleaseResponse:
        """A release, its history, the servers that serve it, and on request its files."""
        request = pb.GetReleaseRequest(release=release, with_files=with_files)
        return self._ask(RULEBOOK, "GetRelease", request, pb.GetReleaseResponse)

    def decisions(self, quote_id: str = "", page_size: int = 100) -> Iterator[decisions_pb.RecordedDecision]:
        """Recorded decisions, the newest first, about one quote where it is given."""
        request = decisions_pb.ListDecisionsRequest(quote_id=quote_id, page_size=page_size)
        while True:
            page = self._ask(DECISION, "ListDecisions", request, decisions_pb.ListDecisionsResponse)
            yield from page.decisions
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def decision(self, identifier: str) -> decisions_pb.GetDecisionResponse:
        """A recorded decision with its request and its reply, by its id or the first digits of it."""
        request = decisions_pb.GetDecisionRequest(id=identifier)
        return self._ask(DECISION, "GetDecision", request, decisions_pb.GetDecisionResponse)

    def replay(self, identifier: str, *, today: bool = False) -> decisions_pb.ReplayDecisionResponse:
        """Decide a recorded request again, as it was decided or under what is active today."""
        versions = decisions_pb.REPLAY_VERSIONS_ACTIVE if today else decisions_pb.REPLAY_VERSIONS_RECORDED
        request = decisions_pb.ReplayDecisionRequest(id=identifier, versions=versions)
        return self._ask(DECISION, "ReplayDecision", request, decisions_pb.ReplayDecisionResponse)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, service: str, method: str, request: Message, response: type[M]) -> M:
        return response.FromString(self._call(f"/{service}/{method}", request.SerializeToString()))


def connect(
    address: str,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    credentials: grpc.ChannelCredentials | None = None,
    token: str = "",
) -> ReleaseClient:
    """The calls to a server.

    Args:
        address: "host:port".
        timeout: seconds that a call may take, retries included.
        credentials: for TLS; None speaks plain text.
        token: key or token that says who calls; empty where the server asks for none.
    """
    options = channel_options(4, ())
    if credentials is None:
        channel = grpc.insecure_channel(address, options)
    else:
        channel = grpc.secure_channel(address, credentials, options)
    calling = metadata(token)

    def call(path: str, request: bytes) -> bytes:
        try:
            method: Callable[..., bytes] = channel.unary_unary(path)
            return method(request, timeout=timeout, metadata=calling)
        except grpc.RpcError as error:
            raise refused(status_of(error)) from None

    return ReleaseClient(call, channel.close)


def refused(status: status_pb2.Status) -> QuotewrightError:
    """The exception of a status: ReleaseConflictError, or one of `quotewright_client.errors`."""
    if status.code != grpc.StatusCode.ABORTED.value[0]:
        return from_status(status)
    active = pb.Release()
    found = any(packed.Unpack(active) for packed in status.details if packed.Is(pb.Release.DESCRIPTOR))
    return ReleaseConflictError(status.message, grpc.StatusCode.ABORTED, active if found else None)


def _files(files: Mapping[str, bytes]) -> list[pb.RulebookFile]:
    return [pb.RulebookFile(name=name, content=content) for name, content in files.items()]


def _key() -> str:
    return uuid.uuid4().hex

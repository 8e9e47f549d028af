"""Errors to gRPC statuses: one table, with the details that tell the caller what to mend.

    QuoteRejectedError, RequestRejectedError   INVALID_ARGUMENT    google.rpc.BadRequest, every violation that fits
    DecodeError (protobuf)                     INVALID_ARGUMENT    google.rpc.BadRequest, reason MALFORMED
    NotFoundError                              NOT_FOUND           google.rpc.ResourceInfo
    StalePageError                             ABORTED
    StaleApprovalError                         ABORTED             the current Approval
    TransitionRefusedError                     FAILED_PRECONDITION the current Approval, where there is one
    NotPermittedError                          PERMISSION_DENIED
    DeadlinePassedError                        DEADLINE_EXCEEDED
    TooManyStreamsError, RequestTooLongError   RESOURCE_EXHAUSTED
    StaleReleaseError                          ABORTED             the active Release, where there is one
    ReleaseStateError, NotOfferedError         FAILED_PRECONDITION
    StorageError, BusyError                    RESOURCE_EXHAUSTED
    sqlite3.Error: busy, full, read only ...   as StorageError
    AnsweredError                              the status that a process aside answered with
    UnauthenticatedError                       UNAUTHENTICATED     google.rpc.ErrorInfo
    RoleMissingError, OtherPersonError,
    OtherTenantError                           PERMISSION_DENIED   google.rpc.ErrorInfo
    OverLimitError                             RESOURCE_EXHAUSTED  google.rpc.ErrorInfo
    anything else                              INTERNAL            google.rpc.ErrorInfo with an incident id

What is INTERNAL is logged with its traceback under the incident id; nothing of it is told to the caller.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3

from google.protobuf.message import DecodeError, Message
from google.rpc import code_pb2, error_details_pb2, status_pb2

from engine.quote import QuoteRejectedError, Violation
from engine.security.refusals import (
    OtherPersonError,
    OtherTenantError,
    OverLimitError,
    RefusedError,
    RoleMissingError,
    UnauthenticatedError,
)
from engine.wire.pages import StalePageError
from engine.wire.violations import Reason, RequestRejectedError

LOG = logging.getLogger("quotewright")

DOMAIN = "quotewright"
# Details travel in a trailer, and clients refuse trailers above 8 KiB; base64 adds a third.
MAX_DETAILS_BYTES = 4_000
MAX_MESSAGE_LENGTH = 500


class NotFoundError(Exception):
    """The thing asked for does not exist.

    Attributes:
        kind: what it is, for example "product".
        name: as asked for.
        hint: the nearest known name; may be empty.
    """

    def __init__(self, kind: str, name: str, hint: str = "") -> None:
        self.kind, self.name, self.hint = kind, name, hint
        super().__init__(f"there is no {kind} {name!r}" + (f"; {hint}" if hint else ""))


class DeadlinePassedError(Exception):
    """The caller's deadline passed before the work was done."""


class TooManyStreamsError(Exception):
    """The server has as many streams open as it allows."""


class RequestTooLongError(Exception):
    """The message of a call is longer than the server reads."""


class ApprovalError(Exception):
    """A transition of a quote in approval that was refused; nothing changed.

    Attributes:
        approval: the approval as it is, for the status details; None where there is none.
    """

    def __init__(self, message: str, approval: Message | None = None) -> None:
        self.approval = approval
        super().__init__(message)


class StaleApprovalError(ApprovalError):
    """The caller acted on a version that is not the current one."""


class TransitionRefusedError(ApprovalError):
    """The state of the quote does not allow what was asked."""


class NotPermittedError(ApprovalError):
    """The person may not do what was asked."""


class StaleReleaseError(Exception):
    """Another release is active than the caller expected.

    Attributes:
        release: the active one, for the status details; None where none is.
    """

    def __init__(self, message: str, release: Message | None = None) -> None:
        self.release = release
        super().__init__(message)


class ReleaseStateError(Exception):
    """The state of a release, or what is stored, does not allow what was asked."""


class NotOfferedError(Exception):
    """The server was started without what the call needs."""


class StorageError(Exception):
    """The database or the disk takes nothing at the moment; nothing was changed."""


class BusyError(Exception):
    """Something that runs one at a time is running: the caller tries again."""


class AnsweredError(Exception):
    """A process aside has found the status of the answer already."""

    def __init__(self, status: status_pb2.Status) -> None:
        self.status = status
        super().__init__(status.message)


CODES: dict[type[Exception], int] = {
    QuoteRejectedError: code_pb2.INVALID_ARGUMENT,
    RequestRejectedError: code_pb2.INVALID_ARGUMENT,
    DecodeError: code_pb2.INVALID_ARGUMENT,
    NotFoundError: code_pb2.NOT_FOUND,
    StalePageError: code_pb2.ABORTED,
    StaleApprovalError: code_pb2.ABORTED,
    TransitionRefusedError: code_pb2.FAILED_PRECONDITION,
    NotPermittedError: code_pb2.PERMISSION_DENIED,
    DeadlinePassedError: code_pb2.DEADLINE_EXCEEDED,
    TooManyStreamsError: code_pb2.RESOURCE_EXHAUSTED,
    RequestTooLongError: code_pb2.RESOURCE_EXHAUSTED,
    StaleReleaseError: code_pb2.ABORTED,
    ReleaseStateError: code_pb2.FAILED_PRECONDITION,
    NotOfferedError: code_pb2.FAILED_PRECONDITION,
    StorageError: code_pb2.RESOURCE_EXHAUSTED,
    BusyError: code_pb2.RESOURCE_EXHAUSTED,
    UnauthenticatedError: code_pb2.UNAUTHENTICATED,
    RoleMissingError: code_pb2.PERMISSION_DENIED,
    OtherPersonError: code_pb2.PERMISSION_DENIED,
    OtherTenantError: code_pb2.PERMISSION_DENIED,
    OverLimitError: code_pb2.RESOURCE_EXHAUSTED,
}
"""The code of every exception that may end a request; any other is INTERNAL."""


_NOT_NOW = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
"""Errors of the database that its surroundings explain."""


def to_status(error: Exception) -> status_pb2.Status:
    """The status that answers a request which ended with `error`. Logs what is INTERNAL."""
    if isinstance(error, AnsweredError):
        return error.status
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_NOW:
        LOG.error("the database cannot be used: %s", error)
        error = StorageError(f"the database cannot be used at the moment, and nothing was changed: {error}")
    code = next((code for kind, code in CODES.items() if isinstance(error, kind)), code_pb2.INTERNAL)
    if code == code_pb2.INTERNAL:
        return _incident(error)
    if isinstance(error, DecodeError):
        told = "the bytes are no message of this method"
        return _bad_request([Violation("", Reason.MALFORMED, told)])
    if isinstance(error, QuoteRejectedError | RequestRejectedError):
        return _bad_request(error.violations)
    status = status_pb2.Status(code=code, message=str(error)[:MAX_MESSAGE_LENGTH])
    if isinstance(error, NotFoundError):
        name = error.name[:MAX_MESSAGE_LENGTH]
        resource = error_details_pb2.ResourceInfo(resource_type=error.kind, resource_name=name, description=error.hint)
        _attach(status, resource)
    if isinstance(error, StaleReleaseError) and error.release is not None:
        _attach(status, error.release)
    if isinstance(error, RefusedError):
        _attach(status, error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.facts))
    if isinstance(error, ApprovalError) and error.approval is not None:
        _attach(status, error.approval)
    return status


def _incident(error: Exception) -> status_pb2.Status:
    incident = secrets.token_hex(8)
    LOG.error("incident %s: a request failed", incident, exc_info=error)
    message = f"the server failed to answer; its log tells more under incident {incident}"
    status = status_pb2.Status(code=code_pb2.INTERNAL, message=message)
    details = error_details_pb2.ErrorInfo(reason="INTERNAL", domain=DOMAIN, metadata={"incident": incident})
    _attach(status, details)
    return status


def _bad_request(violations: list[Violation]) -> status_pb2.Status:
    details = error_details_pb2.BadRequest()
    size = 0
    for violation in violations:
        size += len(violation.field.encode()) + len(violation.message.encode()) + len(violation.reason) + 16
        if details.field_violations and size > MAX_DETAILS_BYTES:
            break
        details.field_violations.add(
            field=_cut(violation.field), description=_cut(violation.message), reason=violation.reason
        )
    summary = _summary(violations, len(details.field_violations))
    status = status_pb2.Status(code=code_pb2.INVALID_ARGUMENT, message=summary)
    _attach(status, details)
    return status


def _summary(violations: list[Violation], told: int) -> str:
    first = violations[0]
    more = len(violations) - 1
    place = f"{first.field}: " if first.field else ""
    text = _cut(f"{place}{first.message}") + (f" (and {more:,} more)" if more else "")
    return text + (f"; the details tell the first {told:,}" if told < len(violations) else "")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE_LENGTH else text[: MAX_MESSAGE_LENGTH - 3] + "..."


def _attach(status: status_pb2.Status, details: Message) -> None:
    status.details.add().Pack(details)

"""What can go wrong with a call, as exceptions.

    QuotewrightError                any failed call; `code` is its gRPC status code
    ├── InvalidRequestError         the request cannot be answered as asked; `violations` says everything wrong with it
    │   └── InvalidQuoteError       the same for a quote
    ├── NotFoundError               what was asked for does not exist; `kind` and `name` say what
    ├── ApprovalRefusedError        a quote in approval is as it was; `approval` says how that is
    │   ├── StaleApprovalError      somebody else changed it
    │   ├── TransitionRefusedError  its state does not allow what was asked
    │   └── NotPermittedError       the person may not do that, or the caller may not make the call
    ├── UnauthenticatedError        the server asks who calls, and the key or token is missing or not good
    ├── PagesChangedError           the server changed its rules or catalogue between two pages: list again
    ├── OverloadedError             the server takes no more for now: try again later
    ├── UnavailableError            no server answered, retries included
    ├── DeadlineExceededError       the timeout passed before the answer came
    └── ServerError                 the server failed; `incident` finds it in the server's log

Every call may be repeated safely: those that change something carry a key, under which they happen once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from quotewright.v1.approval_service_pb2 import Approval

_DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with a request.

    Attributes:
        field: path of the field, for example "lines[3].quantity".
        reason: stable identifier, for example "NOT_A_DECIMAL" or "UNKNOWN_SKU".
        message: what was found, what was expected, the nearest known name.
    """

    field: str
    reason: str
    message: str


class QuotewrightError(Exception):
    """A call that failed.

    Attributes:
        code: its gRPC status code.
    """

    def __init__(self, message: str, code: grpc.StatusCode) -> None:
        super().__init__(message)
        self.code = code


class InvalidRequestError(QuotewrightError):
    """The request cannot be answered as asked.

    Attributes:
        violations: everything that is wrong with it, as far as it fits into an error.
    """

    def __init__(self, message: str, code: grpc.StatusCode, violations: tuple[Violation, ...]) -> None:
        super().__init__(message, code)
        self.violations = violations


class InvalidQuoteError(InvalidRequestError):
    """The quote cannot be decided as asked; nothing of it was computed in part."""


class NotFoundError(QuotewrightError):
    """What was asked for does not exist.

    Attributes:
        kind: what it is, for example "product".
        name: as asked for.
    """

    def __init__(self, message: str, code: grpc.StatusCode, kind: str, name: str) -> None:
        super().__init__(message, code)
        self.kind = kind
        self.name = name


class ApprovalRefusedError(QuotewrightError):
    """A change of a quote in approval that was refused.

    Attributes:
        approval: the quote in approval as it is; None where the server did not tell.
    """

    def __init__(self, message: str, code: grpc.StatusCode, approval: Approval | None) -> None:
        super().__init__(message, code)
        self.approval = approval


class StaleApprovalError(ApprovalRefusedError):
    """Somebody else changed the quote since the version that was expected."""


class TransitionRefusedError(ApprovalRefusedError):
    """The state of the quote does not allow what was asked."""


class NotPermittedError(ApprovalRefusedError):
    """The person may not do what was asked, or the caller may not make the call."""


class UnauthenticatedError(QuotewrightError):
    """The server asks who calls, and the key or token is missing or not good."""


class PagesChangedError(QuotewrightError):
    """The server changed its rules or catalogue between two pages."""


class OverloadedError(QuotewrightError):
    """The server takes no more for now."""


class UnavailableError(QuotewrightError):
    """No server answered."""


class DeadlineExceededError(QuotewrightError):
    """The timeout passed before the answer came."""


class ServerError(QuotewrightError):
    """The server failed.

    Attributes:
        incident: finds the failure in the server's log; empty where the server told none.
    """

    def __init__(self, message: str, code: grpc.StatusCode, incident: str) -> None:
        super().__init__(message, code)
        self.incident = incident


_PLAIN: dict[grpc.StatusCode, type[QuotewrightError]] = {
    grpc.StatusCode.ABORTED: PagesChangedError,
    grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceededError,
}
_REFUSALS: dict[grpc.StatusCode, type[ApprovalRefusedError]] = {
    grpc.StatusCode.ABORTED: StaleApprovalError,
    grpc.StatusCode.FAILED_PRECONDITION: TransitionRefusedError,
    grpc.StatusCode.PERMISSION_DENIED: NotPermittedError,
}
_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def from_rpc_error(error: grpc.RpcError, invalid: type[InvalidRequestError] = InvalidRequestError) -> QuotewrightError:
    """The typed error of a failed call; `invalid` is the class for requests that cannot be answered as asked."""
    return from_status(status_of(error), invalid)


def status_of(error: grpc.RpcError) -> status_pb2.Status:
    """The status of a failed call with the details that the server gave."""
    trailer = cast("Iterable[tuple[str, bytes]]", error.trailing_metadata() or ())
    for key, value in trailer:
        if key == _DETAILS_KEY:
            return status_pb2.Status.FromString(value)
    return status_pb2.Status(code=error.code().value[0], message=error.details() or "")


def from_status(
    status: status_pb2.Status, invalid: type[InvalidRequestError] = InvalidRequestError
) -> QuotewrightError:
    """The typed error that a status tells of."""
    code, message = _CODES.get(status.code, grpc.StatusCode.UNKNOWN), status.message
    match code:
        case grpc.StatusCode.INVALID_ARGUMENT:
            return invalid(message, code, _violations(status))
        case grpc.StatusCode.NOT_FOUND:
            resource = error_details_pb2.ResourceInfo()
            _unpack(status, resource)
            return NotFoundError(message, code, resource.resource_type, resource.resource_name)
        case grpc.StatusCode.INTERNAL | grpc.StatusCode.UNKNOWN:
            info = error_details_pb2.ErrorInfo()
            _unpack(status, info)
            return ServerError(message, code, info.metadata.get("incident", ""))
    if code in _REFUSALS:
        approval = Approval()
        told = _unpack(status, approval)
        if told or code is not grpc.StatusCode.ABORTED:
            return _REFUSALS[code](message, code, approval if told else None)
    return _PLAIN.get(code, QuotewrightError)(message, code)


def _violations(status: status_pb2.Status) -> tuple[Violation, ...]:
    details = error_details_pb2.BadRequest()
    _unpack(status, details)
    return tuple(Violation(item.field, item.reason, item.description) for item in details.field_violations)


def _unpack(status: status_pb2.Status, details: Message) -> bool:
    """Fill `details` from the status where it carries such, and say whether; leave it empty where it does not."""
    return any(packed.Unpack(details) for packed in status.details)

"""Methods over bytes as what a transport calls: with the call's context, deadlines looked at, errors as statuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Protocol

import grpc
from google.rpc import status_pb2
from grpc_status import rpc_status

from engine.security.identity import Identity
from engine.service.errors import DeadlinePassedError, to_status
from engine.service.method import Acting, Unary


class UnaryContext(Protocol):
    """What the behaviour of a unary method knows of its call, whatever the transport."""

    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline; None without one."""

    def abort_with_status(self, status: grpc.Status) -> NoReturn:
        """End the call with a status that is not OK: raises."""


def unary(method: Unary) -> Callable[[bytes, UnaryContext], bytes]:
    """The behaviour of a unary method."""

    def behaviour(request: bytes, context: UnaryContext) -> bytes:
        left = context.time_remaining()
        if left is not None and left <= 0:
            abort(context, to_status(DeadlinePassedError("the deadline passed before the work began")))
        try:
            return method(request)
        except Exception as error:  # noqa: BLE001  # every error has its status
            status = to_status(error)
        abort(context, status)

    return behaviour


def acting(method: Acting) -> Callable[..., bytes]:
    """The behaviour of a method that is told who calls, where a guard knows."""

    def behaviour(request: bytes, context: UnaryContext, caller: Identity | None = None) -> bytes:
        return unary(lambda message: method(message, caller))(request, context)

    return behaviour


def abort(context: UnaryContext | grpc.ServicerContext, status: status_pb2.Status) -> NoReturn:
    """End a call with a status and its details."""
    context.abort_with_status(rpc_status.to_status(status))
    raise AssertionError("abort_with_status raises")

"""Puts the guard in front of every call of a grpcio server: asked when a call arrives, before its message is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import grpc
from grpc_status import rpc_status

from engine.security.guard import Guard
from engine.security.identity import Identity
from engine.security.limits import Slot
from engine.security.refusals import RefusedError, UnauthenticatedError
from engine.service.errors import to_status
from engine.service.observation import NOTHING, Observer

Continuation = Callable[[grpc.HandlerCallDetails], Any]


class Admission(grpc.ServerInterceptor):
    """Lets through what the guard admits, and hands who calls to the methods that need to know."""

    def __init__(self, guard: Guard, acting: Collection[str], observer: Observer = NOTHING) -> None:
        """`acting` holds the full names of the methods whose behaviour takes the caller as third argument."""
        self._guard = guard
        self._observer = observer
        self._acting = frozenset(acting)

    def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The handler of a call: its own, or one that refuses it."""
        handler = continuation(handler_call_details)
        streaming = handler is not None and handler.response_streaming
        method: str = handler_call_details.method
        try:
            metadata: Any = handler_call_details.invocation_metadata
            admission = self._guard.admit(method, metadata, streaming=streaming)
        except RefusedError as error:
            if handler is None and not isinstance(error, UnauthenticatedError):
                return None  # a known caller is told that there is no such method
            return _refusing(error, method, self._observer)
        if handler is None or not (admission.slots or method in self._acting):
            return handler
        if method in self._acting:
            return _acting(handler, admission.identity, admission.slots)
        return _holding(handler, admission.slots)


def _acting(handler: Any, identity: Identity | None, slots: tuple[Slot, ...]) -> Any:
    behaviour = handler.unary_unary

    def with_identity(request: bytes, context: grpc.ServicerContext, _held: object = slots) -> bytes:
        reply: bytes = behaviour(request, context, identity)
        return reply

    with_identity.experimental_thread_pool = getattr(behaviour, "experimental_thread_pool", None)  # type: ignore[attr-defined]
    return grpc.unary_unary_rpc_method_handler(with_identity)


def _holding(handler: Any, slots: tuple[Slot, ...]) -> Any:
    """The same handler, which keeps the slots as long as the transport keeps it."""
    if handler.unary_unary is not None:
        unary = handler.unary_unary

        def hold(request: bytes, context: grpc.ServicerContext, _held: object = slots) -> Any:
            return unary(request, context)

        hold.experimental_thread_pool = getattr(unary, "experimental_thread_pool", None)  # type: ignore[attr-defined]
        return handler._replace(unary_unary=hold)
    name = "stream_stream" if handler.stream_stream is not None else "unary_stream"
    stream = getattr(handler, name)

    def hold_stream(requests: Any, context: grpc.ServicerContext, _held: object = slots) -> Iterator[Any]:
        yield from stream(requests, context)

    hold_stream.experimental_thread_pool = getattr(stream, "experimental_thread_pool", None)  # type: ignore[attr-defined]
    return handler._replace(**{name: hold_stream})


def _refusing(error: RefusedError, method: str, observer: Observer) -> Any:
    """A handler that refuses. It takes a stream, so that it need not wait for a message, however long."""
    status = rpc_status.to_status(to_status(error))

    def refuse(_requests: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
        context.abort_with_status(status)
        yield b""

    return grpc.stream_stream_rpc_method_handler(observer.stream(method, refuse))

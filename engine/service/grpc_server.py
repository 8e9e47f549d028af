"""The gRPC transport: services over bytes on a grpcio server, with deadlines, errors, health and reflection."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from engine.security.guard import Guard
from engine.service.admission import Admission
from engine.service.behaviours import abort, acting, unary
from engine.service.errors import TooManyStreamsError, to_status
from engine.service.listening import AddressInUseError
from engine.service.method import Service, Stream, TimeLeft, Watch
from engine.service.observation import NOTHING, Observer
from engine.service.short_calls import answering, inside

MAX_STREAMS = 100
MAX_WATCHES = 50
WATCH_SECONDS = 600.0
"""A watch lasts so long at most: its caller goes on with another."""
STALLED_SECONDS = 30.0
"""A watch that does not end by itself then, since its caller reads nothing, is cancelled."""
GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Access:
    """Who reaches a server, how, and with how much.

    Attributes:
        guard: asked about every call; None lets everybody call everything.
        credentials: of TLS; None speaks plain text.
        reflection: whether callers are told which services there are.
        max_request_bytes: of one message; the default holds 100,000 lines with facts.
        max_calls: open calls a connection; 0 for any number.
        max_stream_seconds: that a stream may go on.
    """

    guard: Guard | None = None
    credentials: grpc.ServerCredentials | None = None
    reflection: bool = True
    max_request_bytes: int = 64 * 1024 * 1024
    max_calls: int = 0
    max_stream_seconds: float = math.inf


EVERYBODY = Access()


class Server:
    """A grpcio server for services over bytes.

    Streams wait for their callers most of the time, so that they have threads of their own: they never keep a
    unary call waiting.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        threads: int,
        max_streams: int = MAX_STREAMS,
        access: Access = EVERYBODY,
        observer: Observer = NOTHING,
    ) -> None:
        stream_threads = ThreadPoolExecutor(max_streams + MAX_WATCHES + 8, thread_name_prefix="stream")
        self._draining = threading.Event()
        told_who_calls = [f"/{service.name}/{name}" for service in services for name in service.acting]
        self._credentials = access.credentials
        short = [f"/{service.name}/{name}" for service in services for name in service.short]
        self._grpc = grpc.server(
            answering(observer.pool(threads, "unary"), short, inside()),  # type: ignore[arg-type]  # any executor will do
            interceptors=[] if access.guard is None else [Admission(access.guard, told_who_calls, observer)],
            options=_channel_options(access),
        )
        slots, watches = threading.Semaphore(max_streams), threading.Semaphore(MAX_WATCHES)
        for service in services:
            handlers: dict[str, Any] = {
                name: grpc.unary_unary_rpc_method_handler(observer.unary(f"/{service.name}/{name}", behaviour))
                for name, behaviour in [
                    *((name, unary(method)) for name, method in service.unary.items()),
                    *((name, acting(method)) for name, method in service.acting.items()),
                ]
            }
            for name in service.waiting:
                handlers[name].unary_unary.experimental_thread_pool = stream_threads  # grpcio reads it
            for name, stream in service.streams.items():
                behaviour = observer.stream(
                    f"/{service.name}/{name}", _stream(stream, slots, access.max_stream_seconds)
                )
                behaviour.experimental_thread_pool = stream_threads  # type: ignore[attr-defined]  # as above
                handlers[name] = grpc.stream_stream_rpc_method_handler(behaviour)
            for name, watch in service.watches.items():
                watching = observer.stream(f"/{service.name}/{name}", _watch(watch, watches, self._draining))
                watching.experimental_thread_pool = stream_threads  # type: ignore[attr-defined]  # as above
                handlers[name] = grpc.unary_stream_rpc_method_handler(watching)
            self._grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.name, handlers),))
        self._names = [service.name for service in services]
        self._health = _Health(experimental_thread_pool=stream_threads)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        if access.reflection:
            names = [*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME]
            _Reflection.ServerReflectionInfo.experimental_thread_pool = stream_threads  # type: ignore[attr-defined]
            reflection_pb2_grpc.add_ServerReflectionServicer_to_server(  # type: ignore[no-untyped-call]
                _Reflection(names), self._grpc
            )

    def start(self, address: str) -> int:
        """Listen on `address` ("host:port", port 0 for a free one), serve, and give the port.

        The port is shared with other processes of this user that share it.

        Raises:
            AddressInUseError: it cannot be listened on.
        """
        try:
            if self._credentials is None:
                port = self._grpc.add_insecure_port(address)
            else:
                port = self._grpc.add_secure_port(address, self._credentials)
        except RuntimeError:
            raise AddressInUseError(
                f"cannot listen on {address}: the port is in use or the address is not of this machine"
            ) from None
        self._grpc.start()
        for name in ("", *self._names):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        return port

    def stop(self, grace: float = GRACE_SECONDS, *, replaced: bool = False) -> None:  # noqa: ARG002  # as the other's
        """Turn health to NOT_SERVING, take no new calls, let those in flight finish for `grace` seconds, end.

        It is the same where another server has taken its place (`replaced`): connections are told to go there.
        """
        self._health.enter_graceful_shutdown()
        self._health.end_watches()
        self._draining.set()
        self._grpc.stop(grace).wait()


class _Health(health.HealthServicer):
    """Health, whose watches end with the server: each would keep it from ending for as long as calls may take."""

    def __init__(self, experimental_thread_pool: ThreadPoolExecutor) -> None:
        super().__init__(experimental_thread_pool=experimental_thread_pool)
        self._watches: set[Callable[[Any], None]] = set()

    def Watch(self, request: Any, context: Any, send_response_callback: Any = None) -> Any:  # noqa: N802  # grpcio's name
        self._watches.add(send_response_callback)
        context.add_callback(lambda: self._watches.discard(send_response_callback))
        return super().Watch(request, context, send_response_callback)

    def end_watches(self) -> None:
        """End them; whoever watches has been told that nothing is served."""
        for end in list(self._watches):
            end(None)


class _Reflection(reflection.ReflectionServicer):
    """Reflection, on threads of the streams' pool."""

    def ServerReflectionInfo(self, request_iterator: Any, context: Any) -> Any:  # noqa: N802  # grpcio's name
        return super().ServerReflectionInfo(request_iterator, context)


def _channel_options(access: Access) -> list[tuple[str, int]]:
    options = [
        ("grpc.max_receive_message_length", access.max_request_bytes),
        ("grpc.max_send_message_length", -1),  # a reply is as long as what was asked for
        ("grpc.so_reuseport", 1),  # workers share the port that their supervisor holds
    ]
    if access.max_calls:
        options.append(("grpc.max_concurrent_streams", access.max_calls))
    return options


def _stream(
    method: Stream, slots: threading.Semaphore, max_seconds: float
) -> Callable[[Iterator[bytes], grpc.ServicerContext], Iterator[bytes]]:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        if not slots.acquire(blocking=False):
            abort(context, to_status(TooManyStreamsError("too many streams are open; try again later")))
        try:
            yield from method(requests, _time_left(context, max_seconds))
        except grpc.RpcError:
            raise  # the caller hung up, and grpcio knows
        except Exception as error:  # noqa: BLE001  # every error has its status
            status = to_status(error)
        else:
            return
        finally:
            slots.release()
        abort(context, status)

    return behaviour


def _time_left(context: grpc.ServicerContext, max_seconds: float) -> TimeLeft:
    until = time.monotonic() + max_seconds

    def left() -> float:
        of_caller = context.time_remaining()
        of_server = until - time.monotonic()
        return of_server if of_caller is None else min(of_caller, of_server)

    return left


def _watch(
    method: Watch, slots: threading.Semaphore, draining: threading.Event
) -> Callable[[bytes, grpc.ServicerContext], Iterator[bytes]]:
    def behaviour(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        if not slots.acquire(blocking=False):
            abort(context, to_status(TooManyStreamsError("too many watches are open; try again later")))
        until = time.monotonic() + WATCH_SECONDS
        # A thread that sends to a caller who reads nothing waits until the call is cancelled.
        cancelling = threading.Timer(WATCH_SECONDS + STALLED_SECONDS, context.cancel)
        cancelling.daemon = True
        cancelling.start()

        def goes_on() -> bool:
            return not draining.is_set() and time.monotonic() < until and context.is_active()

        try:
            yield from method(request, goes_on)
        except Exception as error:  # noqa: BLE001  # every error has its status
            status = to_status(error)
        else:
            return
        finally:
            cancelling.cancel()
            slots.release()
        abort(context, status)

    return behaviour

"""The other transport: unary calls by pygrpc-native, whose HTTP/2 runs outside Python; streams by grpcio behind it.

A unary call costs the process a fraction of what grpcio takes, since no thread of Python waits for its parts: it
arrives whole and is answered on the thread that took it. What this transport cannot do is written in docs/server.md:
TLS, long streams while a version goes out of service, a bound on a message before it is read.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import grpc
from pygrpc_native import EVENT_CALL, NativeGrpcFront

from engine.security.guard import OPEN, Guard
from engine.security.refusals import RefusedError
from engine.service.behaviours import abort, acting, unary
from engine.service.errors import RequestTooLongError, to_status
from engine.service.grpc_server import EVERYBODY, GRACE_SECONDS, MAX_STREAMS, Access, Server
from engine.service.listening import AddressInUseError
from engine.service.method import Service
from engine.service.observation import NOTHING, Observer

LOG = logging.getLogger("quotewright")

TAKEN_AT_ONCE = 64
"""Calls that a thread takes from the transport at a time, so that those over a client's limit are refused at once."""
LONG_SECONDS = 0.02
"""A call that takes longer keeps no others waiting: another thread goes on with them."""
WAITING_THREADS = 16
"""For calls that wait for the database, or for a process that compiles."""
STREAM_SECONDS = 0.5
"""That streams may go on when another server has taken this one's place."""
FLUSH_SECONDS = 0.02
"""After which the ends of streams have been sent: the transport does not tell."""
MOMENT_SECONDS = 0.002
"""Without calls, after which the last replies have been sent."""
QUIET_SECONDS = 0.25
"""That a server which ends answers new calls, waiting for such a moment."""
STEP_SECONDS = 0.0005
MAX_CALLS = 1_000_000
"""Open calls a connection, where there is no limit."""
MAX_METADATA_BYTES = 16 * 1024
"""As grpcio's default."""


class _EndedError(Exception):
    """A call was ended with a status; its context has it."""


class _Call:
    """A unary call from its arrival to its answer, and the context that its behaviour sees.

    Attributes:
        number: the transport's.
        method: what it calls.
        request: its message.
        until: its deadline, on the clock of `time.monotonic`; None without one.
        admission: who calls, and the places that are kept until it has been answered.
        status: what it was ended with, where that is not OK.
    """

    __slots__ = ("_metadata", "admission", "method", "number", "request", "status", "until")

    def __init__(
        self,
        number: int,
        method: _Method,
        request: bytes,
        metadata: tuple[tuple[str, str | bytes], ...],
        left: float | None,
    ) -> None:
        self.number, self.method, self.request, self._metadata = number, method, request, metadata
        self.until = None if left is None else time.monotonic() + left
        self.admission = OPEN
        self.status: grpc.Status | None = None

    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline; None without one."""
        return None if self.until is None else self.until - time.monotonic()

    def invocation_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """What the caller sent beside the message."""
        return self._metadata

    def code(self) -> grpc.StatusCode | None:
        """What it was ended with."""
        return None if self.status is None else self.status.code

    def abort_with_status(self, status: grpc.Status) -> NoReturn:
        """End it with a status."""
        self.status = status
        raise _EndedError


@dataclass(frozen=True, slots=True)
class _Method:
    """A unary method.

    Attributes:
        path: full name, "/package.Service/Method".
        behaviour: takes request and call.
        refuse: takes an error and a call, and ends the call.
        waits: whether it waits for something, and must keep no other call waiting.
    """

    path: str
    behaviour: Callable[[bytes, _Call], bytes]
    refuse: Callable[[Any, _Call], bytes]
    waits: bool


class NativeServer:
    """Services over bytes on one port in plain text, as `grpc_server.Server` offers them."""

    def __init__(
        self,
        services: Sequence[Service],
        *,
        threads: int,
        max_streams: int = MAX_STREAMS,
        access: Access = EVERYBODY,
        observer: Observer = NOTHING,
    ) -> None:
        if access.credentials is not None:
            raise ValueError("this transport speaks plain text only")
        self._methods = [
            method
            for service in services
            for method in [
                *(_method(service, name, unary(one), observer) for name, one in service.unary.items()),
                *(_method(service, name, _told_who_calls(one), observer) for name, one in service.acting.items()),
            ]
        ]
        self._threads = threads
        self._access = access
        self._guard: Guard | None = access.guard
        self._fallback = Server(
            [replace(service, unary={}, acting={}, waiting=frozenset()) for service in services],
            threads=1,
            max_streams=max_streams,
            access=replace(access, max_calls=0),  # a connection's limit is kept before it
            observer=observer,
        )
        self._taken: deque[_Call] = observer.queue()
        self._turn = threading.Lock()
        self._turns = 0
        self._ending = threading.Lock()
        self._at: tuple[int, float] | None = None  # the turn of the call being answered, and when that began
        self._ended = threading.Event()
        self._open: set[int] = set()
        self._last = 0  # call that arrived
        self._refuses = False
        self._waiting_threads = ThreadPoolExecutor(WAITING_THREADS, thread_name_prefix="waiting")
        self._front: NativeGrpcFront
        self._folder: tempfile.TemporaryDirectory[str]

    def start(self, address: str) -> int:
        """Listen on `address` ("host:port", port 0 for a free one), serve, and give the port.

        The port is shared with other processes of this user that share it.

        Raises:
            AddressInUseError: it cannot be listened on.
        """
        try:
            self._front = NativeGrpcFront(
                address,
                [(method.path, False) for method in self._methods],
                io_threads=1,
                call_details=True,
                keepalive_permit_without_calls=False,
                max_concurrent_streams=self._access.max_calls or MAX_CALLS,
                max_metadata_size=MAX_METADATA_BYTES,
                reuse_port=True,
            )
        except OSError:
            raise AddressInUseError(
                f"cannot listen on {address}: the port is in use or the address is not of this machine"
            ) from None
        self._folder = tempfile.TemporaryDirectory(prefix="quotewright-streams-")
        socket = str(Path(self._folder.name) / "socket")
        self._fallback.start(f"unix:{socket}")
        self._front.set_fallback(socket)
        self._front.start()
        for number in range(self._threads):
            threading.Thread(target=self._work, name=f"unary-{number}", daemon=True).start()
        if self._threads > 1:
            threading.Thread(target=self._watch, name="unary-watch", daemon=True).start()
        return self._front.bound_port

    def stop(self, grace: float = GRACE_SECONDS, *, replaced: bool = False) -> None:
        """Turn health to NOT_SERVING, let calls in flight finish for `grace` seconds, end.

        Calls that arrive meanwhile are answered, since their connections cannot be told to go; only where there is
        never a moment without calls, the last ones are refused with UNAVAILABLE. Where another server has taken its
        place (`replaced`), streams may go on for half a second only, for new calls come here for as long.
        """
        until = time.monotonic() + grace
        self._fallback.stop(min(grace, STREAM_SECONDS) if replaced else grace)
        time.sleep(min(FLUSH_SECONDS, grace))
        if not self._is_quiet_before(min(until, time.monotonic() + QUIET_SECONDS)):
            self._refuses = True
            self._is_quiet_before(until)
        self._front.close()
        self._ended.set()
        self._waiting_threads.shutdown(wait=False)
        self._folder.cleanup()

    def _is_quiet_before(self, until: float) -> bool:
        """Wait for a moment without calls; False if none came before a time of `time.monotonic`."""
        quiet_since = now = time.monotonic()
        while now < until and now - quiet_since < MOMENT_SECONDS:
            last = self._last
            time.sleep(STEP_SECONDS)
            now = time.monotonic()
            if self._open or self._last != last:
                quiet_since = now
        return now - quiet_since >= MOMENT_SECONDS

    def _work(self) -> None:
        """Answer calls whenever it is this thread's turn, until the transport is closed.

        One thread at a time answers calls. Several would take Python's lock from each other at every call, and one of
        them can then go without it for a quarter of a second while the others go on.
        """
        more = True
        while more:
            self._turn.acquire()
            turn = self._turns
            more = self._answer_calls(turn)
            self._end_turn(turn)

    def _end_turn(self, turn: int) -> None:
        """Let another thread have its turn, unless that has happened."""
        with self._ending:
            if turn == self._turns:
                self._turns += 1
                self._turn.release()

    def _answer_calls(self, turn: int) -> bool:
        """Answer calls until the turn is over or the transport closed; gives whether there may be more."""
        taken, take = self._taken, self._front.recv_batch_details
        while turn == self._turns:
            try:
                call = taken.popleft()
            except IndexError:
                events = take(TAKEN_AT_ONCE)
                if events is None:
                    return False
                for kind, number, method, request, _, details in events:
                    if kind == EVENT_CALL:  # a caller that hangs up is found out when the answer is given
                        self._take(number, self._methods[method], request, details)
            else:
                self._at = turn, time.monotonic()
                self._answer(call)
                del call  # its place among the caller's open calls is free at once
                if turn == self._turns:
                    self._at = None
        return True

    def _watch(self) -> None:
        """Give the turn to another thread when a call takes long."""
        while not self._ended.wait(LONG_SECONDS):
            at = self._at
            if at is not None and time.monotonic() - at[1] > LONG_SECONDS:
                self._end_turn(at[0])

    def _take(self, number: int, method: _Method, request: Any, details: Any) -> None:
        """Note a call that arrived; whatever is wrong with one, the thread goes on with the others."""
        try:
            self._arrive(number, method, request, details)
        except Exception:
            LOG.exception("a call of %s failed before its method", method.path)
            self._open.discard(number)
            self._front.fail(number, grpc.StatusCode.INTERNAL.value[0], "the server failed to answer")

    def _arrive(self, number: int, method: _Method, request: Any, details: Any) -> None:
        if self._refuses:
            self._front.fail(number, grpc.StatusCode.UNAVAILABLE.value[0], "the server is ending; try again")
            return
        metadata, _, left = details
        call = _Call(number, method, request, metadata, left)
        self._open.add(number)
        self._last = number
        if self._guard is not None:
            try:
                call.admission = self._guard.admit(method.path, metadata)
            except RefusedError as error:
                self._end(call, method.refuse, error)
                return
        if len(request) > self._access.max_request_bytes:
            told = f"the message has {len(request)} bytes; the most that are read are {self._access.max_request_bytes}"
            self._end(call, method.refuse, RequestTooLongError(told))
        elif method.waits:
            self._waiting_threads.submit(self._answer, call)
        else:
            self._taken.append(call)

    def _answer(self, call: _Call) -> None:
        self._end(call, call.method.behaviour, call.request)

    def _end(self, call: _Call, behaviour: Callable[[Any, _Call], bytes], message: Any) -> None:
        """Send what a behaviour makes of a message, or the status it ends with."""
        front, number = self._front, call.number
        try:
            front.respond(number, behaviour(message, call))
        except _EndedError:
            status = call.status
            assert status is not None
            front.fail(number, status.code.value[0], status.details, list(status.trailing_metadata or ()))
        except Exception:
            LOG.exception("a call of %s failed outside of its method", call.method.path)
            front.fail(number, grpc.StatusCode.INTERNAL.value[0], "the server failed to answer")
        finally:
            self._open.discard(number)


def _method(service: Service, name: str, behaviour: Callable[..., bytes], observer: Observer) -> _Method:
    path = f"/{service.name}/{name}"
    return _Method(path, observer.unary(path, behaviour), observer.unary(path, _refuse), name in service.waiting)


def _told_who_calls(method: Any) -> Callable[[bytes, _Call], bytes]:
    behaviour = acting(method)
    return lambda request, call: behaviour(request, call, call.admission.identity)


def _refuse(error: Exception, call: _Call) -> bytes:
    abort(call, to_status(error))

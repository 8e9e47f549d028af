"""What is noted about calls: counts, records of slow ones, traces; nothing of it knows a quote's content."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import grpc

from engine.service.counters import BEGUN, ENDED, QUEUED, TAKEN, Counters
from engine.service.quote_notes import QuoteNotes, clock

LOG = logging.getLogger("quotewright.calls")

REQUEST_ID = "x-request-id"
MAX_REQUEST_ID = 100

Behaviour = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call that ended.

    Attributes:
        method: full name.
        code: name of its status.
        started_at: nanoseconds since 1970.
        took: nanoseconds.
        stages: nanoseconds by the name of the stage; empty where the method has none.
        request_id: the caller's, or made up.
        metadata: of the call.
    """

    method: str
    code: str
    started_at: int
    took: int
    stages: dict[str, int]
    request_id: str
    metadata: Sequence[tuple[str, str | bytes]]


class Tracer(Protocol):
    """Takes calls as traces."""

    def wants(self, metadata: Sequence[tuple[str, str | bytes]]) -> bool:
        """Whether a call is to be traced."""

    def trace(self, call: Call) -> None:
        """Take it."""

    def close(self) -> None:
        """Send what waits."""


class Observer:
    """Notes what the options ask for about each call; where they ask for nothing, a call is not touched."""

    def __init__(
        self,
        counters: Counters | None = None,
        *,
        slow_seconds: float = 0.0,
        log_calls: bool = False,
        tracer: Tracer | None = None,
        versions: dict[str, str] | None = None,
    ) -> None:
        """An observer.

        Args:
            counters: of this worker; None counts nothing.
            slow_seconds: a call that takes longer is logged with its stages; 0 logs none.
            log_calls: log every call.
            tracer: takes traces; None for none.
            versions: of rulebook and catalogue, for records.
        """
        self._counters = counters
        self._slow = int(slow_seconds * 1e9)
        self._log_calls = log_calls
        self._tracer = tracer
        self._versions = versions or {}
        self._on = counters is not None or slow_seconds > 0 or log_calls or tracer is not None
        self.notes = QuoteNotes(counters) if self._on else None

    def unary(self, method: str, behaviour: Behaviour) -> Behaviour:
        """The behaviour of a unary method, noted."""
        if not self._on:
            return behaviour
        begin, end = self._begin, self._end_of(method)

        def noted(request: bytes, context: grpc.ServicerContext, *further: Any) -> bytes:
            started = begin()
            try:
                reply: bytes = behaviour(request, context, *further)
            except BaseException:
                end(started, context, None)
                raise
            end(started, context, 0)
            return reply

        return noted

    def stream(self, method: str, behaviour: Behaviour) -> Behaviour:
        """The behaviour of a method that answers with a stream, noted when the stream ends."""
        if not self._on:
            return behaviour
        begin, end = self._begin, self._end_of(method)

        def noted(requests: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
            started = begin()
            code = None
            try:
                yield from behaviour(requests, context)
                code = 0
            finally:
                end(started, context, code)

        return noted

    def close(self) -> None:
        """No more calls come."""
        if self._tracer is not None:
            self._tracer.close()

    def pool(self, threads: int, name: str) -> ThreadPoolExecutor:
        """Threads for calls, which count the calls that wait for one."""
        if self._counters is None:
            return ThreadPoolExecutor(threads, thread_name_prefix=name)
        return _CountingPool(threads, name, self._counters.words)

    def _begin(self) -> int:
        if self._counters is not None:
            self._counters.words[BEGUN] += 1
        if self.notes is not None:
            self.notes.stages.read = self.notes.stages.decided = 0
        return clock()

    def _end_of(self, method: str) -> Callable[[int, grpc.ServicerContext, int | None], None]:
        record = self._counters.latency_recorder(method) if self._counters is not None else None
        words = self._counters.words if self._counters is not None else None
        slow, log_calls, tracer = self._slow, self._log_calls, self._tracer

        def end(started: int, context: grpc.ServicerContext, code: int | None) -> None:
            took = clock() - started
            number = code if code is not None else _code(context)
            if record is not None and words is not None:
                record(number, took)
                words[ENDED] += 1
            is_slow = 0 < slow <= took
            if is_slow or log_calls or tracer is not None:
                self._tell(method, number, started, took, context, is_slow=is_slow)

        return end

    def _tell(
        self, method: str, code: int, started: int, took: int, context: grpc.ServicerContext, *, is_slow: bool
    ) -> None:
        metadata = tuple(context.invocation_metadata() or ())
        traced = self._tracer is not None and self._tracer.wants(metadata)
        if not (is_slow or self._log_calls or traced):
            return
        call = Call(
            method,
            _CODES[code].name,
            time.time_ns() - took,
            took,
            self._stages(started, took),
            _request_id(metadata),
            metadata,
        )
        if traced and self._tracer is not None:
            self._tracer.trace(call)
        if is_slow or self._log_calls:
            self._log(call, is_slow=is_slow)

    def _stages(self, started: int, took: int) -> dict[str, int]:
        assert self.notes is not None
        read, decided = self.notes.stages.read, self.notes.stages.decided
        if not read:
            return {}
        if not decided:
            return {"read": read - started, "decide": started + took - read}
        return {"read": read - started, "decide": decided - read, "reply": started + took - decided}

    def _log(self, call: Call, *, is_slow: bool) -> None:
        milliseconds = {name: round(value / 1e6, 3) for name, value in call.stages.items()}
        stages = "".join(f", {name} {value} ms" for name, value in milliseconds.items())
        took = round(call.took / 1e6, 3)
        LOG.log(
            logging.WARNING if is_slow else logging.INFO,
            "%s%s %s in %s ms%s (request %s)",
            "slow call: " if is_slow else "", call.method, call.code, took, stages, call.request_id,
            extra={"method": call.method, "code": call.code, "milliseconds": took, "stages": milliseconds,
                   "request_id": call.request_id, **self._versions},
        )  # fmt: skip


NOTHING = Observer()
"""Notes nothing."""


class _CountingPool(ThreadPoolExecutor):
    """Counts what it was given and what a thread took."""

    def __init__(self, threads: int, name: str, words: memoryview) -> None:
        super().__init__(threads, thread_name_prefix=name)
        self._words = words

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        self._words[QUEUED] += 1
        return super().submit(self._take, function, *arguments, **named)

    def _take(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        self._words[TAKEN] += 1
        return function(*arguments, **named)


_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def _code(context: Any) -> int:
    """The status that a behaviour ended with by an exception: what it was aborted with, or what grpcio makes of it."""
    code = context.code()
    if isinstance(code, grpc.StatusCode):
        return int(code.value[0])
    return code if code in _CODES else int(grpc.StatusCode.CANCELLED.value[0])


def _request_id(metadata: Sequence[tuple[str, str | bytes]]) -> str:
    """What the caller calls its request, where it is a printable word; otherwise something new."""
    for name, value in metadata:
        if name == REQUEST_ID and isinstance(value, str) and value.isascii() and value.isprintable():
            return value[:MAX_REQUEST_ID]
    return secrets.token_hex(8)

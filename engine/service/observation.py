"""What is noted about calls: counts, records of slow ones, traces; nothing of it knows a quote's content."""

from __future__ import annotations

import logging
import secrets
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import grpc

from engine.service.counters import BEGUN, BOUNDS, ENDED, QUEUED, SUM, TAKEN, Counters
from engine.service.patient_pool import PatientPool
from engine.service.quote_notes import QuoteNotes, RuleHits, Stages, clock

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
        self._tells = slow_seconds > 0 or log_calls or tracer is not None
        self._stages = Stages()
        self.notes = QuoteNotes(
            self._stages if self._tells else None, RuleHits(counters) if counters is not None else None
        )

    def unary(self, method: str, behaviour: Behaviour) -> Behaviour:
        """The behaviour of a unary method, noted."""
        if self._tells:
            behaviour = self._told(method, behaviour)
        return behaviour if self._counters is None else _counted(self._counters, method, behaviour)

    def stream(self, method: str, behaviour: Behaviour) -> Behaviour:
        """The behaviour of a method that answers with a stream, noted when the stream ends."""
        if self._counters is None and not self._tells:
            return behaviour

        def answer(requests: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
            started = self._begin()
            if self._counters is not None:
                self._counters.words[BEGUN] += 1
            ended_well = False
            try:
                yield from behaviour(requests, context)
                ended_well = True
            finally:
                code, took = 0 if ended_well else _code(context), clock() - started
                if self._counters is not None:
                    self._counters.latency_recorder(method)(code, took)
                    self._counters.words[ENDED] += 1
                if self._tells:
                    self._tell(method, code, started, took, context)

        return answer

    def close(self) -> None:
        """No more calls come."""
        if self._tracer is not None:
            self._tracer.close()

    def pool(self, threads: int, name: str) -> PatientPool:
        """Threads for calls, which count the calls that wait for one."""
        if self._counters is None:
            return PatientPool(threads, name)
        return _CountingPool(threads, name, self._counters.words)

    def queue(self) -> deque[Any]:
        """Calls that wait for a thread, counted."""
        return deque() if self._counters is None else _CountingQueue(self._counters.words)

    def _told(self, method: str, behaviour: Behaviour) -> Behaviour:
        def answer(request: bytes, context: grpc.ServicerContext, *further: Any) -> bytes:
            started = self._begin()
            try:
                reply: bytes = behaviour(request, context, *further)
            except BaseException:
                self._tell(method, _code(context), started, clock() - started, context)
                raise
            self._tell(method, 0, started, clock() - started, context)
            return reply

        return answer

    def _begin(self) -> int:
        self._stages.read = self._stages.decided = 0
        return clock()

    def _tell(self, method: str, code: int, started: int, took: int, context: grpc.ServicerContext) -> None:
        """Log or trace a call, where it is one of those that are."""
        is_slow = 0 < self._slow <= took
        if not (is_slow or self._log_calls or self._tracer is not None):
            return
        metadata = tuple(context.invocation_metadata() or ())
        traced = self._tracer is not None and self._tracer.wants(metadata)
        if not (is_slow or self._log_calls or traced):
            return
        call = Call(
            method,
            _CODES[code].name,
            time.time_ns() - took,
            took,
            self._lengths(started, took),
            _request_id(metadata),
            metadata,
        )
        if traced and self._tracer is not None:
            self._tracer.trace(call)
        if is_slow or self._log_calls:
            self._log(call, is_slow=is_slow)

    def _lengths(self, started: int, took: int) -> dict[str, int]:
        """Nanoseconds of the stages."""
        read, decided = self._stages.read, self._stages.decided
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


def _counted(counters: Counters, method: str, behaviour: Behaviour) -> Behaviour:
    words = counters.words
    record = counters.latency_recorder(method)
    classes = counters.place_of_latencies(method)
    total = classes + SUM

    def answer(request: bytes, context: grpc.ServicerContext, *further: Any) -> bytes:
        words[BEGUN] += 1
        started = clock()
        try:
            reply: bytes = behaviour(request, context, *further)
        except BaseException:
            record(_code(context), clock() - started)
            words[ENDED] += 1
            raise
        # What `record` does for code 0, written out: the call would cost half as much again.
        took = clock() - started
        words[classes + bisect_left(BOUNDS, took)] += 1
        words[total] += took
        words[ENDED] += 1
        return reply

    return answer


class _CountingPool(PatientPool):
    """Counts what it was given and what a thread took."""

    def __init__(self, threads: int, name: str, words: memoryview) -> None:
        super().__init__(threads, name)
        self._words = words

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        self._words[QUEUED] += 1
        return super().submit(self._take, function, *arguments, **named)

    def _take(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        self._words[TAKEN] += 1
        return function(*arguments, **named)


class _CountingQueue(deque[Any]):
    """Counts what was put in and what was taken."""

    def __init__(self, words: memoryview) -> None:
        super().__init__()
        self._words = words

    def append(self, call: Any) -> None:
        self._words[QUEUED] += 1
        super().append(call)

    def popleft(self) -> Any:
        call = super().popleft()
        self._words[TAKEN] += 1
        return call


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

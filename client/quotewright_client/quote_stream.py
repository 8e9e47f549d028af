"""What outlives a lost stream of quotes: those without an answer, to be sent again, and how often another is tried."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

import grpc
from quotewright.v1.quote_pb2 import Quote
from quotewright.v1.quote_service_pb2 import PriceQuotesRequest

from quotewright_client.channel import FIRST_PAUSE, LONGEST_PAUSE, PAUSE_FACTOR
from quotewright_client.errors import DeadlineExceededError, QuotewrightError, UnavailableError, from_rpc_error

_LOST = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
_JITTER = 0.2


def failure_of(error: grpc.RpcError) -> QuotewrightError:
    """The typed error of a stream that failed.

    Where a request is sent just when its stream ends, gRPC for asyncio puts an INTERNAL of its own in the place of what
    the server said (https://github.com/grpc/grpc/issues/36066): that stream is lost, and why is not known.
    """
    if error.code() is grpc.StatusCode.INTERNAL and error.details() == "Internal error from Core":
        return UnavailableError("the stream was lost while a quote was sent", grpc.StatusCode.UNAVAILABLE)
    return from_rpc_error(error)


class _Progress:
    """What was read from the caller and not answered, by its number, over however many streams it takes."""

    def __init__(self, attempts: int, timeout: float | None) -> None:
        self._attempts = attempts
        self._tried = 1
        self._until = None if timeout is None else time.monotonic() + timeout
        self._unanswered: dict[int, PriceQuotesRequest] = {}
        self._answered = 0
        self._read = 0
        self._stream = 0
        self._end: Exception | None = None  # of the caller's iterator: it need not tell a second time how it ended

    def time_left(self) -> float | None:
        """Seconds until the deadline of the whole; None without one."""
        return None if self._until is None else max(0.0, self._until - time.monotonic())

    def answered(self) -> None:
        """Note that the stream answered its next quote."""
        self._unanswered.pop(self._answered, None)
        self._answered += 1
        self._tried = 1

    def pause_after(self, error: QuotewrightError) -> float:
        """Seconds to wait before another stream is opened.

        Raises:
            QuotewrightError: `error` itself, where no other stream would help or enough were tried.
            DeadlineExceededError: the deadline comes first.
        """
        if error.code not in _LOST or self._tried >= self._attempts:
            raise error
        pause = min(FIRST_PAUSE * PAUSE_FACTOR ** (self._tried - 1), LONGEST_PAUSE)
        pause *= random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # spreads clients, keeps no secret
        left = self.time_left()
        if left is not None and left <= pause:
            told = f"the timeout passes before another stream is tried; the last one failed: {error}"
            raise DeadlineExceededError(told, grpc.StatusCode.DEADLINE_EXCEEDED)
        self._tried += 1
        return pause

    def _opened(self) -> int:
        self._stream += 1
        return self._stream

    def _keep(self, quote: Quote) -> None:
        self._unanswered[self._read] = PriceQuotesRequest(quote=quote)
        self._read += 1


class QuoteStream(_Progress):
    """The quotes of an iterator. gRPC reads a stream's requests on a thread of its own.

    The thread of a lost stream may still wait for the iterator: what it gets then is kept for the stream after it.
    """

    def __init__(self, quotes: Iterable[Quote], attempts: int, timeout: float | None) -> None:
        super().__init__(attempts, timeout)
        self._quotes = iter(quotes)
        self._reading = threading.Lock()

    def requests(self) -> Iterator[PriceQuotesRequest]:
        """What a new stream sends: quotes without an answer, then those that the iterator goes on to give."""
        return self._requests(self._opened(), self._answered)

    def close(self) -> None:
        """Have no stream read on."""
        self._opened()

    def _requests(self, stream: int, number: int) -> Iterator[PriceQuotesRequest]:
        while True:
            if number == self._read:
                with self._reading:
                    if stream == self._stream and number == self._read:
                        self._read_next()
            request = self._unanswered.get(number)
            if request is None:  # the end, or another stream goes on
                return
            yield request
            number += 1

    def _read_next(self) -> None:
        if self._end is None:
            try:
                self._keep(next(self._quotes))
            except Exception as end:  # noqa: BLE001  # told below
                self._end = end
        if self._end is not None and not isinstance(self._end, StopIteration):
            raise self._end


class AsyncQuoteStream(_Progress):
    """The quotes of an iterator or asynchronous iterator. gRPC reads a stream's requests in a task of its own.

    The task of a lost stream may still wait for the iterator: what it gets then is kept for the stream after it.
    """

    def __init__(self, quotes: Iterable[Quote] | AsyncIterable[Quote], attempts: int, timeout: float | None) -> None:
        super().__init__(attempts, timeout)
        self._quotes = aiter(quotes) if isinstance(quotes, AsyncIterable) else aiter(_each(quotes))
        self._reading = asyncio.Lock()
        self._reader: asyncio.Task[object] | None = None

    def requests(self) -> AsyncIterator[PriceQuotesRequest]:
        """What a new stream sends: quotes without an answer, then those that the iterator goes on to give."""
        return self._requests(self._opened(), self._answered)

    def close(self) -> None:
        """Have no stream read on, nor wait for the iterator."""
        self._opened()
        if self._reader is not None:
            self._reader.cancel()

    async def _requests(self, stream: int, number: int) -> AsyncIterator[PriceQuotesRequest]:
        while True:
            if number == self._read:
                async with self._reading:
                    if stream == self._stream and number == self._read:
                        await self._read_next()
            request = self._unanswered.get(number)
            if request is None:  # the end, or another stream goes on
                return
            yield request
            number += 1

    async def _read_next(self) -> None:
        if self._end is None:
            self._reader = asyncio.current_task()
            try:
                self._keep(await anext(self._quotes))
            except Exception as end:  # noqa: BLE001  # told below
                self._end = end
            finally:
                self._reader = None
        if self._end is not None and not isinstance(self._end, StopAsyncIteration):
            raise self._end


async def _each(quotes: Iterable[Quote]) -> AsyncIterator[Quote]:
    for quote in quotes:
        yield quote

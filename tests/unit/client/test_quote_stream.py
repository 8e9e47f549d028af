"""Streams of quotes that are lost at chosen places go on over others: every outcome once and in order, both clients."""

import asyncio
import itertools
import threading
import time

import grpc
import psutil
import pytest
from google.rpc import code_pb2, status_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from quotewright.v1.quote_service_pb2 import PriceQuotesRequest, PriceQuotesResponse
from quotewright_client import (
    AsyncQuotewrightClient,
    DeadlineExceededError,
    OverloadedError,
    QuotewrightClient,
    QuotewrightError,
    ServerError,
    UnavailableError,
    quote,
    quote_stream,
)

from engine.service.errors import AnsweredError
from engine.service.grpc_server import Server
from engine.service.method import Service
from engine.service.native_server import NativeServer

ALL = 10**6
LOST = (code_pb2.UNAVAILABLE, code_pb2.CANCELLED)


class Breaking:
    """Answers quotes with their ids; the nth stream breaks at the nth of `breaks`, those after them do not.

    A break is how many quotes the stream answers, how many more it reads then, and the code that it ends with.
    """

    def __init__(self):
        self.breaks, self.streams, self.ended = [], 0, threading.Semaphore(0)

    def price_quotes(self, requests, _time_left):
        place = self.streams
        self.streams += 1
        answers, ahead, code = self.breaks[place] if place < len(self.breaks) else (ALL, 0, 0)
        try:
            for request in itertools.islice(requests, answers):
                response = PriceQuotesResponse()
                response.decision.quote_id = PriceQuotesRequest.FromString(request).quote.id
                yield response.SerializeToString()
            if answers < ALL:
                list(itertools.islice(requests, ahead))
                raise AnsweredError(status_pb2.Status(code=code, message="lost"))
        finally:
            self.ended.release()

    def begin(self, breaks):
        self.breaks, self.streams, self.ended = breaks, 0, threading.Semaphore(0)


@pytest.fixture(scope="module", autouse=True)
def short_pauses():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quote_stream, "FIRST_PAUSE", 0.001)
        yield


@pytest.fixture(scope="module", params=[Server, NativeServer])
def served(request):
    breaking = Breaking()
    service = Service("quotewright.v1.QuoteService", {}, {"PriceQuotes": breaking.price_quotes})
    server = request.param([service], threads=1)
    port = server.start("127.0.0.1:0")
    yield breaking, f"127.0.0.1:{port}"
    server.stop(0)


def asked(number):
    return quote([], currency="EUR", price_date="2026-03-01", id=str(number))


def ids(count):
    return [str(number) for number in range(count)]


def stream(address, quotes, **arguments):
    """The ids of the outcomes."""
    with QuotewrightClient(address, attempts=arguments.pop("attempts", 4)) as client:
        return [outcome.result().quote_id for outcome in client.price_quotes(quotes, **arguments)]


def stream_in_loop(address, quotes, **arguments):
    """The same by the client for asyncio, to which the quotes arrive asynchronously."""

    async def arriving():
        for item in quotes:
            await asyncio.sleep(0)
            yield item

    async def ask():
        async with AsyncQuotewrightClient(address, attempts=arguments.pop("attempts", 4)) as client:
            return [outcome.result().quote_id async for outcome in client.price_quotes(arriving(), **arguments)]

    return asyncio.run(ask())


BOTH = pytest.mark.parametrize("streamed", [stream, stream_in_loop])


@BOTH
@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(0, 12),
    breaks=st.lists(st.tuples(st.integers(0, 6), st.sampled_from([0, 1, 2, ALL]), st.sampled_from(LOST)), max_size=3),
)
def test_wherever_streams_break_every_quote_has_one_outcome(served, streamed, count, breaks):
    breaking, address = served
    breaking.begin(breaks)
    assert streamed(address, (asked(number) for number in range(count))) == ids(count)


@BOTH
@pytest.mark.parametrize("ahead", [0, ALL])
@pytest.mark.parametrize("answers", range(4))
def test_every_place_where_a_short_stream_may_break(served, streamed, answers, ahead):
    breaking, address = served
    breaking.begin([(answers, ahead, code_pb2.UNAVAILABLE)])
    assert streamed(address, map(asked, range(3))) == ids(3)
    assert breaking.streams == 2


@BOTH
@pytest.mark.parametrize("attempts", [1, 2, 5])
@pytest.mark.parametrize("answers", [0, 2])
def test_attempts_bound_the_streams_in_a_row_without_an_answer(served, streamed, answers, attempts):
    breaking, address = served
    breaking.begin([(answers, 0, code_pb2.UNAVAILABLE), *[(0, 0, code_pb2.UNAVAILABLE)] * 9])
    with pytest.raises(UnavailableError, match="lost"):  # by the server's word or while a quote was sent
        streamed(address, map(asked, range(3)), attempts=attempts)
    assert breaking.streams == attempts


@BOTH
def test_each_answer_gives_all_attempts_back(served, streamed):
    breaking, address = served
    breaking.begin([(0, 1, code_pb2.UNAVAILABLE), (1, 0, code_pb2.UNAVAILABLE)] * 20)
    assert streamed(address, map(asked, range(20)), attempts=3) == ids(20)
    assert breaking.streams == 41


@BOTH
def test_an_error_that_is_no_loss_is_told_at_once(served, streamed):
    breaking, address = served
    breaking.begin([(1, ALL, code_pb2.RESOURCE_EXHAUSTED)])
    with pytest.raises(OverloadedError):
        streamed(address, map(asked, range(3)))
    assert breaking.streams == 1


@BOTH
def test_the_deadline_holds_over_all_streams(served, streamed):
    breaking, address = served
    breaking.begin([(1, 0, code_pb2.UNAVAILABLE)] * 100_000)
    began = time.monotonic()
    with pytest.raises(DeadlineExceededError):
        streamed(address, map(asked, itertools.count()), timeout=0.5)
    assert 0.4 < time.monotonic() - began < 3
    assert breaking.streams > 5


@BOTH
def test_no_pause_outlasts_the_deadline(served, streamed, monkeypatch):
    monkeypatch.setattr(quote_stream, "FIRST_PAUSE", 30.0)
    monkeypatch.setattr(quote_stream, "LONGEST_PAUSE", 30.0)
    breaking, address = served
    breaking.begin([(1, 0, code_pb2.UNAVAILABLE)])
    began = time.monotonic()
    with pytest.raises(DeadlineExceededError, match="before another stream is tried; the last one failed: "):
        streamed(address, map(asked, range(3)), timeout=0.3)
    assert time.monotonic() - began < 5
    assert breaking.streams == 1


def waiting_until_lost(breaking, more):
    """Two quotes, and what `more` gives when the stream is gone; by then its reader has long asked for it."""
    yield asked(0)
    yield asked(1)
    assert breaking.ended.acquire(timeout=10)
    time.sleep(0.1)
    yield from more()


def test_a_quote_that_comes_when_its_stream_is_gone_goes_to_the_next_one(served):
    breaking, address = served
    breaking.begin([(1, 1, code_pb2.UNAVAILABLE), (1, 0, code_pb2.UNAVAILABLE)])
    quotes = waiting_until_lost(breaking, lambda: map(asked, range(2, 6)))
    assert stream(address, quotes) == ids(6)
    assert breaking.streams == 3


def test_the_same_in_a_loop_where_no_reader_is_cancelled(served):
    breaking, address = served
    breaking.begin([(1, 1, code_pb2.UNAVAILABLE), (1, 0, code_pb2.UNAVAILABLE)])

    async def arriving():
        yield asked(0)
        yield asked(1)
        assert await asyncio.to_thread(breaking.ended.acquire, timeout=10)
        await asyncio.sleep(0.1)
        for number in range(2, 6):
            yield asked(number)

    async def ask():
        async with AsyncQuotewrightClient(address) as client:
            return [outcome.result().quote_id async for outcome in client.price_quotes(arriving())]

    assert asyncio.run(ask()) == ids(6)
    assert breaking.streams == 3


@pytest.mark.parametrize("breaks", [[], [(1, 1, code_pb2.UNAVAILABLE)]], ids=["no loss", "in a lost stream"])
def test_an_iterator_that_fails_fails_the_stream(served, breaks):
    breaking, address = served
    breaking.begin(breaks)

    def failing():
        raise LookupError("no more quotes")
        yield

    quotes = waiting_until_lost(breaking, failing) if breaks else itertools.chain([asked(0)], failing())
    with pytest.raises(ServerError, match="Exception iterating requests"):
        stream(address, quotes)
    breaking.begin([])
    with pytest.raises(asyncio.CancelledError):
        stream_in_loop(address, itertools.chain([asked(0)], failing()))


def test_only_what_is_not_answered_is_kept():
    progress = quote_stream.QuoteStream((asked(f"{number}-{'x' * 100_000}") for number in range(3_000)), 4, None)
    requests, this = progress.requests(), psutil.Process()
    before = this.memory_info().rss
    for number in range(3_000):
        next(requests)
        if number >= 3:  # three stay on their way
            progress.answered()
    assert this.memory_info().rss - before < 30_000_000
    assert [request.quote.id[:4] for request in progress.requests()] == ["2997", "2998", "2999"]


def test_a_caller_who_stops_early_closes_the_stream(served):
    breaking, address = served
    breaking.begin([(3, 0, code_pb2.UNAVAILABLE)])
    read, go_on = [], threading.Event()

    def quotes():
        for number in range(20):
            if number == 10:
                assert go_on.wait(10)
            read.append(number)
            yield asked(number)

    with QuotewrightClient(address) as client:
        outcomes = client.price_quotes(quotes())
        assert [next(outcomes).result().quote_id for _ in range(5)] == ids(5)
        outcomes.close()
        assert breaking.ended.acquire(timeout=5)
        assert breaking.ended.acquire(timeout=5)
        go_on.set()
        time.sleep(0.1)
    assert len(read) <= 11


def test_an_early_stop_in_a_loop_ends_the_reader_of_a_lost_stream(served):
    breaking, address = served
    breaking.begin([(1, 0, code_pb2.UNAVAILABLE)])
    ended = []

    async def quotes():
        try:
            yield asked(0)
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def ask():
        async with AsyncQuotewrightClient(address) as client:
            outcomes = client.price_quotes(quotes())
            assert (await anext(outcomes)).result().quote_id == "0"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(outcomes), 0.3)
            assert breaking.streams == 2
            await asyncio.sleep(0.05)
            return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    assert asyncio.run(ask()) == []
    assert ended == [True]


def test_a_client_that_is_closed_opens_no_other_stream(served, monkeypatch):
    monkeypatch.setattr(quote_stream, "FIRST_PAUSE", 0.5)
    breaking, address = served
    breaking.begin([(1, 0, code_pb2.UNAVAILABLE)])
    client = QuotewrightClient(address)
    outcomes = client.price_quotes(map(asked, range(3)))
    next(outcomes)
    closing = threading.Timer(0.2, client.close)
    closing.start()
    with pytest.raises(QuotewrightError) as caught:
        next(outcomes)
    assert caught.value.code is grpc.StatusCode.UNAVAILABLE
    closing.join()
    assert breaking.streams == 1

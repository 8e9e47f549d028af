"""Both transports with services made for the test: failures are incidents, deadlines end streams, nothing leaks."""

import logging
import time
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from quotewright.v1 import quote_service_pb2

from engine.service.errors import DeadlinePassedError
from engine.service.grpc_server import Server
from engine.service.method import Service
from engine.service.native_server import NativeServer
from engine.service.quote_service import QuoteService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder

FILES = Path(__file__).parents[2] / "cases/e2e"


def failing(request):
    raise ValueError(f"secret {request!r}")


def failing_stream(requests, _time_left):
    for number, request in enumerate(requests):
        if number:
            failing(request)
        yield request


@pytest.fixture(scope="module", params=[(Server, ()), (Server, ("Echo", "Fail")), (NativeServer, ())])
def served(request):
    transport, short = request.param
    methods = {"Echo": bytes, "Fail": failing}
    server = transport([Service("t.Test", methods, {"Stream": failing_stream}, short=frozenset(short))], threads=1)
    port = server.start("127.0.0.1:0")
    yield f"127.0.0.1:{port}"
    server.stop(0)


@pytest.fixture
def channel(served):
    with grpc.insecure_channel(served) as channel:
        yield channel


def status_of(error):
    return status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])


def test_bytes_pass_as_they_are(channel):
    assert channel.unary_unary("/t.Test/Echo")(b"\x00\xff") == b"\x00\xff"


def test_a_failure_is_an_incident(channel, caplog):
    with caplog.at_level(logging.ERROR, "quotewright"), pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/t.Test/Fail")(b"x")
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    info = error_details_pb2.ErrorInfo()
    assert status_of(caught.value).details[0].Unpack(info)
    assert info.metadata["incident"] in caplog.text
    assert "secret" in caplog.text
    assert "secret" not in caught.value.details() + str(caught.value.trailing_metadata())


def test_a_stream_that_fails_is_an_incident_after_what_it_answered(channel, caplog):
    with caplog.at_level(logging.ERROR, "quotewright"):
        stream = channel.stream_stream("/t.Test/Stream")(iter([b"1", b"2"]))
        assert next(stream) == b"1"
        with pytest.raises(grpc.RpcError) as caught:
            next(stream)
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "Traceback" in caplog.text


def quote_service():
    snapshot, _ = SnapshotSource(FILES / "rules", FILES / "catalog.yaml").load()
    return QuoteService(SnapshotHolder(snapshot))


def bolts():
    request = quote_service_pb2.PriceQuotesRequest()
    request.quote.currency, request.quote.price_date = "EUR", "2026-03-01"
    request.quote.lines.add(id="1", sku="BOLT", quantity="1")
    return request.SerializeToString()


@pytest.mark.parametrize("transport", [Server, NativeServer])
def test_a_deadline_ends_a_stream_between_quotes(transport):
    server = transport([quote_service().service()], threads=1)
    port = server.start("127.0.0.1:0")

    def slow():
        yield bolts()
        time.sleep(0.4)
        yield bolts()

    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stream = channel.stream_stream("/quotewright.v1.QuoteService/PriceQuotes")(slow(), timeout=0.2)
            assert quote_service_pb2.PriceQuotesResponse.FromString(next(stream)).decision.totals.net_total == "10.00"
            with pytest.raises(grpc.RpcError) as caught:
                next(stream)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    finally:
        server.stop(0)


def test_no_work_begins_after_the_deadline():
    asked = []
    left = iter([5.0, 0.0])

    def requests():
        for _ in range(2):
            asked.append(1)
            yield bolts()

    replies = quote_service().price_quotes(requests(), lambda: next(left))
    assert next(replies)
    with pytest.raises(DeadlinePassedError):
        next(replies)
    assert len(asked) == 2


def test_an_empty_quote_in_a_stream_is_answered_and_the_next_one_too():
    replies = quote_service().price_quotes([b"", bolts()], lambda: None)
    first, second = (quote_service_pb2.PriceQuotesResponse.FromString(reply) for reply in replies)
    assert first.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert second.decision.totals.net_total == "10.00"

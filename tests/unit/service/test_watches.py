"""Watches in the transport: they end with the server and with their callers, and hold nothing for those who stall."""

import threading
import time

import grpc
import pytest

from engine.service import grpc_server
from engine.service.grpc_server import Server
from engine.service.method import Service
from engine.service.native_server import NativeServer


class Watched:
    """A watch that tells numbers, or as much as anybody takes; counts how many go on."""

    def __init__(self) -> None:
        self.open = 0
        self.lock = threading.Lock()

    def ticks(self, request, goes_on):
        with self.lock:
            self.open += 1
        try:
            number = 0
            while goes_on():
                yield b"%d" % number if request != b"flood" else bytes(100_000)
                number += 1
                if request != b"flood":
                    time.sleep(0.01)
        finally:
            with self.lock:
                self.open -= 1

    def ended(self, seconds=10):
        until = time.monotonic() + seconds
        while self.open and time.monotonic() < until:
            time.sleep(0.01)
        return not self.open


@pytest.fixture
def watched():
    return Watched()


@pytest.fixture(params=[Server, NativeServer])
def served(watched, request):
    server = request.param([Service("t.Test", {"Echo": bytes}, watches={"Watch": watched.ticks})], threads=1)
    port = server.start("127.0.0.1:0")
    yield server, f"127.0.0.1:{port}"
    server.stop(0)


def watch(channel, request=b""):
    return channel.unary_stream("/t.Test/Watch")(request)


def test_a_watch_ends_with_ok_when_the_server_drains(served, watched):
    server, address = served
    with grpc.insecure_channel(address) as channel:
        stream = watch(channel)
        assert [next(stream), next(stream)] == [b"0", b"1"]
        stopping = time.monotonic()
        threading.Thread(target=server.stop, args=(20,)).start()
        assert b"0" not in list(stream)
        assert stream.code() is grpc.StatusCode.OK
        assert time.monotonic() - stopping < 10
    assert watched.ended()


def test_a_caller_that_hangs_up_frees_the_watch(served, watched):
    _, address = served
    with grpc.insecure_channel(address) as channel:
        streams = [watch(channel) for _ in range(20)]
        for stream in streams:
            next(stream)
        assert watched.open == 20
        for stream in streams:
            stream.cancel()
        assert watched.ended()
        assert channel.unary_unary("/t.Test/Echo")(b"x") == b"x"


def test_more_watches_than_there_may_be_are_refused(served, monkeypatch):
    _, address = served
    with grpc.insecure_channel(address) as channel:
        streams = [watch(channel) for _ in range(grpc_server.MAX_WATCHES)]
        for stream in streams:
            next(stream)
        with pytest.raises(grpc.RpcError) as refusal:
            next(watch(channel))
        assert refusal.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert channel.unary_unary("/t.Test/Echo")(b"x") == b"x"
        streams[0].cancel()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                next(watch(channel))
                break
            except grpc.RpcError:
                time.sleep(0.02)
        else:
            pytest.fail("the place of a caller that hung up stays taken")


def test_time_ends_a_watch(served, watched, monkeypatch):
    monkeypatch.setattr(grpc_server, "WATCH_SECONDS", 0.3)
    with grpc.insecure_channel(served[1]) as channel:
        stream = watch(channel)
        assert len(list(stream)) > 2
        assert stream.code() is grpc.StatusCode.OK


def test_a_caller_that_reads_nothing_is_cut_off(served, watched, monkeypatch):
    monkeypatch.setattr(grpc_server, "WATCH_SECONDS", 0.3)
    monkeypatch.setattr(grpc_server, "STALLED_SECONDS", 0.3)
    with grpc.insecure_channel(served[1]) as channel:
        stream = watch(channel, b"flood")
        next(stream)
        assert watched.open == 1
        assert watched.ended()
        with pytest.raises(grpc.RpcError):
            list(stream)

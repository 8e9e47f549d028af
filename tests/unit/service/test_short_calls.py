"""Short calls are answered where their messages arrive, others by threads of their own, whatever callers do."""

import logging
import os
import threading
import time
from types import SimpleNamespace

import grpc
import pytest

from engine.service import grpc_server, start_generation
from engine.service.grpc_server import Server
from engine.service.method import Service
from engine.service.short_calls import SHORT_BYTES, inside

LONG = b"x" * (SHORT_BYTES + 1)


def where(_request):
    return threading.current_thread().name.encode()


class Held:
    """A method that answers when it is let go."""

    def __init__(self):
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, _request):
        self.begun.set()
        self.let_go.wait(60)
        return b"late"


@pytest.fixture
def held():
    return Held()


@pytest.fixture
def channel(held):
    methods = {"Where": where, "Whither": where, "Echo": bytes, "Held": held}
    server = Server([Service("t.Test", methods, short=frozenset({"Where", "Echo"}))], threads=1)
    port = server.start("127.0.0.1:0")
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    held.let_go.set()
    server.stop(0)


def call(channel, method, message=b"x"):
    return channel.unary_unary(f"/t.Test/{method}")(message, timeout=30)


def test_a_short_call_is_answered_by_the_thread_that_received_it(channel):
    assert {call(channel, "Where") for _ in range(20)} & {b"unary"} == set()
    assert call(channel, "Where", LONG[:-1]) != b"unary"


def test_other_calls_have_threads_of_their_own(channel):
    assert call(channel, "Where", LONG) == b"unary"
    assert call(channel, "Whither") == b"unary"


def test_an_empty_message_is_a_message(channel):
    assert call(channel, "Echo", b"") == b""


def test_a_long_call_keeps_no_short_one_waiting(channel, held):
    late = channel.unary_unary("/t.Test/Held").future(b"", timeout=60)
    assert held.begun.wait(30)
    assert call(channel, "Echo") == b"x"
    held.let_go.set()
    assert late.result() == b"late"


def test_a_call_without_a_message_is_refused(channel):
    for method in ("Echo", "Held"):
        with pytest.raises(grpc.RpcError) as caught:
            channel.stream_unary(f"/t.Test/{method}")(iter(()), timeout=30)
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert "exactly one message" in caught.value.details()
    assert call(channel, "Echo") == b"x"


def test_callers_who_hang_up_before_their_message_is_there(channel):
    gone = threading.Event()

    def never():
        gone.wait(30)
        yield b"late"

    calls = [channel.stream_unary(f"/t.Test/{method}").future(never()) for method in ("Echo", "Held") * 20]
    time.sleep(0.05)
    for each in calls:
        each.cancel()
    gone.set()
    assert [call(channel, "Echo", bytes([number])) for number in range(20)] == [bytes([n]) for n in range(20)]


def test_many_callers_at_once_get_their_own_answers(channel):
    echo = channel.unary_unary("/t.Test/Echo")
    messages = [b"%d" % number * (1 + number % 3 * SHORT_BYTES) for number in range(300)]
    futures = [echo.future(message, timeout=60) for message in messages]
    assert [each.result() for each in futures] == messages


def test_the_installed_grpcio_is_known():
    assert inside() is not None


@pytest.mark.parametrize(
    "server",
    [
        SimpleNamespace(),
        SimpleNamespace(
            _abort=lambda state, call, code: None,  # noqa: ARG005  # the parameters are what is looked at
            _is_rpc_state_active=None,
            _receive_message=None,
            _unary_response_in_pool=None,
        ),
    ],
)
def test_another_grpcio_is_not(server):
    assert inside(server) is None


def test_an_unknown_grpcio_serves_too(monkeypatch, caplog):
    monkeypatch.setattr(grpc_server, "inside", lambda: None)
    with caplog.at_level(logging.WARNING, "quotewright"):
        server = Server([Service("t.Test", {"Where": where}, short=frozenset({"Where"}))], threads=1)
    port = server.start("127.0.0.1:0")
    try:
        assert f"grpcio {grpc.__version__} is not one of the releases" in caplog.text
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            assert call(channel, "Where") == b"unary"
    finally:
        server.stop(0)


@pytest.mark.parametrize(
    ("version", "before", "after"),
    [
        ("1.76.0", None, "-event_engine_listener"),
        ("1.85.1", None, "-event_engine_listener"),
        ("1.85.1", "", ""),
        ("1.85.1", "tcp_frame_size_tuning", "tcp_frame_size_tuning"),
        ("1.86.0", None, None),
        ("2.0.0.dev0", None, None),
    ],
)
def test_the_listener_is_chosen_where_it_is_known_and_nobody_chose(monkeypatch, version, before, after):
    monkeypatch.setattr(start_generation, "version", lambda _name: version)
    monkeypatch.delenv("GRPC_EXPERIMENTS", raising=False)
    if before is not None:
        monkeypatch.setenv("GRPC_EXPERIMENTS", before)
    start_generation._choose_listener()
    assert os.environ.get("GRPC_EXPERIMENTS") == after

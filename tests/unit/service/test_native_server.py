"""What the native transport does by itself: it takes calls, counts them, bounds them and lets them finish."""

import mmap
import threading
import time

import grpc
import pytest
from google.rpc import status_pb2

from engine.security.guard import Guard
from engine.security.identity import Identity, Role
from engine.service.counters import OTHER_METHODS, Counters, Layout, read_counts
from engine.service.grpc_server import Access
from engine.service.listening import AddressInUseError
from engine.service.method import Service
from engine.service.native_server import NativeServer
from engine.service.observation import Observer

CODE = grpc.StatusCode
LAYOUT = Layout(("/t.Test/Long", OTHER_METHODS), (), 1)


class Gate:
    """A method that answers when it is let."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.let = threading.Event()

    def __call__(self, request):
        self.begun.release()
        assert self.let.wait(20)
        return request


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.let.set()


@pytest.fixture
def serve():
    started = []

    def serve(unary, **options):
        waiting = options.pop("waiting", frozenset())
        options = {"threads": 2} | options
        server = NativeServer([Service("t.Test", unary, acting=options.pop("acting", {}), waiting=waiting)], **options)
        started.append(server)
        return server, f"127.0.0.1:{server.start('127.0.0.1:0')}"

    yield serve
    for server in started:
        server.stop(0)


def open_channel(address):
    return grpc.insecure_channel(address, [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)])


def method(channel, name):
    return channel.unary_unary(f"/t.Test/{name}")


def code_of(call):
    with pytest.raises(grpc.RpcError) as refused:
        call()
    return refused.value.code()


def test_a_long_call_does_not_keep_short_ones_waiting(serve, gate):
    _, address = serve({"Long": gate, "Echo": bytes})
    with open_channel(address) as channel:
        long = method(channel, "Long").future(b"long", timeout=20)
        assert gate.begun.acquire(timeout=10)
        # Sent together, so that one thread may take them all at once.
        short = [method(channel, "Echo").future(b"x", timeout=10) for _ in range(50)]
        assert [call.result() for call in short] == [b"x"] * 50
        gate.let.set()
        assert long.result() == b"long"


def test_calls_that_wait_for_something_have_threads_of_their_own(serve, gate):
    _, address = serve({"Wait": gate, "Echo": bytes}, threads=1, waiting=frozenset({"Wait"}))
    with open_channel(address) as channel:
        waiting = [method(channel, "Wait").future(b"w", timeout=20) for _ in range(5)]
        for _ in waiting:
            assert gate.begun.acquire(timeout=10)
        assert method(channel, "Echo")(b"x", timeout=10) == b"x"
        gate.let.set()
        assert [call.result() for call in waiting] == [b"w"] * 5


def test_open_calls_finish_before_the_end(serve, gate):
    server, address = serve({"Long": gate})
    with open_channel(address) as channel:
        long = method(channel, "Long").future(b"long", timeout=20)
        assert gate.begun.acquire(timeout=10)
        stopping = threading.Thread(target=server.stop, args=(20,))
        stopping.start()
        time.sleep(0.3)
        assert stopping.is_alive()
        late = method(channel, "Long").future(b"late", timeout=20)
        assert late.code() is CODE.UNAVAILABLE
        gate.let.set()
        assert long.result() == b"long"
        stopping.join(10)
        assert not stopping.is_alive()


def test_the_end_waits_no_longer_than_it_may(serve, gate):
    server, address = serve({"Long": gate})
    with open_channel(address) as channel:
        long = method(channel, "Long").future(b"long", timeout=20)
        assert gate.begun.acquire(timeout=10)
        began = time.monotonic()
        server.stop(0.3)
        assert 0.2 < time.monotonic() - began < 5
        assert long.code() is CODE.UNAVAILABLE


def test_a_message_beyond_the_bound(serve):
    _, address = serve({"Echo": bytes}, access=Access(max_request_bytes=1_000))
    with open_channel(address) as channel:
        echo = method(channel, "Echo")
        assert echo(b"x" * 1_000) == b"x" * 1_000
        with pytest.raises(grpc.RpcError) as refused:
            echo(b"x" * 1_001)
        assert refused.value.code() is CODE.RESOURCE_EXHAUSTED
        assert refused.value.details() == "the message has 1001 bytes; the most that are read are 1000"


def test_long_replies_and_a_connection_of_many_calls(serve):
    _, address = serve({"Long": lambda request: request * 100_000})
    with grpc.insecure_channel(address, [("grpc.max_receive_message_length", -1)]) as channel:
        calls = [method(channel, "Long").future(bytes([number]) * 10) for number in range(40)]
        assert [call.result() for call in calls] == [bytes([number]) * 1_000_000 for number in range(40)]


def test_a_message_that_comes_compressed(serve):
    _, address = serve({"Echo": bytes})
    with open_channel(address) as channel:
        assert method(channel, "Echo")(b"x" * 10_000, compression=grpc.Compression.Gzip) == b"x" * 10_000


def test_a_deadline_that_passed_before_the_work_began(serve, gate):
    done = []
    _, address = serve({"Long": gate, "Note": lambda request: done.append(request) or b""}, threads=1)
    with open_channel(address) as channel:
        long = method(channel, "Long").future(b"long", timeout=20)
        assert gate.begun.acquire(timeout=10)
        assert code_of(lambda: method(channel, "Note")(b"late", timeout=0.2)) is CODE.DEADLINE_EXCEEDED
        gate.let.set()
        assert long.result() == b"long"
        method(channel, "Note")(b"in time")
    assert done == [b"in time"]


def test_a_failure_outside_of_the_method_is_told_as_nothing(serve, caplog):
    class Broken(Observer):
        def unary(self, _method, _behaviour):
            def fail(_request, _context):
                raise RuntimeError("secret")

            return fail

    _, address = serve({"Echo": bytes}, observer=Broken())
    with open_channel(address) as channel, pytest.raises(grpc.RpcError) as failed:
        method(channel, "Echo")(b"x")
    assert failed.value.code() is CODE.INTERNAL
    assert "secret" not in failed.value.details()
    assert "secret" in caplog.text


def test_methods_and_services_that_there_are_not(serve):
    _, address = serve({"Echo": bytes})
    with open_channel(address) as channel:
        for name in ("/t.Test/NoSuch", "/no.Service/Echo", "/", "/t.Test/"):
            assert code_of(lambda name=name: channel.unary_unary(name)(b"")) is CODE.UNIMPLEMENTED


def test_a_port_that_is_taken(serve):
    with pytest.raises(AddressInUseError, match=r"cannot listen on 203\.0\.113\.1:1"):
        NativeServer([], threads=1).start("203.0.113.1:1")


class Known(Guard):
    """Admits those who say who they are."""

    def __init__(self, max_open):
        super().__init__(keys=None, tokens=None, max_open=max_open)

    def identify(self, metadata):
        (name,) = [value for key, value in metadata if key == "authorization"]
        return Identity(name, frozenset([Role.PRICE]), "", frozenset(["/t.Test/Long", "/t.Test/Who"]))


def test_open_calls_of_a_client_are_counted_from_their_arrival(serve, gate):
    told = {"Who": lambda _request, caller: caller.name.encode()}
    _, address = serve({"Long": gate}, threads=1, acting=told, access=Access(guard=Known(max_open=10)))
    with open_channel(address) as channel:
        greedy, other = [(("authorization", name),) for name in ("greedy", "other")]
        first = method(channel, "Long").future(b"x", metadata=greedy, timeout=20)
        assert gate.begun.acquire(timeout=10)  # the one thread is busy: the others arrive, and are taken together
        held = [method(channel, "Long").future(b"x", metadata=greedy, timeout=20) for _ in range(30)]
        time.sleep(0.5)
        gate.let.set()
        codes = [call.code() for call in held]
        assert first.result() == b"x"
        assert codes.count(CODE.OK) >= 10
        assert codes.count(CODE.RESOURCE_EXHAUSTED) >= 1
        assert set(codes) == {CODE.OK, CODE.RESOURCE_EXHAUSTED}
        assert method(channel, "Who")(b"", metadata=other) == b"other"
        for _ in range(30):
            assert method(channel, "Who")(b"", metadata=greedy) == b"greedy"


def test_a_guard_that_fails_stops_no_other_call(serve, caplog):
    class Broken(Known):
        def identify(self, metadata):
            if dict(metadata)["authorization"] == "odd":
                raise RuntimeError("secret")
            return super().identify(metadata)

    told = {"Who": lambda _request, caller: caller.name.encode()}
    _, address = serve({}, threads=1, acting=told, access=Access(guard=Broken(max_open=10)))
    with open_channel(address) as channel:
        who = method(channel, "Who")
        for _ in range(3):
            with pytest.raises(grpc.RpcError) as failed:
                who(b"", metadata=(("authorization", "odd"),), timeout=10)
            assert failed.value.code() is CODE.INTERNAL
            assert "secret" not in failed.value.details()
        assert who(b"", metadata=(("authorization", "ann"),), timeout=10) == b"ann"
    assert "secret" in caplog.text


def test_refused_calls_say_why(serve):
    _, address = serve({"Echo": bytes}, access=Access(guard=Known(max_open=10)))
    with open_channel(address) as channel, pytest.raises(grpc.RpcError) as refused:
        method(channel, "Echo")(b"", metadata=(("authorization", "somebody"),))
    status = status_pb2.Status.FromString(dict(refused.value.trailing_metadata())["grpc-status-details-bin"])
    assert (refused.value.code(), status.message) == (CODE.PERMISSION_DENIED, refused.value.details())


def test_calls_that_wait_for_a_thread_are_counted(serve, gate):
    memory = mmap.mmap(-1, LAYOUT.size)
    observer = Observer(Counters(LAYOUT, memory, 0))
    _, address = serve({"Long": gate}, threads=1, observer=observer)
    with open_channel(address) as channel:
        calls = [method(channel, "Long").future(b"x", timeout=20) for _ in range(5)]
        assert gate.begun.acquire(timeout=10)
        gate.let.set()
        assert [call.result() for call in calls] == [b"x"] * 5
    counts = read_counts(LAYOUT, memory)
    assert (counts.queued, counts.in_flight) == (0, 0)
    assert sum(counts.calls["/t.Test/Long", 0].classes) == 5

"""Calls that are held up get others' threads replaced; calls that are not share a few."""

import gc
import threading
import time
import weakref

import grpc
import pytest

from engine.service.grpc_server import Server
from engine.service.method import Service
from engine.service.native_server import NativeServer
from engine.service.patient_pool import PatientPool


@pytest.fixture
def pool():
    made = PatientPool(2, "test")
    yield made
    made.shutdown()


def test_results_and_errors_come_back(pool):
    assert [pool.submit(pow, 2, n).result(10) for n in range(5)] == [1, 2, 4, 8, 16]
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(10)


def test_short_calls_share_the_ordinary_threads(pool):
    seen = set()

    def work():
        seen.add(threading.get_ident())
        time.sleep(0.001)

    for call in [pool.submit(work) for _ in range(300)]:
        call.result(30)
    assert len(seen) <= 2


def test_held_up_threads_are_replaced_and_the_replacements_end(pool):
    let_go = threading.Event()
    held = [pool.submit(let_go.wait, 60) for _ in range(40)]
    assert pool.submit(int, "7").result(30) == 7
    assert pool._alive <= 45
    let_go.set()
    assert all(call.result(30) for call in held)
    until = time.monotonic() + 30
    while pool._alive > 2 and time.monotonic() < until:
        pool.submit(int).result(10)
        time.sleep(0.005)
    assert pool._alive == 2


def test_nothing_of_a_call_is_kept_when_it_is_done(pool):
    class Slot:
        pass

    slot = Slot()
    gone = weakref.ref(slot)
    pool.submit(id, slot).result(10)
    del slot
    until = time.monotonic() + 10
    while gone() is not None and time.monotonic() < until:
        time.sleep(0.01)
    gc.disable()
    try:
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("transport", [Server, NativeServer])
def test_messages_that_never_come_keep_nobody_waiting(transport):
    server = transport([Service("t.Test", {"Echo": bytes})], threads=1)
    port = server.start("127.0.0.1:0")
    let_go = threading.Event()

    def never():
        let_go.wait(60)
        yield b"late"

    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            announced = channel.stream_unary("/t.Test/Echo")
            held = [announced.future(never(), timeout=60) for _ in range(30)]
            assert channel.unary_unary("/t.Test/Echo")(b"x", timeout=30) == b"x"
            let_go.set()
            assert [call.result() for call in held] == [b"late"] * 30
    finally:
        server.stop(0)

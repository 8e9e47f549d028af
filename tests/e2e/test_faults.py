"""Callers that behave badly, a locked database, and minutes of mixed load: the server goes on, and stays small."""

import os
import random
import signal
import socket
import sqlite3
import struct
import threading
import time
from pathlib import Path

import grpc
import psutil
import pytest
from approval_calls import Calls
from approval_calls import quote as approval_quote
from quotewright.v1 import quote_service_pb2
from quotewright_client import QuotewrightClient, line, quote

from benchmarks.http2 import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    INITIAL_WINDOW_SIZE,
    PREFACE,
    SETTINGS,
    Connection,
    call_headers,
    frame,
    grpc_message,
)

FILES = Path(__file__).parents[1] / "cases" / "e2e"
UNARY = "/quotewright.v1.QuoteService/PriceQuote"
STREAM = "/quotewright.v1.QuoteService/PriceQuotes"
SOAK_SECONDS = float(os.environ.get("QUOTEWRIGHT_SOAK_SECONDS", "12"))
MEGABYTE = 1024 * 1024


def bolts(lines=1):
    return quote(
        [line("BOLT", "12") for _ in range(lines)],
        currency="EUR",
        price_date="2026-03-01",
        customer={"segment": "SMB"},
    )


def message(lines=1):
    return grpc_message(quote_service_pb2.PriceQuoteRequest(quote=bolts(lines)).SerializeToString())


def place(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


def answers(client):
    return client.price_quote(bolts()).totals.net_total == "108.00"


def memory(server):
    """Of the server and its workers, in bytes; what they share counts once."""
    family = psutil.Process(server.process.pid)
    total = 0
    for member in [family, *family.children(recursive=True)]:
        try:
            total += member.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


@pytest.fixture(scope="module")
def own(start, tmp_path_factory):
    """A server of this module alone: what is done to it must not disturb the other tests."""
    files = ("--rules", str(FILES / "rules"), "--catalog", str(FILES / "catalog.yaml"))
    return start(*files, "--address", "127.0.0.1:0", "--workers", "1")


def test_bytes_that_are_no_http(own):
    chance = random.Random(7)
    for size in (0, 1, 9, 100, 10_000):
        with socket.create_connection(place(own[1])) as plain:
            plain.sendall(chance.randbytes(size))
    for size in (1, 30, 3_000):
        with socket.create_connection(place(own[1])) as plain:
            plain.sendall(PREFACE + frame(SETTINGS, 0, 0) + chance.randbytes(size))
    with QuotewrightClient(own[1]) as client:
        assert answers(client)
    assert "Traceback" not in own[0].text


def test_callers_that_hang_up_in_the_middle_of_a_message(own):
    whole = message(20)
    for number in range(50):
        half = Connection(*place(own[1]), UNARY)
        half.socket.setblocking(True)
        cut = whole[: len(whole) * number // 50]
        half.socket.sendall(
            frame(HEADERS, END_HEADERS, 1, call_headers(UNARY, own[1])) + frame(DATA, 0, 1, cut) if cut else b""
        )
        half.close()
    with QuotewrightClient(own[1]) as client:
        assert answers(client)
    assert "Traceback" not in own[0].text


def test_messages_that_lie_about_their_length(own):
    for head in (b"\x00\xff\xff\xff\xff", b"\x01\x00\x00\x00\x05", b"\x00\x00\x00\x00\x00", b"\xff\x00\x00\x00\x01"):
        liar = Connection(*place(own[1]), UNARY)
        liar.call(head + b"xxxxx")
        until = time.monotonic() + 5
        ended = False
        while not ended and not liar.broken and time.monotonic() < until:
            ended = any(reply is None for _, reply in liar.receive())
            time.sleep(0.01)
        liar.close()
        assert ended or liar.broken
    with QuotewrightClient(own[1]) as client:
        assert answers(client)


def test_a_thousand_streams_of_one_caller_leave_room_for_others(own):
    greedy = Connection(*place(own[1]), STREAM)
    first = message()
    for _ in range(1_000):
        greedy.open_stream(first)
    with QuotewrightClient(own[1], timeout=10) as client:
        for _ in range(20):
            assert answers(client)
    greedy.close()
    with QuotewrightClient(own[1], timeout=10) as client:
        until = time.monotonic() + 15
        while True:  # the places of those who hung up come free
            outcomes = list(client.price_quotes([bolts()]))
            if outcomes[0].decision is not None or time.monotonic() > until:
                break
            time.sleep(0.2)
        assert outcomes[0].decision.totals.net_total == "108.00"


def test_a_caller_that_never_reads_holds_little_memory(own):
    before = memory(own[0])
    deaf = socket.create_connection(place(own[1]))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    no_window = struct.pack(">HI", INITIAL_WINDOW_SIZE, 0)
    deaf.sendall(PREFACE + frame(SETTINGS, 0, 0, no_window))
    asked, headers = message(100), call_headers(UNARY, own[1])
    deaf.settimeout(2)
    try:
        for number in range(400):
            data = [asked[start : start + 16_384] for start in range(0, len(asked), 16_384)]
            frames = [
                frame(DATA, END_STREAM if index == len(data) - 1 else 0, number * 2 + 1, part)
                for index, part in enumerate(data)
            ]
            deaf.sendall(frame(HEADERS, END_HEADERS, number * 2 + 1, headers) + b"".join(frames))
    except OSError:
        pass  # the server stops reading, or ends the connection: both are right
    with QuotewrightClient(own[1], timeout=10) as client:
        for _ in range(20):
            assert answers(client)
    assert memory(own[0]) - before < 150 * MEGABYTE
    deaf.close()


def test_streams_that_are_cancelled_give_their_places_back(own):
    with grpc.insecure_channel(own[1]) as channel:
        asked = quote_service_pb2.PriceQuotesRequest(quote=bolts()).SerializeToString()
        for _ in range(250):  # more than there are places
            wait = threading.Event()

            def requests(wait=wait):
                yield asked
                wait.wait(5)

            call = channel.stream_stream(STREAM)(requests())
            assert next(call)
            call.cancel()
            wait.set()


def test_a_database_that_another_program_locks(start, tmp_path):
    database = tmp_path / "kept.sqlite"
    server, address = start("--database", str(database), "--address", "127.0.0.1:0", "--workers", "1")
    call = Calls(address)
    call("SubmitQuote", quote=approval_quote("Q-1"), person="robin", idempotency_key="a")
    locker = sqlite3.connect(database, isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    refused = []

    def submit(number):
        with pytest.raises(grpc.RpcError) as caught:
            call("SubmitQuote", patience=0, quote=approval_quote("Q-2"), person="robin", idempotency_key=str(number))
        refused.append((caught.value.code(), caught.value.details()))

    waiting = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for thread in waiting:
        thread.start()
    with QuotewrightClient(address, timeout=2) as client:  # prices need no database and wait for none
        for _ in range(10):
            assert client.price_quote(approval_quote("Q-3")).lines
    for thread in waiting:
        thread.join()
    told = "the database cannot be used at the moment, and nothing was changed: database is locked"
    assert refused == [(grpc.StatusCode.RESOURCE_EXHAUSTED, told)] * 8
    locker.execute("ROLLBACK")
    locker.close()
    done = call("SubmitQuote", quote=approval_quote("Q-2"), person="robin", idempotency_key="b")
    assert done
    call.close()
    assert "Traceback" not in server.text


def test_mixed_load_with_reloads_keeps_memory_flat(start, own_files):
    server, address = start(
        "--rules", str(own_files / "rules"), "--catalog", str(own_files / "catalog.yaml"),
        "--address", "127.0.0.1:0", "--workers", "1",
    )  # fmt: skip
    stop, wrong = threading.Event(), []

    def price():
        with QuotewrightClient(address, timeout=20) as client:
            while not stop.is_set():
                if not answers(client):
                    wrong.append("price")

    def stream():
        with QuotewrightClient(address, timeout=60) as client:
            while not stop.is_set():
                found = [outcome.decision.totals.net_total for outcome in client.price_quotes([bolts()] * 20)]
                if found != ["108.00"] * 20:
                    wrong.append(found)

    def bad():
        chance = random.Random(3)
        with grpc.insecure_channel(address) as channel:
            call = channel.unary_unary(UNARY)
            while not stop.is_set():
                try:
                    call(chance.randbytes(chance.randrange(200)), timeout=20, wait_for_ready=True)
                except grpc.RpcError as error:
                    if "Traceback" in (error.details() or ""):
                        wrong.append(error.details())
                time.sleep(0.002)

    def hang_up():
        while not stop.is_set():
            half = Connection(*place(address), UNARY)
            half.call(message(20))
            half.close()
            time.sleep(0.01)

    threads = [threading.Thread(target=target) for target in (price, stream, bad, hang_up)]
    for thread in threads:
        thread.start()
    taken, reloads, began = [], 0, time.monotonic()
    while time.monotonic() - began < SOAK_SECONDS:
        server.process.send_signal(signal.SIGHUP)
        reloads += 1
        server.wait_for("loaded ", count=reloads + 1)
        time.sleep(1.5)
        taken.append(memory(server))
    stop.set()
    for thread in threads:
        thread.join(60)
    assert not wrong
    time.sleep(0.5)
    early, late = min(taken[: max(1, len(taken) // 3)]), min(taken[-max(1, len(taken) // 3) :])
    assert late < early * 1.15 + 8 * MEGABYTE, [round(size / MEGABYTE) for size in taken]

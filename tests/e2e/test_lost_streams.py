"""Streams of quotes while workers are killed and versions replaced: every outcome once, in order and right."""

import asyncio
import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest
from quotewright_client import AsyncQuotewrightClient, QuotewrightClient, line, quote

COUNT = int(os.environ.get("QUOTEWRIGHT_STREAMED", "3000"))
FILES = Path(__file__).parents[1] / "cases/e2e"


def bolts(number):
    return quote(
        [line("BOLT", number % 50 + 1)],
        currency="EUR",
        price_date="2026-03-01",
        customer={"segment": "SMB"},
        id=str(number),
    )


def outcome_of(number):
    quantity = number % 50 + 1
    return str(number), f"{quantity * (9 if quantity >= 10 else 10)}.00"  # 10 % off from 10 on


def stream(address, found):
    """Quotes in bursts, so that some are on their way whenever the stream is lost."""

    def asking():
        for number in range(COUNT):
            if number % 100 == 0:
                time.sleep(0.15)
            yield bolts(number)

    with QuotewrightClient(address) as client:
        for outcome in client.price_quotes(asking(), timeout=120):
            decision = outcome.result()
            found.append((decision.quote_id, decision.totals.net_total))


def stream_in_loop(address, found):
    async def asking():
        for number in range(COUNT):
            if number % 100 == 0:
                await asyncio.sleep(0.15)
            yield bolts(number)

    async def ask():
        async with AsyncQuotewrightClient(address) as client:
            async for outcome in client.price_quotes(asking(), timeout=120):
                decision = outcome.result()
                found.append((decision.quote_id, decision.totals.net_total))

    asyncio.run(ask())


def kill_one_that_answers(server):
    """Kill a worker that has a caller, if there is one; says whether it did."""
    for worker in server.workers():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(worker)
            if any(connection.status == psutil.CONN_ESTABLISHED for connection in process.net_connections("tcp")):
                process.kill()
                return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["grpcio", "native"])
def test_every_quote_of_a_stream_has_one_outcome_whatever_dies(start, transport):
    if transport == "native":
        pytest.importorskip("pygrpc_native")
    server, address = start(
        "--rules", str(FILES / "rules"), "--catalog", str(FILES / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--workers", "2", "--transport", transport, "--reload-drain-seconds", "0.3",
    )  # fmt: skip
    found = {streaming: [] for streaming in (stream, stream_in_loop)}
    threads = [threading.Thread(target=streaming, args=(address, kept)) for streaming, kept in found.items()]
    for thread in threads:
        thread.start()
    kills = reloads = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.2)
        kills += kill_one_that_answers(server)
        if kills % 3 == 2:
            server.process.send_signal(signal.SIGHUP)
            reloads += 1
            server.wait_for("now serving rulebook", count=reloads)
    expected = [outcome_of(number) for number in range(COUNT)]
    assert found[stream] == expected
    assert found[stream_in_loop] == expected
    assert kills >= 5
    assert reloads >= 1
    assert "Traceback" not in server.text

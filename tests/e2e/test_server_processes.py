"""The server's processes: whichever of them dies, calls are answered, versions never mix, nothing is left behind."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import grpc
import pytest
from quotewright_client import QuotewrightClient, QuotewrightError, UnavailableError, line, quote

KILLS = int(os.environ.get("QUOTEWRIGHT_KILLS", "6"))
RELOADS = int(os.environ.get("QUOTEWRIGHT_RELOADS", "4"))
FILES = Path(__file__).parents[1] / "cases/e2e"
CALLERS = 3


def bolts():
    return quote([line("BOLT", 12)], currency="EUR", price_date="2026-03-01", customer={"segment": "SMB"})


def started(start, files, *further):
    return start(
        "--rules", str(files / "rules"), "--catalog", str(files / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--workers", "2", *further,
    )  # fmt: skip


def wait_until(what, seconds=10.0):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come to be in time"
        time.sleep(0.01)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Callers:
    """Threads with clients of their own that price one quote again and again until they are told to stop."""

    def __init__(self, address, *, patient=False):
        self._patient = patient
        self.answers, self.errors = [], []
        self._stop = threading.Event()
        self._address = address
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]

    def _call(self):
        # Channels of one process share connections unless told otherwise.
        with QuotewrightClient(self._address, options=[("grpc.use_local_subchannel_pool", 1)]) as client:
            while not self._stop.wait(0.002):  # a pause, so that the processes that start get their turn
                try:
                    decision = client.price_quote(bolts())
                except UnavailableError as error:
                    if not self._patient:
                        self.errors.append(repr(error))
                except QuotewrightError as error:
                    self.errors.append(repr(error))
                else:
                    self.answers.append((decision.rulebook_version, decision.totals.net_total))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(20)


def workers(metrics):
    """How many serve, and how many were forked again."""
    with urllib.request.urlopen(metrics) as reply:
        text = reply.read().decode()
    names = ("quotewright_workers_alive", "quotewright_worker_restarts_total")
    return tuple(float(re.search(rf"^{name} (\S+)", text, re.MULTILINE)[1]) for name in names)


@pytest.mark.timeout(900)  # for as many rounds as one asks for
def test_workers_killed_under_load_lose_no_call(start, own_files):
    server, address = started(start, own_files, "--metrics-address", "127.0.0.1:0")
    metrics = server.wait_for(r"metrics on (\S+)")[1]
    with Callers(address) as callers:
        for number in range(KILLS):
            wait_until(lambda number=number: workers(metrics) == (2, number))
            before = len(callers.answers)
            os.kill(server.workers()[number % 2], signal.SIGKILL)
            wait_until(lambda before=before: len(callers.answers) > before + 20)
    assert callers.errors == []
    assert {total for _, total in callers.answers} == {"108.00"}
    assert len(re.findall("was killed by signal 9; forked again", server.text)) == KILLS


@pytest.mark.timeout(900)
def test_versions_never_mix_while_files_change_under_load(start, own_files):
    server, address = started(start, own_files)
    rules = own_files / "rules/pricing/discounts.yaml"
    text = rules.read_text()
    with Callers(address) as callers:
        for number in range(1, RELOADS + 1):
            rules.write_text(text.replace("percent_off: 10", f"percent_off: {10 + 10 * (number % 2)}"))
            server.process.send_signal(signal.SIGHUP)
            server.wait_for("now serving rulebook", count=number)
            before = len(callers.answers)
            wait_until(lambda before=before: len(callers.answers) > before + 20)
    assert callers.errors == []
    assert {total for _, total in callers.answers} == {"108.00", "96.00"}
    assert len(set(callers.answers)) == 2, "each version has one price"


def test_a_restart_on_the_same_port_under_load(start, own_files):
    server, address = started(start, own_files)
    with Callers(address, patient=True) as callers:
        wait_until(lambda: len(callers.answers) > 20)
        server.process.send_signal(signal.SIGTERM)
        assert server.ended() == 0
        before = len(callers.answers)
        started(start, own_files, "--address", address)
        wait_until(lambda: len(callers.answers) > before + 20)
    assert callers.errors == []
    assert {total for _, total in callers.answers} == {"108.00"}


def test_a_reload_ends_the_old_processes(start, own_files):
    server, _ = started(start, own_files)
    old = server.generations() + server.workers()
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("now serving rulebook")
    wait_until(lambda: not any(map(alive, old)))
    assert len(server.generations()) == 1
    assert len(server.workers()) == 2


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_supervisor(start, own_files, how):
    server, address = started(start, own_files, "--database", str(own_files / "kept.sqlite"))
    everything = [server.process.pid, *server.generations(), *server.workers()]
    assert len(everything) == 1 + 1 + 3
    server.process.send_signal(how)
    server.ended()
    wait_until(lambda: not any(map(alive, everything)), seconds=3)
    with QuotewrightClient(address, timeout=1, attempts=1) as client, pytest.raises(UnavailableError):
        client.price_quote(bolts())


def test_a_killed_generation_is_started_again(start, own_files):
    server, address = started(start, own_files)
    workers = server.workers()
    os.kill(server.generations()[0], signal.SIGKILL)
    server.wait_for("the serving generation is gone: its process was killed by signal 9")
    server.wait_for("now serving rulebook")
    assert not any(map(alive, workers)), "workers end with their generation"
    with QuotewrightClient(address) as client:
        assert client.price_quote(bolts()).totals.net_total == "108.00"


def test_a_worker_that_cannot_start_is_tried_again_ever_later(start, own_files):
    database = own_files / "kept.sqlite"
    server, address = started(start, own_files, "--database", str(database))
    for file in own_files.glob("kept.sqlite*"):
        file.rename(own_files / f"aside-{file.name}")
    database.write_text("no database")
    killed = server.workers()[0]
    os.kill(killed, signal.SIGKILL)
    server.wait_for(r"worker \d \(process \d+\) ended with exit code 1; forked again in 0.1 s")
    server.wait_for(r"worker \d \(process \d+\) ended with exit code 1; forked again in 0.4 s")
    with QuotewrightClient(address) as client:
        assert client.price_quote(bolts()).totals.net_total == "108.00", "the other worker serves"
    database.unlink()
    for file in own_files.glob("aside-*"):
        file.rename(own_files / file.name.removeprefix("aside-"))
    wait_until(lambda: len(server.workers()) == 3)
    ends = server.text.count("ended with exit code")
    time.sleep(1.5)
    assert server.text.count("ended with exit code") == ends


def test_an_open_stream_goes_on_with_its_version_after_a_reload_until_the_bound(start, own_files):
    server, address = started(start, own_files, "--transport", "grpcio", "--reload-drain-seconds", "1.5")
    rules = own_files / "rules/pricing/discounts.yaml"
    ask = [threading.Event() for _ in range(3)]

    def asking():
        for event in ask:
            assert event.wait(20)
            yield bolts()

    with QuotewrightClient(address, attempts=1) as client:
        ask[0].set()
        outcomes = client.price_quotes(asking())
        first = next(outcomes).result()
        rules.write_text(rules.read_text().replace("percent_off: 10", "percent_off: 20"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("now serving rulebook")
        ask[1].set()
        second = next(outcomes).result()
        assert (second.rulebook_version, second.totals.net_total) == (first.rulebook_version, "108.00")
        with QuotewrightClient(address, options=[("grpc.use_local_subchannel_pool", 1)]) as other:
            assert other.price_quote(bolts()).totals.net_total == "96.00"
        wait_until(lambda: len(server.generations()) == 1)
        ask[2].set()
        with pytest.raises(UnavailableError):
            next(outcomes)


def test_an_open_stream_ends_at_a_reload_where_the_transport_cannot_send_it_away(start, own_files):
    server, address = started(start, own_files, "--transport", "native", "--reload-drain-seconds", "30")
    rules = own_files / "rules/pricing/discounts.yaml"
    goes_on = threading.Event()

    def asking():
        yield bolts()
        goes_on.wait(20)

    with QuotewrightClient(address, attempts=1) as client:
        outcomes = client.price_quotes(asking())
        assert next(outcomes).result().totals.net_total == "108.00"
        rules.write_text(rules.read_text().replace("percent_off: 10", "percent_off: 20"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("now serving rulebook")
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            next(outcomes)
        assert time.monotonic() - began < 10
        goes_on.set()
        wait_until(lambda: len(server.generations()) == 1)
        with QuotewrightClient(address) as other:
            assert other.price_quote(bolts()).totals.net_total == "96.00"


def test_a_stop_waits_no_longer_than_its_bound(start, own_files):
    server, address = started(start, own_files, "--drain-seconds", "0.5")
    done = threading.Event()

    def asking():
        yield bolts()
        done.wait(20)

    with QuotewrightClient(address, attempts=1) as client:
        outcomes = client.price_quotes(asking())
        next(outcomes).result()
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.ended() == 0
        assert 0.4 < time.monotonic() - began < 5
        done.set()
        with pytest.raises(UnavailableError):
            next(outcomes)


def test_a_second_signal_ends_at_once(start, own_files):
    server, address = started(start, own_files, "--drain-seconds", "60")
    done = threading.Event()

    def asking():
        yield bolts()
        done.wait(20)

    with QuotewrightClient(address, attempts=1) as client:
        next(client.price_quotes(asking())).result()
        server.process.send_signal(signal.SIGINT)
        server.wait_for("stopping: requests in flight finish")
        server.process.send_signal(signal.SIGINT)
        server.ended(seconds=5)
        done.set()


def test_a_stop_while_files_load(start, own_files):
    rules = "".join(
        f"  - id: r{number}\n    step: automatic\n    when: line.quantity > {number}\n    action: {{percent_off: 1}}\n"
        for number in range(3_000)
    )
    (own_files / "rules/pricing/many.yaml").write_text(f"rules:\n{rules}")
    server, _ = start("--rules", str(own_files / "rules"), "--address", "127.0.0.1:0", expect_serving=False)
    wait_until(server.generations)
    server.process.send_signal(signal.SIGTERM)
    assert server.ended(seconds=5) == 0
    assert "serving on" not in server.text


def test_one_process_does_what_is_due(start, own_files):
    database = own_files / "kept.sqlite"
    one, _ = started(start, own_files, "--database", str(database))
    other, _ = started(start, own_files, "--database", str(database))
    lock = (own_files / "kept.sqlite-duties").open()

    def is_free():
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        fcntl.flock(lock, fcntl.LOCK_UN)
        return True

    wait_until(lambda: not is_free())
    one.stop()
    wait_until(lambda: not is_free())
    other.stop()
    assert is_free()
    lock.close()


def test_a_port_that_shares_is_refused_too(start, own_files):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        server, _ = start("--address", address, expect_serving=False)
        assert server.ended() == 2
    assert f"not started: cannot listen on {address}: the port is in use" in server.text


def test_two_servers_started_at_once_do_not_share_a_port(start, own_files):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    both = [start("--address", address, expect_serving=False)[0] for _ in range(2)]
    wait_until(lambda: sum(server.process.poll() is None for server in both) == 1)
    refused = next(server for server in both if server.process.poll() is not None)
    assert refused.ended() == 2
    next(server for server in both if server is not refused).wait_for("serving on")


def test_the_supervisor_imports_neither_grpc_nor_the_engine():
    told = subprocess.run(
        [sys.executable, "-c", "import server, sys; print(*sys.modules)"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    heavy = {"grpc", "google", "quotewright", "pydantic", "lxml", "clingo", "durable", "openpyxl"}
    assert not heavy & {name.partition(".")[0] for name in told}
    assert not {"engine.decision", "engine.compile", "engine.wire"} & set(told)


def test_ipv6_and_names(start, own_files):
    try:
        with socket.socket(socket.AF_INET6) as six:
            six.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    server, _ = start("--address", "[::1]:0")
    address = server.wait_for(r"serving on (\S+)")[1]
    assert re.fullmatch(r"\[::1\]:\d+", address)
    with grpc.insecure_channel(address) as channel:
        grpc.channel_ready_future(channel).result(10)

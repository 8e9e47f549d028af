"""Releases activated under load: how long calls take while versions change, and whether any is lost or wrong.

    python benchmarks/bench_activation.py --rate 1000

Each server with two workers and two releases of 1,000 rules is asked in an open loop while one after the other is
activated. A call counts as made while versions changed if it was due between the wish to activate and half a second
after the release served, when the old version has ended. Every reply must be, byte for byte, that of one of the two.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "proto"), str(HERE.parent / "client")]

from quotewright_client.releases import ReleaseClient, connect  # noqa: E402  # needs the path above

from benchmarks.bench_server import (  # noqa: E402
    ENGINES,
    PRICE_QUOTE,
    SERVERS,
    Child,
    Target,
    requests_of,
    start_echo,
    start_engine,
)
from benchmarks.workload import write_catalog, write_rules  # noqa: E402

LINES = 10
CONNECTIONS = 4
PRODUCTS = 1_000
AFTER_NS = 500_000_000
BETWEEN_SECONDS = 1.0
POLL_SECONDS = 0.25


def with_percent(rules: Path, percent: int) -> dict[str, bytes]:
    """The rule files, the first rule of them with another discount."""
    files = {file.relative_to(rules).as_posix(): file.read_bytes() for file in rules.rglob("*") if file.is_file()}
    name = next(name for name in sorted(files) if b"percent_off: 1}" in files[name])
    return files | {name: files[name].replace(b"percent_off: 1}", b"percent_off: %d}" % percent, 1)}


def activate(releases: ReleaseClient, number: int, active: int) -> None:
    """Activate a release and wait until it serves."""
    releases.activate(number, expected_active=active, person="bench", reason="measured")
    while not any(server.release == number for server in releases.state().servers):
        time.sleep(POLL_SECONDS)


def measured(rate: float, turns: int, rules: Path, catalog: Path, folder: Path, name: str) -> dict[str, Any]:
    """The figures of a server of `ENGINES`."""
    server = start_engine(rules, catalog, *ENGINES[name], "--database", str(folder / "kept.db"), workers=2)
    driver = Child(HERE / "load_driver.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        with connect(server.address) as releases:
            numbers = [
                releases.stage(with_percent(rules, percent), person="bench", reason=f"{percent} %").release.id
                for percent in (5, 6)
            ]
            requests = requests_of({LINES}, PRODUCTS)[LINES]
            right: list[list[str]] = [[] for _ in requests]
            active = 0
            for number in numbers:
                activate(releases, number, active)
                active = number
                time.sleep(AFTER_NS / 1e9)
                for place, reply in enumerate(replies(server, requests)):
                    right[place].append(reply.hex())
            work = folder / "work"
            work.write_text(json.dumps([(one.hex(), two) for one, two in zip(requests, right, strict=True)]))
            windows: list[tuple[int, int]] = []

            def change() -> None:
                nonlocal active
                for turn in range(turns):
                    time.sleep(BETWEEN_SECONDS)
                    began = time.perf_counter_ns()
                    number = numbers[turn % 2]
                    activate(releases, number, active)
                    active = number
                    windows.append((began, time.perf_counter_ns() + AFTER_NS))

            answers = asked_while(change, driver, server.address, work, rate)
        return figures(answers, windows)
    finally:
        driver.end()
        server.child.end()


def replies(server: Target, requests: list[bytes]) -> list[bytes]:
    """What a real gRPC client is answered."""
    with grpc.insecure_channel(server.address) as channel:
        call = channel.unary_unary(PRICE_QUOTE)
        return [call(request) for request in requests]


def asked_while(
    change: Callable[[], None], driver: Child, address: str, work: Path, rate: float
) -> list[dict[str, Any]]:
    """Ask in an open loop, a second at a time, as long as `change` goes on."""
    changing = threading.Thread(target=change)
    changing.start()
    answers = []
    while changing.is_alive():
        answers.append(json.loads(driver.ask(job(address, PRICE_QUOTE, work, rate, 5) | {"seed": len(answers)})))
    return answers


def job(address: str, method: str, work: Path, rate: float, seconds: int) -> dict[str, Any]:
    """An open loop for the driver."""
    return {
        "target": address,
        "method": method,
        "work": str(work),
        "loop": "open",
        "connections": CONNECTIONS,
        "calls": int(rate * seconds),
        "first": 0,
        "rate": rate,
        "seed": 1,
    }


def figures(answers: list[dict[str, Any]], windows: list[tuple[int, int]]) -> dict[str, Any]:
    """Milliseconds, while versions changed and otherwise."""
    calls = [
        (due, took) for answer in answers for due, took in zip(answer["due_ns"], answer["latencies_ns"], strict=True)
    ]
    changing = sorted(took for due, took in calls if any(begin <= due <= end for begin, end in windows))
    steady = sorted(took for due, took in calls if not any(begin <= due <= end for begin, end in windows))
    return {
        "calls": len(calls),
        "wrong": sum(answer["wrong"] for answer in answers),
        "again": sum(answer["again"] for answer in answers),
        "changing": percentiles(changing),
        "steady": percentiles(steady),
        "seconds": round(statistics.median((end - begin - AFTER_NS) / 1e9 for begin, end in windows), 2),
    }


def percentiles(latencies: list[int]) -> dict[str, float]:
    return {
        "p50": latencies[len(latencies) // 2] / 1e6,
        "p99": latencies[len(latencies) * 99 // 100] / 1e6,
        "max": latencies[-1] / 1e6,
    }


def echo(rate: float, seconds: int, folder: Path) -> dict[str, float]:
    """The same of a bare echo, where nothing changes."""
    requests = requests_of({LINES}, PRODUCTS)[LINES]
    target = start_echo({len(request): 4_085 for request in requests})
    driver = Child(HERE / "load_driver.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        work = folder / "echo"
        work.write_text(json.dumps([(request.hex(), [(b"\x00" * 4_085).hex()]) for request in requests]))
        asked = job(target.address, target.methods["open"], work, rate, seconds)
        return percentiles(sorted(json.loads(driver.ask(asked))["latencies_ns"]))
    finally:
        driver.end()
        target.child.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rate", type=float, default=1_000.0, help="calls a second (%(default)s)")
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--turns", type=int, default=6, help="activations (%(default)s)")
    parser.add_argument("--only", choices=ENGINES, help="only this server")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rules, catalog = write_rules(folder / "rules", arguments.rules), write_catalog(folder / "c.yaml", PRODUCTS)
        floor = echo(arguments.rate, 10, folder)
        print(f"{arguments.rate:,.0f} calls a second, {arguments.rules:,} rules; milliseconds")
        print("bare echo, nothing changes: " + told(floor))
        for name, label in SERVERS.items():
            if name not in ENGINES or arguments.only not in (None, name):
                continue
            (folder / name).mkdir()
            found = measured(arguments.rate, arguments.turns, rules, catalog, folder / name, name)
            print(
                f"{label}: {found['calls']:,} calls, {found['wrong']} wrong, {found['again']} asked again; "
                f"{arguments.turns} activations, {found['seconds']} s each"
            )
            print(f"    while versions change: {told(found['changing'])}")
            print(f"    otherwise:             {told(found['steady'])}", flush=True)


def told(row: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in row.items())


if __name__ == "__main__":
    main()

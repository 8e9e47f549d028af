"""The load driver in a process of its own: closed loop, open loop, or messages to and fro on streams.

Reads jobs from standard input, one JSON object a line, and answers each with one line:

    {"target": "host:port", "method": "/package.Service/Method", "request": file, "reply": file,
     "loop": "closed" | "open" | "stream" | "client", "connections": 4, "calls": 1000, "rate": 200.0, "seed": 1}

- closed: each connection sends its next call when the one before is answered.
- open: calls are sent at random moments (Poisson arrivals, `rate` a second over all connections) whether or not those
  before are answered; a latency counts from the moment the call was due, so that a server which stalls cannot hide the
  calls that it kept from being sent (coordinated omission).
- stream: as closed, each connection with one bidirectional stream.
- client: as closed on one connection, through grpcio's client, which costs 200 to 300 microseconds of CPU a call.

The answer: {"latencies_ns", "wrong": replies that were not the expected bytes, "seconds", "late_ns": how far behind its
plan the driver itself sent, median and 99th percentile}. A call costs the driver some 30 microseconds.
"""

from __future__ import annotations

import json
import random
import select
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import grpc

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.http2 import Connection, grpc_message  # noqa: E402  # needs the path above

LONGEST_WAIT_SECONDS = 30.0
LOOKING_SECONDS = 0.0003


@dataclass(slots=True)
class Answers:
    """What is gathered while a job runs."""

    expected: bytes | None
    latencies: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    wrong: int = 0

    def add(self, message: bytes | None, began: int) -> None:
        """Count a reply; None where the call ended without one."""
        self.latencies.append(perf_counter_ns() - began)
        if message is None or (self.expected is not None and message != self.expected):
            self.wrong += 1


def closed(connections: list[Connection], request: bytes, calls: int, answers: Answers) -> None:
    """Calls on each connection, one after another, until `calls` are answered."""
    began: dict[int, int] = {}
    answered: set[int] = set()
    by_socket = {connection.socket: connection for connection in connections}
    left = calls
    for connection in connections[:calls]:
        began[id(connection)] = perf_counter_ns()
        connection.call(request)
        left -= 1
    while len(answers.latencies) < calls:
        for readable in _wait(list(by_socket), None):
            connection = by_socket[readable]
            for _, message in connection.receive():
                if message is not None:
                    answers.add(message, began[id(connection)])
                    answered.add(id(connection))
                    continue
                if id(connection) not in answered:
                    answers.add(None, began[id(connection)])
                answered.discard(id(connection))
                if left:
                    left -= 1
                    began[id(connection)] = perf_counter_ns()
                    connection.call(request)
            _check(connection)


def stream(connections: list[Connection], request: bytes, calls: int, answers: Answers) -> None:
    """Messages on one stream of each connection, one after another, until `calls` are answered."""
    by_socket = {connection.socket: connection for connection in connections}
    began = {connection.socket: perf_counter_ns() for connection in connections}
    for connection in connections:
        connection.open_stream(request)
    while len(answers.latencies) < calls:
        for readable in _wait(list(by_socket), None):
            connection = by_socket[readable]
            for number, message in list(connection.receive()):
                if message is None:
                    raise SystemExit("the server ended a stream")
                answers.add(message, began[readable])
                began[readable] = perf_counter_ns()
                connection.send_message(number, request)
            _check(connection)


def client(target: str, method: str, request: bytes, calls: int, answers: Answers) -> None:
    """Calls of grpcio's client, one after another, as a Python program would make them."""
    with grpc.insecure_channel(target, [("grpc.max_receive_message_length", -1)]) as channel:
        call = channel.unary_unary(method)
        for _ in range(calls):
            began = perf_counter_ns()
            answers.add(call(request), began)


def open_loop(
    connections: list[Connection], request: bytes, calls: int, answers: Answers, rate: float, seed: int
) -> None:
    """Calls at random moments, `rate` a second, on the connections in turn."""
    draw = random.Random(seed)
    plan, moment = [], 0.0
    for _ in range(calls):
        moment += draw.expovariate(rate)
        plan.append(int(moment * 1e9))
    by_socket = {connection.socket: connection for connection in connections}
    sockets = list(by_socket)
    due: dict[tuple[int, int], int] = {}
    start = perf_counter_ns() + 1_000_000
    sent = 0
    while len(answers.latencies) < calls:
        now = perf_counter_ns() - start
        while sent < calls and plan[sent] <= now:
            connection = connections[sent % len(connections)]
            due[id(connection), connection.call(request)] = start + plan[sent]
            answers.late.append(perf_counter_ns() - start - plan[sent])
            sent += 1
        # The last moment before a call is spent looking, not sleeping: a sleeper is woken too late.
        pause = (plan[sent] - (perf_counter_ns() - start)) / 1e9 - LOOKING_SECONDS if sent < calls else None
        for readable in _wait(sockets, None if pause is None else max(pause, 0.0)):
            connection = by_socket[readable]
            for number, message in connection.receive():
                began = due.pop((id(connection), number), None)
                if began is not None:
                    answers.add(message, began)
            _check(connection)


def _wait(sockets: list[Any], seconds: float | None) -> list[Any]:
    readable, _, _ = select.select(sockets, [], [], LONGEST_WAIT_SECONDS if seconds is None else seconds)
    if not readable and seconds is None:
        raise SystemExit(f"no answer for {LONGEST_WAIT_SECONDS:.0f} s")
    return readable


def _check(connection: Connection) -> None:
    if connection.broken:
        raise SystemExit(f"connection lost: {connection.broken}")


def run(job: dict[str, Any]) -> dict[str, Any]:
    """One job."""
    host, _, port = job["target"].rpartition(":")
    data = Path(job["request"]).read_bytes()
    request = grpc_message(data)
    answers = Answers(Path(job["reply"]).read_bytes() if job.get("reply") else None)
    opened = job["connections"] if job["loop"] != "client" else 0
    connections = [Connection(host, int(port), job["method"]) for _ in range(opened)]
    began = perf_counter_ns()
    if job["loop"] == "client":
        client(job["target"], job["method"], data, job["calls"], answers)
    elif job["loop"] == "open":
        open_loop(connections, request, job["calls"], answers, job["rate"], job["seed"])
    else:
        {"closed": closed, "stream": stream}[job["loop"]](connections, request, job["calls"], answers)
    seconds = (perf_counter_ns() - began) / 1e9
    for connection in connections:
        connection.close()
    late = sorted(answers.late) or [0]
    return {
        "latencies_ns": answers.latencies,
        "wrong": answers.wrong,
        "seconds": seconds,
        "late_ns": [late[len(late) // 2], late[len(late) * 99 // 100]],
    }


def main() -> None:
    for text in sys.stdin:
        print(json.dumps(run(json.loads(text))), flush=True)


if __name__ == "__main__":
    main()

"""The load driver in a process of its own: closed loop, open loop, or messages to and fro on streams.

Reads jobs from standard input, one JSON object a line, and answers each with one line:

    {"target": "host:port", "method": "/package.Service/Method", "work": file, "loop": "closed" | "open" | "stream" |
     "client", "connections": 4, "calls": 1000, "first": 0, "rate": 200.0, "seed": 1}

The file of work is a JSON list of pairs, a request and the replies that are right, as hexadecimal text, which are sent
in turn from number `first` on.

- closed: each connection sends its next call when the one before is answered.
- open: calls are sent at random moments (Poisson arrivals, `rate` a second over all connections) whether or not those
  before are answered; a latency counts from the moment the call was due, so that a server which stalls cannot hide the
  calls that it kept from being sent (coordinated omission).
  A connection that the server gives up is replaced, and what it left unanswered is asked again, as gRPC clients do.
- stream: as closed, each connection with one bidirectional stream.
- client: as closed on one connection, through grpcio's client, which costs 200 to 300 microseconds of CPU a call.

The answer: {"latencies_ns", "due_ns": when calls of the open loop were due, on the machine's monotonic clock, "again":
calls asked again, "wrong": replies that were not right, "seconds", "late_ns": how far behind its plan the driver itself
sent, median and 99th percentile}. A call costs the driver some 30 microseconds.
"""

from __future__ import annotations

import json
import random
import select
import sys
from collections.abc import Callable
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
class Work:
    """What is asked in turn, and what is gathered meanwhile.

    Attributes:
        pairs: requests and the replies that are right.
        calls: how many to make.
        latencies: of the calls that were answered, in nanoseconds.
        due: when they were due.
        late: how late calls of the open loop were sent.
        again: how many were asked again.
        wrong: replies that were not right.
    """

    pairs: list[tuple[bytes, list[bytes]]]
    calls: int
    sent: int = 0
    latencies: list[int] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    again: int = 0
    wrong: int = 0

    def take(self) -> tuple[bytes, list[bytes]]:
        """The next request and its replies that are right."""
        self.sent += 1
        return self.pairs[(self.sent - 1) % len(self.pairs)]

    def add(self, message: bytes | None, began: int, right: list[bytes]) -> None:
        """Count a reply; None where the call ended without one."""
        self.latencies.append(perf_counter_ns() - began)
        self.due.append(began)
        self.wrong += message not in right


def closed(connections: list[Connection], work: Work) -> None:
    """Calls on each connection, one after another."""
    by_socket = {connection.socket: connection for connection in connections}
    asked: dict[int, tuple[int, list[bytes]]] = {}

    def ask(connection: Connection) -> None:
        request, expected = work.take()
        asked[id(connection)] = perf_counter_ns(), expected
        connection.call(request)

    for connection in connections[: work.calls]:
        ask(connection)
    while len(work.latencies) < work.calls:
        for readable in _wait(list(by_socket), None):
            connection = by_socket[readable]
            for _, message in connection.receive():
                if (open_call := asked.pop(id(connection), None)) is not None:
                    work.add(message, *open_call)
                if message is None and work.sent < work.calls:
                    ask(connection)
            _check(connection)


def stream(connections: list[Connection], work: Work) -> None:
    """Messages on one stream of each connection, one after another."""
    by_socket = {connection.socket: connection for connection in connections}
    asked: dict[Any, tuple[int, list[bytes]]] = {}
    for connection in connections:
        request, expected = work.take()
        asked[connection.socket] = perf_counter_ns(), expected
        connection.open_stream(request)
    while len(work.latencies) < work.calls:
        for readable in _wait(list(by_socket), None):
            connection = by_socket[readable]
            for number, message in list(connection.receive()):
                if message is None:
                    raise SystemExit("the server ended a stream")
                work.add(message, *asked[readable])
                request, expected = work.take()
                asked[readable] = perf_counter_ns(), expected
                connection.send_message(number, request)
            _check(connection)


def client(target: str, method: str, work: Work) -> None:
    """Calls of grpcio's client, one after another, as a Python program would make them."""
    with grpc.insecure_channel(target, [("grpc.max_receive_message_length", -1)]) as channel:
        call = channel.unary_unary(method)
        for _ in range(work.calls):
            request, expected = work.take()
            began = perf_counter_ns()
            work.add(call(request), began, expected)


class OpenLoop:
    """Calls at random moments, `rate` a second, on connections in turn."""

    def __init__(self, connect: Callable[[], Connection], connections: int, work: Work, rate: float, seed: int) -> None:
        draw = random.Random(seed)
        self._plan, moment = [], 0.0
        for _ in range(work.calls):
            moment += draw.expovariate(rate)
            self._plan.append(int(moment * 1e9))
        self._work = work
        self._connect = connect
        self._taking = [connect() for _ in range(connections)]
        self._open = {connection.socket: connection for connection in self._taking}
        self._asked: dict[Connection, dict[int, tuple[int, bytes, list[bytes]]]] = {one: {} for one in self._taking}

    def run(self) -> None:
        """Make all calls."""
        work, plan = self._work, self._plan
        start = perf_counter_ns() + 1_000_000
        while len(work.latencies) < work.calls:
            now = perf_counter_ns() - start
            while work.sent < work.calls and plan[work.sent] <= now:
                due = start + plan[work.sent]
                place = work.sent % len(self._taking)
                self._ask(place, due, *work.take())
                work.late.append(perf_counter_ns() - due)
            # The last moment before a call is spent looking, not sleeping: a sleeper is woken too late.
            left = (plan[work.sent] - (perf_counter_ns() - start)) / 1e9 if work.sent < work.calls else None
            for readable in _wait(list(self._open), None if left is None else max(left - LOOKING_SECONDS, 0.0)):
                self._receive(self._open[readable])

    def close(self) -> None:
        """Hang up."""
        for connection in self._open.values():
            connection.close()

    def _ask(self, place: int, due: int, request: bytes, right: list[bytes]) -> None:
        connection = self._taking[place]
        if connection.is_leaving or connection.broken:
            connection = self._taking[place] = self._connect()
            self._open[connection.socket] = connection
            self._asked[connection] = {}
        self._asked[connection][connection.call(request)] = due, request, right

    def _receive(self, connection: Connection) -> None:
        asked = self._asked[connection]
        for number, message in connection.receive():
            if (call := asked.pop(number, None)) is None:
                continue
            due, request, right = call
            if message is None:
                self._again(due, request, right)
            else:
                self._work.add(message, due, right)
        if connection.broken:
            del self._open[connection.socket], self._asked[connection]
            connection.close()
            for call in asked.values():
                self._again(*call)

    def _again(self, due: int, request: bytes, right: list[bytes]) -> None:
        self._work.again += 1
        if self._work.again > self._work.calls:
            raise SystemExit("more calls are lost than answered")
        self._ask(self._work.again % len(self._taking), due, request, right)


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
    by_client = job["loop"] == "client"
    pairs = [
        (bytes.fromhex(request), [bytes.fromhex(reply) for reply in right])
        for request, right in json.loads(Path(job["work"]).read_text())
    ]
    work = Work([(request if by_client else grpc_message(request), right) for request, right in pairs], job["calls"])
    work.pairs = [work.pairs[(job["first"] + number) % len(work.pairs)] for number in range(job["calls"])]

    def connect() -> Connection:
        return Connection(host, int(port), job["method"])

    began = perf_counter_ns()
    if by_client:
        client(job["target"], job["method"], work)
    elif job["loop"] == "open":
        loop = OpenLoop(connect, job["connections"], work, job["rate"], job["seed"])
        began = perf_counter_ns()
        loop.run()
        loop.close()
    else:
        connections = [connect() for _ in range(job["connections"])]
        began = perf_counter_ns()
        {"closed": closed, "stream": stream}[job["loop"]](connections, work)
        for connection in connections:
            connection.close()
    seconds = (perf_counter_ns() - began) / 1e9
    late = sorted(work.late) or [0]
    return {
        "latencies_ns": work.latencies,
        "due_ns": work.due,
        "again": work.again,
        "wrong": work.wrong,
        "seconds": seconds,
        "late_ns": [late[len(late) // 2], late[len(late) * 99 // 100]],
    }


def main() -> None:
    for text in sys.stdin:
        print(json.dumps(run(json.loads(text))), flush=True)


if __name__ == "__main__":
    main()

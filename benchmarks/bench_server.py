"""Round trips beside a bare echo of the same sizes, both in turn in the same run: closed loop, open loop, streams.

    python benchmarks/bench_server.py --out var/bench/server.json
    python benchmarks/compare.py benchmarks/baseline/server.json var/bench/server.json

Separate processes: the engine's server with one worker by each transport, more with two, the echo's server (a bare
grpcio), the driver. Rounds take
turns, so that all see the same weather; the ratio to the echo is what can be compared between runs and machines. Every
reply is compared with what a real gRPC client got for the same request.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import psutil
from hdrh.histogram import HdrHistogram

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "proto")]

from benchmarks import approval_workload  # noqa: E402  # needs the path above
from benchmarks.workload import request, write_catalog, write_rules  # noqa: E402
from catalog.sample import FOLDER as SAMPLE  # noqa: E402
from engine.service.quote_service import QuoteService  # noqa: E402
from engine.service.snapshot_source import SnapshotSource  # noqa: E402
from engine.snapshot import SnapshotHolder  # noqa: E402

PRICE_QUOTE = "/quotewright.v1.QuoteService/PriceQuote"
PRICE_QUOTES = "/quotewright.v1.QuoteService/PriceQuotes"
ECHO = "/bench.Echo/Echo"
ECHO_STREAM = "/bench.Echo/EchoStream"
SERVING = re.compile(r"serving on (\S+?)[\s\"',]*$", re.MULTILINE)
LONGEST_US = 60_000_000
ENGINES = {"engine": [], "native": ["--transport", "native"]}
"""Options of the engine's servers, by the name that they have in the results."""
SERVERS = {"engine": "engine", "native": "engine, native transport", "echo": "bare echo"}
"""What is measured, as tables call it."""
RATIOS = ("p50_ratio", "p99_ratio", "throughput_ratio")
VARIANTS = 50


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way of asking.

    Attributes:
        loop: as the load driver has it.
        connections: TCP connections.
        lines: lines of the quote.
        rate: calls a second, for the open loop.
        share: calls of a round, as a part of the closed loop's.
        work: "quotes" are fifty different ones in turn; of "new quotes" none is asked twice; "full decisions" have
            credit and three levels of approval too.
    """

    loop: str
    connections: int
    lines: int = 10
    rate: float = 0.0
    share: float = 1.0
    work: str = "quotes"

    @property
    def name(self) -> str:
        asked = (
            f"open loop, {self.rate:,.0f}/s"
            if self.rate
            else {"closed": "closed loop", "client": "Python client"}.get(self.loop, self.loop)
        )
        work = "" if self.work == "quotes" else f", {self.work}"
        return f"{asked}, {counted(self.connections, 'connection')}, {counted(self.lines, 'line')}{work}"

    @property
    def asks(self) -> str:
        """The work that it does, by its name."""
        if self.work == "new quotes":
            return self.name
        return f"quotes of {self.lines}" if self.work == "quotes" else self.work


SCENARIOS = (
    Scenario("closed", 1, 1),
    Scenario("closed", 1),
    Scenario("closed", 1, work="new quotes"),
    Scenario("closed", 1, work="full decisions"),
    Scenario("closed", 1, 100, share=0.2),
    Scenario("closed", 4),
    Scenario("closed", 16, share=2.0),
    Scenario("client", 1),
    Scenario("stream", 1),
    Scenario("open", 4, rate=200.0, share=0.5),
    Scenario("open", 4, rate=1000.0, share=2.0),
    Scenario("open", 4, rate=1000.0, share=2.0, work="new quotes"),
)
TWO_WORKERS = Scenario("closed", 16, share=2.0)


class Child:
    """A child process with its ends of the pipes."""

    def __init__(self, script: Path, *arguments: str, **pipes: Any) -> None:
        self.process = subprocess.Popen([sys.executable, str(script), *arguments], text=True, **pipes)

    def ask(self, job: dict[str, Any]) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """Of the process and its children."""
        return sum(sum(member.cpu_times()[:2]) for member in self._family())

    def megabytes(self) -> float:
        """Memory of the process and its children; what they share counts once."""
        return sum(member.memory_full_info().pss for member in self._family()) / 1e6

    def end(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        self.process.wait(20)


@dataclass(slots=True)
class Target:
    """A server to ask, and what is known of it."""

    child: Child
    address: str
    methods: dict[str, str]
    work: dict[str, Path] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """What the rounds of a scenario on one server gave."""

    histogram: HdrHistogram = field(default_factory=lambda: HdrHistogram(1, LONGEST_US, 3))
    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu: float = 0.0
    calls: int = 0
    within_ms: int = 0
    wrong: int = 0
    late: list[float] = field(default_factory=list)

    def add(self, answer: dict[str, Any], cpu: float) -> None:
        latencies = sorted(answer["latencies_ns"])
        for latency in latencies:
            self.histogram.record_value(min(max(1, latency // 1000), LONGEST_US))
        self.p50s.append(latencies[len(latencies) // 2] / 1000)
        self.p99s.append(latencies[len(latencies) * 99 // 100] / 1000)
        self.rates.append(len(latencies) / answer["seconds"])
        self.cpu += cpu
        self.calls += len(latencies)
        self.within_ms += sum(latency < 1_000_000 for latency in latencies)
        self.wrong += answer["wrong"] + answer["again"]
        self.late.append(answer["late_ns"][0] / 1000)

    def figures(self) -> dict[str, float]:
        """Microseconds; percentiles of all rounds together, p50 and p99 also as medians of the rounds."""
        return {
            "p50_us": round(statistics.median(self.p50s), 1),
            "p99_us": round(statistics.median(self.p99s), 1),
            **{
                f"all_p{str(percent).replace('.', '_')}_us": self.histogram.get_value_at_percentile(percent)
                for percent in (50, 90, 99, 99.9)
            },
            "max_us": self.histogram.get_max_value(),
            "within_1ms": round(self.within_ms / self.calls, 4),
            "per_second": round(statistics.median(self.rates), 1),
            "cpu_us": round(self.cpu / self.calls * 1e6, 1),
            "driver_late_us": round(statistics.median(self.late), 1),
            "wrong": self.wrong,
        }


def start_engine(rules: Path, catalog: Path, *options: str, workers: int = 1) -> Target:
    arguments = [
        "--rules",
        str(rules),
        "--catalog",
        str(catalog),
        "--address",
        "127.0.0.1:0",
        "--workers",
        str(workers),
        *options,
    ]
    engine = Child(HERE.parent / "server.py", *arguments, stderr=subprocess.PIPE)
    assert engine.process.stderr is not None
    told = ""
    for text in engine.process.stderr:
        told += text
        if found := SERVING.search(told):
            # A server whose log nobody reads stops as soon as the pipe is full.
            threading.Thread(target=engine.process.stderr.read, daemon=True).start()
            methods = {"stream": PRICE_QUOTES}
            return Target(engine, found[1], methods | dict.fromkeys(("closed", "open", "client"), PRICE_QUOTE))
    raise SystemExit(f"the server did not start:\n{told}")


def start_echo(replies: dict[int, int]) -> Target:
    child = Child(HERE / "echo_server.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    address = f"127.0.0.1:{child.ask({'replies': replies}).strip()}"
    methods = {"stream": ECHO_STREAM}
    return Target(child, address, methods | dict.fromkeys(("closed", "open", "client"), ECHO))


def requests_of(lines: set[int], products: int) -> dict[int, list[bytes]]:
    """Requests by their number of lines."""
    return {count: [request(count, products, variant) for variant in range(VARIANTS)] for count in sorted(lines)}


def expect(target: Target, requests: dict[str, list[bytes]], folder: Path, name: str) -> dict[int, int]:
    """Ask each request once with a real gRPC client and write the work of the driver: requests and their replies.

    Gives the lengths of replies by those of requests.
    """
    lengths = {}
    with grpc.insecure_channel(target.address, [("grpc.max_receive_message_length", -1)]) as channel:
        call = channel.unary_unary(target.methods["closed"])
        for work, messages in requests.items():
            replies = [call(message) for message in messages]
            lengths |= dict(zip(map(len, messages), map(len, replies), strict=True))
            write_work(target, work, messages, replies, folder / f"{name}-{len(target.work)}")
    return lengths


def write_work(target: Target, work: str, requests: list[bytes], replies: list[bytes], file: Path) -> None:
    """Write what the driver asks a server, and what is right."""
    pairs = [(request.hex(), [reply.hex()]) for request, reply in zip(requests, replies, strict=True)]
    file.write_text(json.dumps(pairs))
    target.work[work] = file


def decided_here(rules: Path, catalog: Path, requests: list[bytes]) -> list[bytes]:
    """The replies to requests that no server has seen yet."""
    price = QuoteService(SnapshotHolder(SnapshotSource(rules, catalog).load()[0])).price_quote
    return [price(request) for request in requests]


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    scenarios = [scenario for scenario in SCENARIOS if arguments.only in scenario.name]
    rules = write_rules(folder / "rules", arguments.rules)
    catalog = write_catalog(folder / "catalog.yaml", arguments.products)
    lines = {scenario.lines for scenario in (*scenarios, TWO_WORKERS) if scenario.work == "quotes"}
    requests = {f"quotes of {count}": asked for count, asked in requests_of(lines, arguments.products).items()}
    driver = Child(HERE / "load_driver.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    servers = {name: start_engine(rules, catalog, *options) for name, options in ENGINES.items()}
    running = list(servers.values())
    try:
        lengths: dict[int, int] = {}
        for name, server in servers.items():
            lengths |= expect(server, requests, folder, name)
        deciding = dict(servers)
        if any(scenario.work == "full decisions" for scenario in scenarios):
            full_rules = approval_workload.write_rules(folder / "full", 100)
            full = {"full decisions": [approval_workload.full_request(variant) for variant in range(VARIANTS)]}
            deciding = {name: start_engine(full_rules, SAMPLE, *options) for name, options in ENGINES.items()}
            running += deciding.values()
            for name, server in deciding.items():
                lengths |= expect(server, full, folder, f"full-{name}")
            requests |= full
        fresh = [scenario for scenario in scenarios if scenario.work == "new quotes"]
        for place, scenario in enumerate(fresh):
            count = calls_of(arguments, scenario) * (arguments.rounds + 1)
            first = VARIANTS + place * 1_000_000
            new = [request(scenario.lines, arguments.products, first + number) for number in range(count)]
            replies = decided_here(rules, catalog, new)
            lengths |= dict(zip(map(len, new), map(len, replies), strict=True))
            for server in servers.values():  # not the echo, which is asked for all below
                write_work(server, scenario.name, new, replies, folder / f"new-{place}")
            requests[scenario.name] = new
        servers["echo"] = deciding["echo"] = start_echo(lengths)
        running.append(servers["echo"])
        expect(servers["echo"], requests, folder, "echo")
        found: dict[str, Any] = {}
        for scenario in scenarios:
            asked = deciding if scenario.work == "full decisions" else servers
            row = found[scenario.name] = compare(arguments, driver, scenario, asked)
            told = ", ".join(f"{name} {row[name]['p50_ratio']} x echo" for name in ENGINES)
            print(f"{scenario.name}: {told}", file=sys.stderr)
        memory = {f"{name}_mb": round(server.child.megabytes(), 1) for name, server in servers.items()}
        workers = {}
        if not arguments.only:
            for name, options in ENGINES.items():
                two = start_engine(rules, catalog, *options, workers=2)
                running.append(two)
                expect(two, {TWO_WORKERS.asks: requests[TWO_WORKERS.asks]}, folder, f"{name}-two")
                row = compare(arguments, driver, TWO_WORKERS, {"two": two, "one": servers[name]}, floor="one")
                rates = {f"{workers}_per_second": row[workers]["per_second"] for workers in ("one", "two")}
                workers[name] = {**rates, "ratio": row["two"]["throughput_ratio"]}
        return {"scenarios": found, "memory": memory, "two_workers": workers}
    finally:
        for child in (driver, *(server.child for server in running)):
            child.end()


def calls_of(arguments: argparse.Namespace, scenario: Scenario) -> int:
    """Calls of a round."""
    return max(50, int(arguments.calls * scenario.share))


def compare(
    arguments: argparse.Namespace,
    driver: Child,
    scenario: Scenario,
    servers: dict[str, Target],
    floor: str = "echo",
) -> dict[str, Any]:
    """Rounds on each server in turn; the first of each warms up and does not count. Ratios are to the floor's."""
    taken = {name: Taken() for name in servers}
    for number in range(arguments.rounds + 1):
        for name, target in servers.items():
            job = {
                "target": target.address,
                "method": target.methods[scenario.loop],
                "work": str(target.work[scenario.asks]),
                "first": number * calls_of(arguments, scenario),
                "loop": scenario.loop,
                "connections": scenario.connections,
                "calls": calls_of(arguments, scenario),
                "rate": scenario.rate,
                "seed": number,
            }
            before = target.child.cpu_seconds()
            answer = json.loads(driver.ask(job))
            if number:
                taken[name].add(answer, target.child.cpu_seconds() - before)
    figures: dict[str, Any] = {name: one.figures() for name, one in taken.items()}
    least = taken[floor]
    for name in servers.keys() - {floor}:
        row, ours = figures[name], taken[name]
        for ratio, one, other in (("p50_ratio", ours.p50s, least.p50s), ("p99_ratio", ours.p99s, least.p99s)):
            row[ratio] = round(statistics.median(a / b for a, b in zip(one, other, strict=True)), 3)
        row["throughput_ratio"] = round(row["per_second"] / figures[floor]["per_second"], 3)
    return figures


def show(report: dict[str, Any]) -> None:
    """The figures as a table."""
    print(f"{report['rules']:,} rules, {report['products']:,} products, one worker; microseconds")
    columns = ("p50_us", "p99_us", "all_p99_9_us", "within_1ms", "per_second", "cpu_us")
    heads = ("p50", "p99", "p99.9", "< 1 ms", "a second", "CPU")
    print(f"{'':<42}", *(f"{head:>9}" for head in (*heads, "p50 ratio", "p99 ratio", "rate")))
    for name, row in report["figures"]["scenarios"].items():
        print(name)
        for server, label in SERVERS.items():
            cells = [f"{row[server][column]:>9}" for column in columns]
            ratios = [f"{row[server][ratio]:>9}" for ratio in RATIOS if ratio in row[server]]
            wrong = f"  {row[server]['wrong']} WRONG" if row[server]["wrong"] else ""
            print(f"{'    ' + label:<42}", *cells, *ratios, wrong)
    print("memory:", report["figures"]["memory"], "two workers:", report["figures"]["two_workers"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=500, help="calls a round of the closed loop (%(default)s)")
    parser.add_argument("--only", default="", help='scenarios whose name holds this, for example "closed loop, 1 "')
    parser.add_argument("--out", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(arguments, Path(folder))
    setting = {name: getattr(arguments, name) for name in ("rules", "products", "rounds", "calls")}
    report = {
        "what": "round trips beside a bare echo of the same sizes",
        "python": platform.python_version(),
        "grpcio": grpc.__version__,
        "cores": os.cpu_count(),
        **setting,
        "figures": found,
    }
    show(report)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

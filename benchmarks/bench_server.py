"""Unary round trips, closed loop at one connection, beside a bare echo of the same sizes in the same interleaved run.

    python benchmarks/bench_server.py --out var/bench/server.json
    python benchmarks/compare.py benchmarks/baseline/server.json var/bench/server.json

Three processes: the engine's server, the echo's server, the driver. Rounds alternate between the two servers, so that
both see the same weather; the ratio of their medians is what can be compared between runs and machines.
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
from pathlib import Path
from typing import Any

import grpc

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "proto")]

from benchmarks.workload import request, write_catalog, write_rules  # noqa: E402  # needs the path above

PRICE_QUOTE = "/quotewright.v1.QuoteService/PriceQuote"
ECHO = "/bench.Echo/Echo"
SERVING = re.compile(r"serving on (\S+)")


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

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        self.process.wait(20)


def start_engine(folder: Path, rules: int, products: int, workers: int) -> tuple[Child, str]:
    arguments = [
        "--rules", str(write_rules(folder / "rules", rules)),
        "--catalog", str(write_catalog(folder / "catalog.yaml", products)),
        "--address", "127.0.0.1:0", "--workers", str(workers),
    ]  # fmt: skip
    engine = Child(HERE.parent / "server.py", *arguments, stderr=subprocess.PIPE)
    assert engine.process.stderr is not None
    told = ""
    for text in engine.process.stderr:
        told += text
        if found := SERVING.search(text):
            return engine, found[1]
    raise SystemExit(f"the server did not start:\n{told}")


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    engine, engine_at = start_engine(folder, arguments.rules, arguments.products, arguments.workers)
    requests, replies = {}, {}
    with grpc.insecure_channel(engine_at, [("grpc.max_receive_message_length", -1)]) as channel:
        for lines in arguments.lines:
            data = request(lines, arguments.products)
            requests[lines] = folder / f"request-{lines}"
            requests[lines].write_bytes(data)
            replies[len(data)] = len(channel.unary_unary(PRICE_QUOTE)(data))
    echo = Child(HERE / "echo_server.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    echo_at = f"127.0.0.1:{echo.ask({'workers': arguments.workers, 'replies': replies}).strip()}"
    driver = Child(HERE / "load_driver.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    found: dict[str, Any] = {}
    try:
        for lines in arguments.lines:
            servers = {"engine": (engine, engine_at, PRICE_QUOTE), "echo": (echo, echo_at, ECHO)}
            size = requests[lines].stat().st_size
            sizes = {"request_bytes": size, "reply_bytes": replies[size]}
            found[f"{lines} lines"] = sizes | rounds(arguments, driver, servers, requests[lines])
    finally:
        for child in (driver, echo, engine):
            child.end()
    return found


def rounds(arguments: argparse.Namespace, driver: Child, servers: dict[str, Any], file: Path) -> dict[str, Any]:
    """Alternate rounds of calls; the first of each server warms up and does not count."""
    taken: dict[str, list[list[int]]] = {name: [] for name in servers}
    cpu = dict.fromkeys(servers, 0.0)
    for number in range(arguments.rounds + 1):
        for name, (server, target, method) in servers.items():
            before = server.cpu_seconds()
            job = {"target": target, "method": method, "request": str(file), "calls": arguments.calls}
            latencies = json.loads(driver.ask(job))
            if number:
                taken[name].append(latencies)
                cpu[name] += server.cpu_seconds() - before
    result: dict[str, Any] = {}
    for name, runs in taken.items():
        # The median of the rounds' figures: a round that something else disturbed does not decide.
        result[f"{name}_p50_us"] = round(statistics.median(percentile(run, 50) for run in runs), 1)
        result[f"{name}_p99_us"] = round(statistics.median(percentile(run, 99) for run in runs), 1)
        result[f"{name}_cpu_us"] = round(cpu[name] / (arguments.rounds * arguments.calls) * 1e6, 1)
    result["p50_ratio"] = round(result["engine_p50_us"] / result["echo_p50_us"], 3)
    result["p99_ratio"] = round(result["engine_p99_us"] / result["echo_p99_us"], 3)
    return result


def percentile(latencies: list[int], percent: float) -> float:
    """In microseconds."""
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=500, help="calls a round")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(arguments, Path(folder))
    setting = {name: getattr(arguments, name) for name in ("rules", "products", "workers", "rounds", "calls")}
    report = {
        "what": "unary round trips, closed loop, one connection, Python client",
        "python": platform.python_version(),
        "grpcio": grpc.__version__,
        "cores": os.cpu_count(),
        **setting,
        "figures": found,
    }
    print(f"{report['what']}; {arguments.rules:,} rules, {arguments.products:,} products, {arguments.workers} threads")
    heads = ("engine p50", "p99", "CPU", "echo p50", "p99", "CPU", "p50 ratio", "p99 ratio")
    print(" " * 10, *(f"{head:>10}" for head in heads), "  (microseconds)")
    columns = [f"{server}_{what}_us" for server in ("engine", "echo") for what in ("p50", "p99", "cpu")]
    for name, row in found.items():
        print(f"{name:>10}", *(f"{row[column]:>10}" for column in (*columns, "p50_ratio", "p99_ratio")))
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

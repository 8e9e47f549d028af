"""One self-contained HTML page of what `make bench` measured: python benchmarks/report.py var/bench

Reads server.json and in_process.json of the folder and, beside them, the saved baseline; writes report.html there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.bench_server import ENGINES, RATIOS, SERVERS  # noqa: E402  # needs the path above
from benchmarks.compare import figures  # noqa: E402
from engine.simulate.charts import Bar, Pair, pairs, waterfall  # noqa: E402
from engine.simulate.html import Html, element, joined  # noqa: E402

STYLE = HERE.parent / "engine" / "simulate" / "report.css"
COLUMNS = {
    "p50_us": "p50",
    "p99_us": "p99",
    "all_p99_9_us": "p99.9",
    "within_1ms": "< 1 ms",
    "per_second": "a second",
    "cpu_us": "CPU",
    "driver_late_us": "behind",
    "wrong": "wrong",
}
READING = (
    "Microseconds unless said otherwise. p50 and p99 are medians over the rounds, p99.9 and the share under a "
    "millisecond are of all rounds together. Absolute times belong to the machine and its weather; the ratio to the "
    "bare echo, asked in turn in the same run, is what can be compared. The open loop sends at random moments whether "
    "or not earlier calls are answered, and counts from the moment a call was due. CPU is the server's, a request; "
    "behind is how late the driver itself sent; wrong are replies that were not the expected bytes."
)


def number(value: float) -> str:
    return f"{value:,.3f}" if 0 < value < 10 else f"{value:,.0f}"


def table(caption: str, heads: list[str], rows: list[list[str]]) -> Html:
    head = joined(*(element("th", text, class_="num" if place else "") for place, text in enumerate(heads)))
    body = joined(
        *(
            element("tr", *(element("td", text, class_="num" if place else "name") for place, text in enumerate(row)))
            for row in rows
        )
    )
    inner = element("caption", caption) + element("thead", element("tr", head)) + element("tbody", body)
    return element("div", element("table", Html(inner)), class_="scroll")


def tile(head: str, value: str, note: str) -> Html:
    return element("div", element("span", head), element("b", value), element("span", note), class_="tile")


def figure(title: str, chart: Html, note: str = "") -> Html:
    return element("figure", element("h3", title), chart, *([element("figcaption", note)] if note else []))


def round_trips(report: dict[str, Any]) -> list[Html]:
    """Tiles, charts and the table of what bench_server.py measured."""
    scenarios = report["figures"]["scenarios"]
    tiles = [
        tile(
            f"{name}: {SERVERS[server]}",
            f"{row[server]['p50_ratio']} x echo",
            f"p99 {number(row[server]['p99_us'])} µs; {row[server]['within_1ms'] * 100:.1f} % under 1 ms",
        )
        for name, row in scenarios.items()
        if "10 lines" in name
        for server in ENGINES
    ]
    tiles += [
        tile(f"two workers to one: {SERVERS[name]}", f"{two['ratio']} x", f"{number(two['two_per_second'])} a second")
        for name, two in report["figures"]["two_workers"].items()
    ]
    memory = report["figures"]["memory"]
    tiles.append(tile("memory of the server", f"{memory['engine_mb']} MB", f"bare echo {memory['echo_mb']} MB"))
    charts = []
    for percentile in ("p50", "p99"):
        for server in ENGINES:
            rows = []
            for name, row in scenarios.items():
                echo, ours = row["echo"][f"{percentile}_us"], row[server][f"{percentile}_us"]
                rows.append(Pair(name, Decimal(str(echo)), Decimal(str(ours)), f"{number(echo)} → {number(ours)} µs"))
            charts.append(figure(f"{percentile}: bare echo and {SERVERS[server]}", pairs(percentile, rows)))
    rows = []
    for name, row in scenarios.items():
        for server, label in SERVERS.items():
            ratios = [str(row[server].get(ratio, "")) for ratio in RATIOS]
            cells = [number(row[server][column]) for column in COLUMNS]
            rows.append([name if server == "engine" else label, *cells, *ratios])
    heads = ["", *COLUMNS.values(), "p50 to echo", "p99 to echo", "rate to echo"]
    legend = element(
        "p",
        element("span", element("i", class_="key before"), "bare echo"),
        element("span", element("i", class_="key after"), "engine"),
        class_="legend",
    )
    title = f"Round trips: {report['rules']:,} rules, {report['products']:,} products, one worker"
    return [
        element("h2", title),
        element("div", *tiles, class_="tiles"),
        legend,
        element("div", *charts, class_="charts"),
        table("Round trips", heads, rows),
    ]


def in_process(report: dict[str, Any]) -> list[Html]:
    """A chart for each benchmark that has several sizes or peers."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in report["benchmarks"]:
        file = Path(item["fullname"].partition("::")[0]).stem.removeprefix("bench_")
        by_test = f"{file}: {item['name'].partition('[')[0].removeprefix('test_').replace('_', ' ')}"
        groups[f"{file}: {item['group']}" if item["group"] else by_test].append(item)
    charts = []
    for name, items in sorted(groups.items()):
        bars = []
        for item in items:
            least, median = item["stats"]["min"] * 1e6, item["stats"]["median"] * 1e6
            label = item["name"].removeprefix("test_").replace("_", " ")
            bars.append(
                Bar(label, Decimal(str(round(least, 3))), f"{number(least)} (median {number(median)}) µs", True)
            )
        charts.append(figure(name, waterfall(name, bars, "The scale begins at {}.")))
    return [
        element("h2", "In process"),
        element("p", "Bars are the least time seen, which other work on the machine disturbs least.", class_="faint"),
        element("div", *charts, class_="charts"),
    ]


def compared(folder: Path, baseline: Path) -> list[Html]:
    """Ratios to the saved baseline, the largest first."""
    rows = []
    for name in ("server.json", "in_process.json"):
        if (folder / name).exists() and (baseline / name).exists():
            before, after = figures(baseline / name), figures(folder / name)
            both = [key for key in after if before.get(key)]
            rows += [(after[key] / before[key], key, before[key], after[key]) for key in both]
    if not rows:
        return []
    shown = [[key, number(old), number(new), f"{ratio:.2f}"] for ratio, key, old, new in sorted(rows, reverse=True)]
    return [element("h2", "Beside the baseline"), table("Less is better", ["", "baseline", "now", "ratio"], shown)]


def page(folder: Path, baseline: Path) -> str:
    parts: list[Html] = []
    machine = ""
    if (server := folder / "server.json").exists():
        report = json.loads(server.read_text())
        parts += round_trips(report)
        machine = f"Python {report['python']}, grpcio {report['grpcio']}, {report['cores']} cores."
    if (inside := folder / "in_process.json").exists():
        parts += in_process(json.loads(inside.read_text()))
    if not parts:
        raise SystemExit(f"{folder} has neither server.json nor in_process.json; run: make bench")
    parts += compared(folder, baseline)
    head = joined(
        element("meta", charset="utf-8"),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", "Quotewright benchmarks"),
        element("style", Html(STYLE.read_text())),
    )
    heading = [element("h1", "Quotewright benchmarks"), element("p", machine), element("p", READING, class_="faint")]
    return "<!doctype html>\n" + element("html", element("head", head), element("body", *heading, *parts), lang="en")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="where make bench wrote its files")
    parser.add_argument("--baseline", type=Path, default=HERE / "baseline", help="(%(default)s)")
    arguments = parser.parse_args()
    written = arguments.folder / "report.html"
    written.write_text(page(arguments.folder, arguments.baseline), encoding="utf-8")
    print(f"wrote {written}")


if __name__ == "__main__":
    main()

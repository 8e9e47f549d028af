"""Compare two runs of the benchmarks in ratios: python benchmarks/compare.py BASELINE NEW

Reads what bench_server.py writes and what pytest-benchmark writes with --benchmark-json. Absolute times depend on the
machine and its weather; for round trips the ratio to the echo of the same run is compared.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def figures(path: Path) -> dict[str, float]:
    """What is compared, by name: less is better."""
    report = json.loads(path.read_text())
    if "benchmarks" in report:
        return {item["fullname"]: item["stats"]["median"] * 1e6 for item in report["benchmarks"]}
    return {
        f"{name}, {server}: {ratio} to echo": row[server][ratio]
        for name, row in report["figures"]["scenarios"].items()
        for server in ("engine", "native")
        if server in row
        for ratio in ("p50_ratio", "p99_ratio")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("baseline", type=Path)
    parser.add_argument("new", type=Path)
    arguments = parser.parse_args()
    before, after = figures(arguments.baseline), figures(arguments.new)
    width = max(map(len, [*before, *after]), default=0)
    print(f"{'':<{width}} {'baseline':>12} {'new':>12} {'new / baseline':>15}")
    for name in before | after:
        if name in before and name in after:
            print(f"{name:<{width}} {before[name]:>12.3f} {after[name]:>12.3f} {after[name] / before[name]:>15.2f}")
        else:
            print(f"{name:<{width}} {'only in the ' + ('baseline' if name in before else 'new run'):>25}")


if __name__ == "__main__":
    main()

"""Runs many random requests and files against the engine: `python tests/fuzz/campaign.py files 100000 --seed 1`.

Prints what went wrong, one line each, and keeps the input under the folder given with --keep.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1]), str(HERE.parents[1] / "proto"), str(HERE.parents[1] / "client")]

from files import Folder, Target, put, targets  # noqa: E402  # found by the path above
from watchdog import HangsError, limit_memory, resident_bytes, time_limit  # noqa: E402

FURTHER_MEMORY = 3 * 2**30


@dataclass(slots=True)
class Outcome:
    """What a run found.

    Attributes:
        total: inputs until now.
        counts: inputs by reader or method.
        answered: requests that got a reply and no status, by method.
        failures: one text for each different failure, with the number of the input that showed it first.
        slowest: seconds and number of the slowest input, by reader or method.
    """

    total: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    failures: dict[str, int] = field(default_factory=dict)
    slowest: dict[str, tuple[float, int]] = field(default_factory=dict)

    def took(self, name: str, seconds: float, number: int) -> None:
        self.counts[name] += 1
        self.total += 1
        if self.total % 50_000 == 0:
            print(f"{self.total:,} inputs, {len(self.failures)} failures", file=sys.stderr, flush=True)
        self.slowest[name] = max(self.slowest.get(name, (0.0, 0)), (seconds, number))


def signature(error: BaseException) -> str:
    """Where and how something failed: the same for inputs that fail alike."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "/fuzz/" not in frame.filename
    ]
    return f"{type(error).__name__} at {' < '.join(reversed(places[-4:]))}: {str(error)[:150]}"


def spoilt_file(target: Target, number: int, seed: int) -> Folder:
    """The input with a number; it depends on nothing else."""
    rng = random.Random(f"{seed}/{target.name}/{number}")  # to repeat it
    return target.spoil(rng, rng.choice(target.seeds))


def run_files(
    of: Iterable[Target], count: int, seed: int, scratch: Path, seconds: float, keep: Path | None = None, first: int = 0
) -> Outcome:
    """Let each reader read `count` spoilt folders."""
    outcome = Outcome()
    folder = scratch / "input"
    for number in range(first, first + count):
        for target in of:
            content = spoilt_file(target, number, seed)
            put(folder, content)
            started = time.perf_counter()
            try:
                with time_limit(seconds):
                    target.read(folder)
            except (Exception, HangsError) as error:  # noqa: BLE001  # every failure is what is looked for
                told = f"{target.name}: {signature(error)}"
                if told not in outcome.failures:
                    outcome.failures[told] = number
                    print(f"{target.name} {number}: {told}", flush=True)
                    if keep is not None:
                        put(keep / f"{target.name}-{number}", content)
            outcome.took(target.name, time.perf_counter() - started, number)
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["files", "requests"])
    parser.add_argument("count", type=int, help="inputs altogether")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    faulthandler.enable()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as made:
        scratch = Path(made)
        started = time.monotonic()
        if arguments.what == "files":
            of = [
                target for target in targets(scratch) if not arguments.only or target.name in arguments.only.split(",")
            ]
            before = resident_bytes()
            limit_memory(FURTHER_MEMORY)
            each = max(1, arguments.count // len(of))
            outcome = run_files(of, each, arguments.seed, scratch, arguments.seconds, arguments.keep, arguments.first)
        else:
            from requests_to_fuzz import Requests, run_requests

            requests = Requests(scratch)
            run_requests(requests, 2_000, arguments.seed + 1_000_000, arguments.seconds)
            before = resident_bytes()
            limit_memory(FURTHER_MEMORY)
            outcome = run_requests(requests, arguments.count, arguments.seed, arguments.seconds, arguments.first)
        grown = (resident_bytes() - before) / 2**20
    for name, (took, number) in sorted(outcome.slowest.items()):
        answered = f", {outcome.answered[name]:,} answered" if outcome.answered else ""
        print(f"{name}: {outcome.counts[name]:,}{answered}, slowest {took * 1000:.0f} ms (number {number})")
    total = sum(outcome.counts.values())
    minutes = (time.monotonic() - started) / 60
    print(
        f"{total:,} inputs in {minutes:.1f} minutes, {len(outcome.failures)} failures, memory grew by {grown:.1f} MiB"
    )
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())

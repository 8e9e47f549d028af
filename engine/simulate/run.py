"""A corpus decided under both versions by all cores; the result does not depend on how many they are."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass

from engine.simulate.corpus import Corpus, StoredQuote
from engine.simulate.cuts import Cut
from engine.simulate.gate_file import Gate
from engine.simulate.reprice import Repricer
from engine.simulate.tally import Plan, Tally
from engine.snapshot import Snapshot

CHUNK = 100
"""Quotes handed to a process at once: a fraction of a second of work, so that an interruption is felt soon."""
WAITING = 3
"""Chunks for each process that are read ahead."""

DEFAULT_BY = ("customer.segment", "product.category", "product.sku")

_repricer: Repricer | None = None
"""What a process of the pool works with; set before it is forked, so that it shares the memory of the snapshots."""


class SimulationFailedError(Exception):
    """The simulation cannot go on; the message says why. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Version:
    """What decided.

    Attributes:
        name: of the rulebook.
        rulebook: content hash.
        catalogue: content hash.
    """

    name: str
    rulebook: str
    catalogue: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> Version:
        """The version of a snapshot."""
        return cls(snapshot.rulebook_name, snapshot.rulebook_version, snapshot.catalogue_version)


@dataclass(frozen=True, slots=True)
class Simulation:
    """The effect of a change on a corpus.

    Attributes:
        before: the baseline.
        after: the new version.
        by: the facts that quotes were divided by for people.
        gates: that it was planned with.
        tally: everything counted.
    """

    before: Version
    after: Version
    by: tuple[str, ...]
    gates: tuple[Gate, ...]
    tally: Tally


def simulate(
    before: Snapshot,
    after: Snapshot,
    corpus: Corpus,
    *,
    by: Sequence[str] = DEFAULT_BY,
    gates: Sequence[Gate] = (),
    processes: int = 0,
    largest: int = 10,
    progress: Callable[[int], None] = lambda _: None,
) -> Simulation:
    """Decide every quote of a corpus under two versions.

    Args:
        before: the baseline.
        after: the new version.
        corpus: stored quotes.
        by: facts to divide by, besides those of the gates.
        gates: figures that are needed for their verdicts.
        processes: how many to use; 0 for as many as there are cores. Where processes cannot be forked, one.
        largest: how many of the largest movers to keep, of each currency.
        progress: told how many quotes were done since the last time.

    Raises:
        SimulationFailedError: a process died.
        KeyboardInterrupt: the user stopped it; all processes have ended.
    """
    cuts = tuple(sorted({Cut(), *(Cut(name) for name in by), *(gate.cut for gate in gates)}))
    plan = Plan(cuts, tuple(gate for gate in gates if gate.each_quote), largest)
    repricer = Repricer(before, after, corpus, plan)
    tally = Tally(largest)
    with closing(_tallies(repricer, processes or available_cores())) as parts:
        for part in parts:
            tally.merge(part)
            progress(part.quotes)
    return Simulation(Version.of(before), Version.of(after), tuple(by), tuple(gates), tally)


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tallies(repricer: Repricer, processes: int) -> Generator[Tally, None, None]:
    chunks = repricer.corpus.chunks(CHUNK)
    if processes == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(repricer.tally, chunks)
        return
    with _forked(repricer, processes) as pool:
        pending: set[Future[Tally]] = set()
        try:
            for chunk in chunks:
                pending.add(pool.submit(_tally, chunk))
                if len(pending) >= processes * WAITING:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in pending)
        except BrokenProcessPool:
            raise SimulationFailedError("a process of the simulation was killed; is there too little memory?") from None


@contextmanager
def _forked(repricer: Repricer, processes: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes share the snapshots; on the way out, even after an interruption, all have ended."""
    global _repricer  # noqa: PLW0603  # how a forked process finds what was built before it
    _repricer = repricer
    gc.collect()
    gc.freeze()  # what is never looked at again is never copied
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _ignore_interrupts)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()
        _repricer = None


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; the one that began decides what happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _tally(chunk: list[StoredQuote]) -> Tally:
    assert _repricer is not None
    return _repricer.tally(chunk)

"""Bounds for a call that is tried: its time, and what the process may grow by."""

from __future__ import annotations

import gc
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class HangsError(BaseException):
    """A call that did not end in time; no Exception, so that nothing under test can take it for one of its own."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End what runs inside after so many seconds of work, or ten times as many of waiting.

    Raises:
        HangsError: it did not end by itself.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangsError(f"not done within {seconds:g} s")

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, seconds * 10))
    before = [signal.signal(number, ring) for _, number, _ in timers]
    for timer, _, bound in timers:
        signal.setitimer(timer, bound)
    try:
        yield
    finally:
        for (timer, number, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def resident_bytes() -> int:
    """Memory that the process occupies after a collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def limit_memory(further: int) -> None:
    """Let this process take so many bytes more than it has; beyond that it gets MemoryError."""
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + further, resource.getrlimit(resource.RLIMIT_AS)[1]))

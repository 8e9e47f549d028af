"""The bounds that keep any expression, however hostile, from running away: sizes, nesting, iterations, calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

MAX_TEXT = 200_000
"""Characters of one expression."""
MAX_NESTING = 80
"""Brackets, keywords and operators of tighter binding of one expression inside each other."""
MAX_DEPTH = 200
"""Levels of one expression's tree; chains such as a + b + c nest to the left."""
MAX_LIST = 200_000
"""Items of one list."""
MAX_ITERATIONS = 200_000
"""Steps of all loops, filters and function calls of one evaluation together; what takes longer counts as several."""
MAX_STRING = 100_000
"""Characters of one string."""
MAX_CALL_DEPTH = 60
"""Function calls inside each other."""
MAX_YEAR = 999_999_999
"""Furthest year of a date, before or after year 0 (XML Schema leaves it to the processor)."""
MAX_DURATION = 10**30
"""Months, or nanoseconds, of a duration."""
REGEX_SECONDS = 0.1
"""Time that one matching of a regular expression may take."""
_STEPS_A_SECOND = 800_000
"""Steps that time counts as where the work cannot be counted."""
_CALL = 2


class LimitError(Exception):
    """An evaluation went over a limit; it ends there, and its result is null."""


class _Meter(threading.local):
    """What the evaluation that runs on this thread has used so far."""

    running = 0
    iterations = 0
    calls = 0


_meter = _Meter()


@contextmanager
def evaluation() -> Iterator[None]:
    """One evaluation: the meters start at zero, unless it runs inside another, whose meters then go on."""
    if not _meter.running:
        _meter.iterations = 0
        _meter.calls = 0
    _meter.running += 1
    try:
        yield
    finally:
        _meter.running -= 1


def inside_evaluation() -> bool:
    """Whether an evaluation runs on this thread: going over a limit then ends all of it, not only a part."""
    return _meter.running > 0


def spend(iterations: int) -> None:
    """Count steps of a loop, or items of a list that is walked through; outside an evaluation nothing is counted.

    Raises:
        LimitError: the evaluation has used more than it may.
    """
    if not _meter.running:
        return
    _meter.iterations += iterations
    if _meter.iterations > MAX_ITERATIONS:
        raise LimitError(f"more than {MAX_ITERATIONS:,} iterations")


def spend_on(values: Iterable[Any]) -> None:
    """Count what a built-in function has to go through: a step for 4 items of a list, or 128 characters of a string.

    Raises:
        LimitError: as for `spend`.
    """
    steps = 0
    for value in values:
        if isinstance(value, str):
            steps += len(value) >> 7
        elif isinstance(value, list | tuple | dict):
            steps += len(value) >> 2
    if steps:
        spend(steps)


def spend_time(began: float) -> None:
    """Count the time that has passed since `time.perf_counter` gave `began`.

    Raises:
        LimitError: as for `spend`.
    """
    spend(int((time.perf_counter() - began) * _STEPS_A_SECOND))


def enter_call() -> None:
    """Count a function call; `leave_call` must follow.

    Raises:
        LimitError: calls are nested too deeply, or too many have been made.
    """
    spend(_CALL)
    _meter.calls += 1
    if _meter.calls > MAX_CALL_DEPTH:
        _meter.calls -= 1
        raise LimitError(f"functions call each other more than {MAX_CALL_DEPTH} levels deep")


def leave_call() -> None:
    """End of a function call."""
    _meter.calls -= 1


def check_list(size: int) -> None:
    """Refuse a list that would be too long.

    Raises:
        LimitError: it would.
    """
    if size > MAX_LIST:
        raise LimitError(f"a list of more than {MAX_LIST:,} items")


def check_string(size: int) -> None:
    """Refuse a string that would be too long, and count the making of it.

    Raises:
        LimitError: it would.
    """
    if size > MAX_STRING:
        raise LimitError(f"a string of more than {MAX_STRING:,} characters")
    if size >> 7:
        spend(size >> 7)

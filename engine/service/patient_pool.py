"""Threads that answer calls: few, so that they do not stand in each other's way, and more while some are held up.

A few calls that take long would keep all others waiting. Where grpcio reads the message of a call on the thread that
answers it (`short_calls` has it otherwise), so would a few clients that announce a message and do not send it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any

HELD_UP_SECONDS = 0.5
"""A call that has kept its thread for so long counts as held up, whatever it does."""
LOOK_SECONDS = 0.1
MAX_FURTHER = 300
"""Threads beyond the ordinary ones: more than one client may have calls open."""

_Work = tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class PatientPool(Executor):
    """An executor with `threads` threads that are not held up."""

    def __init__(self, threads: int, name: str) -> None:
        self._name = name
        self._threads = threads
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._begun: dict[int, float] = {}  # by thread: when it began the call it is at; 0.0 for none
        self._held_up = 0
        self._alive = 0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._add(threads)
        self._watcher = threading.Thread(target=self._watch, name=f"{name}-watch", daemon=True)
        self._watcher.start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Let a thread do something."""
        if self._ended.is_set():
            raise RuntimeError("the pool was shut down")
        future: Future[Any] = Future()
        self._queue.put((future, function, arguments, named))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002  # as inherited
        """End the threads when what was submitted is done; threads that are held up are not waited for."""
        self._ended.set()
        for _ in range(self._alive):
            self._queue.put(None)

    def _add(self, count: int) -> None:
        for _ in range(count):
            self._alive += 1
            threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        me = threading.get_ident()
        begun, take = self._begun, self._queue.get
        begun[me] = 0.0
        while True:
            work = take()
            if work is None:
                break
            begun[me] = time.monotonic()
            _do(*work)
            # Let go at once: what ends with a call, such as a client's slot, must not wait for the next one.
            del work
            begun[me] = 0.0
            if self._alive > self._threads + self._held_up and self._is_too_many():
                break
        del begun[me]

    def _is_too_many(self) -> bool:
        with self._lock:
            if self._alive <= self._threads + self._held_up:
                return False
            self._alive -= 1
            return True

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            since = time.monotonic() - HELD_UP_SECONDS
            with self._lock:
                self._held_up = sum(0.0 < begun < since for begun in tuple(self._begun.values()))
                if not self._queue.empty():
                    self._add(min(self._held_up, MAX_FURTHER) + self._threads - self._alive)


def _do(future: Future[Any], function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function(*arguments, **named)
    except BaseException as error:  # noqa: BLE001  # whoever waits for the future gets it
        future.set_exception(error)
    else:
        future.set_result(result)

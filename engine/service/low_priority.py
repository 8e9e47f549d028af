"""Work at a low priority beside processes that serve; `-m engine.service.low_priority MODULE ...` runs a module so.

A process that has lowered its priority cannot raise it again, but Linux keeps priorities for each thread: what a thread
of low priority loads, the thread that started it can use at the ordinary one, and so can the processes it forks.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

NICENESS = 10

T = TypeVar("T")


def at_low_priority(work: Callable[[], T], *, gives_way: bool = False) -> T:
    """What `work` gives, or raises, when a thread of low priority does it while this one waits.

    Where it `gives_way`, Linux lets it run only where nothing else wants to, unless the machine had no time left in the
    last minute: then it might never end.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def do() -> None:
        try:
            if sys.platform == "linux":
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
                if gives_way and os.getloadavg()[0] < len(os.sched_getaffinity(0)):
                    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            done.append(work())
        except BaseException as error:  # noqa: BLE001  # raised by the thread that waits
            failed.append(error)

    thread = threading.Thread(target=do, name="low-priority")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


def main() -> None:
    """Run the module that the first argument names, with the others, at a low priority to its end."""
    os.nice(NICENESS)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

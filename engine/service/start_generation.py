"""A generation's first step: what takes long to import is imported at a low priority where others serve meanwhile.

Run by the supervisor as `python -m engine.service.start_generation DESCRIPTOR PARENT first|beside`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version

from engine.service.low_priority import at_low_priority
from engine.service.processes import end_with_parent, leave_signals_to_the_supervisor


def main() -> int:
    """The generation's process; gives the exit code."""
    leave_signals_to_the_supervisor()
    end_with_parent(int(sys.argv[2]))
    _choose_listener()
    beside = sys.argv[3] == "beside"
    run = at_low_priority(_import, gives_way=True) if beside else _import()
    return run(int(sys.argv[1]), beside)


def _choose_listener() -> None:
    """Have gRPC's older listener, unless the environment says otherwise: the thread that waits for calls reads them.

    The newer one's threads wake each other, which costs a lone caller a third of the time and gains a tenth of the
    throughput when many call. gRPC reads the variable when it starts, and complains about names that it does not know.
    """
    if (1, 76) <= tuple(map(int, version("grpcio").split(".")[:2])) <= (1, 85):
        os.environ.setdefault("GRPC_EXPERIMENTS", "-event_engine_listener")


def _import() -> Callable[[int, bool], int]:
    run: Callable[[int, bool], int] = import_module("engine.service.generation").run
    return run


if __name__ == "__main__":
    sys.exit(main())

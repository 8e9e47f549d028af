"""How many cores a process may use, by its affinity and its control group's quota."""

from __future__ import annotations

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(quota: Path = QUOTA) -> int:
    """At least 1. A container with a quota of 1.5 cores on a machine of 64 has 2."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        granted, period = quota.read_text(encoding="ascii").split()
        if granted != "max":
            cores = min(cores, -(-int(granted) // int(period)))
    except (OSError, ValueError):
        pass  # no control group, or one of an older kind: the affinity alone counts
    return max(1, cores)

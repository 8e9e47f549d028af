"""A progress bar on the terminal for long imports, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console
from rich.progress import track

_Item = TypeVar("_Item")

SHOWN_ABOVE = 10_000


def with_progress(items: Iterable[_Item], count: int, title: str) -> Iterable[_Item]:
    """The items; a bar on standard error follows them where there are many and a person looks at it."""
    if count <= SHOWN_ABOVE or not sys.stderr.isatty():
        return items
    return track(items, description=title, total=count, console=Console(stderr=True), transient=True)

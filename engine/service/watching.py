"""Files watched while they are edited: a callback after every save, bundled where many files are saved at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import Change, watch

LOG = logging.getLogger("quotewright")
logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it tells every change too

SETTLED_MILLISECONDS = 200
"""Saves so close together are told once: editors write in steps."""


class Watcher:
    """A thread that watches files and folders until it is closed."""

    def __init__(self, paths: Iterable[Path], matters: Callable[[], bool], changed: Callable[[], None]) -> None:
        """Begin.

        Args:
            paths: files and folders; folders with all below them.
            matters: asked after something was saved, made, moved or deleted.
            changed: called in the thread where it matters.
        """
        self._paths = [path.absolute() for path in paths]
        self._matters = matters
        self._changed = changed
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join(5)

    def _work(self) -> None:
        # The folder of a file is watched: an editor that saves by renaming leaves the watched file behind.
        folders = {path if path.is_dir() else path.parent for path in self._paths}
        try:
            for changes in watch(
                *folders,
                watch_filter=self._concerns,
                stop_event=self._ended,
                step=SETTLED_MILLISECONDS,
                debounce=10 * SETTLED_MILLISECONDS,
                raise_interrupt=False,
            ):
                names = sorted({Path(path).name for _, path in changes})
                more = f" and {len(names) - 3} more" if len(names) > 3 else ""
                if not self._matters():
                    continue
                LOG.info("changed: %s%s; loading again", ", ".join(names[:3]), more)
                self._changed()
        except (OSError, RuntimeError) as error:
            LOG.error("files are no longer watched: %s; SIGHUP loads them again", error)  # noqa: TRY400

    def _concerns(self, _change: Change, changed: str) -> bool:
        path = Path(changed)
        if any(part.startswith((".", "~")) or part.endswith("~") for part in path.parts[-2:]):
            return False  # an editor's own files
        return any(path == watched or watched in path.parents for watched in self._paths)

"""What supervisor, generations and workers share: the channel between two of them, and ending with one's parent."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

_PR_SET_PDEATHSIG = 1


class Channel:
    """One end of a two-way pipe of small JSON messages; its end of file says that the other process is gone."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._rest = b""

    @classmethod
    def pair(cls) -> tuple[Channel, Channel]:
        """Two ends."""
        one, other = socket.socketpair()
        return cls(one), cls(other)

    @classmethod
    def inherited(cls, descriptor: int) -> Channel:
        """The end that a parent left to this process."""
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        """For selectors."""
        return self._socket.fileno()

    def send(self, event: str, **fields: Any) -> None:
        """Tell something; what nobody is there to hear is dropped, since the end of file says so too."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(json.dumps({"event": event, **fields}).encode() + b"\n")

    def receive(self) -> Iterator[Message]:
        """What has arrived; blocks until something has.

        Raises:
            EOFError: the other process is gone; everything that it told before has been given.
        """
        try:
            data = self._socket.recv(65536)
        except ConnectionResetError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield json.loads(line)
        if not data:
            raise EOFError

    def close(self) -> None:
        """Give up this end."""
        self._socket.close()


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` dies, however busy this one is then.

    Where the kernel cannot (it is Linux that can), the end of file of the channel does it a little later.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call
        os._exit(1)


def leave_signals_to_the_supervisor() -> None:
    """Ignore what a terminal or a service manager sends to every process of the group: the supervisor tells when."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def how_it_ended(code: int) -> str:
    """An exit code in words; it is negative for a signal."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"


class Backoff:
    """How long to wait before something that ended is started again: not at all, unless it ends at once repeatedly."""

    FIRST_SECONDS = 0.1
    STEADY_SECONDS = 10.0
    """What lived as long was no failure of its start."""

    def __init__(self, longest_seconds: float) -> None:
        """`longest_seconds` is the longest wait."""
        self._longest = longest_seconds
        self._failures = 0
        self._started = time.monotonic()

    def started(self) -> None:
        """It starts now."""
        self._started = time.monotonic()

    def ended(self) -> float:
        """It ended; gives the seconds to wait."""
        if time.monotonic() - self._started >= self.STEADY_SECONDS:
            self._failures = 0
        self._failures += 1
        if self._failures == 1:
            return 0.0
        return min(self.FIRST_SECONDS * 2.0 ** (self._failures - 2), self._longest)

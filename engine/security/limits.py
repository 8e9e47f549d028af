"""What one client may have open at once: requests counted from their arrival until the transport lets go of them."""

from __future__ import annotations

import threading

from engine.security.refusals import OverLimitError


class Slot:
    """One request of a client that is open; its place is free again when nothing refers to the slot any more.

    The transport drops a request on many paths: answered, failed, hung up before a thread took it. What all of them
    have in common is that they end its objects.
    """

    __slots__ = ("_client", "_open")

    def __init__(self, client: str, open_requests: OpenRequests) -> None:
        self._client, self._open = client, open_requests

    def __del__(self) -> None:
        self._open.leave(self._client)


class OpenRequests:
    """Counts the open requests of every client."""

    def __init__(self, limit: int, kind: str) -> None:
        """No client has more than `limit` open; `kind` says of what, in the plural."""
        self._limit, self._kind = limit, kind
        self._counts: dict[str, int] = {}
        # Reentrant, for a slot may end inside `enter` when memory is collected there.
        self._lock = threading.RLock()

    def enter(self, client: str) -> Slot:
        """One more request of a client.

        Raises:
            OverLimitError: it has as many open as it may.
        """
        with self._lock:
            count = self._counts.get(client, 0)
            if count >= self._limit:
                told = f"{count} {self._kind} of this client are open, as many as one may have: wait for answers"
                raise OverLimitError("TOO_MANY_OPEN", told, limit=str(self._limit))
            self._counts[client] = count + 1
        return Slot(client, self)

    def leave(self, client: str) -> None:
        """One request of a client less."""
        with self._lock:
            left = self._counts[client] - 1
            if left:
                self._counts[client] = left
            else:
                del self._counts[client]

    def count(self, client: str) -> int:
        """How many requests a client has open."""
        return self._counts.get(client, 0)

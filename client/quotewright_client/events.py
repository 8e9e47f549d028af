"""When a client that follows events tries again."""

from __future__ import annotations

import grpc

from quotewright_client.errors import OverloadedError, QuotewrightError

SHORTEST_PAUSE = 0.1
"""Seconds between two watches, where the first ended as it should."""
LONGEST_PAUSE = 5.0
"""Seconds between two tries while no server is reached."""

_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN)


def goes_on_after(error: QuotewrightError) -> bool:
    """Whether what ended a watch passes: no server, one on its way out, or one with too many watches."""
    return error.code in _AWAY or isinstance(error, OverloadedError)

"""What a servicer offers a transport: its methods as functions over bytes that know nothing of how bytes travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Unary = Callable[[bytes], bytes]
"""Request to response; raises what `engine.service.errors` turns into a status."""

TimeLeft = Callable[[], float | None]
"""Seconds until the caller's deadline; None without one."""

Stream = Callable[[Iterable[bytes], TimeLeft], Iterator[bytes]]
"""Requests to responses, in order."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its full name, with its methods by their names in the contract."""

    name: str
    unary: Mapping[str, Unary]
    streams: Mapping[str, Stream] = field(default_factory=dict)

"""What a servicer offers a transport: its methods as functions over bytes that know nothing of how bytes travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.security.identity import Identity

Unary = Callable[[bytes], bytes]
"""Request to response; raises what `engine.service.errors` turns into a status."""

Acting = Callable[[bytes, Identity | None], bytes]
"""A unary method that needs to know who calls; None where the server asks for neither keys nor tokens."""

TimeLeft = Callable[[], float | None]
"""Seconds until the caller's deadline; None without one."""

Stream = Callable[[Iterable[bytes], TimeLeft], Iterator[bytes]]
"""Requests to responses, in order."""

GoesOn = Callable[[], bool]
"""False once a watch is to end: its caller hung up, its time is over, or the server drains."""

Watch = Callable[[bytes, GoesOn], Iterator[bytes]]
"""A request to responses as they come to be; asks often whether it goes on."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its full name, with its methods by their names in the contract; a name stands in one mapping.

    `waiting` names the methods that wait for something, the database for one: they run where they keep no other call
    waiting. `short` names the unary methods that take a time that only the length of the message bounds, which is short
    for a short one.
    """

    name: str
    unary: Mapping[str, Unary] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    acting: Mapping[str, Acting] = field(default_factory=dict)
    watches: Mapping[str, Watch] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()

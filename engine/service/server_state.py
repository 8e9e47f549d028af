"""The state of a server as its supervisor knows it, for metrics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a supervisor knows of its generations.

    Attributes:
        versions: of the rulebook and the catalogue that serve; "" where none does.
        release: that serves; 0 for files.
        workers: how many should serve.
        workers_alive: how many do.
        worker_restarts: processes forked again since the start.
        generations: how many processes there are, by state: "loading", "serving", "draining".
        reloads: since the start, by outcome: "served", "refused".
        serving_since: when the version began to serve, in seconds since 1970; 0 where none does.
    """

    versions: tuple[str, str]
    release: int
    workers: int
    workers_alive: int
    worker_restarts: int
    generations: dict[str, int]
    reloads: dict[str, int]
    serving_since: float

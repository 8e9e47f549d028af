"""Repair: when choices contradict each other, the smallest sets of them to give up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.configure.choices import Choice, Chosen
from engine.configure.configurator import Configurator
from engine.configure.explanation import Reason, why_conflict
from engine.configure.solver import OutOfTimeError

MAX_REPAIRS = 20


@dataclass(frozen=True, slots=True)
class Repair:
    """A contradiction and the ways out.

    Attributes:
        conflict: a minimal set of constraints and choices that cannot all hold.
        give_up: the smallest sets of choices without which the rest can hold; empty where even without any choice
            of the user there is no configuration.
        complete: every such set is listed; False where there are more than `MAX_REPAIRS`, or time ran out.
    """

    conflict: Reason
    give_up: tuple[tuple[Choice, ...], ...]
    complete: bool


def repair(configurator: Configurator, chosen: Chosen, deadline: float | None = None) -> Repair | None:
    """The conflict among the choices and its smallest repairs; None where there is none.

    Raises:
        OutOfTimeError: the deadline passed before the conflict was known.
    """
    conflict = why_conflict(configurator, chosen, deadline)
    if conflict is None:
        return None
    found: list[tuple[Choice, ...]] = []
    complete = True
    try:
        for positions in _smallest(configurator, chosen, deadline):
            if len(found) == MAX_REPAIRS:
                complete = False
                break
            found.append(tuple(chosen.choices[position] for position in sorted(positions)))
    except OutOfTimeError:
        complete = False
    return Repair(conflict, tuple(found), complete)


def _smallest(configurator: Configurator, chosen: Chosen, deadline: float | None) -> Iterator[frozenset[int]]:
    """All smallest sets of positions whose choices, given up, leave the rest satisfiable.

    Conflicts among the choices are collected until a smallest set that hits all of them repairs (implicit hitting
    sets): every repair hits every conflict, so none is smaller.
    """
    free = {position for position, choice in enumerate(chosen.choices) if not choice.fixed}
    conflicts: list[frozenset[int]] = []
    size, found = 0, False
    rejected: set[frozenset[int]] = set()
    while size <= len(free):
        again = False
        for candidate in _hitting(conflicts, size):
            if candidate in rejected:
                continue
            rejected.add(candidate)
            core = _conflict_without(configurator, chosen, candidate, deadline)
            if core is None:
                found = True
                yield candidate
                continue
            core &= free
            if not core:
                return
            conflicts.append(core)
            again = True
            break
        if not again:
            if found:
                return
            size += 1


def _conflict_without(
    configurator: Configurator, chosen: Chosen, given_up: frozenset[int], deadline: float | None
) -> frozenset[int] | None:
    """Positions of choices that still contradict each other once some are given up; None where none do."""
    subsets = configurator.worker.subsets
    kept = [
        literal for position, literals in enumerate(chosen.literals) if position not in given_up for literal in literals
    ]
    core = subsets.core(subsets.owners, [*chosen.guards, *kept], deadline)
    if core is None:
        return None
    return frozenset(
        position
        for position, literals in enumerate(chosen.literals)
        if position not in given_up and any(literal in core[1] for literal in literals)
    )


def _hitting(conflicts: list[frozenset[int]], size: int) -> Iterator[frozenset[int]]:
    """The sets of exactly `size` positions that hit every conflict and in which every position hits one."""

    def extend(chosen: frozenset[int]) -> Iterator[frozenset[int]]:
        open_ = next((conflict for conflict in conflicts if not conflict & chosen), None)
        if open_ is None:
            if len(chosen) == size:
                yield chosen
        elif len(chosen) < size:
            for position in sorted(open_):
                yield from extend(chosen | {position})

    seen: set[frozenset[int]] = set()
    for found in extend(frozenset()):
        if found not in seen:
            seen.add(found)
            yield found

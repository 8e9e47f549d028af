"""Why: minimal sets of constraints and choices, no one of which can be left out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.configure.choices import Choice, Chosen
from engine.configure.configurator import Configurator
from engine.configure.formula import Literal
from engine.configure.program import Constraint


@dataclass(frozen=True, slots=True)
class Reason:
    """Constraints and choices that together leave no other way; without any of them there would be one.

    Attributes:
        constraints: in the order of the file.
        choices: in the order of the request.
    """

    constraints: tuple[Constraint, ...]
    choices: tuple[Choice, ...]

    def lines(self) -> list[str]:
        """The members as text, constraints with their places."""
        told = [f"{constraint.text} ({constraint.place})" for constraint in self.constraints]
        return told + [f"chosen: {choice}" for choice in self.choices]


def explain(
    configurator: Configurator, chosen: Chosen, element: int, deadline: float | None = None
) -> tuple[bool, Reason] | None:
    """Why an element is excluded or forced by the other choices.

    Gives whether it is forced, and the reason; None where it is selectable. A choice of the element itself is no
    reason for it and is left out.

    Raises:
        OutOfTimeError: the deadline passed.
    """
    others = _without(chosen, element)
    for wanted in (element + 1, -(element + 1)):
        reason = why_impossible(configurator, others, (wanted,), deadline)
        if reason is not None:
            return wanted < 0, reason
    return None


def why_conflict(configurator: Configurator, chosen: Chosen, deadline: float | None = None) -> Reason | None:
    """Why the choices cannot all hold; None where they can.

    Raises:
        OutOfTimeError: the deadline passed.
    """
    return why_impossible(configurator, chosen, (), deadline)


def why_impossible(
    configurator: Configurator, chosen: Chosen, wanted: tuple[Literal, ...], deadline: float | None
) -> Reason | None:
    """Why the wanted literals cannot hold with the choices; None where they can.

    Raises:
        OutOfTimeError: the deadline passed.
    """
    start = _first_set(configurator, chosen, wanted, deadline)
    if start is None:
        return None
    owners, positions = _minimal(configurator, chosen, wanted, *start, deadline)
    constraints = configurator.model.constraints
    return Reason(
        tuple(constraints[owner] for owner in sorted(owners)),
        tuple(chosen.choices[position] for position in sorted(positions)),
    )


def _first_set(
    configurator: Configurator, chosen: Chosen, wanted: tuple[Literal, ...], deadline: float | None
) -> tuple[set[int], set[int]] | None:
    """Some constraints and positions of choices that cannot hold together, small where propagation finds them."""
    propagator = configurator.propagator
    assumed = (*chosen.assumed, *wanted)
    run = propagator.run(assumed)
    if run.conflict is not None:
        owners, literals = propagator.conflict_because(run, assumed)
    else:
        subsets = configurator.worker.subsets
        core = subsets.core(subsets.owners, assumed, deadline)
        if core is None:
            return None
        owners, literals = core
    return owners, _positions(chosen, literals)


def _positions(chosen: Chosen, literals: set[Literal]) -> set[int]:
    return {position for position, own in enumerate(chosen.literals) if any(literal in literals for literal in own)}


def _minimal(
    configurator: Configurator,
    chosen: Chosen,
    wanted: tuple[Literal, ...],
    owners: set[int],
    positions: set[int],
    deadline: float | None,
) -> tuple[set[int], set[int]]:
    """Leave out one member after the other, as long as what remains still cannot hold."""
    subsets = configurator.worker.subsets
    members = [(0, position) for position in sorted(positions, reverse=True)]
    members += [(1, owner) for owner in sorted(owners, reverse=True)]
    for kind, number in members:
        if number not in (owners if kind else positions):
            continue
        fewer_owners = owners - {number} if kind else owners
        fewer_positions = positions if kind else positions - {number}
        literals = [literal for position in sorted(fewer_positions) for literal in chosen.literals[position]]
        core = subsets.core(fewer_owners, [*chosen.guards, *literals, *wanted], deadline)
        if core is not None:
            owners, positions = core[0], _positions(chosen, core[1]) & fewer_positions
    return owners, positions


def _without(chosen: Chosen, element: int) -> Chosen:
    """The choices without those of the element itself."""
    kept = [
        (choice, literals)
        for choice, literals in zip(chosen.choices, chosen.literals, strict=True)
        if not literals or abs(literals[0]) != element + 1
    ]
    if len(kept) == len(chosen.choices):
        return chosen
    assumed = chosen.guards + tuple(literal for _, literals in kept for literal in literals)
    return Chosen(
        tuple(choice for choice, _ in kept),
        tuple(literals for _, literals in kept),
        chosen.guards,
        assumed,
        frozenset(assumed),
    )

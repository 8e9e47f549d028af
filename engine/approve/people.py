"""Who fills a role: holders, the management line, substitutes for the absent, and the role to fall back on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from engine.approve.program import ApprovalProgram, Finding, Person, Role, Step
from engine.approve.result import Candidate, Slot

HOLDERS = Finding.HOLDERS

MOST_KEPT = 5_000
"""Circumstances whose approvers are kept; when there are more, keeping starts anew."""


class Asked(NamedTuple):
    """Whom a step asks.

    Attributes:
        slots: the approvals that it consists of.
        need: how many of them must be given.
        given: how many can be given by somebody.
        escalation: who is asked as well after a time; None for nobody.
    """

    slots: tuple[Slot, ...]
    need: int
    given: int
    escalation: Slot | None


NOBODY = Asked((), 0, 0, None)


class Directory:
    """Whom steps ask, kept by what decides it: the requester, the day, and what people cover of the customer."""

    __slots__ = ("_covered", "_kept", "_program")

    def __init__(self, program: ApprovalProgram) -> None:
        self._program = program
        self._covered = tuple(sorted({fact for person in program.people.values() for fact in person.covers}))
        self._kept: dict[tuple[Any, ...], dict[int, Asked]] = {}

    def of(self, customer: Mapping[str, Any], requester: str, day: date) -> dict[int, Asked]:
        """What is known under these circumstances, by position of the step; for the caller to add to."""
        circumstances = (requester, day, *[customer.get(fact) for fact in self._covered])
        found = self._kept.get(circumstances)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[circumstances] = {}
        return found


class Resolver:
    """Finds approvers for one quote."""

    __slots__ = ("_customer", "_day", "_program", "_requester")

    def __init__(self, program: ApprovalProgram, customer: Mapping[str, Any], requester: str, day: date) -> None:
        self._program = program
        self._customer = customer
        self._requester = requester
        self._day = day

    def asked(self, step: Step) -> Asked:
        """Whom a step asks."""
        slots = self.slots(step)
        need = step.need or len(slots)
        escalation = self.role_slot(step.escalate_to) if slots and step.escalate_to else None
        if escalation is not None and not escalation.candidates:
            escalation = None
        return Asked(slots, need, approvals_possible(slots, need), escalation)

    def slots(self, step: Step) -> tuple[Slot, ...]:
        """The approvals that a step consists of; a slot without candidates can be given by nobody."""
        slots: list[Slot] = []
        for name in step.roles:
            role = self._program.roles[name]
            found = self._people(role)
            if role.each_holder and found:
                slots += [Slot(name, (candidate,)) for candidate in found]
            else:
                slots.append(Slot(name, found))
        slots += [Slot("", self._present([self._program.people[person]])) for person in step.people]
        return tuple(slots)

    def role_slot(self, role: str) -> Slot:
        """The people of a role, any of whom may decide."""
        return Slot(role, self._people(self._program.roles[role]))

    def _people(self, role: Role) -> tuple[Candidate, ...]:
        """The present people of a role or, where it has none, of the roles that it falls back on."""
        asked: Role | None = role
        while asked is not None:  # ends: a cycle of fallbacks is an error when files are loaded
            found = self._present(self._found(asked))
            if found:
                return found
            asked = self._program.roles.get(asked.otherwise)
        return ()

    def _found(self, role: Role) -> list[Person]:
        if role.find is HOLDERS:
            return [person for person in self._program.holders.get(role.id, ()) if self._covers(person)]
        people = self._program.people
        requester = people.get(self._requester)
        above = people.get(requester.manager) if requester is not None else None
        while above is not None:  # ends: a cycle of managers is an error when files are loaded
            if role.id in above.roles:
                return [above]
            above = people.get(above.manager)
        return []

    def _covers(self, person: Person) -> bool:
        return not person.covers or all(self._customer.get(fact) in values for fact, values in person.covers.items())

    def _present(self, people: Iterable[Person]) -> tuple[Candidate, ...]:
        """The people with substitutes for those absent; whoever may not approve is left out, nobody comes twice."""
        found: dict[str, Candidate] = {}
        for person in people:
            stand_in: Person | None = person
            while stand_in is not None and stand_in.absences:
                # It ends: substitutes that stand in for each other are an error when files are loaded.
                substitute = self._absent(stand_in)
                if substitute is None:
                    break
                stand_in = self._program.people.get(substitute)
            if stand_in is None or (self._program.own_quotes_forbidden and stand_in.id == self._requester):
                continue
            behalf = "" if stand_in is person else person.id
            found.setdefault(stand_in.id, Candidate(stand_in.id, stand_in.name, behalf))
        return tuple(found.values())

    def _absent(self, person: Person) -> str | None:
        """The substitute of a person who is absent, "" for nobody; None for a person who is there."""
        for absence in person.absences:
            if absence.first <= self._day <= absence.last:
                return absence.substitute
        return None


def approvals_possible(slots: Sequence[Slot], need: int) -> int:
    """How many approvals can be given: where some of several are enough they are to come from different people."""
    if need >= len(slots) or need <= 1:
        return sum([bool(slot.candidates) for slot in slots])
    given_by: dict[str, int] = {}

    def find(slot: int, tried: set[str]) -> bool:
        """Give the slot to somebody, and what that person had to somebody else."""
        for candidate in slots[slot].candidates:
            if candidate.person not in tried:
                tried.add(candidate.person)
                if candidate.person not in given_by or find(given_by[candidate.person], tried):
                    given_by[candidate.person] = slot
                    return True
        return False

    return sum(find(slot, set()) for slot in range(len(slots)))

"""People, roles and chains of approval: compiled, with every way in which nobody could be found told at loading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from engine.approve.program import Absence, Finding, Person, Role, Step
from engine.diagnostics import Code, Findings, did_you_mean
from engine.load.parts import Loaded, LoadedParts
from engine.schema.approval import ChainEntry, PersonEntry, RoleEntry, StepEntry
from engine.source import Span


class Organisation:
    """The people and roles of a rulebook."""

    def __init__(self, parts: LoadedParts, customer_facts: Iterable[str], findings: Findings) -> None:
        self.findings = findings
        self.customer_facts = list(customer_facts)
        self._people: dict[str, Loaded[PersonEntry]] = {item.entry.id: item for item in parts["people"]}
        self._roles: dict[str, Loaded[RoleEntry]] = {item.entry.id: item for item in parts["roles"]}
        self.people = {name: self._person(item) for name, item in self._people.items()}
        self.roles = {name: self._role(item) for name, item in self._roles.items()}
        held: dict[str, list[Person]] = defaultdict(list)
        for person in self.people.values():
            for role in sorted(person.roles):
                held[role].append(person)
        self.holders: Mapping[str, tuple[Person, ...]] = {role: tuple(people) for role, people in held.items()}
        self._tell_cycles()

    def steps(self, chains: Sequence[Loaded[ChainEntry]]) -> tuple[Step, ...]:
        """The steps of all chains in the order in which they run; a step that nobody can take is told of."""
        found: list[Step] = []
        for chain in chains:
            names: set[str] = set()
            for index, step in enumerate(chain.entry.steps):
                span = chain.span("steps", index)
                if step.id in names:
                    self.findings.add(
                        Code.DUPLICATE,
                        f"chain {chain.entry.id!r} has two steps {step.id!r}",
                        chain.span("steps", index, "id"),
                    )
                names.add(step.id)
                self._check_step(chain, index, step)
                need = {"any": 1, "all": 0}[step.need] if isinstance(step.need, str) else step.need
                found.append(
                    Step(
                        id=f"{chain.entry.id}.{step.id}",
                        chain=chain.entry.id,
                        name=step.id,
                        order=chain.entry.order,
                        position=index + 1,
                        roles=tuple(step.roles),
                        people=tuple(step.people),
                        need=need,
                        escalate_after_hours=step.escalate_after_hours,
                        escalate_to=step.escalate_to,
                    )
                )
                self._tell_nobody(found[-1], span)
        return tuple(sorted(found, key=lambda step: (step.order, step.chain, step.position)))

    def _check_step(self, chain: Loaded[ChainEntry], index: int, step: StepEntry) -> None:
        for place, role in enumerate(step.roles):
            self._known("role", role, self._roles, chain.span("steps", index, "roles", place))
        for place, person in enumerate(step.people):
            self._known("person", person, self._people, chain.span("steps", index, "people", place))
        if step.escalate_to:
            self._known("role", step.escalate_to, self._roles, chain.span("steps", index, "escalate_to"))
        several = any(self.roles[role].each_holder for role in step.roles if role in self.roles)
        if isinstance(step.need, int) and not several and step.need > len(step.roles) + len(step.people):
            message = f"step {step.id!r} needs {step.need} approvals of {len(step.roles) + len(step.people)}"
            self.findings.add(Code.WRONG_VALUE, message, chain.span("steps", index, "need"))

    def _tell_nobody(self, step: Step, span: Span) -> None:
        """A finding where too few of a step's roles and people can ever give an approval."""
        if any(role not in self.roles for role in step.roles) or any(name not in self.people for name in step.people):
            return
        empty = [role for role in step.roles if not self._anybody(role)]
        need = step.need or len(step.roles) + len(step.people)
        several = any(self.roles[role].each_holder for role in step.roles)
        if empty and not several and len(step.roles) - len(empty) + len(step.people) < need:
            told = " and ".join(empty)
            message = f"step {step.id!r} has no approver: nobody holds {told}, and no role to fall back on has a holder"
            self.findings.add(Code.NOT_COMPLETE, message, span, hint="give the role to somebody, or name 'otherwise'")
        elif empty and several:
            message = f"step {step.id!r} has no approver: nobody holds {' and '.join(empty)}"
            self.findings.add(Code.NOT_COMPLETE, message, span)

    def _anybody(self, role: str) -> bool:
        seen: set[str] = set()
        while role in self.roles and role not in seen:
            if self.holders.get(role):
                return True
            seen.add(role)
            role = self.roles[role].otherwise
        return False

    def _person(self, item: Loaded[PersonEntry]) -> Person:
        entry = item.entry
        if entry.manager:
            self._known("person", entry.manager, self._people, item.span("manager"))
        for place, role in enumerate(entry.roles):
            self._known("role", role, self._roles, item.span("roles", place))
        for fact in entry.covers:
            self._known(
                "customer fact", fact, self.customer_facts, item.document.key_span((*item.path, "covers", fact))
            )
        absences = [self._absence(item, index) for index in range(len(entry.absences))]
        return Person(
            id=entry.id,
            name=entry.name or entry.id,
            manager=entry.manager,
            roles=frozenset(entry.roles),
            covers={fact: frozenset(values) for fact, values in entry.covers.items()},
            absences=tuple(sorted((found for found in absences if found), key=lambda absence: absence.first)),
        )

    def _absence(self, item: Loaded[PersonEntry], index: int) -> Absence | None:
        entry = item.entry.absences[index]
        if entry.substitute:
            self._known("person", entry.substitute, self._people, item.span("absences", index, "substitute"))
        first = self._day(entry.from_, item.span("absences", index, "from"))
        last = self._day(entry.to, item.span("absences", index, "to"))
        if first is None or last is None:
            return None
        if first > last:
            message = f"absent from {first} to {last}: that is never"
            self.findings.add(Code.WRONG_VALUE, message, item.span("absences", index))
            return None
        return Absence(first, last, entry.substitute)

    def _role(self, item: Loaded[RoleEntry]) -> Role:
        entry = item.entry
        if entry.otherwise:
            self._known("role", entry.otherwise, self._roles, item.span("otherwise"))
        return Role(entry.id, Finding(entry.find), entry.each_holder, entry.otherwise)

    def _tell_cycles(self) -> None:
        fallbacks = {name: [role.otherwise] for name, role in self.roles.items() if role.otherwise}
        for cycle in _cycles(fallbacks):
            message = f"roles fall back on one another for ever: {' -> '.join((*cycle, cycle[0]))}"
            self.findings.add(Code.CYCLE, message, self._roles[cycle[0]].span("otherwise"))
        managers = {name: [person.manager] for name, person in self.people.items() if person.manager}
        for cycle in _cycles(managers):
            message = f"people are managers of one another: {' -> '.join((*cycle, cycle[0]))}"
            self.findings.add(Code.CYCLE, message, self._people[cycle[0]].span("manager"))
        days = sorted({absence.first for person in self.people.values() for absence in person.absences})
        told: set[frozenset[str]] = set()
        for day in days:  # a circle of absences that exists on any day exists on the first day of one of them
            substitutes = {
                name: [absence.substitute]
                for name, person in self.people.items()
                for absence in person.absences
                if absence.substitute and absence.first <= day <= absence.last
            }
            for cycle in _cycles(substitutes):
                if frozenset(cycle) not in told:
                    told.add(frozenset(cycle))
                    message = (
                        f"people who are absent on {day} substitute one another: {' -> '.join((*cycle, cycle[0]))}"
                    )
                    self.findings.add(Code.CYCLE, message, self._people[cycle[0]].span("absences"))

    def _known(self, kind: str, name: str, known: Iterable[str], span: Span) -> None:
        if name not in known:
            message = f"there is no {kind} {name!r}"
            self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(name, known))

    def _day(self, text: str, span: Span) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.findings.add(Code.WRONG_VALUE, f"expected a date such as 2026-03-31, found {text!r}", span)
            return None


def _cycles(following: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Every cycle of a graph in which each node has at most one that follows, each beginning with its first name."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in following:
        path: list[str] = []
        at = start
        while at in following and at not in done and at not in path:
            path.append(at)
            at = following[at][0]
        if at in path:
            cycle = path[path.index(at) :]
            first = cycle.index(min(cycle))
            found.append(cycle[first:] + cycle[:first])
        done.update(path)
    return found

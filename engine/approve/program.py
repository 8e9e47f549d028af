"""The compiled form of approval rules, chains and people: built when files are loaded, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from engine.approve.codes import ColumnCodes

Value = Any
"""Any FEEL value."""

FactPath = tuple[str, ...]
"""A fact by its names: ("quote", "net_total") or ("derived", "strategic")."""

PARAMETERS = ("customer", "quote", "aggregate", "credit", "configuration", "requester", "derived", "needed")
"""What conditions read, in the order in which compiled ones take it."""

Condition = Callable[..., bool]
"""A condition over PARAMETERS."""

Expression = Callable[..., Value]
"""A value over PARAMETERS."""


class AggregateFunction(StrEnum):
    """How the values of lines become one."""

    MAX = "max"
    MIN = "min"
    SUM = "sum"
    COUNT = "count"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the lines of a quote, computed before any rule is asked.

    Attributes:
        name: rules read it as aggregate.<name>.
        function: how values become one; over no lines a count is 0, a sum is 0 and the others are null.
        value: of a line, from (line, product); None for a count.
        where: which lines count, from (line, product); None for all.
    """

    name: str
    function: AggregateFunction
    value: Expression | None
    where: Condition | None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """An approval rule ready to act.

    Attributes:
        id: unique in the rulebook.
        file: where it stands.
        line: 1-based.
        description: for people.
        reads: the facts that its condition reads.
        requires: positions of the steps that it asks for, in the program's steps.
        derives: facts that it derives, each a constant or computed.
        approves: chains that it approves on its own; None where it approves none, empty for the whole quote.
        reason: text for the reply, or a function that fills values in.
        beyond: its condition against (PARAMETERS, approved): thresholds are replaced by what was approved last;
            None where the condition has no threshold.
        thresholds: the facts that are compared with thresholds, as `beyond` takes them.
        named_reads: the facts that its condition reads, each with its name as people write it.
    """

    id: str
    file: str
    line: int
    description: str
    reads: tuple[FactPath, ...]
    requires: tuple[int, ...]
    derives: Mapping[str, Value | Expression]
    approves: frozenset[str] | None
    reason: str | Callable[..., str]
    beyond: Condition | None
    thresholds: tuple[FactPath, ...]
    named_reads: tuple[tuple[str, FactPath], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named_reads", tuple((".".join(path), path) for path in self.reads))


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which a rule's condition holds: a conjunction of tests, of which the rule may have several.

    Attributes:
        rule: position of the rule in the program.
        accepted: for columns of the stratum the codes that they must have.
        residual: position of a condition that FEEL evaluates; -1 where none is left.
        flags: flags of the same stratum that must have been derived.
    """

    rule: int
    accepted: Mapping[int, frozenset[int]]
    residual: int
    flags: frozenset[int]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rules that can fire together. What they read but do not derive themselves is final before they start.

    Attributes:
        columns: facts that tests read, with their codes.
        residuals: conditions that FEEL evaluates.
        alternatives: of the rules of this stratum.
        flags: by rule, the flags that it derives and that rules of this stratum read.
        rules: the rules of this stratum as bits.
    """

    columns: tuple[tuple[FactPath, ColumnCodes], ...]
    residuals: tuple[Condition, ...]
    alternatives: tuple[Alternative, ...]
    flags: Mapping[int, tuple[int, ...]]
    rules: int


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which a person does not decide.

    Attributes:
        first: first day.
        last: last day (inclusive).
        substitute: who decides instead; "" for nobody.
    """

    first: date
    last: date
    substitute: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who submits or approves quotes.

    Attributes:
        id: identifier.
        name: as shown to people.
        manager: id of the person above; "" at the top.
        roles: ids of the roles held.
        covers: customers that the person's roles hold for: fact of the customer to the values covered; a fact that
            is not named is not limited.
        absences: sorted by day.
        facts: what rules read as requester.<name> where the person submits.
    """

    id: str
    name: str
    manager: str
    roles: frozenset[str]
    covers: Mapping[str, frozenset[str]]
    absences: tuple[Absence, ...]
    facts: Mapping[str, Value] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        manager, roles = self.manager or None, sorted(self.roles)
        object.__setattr__(self, "facts", {"id": self.id, "name": self.name, "manager": manager, "roles": roles})


class Finding(StrEnum):
    """Where the people of a role are looked for."""

    HOLDERS = "holders"
    MANAGEMENT_LINE = "management_line"


@dataclass(frozen=True, slots=True)
class Role:
    """A role that steps name.

    Attributes:
        id: identifier.
        find: everybody who holds it, or the first holder up the requester's management line.
        each_holder: whether every holder must be asked for himself, instead of any of them.
        otherwise: role to take where nobody is found; "" for none.
    """

    id: str
    find: Finding
    each_holder: bool
    otherwise: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a chain.

    Attributes:
        id: "chain.step".
        chain: id of the chain.
        name: the part after the point.
        order: of the chain; chains of the same order run in parallel, lower ones first.
        position: in the chain, from 1.
        roles: who decides.
        people: who decides, by name.
        need: how many of those must approve; 0 for all.
        escalate_after_hours: time after which the step escalates; 0 for never.
        escalate_to: role that is asked then as well; "" for none.
    """

    id: str
    chain: str
    name: str
    order: int
    position: int
    roles: tuple[str, ...]
    people: tuple[str, ...]
    need: int
    escalate_after_hours: int
    escalate_to: str


@dataclass(frozen=True, slots=True)
class ApprovalProgram:
    """Everything that routing needs.

    Attributes:
        aggregates: computed before rules.
        rules: in the order of the files.
        strata: rules that fire together, in their order.
        steps: by order of chain, then chain, then position.
        step_names: chain to names of its steps, for the facts needed.<chain>.<step>.
        derived_names: every fact that rules derive.
        flag_names: those that are only ever true.
        roles: by id.
        people: by id.
        holders: people by role, in the order of the files.
        own_quotes_forbidden: whether nobody may approve what he or she submitted.
        expires_after_days: days after which a quote that waits expires; 0 for never.
        durable: whether durable-rules finds the rules that fire, in the place of the engine's own chainer.
        line_facts: facts of a line that aggregates read.
        underived: every fact that rules derive, before any did.
        unneeded: chain to its steps, before any rule asked for them.
    """

    aggregates: tuple[Aggregate, ...]
    rules: tuple[CompiledRule, ...]
    strata: tuple[Stratum, ...]
    steps: tuple[Step, ...]
    step_names: Mapping[str, tuple[str, ...]]
    derived_names: tuple[str, ...]
    flag_names: frozenset[str]
    roles: Mapping[str, Role]
    people: Mapping[str, Person]
    holders: Mapping[str, tuple[Person, ...]] = field(repr=False)
    own_quotes_forbidden: bool
    expires_after_days: int
    durable: bool
    line_facts: tuple[str, ...]
    underived: Mapping[str, Value] = field(init=False, repr=False)
    unneeded: Mapping[str, Mapping[str, bool]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        underived = {name: False if name in self.flag_names else None for name in self.derived_names}
        unneeded = {chain: dict.fromkeys(steps, False) for chain, steps in self.step_names.items()}
        object.__setattr__(self, "underived", underived)
        object.__setattr__(self, "unneeded", unneeded)

"""What routing gives: the steps with who, why and in which order, or the approval without anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class RouteOutcome(StrEnum):
    """What becomes of a quote when it is submitted."""

    AUTO_APPROVED = "auto_approved"
    APPROVAL_REQUIRED = "approval_required"
    NO_APPROVER = "no_approver"


class StepStatus(StrEnum):
    """Whether a step of the route asks anybody."""

    REQUIRED = "required"
    SKIPPED = "skipped"
    WAIVED = "waived"
    NO_APPROVER = "no_approver"


class Reason(NamedTuple):
    """A rule that held.

    Attributes:
        rule_id: the rule.
        file: where it stands.
        line: 1-based.
        text: why, for a person, values filled in.
        values: the facts that its condition read, by name, for example "quote.net_total".
    """

    rule_id: str
    file: str
    line: int
    text: str
    values: tuple[tuple[str, Any], ...]


class Candidate(NamedTuple):
    """Somebody who may decide.

    Attributes:
        person: id.
        name: as shown to people.
        on_behalf_of: id of the absent person who is substituted; "" where nobody is.
    """

    person: str
    name: str
    on_behalf_of: str = ""


@dataclass(slots=True)
class Slot:
    """One approval of a step: any of the candidates gives it.

    Attributes:
        role: the role asked for; "" where the step names a person.
        candidates: who may give it.
        written: what a writer made of it; None until one did.
    """

    role: str
    candidates: tuple[Candidate, ...]
    written: Any = field(default=None, init=False, compare=False, repr=False)


@dataclass(slots=True)
class RouteStep:
    """A step that rules ask for.

    Attributes:
        id: "chain.step".
        chain: id of the chain.
        stage: 1-based; chains of the same stage run in parallel, a stage begins when those before it are done.
        position: 1-based place among the chain's steps that are asked for.
        status: whether it asks anybody.
        status_reason: why it does not; "" where it does.
        need: how many slots must approve.
        slots: who may.
        escalate_after_hours: 0 for never.
        escalation: who is asked as well after that time; None for nobody.
        reasons: the rules that ask for it, in the order of the files.
    """

    id: str
    chain: str
    stage: int
    position: int
    status: StepStatus
    status_reason: str
    need: int
    slots: tuple[Slot, ...]
    escalate_after_hours: int
    escalation: Slot | None
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Derived:
    """A fact that a rule derived.

    Attributes:
        name: as in derived.<name>.
        value: its value.
        reason: the rule.
    """

    name: str
    value: Any
    reason: Reason


@dataclass(slots=True)
class Route:
    """The approval part of a decision.

    Attributes:
        outcome: what becomes of the quote.
        steps: every step that rules ask for, in the order in which they run.
        auto_approval: the rules that approve, or nothing where no rule asks for anybody.
        outcome_reason: the outcome in a sentence.
        derived: facts that rules derived, in the order of the files.
    """

    outcome: RouteOutcome
    outcome_reason: str
    steps: tuple[RouteStep, ...]
    auto_approval: tuple[Reason, ...]
    derived: tuple[Derived, ...]


@dataclass(frozen=True, slots=True)
class ApprovedStep:
    """What somebody approved earlier: the next submission is compared with it.

    Attributes:
        rules: ids of the rules that asked for the step then.
        currency: of the quote then.
        facts: what those rules read then, by name.
    """

    rules: frozenset[str]
    currency: str
    facts: Mapping[str, Any]

    @classmethod
    def by(cls, reasons: Iterable[Reason], currency: str) -> ApprovedStep:
        """What somebody approves with a step that these rules ask for, on a quote in this currency."""
        asked = tuple(reasons)
        facts = {name: value for reason in asked for name, value in reason.values}
        return cls(frozenset(reason.rule_id for reason in asked), currency, facts)

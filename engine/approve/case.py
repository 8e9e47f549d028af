"""A quote on its way through approval: what is stored of it, as plain immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from engine.approve.result import ApprovedStep, Candidate, Reason


class CaseState(StrEnum):
    """Where a quote is in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECALLED = "recalled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class CaseStepState(StrEnum):
    """Where a step is: skipped and waived ones ask nobody, cancelled ones were left when the case ended."""

    WAITING = "waiting"
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    WAIVED = "waived"
    CANCELLED = "cancelled"


DONE = (CaseStepState.APPROVED, CaseStepState.SKIPPED, CaseStepState.WAIVED)


@dataclass(frozen=True, slots=True)
class CaseSlot:
    """One approval of a step.

    Attributes:
        role: asked for; "" where the step names a person.
        candidates: who may give it.
        decided_by: who did; "" while nobody has.
        on_behalf_of: for whom; "" for himself.
        decided_at: when; None while nobody has.
        comment: of who decided.
    """

    role: str
    candidates: tuple[Candidate, ...]
    decided_by: str = ""
    on_behalf_of: str = ""
    decided_at: datetime | None = None
    comment: str = ""

    def candidate(self, person: str) -> Candidate | None:
        """The person among the candidates; None where he is none."""
        return next((item for item in self.candidates if item.person == person), None)


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A step of a submission.

    Attributes:
        id: "chain.step".
        chain: id of the chain.
        stage: chains of the same stage run in parallel.
        position: in the chain.
        state: where it is.
        state_reason: why it asks nobody; "" where it does.
        need: how many slots must approve.
        slots: who may, and who did.
        reasons: the rules that ask for it.
        escalate_after_hours: 0 for never.
        escalation: who is asked as well then.
        opened_at: when its approvers were asked; None while it waits.
        escalated_at: when it escalated; None where it did not.
    """

    id: str
    chain: str
    stage: int
    position: int
    state: CaseStepState
    state_reason: str
    need: int
    slots: tuple[CaseSlot, ...]
    reasons: tuple[Reason, ...]
    escalate_after_hours: int
    escalation: tuple[Candidate, ...]
    opened_at: datetime | None = None
    escalated_at: datetime | None = None

    @property
    def escalates_at(self) -> datetime | None:
        """When it escalates unless somebody decides; None for never or where it did."""
        if self.state is not CaseStepState.OPEN or self.opened_at is None or self.escalated_at is not None:
            return None
        return self.opened_at + timedelta(hours=self.escalate_after_hours) if self.escalation else None

    def waits_for(self, person: str) -> bool:
        """Whether the person is asked and has not answered."""
        return self.state is CaseStepState.OPEN and bool(self.slots_for(person))

    def slots_for(self, person: str) -> list[int]:
        """The slots that an approval of the person fills.

        Where every slot is needed somebody may speak for several of them; where some of several are enough these
        are to come from different people.
        """
        free = [
            place for place, slot in enumerate(self.slots) if not slot.decided_by and slot.candidate(person) is not None
        ]
        if self.need >= len(self.slots):
            return free
        return [] if any(slot.decided_by == person for slot in self.slots) else free[:1]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote."""

    person: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A quote on its way through approval.

    Attributes:
        quote_id: the caller's reference.
        version: grows by one with every change.
        state: where it is in its life.
        requester: who submitted it.
        submission: 1 for the first, one more for each resubmission.
        currency: of the quote.
        outcome_reason: what routing said.
        submitted_at: of this submission; None for a draft.
        expires_at: when it expires unless it is decided; None for never.
        own_quotes_forbidden: whether the requester may not decide.
        steps: of this submission, in the order in which they run.
        approved: what steps approved in any submission, for smart re-approval.
        comments: in the order in which they were written.
        superseded_by: id of the quote that took its place; "" for none.
    """

    quote_id: str
    version: int
    state: CaseState
    requester: str
    submission: int = 0
    currency: str = ""
    outcome_reason: str = ""
    submitted_at: datetime | None = None
    expires_at: datetime | None = None
    own_quotes_forbidden: bool = True
    steps: tuple[CaseStep, ...] = ()
    approved: Mapping[str, ApprovedStep] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()
    superseded_by: str = ""

    @property
    def approvers(self) -> tuple[tuple[str, str], ...]:
        """(step, person) for everybody who is asked now and has not answered."""
        return tuple(
            dict.fromkeys(
                (step.id, candidate.person)
                for step in self.steps
                for slot in step.slots
                for candidate in slot.candidates
                if step.waits_for(candidate.person)
            )
        )

    @property
    def next_due(self) -> datetime | None:
        """When time alone changes something next: an escalation or the expiry."""
        times = [step.escalates_at for step in self.steps] if self.state is CaseState.IN_APPROVAL else []
        if self.state is CaseState.IN_APPROVAL:
            times.append(self.expires_at)
        return min((time for time in times if time is not None), default=None)

    def with_step(self, changed: CaseStep) -> Case:
        """The case with one step replaced."""
        return replace(self, steps=tuple(changed if step.id == changed.id else step for step in self.steps))

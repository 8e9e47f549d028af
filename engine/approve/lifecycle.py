"""The life of a quote in approval: pure functions from a case and what happens to the next case and its events.

draft, rejected, recalled, approved, expired --submit--> submitted --> in_approval, or approved at once
in_approval --approve--> in_approval, or approved with the last step
in_approval --reject--> rejected        in_approval --recall--> recalled
in_approval --time passes--> escalated, or expired
any but superseded --another quote takes its place--> superseded
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from engine.approve.case import DONE, Case, CaseSlot, CaseState, CaseStep, CaseStepState, Comment
from engine.approve.result import ApprovedStep, Candidate, Route, RouteOutcome, RouteStep, StepStatus

SUBMITTABLE = frozenset(
    {CaseState.DRAFT, CaseState.REJECTED, CaseState.RECALLED, CaseState.APPROVED, CaseState.EXPIRED}
)
_STEP_STATES = {
    StepStatus.REQUIRED: CaseStepState.WAITING,
    StepStatus.SKIPPED: CaseStepState.SKIPPED,
    StepStatus.WAIVED: CaseStepState.WAIVED,
}


class IllegalTransitionError(Exception):
    """The state of the quote does not allow what was asked."""


class NotAllowedError(Exception):
    """The person may not do what was asked."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for the audit log and for others to follow.

    Attributes:
        kind: for example "quote.submitted".
        actor: who did it; "" for time.
        detail: what else is to be known: texts and whole numbers.
    """

    kind: str
    actor: str
    detail: Mapping[str, Any] = field(default_factory=dict)


Change = tuple[Case, list[Event]]


def draft(quote_id: str, requester: str) -> Case:
    """A quote that nobody submitted yet."""
    return Case(quote_id, 0, CaseState.DRAFT, requester)


def save(case: Case, person: str) -> Change:
    """Keep a quote without submitting it; one that was rejected, recalled or expired is a draft again.

    Raises:
        IllegalTransitionError: it waits for approval, is approved or superseded.
    """
    if case.state not in SUBMITTABLE or case.state is CaseState.APPROVED:
        raise IllegalTransitionError(f"quote {case.quote_id!r} is {_words(case.state)}: it cannot be changed")
    saved = replace(case, version=case.version + 1, state=CaseState.DRAFT, requester=person, steps=())
    return saved, [Event("quote.saved", person)]


def submit(
    case: Case,
    requester: str,
    route: Route,
    currency: str,
    now: datetime,
    *,
    expires_after_days: int = 0,
    own_quotes_forbidden: bool = True,
) -> Change:
    """Submit a quote with the route that was decided for it.

    Raises:
        IllegalTransitionError: it waits for approval already, is superseded, or nobody can approve it.
    """
    if case.state not in SUBMITTABLE:
        raise IllegalTransitionError(f"quote {case.quote_id!r} is {_words(case.state)}: it cannot be submitted")
    if route.outcome is RouteOutcome.NO_APPROVER:
        why = "; ".join(step.status_reason for step in route.steps if step.status is StepStatus.NO_APPROVER)
        raise IllegalTransitionError(f"quote {case.quote_id!r} cannot be submitted: {route.outcome_reason}: {why}")
    submitted = replace(
        case,
        version=case.version + 1,
        state=CaseState.SUBMITTED,
        requester=requester,
        submission=case.submission + 1,
        currency=currency,
        outcome_reason=route.outcome_reason,
        submitted_at=now,
        expires_at=now + timedelta(days=expires_after_days) if expires_after_days else None,
        own_quotes_forbidden=own_quotes_forbidden,
        steps=tuple(_case_step(step) for step in route.steps),
    )
    events = [Event("quote.submitted", requester, {"submission": submitted.submission, "outcome": route.outcome.value})]
    return _advanced(submitted, now, events)


def approve(case: Case, person: str, comment: str, now: datetime, step: str = "") -> Change:
    """Give every approval that a person is asked for, or that of one step.

    Raises:
        IllegalTransitionError: the quote does not wait for approval.
        NotAllowedError: the person is not asked, or submitted the quote and may not approve it.
    """
    asked = _asked(case, person, step)
    events: list[Event] = []
    approved = dict(case.approved)
    for found in asked:
        filled = found.slots_for(person)
        slots = tuple(
            _decided(slot, person, comment, now) if place in filled else slot for place, slot in enumerate(found.slots)
        )
        changed = replace(found, slots=slots)
        given = sum(bool(slot.decided_by) for slot in slots)
        events.append(Event("approval.given", person, {"step": found.id, "comment": comment}))
        if given >= found.need:
            changed = replace(changed, state=CaseStepState.APPROVED)
            approved[found.id] = ApprovedStep.by(found.reasons, case.currency)
        case = case.with_step(changed)
    return _advanced(replace(case, version=case.version + 1, approved=approved), now, events)


def reject(case: Case, person: str, comment: str, now: datetime, step: str = "") -> Change:
    """Reject the quote at a step that a person is asked for.

    Raises:
        IllegalTransitionError: the quote does not wait for approval.
        NotAllowedError: the person is not asked, or submitted the quote and may not decide it.
    """
    found = _asked(case, person, step)[0]
    slots = list(found.slots)
    at = found.slots_for(person)[0]
    slots[at] = _decided(slots[at], person, comment, now)
    case = case.with_step(replace(found, slots=tuple(slots), state=CaseStepState.REJECTED))
    # What was approved of the step before is void: whoever rejected it wants to see it again.
    approved = {name: before for name, before in case.approved.items() if name != found.id}
    ended = _ended(replace(case, version=case.version + 1, approved=approved), CaseState.REJECTED)
    return ended, [Event("quote.rejected", person, {"step": found.id, "comment": comment})]


def recall(case: Case, person: str, comment: str) -> Change:
    """Take a quote back, so that it can be changed.

    Raises:
        IllegalTransitionError: the quote does not wait for approval.
        NotAllowedError: somebody else submitted it.
    """
    _require_in_approval(case)
    if person != case.requester:
        raise NotAllowedError(f"{case.requester!r} submitted quote {case.quote_id!r}: {person!r} cannot recall it")
    recalled = _ended(replace(case, version=case.version + 1), CaseState.RECALLED)
    return recalled, [Event("quote.recalled", person, {"comment": comment})]


def delegate(case: Case, person: str, to: Candidate, comment: str, step: str = "") -> Change:
    """Let somebody else decide in the place of a person who is asked.

    Raises:
        IllegalTransitionError: the quote does not wait for approval.
        NotAllowedError: the person is not asked, or the other one submitted the quote and may not decide it.
    """
    if to.person == person:
        raise NotAllowedError(f"{person!r} cannot delegate to himself")
    if case.own_quotes_forbidden and to.person == case.requester:
        raise NotAllowedError(f"{to.person!r} submitted quote {case.quote_id!r} and may not approve it")
    events = []
    for found in _asked(case, person, step):
        if found.need < len(found.slots) and any(slot.candidate(to.person) for slot in found.slots):
            raise NotAllowedError(f"step {found.id!r} asks {to.person!r} already and needs different people")
        slots = tuple(_delegated(slot, person, to) for slot in found.slots)
        case = case.with_step(replace(found, slots=slots))
        detail = {"step": found.id, "to": to.person, "comment": comment}
        events += [
            Event("approval.delegated", person, detail),
            Event("approval.needed", "", {"step": found.id, "person": to.person}),
        ]
    return replace(case, version=case.version + 1), events


def comment_on(case: Case, person: str, text: str, now: datetime) -> Change:
    """Add a comment; possible in every state."""
    commented = replace(case, version=case.version + 1, comments=(*case.comments, Comment(person, now, text)))
    return commented, [Event("quote.commented", person, {"comment": text})]


def supersede(case: Case, by: str, person: str) -> Change:
    """Another quote takes the place of this one.

    Raises:
        IllegalTransitionError: one did already.
    """
    if case.state is CaseState.SUPERSEDED:
        raise IllegalTransitionError(f"quote {case.quote_id!r} is superseded by {case.superseded_by!r} already")
    ended = _ended(replace(case, version=case.version + 1, superseded_by=by), CaseState.SUPERSEDED)
    return ended, [Event("quote.superseded", person, {"by": by})]


def let_time_pass(case: Case, now: datetime) -> Change | None:
    """What is due by `now`: the expiry, or escalations; None where nothing is."""
    if case.state is not CaseState.IN_APPROVAL:
        return None
    if case.expires_at is not None and case.expires_at <= now:
        ended = _ended(replace(case, version=case.version + 1), CaseState.EXPIRED)
        return ended, [Event("quote.expired", "", {"submission": case.submission})]
    events: list[Event] = []
    for step in case.steps:
        if step.escalates_at is None or step.escalates_at > now:
            continue
        asked = {candidate.person for slot in step.slots for candidate in slot.candidates}
        added = tuple(
            candidate
            for candidate in step.escalation
            if candidate.person not in asked and not (case.own_quotes_forbidden and candidate.person == case.requester)
        )
        slots = tuple(
            slot if slot.decided_by else replace(slot, candidates=(*slot.candidates, *added)) for slot in step.slots
        )
        case = case.with_step(replace(step, slots=slots, escalated_at=now))
        events.append(Event("approval.escalated", "", {"step": step.id}))
        events += [Event("approval.needed", "", {"step": step.id, "person": item.person}) for item in added]
    return (replace(case, version=case.version + 1), events) if events else None


def _advanced(case: Case, now: datetime, events: list[Event]) -> Change:
    """Open the steps whose turn it is; with none left the quote is approved."""
    unfinished = [step for step in case.steps if step.state not in DONE]
    if not unfinished:
        approved = replace(case, state=CaseState.APPROVED)
        return approved, [*events, Event("quote.approved", "", {"reason": case.outcome_reason})]
    stage = min(step.stage for step in unfinished)
    opened: set[str] = set()
    for step in unfinished:
        if step.stage == stage and step.chain not in opened:
            opened.add(step.chain)
            if step.state is CaseStepState.WAITING:
                case = case.with_step(replace(step, state=CaseStepState.OPEN, opened_at=now))
                asked = dict.fromkeys(candidate.person for slot in step.slots for candidate in slot.candidates)
                events += [Event("approval.needed", "", {"step": step.id, "person": person}) for person in asked]
    return replace(case, state=CaseState.IN_APPROVAL), events


def _ended(case: Case, state: CaseState) -> Case:
    left = (CaseStepState.WAITING, CaseStepState.OPEN)
    steps = tuple(replace(step, state=CaseStepState.CANCELLED) if step.state in left else step for step in case.steps)
    return replace(case, state=state, steps=steps)


def _asked(case: Case, person: str, step: str) -> list[CaseStep]:
    """The open steps that ask a person, of which `step` may name one."""
    _require_in_approval(case)
    if case.own_quotes_forbidden and person == case.requester:
        raise NotAllowedError(f"{person!r} submitted quote {case.quote_id!r} and may not decide it")
    found = [item for item in case.steps if item.waits_for(person) and step in ("", item.id)]
    if not found:
        what = f"step {step!r} of quote {case.quote_id!r}" if step else f"quote {case.quote_id!r}"
        raise NotAllowedError(f"{person!r} is not asked to decide {what} now")
    return found


def _require_in_approval(case: Case) -> None:
    if case.state is not CaseState.IN_APPROVAL:
        raise IllegalTransitionError(f"quote {case.quote_id!r} is {_words(case.state)}: it does not wait for approval")


def _decided(slot: CaseSlot, person: str, comment: str, now: datetime) -> CaseSlot:
    candidate = slot.candidate(person)
    assert candidate is not None, "only slots of the person are filled"
    return replace(slot, decided_by=person, on_behalf_of=candidate.on_behalf_of, decided_at=now, comment=comment)


def _delegated(slot: CaseSlot, person: str, to: Candidate) -> CaseSlot:
    candidate = slot.candidate(person)
    if slot.decided_by or candidate is None:
        return slot
    # Who is asked already is not asked twice; on whose behalf it was at first stays known.
    stand_in = Candidate(to.person, to.name, candidate.on_behalf_of or person)
    others = [item for item in slot.candidates if item.person not in (person, to.person)]
    return replace(slot, candidates=(*others, stand_in))


def _case_step(step: RouteStep) -> CaseStep:
    return CaseStep(
        id=step.id,
        chain=step.chain,
        stage=step.stage,
        position=step.position,
        state=_STEP_STATES[step.status],
        state_reason=step.status_reason,
        need=step.need,
        slots=tuple(CaseSlot(slot.role, slot.candidates) for slot in step.slots),
        reasons=step.reasons,
        escalate_after_hours=step.escalate_after_hours,
        escalation=step.escalation.candidates if step.escalation is not None else (),
    )


def _words(state: CaseState) -> str:
    return state.value.replace("_", " ")

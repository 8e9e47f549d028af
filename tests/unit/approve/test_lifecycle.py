"""The life of a quote: every transition that is allowed, every one that is not, time, groups, and storage as text."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from approval_texts import CREDIT, CUSTOMER, QUOTE

from engine.approve import lifecycle
from engine.approve.case import CaseState, CaseStepState
from engine.approve.case_json import from_json, to_json
from engine.approve.facts import ApprovalFacts
from engine.approve.lifecycle import IllegalTransitionError, NotAllowedError
from engine.approve.result import Candidate
from engine.approve.route import Router

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = """
roles: [{id: boss}, {id: legal}, {id: board, each_holder: true}]
people:
  - {id: rep}
  - {id: bo, roles: [boss]}
  - {id: bea, roles: [boss]}
  - {id: lea, roles: [legal, board]}
  - {id: ed, roles: [board]}
  - {id: fi, roles: [board]}
chains:
  - id: a
    order: 1
    steps:
      - {id: one, roles: [boss], escalate_after_hours: 24, escalate_to: legal}
      - {id: two, roles: [legal]}
  - {id: b, order: 1, steps: [{id: two_of_three, roles: [board], need: 2}]}
  - {id: c, order: 2, steps: [{id: both, roles: [boss, legal], need: all}]}
rules:
  - {id: one, when: quote.net_total > 1, then: {require: [a.one]}}
  - {id: two, when: quote.net_total > 2, then: {require: [a.two]}}
  - {id: three, when: quote.net_total > 3, then: {require: [b.two_of_three]}}
  - {id: four, when: quote.net_total > 4, then: {require: [c.both]}}
"""


@pytest.fixture
def submitted(program_of):
    router = Router(program_of(TEXT))

    def make(net_total: str, case=None, **settings):
        case = case or lifecycle.draft("Q", "rep")
        facts = ApprovalFacts(
            CUSTOMER, {**QUOTE, "net_total": Decimal(net_total)}, [], CREDIT, "rep", NOW.date(), case.approved
        )
        return lifecycle.submit(case, "rep", router.route(facts), "EUR", NOW, **settings)

    return make


def states(case):
    return {step.id: step.state.value for step in case.steps}


def kinds(events):
    return [
        " ".join(filter(None, (event.kind, event.detail.get("step"), event.detail.get("person")))) for event in events
    ]


def test_parallel_chains_and_stages(submitted):
    case, events = submitted("5")
    assert case.state is CaseState.IN_APPROVAL
    assert states(case) == {"a.one": "open", "a.two": "waiting", "b.two_of_three": "open", "c.both": "waiting"}
    assert kinds(events) == [
        "quote.submitted", "approval.needed a.one bo", "approval.needed a.one bea",
        "approval.needed b.two_of_three lea", "approval.needed b.two_of_three ed", "approval.needed b.two_of_three fi",
    ]  # fmt: skip
    case, events = lifecycle.approve(case, "bea", "ok", NOW)
    assert states(case)["a.two"] == "open"
    case, _ = lifecycle.approve(case, "lea", "", NOW, step="a.two")
    case, _ = lifecycle.approve(case, "ed", "", NOW)
    assert states(case)["b.two_of_three"] == "open"
    case, events = lifecycle.approve(case, "lea", "", NOW)
    assert states(case) == {"a.one": "approved", "a.two": "approved", "b.two_of_three": "approved", "c.both": "open"}
    assert "approval.needed c.both bo" in kinds(events)
    case, _ = lifecycle.approve(case, "lea", "", NOW)
    assert case.state is CaseState.IN_APPROVAL
    case, events = lifecycle.approve(case, "bo", "", NOW)
    assert case.state is CaseState.APPROVED
    assert kinds(events) == ["approval.given c.both", "quote.approved"]
    assert case.version == 7


def test_two_of_three_are_two_people(submitted):
    case, _ = submitted("4")
    case, _ = lifecycle.approve(case, "lea", "", NOW)
    with pytest.raises(NotAllowedError, match="'lea' is not asked"):
        lifecycle.approve(case, "lea", "", NOW)


def test_nothing_to_approve_is_approved_at_once(submitted):
    case, events = submitted("1")
    assert case.state is CaseState.APPROVED
    assert kinds(events) == ["quote.submitted", "quote.approved"]


def test_a_rejection_ends_all_steps_and_keeps_what_others_approved(submitted):
    case, _ = submitted("3")
    case, _ = lifecycle.approve(case, "bo", "", NOW)
    case, _events = lifecycle.reject(case, "lea", "no", NOW)
    assert case.state is CaseState.REJECTED
    assert states(case) == {"a.one": "approved", "a.two": "rejected"}
    assert set(case.approved) == {"a.one"}
    again, _ = submitted("3", case)
    assert states(again) == {"a.one": "skipped", "a.two": "open"}
    assert again.submission == 2


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.IN_APPROVAL])
def test_only_what_waits_can_be_decided(submitted, state):
    case = lifecycle.replace(submitted("2")[0], state=state)
    for act in (
        lambda: lifecycle.approve(case, "bo", "", NOW),
        lambda: lifecycle.reject(case, "bo", "", NOW),
        lambda: lifecycle.recall(case, "rep", ""),
        lambda: lifecycle.delegate(case, "bo", Candidate("fi", "Fi"), ""),
    ):
        with pytest.raises(IllegalTransitionError, match=state.value.replace("_", " ")):
            act()
    assert lifecycle.let_time_pass(case, NOW + timedelta(days=1000)) is None


@pytest.mark.parametrize("state", [CaseState.SUBMITTED, CaseState.IN_APPROVAL, CaseState.SUPERSEDED])
def test_what_waits_or_is_replaced_cannot_be_submitted(submitted, state):
    with pytest.raises(IllegalTransitionError):
        submitted("2", lifecycle.replace(submitted("2")[0], state=state))


def test_a_superseded_quote_stays_so(submitted):
    case, events = lifecycle.supersede(submitted("2")[0], "R", "rep")
    assert (case.state, case.superseded_by, kinds(events)) == (CaseState.SUPERSEDED, "R", ["quote.superseded"])
    assert {step.state for step in case.steps} == {CaseStepState.CANCELLED}
    with pytest.raises(IllegalTransitionError, match="superseded by 'R' already"):
        lifecycle.supersede(case, "S", "rep")


def test_time_escalates_once_and_then_expires(submitted):
    case, _ = submitted("2", expires_after_days=3)
    assert case.next_due == NOW + timedelta(hours=24)
    assert lifecycle.let_time_pass(case, NOW + timedelta(hours=23)) is None
    case, events = lifecycle.let_time_pass(case, NOW + timedelta(hours=24))
    assert kinds(events) == ["approval.escalated a.one", "approval.needed a.one lea"]
    assert case.next_due == NOW + timedelta(days=3)
    assert lifecycle.let_time_pass(case, NOW + timedelta(hours=30)) is None
    assert lifecycle.approve(case, "lea", "", NOW)[0].state is CaseState.APPROVED
    case, events = lifecycle.let_time_pass(case, NOW + timedelta(days=3))
    assert (case.state, kinds(events), case.next_due) == (CaseState.EXPIRED, ["quote.expired"], None)


def test_delegation(submitted):
    case, _ = submitted("2")
    case, events = lifecycle.delegate(case, "bo", Candidate("fi", "Fi"), "away")
    assert kinds(events) == ["approval.delegated a.one", "approval.needed a.one fi"]
    with pytest.raises(NotAllowedError):
        lifecycle.approve(case, "bo", "", NOW)
    case, _ = lifecycle.approve(case, "fi", "", NOW)
    assert case.steps[0].slots[0].on_behalf_of == "bo"


def test_delegation_to_the_requester_or_oneself_is_refused(submitted):
    case, _ = submitted("2")
    with pytest.raises(NotAllowedError, match="may not approve it"):
        lifecycle.delegate(case, "bo", Candidate("rep", "Rep"), "")
    with pytest.raises(NotAllowedError, match="himself"):
        lifecycle.delegate(case, "bo", Candidate("bo", "Bo"), "")


def test_two_of_three_stay_different_people(submitted):
    case, _ = submitted("4")
    case, _ = lifecycle.delegate(case, "lea", Candidate("bo", "Bo"), "", "b.two_of_three")
    with pytest.raises(NotAllowedError, match="asks 'bo' already and needs different people"):
        lifecycle.delegate(case, "ed", Candidate("bo", "Bo"), "")


def test_own_quotes_where_they_are_allowed(submitted):
    case, _ = submitted("2", own_quotes_forbidden=False)
    case, _ = lifecycle.delegate(case, "bo", Candidate("rep", "Rep"), "")
    assert lifecycle.approve(case, "rep", "", NOW)[0].state is CaseState.APPROVED


def test_cases_survive_storage_as_text(submitted):
    case, _ = submitted("5", expires_after_days=1)
    case, _ = lifecycle.approve(case, "bo", 'grüezi "x"', NOW)
    case, _ = lifecycle.comment_on(case, "rep", "später\n", NOW)
    assert from_json(to_json(case)) == case
    assert to_json(from_json(to_json(case))) == to_json(case)
    assert case.approved["a.one"].facts == {"quote.net_total": Decimal(5)}


PEOPLE = ("rep", "bo", "bea", "lea", "ed", "fi", "nobody")


def act(rng, case, now):
    """Something that somebody tries to do."""
    person = rng.choice(PEOPLE)
    return rng.choice(
        (
            lambda: lifecycle.approve(case, person, "", now),
            lambda: lifecycle.approve(case, person, "", now, rng.choice(("a.one", "b.two_of_three", "c.both"))),
            lambda: lifecycle.reject(case, person, "", now),
            lambda: lifecycle.recall(case, person, ""),
            lambda: lifecycle.delegate(case, person, Candidate(rng.choice(PEOPLE), "x"), ""),
            lambda: lifecycle.comment_on(case, person, "hm", now),
            lambda: lifecycle.save(case, person),
            lambda: lifecycle.let_time_pass(case, now) or (case, []),
        )
    )()


@pytest.mark.parametrize("seed", range(300))
def test_whatever_people_try_the_case_stays_whole(submitted, seed):
    rng = random.Random(seed)
    case, events = submitted(str(rng.randint(1, 5)), expires_after_days=rng.choice((0, 2)))
    now = NOW
    for _ in range(25):
        now += timedelta(hours=rng.randint(0, 10))
        before = case
        try:
            case, events = act(rng, case, now)
        except (IllegalTransitionError, NotAllowedError):
            assert case is before
            continue
        assert case.version == before.version + bool(events)
        assert from_json(to_json(case)) == case
        if case.state is CaseState.IN_APPROVAL:
            assert case.approvers, "somebody is asked as long as a quote waits"
            stages = {step.stage for step in case.steps if step.state is CaseStepState.OPEN}
            assert len(stages) == 1
            opened = [step.chain for step in case.steps if step.state is CaseStepState.OPEN]
            assert len(opened) == len(set(opened))
        else:
            assert not case.approvers
            assert case.next_due is None
        if case.state is CaseState.APPROVED:
            assert all(step.state in (CaseStepState.APPROVED, CaseStepState.SKIPPED) for step in case.steps)
        for step in case.steps:
            given = [slot.decided_by for slot in step.slots if slot.decided_by]
            assert "rep" not in given
            if step.state is CaseStepState.APPROVED:
                assert len(given) >= step.need
            if step.need < len(step.slots):
                assert len(given) == len(set(given))

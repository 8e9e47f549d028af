"""Cases as JSON text and back: what the store keeps, exact to the last digit."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.approve.case import Case, CaseSlot, CaseState, CaseStep, CaseStepState, Comment
from engine.approve.result import ApprovedStep, Candidate, Reason


def to_json(case: Case) -> str:
    """The case as JSON text; the same case always gives the same text."""
    return json.dumps(
        {
            "quote_id": case.quote_id,
            "version": case.version,
            "state": case.state.value,
            "requester": case.requester,
            "submission": case.submission,
            "currency": case.currency,
            "outcome_reason": case.outcome_reason,
            "submitted_at": _time_text(case.submitted_at),
            "expires_at": _time_text(case.expires_at),
            "own_quotes_forbidden": case.own_quotes_forbidden,
            "steps": [_step(step) for step in case.steps],
            "approved": {
                name: {"rules": sorted(step.rules), "currency": step.currency, "facts": _values(step.facts.items())}
                for name, step in case.approved.items()
            },
            "comments": [[item.person, item.at.isoformat(), item.text] for item in case.comments],
            "superseded_by": case.superseded_by,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> Case:
    """The case that `to_json` wrote."""
    read = json.loads(text)
    return Case(
        quote_id=read["quote_id"],
        version=read["version"],
        state=CaseState(read["state"]),
        requester=read["requester"],
        submission=read["submission"],
        currency=read["currency"],
        outcome_reason=read["outcome_reason"],
        submitted_at=_time(read["submitted_at"]),
        expires_at=_time(read["expires_at"]),
        own_quotes_forbidden=read["own_quotes_forbidden"],
        steps=tuple(_read_step(step) for step in read["steps"]),
        approved={
            name: ApprovedStep(frozenset(step["rules"]), step["currency"], dict(_read_values(step["facts"])))
            for name, step in read["approved"].items()
        },
        comments=tuple(Comment(person, datetime.fromisoformat(at), told) for person, at, told in read["comments"]),
        superseded_by=read["superseded_by"],
    )


def _step(step: CaseStep) -> dict[str, Any]:
    return {
        "id": step.id,
        "chain": step.chain,
        "stage": step.stage,
        "position": step.position,
        "state": step.state.value,
        "state_reason": step.state_reason,
        "need": step.need,
        "slots": [
            {
                "role": slot.role,
                "candidates": [list(candidate) for candidate in slot.candidates],
                "decided_by": slot.decided_by,
                "on_behalf_of": slot.on_behalf_of,
                "decided_at": _time_text(slot.decided_at),
                "comment": slot.comment,
            }
            for slot in step.slots
        ],
        "reasons": [[item.rule_id, item.file, item.line, item.text, _values(item.values)] for item in step.reasons],
        "escalate_after_hours": step.escalate_after_hours,
        "escalation": [list(candidate) for candidate in step.escalation],
        "opened_at": _time_text(step.opened_at),
        "escalated_at": _time_text(step.escalated_at),
    }


def _read_step(read: dict[str, Any]) -> CaseStep:
    return CaseStep(
        id=read["id"],
        chain=read["chain"],
        stage=read["stage"],
        position=read["position"],
        state=CaseStepState(read["state"]),
        state_reason=read["state_reason"],
        need=read["need"],
        slots=tuple(
            CaseSlot(
                slot["role"],
                tuple(Candidate(*candidate) for candidate in slot["candidates"]),
                slot["decided_by"],
                slot["on_behalf_of"],
                _time(slot["decided_at"]),
                slot["comment"],
            )
            for slot in read["slots"]
        ),
        reasons=tuple(
            Reason(rule, file, line, text, tuple(_read_values(values)))
            for rule, file, line, text, values in read["reasons"]
        ),
        escalate_after_hours=read["escalate_after_hours"],
        escalation=tuple(Candidate(*candidate) for candidate in read["escalation"]),
        opened_at=_time(read["opened_at"]),
        escalated_at=_time(read["escalated_at"]),
    )


def _values(values: Any) -> list[list[Any]]:
    return [[name, _value(value)] for name, value in values]


def _value(value: Any) -> Any:
    """Numbers and days are marked, so that they come back as what they were."""
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return list(value) if isinstance(value, list | tuple) else value


def _read_values(values: list[list[Any]]) -> list[tuple[str, Any]]:
    return [(name, _read_value(value)) for name, value in values]


def _read_value(value: Any) -> Any:
    if isinstance(value, dict):
        return Decimal(value["number"]) if "number" in value else date.fromisoformat(value["date"])
    return value


def _time_text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""What a batch of renewals comes to: totals of what is stored, and one JSON object a contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from quotewright.v1 import approval_pb2, credit_pb2
from quotewright.v1 import renewal_service_pb2 as pb

from engine.money import ZERO, to_decimal
from engine.wire.text import enum_names

STATES = enum_names(pb.RenewalState, "RENEWAL_STATE_")
ROUTES = enum_names(approval_pb2.RouteOutcome, "ROUTE_OUTCOME_")
CREDIT = enum_names(credit_pb2.CreditOutcome, "CREDIT_OUTCOME_")


@dataclass(slots=True)
class Totals:
    """What a batch comes to.

    Attributes:
        states: contracts by what became of them.
        renewed: net totals of proposed quotes, by currency.
        outcomes: proposed quotes by the outcome of routing.
        credit: proposed quotes by the outcome of the credit check.
    """

    states: dict[str, int] = field(default_factory=dict)
    renewed: dict[str, Decimal] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    credit: dict[str, int] = field(default_factory=dict)

    def add(self, document: bytes) -> None:
        """Count what a contract came to: a StoredRenewal."""
        renewal = pb.StoredRenewal.FromString(document)
        state = STATES[renewal.state]
        self.states[state] = self.states.get(state, 0) + 1
        if renewal.state == pb.RENEWAL_STATE_PROPOSED:
            decision = renewal.proposal.decision
            total = to_decimal(decision.totals.net_total)
            self.renewed[decision.currency] = self.renewed.get(decision.currency, ZERO) + total
            outcome = ROUTES[decision.approval.outcome] or "not routed"
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
            checked = CREDIT[decision.credit.outcome] or "not checked"
            self.credit[checked] = self.credit.get(checked, 0) + 1


def told(contract_id: str, document: bytes) -> dict[str, Any]:
    """What a contract came to, a StoredRenewal, as a JSON object."""
    renewal = pb.StoredRenewal.FromString(document)
    found: dict[str, Any] = {"contract_id": contract_id, "state": STATES[renewal.state], "day": renewal.day}
    if renewal.state == pb.RENEWAL_STATE_REFUSED:
        return found | {"problems": list(renewal.problems)}
    proposal = renewal.proposal
    found |= {
        "notice_by": proposal.notice.notice_by,
        "excluded": {item.contract_line: item.reason for item in proposal.excluded},
        "flags": [item.flag for item in proposal.flags],
    }
    if proposal.HasField("decision"):
        decision = proposal.decision
        found |= {
            "quote_id": decision.quote_id,
            "currency": decision.currency,
            "net_total": decision.totals.net_total,
            "lines": {line.id: line.net_total for line in decision.lines},
            "credit": CREDIT[decision.credit.outcome],
            "approval": ROUTES[decision.approval.outcome],
            "approvers": [step.id for step in decision.approval.steps],
        }
    return found

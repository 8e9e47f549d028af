"""DecisionService: recorded decisions read, and decided again by a process aside."""

from __future__ import annotations

from quotewright.v1 import decision_service_pb2 as pb

from engine.service.aside import Aside
from engine.service.method import Service
from engine.service.replay_calls import DecisionCalls
from engine.store.database import Database


class DecisionService:
    """Answers calls about recorded decisions."""

    def __init__(self, aside: Aside, database: Database) -> None:
        self._aside = aside
        self._calls = DecisionCalls(database)

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["DecisionService"].full_name
        return Service(
            name,
            {
                "ListDecisions": self._calls.list_decisions,
                "GetDecision": self._calls.get_decision,
                "ReplayDecision": self.replay_decision,
            },
            waiting=frozenset({"ListDecisions", "GetDecision", "ReplayDecision"}),
        )

    def replay_decision(self, request: bytes) -> bytes:
        """A ReplayDecisionRequest to a ReplayDecisionResponse."""
        return self._aside.answer("ReplayDecision", request)

"""Calls about releases and decisions answered in this process, on a database, as a server would answer them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from google.rpc import status_pb2

from engine.service.errors import to_status
from engine.service.release_calls import ReleaseCalls, stage_rulebook, validate_rulebook
from engine.service.replay_calls import DecisionCalls, replay_decision
from engine.store.database import Database

RULEBOOK = "/quotewright.v1.RulebookService/"
DECISION = "/quotewright.v1.DecisionService/"


class LocalCalls:
    """Answers by method path; what is refused goes through `refused`, which makes the caller's exception of it."""

    def __init__(
        self, database: Database, rules: Path, catalog: Path, refused: Callable[[status_pb2.Status], Exception]
    ) -> None:
        releases, decisions = ReleaseCalls(database), DecisionCalls(database)
        self._refused = refused
        self._methods: dict[str, Callable[[bytes], bytes]] = {
            RULEBOOK + "ValidateRulebook": lambda request: validate_rulebook(request, catalog),
            RULEBOOK + "StageRulebook": lambda request: stage_rulebook(request, None, catalog, database),
            RULEBOOK + "ActivateRelease": lambda request: releases.activate_release(request, None),
            RULEBOOK + "CancelActivation": lambda request: releases.cancel_activation(request, None),
            RULEBOOK + "RollBack": lambda request: releases.roll_back(request, None),
            RULEBOOK + "ListReleases": releases.list_releases,
            RULEBOOK + "GetRelease": releases.get_release,
            DECISION + "ListDecisions": decisions.list_decisions,
            DECISION + "GetDecision": decisions.get_decision,
            DECISION + "ReplayDecision": lambda request: replay_decision(request, database, rules, catalog),
        }

    def __call__(self, path: str, request: bytes) -> bytes:
        """The response to a request."""
        try:
            return self._methods[path](request)
        except Exception as error:  # noqa: BLE001  # every error has its status
            raise self._refused(to_status(error)) from None

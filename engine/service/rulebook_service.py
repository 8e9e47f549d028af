"""RulebookService: the rules that are serving, and where they are written; releases where there is a database."""

from __future__ import annotations

from quotewright.v1 import rulebook_service_pb2 as pb

from engine.security.identity import Identity
from engine.service.aside import NO_DATABASE, Aside
from engine.service.errors import NotOfferedError
from engine.service.method import Acting, Service, Unary
from engine.service.release_calls import ReleaseCalls, caller_name
from engine.snapshot import SnapshotHolder
from engine.store.database import Database
from engine.wire.pages import page_token, read_page_size, read_page_token
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.write_rule import write_rule


class RulebookService:
    """Reads the rulebook of the current snapshot, and takes rulebooks through their releases."""

    def __init__(self, holder: SnapshotHolder, aside: Aside | None = None, database: Database | None = None) -> None:
        """Prepare.

        Args:
            holder: what is serving.
            aside: checks rulebooks in processes of their own; None where nothing is to be checked.
            database: of releases; None for a server without one.
        """
        self._holder = holder
        self._aside = aside
        self._calls = ReleaseCalls(database) if database is not None else None

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["RulebookService"].full_name
        calls = self._calls
        unary: dict[str, Unary] = {"GetRulebook": self.get_rulebook, "ValidateRulebook": self.validate_rulebook}
        acting: dict[str, Acting] = {"StageRulebook": self.stage_rulebook}
        if calls is None:
            unary |= dict.fromkeys(("ListReleases", "GetRelease"), _not_offered)
            acting |= dict.fromkeys(("ActivateRelease", "CancelActivation", "RollBack"), _acting_not_offered)
        else:
            unary |= {"ListReleases": calls.list_releases, "GetRelease": calls.get_release}
            acting |= {
                "ActivateRelease": calls.activate_release,
                "CancelActivation": calls.cancel_activation,
                "RollBack": calls.roll_back,
            }
        return Service(name, unary, acting=acting, waiting=frozenset({*unary, *acting} - {"GetRulebook"}))

    def get_rulebook(self, request: bytes) -> bytes:
        """A GetRulebookRequest to a GetRulebookResponse."""
        message = pb.GetRulebookRequest.FromString(request)
        snapshot = self._holder.current
        violations = Violations()
        size = read_page_size(message.page_size, violations)
        start = read_page_token(message.page_token, snapshot.rulebook_version, "", violations)
        if violations.found:
            raise RequestRejectedError(violations.found)
        response = pb.GetRulebookResponse(
            rulebook_version=snapshot.rulebook_version,
            catalogue_version=snapshot.catalogue_version,
            total_size=len(snapshot.rules),
            name=snapshot.rulebook_name,
        )
        for rule in snapshot.rules[start : start + size]:
            write_rule(rule, response.rules.add())
        if start + size < len(snapshot.rules):
            response.next_page_token = page_token(snapshot.rulebook_version, "", start + size)
        return response.SerializeToString()

    def validate_rulebook(self, request: bytes) -> bytes:
        """A ValidateRulebookRequest to a ValidateRulebookResponse, by a process aside."""
        if self._aside is None:
            raise NotOfferedError("this server checks no rulebooks")
        return self._aside.answer("ValidateRulebook", request)

    def stage_rulebook(self, request: bytes, identity: Identity | None) -> bytes:
        """A StageRulebookRequest to a StageRulebookResponse, by a process aside."""
        if self._aside is None or self._calls is None:
            raise NotOfferedError(NO_DATABASE)
        return self._aside.answer("StageRulebook", request, caller_name(identity))


def _not_offered(_request: bytes) -> bytes:
    raise NotOfferedError(NO_DATABASE)


def _acting_not_offered(_request: bytes, _identity: Identity | None) -> bytes:
    raise NotOfferedError(NO_DATABASE)

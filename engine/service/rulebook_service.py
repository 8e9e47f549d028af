"""RulebookService: the rules that are serving, and where they are written."""

from __future__ import annotations

from quotewright.v1 import rulebook_service_pb2 as pb

from engine.service.method import Service
from engine.snapshot import SnapshotHolder
from engine.wire.pages import page_token, read_page_size, read_page_token
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.write_rule import write_rule


class RulebookService:
    """Reads the rulebook of the current snapshot."""

    def __init__(self, holder: SnapshotHolder) -> None:
        self._holder = holder

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["RulebookService"].full_name
        return Service(name, {"GetRulebook": self.get_rulebook})

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

"""CreditService: quotes with accounts in, credit results out."""

from __future__ import annotations

from quotewright.v1 import credit_service_pb2 as pb

from engine.decision import decide
from engine.service.method import Service
from engine.snapshot import SnapshotHolder
from engine.wire.read_parts import read_credit_request
from engine.wire.read_quote import read_quote
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.write_credit import write_credit


class CreditService:
    """Checks credit on the snapshot that is current when a call begins."""

    def __init__(self, holder: SnapshotHolder) -> None:
        self._holder = holder

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["CreditService"].full_name
        return Service(name, {"CheckCredit": self.check_credit}, short=frozenset({"CheckCredit"}))

    def check_credit(self, request: bytes) -> bytes:
        """A CheckCreditRequest to a CheckCreditResponse."""
        message = pb.CheckCreditRequest.FromString(request)
        quote = read_quote(message.quote)
        violations = Violations()
        credit = read_credit_request(message.credit, violations)
        if violations.found:
            raise RequestRejectedError(violations.found)
        decision = decide(self._holder.current, quote, credit=credit)
        assert decision.credit is not None
        response = pb.CheckCreditResponse(
            rulebook_version=decision.rulebook_version, catalogue_version=decision.catalogue_version
        )
        write_credit(decision.credit, response.credit)
        return response.SerializeToString()

"""RenewalService: contracts in, renewals with their decisions out."""

from __future__ import annotations

from quotewright.v1 import renewal_service_pb2 as pb

from engine.decision import renew
from engine.service.method import Service
from engine.snapshot import SnapshotHolder
from engine.wire.read_contract import read_renewal_request
from engine.wire.read_parts import read_approval_request, read_credit_request
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.write_renewal import write_renewal


class RenewalService:
    """Proposes renewals on the snapshot that is current when a call begins."""

    def __init__(self, holder: SnapshotHolder) -> None:
        self._holder = holder

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["RenewalService"].full_name
        return Service(name, {"ProposeRenewal": self.propose_renewal})

    def propose_renewal(self, request: bytes) -> bytes:
        """A ProposeRenewalRequest to a ProposeRenewalResponse."""
        message = pb.ProposeRenewalRequest.FromString(request)
        violations = Violations()
        asked = read_renewal_request(message, violations)
        credit = read_credit_request(message.credit, violations) if message.HasField("credit") else None
        approval = read_approval_request(message.approval, violations) if message.HasField("approval") else None
        if violations.found:
            raise RequestRejectedError(violations.found)
        response = pb.ProposeRenewalResponse()
        write_renewal(renew(self._holder.current, asked, credit=credit, approval=approval), response)
        return response.SerializeToString()

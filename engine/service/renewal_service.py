"""RenewalService: contracts in, renewals with their decisions out; contracts stored, read and listed."""

from __future__ import annotations

from quotewright.v1 import renewal_service_pb2 as pb

from engine.decision import renew
from engine.explain import explain_renewal
from engine.service.errors import NotFoundError
from engine.service.method import Service, Unary
from engine.service.renewal_desk import to_store
from engine.snapshot import SnapshotHolder
from engine.store.contracts import ContractStore
from engine.wire.pages import page_token, read_page_size, read_page_token
from engine.wire.read_contract import read_renewal_request
from engine.wire.read_parts import read_approval_request, read_credit_request
from engine.wire.text import enum_numbers
from engine.wire.violations import MAX_NAME, Reason, RequestRejectedError, Violations
from engine.wire.write_explanation import write_explanation
from engine.wire.write_renewal import write_renewal

STATES = enum_numbers(pb.RenewalState, "RENEWAL_STATE_")

PAGES = "contracts"
"""The version that page tokens name: lists are not of a version, a page goes on where the last one ended."""


class RenewalService:
    """Proposes renewals on the snapshot that is current when a call begins."""

    def __init__(self, holder: SnapshotHolder, contracts: ContractStore | None = None) -> None:
        """Prepare.

        Args:
            holder: rules and catalogue.
            contracts: those that are stored; None for a server without a database.
        """
        self._holder = holder
        self._contracts = contracts

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["RenewalService"].full_name
        methods: dict[str, Unary] = {"ProposeRenewal": self.propose_renewal}
        if self._contracts is not None:
            stored = _StoredContracts(self._contracts)
            methods |= {
                "PutContract": stored.put_contract,
                "GetContract": stored.get_contract,
                "ListContracts": stored.list_contracts,
            }
        return Service(name, methods, waiting=frozenset(methods) if self._contracts is not None else frozenset())

    def propose_renewal(self, request: bytes) -> bytes:
        """A ProposeRenewalRequest to a ProposeRenewalResponse."""
        message = pb.ProposeRenewalRequest.FromString(request)
        violations = Violations()
        stored = self._stored(message, violations)
        if violations.found:
            raise RequestRejectedError(violations.found)
        asked = read_renewal_request(message, violations, stored)
        credit = read_credit_request(message.credit, violations) if message.HasField("credit") else None
        approval = read_approval_request(message.approval, violations) if message.HasField("approval") else None
        if violations.found:
            raise RequestRejectedError(violations.found)
        response = pb.ProposeRenewalResponse()
        renewal = renew(self._holder.current, asked, credit=credit, approval=approval)
        write_renewal(renewal, response)
        if message.explanation:
            write_explanation(explain_renewal(renewal.proposal, renewal.decision), response.explanation)
        return response.SerializeToString()

    def _stored(self, message: pb.ProposeRenewalRequest, violations: Violations) -> pb.Contract | None:
        """The stored contract that a request names; None where it brings its own."""
        if not message.contract_id:
            return None
        if message.HasField("contract"):
            violations.add("contract_id", Reason.CONFLICT, "either a contract or the id of a stored one, not both")
            return None
        if self._contracts is None:
            violations.add(
                "contract_id", Reason.CONFLICT, "the server has no database: the contract goes with the call"
            )
            return None
        violations.text(message.contract_id, "contract_id", MAX_NAME)
        if violations.found:
            return None
        found = self._contracts.contract(message.contract_id)
        if found is None:
            raise NotFoundError("contract", message.contract_id)
        return pb.Contract.FromString(found.document)


class _StoredContracts:
    """The calls about stored contracts."""

    def __init__(self, contracts: ContractStore) -> None:
        self._contracts = contracts

    def put_contract(self, request: bytes) -> bytes:
        """A PutContractRequest to a PutContractResponse."""
        [version] = self._contracts.put([to_store(pb.PutContractRequest.FromString(request).contract)])
        return pb.PutContractResponse(version=version).SerializeToString()

    def get_contract(self, request: bytes) -> bytes:
        """A GetContractRequest to a GetContractResponse."""
        contract_id = pb.GetContractRequest.FromString(request).contract_id
        violations = Violations()
        violations.name(contract_id, "contract_id")
        if violations.found:
            raise RequestRejectedError(violations.found)
        found = self._contracts.contract(contract_id)
        if found is None:
            raise NotFoundError("contract", contract_id)
        response = pb.GetContractResponse(version=found.version)
        response.contract.ParseFromString(found.document)
        renewal = self._contracts.renewal(contract_id)
        if renewal is not None:
            response.renewal.ParseFromString(renewal.document)
        return response.SerializeToString()

    def list_contracts(self, request: bytes) -> bytes:
        """A ListContractsRequest to a ListContractsResponse."""
        message = pb.ListContractsRequest.FromString(request)
        violations = Violations()
        first = violations.optional_day(message.ends_from, "ends_from")
        last = violations.optional_day(message.ends_to, "ends_to")
        customer = violations.text(message.customer_id, "customer_id", MAX_NAME)
        size = read_page_size(message.page_size, violations)
        query = f"{first}\n{last}\n{customer}"
        start = read_page_token(message.page_token, PAGES, query, violations)
        if violations.found:
            raise RequestRejectedError(violations.found)
        found = self._contracts.contracts(first, last, customer, size + 1, start)
        response = pb.ListContractsResponse()
        for item in found[:size]:
            response.contracts.add(
                contract_id=item.contract_id,
                version=item.version,
                customer_id=item.customer_id,
                ends=item.ends.isoformat(),
                renewal=STATES.get(item.renewal, pb.RENEWAL_STATE_UNSPECIFIED),
            )
        if len(found) > size:
            response.next_page_token = page_token(PAGES, query, start + size)
        return response.SerializeToString()

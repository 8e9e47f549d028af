"""Stored contracts, and the batch that proposes a renewal for each that ends in a window, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from quotewright.v1 import renewal_service_pb2 as pb

from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest, renew
from engine.quote import QuoteRejectedError, Violation
from engine.renew.contract import RenewalRequest
from engine.renew.propose import contract_violations
from engine.snapshot import Snapshot
from engine.store.contracts import ContractStore, StoredContract, StoredRenewal, Window
from engine.wire.read_contract import read_contract
from engine.wire.renewal_report import STATES
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.write_renewal import write_renewal

CONTRACTS_A_TRANSACTION = 100


def to_store(message: pb.Contract) -> StoredContract:
    """The contract of a message, ready to be stored.

    Raises:
        RequestRejectedError: it is none that could ever be renewed; carries every violation.
    """
    violations = Violations()
    contract = read_contract(message, violations)
    found = violations.found or contract_violations(contract)
    if found:
        raise RequestRejectedError(found)
    document = message.SerializeToString(deterministic=True)
    return StoredContract(contract.id, 0, contract.customer_id, contract.end, document)


@dataclass(frozen=True, slots=True)
class Batch:
    """How the contracts of a window are renewed.

    Attributes:
        snapshot: rules and catalogue.
        window: which contracts.
        approval: asks for the approval route of every proposed quote; None for none.
        credit: asks for the credit check, by customer; customers that are not in it are not checked.
    """

    snapshot: Snapshot
    window: Window
    approval: ApprovalRequest | None
    credit: Mapping[str, CreditRequest]

    def run(self, store: ContractStore) -> Iterator[int]:
        """Propose what is due and was not proposed yet, and store it; gives the number of contracts after each step.

        What a step gives is durable: a batch that was stopped goes on there when it is run again.
        """
        last: StoredContract | None = None
        while contracts := store.due(self.window, last, CONTRACTS_A_TRANSACTION):
            store.save_renewals([self.renewal(contract) for contract in contracts])
            last = contracts[-1]
            yield len(contracts)

    def renewal(self, stored: StoredContract) -> StoredRenewal:
        """What a contract comes to."""
        message = pb.StoredRenewal(contract_version=stored.version, day=self.window.day.isoformat())
        violations = Violations()
        contract = read_contract(pb.Contract.FromString(stored.document), violations)
        problems: list[Violation] = violations.found
        if not problems:
            try:
                renewal = renew(
                    self.snapshot,
                    RenewalRequest(contract, self.window.day),
                    credit=self.credit.get(contract.customer_id),
                    approval=self.approval,
                )
                write_renewal(renewal, message.proposal)
            except QuoteRejectedError as error:
                problems = error.violations
        if problems:
            message.state = pb.RENEWAL_STATE_REFUSED
            message.problems.extend(
                f"{item.field}: {item.message}" if item.field else item.message for item in problems
            )
        elif message.proposal.HasField("decision"):
            message.state = pb.RENEWAL_STATE_PROPOSED
        else:
            message.state = pb.RENEWAL_STATE_NOTHING_TO_RENEW
        return StoredRenewal(
            contract_id=stored.contract_id,
            contract_version=stored.version,
            day=self.window.day,
            state=STATES[message.state],
            rulebook_version=self.snapshot.rulebook_version,
            catalogue_version=self.snapshot.catalogue_version,
            document=message.SerializeToString(deterministic=True),
        )


def store_all(store: ContractStore, contracts: Iterable[StoredContract]) -> Iterator[int]:
    """Store contracts some at a time; gives the number after each step."""
    waiting = iter(contracts)
    while some := list(islice(waiting, CONTRACTS_A_TRANSACTION)):
        store.put(some)
        yield len(some)

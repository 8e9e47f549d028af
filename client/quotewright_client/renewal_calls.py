"""The calls of RenewalService."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from quotewright.v1 import renewal_service_pb2 as pb
from quotewright.v1.approval_pb2 import ApprovalRequest
from quotewright.v1.credit_pb2 import CreditRequest
from quotewright.v1.quote_pb2 import QuoteLine
from quotewright.v1.renewal_service_pb2 import (
    Contract,
    ContractSummary,
    GetContractResponse,
    ProposeRenewalResponse,
    RulebookChoice,
)

from quotewright_client.calls import Call, Pages, whole
from quotewright_client.quotes import Number, decimal_text


def propose_renewal(
    contract: Contract | str,
    *,
    day: date | str,
    term_months: int = 0,
    start_date: date | str = "",
    end_date: date | str = "",
    co_term: bool | None = None,
    quantities: Mapping[str, Number] | None = None,
    additions: Iterable[QuoteLine] = (),
    credit: CreditRequest | None = None,
    approval: ApprovalRequest | None = None,
    explanation: bool = False,
    timeout: float | None = None,
) -> Call[ProposeRenewalResponse]:
    """The renewal of a contract, and the decision about the proposed quote; nothing is stored.

    Args:
        contract: or the id of one that the server stores.
        day: today: prices are those of this day.
        term_months: 0 is the rulebook's choice.
        start_date: begins the renewal earlier than the day after the end.
        end_date: common last day where lines end together.
        co_term: whether they do; None is the rulebook's choice.
        quantities: that change, by contract line.
        additions: further lines of the quote.
        credit: also checks the credit.
        approval: also finds the approval route.
        explanation: also explains everything in one tree.
        timeout: seconds that the call may take.

    Raises:
        InvalidRequestError: the contract cannot be renewed as asked.
        NotFoundError: no such contract is stored.
        QuotewrightError: the call failed.
    """
    choices = {
        None: RulebookChoice.RULEBOOK_CHOICE_UNSPECIFIED,
        True: RulebookChoice.RULEBOOK_CHOICE_YES,
        False: RulebookChoice.RULEBOOK_CHOICE_NO,
    }
    request = pb.ProposeRenewalRequest(
        contract=None if isinstance(contract, str) else contract,
        contract_id=contract if isinstance(contract, str) else "",
        day=str(day),
        term_months=term_months,
        start_date=str(start_date),
        end_date=str(end_date),
        co_term=choices[co_term],
        quantities={name: decimal_text(number) for name, number in (quantities or {}).items()},
        additions=additions,
        credit=credit,
        approval=approval,
        explanation=explanation,
    )
    return Call("RenewalService/ProposeRenewal", request, ProposeRenewalResponse, whole, timeout)


def put_contract(contract: Contract, *, timeout: float | None = None) -> Call[int]:
    """Store a contract, in the place of the one with its id; gives its version.

    Raises:
        InvalidRequestError: it is none that could be renewed.
        QuotewrightError: the call failed.
    """
    request = pb.PutContractRequest(contract=contract)
    return Call("RenewalService/PutContract", request, pb.PutContractResponse, _version, timeout)


def _version(response: pb.PutContractResponse) -> int:
    return response.version


def get_contract(contract_id: str, *, timeout: float | None = None) -> Call[GetContractResponse]:
    """A stored contract, and what was proposed for it.

    Raises:
        NotFoundError: no such contract is stored.
        QuotewrightError: the call failed.
    """
    request = pb.GetContractRequest(contract_id=contract_id)
    return Call("RenewalService/GetContract", request, GetContractResponse, whole, timeout)


def list_contracts(
    *,
    ends_from: date | str = "",
    ends_to: date | str = "",
    customer_id: str = "",
    page_size: int = 0,
    timeout: float | None = None,
) -> Pages[ContractSummary]:
    """Stored contracts by their last day, fetched page by page; `timeout` is for a page.

    Raises:
        QuotewrightError: a call failed.
    """
    request = pb.ListContractsRequest(
        ends_from=str(ends_from), ends_to=str(ends_to), customer_id=customer_id, page_size=page_size
    )
    return Pages(Call("RenewalService/ListContracts", request, pb.ListContractsResponse, _contracts, timeout))


def _contracts(response: pb.ListContractsResponse) -> Iterable[ContractSummary]:
    return response.contracts

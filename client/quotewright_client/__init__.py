"""Python clients of a Quotewright server: sync and async, with typed errors, deadlines and retries.

    from quotewright_client import QuotewrightClient, line, quote

    with QuotewrightClient("localhost:50051") as client:
        decision = client.price_quote(quote([line("SRV-R1", 3)], currency="EUR", price_date="2026-03-01"))
        print(decision.totals.net_total)

Replies are the protobuf messages of `quotewright.v1`: figures are decimal text, ready for `decimal.Decimal`.
"""

from quotewright.v1.approval_pb2 import ApprovalRequest
from quotewright.v1.approval_service_pb2 import Approval, ApprovalEvent, ApprovalState
from quotewright.v1.catalog_service_pb2 import Product
from quotewright.v1.configuration_pb2 import Choice, Configuration
from quotewright.v1.credit_pb2 import CreditAccount, CreditOutcome, CreditOverride, CreditRequest, OpenItem, OpenOrder
from quotewright.v1.decision_pb2 import Decision
from quotewright.v1.quote_pb2 import Component, Quote, QuoteLine, RampSegment, RequestedDiscount
from quotewright.v1.renewal_service_pb2 import Contract, ContractLine, RenewalMethod, Uplift
from quotewright.v1.rulebook_service_pb2 import GetRulebookResponse

from quotewright_client.aio import AsyncQuotewrightClient
from quotewright_client.errors import (
    ApprovalRefusedError,
    DeadlineExceededError,
    InvalidQuoteError,
    InvalidRequestError,
    NotFoundError,
    NotPermittedError,
    OverloadedError,
    PagesChangedError,
    QuotewrightError,
    ServerError,
    StaleApprovalError,
    TransitionRefusedError,
    UnauthenticatedError,
    UnavailableError,
    Violation,
)
from quotewright_client.outcome import Outcome
from quotewright_client.quotes import amount_off, line, percent_off, price_wanted, quote
from quotewright_client.sync import QuotewrightClient

__all__ = [
    "Approval",
    "ApprovalEvent",
    "ApprovalRefusedError",
    "ApprovalRequest",
    "ApprovalState",
    "AsyncQuotewrightClient",
    "Choice",
    "Component",
    "Configuration",
    "Contract",
    "ContractLine",
    "CreditAccount",
    "CreditOutcome",
    "CreditOverride",
    "CreditRequest",
    "DeadlineExceededError",
    "Decision",
    "GetRulebookResponse",
    "InvalidQuoteError",
    "InvalidRequestError",
    "NotFoundError",
    "NotPermittedError",
    "OpenItem",
    "OpenOrder",
    "Outcome",
    "OverloadedError",
    "PagesChangedError",
    "Product",
    "Quote",
    "QuoteLine",
    "QuotewrightClient",
    "QuotewrightError",
    "RampSegment",
    "RenewalMethod",
    "RequestedDiscount",
    "ServerError",
    "StaleApprovalError",
    "TransitionRefusedError",
    "UnauthenticatedError",
    "UnavailableError",
    "Uplift",
    "Violation",
    "amount_off",
    "line",
    "percent_off",
    "price_wanted",
    "quote",
]

"""Python clients of a Quotewright server: sync and async, with typed errors, deadlines and retries.

    from quotewright_client import QuotewrightClient, line, quote

    with QuotewrightClient("localhost:50051") as client:
        decision = client.price_quote(quote([line("SRV-R1", 3)], currency="EUR", price_date="2026-03-01"))
        print(decision.totals.net_total)

Replies are the protobuf messages of `quotewright.v1`: figures are decimal text, ready for `decimal.Decimal`.
"""

from quotewright.v1.catalog_service_pb2 import Product
from quotewright.v1.decision_pb2 import Decision
from quotewright.v1.quote_pb2 import Component, Quote, QuoteLine, RampSegment, RequestedDiscount
from quotewright.v1.rulebook_service_pb2 import GetRulebookResponse

from quotewright_client.aio import AsyncQuotewrightClient
from quotewright_client.errors import (
    DeadlineExceededError,
    InvalidQuoteError,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PagesChangedError,
    QuotewrightError,
    ServerError,
    UnavailableError,
    Violation,
)
from quotewright_client.outcome import Outcome
from quotewright_client.quotes import amount_off, line, percent_off, price_wanted, quote
from quotewright_client.sync import QuotewrightClient

__all__ = [
    "AsyncQuotewrightClient",
    "Component",
    "DeadlineExceededError",
    "Decision",
    "GetRulebookResponse",
    "InvalidQuoteError",
    "InvalidRequestError",
    "NotFoundError",
    "Outcome",
    "OverloadedError",
    "PagesChangedError",
    "Product",
    "Quote",
    "QuoteLine",
    "QuotewrightClient",
    "QuotewrightError",
    "RampSegment",
    "RequestedDiscount",
    "ServerError",
    "UnavailableError",
    "Violation",
    "amount_off",
    "line",
    "percent_off",
    "price_wanted",
    "quote",
]

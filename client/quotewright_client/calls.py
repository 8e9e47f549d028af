"""What both clients call: a method with its request, and what its response means; and the calls about prices."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from quotewright.v1 import catalog_service_pb2, credit_service_pb2, quote_service_pb2
from quotewright.v1.approval_pb2 import ApprovalRequest
from quotewright.v1.catalog_service_pb2 import Product
from quotewright.v1.credit_pb2 import CreditRequest
from quotewright.v1.credit_service_pb2 import CheckCreditResponse
from quotewright.v1.decision_pb2 import Decision
from quotewright.v1.quote_pb2 import Quote
from quotewright.v1.quote_service_pb2 import PriceQuoteResponse, SolveDiscountResponse

from quotewright_client.errors import InvalidQuoteError, InvalidRequestError
from quotewright_client.quotes import Number, decimal_text

T = TypeVar("T")

PACKAGE = "/quotewright.v1."


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A unary call.

    Attributes:
        method: "Service/Method" of the contract.
        request: what is sent.
        response: class of what comes back.
        answer: what the caller gets of it.
        timeout: seconds; None for the client's.
        invalid: error of a request that cannot be answered as asked.
    """

    method: str
    request: Message
    response: type[Message]
    answer: Callable[[Any], T]
    timeout: float | None
    invalid: type[InvalidRequestError] = InvalidRequestError


@dataclass(frozen=True, slots=True)
class Pages(Generic[T]):
    """A list that comes page by page; requests and responses have the page tokens of the contract.

    Attributes:
        first: the call of the first page, which gives its items.
    """

    first: Call[Iterable[T]]


def signature(build: Callable[..., Any], answer: str) -> inspect.Signature:
    """What a method made from `build` shows: its arguments, and `answer` with the type that the call gives."""
    built = inspect.signature(build)
    given = str(built.return_annotation).partition("[")[2].removesuffix("]")
    owner = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    return built.replace(parameters=[owner, *built.parameters.values()], return_annotation=answer.format(given))


def price_quote(
    quote: Quote,
    *,
    credit: CreditRequest | None = None,
    approval: ApprovalRequest | None = None,
    timeout: float | None = None,
) -> Call[Decision]:
    """Decide one quote, with the credit check and the approval route where they are asked for.

    Raises:
        InvalidQuoteError: the quote cannot be decided as asked.
        QuotewrightError: the call failed; see `quotewright_client.errors`.
    """
    request = quote_service_pb2.PriceQuoteRequest(quote=quote, credit=credit, approval=approval)
    return Call("QuoteService/PriceQuote", request, PriceQuoteResponse, _decision, timeout, InvalidQuoteError)


def _decision(response: PriceQuoteResponse) -> Decision:
    return response.decision


def explain_quote(
    quote: Quote,
    *,
    credit: CreditRequest | None = None,
    approval: ApprovalRequest | None = None,
    timeout: float | None = None,
) -> Call[PriceQuoteResponse]:
    """Decide one quote as `price_quote` does, and give one tree that explains all parts of the decision beside it.

    Raises:
        InvalidQuoteError: the quote cannot be decided as asked.
        QuotewrightError: the call failed.
    """
    request = quote_service_pb2.PriceQuoteRequest(quote=quote, credit=credit, approval=approval, explanation=True)
    return Call("QuoteService/PriceQuote", request, PriceQuoteResponse, whole, timeout, InvalidQuoteError)


def whole(response: T) -> T:
    """The response itself."""
    return response


def solve_discount(
    quote: Quote,
    *,
    margin_percent: Number | None = None,
    auto_approved: bool = False,
    requester: str = "",
    line_id: str = "",
    timeout: float | None = None,
) -> Call[SolveDiscountResponse]:
    """The largest discount on a quote that keeps a margin, or that nobody needs to approve; at least one is given.

    Args:
        quote: in place of whose own discount the largest is looked for.
        margin_percent: least margin in percent of the net total.
        auto_approved: whether the quote must be approved without anybody.
        requester: who submits it then.
        line_id: the line whose discount is looked for, and whose margin is meant; left out, the quote's.
        timeout: seconds that the call may take.

    Raises:
        InvalidQuoteError: the quote cannot be decided, or nothing is asked for that a discount could keep.
        QuotewrightError: the call failed.
    """
    request = quote_service_pb2.SolveDiscountRequest(
        quote=quote,
        margin_percent="" if margin_percent is None else decimal_text(margin_percent),
        approval=ApprovalRequest(requester=requester) if auto_approved else None,
        line_id=line_id,
    )
    return Call("QuoteService/SolveDiscount", request, SolveDiscountResponse, whole, timeout, InvalidQuoteError)


def check_credit(quote: Quote, credit: CreditRequest, *, timeout: float | None = None) -> Call[CheckCreditResponse]:
    """The credit check of a quote by itself.

    Raises:
        InvalidQuoteError: the quote or the accounts cannot be checked as asked.
        QuotewrightError: the call failed.
    """
    request = credit_service_pb2.CheckCreditRequest(quote=quote, credit=credit)
    return Call("CreditService/CheckCredit", request, CheckCreditResponse, whole, timeout, InvalidQuoteError)


def get_product(
    sku: str, *, price_date: date | str = "", currency: str = "", timeout: float | None = None
) -> Call[Product]:
    """A product, with the prices in force on `price_date` where one is given.

    Raises:
        NotFoundError: there is no such product.
        QuotewrightError: the call failed.
    """
    request = catalog_service_pb2.GetProductRequest(sku=sku, price_date=str(price_date), currency=currency)
    return Call("CatalogService/GetProduct", request, catalog_service_pb2.GetProductResponse, _product, timeout)


def _product(response: catalog_service_pb2.GetProductResponse) -> Product:
    return response.product


def list_products(
    category: str = "",
    *,
    price_date: date | str = "",
    currency: str = "",
    page_size: int = 0,
    timeout: float | None = None,
) -> Pages[Product]:
    """The products of a category and those below it, by SKU, fetched page by page; `timeout` is for a page.

    Raises:
        PagesChangedError: the catalogue changed between two pages.
        QuotewrightError: a call failed.
    """
    request = catalog_service_pb2.ListProductsRequest(
        category=category, price_date=str(price_date), currency=currency, page_size=page_size
    )
    response = catalog_service_pb2.ListProductsResponse
    return Pages(Call("CatalogService/ListProducts", request, response, _products, timeout))


def _products(response: catalog_service_pb2.ListProductsResponse) -> Iterable[Product]:
    return response.products

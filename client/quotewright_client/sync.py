"""The synchronous client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Self

import grpc
from quotewright.v1 import catalog_service_pb2, quote_service_pb2, rulebook_service_pb2
from quotewright.v1.approval_pb2 import ApprovalRequest
from quotewright.v1.catalog_service_pb2 import Product
from quotewright.v1.catalog_service_pb2_grpc import CatalogServiceStub
from quotewright.v1.decision_pb2 import Decision
from quotewright.v1.quote_pb2 import Quote
from quotewright.v1.quote_service_pb2 import SolveDiscountResponse
from quotewright.v1.quote_service_pb2_grpc import QuoteServiceStub
from quotewright.v1.rulebook_service_pb2 import GetRulebookResponse
from quotewright.v1.rulebook_service_pb2_grpc import RulebookServiceStub

from quotewright_client.channel import DEFAULT_TIMEOUT, ChannelOption, channel_options
from quotewright_client.errors import InvalidQuoteError, from_rpc_error
from quotewright_client.outcome import Outcome, read_outcome
from quotewright_client.quotes import Number, decimal_text


class QuotewrightClient:
    """Calls a server from ordinary code; safe to share between threads, close it or use it as a context manager.

    Args:
        address: "host:port".
        timeout: seconds that a call may take, retries included, unless the call says otherwise.
        attempts: how often a call is tried while no server is reached, 1 to 5.
        credentials: for TLS; None speaks plain text.
        options: further gRPC channel options.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        attempts: int = 4,
        credentials: grpc.ChannelCredentials | None = None,
        options: Sequence[ChannelOption] = (),
    ) -> None:
        self._timeout = timeout
        all_options = channel_options(attempts, options)
        if credentials is None:
            self._channel = grpc.insecure_channel(address, all_options)
        else:
            self._channel = grpc.secure_channel(address, credentials, all_options)
        self._quotes = QuoteServiceStub(self._channel)  # type: ignore[no-untyped-call]
        self._catalog = CatalogServiceStub(self._channel)  # type: ignore[no-untyped-call]
        self._rulebook = RulebookServiceStub(self._channel)  # type: ignore[no-untyped-call]

    def price_quote(self, quote: Quote, *, timeout: float | None = None) -> Decision:
        """Decide one quote.

        Raises:
            InvalidQuoteError: the quote cannot be decided as asked.
            QuotewrightError: the call failed; see `quotewright_client.errors`.
        """
        request = quote_service_pb2.PriceQuoteRequest(quote=quote)
        try:
            response = self._quotes.PriceQuote(request, timeout=self._limit(timeout))
        except grpc.RpcError as error:
            raise from_rpc_error(error, InvalidQuoteError) from None
        decision: Decision = response.decision
        return decision

    def solve_discount(
        self,
        quote: Quote,
        *,
        margin_percent: Number | None = None,
        auto_approved: bool = False,
        requester: str = "",
        line_id: str = "",
        timeout: float | None = None,
    ) -> SolveDiscountResponse:
        """The largest discount that keeps a margin, or that nobody needs to approve; at least one is given.

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
        try:
            response: SolveDiscountResponse = self._quotes.SolveDiscount(request, timeout=self._limit(timeout))
        except grpc.RpcError as error:
            raise from_rpc_error(error, InvalidQuoteError) from None
        return response

    def price_quotes(self, quotes: Iterable[Quote], *, timeout: float | None = None) -> Iterator[Outcome]:
        """Decide many quotes over one call: one outcome a quote, in order.

        Args:
            quotes: read while outcomes come back, so that it may be as long as one likes.
            timeout: seconds for the whole stream; None for no limit.

        Raises:
            QuotewrightError: the stream failed; a quote that cannot be decided fails its own outcome alone.
        """
        requests = (quote_service_pb2.PriceQuotesRequest(quote=quote) for quote in quotes)
        responses = self._quotes.PriceQuotes(requests, timeout=timeout)
        try:
            for response in responses:
                yield read_outcome(response)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from None
        finally:
            responses.cancel()

    def get_product(
        self, sku: str, *, price_date: date | str = "", currency: str = "", timeout: float | None = None
    ) -> Product:
        """A product, with the prices in force on `price_date` where one is given.

        Raises:
            NotFoundError: there is no such product.
            QuotewrightError: the call failed.
        """
        request = catalog_service_pb2.GetProductRequest(sku=sku, price_date=str(price_date), currency=currency)
        try:
            response = self._catalog.GetProduct(request, timeout=self._limit(timeout))
        except grpc.RpcError as error:
            raise from_rpc_error(error) from None
        product: Product = response.product
        return product

    def list_products(
        self,
        category: str = "",
        *,
        price_date: date | str = "",
        currency: str = "",
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[Product]:
        """The products of a category and those below it, by SKU, fetched page by page; `timeout` is for a page.

        Raises:
            PagesChangedError: the catalogue changed between two pages.
            QuotewrightError: a call failed.
        """
        request = catalog_service_pb2.ListProductsRequest(
            category=category, price_date=str(price_date), currency=currency, page_size=page_size
        )
        while True:
            try:
                response = self._catalog.ListProducts(request, timeout=self._limit(timeout))
            except grpc.RpcError as error:
                raise from_rpc_error(error) from None
            yield from response.products
            if not response.next_page_token:
                return
            request.page_token = response.next_page_token

    def get_rulebook(self, *, timeout: float | None = None) -> GetRulebookResponse:
        """The rulebook that is serving, all its pages as one; `timeout` is for a page.

        Raises:
            PagesChangedError: the rulebook changed between two pages.
            QuotewrightError: a call failed.
        """
        request = rulebook_service_pb2.GetRulebookRequest()
        whole = rulebook_service_pb2.GetRulebookResponse()
        while True:
            try:
                page = self._rulebook.GetRulebook(request, timeout=self._limit(timeout))
            except grpc.RpcError as error:
                raise from_rpc_error(error) from None
            request.page_token = page.next_page_token
            page.ClearField("next_page_token")
            whole.MergeFrom(page)
            if not request.page_token:
                return whole

    def close(self) -> None:
        """Close the connection; calls in flight are cancelled."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _limit(self, timeout: float | None) -> float:
        return self._timeout if timeout is None else timeout

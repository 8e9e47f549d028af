"""The synchronous client."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import grpc
from quotewright.v1 import approval_service_pb2, quote_service_pb2, rulebook_service_pb2
from quotewright.v1.approval_service_pb2 import ApprovalEvent
from quotewright.v1.quote_pb2 import Quote
from quotewright.v1.rulebook_service_pb2 import GetRulebookResponse

from quotewright_client import approval_calls, calls, configuration_calls, renewal_calls
from quotewright_client.calls import PACKAGE, Call, Pages, signature, whole
from quotewright_client.channel import DEFAULT_TIMEOUT, ChannelOption, channel_options, metadata
from quotewright_client.errors import from_rpc_error
from quotewright_client.events import LONGEST_PAUSE, SHORTEST_PAUSE, goes_on_after
from quotewright_client.outcome import Outcome, read_outcome
from quotewright_client.quote_stream import QuoteStream

P = ParamSpec("P")
T = TypeVar("T")


def _called(build: Callable[P, Call[T]]) -> Callable[Concatenate[QuotewrightClient, P], T]:
    @functools.wraps(build)
    def method(self: QuotewrightClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._answer(build(*args, **kwargs))

    method.__signature__ = signature(build, "{}")  # type: ignore[attr-defined]  # what help() shows
    return method


def _paged(build: Callable[P, Pages[T]]) -> Callable[Concatenate[QuotewrightClient, P], Iterator[T]]:
    @functools.wraps(build)
    def method(self: QuotewrightClient, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        call = build(*args, **kwargs).first
        while True:
            response = self._response(call)
            yield from call.answer(response)
            if not response.next_page_token:
                return
            call.request.page_token = response.next_page_token  # type: ignore[attr-defined]  # lists have it

    method.__signature__ = signature(build, "Iterator[{}]")  # type: ignore[attr-defined]  # what help() shows
    return method


class QuotewrightClient:
    """Calls a server from ordinary code; safe to share between threads, close it or use it as a context manager.

    Args:
        address: "host:port".
        timeout: seconds that a call may take, retries included, unless the call says otherwise.
        attempts: how often a call is tried while no server is reached, 1 to 5.
        credentials: for TLS; None speaks plain text.
        token: key or token that says who calls; empty where the server asks for none.
        options: further gRPC channel options.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        attempts: int = 4,
        credentials: grpc.ChannelCredentials | None = None,
        token: str = "",
        options: Sequence[ChannelOption] = (),
    ) -> None:
        self._timeout = timeout
        self._attempts = attempts
        self._closed = False
        self._metadata = metadata(token)
        all_options = channel_options(attempts, options)
        if credentials is None:
            self._channel = grpc.insecure_channel(address, all_options)
        else:
            self._channel = grpc.secure_channel(address, credentials, all_options)
        self._methods: dict[str, Any] = {}

    price_quote = _called(calls.price_quote)
    explain_quote = _called(calls.explain_quote)
    solve_discount = _called(calls.solve_discount)
    check_credit = _called(calls.check_credit)
    get_product = _called(calls.get_product)
    list_products = _paged(calls.list_products)

    save_draft = _called(approval_calls.save_draft)
    submit_quote = _called(approval_calls.submit_quote)
    approve = _called(approval_calls.approve)
    reject = _called(approval_calls.reject)
    recall = _called(approval_calls.recall)
    delegate = _called(approval_calls.delegate)
    comment = _called(approval_calls.comment)
    get_approval = _called(approval_calls.get_approval)
    list_approvals = _paged(approval_calls.list_approvals)

    propose_renewal = _called(renewal_calls.propose_renewal)
    put_contract = _called(renewal_calls.put_contract)
    get_contract = _called(renewal_calls.get_contract)
    list_contracts = _paged(renewal_calls.list_contracts)

    configure = _called(configuration_calls.configure)
    explain_option = _called(configuration_calls.explain_option)
    repair_configuration = _called(configuration_calls.repair_configuration)
    complete_configuration = _called(configuration_calls.complete_configuration)
    validate_configuration = _called(configuration_calls.validate_configuration)

    def price_quotes(self, quotes: Iterable[Quote], *, timeout: float | None = None) -> Iterator[Outcome]:
        """Decide many quotes over one stream: one outcome a quote, in order.

        A stream that is lost with its server is followed by another, to which the quotes without an answer are sent
        again; `attempts` of the client bounds how often in a row without any answer.

        Args:
            quotes: read while outcomes come back, so that it may be as long as one likes.
            timeout: seconds for all of it, however many streams it takes; None for no limit.

        Raises:
            QuotewrightError: the stream failed; a quote that cannot be decided fails its own outcome alone.
        """
        stream = self._channel.stream_stream(
            f"{PACKAGE}QuoteService/PriceQuotes",
            quote_service_pb2.PriceQuotesRequest.SerializeToString,
            quote_service_pb2.PriceQuotesResponse.FromString,
        )
        progress = QuoteStream(quotes, self._attempts, timeout)
        try:
            while True:
                responses = stream(progress.requests(), timeout=progress.time_left(), metadata=self._metadata)
                try:
                    for response in responses:
                        progress.answered()
                        yield read_outcome(response)
                except grpc.RpcError as error:
                    failed = from_rpc_error(error)
                else:
                    return
                finally:
                    responses.cancel()
                time.sleep(progress.pause_after(failed))
                if self._closed:
                    raise failed
        finally:
            progress.close()

    def events(self, after: int = 0) -> Iterator[ApprovalEvent]:
        """What happened to quotes in approval since the event with the sequence `after`, and what happens, without end.

        An event counts as handled when the next one is asked for. Keep the sequence of the last one that was handled
        and begin with it again: none is missed. While no server is reached it is tried again, with growing pauses.

        Raises:
            QuotewrightError: the server refuses.
        """
        watch = self._channel.unary_stream(
            f"{PACKAGE}ApprovalService/WatchEvents",
            approval_service_pb2.WatchEventsRequest.SerializeToString,
            approval_service_pb2.WatchEventsResponse.FromString,
        )
        pause = SHORTEST_PAUSE
        while True:
            responses = watch(approval_service_pb2.WatchEventsRequest(after=after), metadata=self._metadata)
            try:
                for response in responses:
                    pause = SHORTEST_PAUSE
                    for event in response.events:
                        yield event
                        after = event.sequence
            except grpc.RpcError as error:
                failed = from_rpc_error(error)
                if not goes_on_after(failed):
                    raise failed from None
            finally:
                responses.cancel()
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def get_rulebook(self, *, timeout: float | None = None) -> GetRulebookResponse:
        """The rulebook that is serving, all its pages as one; `timeout` is for a page.

        Raises:
            PagesChangedError: the rulebook changed between two pages.
            QuotewrightError: a call failed.
        """
        request = rulebook_service_pb2.GetRulebookRequest()
        answer = GetRulebookResponse()
        while True:
            page = self._answer(Call("RulebookService/GetRulebook", request, GetRulebookResponse, whole, timeout))
            request.page_token = page.next_page_token
            page.ClearField("next_page_token")
            answer.MergeFrom(page)
            if not request.page_token:
                return answer

    def close(self) -> None:
        """Close the connection; calls in flight are cancelled."""
        self._closed = True
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, call: Call[T]) -> T:
        return call.answer(self._response(call))

    def _response(self, call: Call[Any]) -> Any:
        method = self._methods.get(call.method)
        if method is None:
            method = self._methods[call.method] = self._channel.unary_unary(
                PACKAGE + call.method, type(call.request).SerializeToString, call.response.FromString
            )
        timeout = self._timeout if call.timeout is None else call.timeout
        try:
            return method(call.request, timeout=timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise from_rpc_error(error, call.invalid) from None

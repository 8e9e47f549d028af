"""The clients against a server of this process: public surface, errors, deadlines, retries, both clients alike."""

import ast
import asyncio
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import grpc
import pytest
import quotewright_client
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status
from quotewright.v1 import approval_service_pb2
from quotewright.v1 import quote_service_pb2 as pb
from quotewright_client import AsyncQuotewrightClient, QuotewrightClient, errors, line, percent_off, quote

QUOTE = quote([line("A", 1)], currency="EUR", price_date="2026-03-01")


@contextmanager
def serving(price_quote, price_quotes=None):
    """A server whose QuoteService is the functions given."""
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    handlers = {
        "PriceQuote": grpc.unary_unary_rpc_method_handler(
            price_quote, pb.PriceQuoteRequest.FromString, pb.PriceQuoteResponse.SerializeToString
        )
    }
    if price_quotes:
        handlers["PriceQuotes"] = grpc.stream_stream_rpc_method_handler(
            price_quotes, pb.PriceQuotesRequest.FromString, pb.PriceQuotesResponse.SerializeToString
        )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("quotewright.v1.QuoteService", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def decided(request, _context=None):
    response = pb.PriceQuoteResponse()
    response.decision.quote_id = request.quote.id
    return response


def aborting(status):
    def behaviour(_request, context):
        context.abort_with_status(rpc_status.to_status(status))

    return behaviour


def packed(code, details=None):
    status = status_pb2.Status(code=code, message="told")
    if details is not None:
        holder = Any()
        holder.Pack(details)
        status.details.append(holder)
    return status


def test_the_public_surface():
    public = {name for name in vars(quotewright_client) if not name.startswith("_")}
    modules = {path.stem for path in Path(quotewright_client.__file__).parent.glob("*.py")}
    assert public - modules == set(quotewright_client.__all__)
    assert quotewright_client.__all__ == sorted(quotewright_client.__all__)


def test_every_error_is_public_and_in_the_documented_tree():
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == errors.__name__
    ]
    for kind in kinds:
        assert kind.__name__ in quotewright_client.__all__
        assert f" {kind.__name__} " in errors.__doc__.replace("\n", " ")
        assert issubclass(kind, errors.QuotewrightError)


def test_the_client_imports_nothing_of_the_engine():
    for path in Path(quotewright_client.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", ())] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("engine", "catalog")]


def test_both_clients_have_the_same_methods():
    def signatures(kind):
        return {
            name: [(item.name, item.kind, item.default) for item in inspect.signature(method).parameters.values()]
            for name, method in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("__")
        }

    assert signatures(QuotewrightClient) == signatures(AsyncQuotewrightClient)


APPROVAL = approval_service_pb2.Approval(quote_id="Q", version=3)
ERRORS = [
    (
        packed(
            code_pb2.INVALID_ARGUMENT,
            error_details_pb2.BadRequest(
                field_violations=[{"field": "lines[0].sku", "reason": "UNKNOWN_SKU", "description": "no such SKU"}]
            ),
        ),
        errors.InvalidQuoteError,
        {"violations": (errors.Violation("lines[0].sku", "UNKNOWN_SKU", "no such SKU"),)},
    ),
    (
        packed(code_pb2.NOT_FOUND, error_details_pb2.ResourceInfo(resource_type="product", resource_name="A")),
        errors.NotFoundError,
        {"kind": "product", "name": "A"},
    ),
    (packed(code_pb2.ABORTED), errors.PagesChangedError, {}),
    (packed(code_pb2.RESOURCE_EXHAUSTED), errors.OverloadedError, {}),
    (packed(code_pb2.DEADLINE_EXCEEDED), errors.DeadlineExceededError, {}),
    (
        packed(code_pb2.INTERNAL, error_details_pb2.ErrorInfo(reason="INTERNAL", metadata={"incident": "abc"})),
        errors.ServerError,
        {"incident": "abc"},
    ),
    (packed(code_pb2.UNKNOWN), errors.ServerError, {"incident": ""}),
    (packed(code_pb2.PERMISSION_DENIED), errors.NotPermittedError, {"approval": None}),
    (packed(code_pb2.ABORTED, APPROVAL), errors.StaleApprovalError, {"approval": APPROVAL}),
    (packed(code_pb2.FAILED_PRECONDITION, APPROVAL), errors.TransitionRefusedError, {"approval": APPROVAL}),
    (packed(code_pb2.UNAUTHENTICATED), errors.UnauthenticatedError, {}),
    (packed(code_pb2.DATA_LOSS), errors.QuotewrightError, {}),
]


@pytest.mark.parametrize(("status", "kind", "attributes"), ERRORS, ids=[case[1].__name__ for case in ERRORS])
def test_errors_are_typed(status, kind, attributes):
    async def ask(address):
        async with AsyncQuotewrightClient(address) as client:
            await client.price_quote(QUOTE)

    with serving(aborting(status)) as address:
        with QuotewrightClient(address) as client, pytest.raises(errors.QuotewrightError) as caught:
            client.price_quote(QUOTE)
        with pytest.raises(errors.QuotewrightError) as caught_async:
            asyncio.run(ask(address))
    for error in (caught.value, caught_async.value):
        assert type(error) is kind
        assert str(error) == "told"
        assert error.code.value[0] == status.code
        assert {name: getattr(error, name) for name in attributes} == attributes


def test_no_server_is_unavailable():
    with QuotewrightClient("127.0.0.1:1", timeout=5) as client, pytest.raises(errors.UnavailableError):
        client.price_quote(QUOTE)


@pytest.mark.parametrize(("attempts", "tried"), [(1, 1), (3, 3)])
def test_unavailable_is_tried_again(attempts, tried):
    calls = []

    def behaviour(request, context):
        calls.append(request)
        context.abort(grpc.StatusCode.UNAVAILABLE, "not now")

    with (
        serving(behaviour) as address,
        QuotewrightClient(address, attempts=attempts) as client,
        pytest.raises(errors.UnavailableError, match="not now"),
    ):
        client.price_quote(QUOTE)
    assert len(calls) == tried


def test_a_server_that_comes_back_is_an_answer():
    calls = []

    def behaviour(request, context):
        calls.append(request)
        if len(calls) < 3:
            context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        return decided(request)

    with serving(behaviour) as address, QuotewrightClient(address) as client:
        assert client.price_quote(quote([], currency="EUR", price_date="", id="Q")).quote_id == "Q"
    assert len(calls) == 3


def test_other_errors_are_not_tried_again():
    calls = []

    def behaviour(request, context):
        calls.append(request)
        context.abort(grpc.StatusCode.INTERNAL, "broken")

    with serving(behaviour) as address, QuotewrightClient(address) as client, pytest.raises(errors.ServerError):
        client.price_quote(QUOTE)
    assert len(calls) == 1


def test_timeouts_are_deadlines():
    release = threading.Event()

    def behaviour(request, _context):
        release.wait(10)
        return decided(request)

    with serving(behaviour) as address, QuotewrightClient(address, timeout=0.1) as client:
        with pytest.raises(errors.DeadlineExceededError):
            client.price_quote(QUOTE)
        release.set()
        client.price_quote(QUOTE, timeout=5)


def conversing(requests, _context):
    for request in requests:
        response = pb.PriceQuotesResponse()
        if request.quote.id == "bad":
            response.error.CopyFrom(packed(code_pb2.INVALID_ARGUMENT))
        else:
            response.decision.quote_id = request.quote.id
        yield response


def stream_quotes():
    return [quote([], currency="EUR", price_date="", id=name) for name in ("1", "bad", "3")]


def check_outcomes(outcomes):
    assert outcomes[0].result().quote_id == "1"
    assert outcomes[2].result().quote_id == "3"
    with pytest.raises(errors.InvalidQuoteError):
        outcomes[1].result()


def test_streams():
    with serving(decided, conversing) as address, QuotewrightClient(address) as client:
        check_outcomes(list(client.price_quotes(stream_quotes())))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_async_streams(asynchronous):
    async def arriving():
        for item in stream_quotes():
            yield item

    async def ask(address):
        async with AsyncQuotewrightClient(address) as client:
            return [item async for item in client.price_quotes(arriving() if asynchronous else stream_quotes())]

    with serving(decided, conversing) as address:
        check_outcomes(asyncio.run(ask(address)))


@pytest.mark.parametrize("attempts", [0, 6])
def test_attempts_out_of_range(attempts):
    with pytest.raises(ValueError, match="1 to 5 times"):
        QuotewrightClient("localhost:1", attempts=attempts)


def test_quotes_are_built_from_plain_values():
    built = quote(
        [line("A", Decimal("1E+3"), discount=percent_off(5, "why")), line("B", 2, id="b", start_date=date(2026, 4, 1))],
        currency="EUR",
        price_date=date(2026, 3, 1),
        customer={"segment": "SMB", "employees": 12, "vip": True, "since": date(2020, 1, 1), "region": None},
        coupons=["SPRING"],
    )
    assert [(item.id, item.quantity, item.start_date) for item in built.lines] == [
        ("1", "1000", ""),
        ("b", "2", "2026-04-01"),
    ]
    assert (built.price_date, list(built.coupons)) == ("2026-03-01", ["SPRING"])
    assert built.lines[0].discount.percent == "5"
    assert {name: fact.WhichOneof("value") for name, fact in built.customer.items()} == {
        "segment": "text",
        "employees": "number",
        "vip": "boolean",
        "since": "date",
        "region": None,
    }


@pytest.mark.parametrize("wrong", [1.5, True, None])
def test_floats_are_refused(wrong):
    with pytest.raises(TypeError, match="a decimal is given as Decimal, int or text"):
        line("A", wrong)
    with pytest.raises(TypeError):
        percent_off(wrong)

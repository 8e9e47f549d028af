"""Quotes in over gRPC, decisions out: figures checked by hand, bad input told whole, streams in order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from quotewright.v1 import quote_service_pb2
from quotewright_client import (
    DeadlineExceededError,
    InvalidQuoteError,
    QuotewrightClient,
    amount_off,
    line,
    percent_off,
    quote,
)

UNARY = "/quotewright.v1.QuoteService/PriceQuote"
STREAM = "/quotewright.v1.QuoteService/PriceQuotes"


def bolts(quantity="12", **fields):
    fields = {"currency": "EUR", "price_date": "2026-03-01", "customer": {"segment": "SMB"}} | fields
    return quote([line("BOLT", quantity)], **fields)


def violations(client, asked):
    with pytest.raises(InvalidQuoteError) as caught:
        client.price_quote(asked)
    return {(item.field, item.reason): item.message for item in caught.value.violations}


def test_a_decision_that_can_be_checked_by_hand(client):
    decision = client.price_quote(bolts(id="Q-1", facts={"deal": "renewal"}))
    assert (decision.quote_id, decision.currency) == ("Q-1", "EUR")
    assert len(decision.rulebook_version) >= 16
    assert len(decision.catalogue_version) >= 16
    (priced,) = decision.lines
    steps = [
        (decision.origins[step.origin].id, step.before, step.after, step.reason)
        for step in priced.waterfall
        if decision.origins[step.origin].step == "automatic"
    ]
    # 10.00 - 10 % = 9.00; 9.00 - 0.50 = 8.50; 12 x 8.50 = 102.00
    assert [(name, float(before), float(after)) for name, before, after, _ in steps] == [
        ("volume", 10, 9),
        ("renewal", 9, 8.5),
    ]
    assert steps[0][3] == "10 % from 10 on, ordered 12"
    origin = decision.origins[priced.waterfall[1].origin]
    assert (origin.file, origin.line) == ("pricing/discounts.yaml", 2)
    assert (priced.list_total, priced.net_total) == ("120.00", "102.00")
    assert (decision.totals.list_total, decision.totals.net_total) == ("120.00", "102.00")
    assert decision.totals.discount_total == "18.00"


def test_a_recurring_line(client):
    asked = quote([line("SEAT", 3, term_months=24)], currency="EUR", price_date="2026-03-01")
    decision = client.price_quote(asked)
    (seats,) = decision.lines
    # 3 seats x 9.00 x 24 months
    assert seats.net_total == "648.00"
    assert (seats.term.start_date, seats.term.end_date) == ("2026-03-01", "2028-02-29")
    assert (seats.term.periods_numerator, seats.term.periods_denominator) == (24, 1)
    assert decision.totals.first_year_total == "324.00"
    assert decision.totals.monthly_recurring == "27.00"


def test_the_same_quote_gives_the_same_bytes(channel):
    call = channel.unary_unary(UNARY)
    request = quote_service_pb2.PriceQuoteRequest(quote=bolts()).SerializeToString()
    assert len({call(request) for _ in range(20)}) == 1


def test_requested_discounts(client):
    asked = quote(
        [line("BOLT", 10, discount=percent_off(5, "asked")), line("SAND", "4")],
        currency="EUR",
        price_date="2026-03-01",
        discount=amount_off("10.00"),
    )
    decision = client.price_quote(asked)
    # 100 - 5 % = 95, 4 x 2.50 = 10; 10.00 spread over 95 and 10
    assert decision.totals.net_total == "95.00"
    assert sum(float(item.net_total) for item in decision.lines) == 95


BAD = {
    "unknown SKU": (quote([line("BOLTT", 1)], currency="EUR", price_date="2026-03-01"), "lines[0].sku", "BOLT"),
    "negative quantity": (bolts("-1"), "lines[0].quantity", "-1"),
    "fractional quantity": (bolts("1.5"), "lines[0].quantity", "1.5"),
    "finer than the unit's step": (
        quote([line("SAND", "0.0005")], currency="EUR", price_date="2026-03-01"),
        "lines[0].quantity",
        "0.001",
    ),
    "no price in the currency": (
        quote([line("YEN", 1)], currency="EUR", price_date="2026-03-01"),
        "lines[0]",
        "JPY",
    ),
    "decimal with a comma": (bolts("12,50"), "lines[0].quantity", "12,50"),
    "no lines": (quote([], currency="EUR", price_date="2026-03-01"), "lines", "at least one line"),
    "a date that is none": (bolts(price_date="2026-02-30"), "price_date", "2026-02-30"),
    "no currency": (bolts(currency=""), "currency", "ISO 4217"),
    "unknown currency": (bolts(currency="EURO"), "currency", "EUR"),
    "unknown customer": (bolts(customer_id="NOBODY"), "customer_id", "NOBODY"),
    "unknown fact": (bolts(facts={"deel": "new"}), "facts", "deal"),
    "fact outside its choices": (bolts(facts={"deal": "old"}), "facts", "old"),
}


@pytest.mark.parametrize(("asked", "field", "told"), BAD.values(), ids=BAD)
def test_bad_input_is_told(client, asked, field, told):
    found = violations(client, asked)
    assert [message for (path, _), message in found.items() if path.startswith(field) and told in message]


def test_all_of_a_bad_quote_is_told_at_once(client):
    asked = quote([line("BOLT", "12,50"), line("", "x")], currency="EUR", price_date="soon")
    assert {path for path, _ in violations(client, asked)} == {
        "price_date",
        "lines[0].quantity",
        "lines[1].sku",
        "lines[1].quantity",
    }


def test_too_many_lines(client):
    asked = bolts()
    asked.lines.extend([asked.lines[0]] * 100_000)
    assert violations(client, asked) == {("lines", "TOO_MANY"): "a quote has at most 100,000 lines, found 100,001"}


def test_more_violations_than_fit_are_counted(address):
    # A plain channel, with the limits on trailers that other languages' clients have.
    with grpc.insecure_channel(address) as channel:
        asked = bolts("x" * 100)
        for number in range(5_000):
            asked.lines.add(id=f"l{number}", sku="BOLT", quantity="x" * 100)
        request = quote_service_pb2.PriceQuoteRequest(quote=asked).SerializeToString()
        with pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary(UNARY)(request)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "(and 5,000 more); the details tell the first" in caught.value.details()


def test_bytes_that_are_no_message(channel):
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(UNARY)(b"\xff\xff\xff")
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    status = status_pb2.Status.FromString(dict(caught.value.trailing_metadata())["grpc-status-details-bin"])
    details = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(details)
    assert details.field_violations[0].reason == "MALFORMED"


def test_a_method_that_does_not_exist(channel):
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/quotewright.v1.QuoteService/Nothing")(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_deadline_is_honoured(address):
    asked = bolts()
    for number in range(20_000):
        asked.lines.add(id=f"l{number}", sku="BOLT", quantity="1")
    with QuotewrightClient(address, timeout=0.05) as client:
        began = time.monotonic()
        with pytest.raises(DeadlineExceededError):
            client.price_quote(asked)
        assert time.monotonic() - began < 1


def test_a_stream_answers_every_quote_in_order(client):
    asked = [bolts(str(n), id=str(n)) for n in range(1, 501)]
    asked[99] = bolts("12,50")
    asked[199] = quote([line("NONE", 1)], currency="EUR", price_date="2026-03-01")
    outcomes = list(client.price_quotes(asked))
    assert len(outcomes) == 500
    for number, outcome in enumerate(outcomes, start=1):
        if number in (100, 200):
            assert isinstance(outcome.error, InvalidQuoteError)
            assert outcome.error.violations
        else:
            assert outcome.result().quote_id == str(number)


def test_a_stream_is_a_conversation(client):
    """Each answer comes before the next quote is sent."""
    answered = threading.Event()

    def asking():
        for number in range(5):
            answered.clear()
            yield bolts(id=str(number))
            assert answered.wait(10)

    seen = []
    for outcome in client.price_quotes(asking()):
        seen.append(outcome.result().quote_id)
        answered.set()
    assert seen == ["0", "1", "2", "3", "4"]


def test_a_stream_message_that_is_none_is_answered_and_the_stream_goes_on(channel):
    good = quote_service_pb2.PriceQuotesRequest(quote=bolts()).SerializeToString()
    replies = [
        quote_service_pb2.PriceQuotesResponse.FromString(reply)
        for reply in channel.stream_stream(STREAM)(iter([b"\xff", good]))
    ]
    assert [reply.WhichOneof("outcome") for reply in replies] == ["error", "decision"]
    assert replies[0].error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


def test_callers_that_hang_up_do_no_harm(served, channel, client):
    server, _ = served
    call = channel.stream_stream(STREAM)
    for _ in range(20):
        stream = call(quote_service_pb2.PriceQuotesRequest(quote=bolts()).SerializeToString() for _ in range(1000))
        next(stream)
        stream.cancel()
    unary = channel.unary_unary(UNARY)
    for _ in range(20):
        unary.future(quote_service_pb2.PriceQuoteRequest(quote=bolts()).SerializeToString()).cancel()
    assert client.price_quote(bolts()).totals.net_total == "108.00"
    assert "Traceback" not in server.text


def test_idle_streams_do_not_keep_unary_calls_waiting(address, client):
    done = threading.Event()

    def idle():
        yield quote_service_pb2.PriceQuotesRequest(quote=bolts()).SerializeToString()
        done.wait(30)

    with grpc.insecure_channel(address) as channel:
        streams = [channel.stream_stream(STREAM)(idle()) for _ in range(20)]
        for stream in streams:
            next(stream)
        assert client.price_quote(bolts(), timeout=5).totals.net_total == "108.00"
        done.set()
        for stream in streams:
            assert list(stream) == []


def test_too_many_streams_are_refused_and_told(address):
    done = threading.Event()

    def idle():
        yield quote_service_pb2.PriceQuotesRequest(quote=bolts()).SerializeToString()
        done.wait(30)

    with grpc.insecure_channel(address) as channel:
        streams = [channel.stream_stream(STREAM)(idle()) for _ in range(100)]
        for stream in streams:
            next(stream)
        with pytest.raises(grpc.RpcError) as caught:
            next(channel.stream_stream(STREAM)(idle()))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        done.set()
        for stream in streams:
            assert list(stream) == []


def test_many_callers_at_once(address):
    def ask(number):
        with QuotewrightClient(address) as client:
            return [client.price_quote(bolts(str(10 + number))).totals.net_total for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for number, totals in enumerate(pool.map(ask, range(8))):
            assert totals == [f"{9 * (10 + number)}.00"] * 20

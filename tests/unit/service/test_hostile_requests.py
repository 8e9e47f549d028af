"""Whatever bytes a caller sends, every method answers or fails with an error that has a code of its own."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quotewright.v1 import quote_pb2, quote_service_pb2

from engine.service.catalog_service import CatalogService
from engine.service.errors import CODES
from engine.service.quote_service import QuoteService
from engine.service.rulebook_service import RulebookService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder

FILES = Path(__file__).parents[2] / "cases/e2e"
HOLDER = SnapshotHolder(SnapshotSource(FILES / "rules", FILES / "catalog.yaml").load()[0])
SERVICES = [kind(HOLDER).service() for kind in (QuoteService, CatalogService, RulebookService)]
METHODS = {f"{service.name}/{name}": method for service in SERVICES for name, method in service.unary.items()}
PRICE_QUOTE = METHODS["quotewright.v1.QuoteService/PriceQuote"]


def answered_or_told(method, request):
    try:
        assert isinstance(method(request), bytes)
    except tuple(CODES):
        pass


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@given(request=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_random_bytes(method, request):
    answered_or_told(method, request)


def valid():
    quote = quote_pb2.Quote(id="Q", currency="EUR", price_date="2026-03-01", coupons=["X"], explain_alternatives=True)
    quote.customer["segment"].text = "SMB"
    quote.facts["deal"].text = "renewal"
    quote.discount.amount = "3"
    quote.lines.add(id="1", sku="BOLT", quantity="12").discount.percent = "5"
    quote.lines.add(id="2", sku="SEAT", quantity="3", start_date="2026-04-15", term_months=7)
    quote.lines.add(id="3", sku="SAND", quantity="0.125").components.add(sku="BOLT")
    quote.lines.add(id="4", sku="SEAT").segments.add(start_date="2026-01-01", end_date="2026-12-31", quantity="5")
    return quote_service_pb2.PriceQuoteRequest(quote=quote).SerializeToString()


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_quote_with_bytes_changed(data):
    request = bytearray(valid())
    for _ in range(data.draw(st.integers(1, 4))):
        request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    answered_or_told(PRICE_QUOTE, bytes(request[: data.draw(st.integers(1, len(request)))]))


NUMBERS = st.sampled_from(["0", "-1", "1e3", "1e-30", "9" * 34, "1e6144", "-1e6144", "0.5", "100", "101", "1E+20"])
DAYS = st.sampled_from(["0001-01-01", "9999-12-31", "2026-02-28", "2028-02-29", "2026-03-01"])


@given(
    sku=st.sampled_from(["BOLT", "SAND", "SEAT", "YEN"]), quantity=NUMBERS, start=DAYS,
    end=st.just("") | DAYS, months=st.sampled_from([0, 0, 1, 13, 1200]), price_date=DAYS, discount=NUMBERS,
    kind=st.sampled_from(["percent", "amount", "price"]), header=NUMBERS,
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_figures_and_dates_at_their_limits(
    sku, quantity, start, end, months, price_date, discount, kind, header, currency
):
    quote = quote_pb2.Quote(currency=currency, price_date=price_date)
    line = quote.lines.add(id="1", sku=sku, quantity=quantity, start_date=start, end_date=end, term_months=months)
    setattr(line.discount, kind, discount)
    setattr(quote.discount, kind, header)
    answered_or_told(PRICE_QUOTE, quote_service_pb2.PriceQuoteRequest(quote=quote).SerializeToString())

"""The quote that warms a server up: priced on the sample, harmless where there is nothing to price."""

from pathlib import Path

from quotewright.v1 import quote_service_pb2

from catalog.importers.read import read_catalog
from catalog.model import Catalog
from catalog.sample import FOLDER
from engine.compile import load_snapshot
from engine.service.quote_service import QuoteService
from engine.service.warm_up import LINES, REQUESTS, synthetic_requests, warm_up
from engine.snapshot import SnapshotHolder

RULES = Path(__file__).parents[3] / "rules/sample"


def test_the_sample_is_priced_for_warmth():
    holder = SnapshotHolder(load_snapshot(RULES, read_catalog(FOLDER).usable()))
    requests = synthetic_requests(holder.current.catalog)
    assert 1 < len(requests) <= REQUESTS
    products = set()
    for request in requests:
        reply = QuoteService(holder).price_quote(request)
        decision = quote_service_pb2.PriceQuoteResponse.FromString(reply).decision
        assert 0 < len(decision.lines) <= LINES
        products |= {line.sku for line in decision.lines}
    assert len(products) > LINES
    assert warm_up(holder) > 1


def test_a_catalogue_without_prices_warms_nothing():
    holder = SnapshotHolder(load_snapshot(RULES, read_catalog(FOLDER).usable()))
    (request,) = synthetic_requests(Catalog.of())
    assert quote_service_pb2.PriceQuoteRequest.FromString(request).quote.lines == []
    assert holder.current.catalog.prices

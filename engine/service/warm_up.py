"""Quotes of the catalogue's own products, priced before anything serves: the first callers find everything warm.

A generation does so for the code, which its workers share, and each worker for its memory: what it shares with the
others has to be copied when it is first touched.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from quotewright.v1 import quote_service_pb2

from catalog.model import Catalog
from catalog.price import PriceEntry, ScopeKind
from catalog.product import ProductStatus
from engine.money import ZERO
from engine.service.quote_service import QuoteService
from engine.snapshot import SnapshotHolder

LOG = logging.getLogger("quotewright")

LINES = 10
REQUESTS = 20
SECONDS = 0.2
QUOTES = 200  # CPython 3.11 specialises code that ran a few dozen times


def warm_up(holder: SnapshotHolder) -> int:
    """Price quotes again and again for a moment, from their bytes to the replies'; gives how often.

    What such a quote is answered does not matter: a rulebook that asks for facts it does not state refuses it.
    """
    requests = synthetic_requests(holder.current.catalog)
    price = QuoteService(holder).price_quote
    until = time.perf_counter() + SECONDS
    for count in range(QUOTES):
        if time.perf_counter() >= until:
            return count
        try:
            price(requests[count % len(requests)])
        except Exception as error:  # noqa: BLE001  # nobody asked for this quote; a caller's own error has its answer
            LOG.debug("the quote that warms up was refused: %s", error)
    return QUOTES


def synthetic_requests(catalog: Catalog) -> list[bytes]:
    """PriceQuoteRequests for products that a list for everyone has prices of, on a day on which those hold."""
    lists: dict[str, dict[str, PriceEntry]] = {}
    for entry in catalog.prices.values():
        product = catalog.products.get(entry.sku)
        if product is None or product.status is not ProductStatus.ACTIVE or product.bundle is not None:
            continue
        if catalog.price_lists[entry.price_list].scope is ScopeKind.EVERYONE:
            entries = lists.setdefault(entry.price_list, {})
            entries.setdefault(entry.sku, entry)
            if len(entries) == LINES * REQUESTS:
                break
    if not lists:
        return [quote_service_pb2.PriceQuoteRequest().SerializeToString()]
    name, entries = max(lists.items(), key=lambda item: len(item[1]))
    chosen = list(entries.values())
    return [_request(catalog, name, chosen[start : start + LINES]) for start in range(0, len(chosen), LINES)]


def _request(catalog: Catalog, price_list: str, entries: list[PriceEntry]) -> bytes:
    possible = [catalog.price_lists[price_list].valid_from, *(entry.valid_from for entry in entries)]
    possible += [catalog.products[entry.sku].valid_from for entry in entries]
    starts = [start for start in possible if start is not None]
    request = quote_service_pb2.PriceQuoteRequest()
    request.quote.currency = catalog.price_lists[price_list].currency
    request.quote.price_date = (max(starts) if starts else datetime.now(UTC).date()).isoformat()
    for entry in entries:
        quantity = max(entry.min_quantity or ZERO, catalog.products[entry.sku].quantity_step)
        request.quote.lines.add(id=entry.sku, sku=entry.sku, quantity=f"{quantity:f}")
    return request.SerializeToString()

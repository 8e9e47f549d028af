"""ApprovalService over a channel, for tests: every call by its name, retried where the server is away."""

from __future__ import annotations

import time
from typing import Any

import grpc
from quotewright.v1 import approval_service_pb2 as pb
from quotewright.v1 import approval_service_pb2_grpc as stubs
from quotewright.v1 import quote_pb2


def quote(quote_id: str, percent: str = "55", sku: str = "SVC-INSTALL", quantity: str = "1") -> quote_pb2.Quote:
    message = quote_pb2.Quote(id=quote_id, currency="EUR", price_date="2026-03-16")
    line = message.lines.add(id="1", sku=sku, quantity=quantity)
    line.discount.percent = percent
    return message


class Calls:
    """A client whose calls survive a restart of the server: they are repeated with the same idempotency key."""

    def __init__(self, address: str) -> None:
        self.channel = grpc.insecure_channel(address, [("grpc.max_reconnect_backoff_ms", 200)])
        self.stub = stubs.ApprovalServiceStub(self.channel)

    def close(self) -> None:
        self.channel.close()

    def __call__(self, method: str, *, patience: float = 60, **fields: Any) -> Any:
        request = getattr(pb, f"{method}Request")(**fields)
        until = time.monotonic() + patience
        while True:
            try:
                return getattr(self.stub, method)(request, timeout=10, wait_for_ready=True)
            except grpc.RpcError as error:
                away = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
                if not away or time.monotonic() > until:
                    raise

    def events(self) -> list[Any]:
        found: list[Any] = []
        while True:
            page = self("ListEvents", after=found[-1].sequence if found else 0, page_size=1000).events
            if not page:
                return found
            found += page

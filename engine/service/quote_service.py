"""QuoteService: quotes in, decisions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from quotewright.v1 import explanation_pb2, quote_service_pb2

from engine.decision import decide
from engine.explain import explain
from engine.service.errors import DeadlinePassedError, to_status
from engine.service.method import Service, TimeLeft
from engine.service.quote_notes import NO_NOTES, QuoteNotes, clock
from engine.snapshot import SnapshotHolder
from engine.solve import Goal, largest_discount
from engine.wire.raw_quote import RawPriceQuoteRequest, RawPriceQuotesRequest
from engine.wire.read_parts import read_approval_request, read_credit_request, read_raw_credit_request
from engine.wire.read_quote import read_quote, read_raw_quote
from engine.wire.text import optional_decimal_text
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.wire_format import Delimited, encoded
from engine.wire.write_decision import decision_text, write_decision
from engine.wire.write_explanation import write_explanation

DECISION = Delimited(quote_service_pb2.PriceQuoteResponse, "decision")
EXPLANATION = Delimited(quote_service_pb2.PriceQuoteResponse, "explanation")
STREAMED_DECISION = Delimited(quote_service_pb2.PriceQuotesResponse, "decision")
STREAMED_EXPLANATION = Delimited(quote_service_pb2.PriceQuotesResponse, "explanation")


class QuoteService:
    """Decides quotes on the snapshot that is current when each of them begins."""

    def __init__(self, holder: SnapshotHolder, notes: QuoteNotes = NO_NOTES) -> None:
        """Prepare.

        Args:
            holder: rules and catalogue.
            notes: what is noted about each quote.
        """
        self._holder = holder
        self._stages, self._hits = notes.stages, notes.hits

    def service(self) -> Service:
        """The methods by name."""
        name = quote_service_pb2.DESCRIPTOR.services_by_name["QuoteService"].full_name
        return Service(
            name,
            {"PriceQuote": self.price_quote, "SolveDiscount": self.solve_discount},
            {"PriceQuotes": self.price_quotes},
            short=frozenset({"PriceQuote"}),
        )

    def price_quote(self, request: bytes) -> bytes:
        """A PriceQuoteRequest to a PriceQuoteResponse."""
        return self._decide(RawPriceQuoteRequest.FromString(request), DECISION, EXPLANATION).encode("latin-1")

    def solve_discount(self, request: bytes) -> bytes:
        """A SolveDiscountRequest to a SolveDiscountResponse."""
        asked = quote_service_pb2.SolveDiscountRequest.FromString(request)
        quote = read_quote(asked.quote)
        violations = Violations()
        goal = Goal(
            margin_percent=violations.optional_number(asked.margin_percent, "margin_percent"),
            approval=read_approval_request(asked.approval, violations) if asked.HasField("approval") else None,
            credit=read_credit_request(asked.credit, violations) if asked.HasField("credit") else None,
            line_id=asked.line_id,
        )
        if violations.found:
            raise RequestRejectedError(violations.found)
        found = largest_discount(self._holder.current, quote, goal)
        response = quote_service_pb2.SolveDiscountResponse(
            amount=optional_decimal_text(found.amount),
            percent=optional_decimal_text(found.percent),
            unit_price=optional_decimal_text(found.unit_price),
        )
        write_decision(found.decision, response.decision)
        return response.SerializeToString()

    def price_quotes(self, requests: Iterable[bytes], time_left: TimeLeft) -> Iterator[bytes]:
        """PriceQuotesRequests to PriceQuotesResponses: an error answers its quote and the stream goes on."""
        for request in requests:
            left = time_left()
            if left is not None and left <= 0:
                raise DeadlinePassedError("the deadline passed before all quotes of the stream were decided")
            try:
                message = RawPriceQuotesRequest.FromString(request)
                text = self._decide(message, STREAMED_DECISION, STREAMED_EXPLANATION)
            except Exception as error:  # noqa: BLE001  # every error has its answer, and the next quote its turn
                yield quote_service_pb2.PriceQuotesResponse(error=to_status(error)).SerializeToString()
            else:
                yield text.encode("latin-1")

    def _decide(self, request: Any, field: Delimited, explanation: Delimited) -> str:
        """The response to a request as text in the wire format, given its fields."""
        quote = read_raw_quote(request.quote)
        violations = Violations()
        credit = read_raw_credit_request(request.credit, violations) if request.HasField("credit") else None
        approval = read_approval_request(request.approval, violations) if request.HasField("approval") else None
        if violations.found:
            raise RequestRejectedError(violations.found)
        stages, hits = self._stages, self._hits
        if stages is not None:
            stages.read = clock()
        decision = decide(self._holder.current, quote, credit=credit, approval=approval)
        if stages is not None:
            stages.decided = clock()
        if hits is None:
            text = decision_text(decision)
        else:
            acted: list[str] = []
            text = decision_text(decision, acted)
            hits.add(acted)
        text = f"{field[len(text)]}{text}"
        if not request.explanation:
            return text
        message = explanation_pb2.Explanation()
        write_explanation(explain(decision), message)
        explained = encoded(message)
        return f"{text}{explanation[len(explained)]}{explained}"

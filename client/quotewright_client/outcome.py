"""What a stream gives for each of its quotes."""

from __future__ import annotations

from dataclasses import dataclass

from quotewright.v1.decision_pb2 import Decision
from quotewright.v1.quote_service_pb2 import PriceQuotesResponse

from quotewright_client.errors import InvalidQuoteError, QuotewrightError, from_status


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one quote of a stream: a decision or an error.

    Attributes:
        decision: None where there is an error.
        error: None where there is a decision.
    """

    decision: Decision | None
    error: QuotewrightError | None

    def result(self) -> Decision:
        """The decision.

        Raises:
            QuotewrightError: the error, where there is one.
        """
        if self.error is not None:
            raise self.error
        assert self.decision is not None
        return self.decision


def read_outcome(response: PriceQuotesResponse) -> Outcome:
    """The outcome that a response states."""
    if response.HasField("error"):
        return Outcome(None, from_status(response.error, InvalidQuoteError))
    return Outcome(response.decision, None)

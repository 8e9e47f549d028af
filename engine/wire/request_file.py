"""Requests for a decision as people store them: a quote alone, or `quote` beside what credit and approval need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from quotewright.v1 import quote_pb2
from quotewright.v1 import quote_service_pb2 as pb

from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest
from engine.diagnostics import Code, Findings, RejectedError
from engine.document import Document, Path, read_document
from engine.quote import Quote, QuoteRejectedError, Violation
from engine.wire.quote_file import MessageReader, steps_of
from engine.wire.read_parts import read_approval_request, read_credit_request
from engine.wire.read_quote import read_quote
from engine.wire.violations import Violations


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be decided, and what credit and approval need beside it.

    Attributes:
        quote: the quote.
        credit: None where no credit check is asked for.
        approval: None where nothing is said of who submits.
    """

    quote: Quote
    credit: CreditRequest | None = None
    approval: ApprovalRequest | None = None


@dataclass(frozen=True, slots=True)
class RequestFile:
    """A request as written in a file.

    Attributes:
        message: the request.
        document: the file, with the place of every value.
        quote_path: where in the document the quote stands.
    """

    message: pb.PriceQuoteRequest
    document: Document
    quote_path: Path

    def findings(self, violations: Iterable[Violation]) -> Findings:
        """What is wrong with the request, each with the place in the file that it is about."""
        findings = Findings()
        for violation in violations:
            steps = steps_of(violation.field)
            beside = steps[:1] in (("credit",), ("approval",))
            span = self.document.span(steps if beside else (*self.quote_path, *steps))
            findings.add(Code.WRONG_VALUE, f"{violation.field}: {violation.message}", span)
        return findings


def read_request_file(text: str, file: str) -> RequestFile:
    """Read a quote, or a request whose field `quote` is one.

    Args:
        text: YAML or JSON.
        file: the name to show in findings.

    Raises:
        RejectedError: the text is no YAML, or says what no request has; carries every finding.
    """
    findings = Findings()
    document = read_document(text, file, findings)
    message = pb.PriceQuoteRequest()
    whole = isinstance(document.value, dict) and "quote" in document.value
    if not findings.errors:
        MessageReader(document, findings).fill(message if whole else message.quote, document.value, ())
    if findings.errors:
        raise RejectedError(findings)
    for number, line in enumerate(message.quote.lines, start=1):
        line.id = line.id or str(number)
    return RequestFile(message, document, ("quote",) if whole else ())


def read_request(message: pb.PriceQuoteRequest | pb.PriceQuotesRequest) -> Request:
    """The request that a message states.

    Raises:
        QuoteRejectedError: it states none; carries every violation.
    """
    violations: list[Violation] = []
    beside = Violations()
    credit = read_credit_request(message.credit, beside) if message.HasField("credit") else None
    approval = read_approval_request(message.approval, beside) if message.HasField("approval") else None
    try:
        quote = read_quote(message.quote)
    except QuoteRejectedError as error:
        violations += error.violations
    if violations or beside.found:
        raise QuoteRejectedError([*violations, *beside.found])
    return Request(quote, credit, approval)


def read_request_bytes(content: bytes) -> Request:
    """The request of a serialized PriceQuoteRequest, or of a PriceQuotesRequest, which has the same fields.

    Raises:
        QuoteRejectedError: it states none; carries every violation.
        ValueError: these are no bytes of one.
    """
    try:
        return read_request(pb.PriceQuoteRequest.FromString(content))
    except DecodeError as error:
        raise ValueError(f"no recorded request: {error}") from None


def read_quote_bytes(content: bytes) -> Request:
    """The request of a serialized Quote alone; raises as `read_request_bytes`."""
    try:
        return Request(read_quote(quote_pb2.Quote.FromString(content)))
    except DecodeError as error:
        raise ValueError(f"no stored quote: {error}") from None

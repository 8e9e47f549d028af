"""Messages that people keep in files: JSON with the field names of the contract, one a line."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message
from quotewright.v1 import credit_pb2
from quotewright.v1 import renewal_service_pb2 as pb

M = TypeVar("M", bound=Message)


def contract_of(line: bytes) -> pb.Contract:
    """The contract that a line of JSON states.

    Raises:
        ValueError: the line is none; the message says why.
    """
    return _parsed(line, pb.Contract())


def credit_request_of(line: bytes) -> credit_pb2.CreditRequest:
    """The request for a credit check that a line of JSON states.

    Raises:
        ValueError: the line is none; the message says why.
    """
    return _parsed(line, credit_pb2.CreditRequest())


def _parsed(line: bytes, message: M) -> M:
    try:
        json_format.Parse(line.decode("utf-8-sig"), message)
    except (json_format.ParseError, UnicodeError, RecursionError) as error:
        raise ValueError(f"this is no {message.DESCRIPTOR.name}: {error}") from None
    return message

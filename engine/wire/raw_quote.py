"""Requests about a quote as the hot path reads them: the contract's messages, declared so that reading costs less.

Lines, credit accounts and facts stay the bytes that were sent for them, since callers state the same ones again and
again: a quote comes with all its lines whenever one of them was edited, and a map would be read key by key, an object
for every value. So the bytes are mostly known already (`read_quote`, `read_parts`, `read_facts`).

Few lines state more than a product, a quantity and a term. Whether one does is asked once (`states_more`), not for each
of the fields that it may state: these are not declared, and reading them takes the line's other message.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet
from quotewright.v1 import credit_pb2, quote_pb2, quote_service_pb2

RARE_LINE_FIELDS = frozenset({"discount", "components", "segments", "transactions"})
READ_BY_BYTES = frozenset({quote_pb2.QuoteLine.DESCRIPTOR.name, credit_pb2.CreditAccount.DESCRIPTOR.name})


def _pool(without: frozenset[str]) -> DescriptorPool:
    """The messages that QuoteService needs, with what is read by its bytes as bytes, a line without some fields."""
    pool = DescriptorPool()
    added: set[str] = set()

    def add(file: FileDescriptor) -> None:
        if file.name in added:
            return
        added.add(file.name)
        for needed in file.dependencies:
            add(needed)
        described = FileDescriptorProto()
        file.CopyToProto(described)
        if file.name in (quote_pb2.DESCRIPTOR.name, credit_pb2.DESCRIPTOR.name):
            for message in described.message_type:
                _keep_bytes(message)
                if message.name == quote_pb2.QuoteLine.DESCRIPTOR.name:
                    _drop_fields(message, without)
        pool.Add(described)

    add(quote_service_pb2.DESCRIPTOR)
    return pool


def _keep_bytes(message: DescriptorProto) -> None:
    """Leave lines and accounts as bytes, and maps as what they are on the wire: sequences of entries, as bytes too."""
    entries = {nested.name for nested in message.nested_type if nested.options.map_entry}
    for field in message.field:
        if field.type_name.rpartition(".")[2] in entries | READ_BY_BYTES:
            field.type = FieldDescriptorProto.TYPE_BYTES
            field.ClearField("type_name")
    others = [nested for nested in message.nested_type if nested.name not in entries]
    del message.nested_type[:]
    message.nested_type.extend(others)


def _drop_fields(message: DescriptorProto, names: frozenset[str]) -> None:
    kept = [field for field in message.field if field.name not in names]
    if len(kept) + len(names) != len(message.field):
        raise TypeError(f"the message {message.name} lacks one of the fields {', '.join(sorted(names))}")
    del message.field[:]
    message.field.extend(kept)


def _raw(message: type[Message], pool: DescriptorPool) -> Any:
    return GetMessageClass(pool.FindMessageTypeByName(message.DESCRIPTOR.full_name))


_BRIEF = _pool(without=RARE_LINE_FIELDS)

# The classes are made when this is imported, so that no type can be told for what they read.
RawQuote = _raw(quote_pb2.Quote, _BRIEF)
RawPriceQuoteRequest = _raw(quote_service_pb2.PriceQuoteRequest, _BRIEF)
RawPriceQuotesRequest = _raw(quote_service_pb2.PriceQuotesRequest, _BRIEF)
RawCreditRequest = _raw(credit_pb2.CreditRequest, _BRIEF)
BriefLine = _raw(quote_pb2.QuoteLine, _BRIEF)
FullLine = _raw(quote_pb2.QuoteLine, _pool(without=frozenset()))

states_more = UnknownFieldSet
"""What a brief line states beside its own fields; true where there is anything."""

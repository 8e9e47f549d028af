from quotewright.v1 import credit_pb2 as _credit_pb2
from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CheckCreditRequest(_message.Message):
    __slots__ = ("quote", "credit")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    credit: _credit_pb2.CreditRequest
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., credit: _Optional[_Union[_credit_pb2.CreditRequest, _Mapping]] = ...) -> None: ...

class CheckCreditResponse(_message.Message):
    __slots__ = ("credit", "rulebook_version", "catalogue_version")
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    credit: _credit_pb2.CreditResult
    rulebook_version: str
    catalogue_version: str
    def __init__(self, credit: _Optional[_Union[_credit_pb2.CreditResult, _Mapping]] = ..., rulebook_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ...) -> None: ...

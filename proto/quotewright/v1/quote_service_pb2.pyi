from google.rpc import status_pb2 as _status_pb2
from quotewright.v1 import approval_pb2 as _approval_pb2
from quotewright.v1 import credit_pb2 as _credit_pb2
from quotewright.v1 import decision_pb2 as _decision_pb2
from quotewright.v1 import explanation_pb2 as _explanation_pb2
from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PriceQuoteRequest(_message.Message):
    __slots__ = ("quote", "credit", "approval", "explanation")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    credit: _credit_pb2.CreditRequest
    approval: _approval_pb2.ApprovalRequest
    explanation: bool
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., credit: _Optional[_Union[_credit_pb2.CreditRequest, _Mapping]] = ..., approval: _Optional[_Union[_approval_pb2.ApprovalRequest, _Mapping]] = ..., explanation: bool = ...) -> None: ...

class PriceQuoteResponse(_message.Message):
    __slots__ = ("decision", "decision_id", "explanation")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    decision: _decision_pb2.Decision
    decision_id: str
    explanation: _explanation_pb2.Explanation
    def __init__(self, decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., decision_id: _Optional[str] = ..., explanation: _Optional[_Union[_explanation_pb2.Explanation, _Mapping]] = ...) -> None: ...

class PriceQuotesRequest(_message.Message):
    __slots__ = ("quote", "credit", "approval", "explanation")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    credit: _credit_pb2.CreditRequest
    approval: _approval_pb2.ApprovalRequest
    explanation: bool
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., credit: _Optional[_Union[_credit_pb2.CreditRequest, _Mapping]] = ..., approval: _Optional[_Union[_approval_pb2.ApprovalRequest, _Mapping]] = ..., explanation: bool = ...) -> None: ...

class PriceQuotesResponse(_message.Message):
    __slots__ = ("decision", "error", "decision_id", "explanation")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    decision: _decision_pb2.Decision
    error: _status_pb2.Status
    decision_id: str
    explanation: _explanation_pb2.Explanation
    def __init__(self, decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., decision_id: _Optional[str] = ..., explanation: _Optional[_Union[_explanation_pb2.Explanation, _Mapping]] = ...) -> None: ...

class SolveDiscountRequest(_message.Message):
    __slots__ = ("quote", "margin_percent", "approval", "credit", "line_id")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    MARGIN_PERCENT_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    margin_percent: str
    approval: _approval_pb2.ApprovalRequest
    credit: _credit_pb2.CreditRequest
    line_id: str
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., margin_percent: _Optional[str] = ..., approval: _Optional[_Union[_approval_pb2.ApprovalRequest, _Mapping]] = ..., credit: _Optional[_Union[_credit_pb2.CreditRequest, _Mapping]] = ..., line_id: _Optional[str] = ...) -> None: ...

class SolveDiscountResponse(_message.Message):
    __slots__ = ("amount", "percent", "decision", "unit_price")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    amount: str
    percent: str
    decision: _decision_pb2.Decision
    unit_price: str
    def __init__(self, amount: _Optional[str] = ..., percent: _Optional[str] = ..., decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., unit_price: _Optional[str] = ...) -> None: ...

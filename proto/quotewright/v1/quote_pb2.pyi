from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Quote(_message.Message):
    __slots__ = ("id", "currency", "price_date", "customer_id", "channel", "lines", "customer", "facts", "coupons", "discount", "explain_alternatives")
    class CustomerEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[FactValue, _Mapping]] = ...) -> None: ...
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[FactValue, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PRICE_DATE_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    id: str
    currency: str
    price_date: str
    customer_id: str
    channel: str
    lines: _containers.RepeatedCompositeFieldContainer[QuoteLine]
    customer: _containers.MessageMap[str, FactValue]
    facts: _containers.MessageMap[str, FactValue]
    coupons: _containers.RepeatedScalarFieldContainer[str]
    discount: RequestedDiscount
    explain_alternatives: bool
    def __init__(self, id: _Optional[str] = ..., currency: _Optional[str] = ..., price_date: _Optional[str] = ..., customer_id: _Optional[str] = ..., channel: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[QuoteLine, _Mapping]]] = ..., customer: _Optional[_Mapping[str, FactValue]] = ..., facts: _Optional[_Mapping[str, FactValue]] = ..., coupons: _Optional[_Iterable[str]] = ..., discount: _Optional[_Union[RequestedDiscount, _Mapping]] = ..., explain_alternatives: bool = ...) -> None: ...

class QuoteLine(_message.Message):
    __slots__ = ("id", "sku", "quantity", "start_date", "end_date", "term_months", "facts", "discount", "components", "segments", "until_date", "transactions")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[FactValue, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    TERM_MONTHS_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    COMPONENTS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    sku: str
    quantity: str
    start_date: str
    end_date: str
    term_months: int
    facts: _containers.MessageMap[str, FactValue]
    discount: RequestedDiscount
    components: _containers.RepeatedCompositeFieldContainer[Component]
    segments: _containers.RepeatedCompositeFieldContainer[RampSegment]
    until_date: str
    transactions: Transactions
    def __init__(self, id: _Optional[str] = ..., sku: _Optional[str] = ..., quantity: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., term_months: _Optional[int] = ..., facts: _Optional[_Mapping[str, FactValue]] = ..., discount: _Optional[_Union[RequestedDiscount, _Mapping]] = ..., components: _Optional[_Iterable[_Union[Component, _Mapping]]] = ..., segments: _Optional[_Iterable[_Union[RampSegment, _Mapping]]] = ..., until_date: _Optional[str] = ..., transactions: _Optional[_Union[Transactions, _Mapping]] = ...) -> None: ...

class FactValue(_message.Message):
    __slots__ = ("text", "number", "boolean", "date")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BOOLEAN_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    text: str
    number: str
    boolean: bool
    date: str
    def __init__(self, text: _Optional[str] = ..., number: _Optional[str] = ..., boolean: bool = ..., date: _Optional[str] = ...) -> None: ...

class RequestedDiscount(_message.Message):
    __slots__ = ("percent", "amount", "price", "reason")
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    percent: str
    amount: str
    price: str
    reason: str
    def __init__(self, percent: _Optional[str] = ..., amount: _Optional[str] = ..., price: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Component(_message.Message):
    __slots__ = ("sku", "quantity", "components")
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    COMPONENTS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    quantity: str
    components: _containers.RepeatedCompositeFieldContainer[Component]
    def __init__(self, sku: _Optional[str] = ..., quantity: _Optional[str] = ..., components: _Optional[_Iterable[_Union[Component, _Mapping]]] = ...) -> None: ...

class Transactions(_message.Message):
    __slots__ = ("amounts", "count")
    AMOUNTS_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    amounts: _containers.RepeatedScalarFieldContainer[str]
    count: int
    def __init__(self, amounts: _Optional[_Iterable[str]] = ..., count: _Optional[int] = ...) -> None: ...

class RampSegment(_message.Message):
    __slots__ = ("start_date", "end_date", "quantity", "unit_price", "until_date")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    start_date: str
    end_date: str
    quantity: str
    unit_price: str
    until_date: str
    def __init__(self, start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., quantity: _Optional[str] = ..., unit_price: _Optional[str] = ..., until_date: _Optional[str] = ...) -> None: ...

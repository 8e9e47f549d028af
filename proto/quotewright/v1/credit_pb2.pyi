from quotewright.v1 import approval_pb2 as _approval_pb2
from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreditOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDIT_OUTCOME_UNSPECIFIED: _ClassVar[CreditOutcome]
    CREDIT_OUTCOME_APPROVE: _ClassVar[CreditOutcome]
    CREDIT_OUTCOME_APPROVE_WITH_CONDITIONS: _ClassVar[CreditOutcome]
    CREDIT_OUTCOME_REFER: _ClassVar[CreditOutcome]
    CREDIT_OUTCOME_HOLD: _ClassVar[CreditOutcome]
    CREDIT_OUTCOME_REJECT: _ClassVar[CreditOutcome]

class CreditConditionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDIT_CONDITION_KIND_UNSPECIFIED: _ClassVar[CreditConditionKind]
    CREDIT_CONDITION_KIND_DEPOSIT_PERCENT: _ClassVar[CreditConditionKind]
    CREDIT_CONDITION_KIND_DEPOSIT_AMOUNT: _ClassVar[CreditConditionKind]
    CREDIT_CONDITION_KIND_PAYMENT_TERMS: _ClassVar[CreditConditionKind]
    CREDIT_CONDITION_KIND_PARTIAL_SHIPMENT: _ClassVar[CreditConditionKind]
CREDIT_OUTCOME_UNSPECIFIED: CreditOutcome
CREDIT_OUTCOME_APPROVE: CreditOutcome
CREDIT_OUTCOME_APPROVE_WITH_CONDITIONS: CreditOutcome
CREDIT_OUTCOME_REFER: CreditOutcome
CREDIT_OUTCOME_HOLD: CreditOutcome
CREDIT_OUTCOME_REJECT: CreditOutcome
CREDIT_CONDITION_KIND_UNSPECIFIED: CreditConditionKind
CREDIT_CONDITION_KIND_DEPOSIT_PERCENT: CreditConditionKind
CREDIT_CONDITION_KIND_DEPOSIT_AMOUNT: CreditConditionKind
CREDIT_CONDITION_KIND_PAYMENT_TERMS: CreditConditionKind
CREDIT_CONDITION_KIND_PARTIAL_SHIPMENT: CreditConditionKind

class CreditRequest(_message.Message):
    __slots__ = ("account", "accounts", "day", "ship_date", "override")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    SHIP_DATE_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    account: str
    accounts: _containers.RepeatedCompositeFieldContainer[CreditAccount]
    day: str
    ship_date: str
    override: CreditOverride
    def __init__(self, account: _Optional[str] = ..., accounts: _Optional[_Iterable[_Union[CreditAccount, _Mapping]]] = ..., day: _Optional[str] = ..., ship_date: _Optional[str] = ..., override: _Optional[_Union[CreditOverride, _Mapping]] = ...) -> None: ...

class CreditAccount(_message.Message):
    __slots__ = ("id", "parent", "shares_limit", "limit", "limit_expires", "insured_until", "blocked", "receivables", "orders", "deliveries", "deposits", "facts")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _quote_pb2.FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    SHARES_LIMIT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_EXPIRES_FIELD_NUMBER: _ClassVar[int]
    INSURED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    RECEIVABLES_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    DEPOSITS_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    parent: str
    shares_limit: bool
    limit: str
    limit_expires: str
    insured_until: str
    blocked: bool
    receivables: _containers.RepeatedCompositeFieldContainer[OpenItem]
    orders: _containers.RepeatedCompositeFieldContainer[OpenOrder]
    deliveries: _containers.RepeatedCompositeFieldContainer[OpenOrder]
    deposits: str
    facts: _containers.MessageMap[str, _quote_pb2.FactValue]
    def __init__(self, id: _Optional[str] = ..., parent: _Optional[str] = ..., shares_limit: bool = ..., limit: _Optional[str] = ..., limit_expires: _Optional[str] = ..., insured_until: _Optional[str] = ..., blocked: bool = ..., receivables: _Optional[_Iterable[_Union[OpenItem, _Mapping]]] = ..., orders: _Optional[_Iterable[_Union[OpenOrder, _Mapping]]] = ..., deliveries: _Optional[_Iterable[_Union[OpenOrder, _Mapping]]] = ..., deposits: _Optional[str] = ..., facts: _Optional[_Mapping[str, _quote_pb2.FactValue]] = ...) -> None: ...

class OpenItem(_message.Message):
    __slots__ = ("amount", "due_date")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    amount: str
    due_date: str
    def __init__(self, amount: _Optional[str] = ..., due_date: _Optional[str] = ...) -> None: ...

class OpenOrder(_message.Message):
    __slots__ = ("amount", "ship_date")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    SHIP_DATE_FIELD_NUMBER: _ClassVar[int]
    amount: str
    ship_date: str
    def __init__(self, amount: _Optional[str] = ..., ship_date: _Optional[str] = ...) -> None: ...

class CreditOverride(_message.Message):
    __slots__ = ("person", "role", "reason")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    person: str
    role: str
    reason: str
    def __init__(self, person: _Optional[str] = ..., role: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CreditResult(_message.Message):
    __slots__ = ("outcome", "account", "currency", "limit", "limit_account", "headroom", "used_percent", "horizon_headroom", "exposure", "levels", "score", "rating", "role", "findings", "conditions", "overridden_by", "override_reason")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_FIELD_NUMBER: _ClassVar[int]
    USED_PERCENT_FIELD_NUMBER: _ClassVar[int]
    HORIZON_HEADROOM_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDDEN_BY_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_REASON_FIELD_NUMBER: _ClassVar[int]
    outcome: CreditOutcome
    account: str
    currency: str
    limit: str
    limit_account: str
    headroom: str
    used_percent: str
    horizon_headroom: str
    exposure: CreditExposure
    levels: _containers.RepeatedCompositeFieldContainer[CreditLevel]
    score: str
    rating: str
    role: str
    findings: _containers.RepeatedCompositeFieldContainer[CreditFinding]
    conditions: _containers.RepeatedCompositeFieldContainer[CreditCondition]
    overridden_by: str
    override_reason: str
    def __init__(self, outcome: _Optional[_Union[CreditOutcome, str]] = ..., account: _Optional[str] = ..., currency: _Optional[str] = ..., limit: _Optional[str] = ..., limit_account: _Optional[str] = ..., headroom: _Optional[str] = ..., used_percent: _Optional[str] = ..., horizon_headroom: _Optional[str] = ..., exposure: _Optional[_Union[CreditExposure, _Mapping]] = ..., levels: _Optional[_Iterable[_Union[CreditLevel, _Mapping]]] = ..., score: _Optional[str] = ..., rating: _Optional[str] = ..., role: _Optional[str] = ..., findings: _Optional[_Iterable[_Union[CreditFinding, _Mapping]]] = ..., conditions: _Optional[_Iterable[_Union[CreditCondition, _Mapping]]] = ..., overridden_by: _Optional[str] = ..., override_reason: _Optional[str] = ...) -> None: ...

class CreditExposure(_message.Message):
    __slots__ = ("receivables", "orders", "deliveries", "quote", "deposits", "total", "horizon_total", "overdue", "overdue_percent", "oldest_days")
    RECEIVABLES_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    DEPOSITS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    HORIZON_TOTAL_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    OLDEST_DAYS_FIELD_NUMBER: _ClassVar[int]
    receivables: str
    orders: str
    deliveries: str
    quote: str
    deposits: str
    total: str
    horizon_total: str
    overdue: str
    overdue_percent: str
    oldest_days: int
    def __init__(self, receivables: _Optional[str] = ..., orders: _Optional[str] = ..., deliveries: _Optional[str] = ..., quote: _Optional[str] = ..., deposits: _Optional[str] = ..., total: _Optional[str] = ..., horizon_total: _Optional[str] = ..., overdue: _Optional[str] = ..., overdue_percent: _Optional[str] = ..., oldest_days: _Optional[int] = ...) -> None: ...

class CreditLevel(_message.Message):
    __slots__ = ("account", "limit", "exposure", "horizon_exposure")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    HORIZON_EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    account: str
    limit: str
    exposure: str
    horizon_exposure: str
    def __init__(self, account: _Optional[str] = ..., limit: _Optional[str] = ..., exposure: _Optional[str] = ..., horizon_exposure: _Optional[str] = ...) -> None: ...

class CreditFinding(_message.Message):
    __slots__ = ("reason", "outcome", "role")
    REASON_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    reason: _approval_pb2.RuleReason
    outcome: CreditOutcome
    role: str
    def __init__(self, reason: _Optional[_Union[_approval_pb2.RuleReason, _Mapping]] = ..., outcome: _Optional[_Union[CreditOutcome, str]] = ..., role: _Optional[str] = ...) -> None: ...

class CreditCondition(_message.Message):
    __slots__ = ("kind", "value", "rule_id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    kind: CreditConditionKind
    value: str
    rule_id: str
    def __init__(self, kind: _Optional[_Union[CreditConditionKind, str]] = ..., value: _Optional[str] = ..., rule_id: _Optional[str] = ...) -> None: ...

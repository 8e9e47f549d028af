from quotewright.v1 import approval_pb2 as _approval_pb2
from quotewright.v1 import credit_pb2 as _credit_pb2
from quotewright.v1 import decision_pb2 as _decision_pb2
from quotewright.v1 import explanation_pb2 as _explanation_pb2
from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RenewalState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RENEWAL_STATE_UNSPECIFIED: _ClassVar[RenewalState]
    RENEWAL_STATE_PROPOSED: _ClassVar[RenewalState]
    RENEWAL_STATE_NOTHING_TO_RENEW: _ClassVar[RenewalState]
    RENEWAL_STATE_REFUSED: _ClassVar[RenewalState]

class RulebookChoice(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RULEBOOK_CHOICE_UNSPECIFIED: _ClassVar[RulebookChoice]
    RULEBOOK_CHOICE_YES: _ClassVar[RulebookChoice]
    RULEBOOK_CHOICE_NO: _ClassVar[RulebookChoice]

class RenewalMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RENEWAL_METHOD_UNSPECIFIED: _ClassVar[RenewalMethod]
    RENEWAL_METHOD_SAME: _ClassVar[RenewalMethod]
    RENEWAL_METHOD_LIST: _ClassVar[RenewalMethod]
    RENEWAL_METHOD_UPLIFT: _ClassVar[RenewalMethod]

class NoticeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_STATE_UNSPECIFIED: _ClassVar[NoticeState]
    NOTICE_STATE_NOT_DUE: _ClassVar[NoticeState]
    NOTICE_STATE_DUE: _ClassVar[NoticeState]
    NOTICE_STATE_NOTICE_PASSED: _ClassVar[NoticeState]
    NOTICE_STATE_ENDED: _ClassVar[NoticeState]
RENEWAL_STATE_UNSPECIFIED: RenewalState
RENEWAL_STATE_PROPOSED: RenewalState
RENEWAL_STATE_NOTHING_TO_RENEW: RenewalState
RENEWAL_STATE_REFUSED: RenewalState
RULEBOOK_CHOICE_UNSPECIFIED: RulebookChoice
RULEBOOK_CHOICE_YES: RulebookChoice
RULEBOOK_CHOICE_NO: RulebookChoice
RENEWAL_METHOD_UNSPECIFIED: RenewalMethod
RENEWAL_METHOD_SAME: RenewalMethod
RENEWAL_METHOD_LIST: RenewalMethod
RENEWAL_METHOD_UPLIFT: RenewalMethod
NOTICE_STATE_UNSPECIFIED: NoticeState
NOTICE_STATE_NOT_DUE: NoticeState
NOTICE_STATE_DUE: NoticeState
NOTICE_STATE_NOTICE_PASSED: NoticeState
NOTICE_STATE_ENDED: NoticeState

class ProposeRenewalRequest(_message.Message):
    __slots__ = ("contract", "day", "term_months", "start_date", "co_term", "end_date", "quantities", "additions", "credit", "approval", "contract_id", "explanation")
    class QuantitiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    TERM_MONTHS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    CO_TERM_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_FIELD_NUMBER: _ClassVar[int]
    ADDITIONS_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    contract: Contract
    day: str
    term_months: int
    start_date: str
    co_term: RulebookChoice
    end_date: str
    quantities: _containers.ScalarMap[str, str]
    additions: _containers.RepeatedCompositeFieldContainer[_quote_pb2.QuoteLine]
    credit: _credit_pb2.CreditRequest
    approval: _approval_pb2.ApprovalRequest
    contract_id: str
    explanation: bool
    def __init__(self, contract: _Optional[_Union[Contract, _Mapping]] = ..., day: _Optional[str] = ..., term_months: _Optional[int] = ..., start_date: _Optional[str] = ..., co_term: _Optional[_Union[RulebookChoice, str]] = ..., end_date: _Optional[str] = ..., quantities: _Optional[_Mapping[str, str]] = ..., additions: _Optional[_Iterable[_Union[_quote_pb2.QuoteLine, _Mapping]]] = ..., credit: _Optional[_Union[_credit_pb2.CreditRequest, _Mapping]] = ..., approval: _Optional[_Union[_approval_pb2.ApprovalRequest, _Mapping]] = ..., contract_id: _Optional[str] = ..., explanation: bool = ...) -> None: ...

class PutContractRequest(_message.Message):
    __slots__ = ("contract",)
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    contract: Contract
    def __init__(self, contract: _Optional[_Union[Contract, _Mapping]] = ...) -> None: ...

class PutContractResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetContractRequest(_message.Message):
    __slots__ = ("contract_id",)
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    contract_id: str
    def __init__(self, contract_id: _Optional[str] = ...) -> None: ...

class GetContractResponse(_message.Message):
    __slots__ = ("contract", "version", "renewal")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RENEWAL_FIELD_NUMBER: _ClassVar[int]
    contract: Contract
    version: int
    renewal: StoredRenewal
    def __init__(self, contract: _Optional[_Union[Contract, _Mapping]] = ..., version: _Optional[int] = ..., renewal: _Optional[_Union[StoredRenewal, _Mapping]] = ...) -> None: ...

class StoredRenewal(_message.Message):
    __slots__ = ("contract_version", "day", "state", "proposal", "problems")
    CONTRACT_VERSION_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    contract_version: int
    day: str
    state: RenewalState
    proposal: ProposeRenewalResponse
    problems: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, contract_version: _Optional[int] = ..., day: _Optional[str] = ..., state: _Optional[_Union[RenewalState, str]] = ..., proposal: _Optional[_Union[ProposeRenewalResponse, _Mapping]] = ..., problems: _Optional[_Iterable[str]] = ...) -> None: ...

class ListContractsRequest(_message.Message):
    __slots__ = ("ends_from", "ends_to", "customer_id", "page_size", "page_token")
    ENDS_FROM_FIELD_NUMBER: _ClassVar[int]
    ENDS_TO_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ends_from: str
    ends_to: str
    customer_id: str
    page_size: int
    page_token: str
    def __init__(self, ends_from: _Optional[str] = ..., ends_to: _Optional[str] = ..., customer_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListContractsResponse(_message.Message):
    __slots__ = ("contracts", "next_page_token")
    CONTRACTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    contracts: _containers.RepeatedCompositeFieldContainer[ContractSummary]
    next_page_token: str
    def __init__(self, contracts: _Optional[_Iterable[_Union[ContractSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ContractSummary(_message.Message):
    __slots__ = ("contract_id", "version", "customer_id", "ends", "renewal")
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    ENDS_FIELD_NUMBER: _ClassVar[int]
    RENEWAL_FIELD_NUMBER: _ClassVar[int]
    contract_id: str
    version: int
    customer_id: str
    ends: str
    renewal: RenewalState
    def __init__(self, contract_id: _Optional[str] = ..., version: _Optional[int] = ..., customer_id: _Optional[str] = ..., ends: _Optional[str] = ..., renewal: _Optional[_Union[RenewalState, str]] = ...) -> None: ...

class Contract(_message.Message):
    __slots__ = ("id", "customer_id", "currency", "lines", "channel", "method", "uplift", "auto_renew", "notice_days", "facts")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _quote_pb2.FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    UPLIFT_FIELD_NUMBER: _ClassVar[int]
    AUTO_RENEW_FIELD_NUMBER: _ClassVar[int]
    NOTICE_DAYS_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    customer_id: str
    currency: str
    lines: _containers.RepeatedCompositeFieldContainer[ContractLine]
    channel: str
    method: RenewalMethod
    uplift: Uplift
    auto_renew: RulebookChoice
    notice_days: int
    facts: _containers.MessageMap[str, _quote_pb2.FactValue]
    def __init__(self, id: _Optional[str] = ..., customer_id: _Optional[str] = ..., currency: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ContractLine, _Mapping]]] = ..., channel: _Optional[str] = ..., method: _Optional[_Union[RenewalMethod, str]] = ..., uplift: _Optional[_Union[Uplift, _Mapping]] = ..., auto_renew: _Optional[_Union[RulebookChoice, str]] = ..., notice_days: _Optional[int] = ..., facts: _Optional[_Mapping[str, _quote_pb2.FactValue]] = ...) -> None: ...

class ContractLine(_message.Message):
    __slots__ = ("id", "sku", "quantity", "unit_price", "start_date", "end_date", "segments", "renewable", "method", "uplift", "facts")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _quote_pb2.FactValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    RENEWABLE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    UPLIFT_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    sku: str
    quantity: str
    unit_price: str
    start_date: str
    end_date: str
    segments: _containers.RepeatedCompositeFieldContainer[_quote_pb2.RampSegment]
    renewable: RulebookChoice
    method: RenewalMethod
    uplift: Uplift
    facts: _containers.MessageMap[str, _quote_pb2.FactValue]
    def __init__(self, id: _Optional[str] = ..., sku: _Optional[str] = ..., quantity: _Optional[str] = ..., unit_price: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., segments: _Optional[_Iterable[_Union[_quote_pb2.RampSegment, _Mapping]]] = ..., renewable: _Optional[_Union[RulebookChoice, str]] = ..., method: _Optional[_Union[RenewalMethod, str]] = ..., uplift: _Optional[_Union[Uplift, _Mapping]] = ..., facts: _Optional[_Mapping[str, _quote_pb2.FactValue]] = ...) -> None: ...

class Uplift(_message.Message):
    __slots__ = ("percent", "index", "floor", "cap", "per_term", "compound")
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    CAP_FIELD_NUMBER: _ClassVar[int]
    PER_TERM_FIELD_NUMBER: _ClassVar[int]
    COMPOUND_FIELD_NUMBER: _ClassVar[int]
    percent: str
    index: str
    floor: str
    cap: str
    per_term: bool
    compound: bool
    def __init__(self, percent: _Optional[str] = ..., index: _Optional[str] = ..., floor: _Optional[str] = ..., cap: _Optional[str] = ..., per_term: bool = ..., compound: bool = ...) -> None: ...

class ProposeRenewalResponse(_message.Message):
    __slots__ = ("quote", "decision", "lines", "excluded", "notice", "flags", "explanation")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    EXCLUDED_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    decision: _decision_pb2.Decision
    lines: _containers.RepeatedCompositeFieldContainer[RenewedLine]
    excluded: _containers.RepeatedCompositeFieldContainer[ExcludedLine]
    notice: RenewalNotice
    flags: _containers.RepeatedCompositeFieldContainer[RenewalFlag]
    explanation: _explanation_pb2.Explanation
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[RenewedLine, _Mapping]]] = ..., excluded: _Optional[_Iterable[_Union[ExcludedLine, _Mapping]]] = ..., notice: _Optional[_Union[RenewalNotice, _Mapping]] = ..., flags: _Optional[_Iterable[_Union[RenewalFlag, _Mapping]]] = ..., explanation: _Optional[_Union[_explanation_pb2.Explanation, _Mapping]] = ...) -> None: ...

class RenewedLine(_message.Message):
    __slots__ = ("contract_line", "method", "decided_by", "quantity_before", "quantity", "price_before", "price", "rate", "start_date", "end_date", "explanation", "reasons", "days_given_up", "unused_value")
    CONTRACT_LINE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_BEFORE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PRICE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    DAYS_GIVEN_UP_FIELD_NUMBER: _ClassVar[int]
    UNUSED_VALUE_FIELD_NUMBER: _ClassVar[int]
    contract_line: str
    method: RenewalMethod
    decided_by: str
    quantity_before: str
    quantity: str
    price_before: str
    price: str
    rate: str
    start_date: str
    end_date: str
    explanation: str
    reasons: _containers.RepeatedCompositeFieldContainer[_approval_pb2.RuleReason]
    days_given_up: int
    unused_value: str
    def __init__(self, contract_line: _Optional[str] = ..., method: _Optional[_Union[RenewalMethod, str]] = ..., decided_by: _Optional[str] = ..., quantity_before: _Optional[str] = ..., quantity: _Optional[str] = ..., price_before: _Optional[str] = ..., price: _Optional[str] = ..., rate: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., explanation: _Optional[str] = ..., reasons: _Optional[_Iterable[_Union[_approval_pb2.RuleReason, _Mapping]]] = ..., days_given_up: _Optional[int] = ..., unused_value: _Optional[str] = ...) -> None: ...

class ExcludedLine(_message.Message):
    __slots__ = ("contract_line", "sku", "reason", "rule_id")
    CONTRACT_LINE_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    contract_line: str
    sku: str
    reason: str
    rule_id: str
    def __init__(self, contract_line: _Optional[str] = ..., sku: _Optional[str] = ..., reason: _Optional[str] = ..., rule_id: _Optional[str] = ...) -> None: ...

class RenewalNotice(_message.Message):
    __slots__ = ("state", "window_opens", "notice_by", "auto_renew", "actions")
    STATE_FIELD_NUMBER: _ClassVar[int]
    WINDOW_OPENS_FIELD_NUMBER: _ClassVar[int]
    NOTICE_BY_FIELD_NUMBER: _ClassVar[int]
    AUTO_RENEW_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    state: NoticeState
    window_opens: str
    notice_by: str
    auto_renew: bool
    actions: _containers.RepeatedCompositeFieldContainer[RenewalAction]
    def __init__(self, state: _Optional[_Union[NoticeState, str]] = ..., window_opens: _Optional[str] = ..., notice_by: _Optional[str] = ..., auto_renew: bool = ..., actions: _Optional[_Iterable[_Union[RenewalAction, _Mapping]]] = ...) -> None: ...

class RenewalAction(_message.Message):
    __slots__ = ("what", "by")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    what: str
    by: str
    def __init__(self, what: _Optional[str] = ..., by: _Optional[str] = ...) -> None: ...

class RenewalFlag(_message.Message):
    __slots__ = ("flag", "reason")
    FLAG_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    flag: str
    reason: _approval_pb2.RuleReason
    def __init__(self, flag: _Optional[str] = ..., reason: _Optional[_Union[_approval_pb2.RuleReason, _Mapping]] = ...) -> None: ...

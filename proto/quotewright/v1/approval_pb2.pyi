from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RouteOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTE_OUTCOME_UNSPECIFIED: _ClassVar[RouteOutcome]
    ROUTE_OUTCOME_AUTO_APPROVED: _ClassVar[RouteOutcome]
    ROUTE_OUTCOME_APPROVAL_REQUIRED: _ClassVar[RouteOutcome]
    ROUTE_OUTCOME_NO_APPROVER: _ClassVar[RouteOutcome]

class RouteStepStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTE_STEP_STATUS_UNSPECIFIED: _ClassVar[RouteStepStatus]
    ROUTE_STEP_STATUS_REQUIRED: _ClassVar[RouteStepStatus]
    ROUTE_STEP_STATUS_SKIPPED: _ClassVar[RouteStepStatus]
    ROUTE_STEP_STATUS_WAIVED: _ClassVar[RouteStepStatus]
    ROUTE_STEP_STATUS_NO_APPROVER: _ClassVar[RouteStepStatus]
ROUTE_OUTCOME_UNSPECIFIED: RouteOutcome
ROUTE_OUTCOME_AUTO_APPROVED: RouteOutcome
ROUTE_OUTCOME_APPROVAL_REQUIRED: RouteOutcome
ROUTE_OUTCOME_NO_APPROVER: RouteOutcome
ROUTE_STEP_STATUS_UNSPECIFIED: RouteStepStatus
ROUTE_STEP_STATUS_REQUIRED: RouteStepStatus
ROUTE_STEP_STATUS_SKIPPED: RouteStepStatus
ROUTE_STEP_STATUS_WAIVED: RouteStepStatus
ROUTE_STEP_STATUS_NO_APPROVER: RouteStepStatus

class ApprovalRequest(_message.Message):
    __slots__ = ("requester", "day")
    REQUESTER_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    requester: str
    day: str
    def __init__(self, requester: _Optional[str] = ..., day: _Optional[str] = ...) -> None: ...

class ApprovalRoute(_message.Message):
    __slots__ = ("outcome", "outcome_reason", "steps", "auto_approvals", "derived")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_REASON_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    AUTO_APPROVALS_FIELD_NUMBER: _ClassVar[int]
    DERIVED_FIELD_NUMBER: _ClassVar[int]
    outcome: RouteOutcome
    outcome_reason: str
    steps: _containers.RepeatedCompositeFieldContainer[RouteStep]
    auto_approvals: _containers.RepeatedCompositeFieldContainer[RuleReason]
    derived: _containers.RepeatedCompositeFieldContainer[DerivedFact]
    def __init__(self, outcome: _Optional[_Union[RouteOutcome, str]] = ..., outcome_reason: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[RouteStep, _Mapping]]] = ..., auto_approvals: _Optional[_Iterable[_Union[RuleReason, _Mapping]]] = ..., derived: _Optional[_Iterable[_Union[DerivedFact, _Mapping]]] = ...) -> None: ...

class RouteStep(_message.Message):
    __slots__ = ("id", "stage", "position", "status", "status_reason", "need", "slots", "escalate_after_hours", "escalation", "reasons")
    ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    STATUS_REASON_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    ESCALATE_AFTER_HOURS_FIELD_NUMBER: _ClassVar[int]
    ESCALATION_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    stage: int
    position: int
    status: RouteStepStatus
    status_reason: str
    need: int
    slots: _containers.RepeatedCompositeFieldContainer[ApprovalSlot]
    escalate_after_hours: int
    escalation: _containers.RepeatedCompositeFieldContainer[Approver]
    reasons: _containers.RepeatedCompositeFieldContainer[RuleReason]
    def __init__(self, id: _Optional[str] = ..., stage: _Optional[int] = ..., position: _Optional[int] = ..., status: _Optional[_Union[RouteStepStatus, str]] = ..., status_reason: _Optional[str] = ..., need: _Optional[int] = ..., slots: _Optional[_Iterable[_Union[ApprovalSlot, _Mapping]]] = ..., escalate_after_hours: _Optional[int] = ..., escalation: _Optional[_Iterable[_Union[Approver, _Mapping]]] = ..., reasons: _Optional[_Iterable[_Union[RuleReason, _Mapping]]] = ...) -> None: ...

class ApprovalSlot(_message.Message):
    __slots__ = ("role", "candidates", "decided_by", "on_behalf_of", "decided_at", "comment")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    ON_BEHALF_OF_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    role: str
    candidates: _containers.RepeatedCompositeFieldContainer[Approver]
    decided_by: str
    on_behalf_of: str
    decided_at: str
    comment: str
    def __init__(self, role: _Optional[str] = ..., candidates: _Optional[_Iterable[_Union[Approver, _Mapping]]] = ..., decided_by: _Optional[str] = ..., on_behalf_of: _Optional[str] = ..., decided_at: _Optional[str] = ..., comment: _Optional[str] = ...) -> None: ...

class Approver(_message.Message):
    __slots__ = ("person", "name", "on_behalf_of")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ON_BEHALF_OF_FIELD_NUMBER: _ClassVar[int]
    person: str
    name: str
    on_behalf_of: str
    def __init__(self, person: _Optional[str] = ..., name: _Optional[str] = ..., on_behalf_of: _Optional[str] = ...) -> None: ...

class RuleReason(_message.Message):
    __slots__ = ("rule_id", "file", "line", "text", "values")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    file: str
    line: int
    text: str
    values: _containers.RepeatedCompositeFieldContainer[NamedFact]
    def __init__(self, rule_id: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ..., text: _Optional[str] = ..., values: _Optional[_Iterable[_Union[NamedFact, _Mapping]]] = ...) -> None: ...

class NamedFact(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _quote_pb2.FactValue
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ...) -> None: ...

class DerivedFact(_message.Message):
    __slots__ = ("name", "value", "reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _quote_pb2.FactValue
    reason: RuleReason
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ..., reason: _Optional[_Union[RuleReason, _Mapping]] = ...) -> None: ...

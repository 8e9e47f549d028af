from quotewright.v1 import approval_pb2 as _approval_pb2
from quotewright.v1 import credit_pb2 as _credit_pb2
from quotewright.v1 import decision_pb2 as _decision_pb2
from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ApprovalState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPROVAL_STATE_UNSPECIFIED: _ClassVar[ApprovalState]
    APPROVAL_STATE_DRAFT: _ClassVar[ApprovalState]
    APPROVAL_STATE_SUBMITTED: _ClassVar[ApprovalState]
    APPROVAL_STATE_IN_APPROVAL: _ClassVar[ApprovalState]
    APPROVAL_STATE_APPROVED: _ClassVar[ApprovalState]
    APPROVAL_STATE_REJECTED: _ClassVar[ApprovalState]
    APPROVAL_STATE_RECALLED: _ClassVar[ApprovalState]
    APPROVAL_STATE_EXPIRED: _ClassVar[ApprovalState]
    APPROVAL_STATE_SUPERSEDED: _ClassVar[ApprovalState]

class ApprovalStepState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPROVAL_STEP_STATE_UNSPECIFIED: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_WAITING: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_OPEN: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_APPROVED: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_REJECTED: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_SKIPPED: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_WAIVED: _ClassVar[ApprovalStepState]
    APPROVAL_STEP_STATE_CANCELLED: _ClassVar[ApprovalStepState]
APPROVAL_STATE_UNSPECIFIED: ApprovalState
APPROVAL_STATE_DRAFT: ApprovalState
APPROVAL_STATE_SUBMITTED: ApprovalState
APPROVAL_STATE_IN_APPROVAL: ApprovalState
APPROVAL_STATE_APPROVED: ApprovalState
APPROVAL_STATE_REJECTED: ApprovalState
APPROVAL_STATE_RECALLED: ApprovalState
APPROVAL_STATE_EXPIRED: ApprovalState
APPROVAL_STATE_SUPERSEDED: ApprovalState
APPROVAL_STEP_STATE_UNSPECIFIED: ApprovalStepState
APPROVAL_STEP_STATE_WAITING: ApprovalStepState
APPROVAL_STEP_STATE_OPEN: ApprovalStepState
APPROVAL_STEP_STATE_APPROVED: ApprovalStepState
APPROVAL_STEP_STATE_REJECTED: ApprovalStepState
APPROVAL_STEP_STATE_SKIPPED: ApprovalStepState
APPROVAL_STEP_STATE_WAIVED: ApprovalStepState
APPROVAL_STEP_STATE_CANCELLED: ApprovalStepState

class SaveDraftRequest(_message.Message):
    __slots__ = ("quote", "person", "idempotency_key", "expected_version")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    person: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., person: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class SaveDraftResponse(_message.Message):
    __slots__ = ("approval",)
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ...) -> None: ...

class SubmitQuoteRequest(_message.Message):
    __slots__ = ("quote", "person", "credit", "supersedes", "idempotency_key", "expected_version")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDES_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote: _quote_pb2.Quote
    person: str
    credit: _credit_pb2.CreditRequest
    supersedes: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., person: _Optional[str] = ..., credit: _Optional[_Union[_credit_pb2.CreditRequest, _Mapping]] = ..., supersedes: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class SubmitQuoteResponse(_message.Message):
    __slots__ = ("approval", "decision")
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    decision: _decision_pb2.Decision
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ..., decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ...) -> None: ...

class ApproveRequest(_message.Message):
    __slots__ = ("quote_id", "person", "step", "comment", "idempotency_key", "expected_version")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    person: str
    step: str
    comment: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote_id: _Optional[str] = ..., person: _Optional[str] = ..., step: _Optional[str] = ..., comment: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class ApproveResponse(_message.Message):
    __slots__ = ("approval",)
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ...) -> None: ...

class RejectRequest(_message.Message):
    __slots__ = ("quote_id", "person", "step", "comment", "idempotency_key", "expected_version")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    person: str
    step: str
    comment: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote_id: _Optional[str] = ..., person: _Optional[str] = ..., step: _Optional[str] = ..., comment: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class RejectResponse(_message.Message):
    __slots__ = ("approval",)
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ...) -> None: ...

class RecallRequest(_message.Message):
    __slots__ = ("quote_id", "person", "comment", "idempotency_key", "expected_version")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    person: str
    comment: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote_id: _Optional[str] = ..., person: _Optional[str] = ..., comment: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class RecallResponse(_message.Message):
    __slots__ = ("approval",)
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ...) -> None: ...

class DelegateRequest(_message.Message):
    __slots__ = ("quote_id", "person", "step", "to", "comment", "idempotency_key", "expected_version")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    person: str
    step: str
    to: str
    comment: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote_id: _Optional[str] = ..., person: _Optional[str] = ..., step: _Optional[str] = ..., to: _Optional[str] = ..., comment: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class DelegateResponse(_message.Message):
    __slots__ = ("approval",)
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ...) -> None: ...

class CommentRequest(_message.Message):
    __slots__ = ("quote_id", "person", "comment", "idempotency_key", "expected_version")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    person: str
    comment: str
    idempotency_key: str
    expected_version: int
    def __init__(self, quote_id: _Optional[str] = ..., person: _Optional[str] = ..., comment: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., expected_version: _Optional[int] = ...) -> None: ...

class CommentResponse(_message.Message):
    __slots__ = ("approval",)
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ...) -> None: ...

class GetApprovalRequest(_message.Message):
    __slots__ = ("quote_id",)
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    def __init__(self, quote_id: _Optional[str] = ...) -> None: ...

class GetApprovalResponse(_message.Message):
    __slots__ = ("approval", "quote", "decision", "history")
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    approval: Approval
    quote: _quote_pb2.Quote
    decision: _decision_pb2.Decision
    history: _containers.RepeatedCompositeFieldContainer[ApprovalEvent]
    def __init__(self, approval: _Optional[_Union[Approval, _Mapping]] = ..., quote: _Optional[_Union[_quote_pb2.Quote, _Mapping]] = ..., decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., history: _Optional[_Iterable[_Union[ApprovalEvent, _Mapping]]] = ...) -> None: ...

class ListApprovalsRequest(_message.Message):
    __slots__ = ("person", "page_size", "page_token")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    person: str
    page_size: int
    page_token: str
    def __init__(self, person: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListApprovalsResponse(_message.Message):
    __slots__ = ("approvals", "next_page_token")
    APPROVALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    approvals: _containers.RepeatedCompositeFieldContainer[Approval]
    next_page_token: str
    def __init__(self, approvals: _Optional[_Iterable[_Union[Approval, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListEventsRequest(_message.Message):
    __slots__ = ("after", "page_size")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    after: int
    page_size: int
    def __init__(self, after: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListEventsResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ApprovalEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[ApprovalEvent, _Mapping]]] = ...) -> None: ...

class WatchEventsRequest(_message.Message):
    __slots__ = ("after",)
    AFTER_FIELD_NUMBER: _ClassVar[int]
    after: int
    def __init__(self, after: _Optional[int] = ...) -> None: ...

class WatchEventsResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ApprovalEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[ApprovalEvent, _Mapping]]] = ...) -> None: ...

class Approval(_message.Message):
    __slots__ = ("quote_id", "version", "state", "requester", "submission", "outcome_reason", "submitted_at", "expires_at", "steps", "comments", "superseded_by")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REQUESTER_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_REASON_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    COMMENTS_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_BY_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    version: int
    state: ApprovalState
    requester: str
    submission: int
    outcome_reason: str
    submitted_at: str
    expires_at: str
    steps: _containers.RepeatedCompositeFieldContainer[ApprovalStep]
    comments: _containers.RepeatedCompositeFieldContainer[ApprovalComment]
    superseded_by: str
    def __init__(self, quote_id: _Optional[str] = ..., version: _Optional[int] = ..., state: _Optional[_Union[ApprovalState, str]] = ..., requester: _Optional[str] = ..., submission: _Optional[int] = ..., outcome_reason: _Optional[str] = ..., submitted_at: _Optional[str] = ..., expires_at: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[ApprovalStep, _Mapping]]] = ..., comments: _Optional[_Iterable[_Union[ApprovalComment, _Mapping]]] = ..., superseded_by: _Optional[str] = ...) -> None: ...

class ApprovalStep(_message.Message):
    __slots__ = ("id", "stage", "position", "state", "state_reason", "need", "slots", "reasons", "opened_at", "escalates_at", "escalated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_REASON_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    ESCALATES_AT_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    stage: int
    position: int
    state: ApprovalStepState
    state_reason: str
    need: int
    slots: _containers.RepeatedCompositeFieldContainer[_approval_pb2.ApprovalSlot]
    reasons: _containers.RepeatedCompositeFieldContainer[_approval_pb2.RuleReason]
    opened_at: str
    escalates_at: str
    escalated_at: str
    def __init__(self, id: _Optional[str] = ..., stage: _Optional[int] = ..., position: _Optional[int] = ..., state: _Optional[_Union[ApprovalStepState, str]] = ..., state_reason: _Optional[str] = ..., need: _Optional[int] = ..., slots: _Optional[_Iterable[_Union[_approval_pb2.ApprovalSlot, _Mapping]]] = ..., reasons: _Optional[_Iterable[_Union[_approval_pb2.RuleReason, _Mapping]]] = ..., opened_at: _Optional[str] = ..., escalates_at: _Optional[str] = ..., escalated_at: _Optional[str] = ...) -> None: ...

class ApprovalComment(_message.Message):
    __slots__ = ("person", "at", "text")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    person: str
    at: str
    text: str
    def __init__(self, person: _Optional[str] = ..., at: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class ApprovalEvent(_message.Message):
    __slots__ = ("sequence", "kind", "quote_id", "version", "person", "at", "detail_json", "hash")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_JSON_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    kind: str
    quote_id: str
    version: int
    person: str
    at: str
    detail_json: str
    hash: str
    def __init__(self, sequence: _Optional[int] = ..., kind: _Optional[str] = ..., quote_id: _Optional[str] = ..., version: _Optional[int] = ..., person: _Optional[str] = ..., at: _Optional[str] = ..., detail_json: _Optional[str] = ..., hash: _Optional[str] = ...) -> None: ...

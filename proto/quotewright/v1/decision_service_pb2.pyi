from quotewright.v1 import decision_pb2 as _decision_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReplayVersions(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPLAY_VERSIONS_UNSPECIFIED: _ClassVar[ReplayVersions]
    REPLAY_VERSIONS_RECORDED: _ClassVar[ReplayVersions]
    REPLAY_VERSIONS_ACTIVE: _ClassVar[ReplayVersions]
REPLAY_VERSIONS_UNSPECIFIED: ReplayVersions
REPLAY_VERSIONS_RECORDED: ReplayVersions
REPLAY_VERSIONS_ACTIVE: ReplayVersions

class RecordedDecision(_message.Message):
    __slots__ = ("id", "method", "quote_id", "rulebook_version", "catalogue_version", "engine_version", "first_at", "last_at", "times")
    ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_VERSION_FIELD_NUMBER: _ClassVar[int]
    FIRST_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_AT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    id: str
    method: str
    quote_id: str
    rulebook_version: str
    catalogue_version: str
    engine_version: str
    first_at: str
    last_at: str
    times: int
    def __init__(self, id: _Optional[str] = ..., method: _Optional[str] = ..., quote_id: _Optional[str] = ..., rulebook_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., engine_version: _Optional[str] = ..., first_at: _Optional[str] = ..., last_at: _Optional[str] = ..., times: _Optional[int] = ...) -> None: ...

class ListDecisionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "quote_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    quote_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., quote_id: _Optional[str] = ...) -> None: ...

class ListDecisionsResponse(_message.Message):
    __slots__ = ("decisions", "next_page_token", "unrecorded")
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    UNRECORDED_FIELD_NUMBER: _ClassVar[int]
    decisions: _containers.RepeatedCompositeFieldContainer[RecordedDecision]
    next_page_token: str
    unrecorded: int
    def __init__(self, decisions: _Optional[_Iterable[_Union[RecordedDecision, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., unrecorded: _Optional[int] = ...) -> None: ...

class GetDecisionRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class GetDecisionResponse(_message.Message):
    __slots__ = ("recorded", "request", "response", "decision")
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    recorded: RecordedDecision
    request: bytes
    response: bytes
    decision: _decision_pb2.Decision
    def __init__(self, recorded: _Optional[_Union[RecordedDecision, _Mapping]] = ..., request: _Optional[bytes] = ..., response: _Optional[bytes] = ..., decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ...) -> None: ...

class ReplayDecisionRequest(_message.Message):
    __slots__ = ("id", "versions")
    ID_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    versions: ReplayVersions
    def __init__(self, id: _Optional[str] = ..., versions: _Optional[_Union[ReplayVersions, str]] = ...) -> None: ...

class ReplayDecisionResponse(_message.Message):
    __slots__ = ("recorded", "identical", "differences", "rulebook_version", "catalogue_version", "engine_version", "decision", "refusal")
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    IDENTICAL_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_VERSION_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    recorded: RecordedDecision
    identical: bool
    differences: _containers.RepeatedScalarFieldContainer[str]
    rulebook_version: str
    catalogue_version: str
    engine_version: str
    decision: _decision_pb2.Decision
    refusal: str
    def __init__(self, recorded: _Optional[_Union[RecordedDecision, _Mapping]] = ..., identical: bool = ..., differences: _Optional[_Iterable[str]] = ..., rulebook_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., engine_version: _Optional[str] = ..., decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., refusal: _Optional[str] = ...) -> None: ...

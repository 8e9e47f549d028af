from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FindingSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FINDING_SEVERITY_UNSPECIFIED: _ClassVar[FindingSeverity]
    FINDING_SEVERITY_ERROR: _ClassVar[FindingSeverity]
    FINDING_SEVERITY_WARNING: _ClassVar[FindingSeverity]
    FINDING_SEVERITY_INFO: _ClassVar[FindingSeverity]

class ReleaseState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RELEASE_STATE_UNSPECIFIED: _ClassVar[ReleaseState]
    RELEASE_STATE_STAGED: _ClassVar[ReleaseState]
    RELEASE_STATE_ACTIVE: _ClassVar[ReleaseState]
    RELEASE_STATE_REPLACED: _ClassVar[ReleaseState]
    RELEASE_STATE_ROLLED_BACK: _ClassVar[ReleaseState]
FINDING_SEVERITY_UNSPECIFIED: FindingSeverity
FINDING_SEVERITY_ERROR: FindingSeverity
FINDING_SEVERITY_WARNING: FindingSeverity
FINDING_SEVERITY_INFO: FindingSeverity
RELEASE_STATE_UNSPECIFIED: ReleaseState
RELEASE_STATE_STAGED: ReleaseState
RELEASE_STATE_ACTIVE: ReleaseState
RELEASE_STATE_REPLACED: ReleaseState
RELEASE_STATE_ROLLED_BACK: ReleaseState

class GetRulebookRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetRulebookResponse(_message.Message):
    __slots__ = ("rulebook_version", "catalogue_version", "rules", "next_page_token", "total_size", "name")
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    rulebook_version: str
    catalogue_version: str
    rules: _containers.RepeatedCompositeFieldContainer[Rule]
    next_page_token: str
    total_size: int
    name: str
    def __init__(self, rulebook_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., rules: _Optional[_Iterable[_Union[Rule, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...

class Rule(_message.Message):
    __slots__ = ("id", "kind", "file", "line", "step", "stacking_group", "priority", "description", "action", "condition")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STACKING_GROUP_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: str
    file: str
    line: int
    step: str
    stacking_group: str
    priority: int
    description: str
    action: str
    condition: str
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ..., step: _Optional[str] = ..., stacking_group: _Optional[str] = ..., priority: _Optional[int] = ..., description: _Optional[str] = ..., action: _Optional[str] = ..., condition: _Optional[str] = ...) -> None: ...

class RulebookFile(_message.Message):
    __slots__ = ("name", "content")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    content: bytes
    def __init__(self, name: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class ValidateRulebookRequest(_message.Message):
    __slots__ = ("files",)
    FILES_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[RulebookFile]
    def __init__(self, files: _Optional[_Iterable[_Union[RulebookFile, _Mapping]]] = ...) -> None: ...

class ValidateRulebookResponse(_message.Message):
    __slots__ = ("usable", "findings", "rulebook_version", "catalogue_version", "name", "rules")
    USABLE_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    usable: bool
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    rulebook_version: str
    catalogue_version: str
    name: str
    rules: int
    def __init__(self, usable: bool = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ..., rulebook_version: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., name: _Optional[str] = ..., rules: _Optional[int] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("code", "severity", "message", "hint", "example", "file", "line", "column", "sheet", "cell", "end_column")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    EXAMPLE_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    SHEET_FIELD_NUMBER: _ClassVar[int]
    CELL_FIELD_NUMBER: _ClassVar[int]
    END_COLUMN_FIELD_NUMBER: _ClassVar[int]
    code: str
    severity: FindingSeverity
    message: str
    hint: str
    example: str
    file: str
    line: int
    column: int
    sheet: str
    cell: str
    end_column: int
    def __init__(self, code: _Optional[str] = ..., severity: _Optional[_Union[FindingSeverity, str]] = ..., message: _Optional[str] = ..., hint: _Optional[str] = ..., example: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., sheet: _Optional[str] = ..., cell: _Optional[str] = ..., end_column: _Optional[int] = ...) -> None: ...

class StageRulebookRequest(_message.Message):
    __slots__ = ("files", "person", "reason", "idempotency_key")
    FILES_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[RulebookFile]
    person: str
    reason: str
    idempotency_key: str
    def __init__(self, files: _Optional[_Iterable[_Union[RulebookFile, _Mapping]]] = ..., person: _Optional[str] = ..., reason: _Optional[str] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class StageRulebookResponse(_message.Message):
    __slots__ = ("release", "validation")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_FIELD_NUMBER: _ClassVar[int]
    release: Release
    validation: ValidateRulebookResponse
    def __init__(self, release: _Optional[_Union[Release, _Mapping]] = ..., validation: _Optional[_Union[ValidateRulebookResponse, _Mapping]] = ...) -> None: ...

class Release(_message.Message):
    __slots__ = ("id", "state", "rulebook_version", "rulebook_name", "catalogue_version", "engine_version", "rules", "base", "staged_at", "staged_by", "reason", "activate_at", "activated_at", "activated_by", "replaced")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_VERSION_FIELD_NUMBER: _ClassVar[int]
    RULEBOOK_NAME_FIELD_NUMBER: _ClassVar[int]
    CATALOGUE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    STAGED_AT_FIELD_NUMBER: _ClassVar[int]
    STAGED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTIVATE_AT_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_AT_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_BY_FIELD_NUMBER: _ClassVar[int]
    REPLACED_FIELD_NUMBER: _ClassVar[int]
    id: int
    state: ReleaseState
    rulebook_version: str
    rulebook_name: str
    catalogue_version: str
    engine_version: str
    rules: int
    base: int
    staged_at: str
    staged_by: str
    reason: str
    activate_at: str
    activated_at: str
    activated_by: str
    replaced: int
    def __init__(self, id: _Optional[int] = ..., state: _Optional[_Union[ReleaseState, str]] = ..., rulebook_version: _Optional[str] = ..., rulebook_name: _Optional[str] = ..., catalogue_version: _Optional[str] = ..., engine_version: _Optional[str] = ..., rules: _Optional[int] = ..., base: _Optional[int] = ..., staged_at: _Optional[str] = ..., staged_by: _Optional[str] = ..., reason: _Optional[str] = ..., activate_at: _Optional[str] = ..., activated_at: _Optional[str] = ..., activated_by: _Optional[str] = ..., replaced: _Optional[int] = ...) -> None: ...

class ActivateReleaseRequest(_message.Message):
    __slots__ = ("release", "expected_active", "activate_at", "person", "reason", "idempotency_key")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    ACTIVATE_AT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    release: int
    expected_active: int
    activate_at: str
    person: str
    reason: str
    idempotency_key: str
    def __init__(self, release: _Optional[int] = ..., expected_active: _Optional[int] = ..., activate_at: _Optional[str] = ..., person: _Optional[str] = ..., reason: _Optional[str] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class ActivateReleaseResponse(_message.Message):
    __slots__ = ("release", "scheduled")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    release: Release
    scheduled: _containers.RepeatedCompositeFieldContainer[Release]
    def __init__(self, release: _Optional[_Union[Release, _Mapping]] = ..., scheduled: _Optional[_Iterable[_Union[Release, _Mapping]]] = ...) -> None: ...

class CancelActivationRequest(_message.Message):
    __slots__ = ("release", "person", "reason", "idempotency_key")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    release: int
    person: str
    reason: str
    idempotency_key: str
    def __init__(self, release: _Optional[int] = ..., person: _Optional[str] = ..., reason: _Optional[str] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class CancelActivationResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: Release
    def __init__(self, release: _Optional[_Union[Release, _Mapping]] = ...) -> None: ...

class RollBackRequest(_message.Message):
    __slots__ = ("expected_active", "person", "reason", "idempotency_key")
    EXPECTED_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    expected_active: int
    person: str
    reason: str
    idempotency_key: str
    def __init__(self, expected_active: _Optional[int] = ..., person: _Optional[str] = ..., reason: _Optional[str] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class RollBackResponse(_message.Message):
    __slots__ = ("release", "scheduled")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    release: Release
    scheduled: _containers.RepeatedCompositeFieldContainer[Release]
    def __init__(self, release: _Optional[_Union[Release, _Mapping]] = ..., scheduled: _Optional[_Iterable[_Union[Release, _Mapping]]] = ...) -> None: ...

class ListReleasesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReleasesResponse(_message.Message):
    __slots__ = ("releases", "next_page_token", "active", "servers")
    RELEASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    SERVERS_FIELD_NUMBER: _ClassVar[int]
    releases: _containers.RepeatedCompositeFieldContainer[Release]
    next_page_token: str
    active: int
    servers: _containers.RepeatedCompositeFieldContainer[ServedRelease]
    def __init__(self, releases: _Optional[_Iterable[_Union[Release, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., active: _Optional[int] = ..., servers: _Optional[_Iterable[_Union[ServedRelease, _Mapping]]] = ...) -> None: ...

class ServedRelease(_message.Message):
    __slots__ = ("server", "release", "since", "refused", "error")
    SERVER_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    server: str
    release: int
    since: str
    refused: int
    error: str
    def __init__(self, server: _Optional[str] = ..., release: _Optional[int] = ..., since: _Optional[str] = ..., refused: _Optional[int] = ..., error: _Optional[str] = ...) -> None: ...

class GetReleaseRequest(_message.Message):
    __slots__ = ("release", "with_files")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    WITH_FILES_FIELD_NUMBER: _ClassVar[int]
    release: int
    with_files: bool
    def __init__(self, release: _Optional[int] = ..., with_files: bool = ...) -> None: ...

class GetReleaseResponse(_message.Message):
    __slots__ = ("release", "history", "findings", "servers", "files")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    SERVERS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    release: Release
    history: _containers.RepeatedCompositeFieldContainer[ReleaseEvent]
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    servers: _containers.RepeatedCompositeFieldContainer[ServedRelease]
    files: _containers.RepeatedCompositeFieldContainer[RulebookFile]
    def __init__(self, release: _Optional[_Union[Release, _Mapping]] = ..., history: _Optional[_Iterable[_Union[ReleaseEvent, _Mapping]]] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ..., servers: _Optional[_Iterable[_Union[ServedRelease, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[RulebookFile, _Mapping]]] = ...) -> None: ...

class ReleaseEvent(_message.Message):
    __slots__ = ("sequence", "at", "person", "kind", "detail", "hash")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    at: str
    person: str
    kind: str
    detail: str
    hash: str
    def __init__(self, sequence: _Optional[int] = ..., at: _Optional[str] = ..., person: _Optional[str] = ..., kind: _Optional[str] = ..., detail: _Optional[str] = ..., hash: _Optional[str] = ...) -> None: ...

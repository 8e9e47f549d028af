from google.rpc import status_pb2 as _status_pb2
from quotewright.v1 import configuration_pb2 as _configuration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ConfigureRequest(_message.Message):
    __slots__ = ("configuration", "precision", "reasons", "time_limit_ms")
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_MS_FIELD_NUMBER: _ClassVar[int]
    configuration: _configuration_pb2.Configuration
    precision: _configuration_pb2.Precision
    reasons: _configuration_pb2.Reasons
    time_limit_ms: int
    def __init__(self, configuration: _Optional[_Union[_configuration_pb2.Configuration, _Mapping]] = ..., precision: _Optional[_Union[_configuration_pb2.Precision, str]] = ..., reasons: _Optional[_Union[_configuration_pb2.Reasons, str]] = ..., time_limit_ms: _Optional[int] = ...) -> None: ...

class ConfigureResponse(_message.Message):
    __slots__ = ("model_version", "exact", "conflict", "groups", "attributes", "notices")
    MODEL_VERSION_FIELD_NUMBER: _ClassVar[int]
    EXACT_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    model_version: str
    exact: bool
    conflict: _configuration_pb2.ConfigurationReason
    groups: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.GroupState]
    attributes: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.AttributeState]
    notices: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.ConfigurationNotice]
    def __init__(self, model_version: _Optional[str] = ..., exact: bool = ..., conflict: _Optional[_Union[_configuration_pb2.ConfigurationReason, _Mapping]] = ..., groups: _Optional[_Iterable[_Union[_configuration_pb2.GroupState, _Mapping]]] = ..., attributes: _Optional[_Iterable[_Union[_configuration_pb2.AttributeState, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[_configuration_pb2.ConfigurationNotice, _Mapping]]] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("configuration", "name", "time_limit_ms")
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_MS_FIELD_NUMBER: _ClassVar[int]
    configuration: _configuration_pb2.Configuration
    name: str
    time_limit_ms: int
    def __init__(self, configuration: _Optional[_Union[_configuration_pb2.Configuration, _Mapping]] = ..., name: _Optional[str] = ..., time_limit_ms: _Optional[int] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("status", "reason")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    status: _configuration_pb2.OptionStatus
    reason: _configuration_pb2.ConfigurationReason
    def __init__(self, status: _Optional[_Union[_configuration_pb2.OptionStatus, str]] = ..., reason: _Optional[_Union[_configuration_pb2.ConfigurationReason, _Mapping]] = ...) -> None: ...

class RepairRequest(_message.Message):
    __slots__ = ("configuration", "time_limit_ms")
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_MS_FIELD_NUMBER: _ClassVar[int]
    configuration: _configuration_pb2.Configuration
    time_limit_ms: int
    def __init__(self, configuration: _Optional[_Union[_configuration_pb2.Configuration, _Mapping]] = ..., time_limit_ms: _Optional[int] = ...) -> None: ...

class RepairResponse(_message.Message):
    __slots__ = ("conflict", "give_up", "complete")
    CONFLICT_FIELD_NUMBER: _ClassVar[int]
    GIVE_UP_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    conflict: _configuration_pb2.ConfigurationReason
    give_up: _containers.RepeatedCompositeFieldContainer[ChoiceSet]
    complete: bool
    def __init__(self, conflict: _Optional[_Union[_configuration_pb2.ConfigurationReason, _Mapping]] = ..., give_up: _Optional[_Iterable[_Union[ChoiceSet, _Mapping]]] = ..., complete: bool = ...) -> None: ...

class ChoiceSet(_message.Message):
    __slots__ = ("choices",)
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    choices: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.Choice]
    def __init__(self, choices: _Optional[_Iterable[_Union[_configuration_pb2.Choice, _Mapping]]] = ...) -> None: ...

class CompleteRequest(_message.Message):
    __slots__ = ("configuration", "currency", "time_limit_ms")
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_MS_FIELD_NUMBER: _ClassVar[int]
    configuration: _configuration_pb2.Configuration
    currency: str
    time_limit_ms: int
    def __init__(self, configuration: _Optional[_Union[_configuration_pb2.Configuration, _Mapping]] = ..., currency: _Optional[str] = ..., time_limit_ms: _Optional[int] = ...) -> None: ...

class CompleteResponse(_message.Message):
    __slots__ = ("possible", "options", "values", "currency", "total", "lower_bound", "proved", "unpriced")
    POSSIBLE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LOWER_BOUND_FIELD_NUMBER: _ClassVar[int]
    PROVED_FIELD_NUMBER: _ClassVar[int]
    UNPRICED_FIELD_NUMBER: _ClassVar[int]
    possible: bool
    options: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.ConfiguredOption]
    values: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.ConfiguredValue]
    currency: str
    total: str
    lower_bound: str
    proved: bool
    unpriced: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, possible: bool = ..., options: _Optional[_Iterable[_Union[_configuration_pb2.ConfiguredOption, _Mapping]]] = ..., values: _Optional[_Iterable[_Union[_configuration_pb2.ConfiguredValue, _Mapping]]] = ..., currency: _Optional[str] = ..., total: _Optional[str] = ..., lower_bound: _Optional[str] = ..., proved: bool = ..., unpriced: _Optional[_Iterable[str]] = ...) -> None: ...

class ValidateRequest(_message.Message):
    __slots__ = ("configuration",)
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    configuration: _configuration_pb2.Configuration
    def __init__(self, configuration: _Optional[_Union[_configuration_pb2.Configuration, _Mapping]] = ...) -> None: ...

class ValidateResponse(_message.Message):
    __slots__ = ("valid", "broken", "notices")
    VALID_FIELD_NUMBER: _ClassVar[int]
    BROKEN_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    valid: bool
    broken: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.ConstraintRef]
    notices: _containers.RepeatedCompositeFieldContainer[_configuration_pb2.ConfigurationNotice]
    def __init__(self, valid: bool = ..., broken: _Optional[_Iterable[_Union[_configuration_pb2.ConstraintRef, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[_configuration_pb2.ConfigurationNotice, _Mapping]]] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ("start", "choose", "take_back", "precision", "reasons")
    START_FIELD_NUMBER: _ClassVar[int]
    CHOOSE_FIELD_NUMBER: _ClassVar[int]
    TAKE_BACK_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    start: _configuration_pb2.Configuration
    choose: _configuration_pb2.Choice
    take_back: str
    precision: _configuration_pb2.Precision
    reasons: _configuration_pb2.Reasons
    def __init__(self, start: _Optional[_Union[_configuration_pb2.Configuration, _Mapping]] = ..., choose: _Optional[_Union[_configuration_pb2.Choice, _Mapping]] = ..., take_back: _Optional[str] = ..., precision: _Optional[_Union[_configuration_pb2.Precision, str]] = ..., reasons: _Optional[_Union[_configuration_pb2.Reasons, str]] = ...) -> None: ...

class SessionResponse(_message.Message):
    __slots__ = ("state", "error")
    STATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    state: ConfigureResponse
    error: _status_pb2.Status
    def __init__(self, state: _Optional[_Union[ConfigureResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

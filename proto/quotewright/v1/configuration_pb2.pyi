from quotewright.v1 import quote_pb2 as _quote_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OptionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPTION_STATUS_UNSPECIFIED: _ClassVar[OptionStatus]
    OPTION_STATUS_SELECTABLE: _ClassVar[OptionStatus]
    OPTION_STATUS_SELECTED: _ClassVar[OptionStatus]
    OPTION_STATUS_FORCED: _ClassVar[OptionStatus]
    OPTION_STATUS_EXCLUDED: _ClassVar[OptionStatus]
    OPTION_STATUS_UNDETERMINED: _ClassVar[OptionStatus]

class SetBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SET_BY_UNSPECIFIED: _ClassVar[SetBy]
    SET_BY_USER: _ClassVar[SetBy]
    SET_BY_DEFAULT: _ClassVar[SetBy]
    SET_BY_INFERRED: _ClassVar[SetBy]
    SET_BY_CONTEXT: _ClassVar[SetBy]

class Reasons(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASONS_UNSPECIFIED: _ClassVar[Reasons]
    REASONS_DIRECT: _ClassVar[Reasons]
    REASONS_MINIMAL: _ClassVar[Reasons]

class Precision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRECISION_UNSPECIFIED: _ClassVar[Precision]
    PRECISION_EXACT: _ClassVar[Precision]
    PRECISION_PROPAGATED: _ClassVar[Precision]
OPTION_STATUS_UNSPECIFIED: OptionStatus
OPTION_STATUS_SELECTABLE: OptionStatus
OPTION_STATUS_SELECTED: OptionStatus
OPTION_STATUS_FORCED: OptionStatus
OPTION_STATUS_EXCLUDED: OptionStatus
OPTION_STATUS_UNDETERMINED: OptionStatus
SET_BY_UNSPECIFIED: SetBy
SET_BY_USER: SetBy
SET_BY_DEFAULT: SetBy
SET_BY_INFERRED: SetBy
SET_BY_CONTEXT: SetBy
REASONS_UNSPECIFIED: Reasons
REASONS_DIRECT: Reasons
REASONS_MINIMAL: Reasons
PRECISION_UNSPECIFIED: Precision
PRECISION_EXACT: Precision
PRECISION_PROPAGATED: Precision

class Configuration(_message.Message):
    __slots__ = ("product", "date", "choices", "context")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    product: str
    date: str
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    context: _containers.RepeatedCompositeFieldContainer[Choice]
    def __init__(self, product: _Optional[str] = ..., date: _Optional[str] = ..., choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ..., context: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ...) -> None: ...

class Choice(_message.Message):
    __slots__ = ("name", "selected", "value", "quantity")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SELECTED_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    name: str
    selected: bool
    value: _quote_pb2.FactValue
    quantity: int
    def __init__(self, name: _Optional[str] = ..., selected: bool = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ..., quantity: _Optional[int] = ...) -> None: ...

class ConstraintRef(_message.Message):
    __slots__ = ("id", "text", "file", "line")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    file: str
    line: int
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ...) -> None: ...

class ConfigurationReason(_message.Message):
    __slots__ = ("constraints", "choices")
    CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    constraints: _containers.RepeatedCompositeFieldContainer[ConstraintRef]
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    def __init__(self, constraints: _Optional[_Iterable[_Union[ConstraintRef, _Mapping]]] = ..., choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ...) -> None: ...

class OptionState(_message.Message):
    __slots__ = ("path", "name", "sku", "status", "set_by", "reason", "quantity", "min_quantity", "max_quantity", "hidden")
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MAX_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    path: str
    name: str
    sku: str
    status: OptionStatus
    set_by: SetBy
    reason: ConfigurationReason
    quantity: int
    min_quantity: int
    max_quantity: int
    hidden: bool
    def __init__(self, path: _Optional[str] = ..., name: _Optional[str] = ..., sku: _Optional[str] = ..., status: _Optional[_Union[OptionStatus, str]] = ..., set_by: _Optional[_Union[SetBy, str]] = ..., reason: _Optional[_Union[ConfigurationReason, _Mapping]] = ..., quantity: _Optional[int] = ..., min_quantity: _Optional[int] = ..., max_quantity: _Optional[int] = ..., hidden: bool = ...) -> None: ...

class GroupState(_message.Message):
    __slots__ = ("path", "name", "min_options", "max_options", "options")
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MIN_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    path: str
    name: str
    min_options: int
    max_options: int
    options: _containers.RepeatedCompositeFieldContainer[OptionState]
    def __init__(self, path: _Optional[str] = ..., name: _Optional[str] = ..., min_options: _Optional[int] = ..., max_options: _Optional[int] = ..., options: _Optional[_Iterable[_Union[OptionState, _Mapping]]] = ...) -> None: ...

class ValueState(_message.Message):
    __slots__ = ("value", "status", "set_by", "reason", "hidden")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SET_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    value: _quote_pb2.FactValue
    status: OptionStatus
    set_by: SetBy
    reason: ConfigurationReason
    hidden: bool
    def __init__(self, value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ..., status: _Optional[_Union[OptionStatus, str]] = ..., set_by: _Optional[_Union[SetBy, str]] = ..., reason: _Optional[_Union[ConfigurationReason, _Mapping]] = ..., hidden: bool = ...) -> None: ...

class AttributeState(_message.Message):
    __slots__ = ("path", "name", "type", "unit", "required", "values")
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    path: str
    name: str
    type: str
    unit: str
    required: bool
    values: _containers.RepeatedCompositeFieldContainer[ValueState]
    def __init__(self, path: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[str] = ..., unit: _Optional[str] = ..., required: bool = ..., values: _Optional[_Iterable[_Union[ValueState, _Mapping]]] = ...) -> None: ...

class ConfigurationNotice(_message.Message):
    __slots__ = ("severity", "text", "rule", "options")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    severity: str
    text: str
    rule: ConstraintRef
    options: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, severity: _Optional[str] = ..., text: _Optional[str] = ..., rule: _Optional[_Union[ConstraintRef, _Mapping]] = ..., options: _Optional[_Iterable[str]] = ...) -> None: ...

class ConfiguredOption(_message.Message):
    __slots__ = ("path", "name", "sku", "quantity", "unit_price")
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    path: str
    name: str
    sku: str
    quantity: int
    unit_price: str
    def __init__(self, path: _Optional[str] = ..., name: _Optional[str] = ..., sku: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price: _Optional[str] = ...) -> None: ...

class ConfiguredValue(_message.Message):
    __slots__ = ("path", "name", "value")
    PATH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    path: str
    name: str
    value: _quote_pb2.FactValue
    def __init__(self, path: _Optional[str] = ..., name: _Optional[str] = ..., value: _Optional[_Union[_quote_pb2.FactValue, _Mapping]] = ...) -> None: ...

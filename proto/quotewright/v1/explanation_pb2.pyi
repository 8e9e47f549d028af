from quotewright.v1 import approval_pb2 as _approval_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Explanation(_message.Message):
    __slots__ = ("subject", "outcome", "text", "rule_id", "file", "line", "cell", "facts", "because")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    CELL_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    subject: str
    outcome: str
    text: str
    rule_id: str
    file: str
    line: int
    cell: str
    facts: _containers.RepeatedCompositeFieldContainer[_approval_pb2.NamedFact]
    because: _containers.RepeatedCompositeFieldContainer[Explanation]
    def __init__(self, subject: _Optional[str] = ..., outcome: _Optional[str] = ..., text: _Optional[str] = ..., rule_id: _Optional[str] = ..., file: _Optional[str] = ..., line: _Optional[int] = ..., cell: _Optional[str] = ..., facts: _Optional[_Iterable[_Union[_approval_pb2.NamedFact, _Mapping]]] = ..., because: _Optional[_Iterable[_Union[Explanation, _Mapping]]] = ...) -> None: ...

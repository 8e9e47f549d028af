"""Quotes as people write them: YAML or JSON with the field names of quote.proto, every mistake with its place.

What a file may hold is read off the contract itself, so that a new field of quote.proto can be written at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from quotewright.v1 import quote_pb2 as pb

from engine.diagnostics import Code, Findings, RejectedError, did_you_mean
from engine.document import Document, Path, read_document
from engine.quote import Violation

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STEP = re.compile(r"""([A-Za-z_][A-Za-z_0-9]*)|\[([0-9]+)\]|\[(?:'(.*?)'|"(.*?)")\]""")

# Each implementation of protobuf has classes of its own for these.
AnyDescriptor: TypeAlias = Any
AnyField: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class QuoteFile:
    """A quote as written in a file.

    Attributes:
        message: the quote.
        document: the file, with the place of every value.
    """

    message: pb.Quote
    document: Document

    def findings(self, violations: Iterable[Violation]) -> Findings:
        """What is wrong with the quote, each with the place in the file that it is about."""
        findings = Findings()
        for violation in violations:
            span = self.document.span(steps_of(violation.field))
            findings.add(Code.WRONG_VALUE, f"{violation.field}: {violation.message}", span)
        return findings


def read_quote_file(text: str, file: str) -> QuoteFile:
    """Read a quote.

    Args:
        text: the content.
        file: the name to show in findings.

    Raises:
        RejectedError: the text is no YAML, or says what no quote has; carries every finding.
    """
    findings = Findings()
    document = read_document(text, file, findings)
    message = pb.Quote()
    if not findings.errors:
        MessageReader(document, findings).fill(message, document.value, ())
    if findings.errors:
        raise RejectedError(findings)
    for number, line in enumerate(message.lines, start=1):
        line.id = line.id or str(number)
    return QuoteFile(message, document)


def fill_message(message: Message, document: Document, path: Path, findings: Findings, value: Any) -> None:
    """Fill any message of the contract from a mapping that stands at a path of a document; mistakes become findings."""
    MessageReader(document, findings).fill(message, value, path)


def set_field(message: Message, name: str, document: Document, path: Path, findings: Findings, value: Any) -> None:
    """Give one field of a message the value that stands at a path of a document, in the place of any other."""
    field: AnyField = message.DESCRIPTOR.fields_by_name[name]
    message.ClearField(field.containing_oneof.name if field.containing_oneof is not None else name)
    if value is not None:
        MessageReader(document, findings).set(message, field, value, path)


def set_fact(messages: Any, name: str, document: Document, path: Path, findings: Findings, value: Any) -> None:
    """Give one of a message's facts the value that stands at a path of a document."""
    messages[name].Clear()
    MessageReader(document, findings).fill_fact(messages[name], value, path)


def steps_of(field: str) -> Path:
    """The steps of a field path: ("lines", 3, "facts", "size") of "lines[3].facts['size']"."""
    steps: list[str | int] = []
    for name, index, single, double in _STEP.findall(field):
        steps.append(int(index) if index else name or single or double)
    return tuple(steps)


class MessageReader:
    """Fills messages from the values of a document, as their descriptors say."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self._document = document
        self._findings = findings

    def fill(self, message: Message, value: Any, path: Path) -> None:
        """Fill a message from a mapping."""
        if not isinstance(value, dict):
            self._wrong(path, f"expected the fields of {_words(message.DESCRIPTOR)}", value)
            return
        fields = message.DESCRIPTOR.fields_by_name
        for name, inner in value.items():
            here = (*path, name)
            field = fields.get(name)
            if field is None:
                told = f"{_words(message.DESCRIPTOR)} has no field {name!r}; it has {', '.join(fields)}"
                hint = did_you_mean(name, fields)
                self._findings.add(Code.UNKNOWN_FIELD, told, self._document.key_span(here), hint=hint)
            elif inner is not None:
                self.set(message, field, inner, here)

    def set(self, message: Message, field: AnyField, value: Any, path: Path) -> None:
        """Set a field."""
        other = field.containing_oneof and message.WhichOneof(field.containing_oneof.name)
        if other:
            told = f"{field.name!r} cannot stand beside {other!r}: give one of them"
            self._findings.add(Code.WRONG_VALUE, told, self._document.key_span(path))
        elif _is_map(field):
            self._fill_facts(getattr(message, field.name), value, path)
        elif field.is_repeated:
            self._fill_list(message, field, value, path)
        elif field.message_type is not None:
            inner = getattr(message, field.name)
            inner.SetInParent()
            self.fill(inner, value, path)
        else:
            scalar = self._scalar(field, value, path)
            if scalar is not None:
                setattr(message, field.name, scalar)

    def _fill_list(self, message: Message, field: AnyField, value: Any, path: Path) -> None:
        if not isinstance(value, list):
            self._wrong(path, f"expected a list of {field.name}", value)
            return
        items = getattr(message, field.name)
        for index, inner in enumerate(value):
            here = (*path, index)
            if field.message_type is not None:
                self.fill(items.add(), inner, here)
            else:
                scalar = self._scalar(field, inner, here)
                if scalar is not None:
                    items.append(scalar)

    def _fill_facts(self, messages: Any, value: Any, path: Path) -> None:
        if not isinstance(value, dict):
            self._wrong(path, "expected facts by name", value)
            return
        for name, inner in value.items():
            self.fill_fact(messages[name], inner, (*path, name))

    def fill_fact(self, fact: pb.FactValue, value: Any, path: Path) -> None:
        """Fill a fact by how it is written; a mapping such as {date: "2026-03-01"} says its type outright."""
        match value:
            case None:
                pass
            case bool():
                fact.boolean = value
            case dict():
                self.fill(fact, value, path)
            case list():
                self._wrong(path, "expected a text, a number, true, false or a date", value)
            case str() if _DATE.fullmatch(value) and not self._is_quoted(path):
                fact.date = value
            case str():
                fact.text = value
            case _:
                fact.number = self._raw(path)

    def _scalar(self, field: AnyField, value: Any, path: Path) -> str | bool | int | None:
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_STRING if isinstance(value, str):
                return value
            case FieldDescriptor.CPPTYPE_STRING if not isinstance(value, bool | dict | list):
                # As written: 007 stays 007, and 1.50 keeps its digits.
                return self._raw(path)
            case FieldDescriptor.CPPTYPE_STRING:
                self._wrong(path, "expected a text or a number", value)
            case FieldDescriptor.CPPTYPE_BOOL if isinstance(value, bool):
                return value
            case FieldDescriptor.CPPTYPE_BOOL:
                self._wrong(path, "expected true or false", value)
            case FieldDescriptor.CPPTYPE_ENUM if isinstance(value, str):
                return self._choice(field, value, path)
            case _ if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
                return value
            case _:
                self._wrong(path, "expected a whole number", value)
        return None

    def _choice(self, field: AnyField, value: str, path: Path) -> int | None:
        """The number of a choice by its name without the enumeration's own: uplift of RENEWAL_METHOD_UPLIFT."""
        prefix = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field.enum_type.name).upper() + "_"
        choices = {
            name.removeprefix(prefix).lower(): item.number for name, item in field.enum_type.values_by_name.items()
        }
        if value in choices:
            return int(choices[value])
        known = [name for name in choices if name != "unspecified"]
        told = f"{field.name} is one of {', '.join(known)}; found {value!r}"
        self._findings.add(Code.WRONG_VALUE, told, self._document.span(path), hint=did_you_mean(value, known))
        return None

    def _raw(self, path: Path) -> str:
        """The text of a scalar as it stands in the file."""
        span = self._document.span(path)
        return self._document.source.line(span.line)[span.column - 1 : span.end_column - 1]

    def _is_quoted(self, path: Path) -> bool:
        span = self._document.span(path)
        return self._document.source.line(span.line)[: span.column].rstrip("0123456789-").endswith(("'", '"'))

    def _wrong(self, path: Path, expected: str, value: Any) -> None:
        found = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value)) or repr(value)[:60]
        self._findings.add(Code.WRONG_TYPE, f"{expected}, found {found}", self._document.span(path))


def _is_map(field: AnyField) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _words(descriptor: AnyDescriptor) -> str:
    """A message's name as words: "a ramp segment" for RampSegment."""
    return "a " + re.sub(r"(?<=[a-z])(?=[A-Z])", " ", descriptor.name).lower()

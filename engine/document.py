"""YAML text as plain values with a place for every one of them; numbers exact, dates left as text.

Scalars follow YAML 1.2's core schema: `no`, `on` and `12:30` are text, numbers become int or Decimal (never
float), dates stay text until whoever needs one reads it. Aliases are refused: they allow a small file to grow
without bound, and a rule file reads better without them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from engine.diagnostics import Code, Findings
from engine.money import to_decimal
from engine.source import SourceText, Span

MAX_DEPTH = 64

Path = tuple[str | int, ...]
"""Where a value stands inside a document: ("rules", 2, "when")."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,5})?")
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A file read as YAML.

    Attributes:
        source: the text.
        value: dicts, lists, str, int, Decimal, bool and None; None where the file could not be read.
        spans: place of each value.
        key_spans: place of each mapping's key, by the path of its value.
    """

    source: SourceText
    value: Any
    spans: Mapping[Path, Span] = field(default_factory=dict)
    key_spans: Mapping[Path, Span] = field(default_factory=dict)

    def span(self, path: Path) -> Span:
        """The place of the value at `path`, or of the nearest value around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.spans:
                return self.spans[path[:end]]
        return Span(self.source.file)

    def key_span(self, path: Path) -> Span:
        """The place of the key that introduces the value at `path`; of the value where it has no key."""
        return self.key_spans.get(path) or self.span(path)


def read_document(text: str, file: str, findings: Findings) -> Document:
    """Read one YAML document.

    Args:
        text: the file's content.
        file: the name to show in findings.
        findings: receives what is wrong: broken syntax, duplicate keys, aliases, numbers beyond 34 digits.
    """
    source = SourceText(file, text)
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    reader = _Reader(source, findings)
    try:
        # Events, not nodes: composing nodes recurses in C and a deeply nested file would end the process.
        for event in yaml.parse(text, Loader=loader):
            reader.take(event)
            if reader.stopped:
                return Document(source, None)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Span(file, mark.line + 1, mark.column + 1) if mark else Span(file)
        findings.add(Code.SYNTAX, f"this is no valid YAML: {error.problem or error.context}", place)
        return Document(source, None)
    except yaml.YAMLError as error:
        findings.add(Code.SYNTAX, f"this is no valid YAML: {' '.join(str(error).split())[:200]}", Span(file))
        return Document(source, None)
    return Document(source, reader.root, reader.spans, reader.key_spans)


class _Frame:
    """A mapping or sequence that is being read: what was collected, and the key that waits for its value."""

    __slots__ = ("items", "key", "keys", "path")

    def __init__(self, path: Path, *, mapping: bool) -> None:
        self.path = path
        self.items: dict[str, Any] | list[Any] = {} if mapping else []
        self.keys: dict[str, Span] = {}
        self.key: str | None = None


class _Reader:
    """Takes YAML events one by one and builds values and places from them."""

    def __init__(self, source: SourceText, findings: Findings) -> None:
        self.source = source
        self.findings = findings
        self.spans: dict[Path, Span] = {}
        self.key_spans: dict[Path, Span] = {}
        self.root: Any = None
        self.stopped = False
        self._frames: list[_Frame] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Use the next event."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(Code.SYNTAX, "one file holds one document: remove the line '---'", event)
        elif isinstance(event, yaml.AliasEvent):
            message = "aliases (*name) are not supported: write the value out"
            self._stop(Code.SYNTAX, message, event)
        elif isinstance(event, yaml.ScalarEvent):
            frame = self._frames[-1] if self._frames else None
            if frame is not None and isinstance(frame.items, dict) and frame.key is None:
                self._take_key(frame, event)
            else:
                span = self._place(event)
                self._put(self._scalar(event, span), span)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._frames.pop()

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._frames) >= MAX_DEPTH:
            self._stop(Code.LIMIT, f"nested deeper than {MAX_DEPTH} levels", event)
            return
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.items, dict) and frame.key is None:
            self._stop(Code.SYNTAX, "a key must be a word or a text, not a list or a mapping", event)
            return
        opened = _Frame(self._next_path(), mapping=isinstance(event, yaml.MappingStartEvent))
        self._put(opened.items, self._place(event))
        self._frames.append(opened)

    def _take_key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        name, span = str(event.value), self._place(event)
        if name in frame.keys:
            message = f"{name!r} is given twice here; first on line {frame.keys[name].line}"
            self.findings.add(Code.DUPLICATE, message, span)
        else:
            frame.keys[name] = span
            self.key_spans[(*frame.path, name)] = span
        frame.key = name

    def _next_path(self) -> Path:
        if not self._frames:
            return ()
        frame = self._frames[-1]
        step = frame.key if isinstance(frame.items, dict) else len(frame.items)
        assert step is not None
        return (*frame.path, step)

    def _put(self, value: Any, span: Span) -> None:
        self.spans.setdefault(self._next_path(), span)
        if not self._frames:
            self.root = value
            return
        frame = self._frames[-1]
        if isinstance(frame.items, list):
            frame.items.append(value)
        else:
            assert frame.key is not None
            frame.items.setdefault(frame.key, value)
            frame.key = None

    def _place(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        quote = int(isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'))
        end_column = end.column + 1 - quote if start.line == end.line else 0
        return Span(self.source.file, start.line + 1, start.column + 1 + quote, end_column)

    def _stop(self, code: Code, message: str, event: yaml.Event) -> None:
        self.findings.add(code, message, self._place(event))
        self.stopped = True

    def _scalar(self, event: yaml.ScalarEvent, span: Span) -> str | int | Decimal | bool | None:
        text = str(event.value)
        if event.style in ("'", '"', "|", ">"):
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if len(text) <= 4000 and (_INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text)):
            try:
                number = to_decimal(text)
            except ValueError as error:
                self.findings.add(Code.WRONG_VALUE, str(error), span)
                return None
            return int(text) if _INTEGER.fullmatch(text) else number
        return text

"""YAML text as plain values with a place for every one of them; numbers exact, dates left as text.

Scalars follow YAML 1.2's core schema: `no`, `on` and `12:30` are text, numbers become int or Decimal (never
float), dates stay text until whoever needs one reads it. Aliases are refused: they allow a small file to grow
without bound, and a rule file reads better without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
    reader = _Reader(source, findings)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Span(file, mark.line + 1, mark.column + 1) if mark else Span(file)
        findings.add(Code.SYNTAX, f"this is no valid YAML: {error.problem or error.context}", place)
        return Document(source, None)
    except (yaml.YAMLError, RecursionError) as error:
        findings.add(Code.SYNTAX, f"this is no valid YAML: {' '.join(str(error).split())[:200]}", Span(file))
        return Document(source, None)
    value = reader.value(node, ()) if node is not None else None
    return Document(source, value, reader.spans, reader.key_spans)


class _Reader:
    def __init__(self, source: SourceText, findings: Findings) -> None:
        self.source = source
        self.findings = findings
        self.spans: dict[Path, Span] = {}
        self.key_spans: dict[Path, Span] = {}
        self.seen: set[int] = set()

    def place(self, node: yaml.Node) -> Span:
        start, end = node.start_mark, node.end_mark
        same_line = start.line == end.line
        return Span(self.source.file, start.line + 1, start.column + 1, end.column + 1 if same_line else 0)

    def value(self, node: yaml.Node, path: Path) -> Any:
        span = self.spans[path] = self.place(node)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, span)
        if id(node) in self.seen:
            self.findings.add(Code.SYNTAX, "aliases (*name) are not supported: write the value out", span)
            return None
        if len(path) >= MAX_DEPTH:
            self.findings.add(Code.LIMIT, f"nested deeper than {MAX_DEPTH} levels", span)
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return dict(self.entries(node, path))

    def entries(self, node: yaml.Node, path: Path) -> Iterator[tuple[str, Any]]:
        names: dict[str, Span] = {}
        for key_node, value_node in node.value:
            key_span = self.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.add(Code.SYNTAX, "a key must be a single word or text", key_span)
                continue
            name = str(key_node.value)
            if name in names:
                message = f"{name!r} is given twice here; first on line {names[name].line}"
                self.findings.add(Code.DUPLICATE, message, key_span)
                continue
            names[name] = key_span
            self.key_spans[(*path, name)] = key_span
            yield name, self.value(value_node, (*path, name))

    def scalar(self, node: yaml.ScalarNode, span: Span) -> str | int | Decimal | bool | None:
        text = str(node.value)
        if node.style in ("'", '"', "|", ">"):
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

"""YAML files: read as events, so that every value keeps its text and its place, and numbers never become floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from catalog.importers.build import Section, Sections
from catalog.importers.layout import SECTIONS
from catalog.importers.records import FixedPlace, Listing, Node, Record, Scalar, shown
from catalog.importers.text_file import read_text
from engine.diagnostics import Code, Findings, did_you_mean
from engine.source import Span

_MAX_DEPTH = 32
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

try:
    _Loader: type = yaml.CLoader  # ten times faster
except AttributeError:
    _Loader = yaml.Loader


class _Unusable(Exception):  # noqa: N818  # carries a finding to where the file is given up, never to a caller
    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def read_yaml(paths: Sequence[Path], findings: Findings) -> Sections:
    """The records of some YAML files together; sections of the same name are one."""
    roots = [root for path in paths if (root := _read_file(path, findings)) is not None]
    categories = [listing for root in roots if (listing := root.fields.get("categories")) is not None]
    return Sections(
        categories=_category_scalars(categories, findings) if categories else None,
        **{name: _section(roots, name, findings) for name in SECTIONS - {"categories"}},
    )


def _read_file(path: Path, findings: Findings) -> Record | None:
    text = read_text(path, findings)
    if text is None:
        return None
    file = path.name
    control = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if control is not None:
        line_start = text.rfind("\n", 0, control.start()) + 1
        place = Span(file, text.count("\n", 0, control.start()) + 1, control.start() - line_start + 1)
        findings.add(Code.SYNTAX, f"no valid YAML: found the control character {control.group()!r}", place)
        return None
    try:
        root = _Composer(file, text, findings).document()
    except _Unusable as problem:
        findings.add(Code.SYNTAX, problem.message, problem.span)
        return None
    except yaml.YAMLError as problem:
        findings.add(Code.SYNTAX, *_syntax_error(file, problem))
        return None
    if not isinstance(root, Record):
        findings.add(
            Code.WRONG_TYPE, f"expected sections such as products, one of {', '.join(sorted(SECTIONS))}", Span(file)
        )
        return None
    for name, span in (root.key_spans or {}).items():
        if name not in SECTIONS:
            findings.add(
                Code.UNKNOWN_FIELD, f"unknown section {shown(name)}", span, hint=did_you_mean(name, sorted(SECTIONS))
            )
        elif name not in root.fields:
            findings.add(Code.MISSING_FIELD, f"section {name} is empty", span)
    return root


def _section(roots: Sequence[Record], name: str, findings: Findings) -> Section:
    records: list[Record] = []
    for root in roots:
        node = root.fields.get(name)
        if node is None:
            continue
        items = node.items if isinstance(node, Listing) else ()
        found = [item for item in items if isinstance(item, Record)]
        if not isinstance(node, Listing) or len(found) < len(items):
            findings.add(Code.WRONG_TYPE, f"{name} is a list whose items have fields", node.span)
        elif not items:
            findings.add(Code.MISSING_FIELD, f"section {name} is empty", node.span)
        records.extend(found)
    return Section(records, len(records))


def _category_scalars(nodes: Sequence[Node], findings: Findings) -> list[Scalar]:
    scalars: list[Scalar] = []
    for node in nodes:
        items = node.items if isinstance(node, Listing) else ()
        found = [item for item in items if isinstance(item, Scalar)]
        if not isinstance(node, Listing) or len(found) < len(items):
            findings.add(Code.WRONG_TYPE, "categories is a list of paths", node.span)
        scalars.extend(found)
    return scalars


def _syntax_error(file: str, problem: yaml.YAMLError) -> tuple[str, Span]:
    mark = getattr(problem, "problem_mark", None)
    told = getattr(problem, "problem", None) or str(problem)
    context = getattr(problem, "context", None)
    message = f"no valid YAML: {told}" + (f" {context}" if context else "")
    return message, Span(file) if mark is None else Span(file, mark.line + 1, mark.column + 1)


class _Composer:
    """Makes records, lists and scalars from YAML's events, without recursion deeper than a catalogue can be."""

    def __init__(self, file: str, text: str, findings: Findings) -> None:
        self._file = file
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
        self._findings = findings

    def document(self) -> Node | None:
        """The only document of the file."""
        root: Node | None = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unusable("expected one YAML document, found a second", self._span(event))
                root = self._node(next(self._events), 1)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node | None:
        if depth > _MAX_DEPTH:
            raise _Unusable(f"nested deeper than {_MAX_DEPTH} levels", self._span(event))
        if isinstance(event, yaml.AliasEvent):
            raise _Unusable(f"expected a value, found the alias *{event.anchor}: write it out", self._span(event))
        anchor = getattr(event, "anchor", None)
        if anchor:
            raise _Unusable(f"expected a value, found the anchor &{anchor}: write it out", self._span(event))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._listing(event, depth)
        assert isinstance(event, yaml.MappingStartEvent)
        return self._record(event, depth)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar | None:
        if event.tag not in {None, "!"}:
            self._findings.add(Code.WRONG_TYPE, f"expected a plain value, found the tag {event.tag}", self._span(event))
        if event.value in _NULLS and (event.implicit[0] or not event.value):
            return None
        return Scalar(event.value, FixedPlace(self._span(event)))

    def _listing(self, start: yaml.SequenceStartEvent, depth: int) -> Listing:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node = self._node(event, depth + 1)
            if node is None:
                self._findings.add(Code.MISSING_FIELD, "expected a value, found none", self._span(event))
            else:
                items.append(node)
        return Listing(items, self._span(start))

    def _record(self, start: yaml.MappingStartEvent, depth: int) -> Record:
        fields: dict[str, Node] = {}
        key_spans: dict[str, Span] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            span = self._span(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Unusable("expected the name of a field", span)
            node = self._node(next(self._events), depth + 1)
            if event.value in key_spans:
                self._findings.add(
                    Code.DUPLICATE,
                    f"field {shown(event.value)} is given twice, first at {key_spans[event.value]}",
                    span,
                )
                continue
            key_spans[event.value] = span
            if node is not None:
                fields[event.value] = node
        return Record(fields, self._span(start), key_spans)

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        same_line = start.line == end.line and isinstance(event, yaml.ScalarEvent)
        return Span(self._file, start.line + 1, start.column + 1, end.column + 1 if same_line else 0)

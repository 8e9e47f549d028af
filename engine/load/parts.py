"""Rule files that hold lists of parts: every part read for itself, so that a mistake in one does not hide the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from engine.diagnostics import Code, Findings, did_you_mean
from engine.document import Document, read_document
from engine.load.files import RuleFile
from engine.load.validate import validate
from engine.source import SourceText, Span

Entry = TypeVar("Entry", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Entry]):
    """A part of a file and where it stands."""

    entry: Entry
    document: Document
    path: tuple[str | int, ...]

    def span(self, *steps: str | int) -> Span:
        """The place of a value of the part."""
        return self.document.span((*self.path, *steps))


@dataclass(frozen=True, slots=True)
class LoadedParts:
    """What the files of one folder hold, by the name of the list or mapping it stands in."""

    parts: Mapping[str, tuple[Loaded[Any], ...]]
    documents: tuple[Document, ...]

    def __getitem__(self, name: str) -> tuple[Loaded[Any], ...]:
        return self.parts[name]

    def __bool__(self) -> bool:
        return bool(self.documents)

    @property
    def texts(self) -> dict[str, SourceText]:
        """Sources for rendering findings with the line they speak of."""
        return {document.source.file: document.source for document in self.documents}


def load_parts(
    files: Iterable[RuleFile],
    lists: Mapping[str, type[BaseModel]],
    singles: Mapping[str, type[BaseModel]],
    findings: Findings,
) -> LoadedParts:
    """Read the YAML files of a folder.

    Args:
        files: of the folder, in their order; those that are no YAML are left out.
        lists: names of lists to the model of their items.
        singles: names of mappings, each given once in all files, to their model.
        findings: receives every mistake.
    """
    found: dict[str, list[Loaded[Any]]] = {name: [] for name in (*lists, *singles)}
    documents: list[Document] = []
    for file in files:
        document = _document(file, findings)
        if document is None:
            continue
        documents.append(document)
        if not isinstance(document.value, dict):
            message = f"expected a mapping with any of {', '.join(found)}"
            findings.add(Code.WRONG_TYPE, message, document.span(()))
            continue
        for name, value in document.value.items():
            if name in lists:
                found[name] += _items(name, lists[name], document, value, findings)
            elif name in singles:
                found[name] += _single(name, singles[name], document, value, found[name], findings)
            else:
                message = f"there is no field {name!r} here; expected one of {', '.join(found)}"
                hint = did_you_mean(name, found)
                findings.add(Code.UNKNOWN_FIELD, message, document.key_span((name,)), hint=hint)
    return LoadedParts({name: tuple(items) for name, items in found.items()}, tuple(documents))


def _items(
    name: str, model: type[Entry], document: Document, value: Any, findings: Findings
) -> Iterator[Loaded[Entry]]:
    if not isinstance(value, list):
        findings.add(Code.WRONG_TYPE, f"{name}: expected a list", document.span((name,)))
        return
    for index, item in enumerate(value):
        entry = validate(model, document, (name, index), item, findings)
        if entry is not None:
            yield Loaded(entry, document, (name, index))


def _single(
    name: str,
    model: type[Entry],
    document: Document,
    value: Any,
    before: list[Loaded[Any]],
    findings: Findings,
) -> Iterator[Loaded[Entry]]:
    if before:
        message = f"{name!r} is given once; first at {before[0].span()}"
        findings.add(Code.DUPLICATE, message, document.key_span((name,)))
        return
    entry = validate(model, document, (name,), value, findings)
    if entry is not None:
        yield Loaded(entry, document, (name,))


def _document(file: RuleFile, findings: Findings) -> Document | None:
    if not file.name.endswith((".yaml", ".yml")):
        return None
    text = file.text(findings)
    if text is None:
        return None
    document = read_document(text, file.name, findings)
    if document.value is None:
        return None
    return document


def tell_duplicates(parts: Iterable[Loaded[Any]], kind: str, findings: Findings) -> None:
    """A finding for every id that stands twice among `parts`."""
    first: dict[str, Loaded[Any]] = {}
    for part in parts:
        before = first.setdefault(part.entry.id, part)
        if before is not part:
            message = f"{kind} {part.entry.id!r} is given twice; first at {before.span()}"
            findings.add(Code.DUPLICATE, message, part.span("id"))

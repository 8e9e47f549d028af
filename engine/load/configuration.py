"""Configuration files of a rulebook: one configurable product a file, each item validated on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from engine.diagnostics import Code, Findings
from engine.document import Document, Path, read_document
from engine.load.dimacs import read_dimacs
from engine.load.files import RuleFile
from engine.load.uvl import read_uvl
from engine.load.validate import validate
from engine.schema.configuration import (
    AttributeEntry,
    ConstraintEntry,
    GroupEntry,
    ProductEntry,
    RuleEntry,
)
from engine.schema.feature_model import FeatureModel
from engine.schema.rulebook import Strict
from engine.source import Span

CONFIGURATION_FOLDER = "configuration"
FEATURE_MODELS: Mapping[str, Callable[[str, str, Findings], FeatureModel | None]] = {
    ".uvl": read_uvl,
    ".dimacs": read_dimacs,
    ".cnf": read_dimacs,
}
"""Readers of feature models by the ending of the file."""

Entry = TypeVar("Entry", bound=Strict)
_LISTS: Mapping[str, type[Strict]] = {
    "groups": GroupEntry,
    "attributes": AttributeEntry,
    "constraints": ConstraintEntry,
    "rules": RuleEntry,
}


@dataclass(frozen=True, slots=True)
class LoadedProduct:
    """A configurable product and where it stands: `span("groups", 0, "min")` is the place of a value.

    Attributes:
        entry: as written; items with mistakes are left out.
        document: the file.
        positions: for each list of the entry, the positions in the file of the items kept.
    """

    entry: ProductEntry
    document: Document
    positions: Mapping[str, tuple[int, ...]]

    def span(self, *steps: str | int) -> Span:
        """The place of a value; the first number counts items kept."""
        if len(steps) > 1 and steps[0] in self.positions:
            steps = (steps[0], self.positions[str(steps[0])][int(steps[1])], *steps[2:])
        return self.document.span(steps)

    @property
    def file(self) -> str:
        """The file's name."""
        return self.document.source.file


def load_products(files: Mapping[str, RuleFile], findings: Findings) -> list[LoadedProduct]:
    """Every configurable product of a rulebook's files."""
    loaded: list[LoadedProduct] = []
    for file in files.values():
        if file.folder != CONFIGURATION_FOLDER or not file.name.endswith((".yaml", ".yml")):
            continue
        text = file.text(findings)
        if text is None:
            continue
        document = read_document(text, file.name, findings)
        if isinstance(document.value, dict) and "tables" in document.value:
            continue  # decision tables, for whoever names them
        if document.value is None:
            if not text.strip():
                findings.add(Code.MISSING_FIELD, "the file is empty", Span(file.name))
            continue
        found = _product(document, findings)
        if found is not None:
            loaded.append(found)
    return loaded


def load_feature_model(file: RuleFile, findings: Findings) -> FeatureModel | None:
    """The feature model of a file; None where it holds none, with findings where it holds a broken one."""
    reader = FEATURE_MODELS.get(PurePosixPath(file.name).suffix.lower())
    text = file.text(findings) if reader is not None else None
    return None if reader is None or text is None else reader(text, file.name, findings)


def _product(document: Document, findings: Findings) -> LoadedProduct | None:
    value = document.value
    if not isinstance(value, dict):
        validate(ProductEntry, document, (), value, findings)
        return None
    rest = {name: item for name, item in value.items() if name not in _LISTS or not isinstance(item, list)}
    product = validate(ProductEntry, document, (), rest, findings)
    kept: dict[str, list[Strict]] = {}
    positions: dict[str, tuple[int, ...]] = {}
    for name, model in _LISTS.items():
        items = value.get(name)
        # One by one, so that a mistake in an item does not hide those of the next.
        found = _items(model, document, (name,), items, findings) if isinstance(items, list) else []
        kept[name] = [item for _, item in found]
        positions[name] = tuple(position for position, _ in found)
    if product is None:
        return None
    return LoadedProduct(product.model_copy(update=kept), document, positions)


def _items(
    model: type[Strict], document: Document, path: Path, items: list[Any], findings: Findings
) -> list[tuple[int, Strict]]:
    found: list[tuple[int, Strict]] = []
    for position, item in enumerate(items):
        entry = validate(model, document, (*path, position), item, findings)
        if entry is not None:
            found.append((position, entry))
    return found

"""Two folders of rules compared: every rule, setting, chain, table and configurable product of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path as FilePath
from pathlib import PurePosixPath

from lxml import etree

from engine.compare.change import Change
from engine.compare.parts import Part, compare_parts
from engine.compare.tables import NamedTable, compare_tables
from engine.compare.values import Value, values_of
from engine.compile.rule_tables import READERS
from engine.diagnostics import Code, Findings
from engine.document import Document, Path, read_document
from engine.load.approval import load_approval
from engine.load.configuration import (
    CONFIGURATION_FOLDER,
    FEATURE_MODELS,
    LoadedProduct,
    load_feature_model,
    load_products,
)
from engine.load.credit import load_credit
from engine.load.files import RuleFile
from engine.load.parts import LoadedParts
from engine.load.renewal import load_renewal
from engine.load.rulebook import PRICING_FOLDER, LoadedRulebook, load_rulebook
from engine.load.safe_xml import parse_xml
from engine.schema.rulebook import SETTINGS_FILE
from engine.source import Span

PART_FOLDERS = (PRICING_FOLDER, "approval", "credit", "renewal", CONFIGURATION_FOLDER)
WORDS = {
    "rules": "rule",
    "roles": "role",
    "people": "person",
    "aggregates": "aggregate",
    "chains": "chain",
    "indices": "index",
    "settings": "settings",
    "groups": "group",
    "attributes": "attribute",
    "constraints": "constraint",
}
_ID = frozenset({"id"})


@dataclass(frozen=True, slots=True)
class ReadRulebook:
    """Everything of a rulebook that can be compared."""

    parts: tuple[Part, ...]
    tables: tuple[NamedTable, ...]


def read_rulebook(folder: FilePath, findings: Findings) -> ReadRulebook | None:
    """Read a folder of rules.

    Args:
        folder: holds `rulebook.yaml`.
        findings: receives what is wrong with its files.

    Returns:
        What could be read, None where there are no settings to go by.
    """
    rulebook = load_rulebook(folder, findings)
    if rulebook is None:
        return None
    findings.texts.update(rulebook.texts)
    parts = [_settings(rulebook), *_pricing_rules(rulebook)]
    for folder_name, load in (("approval", load_approval), ("credit", load_credit), ("renewal", load_renewal)):
        loaded = load(rulebook, findings)
        findings.texts.update(loaded.texts)
        parts += _loaded_parts(folder_name, loaded)
    for product in load_products(rulebook.files, findings):
        parts += _product_parts(product)
    parts += _feature_models(rulebook.files, findings)
    tables: list[NamedTable] = []
    for file in rulebook.files.values():
        if _holds_tables(file):
            tables += _tables(file, findings)
        if file.name.endswith(".dmn"):
            parts += _model_outside_tables(file)
    return ReadRulebook(tuple(parts), tuple(tables))


def compare_rulebooks(old: ReadRulebook, new: ReadRulebook) -> list[Change]:
    """What changed between two rulebooks: rules, settings and other parts first, then tables."""
    return [*compare_parts(old.parts, new.parts), *compare_tables(old.tables, new.tables)]


def _settings(rulebook: LoadedRulebook) -> Part:
    document = rulebook.settings_document
    return Part("settings", SETTINGS_FILE, document.span(()), values_of(rulebook.settings), document.span)


def _pricing_rules(rulebook: LoadedRulebook) -> Iterator[Part]:
    for loaded in rulebook.rules:
        rule = loaded.rule
        order = f"{rule.waterfall_step}/{rule.group}/{rule.priority}"
        values = values_of(rule, leave_out=_ID)
        yield Part("pricing rule", rule.id, loaded.span(), values, _places(loaded.document, loaded.path), order=order)


def _places(document: Document, base: Path) -> Callable[[Path], Span]:
    """The place of a value of a part that stands at `base`."""
    return lambda path: document.span((*base, *path))


def _loaded_parts(folder: str, loaded: LoadedParts) -> Iterator[Part]:
    for name, items in loaded.parts.items():
        for item in items:
            part_id = "" if name == "settings" else item.entry.id
            values = values_of(item.entry, leave_out=_ID)
            yield Part(f"{folder} {WORDS[name]}", part_id, item.span(), values, _places(item.document, item.path))


def _product_parts(product: LoadedProduct) -> Iterator[Part]:
    """A configurable product, and each of its groups, attributes, constraints and rules."""
    entry, lists = product.entry, frozenset(product.positions)
    place = _places(product.document, ())
    values = values_of(entry, leave_out=lists | {"product"})
    yield Part("configurable product", entry.product, product.span(), values, place)
    for name in product.positions:
        for index, item in enumerate(getattr(entry, name)):
            path = (name, product.positions[name][index])
            yield Part(
                f"configuration {WORDS[name]}",
                f"{entry.product}: {item.id}",
                product.document.span(path),
                values_of(item, leave_out=_ID),
                _places(product.document, path),
            )


def _feature_models(files: Mapping[str, RuleFile], findings: Findings) -> Iterator[Part]:
    for file in files.values():
        if file.folder != CONFIGURATION_FOLDER or not file.name.endswith(tuple(FEATURE_MODELS)):
            continue
        model = load_feature_model(file, findings)
        if model is None:
            continue
        names = [feature.name for feature in model.features]
        for feature in model.features:
            above = names[feature.parent] if feature.parent >= 0 else ""
            values = {"parent": Value(above, above)}
            yield Part("feature", f"{model.name}: {feature.name}", feature.span, values)
        for group in model.groups:
            members = ", ".join(names[member] for member in group.members)
            bounds = f"{group.minimum} to {'any' if group.maximum is None else group.maximum}"
            named = f"{model.name}: {names[group.parent] if group.parent >= 0 else ''} over {members}"
            yield Part("feature group", named, group.span, {"choose": Value(bounds, bounds)})
        for constraint in model.constraints:
            text = " ".join(constraint.text.split())
            yield Part("feature constraint", f"{model.name}: {text}", constraint.span, {})


def _holds_tables(file: RuleFile) -> bool:
    """Whether a file is read as tables: YAML is where no other reader takes it."""
    suffix = _suffix(file)
    if suffix not in READERS:
        return False
    if suffix not in (".yaml", ".yml"):
        return True
    if file.name == SETTINGS_FILE:
        return False
    if file.folder in PART_FOLDERS and file.folder != CONFIGURATION_FOLDER:
        return False
    text = file.text(Findings())
    value = None if text is None else read_document(text, file.name, Findings()).value
    return isinstance(value, dict) and ("tables" in value or "outputs" in value)


def _suffix(file: RuleFile) -> str:
    return PurePosixPath(file.name).suffix.lower()


def _tables(file: RuleFile, findings: Findings) -> Iterator[NamedTable]:
    tables, found = READERS[_suffix(file)](file.content, file.name)
    if _suffix(file) == ".dmn" and not tables:
        # A model without tables is no mistake: what it holds is compared by itself.
        findings.extend(finding for finding in found if finding.code is not Code.MISSING_FIELD)
    else:
        findings.extend(found)
    for table in tables:
        alone = len(tables) == 1
        yield NamedTable(file.name if alone else f"{file.name}#{table.name}", table)


def _model_outside_tables(file: RuleFile) -> Iterator[Part]:
    """What a DMN file says beside its decision tables and its drawing, as one value."""
    root = parse_xml(file.content, file.name, Findings())
    if root is None:
        return
    for element in list(root.iter()):
        if etree.QName(element).localname in ("decisionTable", "DMNDI"):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        else:
            element.text, element.tail = ((text or "").strip() for text in (element.text, element.tail))
    content = etree.tostring(root, method="c14n2")
    shown = f"model {sha256(content).hexdigest()[:8]}"
    yield Part("DMN model", file.name, Span(file.name), {"beside its tables": Value(shown, shown)})

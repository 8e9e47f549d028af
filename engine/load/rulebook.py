"""A folder of rule files as one schema object, with every mistake of reading found in one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.diagnostics import Code, Findings, did_you_mean
from engine.document import Document, read_document
from engine.load.files import RuleFile, content_hash, read_folder
from engine.load.validate import validate
from engine.schema.pricing_rule import PricingRule, PricingRuleFile
from engine.schema.rulebook import SETTINGS_FILE, RulebookSettings
from engine.source import SourceText, Span

PRICING_FOLDER = "pricing"


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A pricing rule and where it stands: `document.span((*path, "when"))` is the place of its condition."""

    rule: PricingRule
    document: Document
    path: tuple[str | int, ...]

    def span(self, *steps: str | int) -> Span:
        """The place of a value of the rule."""
        return self.document.span((*self.path, *steps))


@dataclass(frozen=True, slots=True)
class LoadedRulebook:
    """What was read.

    Attributes:
        settings: of `rulebook.yaml`.
        settings_document: where the settings stand.
        rules: pricing rules in the order of files and of places in them.
        files: every file of the folder, for tables that rules name.
        version: content hash of the files.
    """

    settings: RulebookSettings
    settings_document: Document
    rules: tuple[LoadedRule, ...]
    files: dict[str, RuleFile] = field(repr=False)
    version: str

    @property
    def texts(self) -> dict[str, SourceText]:
        """Sources for rendering findings with the line they speak of."""
        documents = [self.settings_document, *(loaded.document for loaded in self.rules)]
        return {document.source.file: document.source for document in documents}


def load_rulebook(folder: Path, findings: Findings) -> LoadedRulebook | None:
    """Read a folder of rule files.

    Args:
        folder: holds `rulebook.yaml` and the folder `pricing`.
        findings: receives every mistake; reading goes on after each.

    Returns:
        What could be read, or None where there are no settings to go by.
    """
    files = read_folder(folder, findings)
    if not files:
        if folder.is_dir():
            findings.add(Code.FILE_MISSING, f"the folder holds no {SETTINGS_FILE}", Span(folder.as_posix()))
        return None
    settings, document = _settings(files, findings)
    rules = _rules(files, findings)
    if settings is None or document is None:
        return None
    return LoadedRulebook(settings, document, tuple(rules), files, content_hash(files))


def _settings(files: dict[str, RuleFile], findings: Findings) -> tuple[RulebookSettings | None, Document | None]:
    if SETTINGS_FILE not in files:
        findings.add(Code.FILE_MISSING, f"{SETTINGS_FILE} is missing: it holds the settings", Span(SETTINGS_FILE))
        return None, None
    document = _document(files[SETTINGS_FILE], findings)
    if document is None:
        return None, None
    return validate(RulebookSettings, document, (), document.value, findings), document


def _rules(files: dict[str, RuleFile], findings: Findings) -> list[LoadedRule]:
    rules: list[LoadedRule] = []
    for file in files.values():
        if file.folder != PRICING_FOLDER or not file.name.endswith((".yaml", ".yml")):
            continue
        document = _document(file, findings)
        if document is None:
            continue
        value = document.value
        if not isinstance(value, dict) or not isinstance(value.get("rules"), list):
            # Tells what is wrong with the file as a whole: no mapping, no list of rules, nothing at all.
            validate(PricingRuleFile, document, (), value, findings)
            continue
        for name in value.keys() - {"rules"}:
            message = f"there is no field {name!r} here; expected 'rules'"
            findings.add(Code.UNKNOWN_FIELD, message, document.key_span((name,)), hint=did_you_mean(name, ["rules"]))
        for index, item in enumerate(value["rules"]):
            # One by one, so that a mistake in a rule does not hide those of the next.
            path = ("rules", index)
            rule = validate(PricingRule, document, path, item, findings)
            if rule is not None:
                rules.append(LoadedRule(rule, document, path))
    return rules


def _document(file: RuleFile, findings: Findings) -> Document | None:
    before = len(findings.errors)
    text = file.text(findings)
    if text is None:
        return None
    document = read_document(text, file.name, findings)
    if document.value is None:
        if len(findings.errors) == before:
            findings.add(Code.MISSING_FIELD, "the file is empty", Span(file.name))
        return None
    return document

"""Feature models from UVL, the Universal Variability Language: its Boolean level with group cardinalities.

Attributes are read over. What goes beyond, that is typed features, feature cardinalities, arithmetic and imports, is
told as a finding, since leaving it out would change what the model means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.diagnostics import Code, Findings, did_you_mean
from engine.load.proposition_parser import PropositionError, parse_proposition
from engine.schema.feature_model import Feature, FeatureConstraint, FeatureGroup, FeatureModel
from engine.source import Span

SECTIONS = ("namespace", "include", "imports", "features", "constraints")
_NAME = r'"[^"\n]*"|[^\s{}"\[\],]+'
_FEATURE = re.compile(
    rf"(?:(Boolean|Integer|Real|String)\s+)?({_NAME})\s*(cardinality\s*\[[^\]]*\])?\s*(\{{.*\}})?\s*$"
)
_CARDINALITY = re.compile(r"\[\s*(\d+)\s*(?:\.\.\s*(\d+|\*)\s*)?\]$")
_GROUPS: dict[str, tuple[int, int | None]] = {"or": (1, None), "alternative": (1, 1), "optional": (0, None)}
_COMMENT = re.compile(r'"[^"\n]*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


@dataclass(slots=True)
class _OpenGroup:
    """A group while its members are read; `word` is its head."""

    parent: int
    word: str
    span: Span
    members: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Line:
    """A line that is not empty, with its indentation."""

    number: int
    indent: int
    text: str


def read_uvl(text: str, file: str, findings: Findings) -> FeatureModel | None:
    """Read a UVL file; None with findings where it cannot be read."""
    before = len(findings.errors)
    reader = _Reader(file, findings)
    for line in _lines(text):
        reader.take(line)
    model = reader.finished()
    return model if len(findings.errors) == before else None


def _lines(text: str) -> list[_Line]:
    """The lines without comments; attributes in braces that run over lines are joined to their first."""

    def blank(match: re.Match[str]) -> str:
        return match[0] if match[0].startswith('"') else "\n" * match[0].count("\n")

    found: list[_Line] = []
    depth = 0
    for number, line in enumerate(_COMMENT.sub(blank, text).expandtabs(8).splitlines(), 1):
        stripped = line.strip()
        if not stripped:
            continue
        if depth > 0:
            found[-1].text += " " + stripped
        else:
            found.append(_Line(number, len(line) - len(line.lstrip()), stripped))
        depth += line.count("{") - line.count("}")
    return found


class _Reader:
    """Takes lines one by one; the stack holds what is open, features and groups by turns, with their indentation."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.name = PurePosixPath(file).stem
        self.section = ""
        self.features: list[Feature] = []
        self.index: dict[str, int] = {}
        self.groups: list[_OpenGroup] = []
        self.constraints: list[tuple[str, Span]] = []
        self._stack: list[tuple[int, int | _OpenGroup]] = []

    def take(self, line: _Line) -> None:
        """Use the next line."""
        span = Span(self.file, line.number, line.indent + 1)
        word = line.text.split()[0]
        if line.indent == 0 and word in SECTIONS:
            self.section = word
            if word == "namespace":
                self.name = line.text[len(word) :].strip().strip('"') or self.name
        elif line.indent == 0:
            message = f"expected one of {', '.join(SECTIONS)}, found {word!r}"
            self.findings.add(Code.SYNTAX, message, span, hint=did_you_mean(word, SECTIONS))
        elif self.section == "features":
            self._tree(line, span)
        elif self.section == "constraints":
            self.constraints.append((line.text, span))
        elif self.section == "imports":
            self.findings.add(Code.LIMIT, "imports of other models are not read: put the models together", span)

    def _tree(self, line: _Line, span: Span) -> None:
        while self._stack and self._stack[-1][0] >= line.indent:
            self._stack.pop()
        above = self._stack[-1][1] if self._stack else None
        if isinstance(above, int):
            self._open_group(line, above, span)
        else:
            self._open_feature(line, above, span)

    def _open_group(self, line: _Line, parent: int, span: Span) -> None:
        word = line.text
        if word not in (*_GROUPS, "mandatory") and not _CARDINALITY.match(word):
            known = (*_GROUPS, "mandatory")
            message = f"expected a group, one of {', '.join(known)} or [1..2], found {word!r}"
            self.findings.add(Code.SYNTAX, message, span, hint=did_you_mean(word, known))
        group = _OpenGroup(parent, word, span)
        self.groups.append(group)
        self._stack.append((line.indent, group))

    def _open_feature(self, line: _Line, group: _OpenGroup | None, span: Span) -> None:
        match = _FEATURE.match(line.text)
        if match is None:
            self.findings.add(Code.SYNTAX, f"expected the name of a feature, found {line.text!r}", span)
            return
        if match[1] not in (None, "Boolean") or match[3]:
            beyond = match[3] or f"the type {match[1]}"
            self.findings.add(Code.LIMIT, f"only Boolean features that come once are read, found {beyond}", span)
        name = match[2].strip('"')
        if name in self.index:
            self.findings.add(Code.DUPLICATE, f"the feature {name!r} is there twice", span)
        if group is None and self.features:
            self.findings.add(Code.SYNTAX, f"the model has one root, {self.features[0].name!r}; found {name!r}", span)
        number = len(self.features)
        self.index.setdefault(name, number)
        self.features.append(Feature(name, span, -1 if group is None else group.parent))
        if group is not None:
            group.members.append(number)
        self._stack.append((line.indent, number))

    def finished(self) -> FeatureModel:
        """The model of all lines taken."""
        if not self.features:
            self.findings.add(Code.MISSING_FIELD, "the file has no features", Span(self.file))
        constraints: list[FeatureConstraint] = []
        for text, span in self.constraints:
            try:
                constraints.append(FeatureConstraint(text, parse_proposition(text, self.index), span))
            except PropositionError as error:
                place = Span(span.file, span.line, span.column + error.start)
                self.findings.add(error.code, str(error), place, hint=error.hint)
        return FeatureModel(
            self.name, tuple(self.features), tuple(map(_closed, self.groups)), tuple(constraints), has_root=True
        )


def _closed(group: _OpenGroup) -> FeatureGroup:
    members = tuple(group.members)
    match = _CARDINALITY.match(group.word)
    if match is not None:
        low = int(match[1])
        high = None if match[2] == "*" else int(match[2] or match[1])
    elif group.word == "mandatory":
        low, high = len(members), None
    else:
        low, high = _GROUPS.get(group.word, (0, None))
    return FeatureGroup(group.parent, low, high, members, group.span)

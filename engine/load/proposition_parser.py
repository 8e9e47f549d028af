"""Propositions of UVL constraints: `!`, `&`, `|`, `=>`, `<=>` and parentheses, the strongest first."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.diagnostics import Code, did_you_mean
from engine.schema.feature_model import Proposition

MAX_NESTING = 80
"""Levels of parentheses, negations and implications: each takes several calls of Python's stack."""
_TOKEN = re.compile(r'\s*(?:(<=>|=>|[!&|()])|("[^"\n]*"|[^\s"!&|()<>=+\-*/,]+(?:-[^\s"!&|()<>=+*/,]+)*)|(\S))')
_BINARY = (("<=>", "equals"), ("=>", "implies"), ("|", "or"), ("&", "and"))
"""The weakest first."""


class PropositionError(ValueError):
    """A text that is no proposition over the model's features.

    Attributes:
        start: offset of what is wrong.
        code: kind of mistake.
        hint: how to mend it; may be empty.
    """

    def __init__(self, message: str, start: int, code: Code = Code.SYNTAX, hint: str = "") -> None:
        self.start, self.code, self.hint = start, code, hint
        super().__init__(message)


def parse_proposition(text: str, features: Mapping[str, int]) -> Proposition:
    """The proposition of a text over features by name.

    Raises:
        PropositionError: it is none.
    """
    parser = _Parser(text, features)
    found = parser.binary(0, 0)
    if parser.position < len(parser.tokens):
        token, start = parser.tokens[parser.position]
        raise PropositionError(f"expected an operator or the end, found {token!r}", start)
    return found


class _Parser:
    """Recursive descent over tokens with their offsets."""

    def __init__(self, text: str, features: Mapping[str, int]) -> None:
        self.features = features
        self.tokens: list[tuple[str, int]] = []
        self.position = 0
        self.end = len(text)
        for match in _TOKEN.finditer(text):
            if match[3]:
                message = f"only propositions over features are read, found {match[3]!r}"
                raise PropositionError(message, match.start(3), Code.LIMIT)
            token = match[1] or match[2]
            self.tokens.append((token, match.end() - len(token)))

    def peek(self) -> str:
        return self.tokens[self.position][0] if self.position < len(self.tokens) else ""

    def binary(self, level: int, depth: int) -> Proposition:
        if level == len(_BINARY):
            return self.unary(depth)
        sign, operator = _BINARY[level]
        parts = [self.binary(level + 1, depth)]
        while self.peek() == sign:
            self.position += 1
            parts.append(self.binary(level + 1, depth))
        if len(parts) == 1:
            return parts[0]
        if operator in ("and", "or"):
            return Proposition(operator, tuple(parts))
        if len(parts) > MAX_NESTING:
            raise PropositionError(f"more than {MAX_NESTING} times {sign} in one chain", 0, Code.LIMIT)
        found = parts[0]
        for part in parts[1:]:
            found = Proposition(operator, (found, part))
        return found

    def unary(self, depth: int) -> Proposition:
        if depth > MAX_NESTING:
            raise PropositionError(f"nested deeper than {MAX_NESTING} levels", 0, Code.LIMIT)
        if self.position >= len(self.tokens):
            raise PropositionError("expected a feature, found the end", self.end)
        sign, start = self.tokens[self.position]
        self.position += 1
        if sign == "!":
            return Proposition("not", (self.unary(depth + 1),))
        if sign == "(":
            found = self.binary(0, depth + 1)
            if self.peek() != ")":
                raise PropositionError("expected ')'", self.end)
            self.position += 1
            return found
        if sign in ("&", "|", "=>", "<=>", ")"):
            raise PropositionError(f"expected a feature, found {sign!r}", start)
        name = sign.strip('"')
        if name not in self.features:
            hint = did_you_mean(name, self.features)
            raise PropositionError(f"the model has no feature {name!r}", start, Code.UNKNOWN_NAME, hint)
        return Proposition("feature", feature=self.features[name])

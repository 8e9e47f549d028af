"""FEEL texts of rule files parsed, checked and compiled; every mistake becomes a finding at its character."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.diagnostics import Code, Findings
from engine.feel import FeelSyntaxError, check, compile_expression, parse_expression
from engine.feel.tree import Node
from engine.feel.types import ANY, NULL, Type, bare, can_be
from engine.feel.values import to_string
from engine.source import Span, at

_COMMA_DECIMAL = re.compile(r"\s*[-+]?\d+,\d+\s*")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Expressions:
    """Compiles texts over the same parameters."""

    def __init__(self, parameters: Mapping[str, Type], findings: Findings) -> None:
        self.parameters = parameters
        self.findings = findings

    def with_parameter(self, name: str, kind: Type) -> Expressions:
        """The same with one parameter more, at the end."""
        return Expressions({**self.parameters, name: kind}, self.findings)

    def parse(self, text: str, expected: Type, span: Span) -> Node | None:
        """The tree of a text that gives an `expected` value; None with findings where it does not."""
        try:
            tree = parse_expression(text, self.parameters)
        except FeelSyntaxError as error:
            hint = "decimals take a point, not a comma" if _COMMA_DECIMAL.fullmatch(text) else ""
            place = at(span, error.start, error.end)
            self.findings.add(Code.SYNTAX, f"this is no FEEL expression: {error.message}", place, hint=hint)
            return None
        kind, problems = check(tree, self.parameters)
        for problem in problems:
            place = at(span, problem.start, problem.end)
            self.findings.add(Code.EXPRESSION, problem.message, place, hint=problem.hint)
        if problems:
            return None
        if bare(kind) not in (ANY, NULL) and not can_be(kind, expected):
            self.findings.add(Code.WRONG_TYPE, f"expected a {expected}, found an expression that gives a {kind}", span)
            return None
        return tree

    def function(self, text: str, expected: Type, span: Span) -> Callable[..., Any] | None:
        """The compiled expression, taking the parameters by position."""
        tree = self.parse(text, expected, span)
        return None if tree is None else compile_expression(tree, self.parameters)

    def template(self, text: str, span: Span) -> str | Callable[..., str] | None:
        """A text whose {expressions} are filled in: itself where it has none, a function of the parameters else."""
        parts: list[str | Callable[..., Any]] = []
        end, good = 0, True
        for match in _PLACEHOLDER.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            if match.group() in ("{{", "}}"):
                parts.append(match.group()[0])
            elif match.group(1) is None:
                message = f"a lone {match.group()!r}: write {{expression}}, or {match.group() * 2} for the character"
                self.findings.add(Code.SYNTAX, message, at(span, match.start(), match.end()))
                good = False
            else:
                inside = at(span, match.start(1), match.end(1))
                found = self.function(match.group(1).strip(), ANY, inside)
                good = good and found is not None
                parts.append(found or "")
        parts.append(text[end:])
        if not good:
            return None
        if all(isinstance(part, str) for part in parts):
            return "".join(part for part in parts if isinstance(part, str))
        return _filler([part for part in parts if part != ""])


def _filler(parts: list[str | Callable[..., Any]]) -> Callable[..., str]:
    def fill(*values: Any) -> str:
        return "".join([part if isinstance(part, str) else _shown(part(*values)) for part in parts])

    return fill


def _shown(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else str(to_string(value))

"""What an evaluation gives: the value, and why parts of it are null."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.feel.values import Value
from engine.source import Span


@dataclass(frozen=True, slots=True)
class EvaluationWarning:
    """Why something became null.

    Attributes:
        message: the reason.
        span: the element of the DMN file that was evaluated.
    """

    message: str
    span: Span

    def __str__(self) -> str:
        return f"{self.span}: {self.message}"


MAX_WARNINGS = 1000
"""Warnings of one evaluation that are kept: a loop can give any number of them, which nobody reads."""


class Warnings:
    """The warnings of an evaluation as it runs, the first `MAX_WARNINGS` of them."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept: list[EvaluationWarning] = []

    def add(self, message: str, span: Span) -> None:
        """Take a warning."""
        if len(self.kept) < MAX_WARNINGS:
            self.kept.append(EvaluationWarning(message, span))

    def add_all(self, messages: Iterable[str], span: Span) -> None:
        """Take several warnings of one place."""
        for message in messages:
            self.add(message, span)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of evaluating a decision, service or function.

    Attributes:
        value: the FEEL value; null where it could not be computed.
        warnings: the reasons for every null that an error caused, in the order of evaluation.
    """

    value: Value
    warnings: tuple[EvaluationWarning, ...]

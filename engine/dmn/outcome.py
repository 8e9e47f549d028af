"""What an evaluation gives: the value, and why parts of it are null."""

from __future__ import annotations

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


Warnings = list[EvaluationWarning]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of evaluating a decision, service or function.

    Attributes:
        value: the FEEL value; null where it could not be computed.
        warnings: the reasons for every null that an error caused, in the order of evaluation.
    """

    value: Value
    warnings: tuple[EvaluationWarning, ...]

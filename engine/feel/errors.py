"""How FEEL's mistakes are told: syntax errors as an exception, errors of evaluation as notes beside a null."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


class FeelSyntaxError(ValueError):
    """Text that is no FEEL expression, or one beyond the limits of size and nesting.

    Attributes:
        message: what was found and what was expected.
        start: offset of the first character of the place.
        end: offset after its last character.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class FeelError(Exception):
    """An error inside a built-in function; its call gives null, and the text says why."""


@dataclass(frozen=True, slots=True)
class NullReason:
    """Why a null came to be: what DMN calls a warning.

    Attributes:
        message: the reason.
        start: offset of the expression that gave null.
        end: offset after it.
    """

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake that is certain before anything is evaluated.

    Attributes:
        message: what was found and what was expected.
        hint: how to mend it, for example the nearest known name; may be empty.
        start: offset of the first character of the place.
        end: offset after its last character.
    """

    message: str
    hint: str
    start: int
    end: int


_notes: ContextVar[list[str] | None] = ContextVar("feel_notes", default=None)


def note(message: str, *shown: object) -> Any:
    """Null, with the reason that the operation that runs gives it; formatted only where somebody collects.

    Args:
        message: text with a `{}` for each of `shown`.
        shown: FEEL values to show in it.
    """
    notes = _notes.get()
    if notes is not None:
        from engine.feel.values import describe  # noqa: PLC0415  (values import this module)

        notes.append(message.format(*[describe(value) for value in shown]))
    return None


@contextmanager
def collecting() -> Iterator[list[str]]:
    """Collect what `note` is told inside."""
    notes: list[str] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)

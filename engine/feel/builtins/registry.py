"""How a family declares its functions: name, parameters with types, result, and the Python function behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.feel.types import Type
from engine.feel.values import Parameter, Signature

F = TypeVar("F", bound=Callable[..., Any])


def needed(name: str, kind: Type) -> Parameter:
    """A parameter that must be given and not be null."""
    return Parameter(name, kind)


def nullable(name: str, kind: Type) -> Parameter:
    """A parameter that must be given and may be null."""
    return Parameter(name, kind, nullable=True)


def optional(name: str, kind: Type, *, nulls: bool = False) -> Parameter:
    """A parameter that may be left out; the function then gets None, as for a null where `nulls` allows one."""
    return Parameter(name, kind, optional=True, nullable=nulls)


def rest(name: str, kind: Type, *, nulls: bool = False) -> Parameter:
    """The last parameter: one or more arguments, which the function gets as a list."""
    return Parameter(name, kind, nullable=nulls, variadic=True)


class Family:
    """The functions of one module, by name; a name declared again is another way to call it."""

    __slots__ = ("signatures",)

    def __init__(self) -> None:
        self.signatures: dict[str, list[Signature]] = {}

    def add(self, name: str, *parameters: Parameter, result: Type) -> Callable[[F], F]:
        """Decorator: the function computes the built-in function `name` for these parameters."""

        def declare(function: F) -> F:
            self.signatures.setdefault(name, []).append(Signature(parameters, result, function))
            return function

        return declare

"""Calling functions: arguments by position or by name, converted to the parameters' types, errors as null."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel import limits
from engine.feel.errors import FeelError, note
from engine.feel.values import Function, Parameter, Signature, Value, coerce, describe

_NO_MATCH = object()
_ABSENT = object()


def call(function: Value, arguments: Sequence[Value], names: Sequence[str] | None = None) -> Value:
    """The result of a call; null, with a note that says why, where it has none.

    Args:
        function: what is called; anything but a function gives null.
        arguments: their values.
        names: the arguments' names in the same order, where they are given by name.

    Raises:
        LimitError: calls are nested too deeply, or the evaluation has run too long.
    """
    if not isinstance(function, Function):
        return note("{} is no function", function)
    refused = ""
    for signature in function.signatures:
        placed = _by_position(signature, arguments) if names is None else _by_name(signature, arguments, names)
        if isinstance(placed, str):
            refused = refused or placed
            continue
        converted = placed
        for i, parameter in enumerate(signature.parameters):
            value = _convert(placed[i], parameter, function.lenient)
            if value is _NO_MATCH:
                refused = refused or f"'{parameter.name}' is {parameter.type}, not {describe(placed[i])}"
                break
            converted[i] = value
        else:
            return _run(function, signature, converted)
    return note(f"{function.name}: {refused}".replace("{", "{{").replace("}", "}}"))


def _run(function: Function, signature: Signature, arguments: list[Value]) -> Value:
    limits.enter_call()
    try:
        if not function.lenient:
            limits.spend_on(arguments)
        return signature.call(*arguments)
    except FeelError as error:
        return note(f"{function.name}: {error}".replace("{", "{{").replace("}", "}}"))
    finally:
        limits.leave_call()


def _convert(value: Value, parameter: Parameter, lenient: bool) -> Value:
    if value is _ABSENT:
        return None
    if value is None:
        return None if parameter.nullable or lenient else _NO_MATCH
    if parameter.variadic:
        items = [coerce(item, parameter.type) for item in value]
        wrong = any(new is None and old is not None for new, old in zip(items, value, strict=True))
        return _NO_MATCH if wrong or (None in items and not parameter.nullable) else items
    converted = coerce(value, parameter.type)
    return _NO_MATCH if converted is None and not lenient else converted


def _by_position(signature: Signature, arguments: Sequence[Value]) -> list[Value] | str:
    """One value a parameter; or what is wrong with the number of arguments."""
    parameters = signature.parameters
    given = len(arguments)
    variadic = bool(parameters) and parameters[-1].variadic
    least = sum(not parameter.optional for parameter in parameters)
    if given < least or (given > len(parameters) and not variadic):
        return f"takes {_count(signature, least)}, not {given}"
    placed: list[Value] = list(arguments[: len(parameters) - variadic])
    if variadic:
        return [*placed, list(arguments[len(parameters) - 1 :])]
    return placed + [_ABSENT] * (len(parameters) - given)


def _count(signature: Signature, least: int) -> str:
    most = len(signature.parameters)
    if signature.parameters and signature.parameters[-1].variadic:
        return f"at least {least} argument{'s' * (least != 1)}"
    between = f"{least} to {most}" if least != most else str(most)
    return f"{between} argument{'s' * (most != 1)}"


def _by_name(signature: Signature, arguments: Sequence[Value], names: Sequence[str]) -> list[Value] | str:
    """One value a parameter, null for a needed one that is not named; or what is wrong with the names."""
    given = dict(zip(names, arguments, strict=True))
    known = [parameter.name for parameter in signature.parameters]
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        return f"has no parameter '{unknown}', only {', '.join(known) or 'none'}"
    if len(given) != len(names):
        return "an argument is given twice"
    placed: list[Value] = []
    for parameter in signature.parameters:
        value = given.get(parameter.name, _ABSENT if parameter.optional else None)
        placed.append([value] if parameter.variadic and parameter.name in given else value)
    return placed

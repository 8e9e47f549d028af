"""External functions: methods of Java's own library that are well known, computed here; no Java runs.

A definition names a static method by its class and signature. What the method does with numbers of the declared Java
types is done with Python's: whole numbers in their ranges, and floating point, whose results are read back as the
shortest decimal that stands for them.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from engine.feel import limits
from engine.feel.errors import FeelError, note
from engine.feel.values import Value, is_list, is_number, to_string

_STRING = "java.lang.String"
_OBJECT = "java.lang.Object"
_OBJECTS = "[Ljava.lang.Object;"
_WHOLE = {"byte": 8, "short": 16, "int": 32, "long": 64}
_SIGNATURE = re.compile(r"\s*([A-Za-z_]\w*)\s*\(([^()]*)\)\s*", re.ASCII)
_PLACEHOLDER = re.compile(r"%([s%])?")
_FLOAT_TEXT = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?[dDfF]?\s*", re.ASCII)
_WHOLE_TEXT = re.compile(r"[+-]?\d{1,40}", re.ASCII)


def call_external(definition: Value, arguments: Sequence[Value]) -> Value:
    """The result of the method that a definition names; null, with a note, for any other and for its exceptions.

    Args:
        definition: context with `class` and `method signature`, or with that under `java`.
        arguments: one for each parameter of the function.
    """
    java = definition.get("java", definition) if isinstance(definition, dict) else None
    if not isinstance(java, dict):
        return note("an external function is defined by {{java: {{class: ..., method signature: ...}}}}")
    name, taken = _parts(java.get("method signature"))
    method = _METHODS.get((java.get("class"), name, taken)) if isinstance(java.get("class"), str) else None
    if method is None:
        return note("the external function is none of the methods that are known here")
    try:
        return _result(method(*_converted(arguments, taken)))
    except FeelError as error:
        return note(f"{name}: {error}".replace("{", "{{").replace("}", "}}"))
    except (ValueError, OverflowError):
        return note(f"{name}: the method has no result for these arguments")


def _parts(signature: Value) -> tuple[str, tuple[str, ...]]:
    """The name of a method and the types of its parameters."""
    match = _SIGNATURE.fullmatch(signature) if isinstance(signature, str) else None
    if match is None:
        return "", ()
    taken = [part.strip() for part in match[2].split(",")]
    return match[1], tuple(taken) if taken != [""] else ()


def _converted(arguments: Sequence[Value], taken: Sequence[str]) -> list[Any]:
    if taken[-1:] == (_OBJECTS,):
        fixed = len(taken) - 1
        rest = arguments[fixed:]
        rest = rest[0] if len(rest) == 1 and is_list(rest[0]) else rest
        return [*_converted(arguments[:fixed], taken[:fixed]), *rest]
    if len(arguments) != len(taken):
        raise FeelError(f"takes {len(taken)} arguments, not {len(arguments)}")
    return [_argument(value, kind) for value, kind in zip(arguments, taken, strict=True)]


def _argument(value: Value, kind: str) -> Any:
    """A FEEL value as one of a Java type."""
    if kind == _OBJECT:
        return value
    if kind == _STRING and isinstance(value, str):
        return value
    if kind == "char" and isinstance(value, str) and len(value) == 1:
        return value
    if kind == "boolean" and isinstance(value, bool):
        return value
    if is_number(value) and kind in ("float", "double"):
        return _single(float(value)) if kind == "float" else float(value)
    if is_number(value) and kind in _WHOLE and abs(value) < 1 << 63 and value == int(value):
        return _within(int(value), kind)
    raise FeelError(f"an argument is no {kind}")


def _within(number: int, kind: str) -> int:
    bound = 1 << (_WHOLE[kind] - 1)
    if not -bound <= number < bound:
        raise FeelError(f"{number} is no {kind}")
    return number


def _single(number: float) -> float:
    """The nearest number of single precision."""
    return float(struct.unpack("f", struct.pack("f", number))[0])


class _Single(float):
    """A result of single precision, which is written with fewer digits."""


def _result(value: Any) -> Value:
    """What a method gave as a FEEL value; what is no number of FEEL is null."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return note("the method gave no finite number")
        digits = range(1, 10) if isinstance(value, _Single) else ()
        short = next(
            (f"{value:.{d}g}" for d in digits if _single(float(f"{value:.{d}g}")) == value), repr(float(value))
        )
        return Decimal(short)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _format(pattern: str, *values: Value) -> str:
    """`%s` stands for the next value; nothing else of Java's patterns is known."""
    left = iter(values)

    def shown(match: re.Match[str]) -> str:
        if match[1] is None:
            raise FeelError("only %s and %% are known in a format")
        if match[1] == "%":
            return "%"
        value = next(left, left)
        if value is left:
            raise FeelError("the format asks for more values than there are")
        return to_string(value)

    text = _PLACEHOLDER.sub(shown, pattern)
    limits.check_string(len(text))
    return text


def _parse_whole(kind: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not _WHOLE_TEXT.fullmatch(text):
            raise FeelError(f"{text[:40]!r} is no {kind}")
        return _within(int(text), kind)

    return parse


def _parse_double(text: str) -> float:
    if not _FLOAT_TEXT.fullmatch(text):
        raise FeelError(f"{text[:40]!r} is no finite number")
    return float(text.strip().rstrip("dDfF"))


def _parse_float(text: str) -> float:
    return _Single(_single(_parse_double(text)))


def _of_single(function: Callable[..., float]) -> Callable[..., float]:
    return lambda *values: _Single(function(*values))


def _round(value: float) -> int:
    """Halves go up."""
    return math.floor(value + 0.5) if abs(value) < 1 << 52 else int(value)


def _cube_root(value: float) -> float:
    root = math.copysign(abs(value) ** (1 / 3), value)
    nearest = float(round(root))
    return nearest if nearest**3 == value else root


_OF_DOUBLE: dict[str, Callable[[float], float | int]] = {
    **{name: getattr(math, name) for name in ("acos", "asin", "atan", "cos", "sin", "tan", "cosh", "sinh", "tanh")},
    **{name: getattr(math, name) for name in ("exp", "log10", "sqrt", "log1p", "expm1")},
    "log": math.log,
    "cbrt": _cube_root,
    "ceil": lambda value: float(math.ceil(value)),
    "floor": lambda value: float(math.floor(value)),
    "rint": lambda value: float(round(value)),
    "round": _round,
    "signum": lambda value: math.copysign(1.0, value) if value else 0.0,
    "toDegrees": math.degrees,
    "toRadians": math.radians,
}
_METHODS: dict[tuple[Any, str, tuple[str, ...]], Callable[..., Any]] = {
    **{("java.lang.Math", name, ("double",)): method for name, method in _OF_DOUBLE.items()},
    ("java.lang.Math", "pow", ("double", "double")): math.pow,
    ("java.lang.Math", "hypot", ("double", "double")): math.hypot,
    ("java.lang.Math", "atan2", ("double", "double")): math.atan2,
    ("java.lang.Float", "valueOf", (_STRING,)): _parse_float,
    ("java.lang.Float", "parseFloat", (_STRING,)): _parse_float,
    ("java.lang.Double", "valueOf", (_STRING,)): _parse_double,
    ("java.lang.Double", "parseDouble", (_STRING,)): _parse_double,
    ("java.lang.Boolean", "valueOf", (_STRING,)): lambda text: text.lower() == "true",
    ("java.lang.String", "format", (_STRING, _OBJECTS)): _format,
}
for _name, _method in (("max", max), ("min", min)):
    for _kind in ("int", "long", "double"):
        _METHODS["java.lang.Math", _name, (_kind, _kind)] = _method
    _METHODS["java.lang.Math", _name, ("float", "float")] = _of_single(_method)
for _kind in ("int", "long", "double"):
    _METHODS["java.lang.Math", "abs", (_kind,)] = abs
_METHODS["java.lang.Math", "abs", ("float",)] = _of_single(abs)
for _class, _kind in (("Byte", "byte"), ("Short", "short"), ("Integer", "int"), ("Long", "long")):
    _METHODS[f"java.lang.{_class}", "valueOf", (_STRING,)] = _parse_whole(_kind)
_METHODS["java.lang.Integer", "parseInt", (_STRING,)] = _parse_whole("int")
_METHODS["java.lang.Long", "parseLong", (_STRING,)] = _parse_whole("long")
for _kind in ("char", "boolean", "int", "long"):
    _METHODS["java.lang.String", "valueOf", (_kind,)] = lambda value: to_string(
        Decimal(value) if type(value) is int else value
    )

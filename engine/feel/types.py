"""The types of FEEL, and which of them fits where."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

_MOST_SHOWN = 50
"""Parts of a type that its text shows; types used again and again in each other have more than any text could hold."""


class _Shown:
    """What all types have in common: their text."""

    __slots__ = ()

    def __str__(self) -> str:
        return _text(self, [_MOST_SHOWN])


@dataclass(frozen=True, slots=True)
class SimpleType(_Shown):
    """A type without parts, known by its FEEL name."""

    name: str


ANY = SimpleType("Any")
NULL = SimpleType("Null")
NUMBER = SimpleType("number")
STRING = SimpleType("string")
BOOLEAN = SimpleType("boolean")
DATE = SimpleType("date")
TIME = SimpleType("time")
DATE_TIME = SimpleType("date and time")
DAYS_TIME_DURATION = SimpleType("days and time duration")
YEARS_MONTHS_DURATION = SimpleType("years and months duration")


@dataclass(frozen=True, slots=True)
class ListType(_Shown):
    """A list whose items are all of one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class ContextType(_Shown):
    """A context.

    Attributes:
        fields: type of each entry.
        open: whether it may have entries beside those; asking a closed one for another is a mistake.
    """

    fields: Mapping[str, Type] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True, slots=True)
class RangeType(_Shown):
    """A range whose ends are of one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class FunctionType(_Shown):
    """A function by the types of its parameters and of its result; `parameters` is None where they are not known."""

    parameters: tuple[Type, ...] | None = None
    result: Type = ANY


@dataclass(frozen=True, slots=True)
class Required(_Shown):
    """A type whose null is ruled out, as a promise of who gives the value: comparisons on it need no test for null."""

    type: Type


Type = SimpleType | ListType | ContextType | RangeType | FunctionType | Required

DURATION_TYPES = (DAYS_TIME_DURATION, YEARS_MONTHS_DURATION)
_SIMPLE = (ANY, NULL, NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS_TIME_DURATION, YEARS_MONTHS_DURATION)
TYPES_BY_NAME: dict[str, Type] = {
    **{kind.name: kind for kind in _SIMPLE},
    "day time duration": DAYS_TIME_DURATION,
    "days and time duration": DAYS_TIME_DURATION,
    "year month duration": YEARS_MONTHS_DURATION,
    "dayTimeDuration": DAYS_TIME_DURATION,
    "yearMonthDuration": YEARS_MONTHS_DURATION,
    "dateTime": DATE_TIME,
    "list": ListType(ANY),
    "context": ContextType({}, open=True),
    "function": FunctionType(),
    "range": RangeType(ANY),
}


def _text(kind: _Shown, left: list[int]) -> str:
    """A type as FEEL writes it, with dots for the parts beyond those that are left to be shown."""
    left[0] -= 1
    if left[0] < 0:
        return "..."
    match kind:
        case SimpleType(name):
            return name
        case ListType(item):
            return f"list<{_text(item, left)}>"
        case RangeType(item):
            return f"range<{_text(item, left)}>"
        case ContextType(fields) if fields:
            shown = list(itertools.islice(fields.items(), max(left[0], 0)))
            parts = [f"{name}: {_text(of, left)}" for name, of in shown] + ["..."] * (len(shown) < len(fields))
            return f"context<{', '.join(parts)}>"
        case FunctionType(parameters, result) if parameters is not None:
            return f"function<{', '.join(_text(of, left) for of in parameters)}> -> {_text(result, left)}"
        case Required(of):
            left[0] += 1
            return _text(of, left)
    return "context" if isinstance(kind, ContextType) else "function"


def bare(kind: Type) -> Type:
    """The type without the promise that it is never null."""
    return kind.type if isinstance(kind, Required) else kind


def is_required(kind: Type) -> bool:
    """Whether null is ruled out."""
    return isinstance(kind, Required)


def conforms(kind: Type, target: Type) -> bool:
    """Whether every value of `kind` is one of `target` (the standard's relation "conforms to")."""
    kind, target = bare(kind), bare(target)
    if target == ANY or kind in (NULL, target):
        return True
    if isinstance(kind, ListType) and isinstance(target, ListType):
        return conforms(kind.item, target.item)
    if isinstance(kind, RangeType) and isinstance(target, RangeType):
        return conforms(kind.item, target.item)
    if isinstance(kind, ContextType) and isinstance(target, ContextType):
        return all(name in kind.fields and conforms(kind.fields[name], of) for name, of in target.fields.items())
    if isinstance(kind, FunctionType) and isinstance(target, FunctionType):
        if target.parameters is None:
            return True
        if kind.parameters is None or len(kind.parameters) != len(target.parameters):
            return False
        parameters = zip(target.parameters, kind.parameters, strict=True)
        return all(conforms(given, taken) for given, taken in parameters) and conforms(kind.result, target.result)
    return False


def can_be(kind: Type, target: Type) -> bool:
    """Whether some value of `kind` may be one of `target`: False only where that can be ruled out."""
    kind, target = bare(kind), bare(target)
    if ANY in (kind, target) or NULL in (kind, target):
        return True
    if isinstance(kind, ListType) and isinstance(target, ListType):
        return True
    if isinstance(kind, RangeType) and isinstance(target, RangeType):
        return can_be(kind.item, target.item)
    if isinstance(kind, ContextType | FunctionType):
        return type(kind) is type(target)
    return kind == target


def common(left: Type, right: Type) -> Type:
    """The narrowest type known here that holds the values of both."""
    if left == right:
        return left
    required = is_required(left) and is_required(right)
    left, right = bare(left), bare(right)
    if left == NULL:
        return right
    if right == NULL:
        return left
    found: Type = ANY
    if left == right:
        found = left
    elif isinstance(left, ListType) and isinstance(right, ListType):
        found = ListType(common(left.item, right.item))
    elif isinstance(left, ContextType) and isinstance(right, ContextType):
        shared = {name: common(kind, right.fields[name]) for name, kind in left.fields.items() if name in right.fields}
        found = ContextType(shared, open=True)
    return Required(found) if required else found

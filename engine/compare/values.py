"""Values in a form in which equal meaning is equal text: numbers without idle zeros, FEEL without comments."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from engine.document import Path
from engine.money import plain
from engine.source import Span

FEEL_FIELDS = frozenset({"when", "where", "must", "of"})
"""Fields whose text is FEEL, wherever they stand."""

_TEXT_OR_BLANK = re.compile(r'"(?:[^"\\]|\\.)*"|(?://[^\n]*|/\*.*?\*/|\s)+', re.DOTALL)
_BLANK_BESIDE_SYMBOL = re.compile(r' ?([(){}\[\],<>=!]+) ?|("(?:[^"\\]|\\.)*")')
_ID_FIELDS = ("id", "name", "sku")


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A value of a part.

    Attributes:
        meaning: equal for values that mean the same.
        shown: as a person reads it.
        path: where it stands in the part.
        is_default: whether leaving it out says the same.
    """

    meaning: str
    shown: str
    path: Path = ()
    is_default: bool = False


def feel_meaning(text: str) -> str:
    """FEEL text without comments and without blanks that separate nothing."""
    single = _TEXT_OR_BLANK.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    return _BLANK_BESIDE_SYMBOL.sub(lambda found: found[1] or found[2], single).strip()


def scalar(value: Any, *, feel: bool = False) -> tuple[str, str]:
    """The meaning of a scalar and how it is shown."""
    match value:
        case None:
            return "", ""
        case bool():
            text = "true" if value else "false"
            return text, text
        case int() | Decimal():
            number = Decimal(value)
            return plain(number.normalize()) if number else "0", plain(number)
        case Enum():
            return str(value.value), str(value.value)
        case date():
            return value.isoformat(), value.isoformat()
        case _:
            shown = " ".join(str(value).split())
            return (feel_meaning(str(value)) if feel else shown), shown


def values_of(part: Any, *, leave_out: frozenset[str] = frozenset()) -> dict[str, Value]:
    """Every value of a schema object or a dataclass by its dotted path; parts of lists go by their ids.

    Args:
        part: what to take apart.
        leave_out: fields at the top that are not looked at.
    """
    if isinstance(part, BaseModel):
        content = part.model_dump(by_alias=True)
        stated = part.model_dump(by_alias=True, exclude_defaults=True)
        spoken = {name for name, _ in _flat(stated, "", ())}
        values = dict(_flat({key: item for key, item in content.items() if key not in leave_out}, "", ()))
        return {
            name: value if name in spoken else dataclasses.replace(value, is_default=True)
            for name, value in values.items()
        }
    return {name: value for name, value in _flat(part, "", ()) if value.path and value.path[0] not in leave_out}


def _flat(value: Any, name: str, path: Path) -> Iterator[tuple[str, Value]]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if not isinstance(value, Span):
            yield from _flat_dataclass(value, name, path)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key), (*path, key))
    elif isinstance(value, list | tuple):
        yield from _flat_list(value, name, path)
    else:
        meaning, shown = scalar(value, feel=bool(path) and path[-1] in FEEL_FIELDS)
        yield name, Value(meaning, shown, path, is_default=value is None or value == "")


def _flat_dataclass(value: Any, name: str, path: Path) -> Iterator[tuple[str, Value]]:
    for item in dataclasses.fields(value):
        content = getattr(value, item.name)
        default = item.default if item.default_factory is dataclasses.MISSING else item.default_factory()
        for inner_name, inner in _flat(content, f"{name}.{item.name}" if name else item.name, (*path, item.name)):
            yield inner_name, dataclasses.replace(inner, is_default=True) if content == default else inner


def _flat_list(items: list[Any] | tuple[Any, ...], name: str, path: Path) -> Iterator[tuple[str, Value]]:
    """The items of a list: scalars as one value, in their order; parts each by its id, and the order of their ids."""
    names = [_name_of(item, index) for index, item in enumerate(items)]
    shown = ", ".join(scalar(item)[1] if label is None else label for item, label in zip(items, names, strict=True))
    yield name, Value(shown, shown, path, is_default=not items)
    for index, (item, label) in enumerate(zip(items, names, strict=True)):
        if label is not None:
            # The id that names it is told already.
            inner = {key: part for key, part in item.items() if part != label} if isinstance(item, Mapping) else item
            yield from _flat(inner, f"{name}[{label}]", (*path, index))


def _name_of(item: Any, index: int) -> str | None:
    """What a part of a list is called; None for a scalar."""
    if dataclasses.is_dataclass(item):
        item = {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
    if isinstance(item, list | tuple):
        return str(index + 1)
    if not isinstance(item, Mapping):
        return None
    return next((str(item[field]) for field in _ID_FIELDS if item.get(field)), str(index + 1))

"""String functions; positions count characters from 1, or from the end below 0."""

from __future__ import annotations

from decimal import Decimal

from engine.feel import limits
from engine.feel.builtins import xpath_regex
from engine.feel.builtins.registry import Family, needed, optional
from engine.feel.errors import FeelError
from engine.feel.types import BOOLEAN, NUMBER, STRING, ListType
from engine.feel.values import to_index

FUNCTIONS = Family()
_STRING = needed("string", STRING)
_MATCH = needed("match", STRING)
_INPUT = needed("input", STRING)
_PATTERN = needed("pattern", STRING)
_FLAGS = optional("flags", STRING, nulls=True)


@FUNCTIONS.add(
    "substring", _STRING, needed("start position", NUMBER), optional("length", NUMBER, nulls=True), result=STRING
)
def _substring(string: str, start_position: Decimal, length: Decimal | None) -> str:
    start = to_index(start_position)
    if start == 0 or abs(start) > len(string):
        raise FeelError(f"there is no position {start} in a string of {len(string)} characters")
    if length is not None and length < 1:
        raise FeelError(f"the length is at least 1, not {length}")
    begin = start - 1 if start > 0 else len(string) + start
    return string[begin:] if length is None else string[begin : begin + to_index(length)]


@FUNCTIONS.add("string length", _STRING, result=NUMBER)
def _string_length(string: str) -> Decimal:
    return Decimal(len(string))


@FUNCTIONS.add("upper case", _STRING, result=STRING)
def _upper_case(string: str) -> str:
    return string.upper()


@FUNCTIONS.add("lower case", _STRING, result=STRING)
def _lower_case(string: str) -> str:
    return string.lower()


@FUNCTIONS.add("substring before", _STRING, _MATCH, result=STRING)
def _substring_before(string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@FUNCTIONS.add("substring after", _STRING, _MATCH, result=STRING)
def _substring_after(string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@FUNCTIONS.add("contains", _STRING, _MATCH, result=BOOLEAN)
def _contains(string: str, match: str) -> bool:
    return match in string


@FUNCTIONS.add("starts with", _STRING, _MATCH, result=BOOLEAN)
def _starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@FUNCTIONS.add("ends with", _STRING, _MATCH, result=BOOLEAN)
def _ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@FUNCTIONS.add("matches", _INPUT, _PATTERN, _FLAGS, result=BOOLEAN)
def _matches(string: str, pattern: str, flags: str | None) -> bool:
    return xpath_regex.matches(string, pattern, flags or "")


@FUNCTIONS.add("replace", _INPUT, _PATTERN, needed("replacement", STRING), _FLAGS, result=STRING)
def _replace(string: str, pattern: str, replacement: str, flags: str | None) -> str:
    return xpath_regex.replace(string, pattern, replacement, flags or "")


@FUNCTIONS.add("split", _STRING, needed("delimiter", STRING), result=ListType(STRING))
def _split(string: str, delimiter: str) -> list[str]:
    return xpath_regex.split(string, delimiter)


@FUNCTIONS.add(
    "string join", needed("list", ListType(STRING)), optional("delimiter", STRING, nulls=True), result=STRING
)
def _string_join(strings: list[str | None], delimiter: str | None) -> str:
    between = delimiter or ""
    parts = [part for part in strings if part is not None]
    limits.check_string(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)

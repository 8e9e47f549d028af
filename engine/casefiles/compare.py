"""Expectations of a test case compared with what the engine answers: what differs, and where it is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.casefiles.model import Change, Names, Written
from engine.diagnostics import Code, Findings, did_you_mean
from engine.money import plain, to_decimal

CONTAINED = ("errors", "notices")
"""Lists of messages: an expected text is a part of one of them."""
SOMETIMES = ("people", "derived", "conditions", "steps")
"""What has an entry only where there is something to tell: without one it is none."""
MAX_SHOWN = 300
"""Characters of nested values that are shown."""
APPLY, NOT_APPLY = "applies", "does_not_apply"
"""Whether rules are among those that acted, whichever others did."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as expected.

    Attributes:
        names: of the value.
        expected: as text.
        found: as text.
        written: the expectation in its file.
        replacement: what would have to be expected, as YAML on one line; None where no one value says it.
    """

    names: Names
    expected: str
    found: str
    written: Written
    replacement: str | None

    @property
    def line(self) -> str:
        """The id of the line that it is about; "" where it is about none."""
        return self.names[1] if len(self.names) > 1 and self.names[0] == "lines" else ""


def compare(expectations: tuple[Change, ...], values: Mapping[str, Any], findings: Findings) -> Iterator[Difference]:
    """What differs; an expectation of something that is not told at all is a finding."""
    if values.get("errors") and not any(change.names[0] == "errors" for change in expectations):
        told = "; ".join(values["errors"])
        yield Difference(("errors",), "an answer", told, expectations[0].written, None)
        return
    for change in expectations:
        names = change.names
        if names[-1] in (APPLY, NOT_APPLY):
            yield from _applied(change, values, findings)
            continue
        found, known = look_up(values, names)
        if known is not None and any(
            name in SOMETIMES and look_up(values, names[: number + 1])[1] is None
            for number, name in enumerate(names[:-1])
        ):
            found, known = None, None
        if known is not None:
            if values.get("errors"):
                continue  # refused as expected, so that there is nothing else
            _tell_unknown(change, known, findings)
        elif not _agrees(change.written.value, found, contained=names[-1] in CONTAINED):
            yield Difference(names, shown(change.written.value), shown(found), change.written, as_yaml(found))


def look_up(values: Mapping[str, Any], names: Names) -> tuple[Any, list[str] | None]:
    """The value by its names; with the names there are instead, where one of them is none."""
    value: Any = values
    for position, name in enumerate(names):
        if not isinstance(value, Mapping):
            return None, []
        if name not in value:
            rest = ".".join(names[position:])  # ids of steps and people may hold dots
            if rest in value:
                return value[rest], None
            by_sku = [inner for inner in value.values() if isinstance(inner, Mapping) and inner.get("sku") == name]
            if len(by_sku) != 1:
                return None, list(value)
            value = by_sku[0]
        else:
            value = value[name]
    return value, None


def _tell_unknown(change: Change, known: list[str], findings: Findings) -> None:
    wanted = change.names[-1]
    there = f"; there is {', '.join(known[:30])}" if known else ""
    message = f"nothing is told as {change}{there}"
    hint = ""
    if change.names[0] in ("credit", "approval") and change.names[0] not in known and len(change.names) <= 2:
        hint = "give 'credit' to ask for the credit check" if change.names[0] == "credit" else "give 'requester'"
    for name in change.names:
        if name not in known and not hint:
            hint = did_you_mean(name, known)
    place = change.written.span
    if change.written.cell is None:
        place = change.written.document.key_span(change.written.path)
    findings.add(Code.UNKNOWN_FIELD, message, place, hint=hint or did_you_mean(wanted, known))


def _applied(change: Change, values: Mapping[str, Any], findings: Findings) -> Iterator[Difference]:
    """Whether the named rules acted, or did not."""
    parent = change.names[:-1]
    rules, known = look_up(values, (*parent, "rules"))
    if known is not None or not isinstance(rules, list):
        _tell_unknown(change, known or [], findings)
        return
    named = _listed(change.written.value)
    wrong = [name for name in named if (name in rules) != (change.names[-1] == APPLY)]
    if wrong:
        acted = "rules that act: " + (", ".join(rules) or "none")
        yield Difference(change.names, shown(change.written.value), acted, change.written, None)


def _listed(value: Any) -> list[str]:
    """A list as written: as such, or in a cell with commas."""
    if isinstance(value, list):
        return [str(item) for item in value]
    if value is None or value == "none":
        return []
    return [part.strip() for part in str(value).split(",")]


def _agrees(expected: Any, found: Any, *, contained: bool) -> bool:
    if isinstance(found, list):
        listed = _listed(expected) if not (contained and isinstance(expected, str)) else [expected]
        if contained:
            return len(listed) == len(found) and all(any(text in message for message in found) for text in listed)
        return listed == found
    if isinstance(found, Mapping):
        return isinstance(expected, dict) and not expected and not found
    if isinstance(found, bool) or isinstance(expected, bool):
        return expected is found
    if isinstance(found, Decimal | int):
        try:
            return expected is not None and to_decimal(str(expected)) == found
        except ValueError:
            return False
    if found is None or found == "":
        return expected in (None, "none", "")
    return str(expected) == shown(found)


def shown(value: Any) -> str:
    """A value as people write it."""
    if value is None or value in ("", []):
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, Mapping):
        told = ", ".join(f"{name}: {shown(item)}" for name, item in value.items()) or "none"
        return told if len(told) <= MAX_SHOWN else f"{told[:MAX_SHOWN]} ..."
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def as_yaml(value: Any) -> str | None:
    """A value as one line of YAML; None for what no expectation would be written as."""
    if value is None or value == "":
        return "none"
    if isinstance(value, list):
        items = [_scalar(item) for item in value]
        return f"[{', '.join(items)}]"
    if isinstance(value, Mapping):
        return None
    return _scalar(value)


def _scalar(value: Any) -> str:
    text = shown(value)
    if not isinstance(value, str):
        return text
    plain_text = text.replace("-", "").replace("_", "").replace(".", "").isalnum() and not text[0].isdigit()
    return text if plain_text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

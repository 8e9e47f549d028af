"""Facts that callers state beyond the fields of the contract: from maps, and from the bytes of a map's entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quotewright.v1 import quote_pb2 as pb

from engine.quote import EMPTY_FACTS, Fact, Facts
from engine.wire.violations import MAX_FACTS, MAX_NAME, MAX_TEXT, Reason, Violations

# The entries of all maps of facts are alike: a name and a FactValue.
FactEntry = pb.Quote.FactsEntry

ENTRIES_KEPT = 20_000
LONGEST_ENTRY_KEPT = 100


def read_facts(messages: Mapping[str, pb.FactValue], at: str, violations: Violations) -> Facts:
    """Facts by name, of a map."""
    if _are_too_many(len(messages), at, violations):
        return EMPTY_FACTS
    return dict([_read_fact(name, messages[name], at, violations) for name in messages])


def read_fact_entries(entries: Sequence[bytes], at: str, violations: Violations) -> Facts:
    """Facts by name, of the entries of a map as they were sent.

    Raises:
        DecodeError: the bytes are no entry of such a map.
    """
    if len(entries) > MAX_FACTS and _are_too_many(len(entries), at, violations):
        return EMPTY_FACTS
    try:
        return dict(map(_known_fact, entries))
    except _NotAFactError:
        parsed = [FactEntry.FromString(entry) for entry in entries]
        return dict([_read_fact(entry.key, entry.value, at, violations) for entry in parsed])


class _NotAFactError(Exception):
    """An entry that violates something."""


class _KnownEntries(dict[bytes, tuple[str, Fact]]):
    """Facts by the bytes of their entries: callers state the same ones again and again."""

    def __missing__(self, entry: bytes) -> tuple[str, Fact]:
        message = FactEntry.FromString(entry)
        name, value = message.key, message.value
        text = value.text
        # Most facts are short texts: these are taken without asking which of the types was set.
        if text and len(text) <= MAX_TEXT and 0 < len(name) <= MAX_NAME:
            fact: tuple[str, Fact] = (name, text)
        else:
            violations = Violations()
            fact = _read_fact(name, value, "", violations)
            if violations.found:
                raise _NotAFactError
        if len(entry) <= LONGEST_ENTRY_KEPT:
            if len(self) >= ENTRIES_KEPT:
                self.clear()
            self[entry] = fact
        return fact


_known_fact = _KnownEntries().__getitem__


def _are_too_many(count: int, at: str, violations: Violations) -> bool:
    if count <= MAX_FACTS:
        return False
    violations.add(at, Reason.TOO_MANY, f"at most {MAX_FACTS:,} facts are taken, found {count:,}")
    return True


def _read_fact(name: str, message: pb.FactValue, at: str, violations: Violations) -> tuple[str, Fact]:
    shown = name if len(name) <= MAX_NAME else name[:37] + "..."
    return violations.name(name, at), _read_value(message, f"{at}[{shown!r}]", violations)


def _read_value(message: pb.FactValue, at: str, violations: Violations) -> Fact:
    match message.WhichOneof("value"):
        case "text":
            return violations.text(message.text, at, MAX_TEXT)
        case "number":
            return violations.number(message.number, at)
        case "boolean":
            return message.boolean
        case "date":
            return violations.day(message.date, at)
        case _:
            return None

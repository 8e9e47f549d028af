"""What all file kinds are read into: texts with their places, in lists and records; and typed access that reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from engine.diagnostics import Code, Findings, did_you_mean
from engine.money import ZERO, plain, to_decimal
from engine.source import Span

_Choice = TypeVar("_Choice", bound=StrEnum)

LIST_SEPARATOR = ";"
_MAX_SHOWN = 40
_MAX_INTEGER = 10**9  # far above any priority, count or number of decimals, and safe in every database


class Places(Protocol):
    """Knows where the values of a record stand; asked only when there is something to say about one."""

    def span(self, index: int) -> Span:
        """The place of the value number `index`."""


@dataclass(frozen=True, slots=True)
class FixedPlace:
    """The place of a single value."""

    place: Span

    def span(self, index: int) -> Span:
        """The place, whatever the index."""
        del index
        return self.place


class Scalar(NamedTuple):
    """A value as the text in the file."""

    text: str
    places: Places
    position: int = 0

    @property
    def span(self) -> Span:
        """The place of the value."""
        return self.places.span(self.position)


@dataclass(frozen=True, slots=True)
class Listing:
    """Values one after the other."""

    items: Sequence[Node]
    span: Span


@dataclass(frozen=True, slots=True)
class Record:
    """Named values; those without a value are left out.

    Attributes:
        fields: values by name.
        span: place of the record.
        key_spans: places of the names, where each record has names of its own (not so in a table).
    """

    fields: Mapping[str, Node]
    span: Span
    key_spans: Mapping[str, Span] | None = None


Node = Scalar | Listing | Record


_GIVEN_UP = frozenset({Code.FILE_MISSING, Code.FILE_UNREADABLE, Code.SYNTAX})


def files_given_up(findings: Findings) -> bool:
    """Whether a file could not be read to its end; names that seem unknown may be in it."""
    return any(finding.code in _GIVEN_UP for finding in findings)


class Names:
    """Known names of one kind, for references; hints are limited, as searching many names takes its time.

    Attributes:
        noun: what messages call such a name.
        known: the names.
        closed: whether the names are all that there are; others are reported only then.
    """

    __slots__ = ("_hints_left", "_sorted", "closed", "known", "noun")

    def __init__(self, noun: str, known: Iterable[str] = ()) -> None:
        self.noun = noun
        self.known = set(known)
        self.closed = True
        self._hints_left = 100
        self._sorted: list[str] = []

    def check(self, scalar: Scalar, findings: Findings) -> bool:
        """Whether the text is a known name; a finding where not."""
        if scalar.text in self.known or not self.closed:
            return True
        findings.add(
            Code.UNKNOWN_NAME, f"unknown {self.noun} {shown(scalar.text)}", scalar.span, hint=self.hint(scalar.text)
        )
        return False

    def hint(self, name: str) -> str:
        """The nearest known name as a hint, for the first hundred asked for."""
        self._hints_left -= 1
        if self._hints_left < 0:
            return ""
        if len(self._sorted) != len(self.known):
            self._sorted = sorted(self.known)  # so that among equally near names the choice is always the same
        return did_you_mean(name, self._sorted)


class Fields:
    """Typed access to a record's fields: a wrong value becomes a finding, and reading goes on with the default."""

    __slots__ = ("_fields", "findings", "record")

    def __init__(self, record: Record, known: frozenset[str], findings: Findings) -> None:
        """Take a record; names that are not `known` become findings."""
        self.record = record
        self.findings = findings
        self._fields = record.fields
        if record.key_spans is not None:
            for name, span in record.key_spans.items():
                if name not in known:
                    findings.add(
                        Code.UNKNOWN_FIELD, f"unknown field {shown(name)}", span, hint=did_you_mean(name, sorted(known))
                    )

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def span(self, name: str) -> Span:
        """The place of a field's value, or of the record where it has none."""
        node = self._fields.get(name)
        return self.record.span if node is None else node.span

    def report(self, name: str, message: str, *, code: Code = Code.WRONG_VALUE, hint: str = "") -> None:
        """Add a finding at a field."""
        self.findings.add(code, message, self.span(name), hint=hint)

    def scalar(self, name: str) -> Scalar | None:
        """A single value with its place, or None where it is not given."""
        node = self._fields.get(name)
        if node is None or isinstance(node, Scalar):
            return node
        found = "a list" if isinstance(node, Listing) else "fields"
        self.report(name, f"{name} is a single value, found {found}", code=Code.WRONG_TYPE)
        return None

    def text(self, name: str, default: str = "") -> str:
        """Text, or the default where it is not given."""
        scalar = self.scalar(name)
        return default if scalar is None else scalar.text

    def required(self, name: str) -> Scalar | None:
        """A single value that must be given."""
        if name not in self._fields:
            self.findings.add(Code.MISSING_FIELD, f"{name} is missing", self.record.span)
        return self.scalar(name)

    def required_text(self, name: str) -> str:
        """Text that must be given; "" after a finding."""
        scalar = self.required(name)
        return "" if scalar is None else scalar.text

    def decimal(self, name: str, *, at_least: Decimal | None = ZERO, above: Decimal | None = None) -> Decimal | None:
        """A decimal inside its bounds, or None where it is not given or wrong."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        try:
            number = to_decimal(scalar.text)
        except ValueError as problem:
            self.report(name, f"{name}: {problem}", code=Code.WRONG_TYPE)
            return None
        if above is not None and number <= above:
            self.report(name, f"{name} must be above {plain(above)}, found {shown_number(number)}")
            return None
        if at_least is not None and number < at_least:
            bound = "must not be negative" if not at_least else f"must be at least {plain(at_least)}"
            self.report(name, f"{name} {bound}, found {shown_number(number)}")
            return None
        return number or number.copy_abs()  # no negative zero

    def required_decimal(self, name: str, *, at_least: Decimal | None = ZERO, above: Decimal | None = None) -> Decimal:
        """A decimal that must be given; 1 after a finding, so that what follows can be checked."""
        if name not in self._fields:
            self.findings.add(Code.MISSING_FIELD, f"{name} is missing", self.record.span)
        number = self.decimal(name, at_least=at_least, above=above)
        return Decimal(1) if number is None else number

    def integer(self, name: str, *, low: int = -_MAX_INTEGER, high: int = _MAX_INTEGER) -> int | None:
        """A whole number between bounds, or None where it is not given or wrong."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        digits = scalar.text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            self.report(name, f"{name}: expected a whole number, found {shown(scalar.text)}", code=Code.WRONG_TYPE)
            return None
        if len(digits) > len(str(_MAX_INTEGER)) or not low <= int(scalar.text) <= high:
            self.report(name, f"{name} must be from {low} to {high}, found {shown(scalar.text)}")
            return None
        return int(scalar.text)

    def boolean(self, name: str, *, default: bool) -> bool:
        """True or false, or the default where it is not given or wrong."""
        scalar = self.scalar(name)
        if scalar is None:
            return default
        value = to_boolean(scalar.text)
        if value is None:
            self.report(name, f"{name}: expected true or false, found {shown(scalar.text)}", code=Code.WRONG_TYPE)
            return default
        return value

    def day(self, name: str) -> date | None:
        """A date, or None where it is not given or wrong."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        value = to_date(scalar.text)
        if value is None:
            self.report(
                name, f"{name}: expected a date such as 2026-03-01, found {shown(scalar.text)}", code=Code.WRONG_TYPE
            )
        return value

    def validity(self) -> tuple[date | None, date | None]:
        """`valid_from` and `valid_to`, in that order of time."""
        first, last = self.day("valid_from"), self.day("valid_to")
        if first is not None and last is not None and last < first:
            self.report("valid_to", f"valid_to {last} is before valid_from {first}")
        return first, last

    def choice(self, name: str, kind: type[_Choice], default: _Choice) -> _Choice:
        """One of a closed list of names, or the default where it is not given or wrong."""
        return self.optional_choice(name, kind) or default

    def optional_choice(self, name: str, kind: type[_Choice]) -> _Choice | None:
        """One of a closed list of names, or None where it is not given or wrong."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        try:
            return kind(scalar.text)
        except ValueError:
            known = [item.value for item in kind]
            self.report(
                name,
                f"{name}: expected one of {', '.join(known)}; found {shown(scalar.text)}",
                hint=did_you_mean(scalar.text, known),
            )
            return None

    def texts(self, name: str) -> list[Scalar]:
        """A list of texts: a list, or one value that separates them by semicolons."""
        node = self._fields.get(name)
        if node is None:
            return []
        if isinstance(node, Scalar):
            parts = (part.strip() for part in node.text.split(LIST_SEPARATOR))
            return [Scalar(part, node.places, node.position) for part in parts if part]
        items = node.items if isinstance(node, Listing) else ()
        texts = [item for item in items if isinstance(item, Scalar)]
        if not isinstance(node, Listing) or len(texts) < len(items):
            self.report(name, f"{name} is a list of texts", code=Code.WRONG_TYPE)
        return texts

    def sub_record(self, name: str) -> Record | None:
        """A value that has fields of its own, or None."""
        node = self._fields.get(name)
        if node is not None and not isinstance(node, Record):
            self.report(name, f"{name} has fields of its own", code=Code.WRONG_TYPE)
        return node if isinstance(node, Record) else None

    def records(self, name: str) -> list[Record]:
        """A list of records."""
        node = self._fields.get(name)
        if node is None:
            return []
        items = node.items if isinstance(node, Listing) else ()
        records = [item for item in items if isinstance(item, Record)]
        if not isinstance(node, Listing) or len(records) < len(items):
            self.report(name, f"{name} is a list whose items have fields", code=Code.WRONG_TYPE)
        return records

    def named(self, name: str) -> dict[str, Scalar]:
        """Values by names that the file chooses, such as attributes or currencies."""
        node = self._fields.get(name)
        if node is None:
            return {}
        fields = node.fields if isinstance(node, Record) else {}
        values = {key: value for key, value in fields.items() if isinstance(value, Scalar)}
        if not isinstance(node, Record) or len(values) < len(fields):
            self.report(name, f"{name} gives one value for each name", code=Code.WRONG_TYPE)
        return values


def to_boolean(text: str) -> bool | None:
    """True for "true", false for "false" (any case), else None."""
    return {"true": True, "false": False}.get(text.lower())


def to_date(text: str) -> date | None:
    """The date of a text such as 2026-03-01, else None; other ISO 8601 spellings are not taken."""
    if len(text) != len("2026-03-01") or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def shown(text: str) -> str:
    """Text of a file as messages quote it: short, and with control characters visible."""
    return repr(text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "...")


def shown_number(number: Decimal) -> str:
    """A number as messages show it: plain, unless that is long."""
    text = plain(number) if abs(number.adjusted()) < _MAX_SHOWN else str(number)
    return text if len(text) <= _MAX_SHOWN else str(number)

"""Gate files: how much a change may change, as a person in charge of prices writes it, checked with places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import Field

from engine.diagnostics import Code, Findings, RejectedError, did_you_mean
from engine.document import Document, Path, read_document
from engine.load.validate import validate
from engine.money import ZERO, currency_codes, plain, to_decimal
from engine.schema.rulebook import Name, Strict
from engine.simulate.cuts import Cut, unknown_fact
from engine.source import Span

AMOUNTS = ("net_total", "list_total", "discount_total", "cost_total", "margin")
PERCENTAGES = ("margin_percent", "discount_percent")
COUNTS = ("approvals", "credit_objections", "newly_invalid_quotes", "invalid_quotes", "changed_quotes")
OF_CORPUS = ("unreadable_quotes",)
MEASURES = (*AMOUNTS, *PERCENTAGES, *COUNTS, *OF_CORPUS)
LIMITS = ("may_rise", "may_fall", "at_most", "at_least")

_LIMIT = re.compile(r"([+-]?[0-9.]+)\s*(%|points?|[A-Z]{3})?")

LimitText = int | Decimal | str


class GateEntry(Strict):
    """A gate.

    Attributes:
        id: unique in the file.
        description: for people.
        measure: what is looked at.
        of: the sum over the corpus, or every quote by itself.
        each: fact whose values are looked at one by one.
        where: facts with the value, or the values, of the quotes that count.
        may_rise: by how much it may rise.
        may_fall: by how much it may fall.
        at_most: what it may be after the change.
        at_least: what it must be after the change.
    """

    id: Name
    description: str = ""
    measure: Literal[
        "net_total",
        "list_total",
        "discount_total",
        "cost_total",
        "margin",
        "margin_percent",
        "discount_percent",
        "approvals",
        "credit_objections",
        "newly_invalid_quotes",
        "invalid_quotes",
        "changed_quotes",
        "unreadable_quotes",
    ]
    of: Literal["corpus", "each quote"] = "corpus"
    each: str = ""
    where: dict[str, str | bool | int | Decimal | Annotated[list[str], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    may_rise: LimitText | None = None
    may_fall: LimitText | None = None
    at_most: LimitText | None = None
    at_least: LimitText | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound of a gate.

    Attributes:
        kind: one of LIMITS.
        value: number as written.
        unit: "%" of what it was, "points", a currency, or "" for a plain number.
    """

    kind: str
    value: Decimal
    unit: str

    def __str__(self) -> str:
        unit = f" {'point' if self.unit == 'points' and self.value == 1 else self.unit}" if self.unit else ""
        return f"{self.kind.replace('_', ' ')}{' by' if self.kind.startswith('may') else ''} {plain(self.value)}{unit}"


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate ready to be measured.

    Attributes:
        id: as written.
        description: for people.
        measure: one of MEASURES.
        each_quote: whether every quote is looked at by itself.
        cut: which quotes, and how they are divided.
        limits: at least one.
        span: where it stands.
    """

    id: str
    description: str
    measure: str
    each_quote: bool
    cut: Cut
    limits: tuple[Limit, ...]
    span: Span


def load_gates(path: FilePath, facts: Sequence[str]) -> tuple[Gate, ...]:
    """The gates of a file.

    Args:
        path: YAML with a list `gates`.
        facts: names of facts that quotes can be divided by.

    Raises:
        RejectedError: the file has mistakes; carries every finding.
    """
    findings = Findings()
    name = path.as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror}", Span(name))
        raise RejectedError(findings) from None
    except UnicodeDecodeError:
        findings.add(Code.FILE_UNREADABLE, "expected UTF-8 text", Span(name), hint="save the file with encoding UTF-8")
        raise RejectedError(findings) from None
    gates = read_gates(text, name, facts, findings)
    if findings.errors:
        raise RejectedError(findings)
    return gates


def read_gates(text: str, file: str, facts: Sequence[str], findings: Findings) -> tuple[Gate, ...]:
    """The gates of a text; what is wrong goes to the findings, and gates with mistakes are left out."""
    document = read_document(text, file, findings)
    findings.texts[file] = document.source
    value = document.value
    if findings.errors:
        return ()
    if not isinstance(value, dict) or not isinstance(value.get("gates"), list) or not value["gates"]:
        findings.add(Code.MISSING_FIELD, "expected a list 'gates' that is not empty", document.span(("gates",)))
        return ()
    for name in value.keys() - {"gates"}:
        hint = did_you_mean(name, ["gates"])
        message = f"there is no field {name!r} here; expected 'gates'"
        findings.add(Code.UNKNOWN_FIELD, message, document.key_span((name,)), hint=hint)
    gates: dict[str, Gate] = {}
    for index, item in enumerate(value["gates"]):
        path = ("gates", index)
        entry = validate(GateEntry, document, path, item, findings)
        if entry is None:
            continue
        gate = _Reader(document, path, facts, findings).gate(entry)
        if entry.id in gates:
            message = f"gate {entry.id!r} is given twice; first at {gates[entry.id].span}"
            findings.add(Code.DUPLICATE, message, document.span((*path, "id")))
        elif gate is not None:
            gates[entry.id] = gate
    return tuple(gates.values())


class _Reader:
    """Reads what the schema cannot know: facts, units of limits, what goes together."""

    def __init__(self, document: Document, path: Path, facts: Sequence[str], findings: Findings) -> None:
        self._document = document
        self._path = path
        self._facts = facts
        self._findings = findings

    def gate(self, entry: GateEntry) -> Gate | None:
        """The gate of an entry, None with findings where it is none."""
        before = len(self._findings)
        if entry.each:
            self._check_fact(entry.each, ("each",))
        for name in entry.where:
            self._check_fact(name, ("where", name))
        cut = Cut(entry.each, tuple(sorted((name, _texts(value)) for name, value in entry.where.items())))
        limits = [limit for kind in LIMITS if (limit := self._limit(entry, kind)) is not None]
        if len(self._findings) == before and not limits:
            self._wrong(f"a gate has a limit: expected {', '.join(LIMITS)}", ())
        if entry.of == "each quote" and (entry.measure not in AMOUNTS + PERCENTAGES or cut.of_products):
            self._wrong(f"of: each quote holds {', '.join(AMOUNTS + PERCENTAGES)} of whole quotes to a limit", ("of",))
        if entry.measure in COUNTS and cut.of_products:
            self._wrong(f"{entry.measure} counts quotes, which cannot be divided by product", ("measure",))
        if entry.measure in OF_CORPUS and cut != Cut():
            self._wrong(f"{entry.measure} is known for the whole corpus only", ("measure",))
        if len(self._findings) > before:
            return None
        span = self._document.span(self._path)
        each_quote = entry.of == "each quote"
        return Gate(entry.id, entry.description, entry.measure, each_quote, cut, tuple(limits), span)

    def _check_fact(self, name: str, steps: Path) -> None:
        told = unknown_fact(name, self._facts)
        if told:
            place = (*self._path, *steps)
            span = self._document.key_span(place) if steps[0] == "where" else self._document.span(place)
            self._findings.add(Code.UNKNOWN_NAME, told, span)

    def _limit(self, entry: GateEntry, kind: str) -> Limit | None:
        written = getattr(entry, kind)
        if written is None:
            return None
        text = str(written).strip()
        found = _LIMIT.fullmatch(text)
        try:
            value = to_decimal(found[1]) if found else ZERO
        except ValueError:
            found, value = None, ZERO
        moves = kind in ("may_rise", "may_fall")
        if found is None or (value < 0 and moves):
            self._wrong(f"{kind}: expected {_expected(entry.measure, kind)}, found {text!r}", (kind,))
            return None
        unit = (found[2] or "").replace("points", "point").replace("point", "points")
        if not _fits(entry.measure, kind, value, unit):
            self._wrong(f"{kind}: expected {_expected(entry.measure, kind)}, found {text!r}", (kind,))
            return None
        return Limit(kind, value, unit)

    def _wrong(self, message: str, steps: Path) -> None:
        self._findings.add(Code.WRONG_VALUE, message, self._document.span((*self._path, *steps)))


def _fits(measure: str, kind: str, value: Decimal, unit: str) -> bool:
    moves = kind in ("may_rise", "may_fall")
    is_currency = unit in currency_codes()
    if measure in AMOUNTS:
        return is_currency or (not unit and not value) or (moves and unit == "%")
    if measure in PERCENTAGES:
        return unit == "points" or (not unit and not value) if moves else unit in ("%", "")
    return (not unit and value == value.to_integral_value()) or (moves and unit == "%")


def _expected(measure: str, kind: str) -> str:
    moves = kind in ("may_rise", "may_fall")
    if measure in AMOUNTS:
        return "a percentage such as 0.5 %, an amount such as 1000 EUR, or 0" if moves else "an amount such as 1000 EUR"
    if measure in PERCENTAGES:
        return "percentage points such as 0.5 points, or 0" if moves else "a percentage such as 30 %"
    return "a number of quotes, or a percentage such as 5 %" if moves else "a number of quotes"


def _texts(value: str | bool | int | Decimal | list[str]) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(sorted(value))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (value if isinstance(value, str) else plain(Decimal(value)),)

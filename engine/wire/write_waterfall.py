"""Waterfalls and what acted in them as text in the wire format: the largest part of a reply."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from quotewright.v1 import decision_pb2 as pb

from engine.trace import Adjustment, KnownSteps, Origin
from engine.wire.text import decimal_text, enum_numbers
from engine.wire.wire_format import Delimited, Number, Writings, encoded

ADJUSTMENT_KINDS = enum_numbers(pb.AdjustmentKind, "ADJUSTMENT_KIND_")

WATERFALL = Delimited(pb.PricedLine, "waterfall")
ORIGIN, VALUE = Number(pb.Adjustment, "origin"), Delimited(pb.Adjustment, "value")
BEFORE, AFTER = Delimited(pb.Adjustment, "before"), Delimited(pb.Adjustment, "after")
REASON = Delimited(pb.Adjustment, "reason")
TIER, PER_LINE = Number(pb.Adjustment, "tier"), Number(pb.Adjustment, "per_line")

MOST_KEPT = 20_000
"""Origins whose texts are kept; when there are more, keeping starts anew."""

MOST_WRITTEN = 10_000
"""Known steps whose texts are kept, likewise."""

MET: Final = object()
"""Stands where the text of known steps will be when they come again."""


class _Known(NamedTuple):
    """An origin, and what is written of it: its message, and what its first step stated.

    Attributes:
        origin: kept here so that its identity goes to no other object.
        message: its field among the origins of a decision.
        value: of the step.
        value_field: the same as written.
        reason: of the step.
        reason_field: the same as written.
    """

    origin: Origin
    message: str
    value: Decimal
    value_field: str
    reason: str
    reason_field: str


# Origins are built once when files are loaded, so that identity tells them apart faster than their seven fields.
_known_origins: dict[int, _Known] = {}


class _WrittenSteps:
    """Known steps as text, but for the numbers that a reply gives to their origins.

    Attributes:
        first: identity of the first step's origin, which mostly is a price that no other line has.
        first_message: the field of that origin among those of a decision.
        first_text: what follows the number in the first step.
        others: identities of the origins of the steps after it.
        texts: what follows the number in each of those.
        last: the numbers of the others in the reply that they were last written for, and their fields there.
        price: after the steps.
    """

    __slots__ = ("first", "first_message", "first_text", "last", "others", "price", "texts")

    def __init__(self, known: KnownSteps) -> None:
        first, *others = known.steps
        self.first = id(first.origin)
        self.first_message = _known_origin(first).message
        self.first_text = _unnumbered(first)
        self.others = tuple([id(step.origin) for step in others])
        self.texts = tuple([_unnumbered(step) for step in others])
        self.last: tuple[tuple[str, ...], str] = ((), "")
        self.price = decimal_text(known.price)

    def numbered(self, numbers: tuple[str, ...]) -> str:
        """The fields of the steps after the first, given the numbers of their origins."""
        last, fields = self.last
        if numbers != last:
            fields = ""
            for number, text in zip(numbers, self.texts, strict=True):
                step = f"{number}{text}"
                fields += f"{WATERFALL[len(step)]}{step}"
            self.last = (numbers, fields)
        return fields


def _unnumbered(step: Adjustment) -> str:
    """What follows the number of the origin in a step."""
    before = "" if step.before is None else BEFORE.of(decimal_text(step.before))
    text = f"{VALUE.of(decimal_text(step.value))}{before}{AFTER.of(decimal_text(step.after))}{REASON.of(step.reason)}"
    return f"{text}{TIER[step.tier]}{PER_LINE[step.per_line]}"


_written = Writings(MOST_WRITTEN)


def _write_known(known: KnownSteps) -> _WrittenSteps | None:
    """The text of known steps; None where they are met for the first time, which they may be for the last time too."""
    if known.written is None:
        known.written = MET
        return None
    found = _WrittenSteps(known)
    _written.keep(known, found)
    return found


_Place = tuple[str, str, Decimal, str, str]
"""What a step begins and ends with where it states a value and a reason, those that its origin stated last; these; and
the origin's number as written."""


class WaterfallWriter:
    """Waterfalls to text; what acted is told once for all lines.

    Attributes:
        origins: fields of the origins that acted, each once.
    """

    __slots__ = ("_numbers", "_places", "origins")

    def __init__(self) -> None:
        self.origins: list[str] = []
        self._numbers: dict[int, str] = {}
        self._places: dict[int, _Place] = {}

    def fields(self, steps: tuple[Adjustment, ...], known: KnownSteps | None) -> str:
        """The fields of a line's waterfall, given the known steps in front of it."""
        if known is None:
            return self._each(steps)
        written = known.written
        if written is None or written is MET:
            written = _write_known(known)
            if written is None:
                return self._each(steps)
        text = self._known(known, written)
        if steps is known.steps:
            return text
        return text + self._each(steps[len(known.steps) :], known.price, written.price)

    def _known(self, known: KnownSteps, written: _WrittenSteps) -> str:
        numbers = self._numbers
        number = numbers.get(written.first)
        if number is None:
            number = numbers[written.first] = ORIGIN[len(self.origins)]
            self.origins.append(written.first_message)
        text = f"{number}{written.first_text}"
        text = f"{WATERFALL[len(text)]}{text}"
        if not written.others:
            return text
        last, others = written.last
        if tuple(map(numbers.get, written.others)) != last:
            others = written.numbered(tuple([self._number(step) for step in known.steps[1:]]))
        return f"{text}{others}"

    def _number(self, step: Adjustment) -> str:
        """The number of a step's origin among those of the reply, as written."""
        identity = id(step.origin)
        number = self._numbers.get(identity)
        if number is None:
            number = self._numbers[identity] = ORIGIN[len(self.origins)]
            self.origins.append(_known_origin(step).message)
        return number

    def _each(self, steps: Iterable[Adjustment], last: Decimal | None = None, text: str = "") -> str:
        """The fields of steps of which nothing is known, given the price that those before them ended on, and its text.

        A step nearly always starts from the very number that the step before ended on.
        """
        places = self._places
        fields, length = "", len(text)
        for step in steps:
            origin, value, before, after, per_line, tier, reason = step
            head, reason_field, known_value, known_reason, number = places.get(id(origin)) or self._place(step)
            if before is None:
                before_field = ""
            elif before is last:
                before_field = f"{BEFORE[length]}{text}"
            else:
                before_field = BEFORE.of(decimal_text(before))
            last = after
            text = str(after)
            if "E" in text:
                text = format(after, "f")
            length = len(text)
            # Most rules always state the same value and reason, and that as the same objects.
            if value is not known_value:
                value_field = f"{VALUE[length]}{text}" if value is after else VALUE.of(decimal_text(value))
                head = f"{number}{value_field}"
            if reason is not known_reason:
                reason_field = REASON.of(reason)
            if value is not known_value or reason is not known_reason:
                places[id(origin)] = (head, reason_field, value, reason, number)
            field = f"{head}{before_field}{AFTER[length]}{text}{reason_field}"
            if tier or per_line:
                field = f"{field}{TIER[tier]}{PER_LINE[per_line]}"
            fields += f"{WATERFALL[len(field)]}{field}"
        return fields

    def _place(self, step: Adjustment) -> _Place:
        identity = id(step.origin)
        number = self._number(step)
        _, _, value, value_field, reason, reason_field = _known_origin(step)
        place = self._places[identity] = (number + value_field, reason_field, value, reason, number)
        return place


def _known_origin(step: Adjustment) -> _Known:
    """What is written of a step's origin, which the step states first where nothing is known of it."""
    origin, value, reason = step.origin, step.value, step.reason
    found = _known_origins.get(id(origin))
    if found is not None:
        return found
    if len(_known_origins) >= MOST_KEPT:
        _known_origins.clear()
    message = pb.Decision()
    message.origins.add(
        step=origin.step,
        kind=ADJUSTMENT_KINDS[origin.kind],
        id=origin.id,
        file=origin.file,
        line=origin.line if origin.file else 0,
        cell=origin.cell,
        stacking_group=origin.stacking_group,
    )
    value_field, reason_field = VALUE.of(decimal_text(value)), REASON.of(reason)
    known = _Known(origin, encoded(message), value, value_field, reason, reason_field)
    _known_origins[id(origin)] = known
    return known

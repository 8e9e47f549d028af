"""The explanation that all parts of a decision share: where something came from, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

new_tuple = tuple.__new__
"""Makes a named tuple of its fields in their order, at half the cost of calling its class."""


class AdjustmentKind(StrEnum):
    """What a step of a waterfall does to the price before it."""

    SET = "set"
    PERCENT = "percent"
    AMOUNT = "amount"
    MARKUP = "markup"
    FLOOR = "floor"
    CAP = "cap"
    FREE_UNITS = "free_units"
    FEE = "fee"
    ALLOCATION = "allocation"


@dataclass(frozen=True, slots=True)
class Origin:
    """What acted: built once when rules and catalogue are loaded, shared by every reply.

    Attributes:
        step: name of the waterfall step, for example "list" or "automatic".
        kind: what it does.
        id: rule id, price list id and entry, or "" where the engine itself acts.
        file: file that holds the rule or the entry; "" for the engine's own steps.
        line: 1-based line in `file`; 0 where there is none.
        cell: sheet and cell, or table row, where the file is a table; "" elsewhere.
        stacking_group: the group that the rule belongs to; "" outside rules.
    """

    step: str
    kind: AdjustmentKind
    id: str = ""
    file: str = ""
    line: int = 0
    cell: str = ""
    stacking_group: str = ""


class Adjustment(NamedTuple):
    """One step of a waterfall as it acted.

    Attributes:
        origin: what acted.
        value: percent points, or an amount, or a quantity for free units; signed as in the rule.
        before: price before the step; None for the first.
        after: price after it.
        per_line: whether `before` and `after` are amounts of the whole line; otherwise they are unit prices.
        tier: 1-based number of the tier that acted; 0 where none did.
        reason: text for a person, values filled in.
    """

    origin: Origin
    value: Decimal
    before: Decimal | None
    after: Decimal
    per_line: bool
    tier: int
    reason: str


class KnownSteps:
    """The first steps of a waterfall, the same objects for every line of the same price and the same rules.

    They act on the price of a unit and read nothing else of a quote, so that what is made of them can be made once.

    Attributes:
        steps: from the list price on, at least one.
        price: of a unit after them, exact.
        rounded: the same as the price list rounds it; None until a line was rounded.
        written: what a writer made of them; None until one did.
    """

    __slots__ = ("price", "rounded", "steps", "written")

    def __init__(self, steps: tuple[Adjustment, ...]) -> None:
        self.steps = steps
        self.price = steps[-1].after
        self.rounded: Decimal | None = None
        self.written: Any = None

    def __reduce__(self) -> tuple[type[KnownSteps], tuple[tuple[Adjustment, ...]]]:
        """Other processes write these themselves."""
        return KnownSteps, (self.steps,)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Something that was decided, and what it follows from.

    Attributes:
        subject: what is explained, for example "line 1: SRV-R1" or "discount.cfo".
        outcome: what it came to; may be empty.
        text: why, for a person, values filled in; may be empty.
        rule_id: rule or price that acted; "" where none did.
        file: file that holds it; "" where there is none.
        line: 1-based line in `file`; 0 where there is none.
        cell: sheet and cell, or row of a table; "" elsewhere.
        facts: what was read to decide it, by name.
        because: what it follows from, in the order in which it was decided.
    """

    subject: str
    outcome: str = ""
    text: str = ""
    rule_id: str = ""
    file: str = ""
    line: int = 0
    cell: str = ""
    facts: tuple[tuple[str, Any], ...] = ()
    because: tuple[Explanation, ...] = ()

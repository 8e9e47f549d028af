"""Changes as values: what was added, removed, changed, moved or renamed, and each field with its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.source import Span


class Action(StrEnum):
    """What happened to a part of a rulebook or of a catalogue."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field, or a cell of a table, before and after.

    Attributes:
        field: dotted path in the part, for example "then.percent_off"; the column in a table.
        before: as written; None where it was not there.
        after: as written; None where it is not there any more.
        old: place in the old version; None where it was not there.
        new: place in the new version; None where it is not there any more.
        row: the row of a table, by its id or inputs; "" elsewhere.
    """

    field: str
    before: str | None
    after: str | None
    old: Span | None = None
    new: Span | None = None
    row: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A part that is not the same in both versions.

    Attributes:
        action: what happened to it.
        kind: what it is, for example "pricing rule" or "table".
        id: what it is called now, or was called where it is gone.
        old: its place in the old version; None where it was added.
        new: its place in the new version; None where it was removed.
        old_id: its former id, where it was renamed.
        fields: what differs; of an added or removed part what it says beyond the defaults.
    """

    action: Action
    kind: str
    id: str
    old: Span | None
    new: Span | None
    old_id: str = ""
    fields: tuple[FieldChange, ...] = ()

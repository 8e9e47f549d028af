"""Parts of two versions side by side: which were added, removed, changed, moved, renamed or put in another order."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.compare.change import Action, Change, FieldChange
from engine.compare.values import Value
from engine.document import Path
from engine.source import Span

PERSONS = frozenset({"approval person", "approval role", "customer"})
"""Kinds of which two that say the same are still two."""


def _no_place(_: Path) -> Span | None:
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """Something with an id and values.

    Attributes:
        kind: what it is, for example "pricing rule".
        id: unique among the parts of its kind.
        span: where it stands; None where that is no file.
        values: by dotted path, without the id.
        place: the place of a value by its path.
        file_matters: whether standing in another file is a change.
        order: parts of the same kind and equal `order` act in the order of the file; "" where order means nothing.
    """

    kind: str
    id: str
    span: Span | None
    values: Mapping[str, Value]
    place: Callable[[Path], Span | None] = field(default=_no_place)
    file_matters: bool = True
    order: str = ""

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.span.file if self.span else ""

    def content(self) -> tuple[str, frozenset[tuple[str, str]]]:
        """What it is and says, whatever its id and its place."""
        return self.kind, frozenset((name, value.meaning) for name, value in self.values.items())


def compare_parts(old: Sequence[Part], new: Sequence[Part]) -> list[Change]:
    """What changed between the parts of two versions, in the order of the new one, then what is gone."""
    before = {(part.kind, part.id): part for part in old}
    after = {(part.kind, part.id): part for part in new}
    renamed = _renamed(
        [part for key, part in before.items() if key not in after],
        [part for key, part in after.items() if key not in before],
    )
    changes: list[Change] = []
    for key, part in after.items():
        former = before.get(key) or renamed.get(key)
        if former is None:
            changes.append(Change(Action.ADDED, part.kind, part.id, None, part.span, "", tuple(_one_side(part, True))))
        elif former.id != part.id:
            changes.append(Change(Action.RENAMED, part.kind, part.id, former.span, part.span, former.id))
        else:
            changes.extend(_changed(former, part))
    was_renamed = {(part.kind, part.id) for part in renamed.values()}
    for key, part in before.items():
        if key not in after and key not in was_renamed:
            fields = tuple(_one_side(part, False))
            changes.append(Change(Action.REMOVED, part.kind, part.id, part.span, None, "", fields))
    changes.extend(_reordered(before, list(after.values())))
    return changes


def _renamed(gone: Iterable[Part], come: Iterable[Part]) -> dict[tuple[str, str], Part]:
    """For new parts that say what a part that is gone said: that part, by kind and id of the new one."""
    by_content: dict[object, list[Part]] = defaultdict(list)
    for part in gone:
        if part.values and part.kind not in PERSONS:
            by_content[part.content()].append(part)
    return {(part.kind, part.id): same.pop(0) for part in come if (same := by_content.get(part.content()))}


def _changed(old: Part, new: Part) -> Iterator[Change]:
    fields = tuple(field_changes(old, new))
    moved = old.file != new.file and new.file_matters
    if fields:
        if moved:
            fields = (FieldChange("file", old.file, new.file, old.span, new.span), *fields)
        yield Change(Action.CHANGED, new.kind, new.id, old.span, new.span, "", fields)
    elif moved:
        yield Change(Action.MOVED, new.kind, new.id, old.span, new.span)


def field_changes(old: Part, new: Part) -> Iterator[FieldChange]:
    """The values that mean something else now; a default on one side only says nothing."""
    for name in [*new.values, *(name for name in old.values if name not in new.values)]:
        before, after = old.values.get(name), new.values.get(name)
        if before is not None and after is not None:
            if before.meaning != after.meaning:
                yield FieldChange(name, before.shown, after.shown, old.place(before.path), new.place(after.path))
        elif after is not None and not after.is_default:
            yield FieldChange(name, None, after.shown, None, new.place(after.path))
        elif before is not None and not before.is_default:
            yield FieldChange(name, before.shown, None, old.place(before.path), None)


def _one_side(part: Part, added: bool) -> Iterator[FieldChange]:
    """What an added or removed part says beyond the defaults."""
    for name, value in part.values.items():
        if not value.is_default:
            place = part.place(value.path)
            if added:
                yield FieldChange(name, None, value.shown, None, place)
            else:
                yield FieldChange(name, value.shown, None, place, None)


def _reordered(before: Mapping[tuple[str, str], Part], new: Sequence[Part]) -> Iterator[Change]:
    """Parts that act in the order of the file and stand in another order than before."""
    groups: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in new:
        former = before.get((part.kind, part.id))
        if part.order and former is not None and former.order == part.order:
            groups[part.kind, part.order].append(part)
    positions = {key: position for position, key in enumerate(before)}
    for (kind, _), parts in groups.items():
        former_order = [positions[kind, part.id] for part in parts]
        for index in out_of_order(former_order):
            part, old = parts[index], before[kind, parts[index].id]
            old_names = [other.id for other in sorted(parts, key=lambda other: positions[kind, other.id])]
            field = FieldChange(
                "order", _follows(old_names, part.id), _follows([other.id for other in parts], part.id), old.span
            )
            yield Change(Action.REORDERED, kind, part.id, old.span, part.span, "", (field,))


def _follows(names: Sequence[str], name: str) -> str:
    index = names.index(name)
    return f"after {names[index - 1]}" if index else "first"


def out_of_order(positions: Sequence[int]) -> list[int]:
    """The fewest indexes to take out so that the rest rises: all but a longest increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, position in enumerate(positions):
        at = bisect_left(tails, position)
        previous.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(position)
            ends.append(index)
        else:
            tails[at], ends[at] = position, index
    kept: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return [index for index in range(len(positions)) if index not in kept]

"""Changes in words, for people, and as plain values, for programs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from engine.compare.change import Action, Change, FieldChange
from engine.money import plain, to_decimal
from engine.source import Span

SIGNS = {
    Action.ADDED: "+",
    Action.REMOVED: "-",
    Action.CHANGED: "~",
    Action.MOVED: ">",
    Action.RENAMED: ">",
    Action.REORDERED: "^",
}
_LABEL = re.compile(r"\[([^\]]*)\]")
_FIELD_WORDS = {"when": "condition", "where": "condition", "must": "condition", "need": "approvals needed"}
_PLURALS = {"person": "people", "index": "indices", "category": "categories", "settings": "settings"}


def field_words(name: str) -> str:
    """What a field is called: "percent off" for then.percent_off, "valid from" for valid.from."""
    last = name.rsplit(".", 1)[-1]
    if last in _FIELD_WORDS and "[" not in last:
        name = name[: -len(last)] + _FIELD_WORDS[last]
    words = _LABEL.sub(r" \1", name.removeprefix("then.").removeprefix("model."))
    return words.replace("_", " ").replace(".", " ")


def headline(change: Change) -> str:
    """What happened to what, and where it stands."""
    where = f" ({change.new or change.old})" if change.new or change.old else ""
    what = f"{change.kind} {change.id}".strip()
    match change.action:
        case Action.RENAMED:
            return f"{change.kind} {change.old_id} is now called {change.id}{where}"
        case Action.MOVED:
            former = change.old_id or (change.old.file if change.old else "")
            return f"{what} moved from {former}{where}"
        case Action.REORDERED:
            field = change.fields[0]
            return f"{what} now runs {field.after}, before it ran {field.before}{where}"
        case _:
            return f"{what} {change.action}{where}"


def field_line(field: FieldChange, *, told: bool = True) -> str:
    """A field or a cell in words: before and after, by how much a number changed, and its place.

    Args:
        field: what changed.
        told: whether to tell what happened to it, and its place; not of a part that was added or removed as a whole.
    """
    name = field_words(field.field)
    if not told:
        return f"{name}: {_shown(field.after if field.before is None else field.before)}"
    subject = f"row {field.row}" + (f": {name}" if name else "") if field.row else name
    if field.before is None:
        words = f"{subject} added: {_shown(field.after)}" if field.row or field.field == "column" else ""
        words = words or f"{subject}: {_shown(field.after)}"
    elif field.after is None:
        words = f"{subject} removed: was {_shown(field.before)}"
    else:
        words = f"{subject}: {_shown(field.before)} → {_shown(field.after)}{_difference(field)}"
    place = field.new or field.old
    return f"{words}  ({place})" if place else words


def _shown(text: str | None) -> str:
    if not text:
        return "nothing"
    return text if len(text) <= 200 else text[:197] + "..."


def _difference(field: FieldChange) -> str:
    """By how much a number rose or fell; nothing for other values."""
    try:
        change = to_decimal(field.after or "") - to_decimal(field.before or "")
    except ValueError:
        return ""
    return f" ({'+' if change > 0 else ''}{plain(change)})"


def summary(changes: Iterable[Change]) -> str:
    """How many parts of which kind changed how: "2 pricing rules changed, 1 table changed (3 differences)"."""
    counts: Counter[tuple[str, Action]] = Counter()
    cells: Counter[tuple[str, Action]] = Counter()
    for change in changes:
        counts[change.kind, change.action] += 1
        cells[change.kind, change.action] += len(change.fields)
    return ", ".join(
        f"{count:,} {_plural(kind, count)} {action}"
        + (
            f" ({cells[kind, action]:,} difference{'' if cells[kind, action] == 1 else 's'})"
            if kind == "table" and action is Action.CHANGED
            else ""
        )
        for (kind, action), count in counts.items()
    )


def _plural(kind: str, count: int) -> str:
    if count == 1:
        return kind
    head, _, last = kind.rpartition(" ")
    return f"{head} {_PLURALS.get(last, last + 's')}".strip()


def as_json(change: Change) -> dict[str, Any]:
    """A change with all its fields; `before` and `after` are null where there was or is nothing."""
    return {
        "action": change.action.value,
        "kind": change.kind,
        "id": change.id,
        "old_id": change.old_id or change.id,
        "old": _place(change.old),
        "new": _place(change.new),
        "fields": list(_fields(change)),
    }


def _fields(change: Change) -> Iterator[dict[str, Any]]:
    for field in change.fields:
        yield {
            "field": field.field,
            "row": field.row,
            "before": field.before,
            "after": field.after,
            "old": _place(field.old),
            "new": _place(field.new),
        }


def _place(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"file": span.file, "line": span.line, "column": span.column, "sheet": span.sheet, "cell": span.cell}

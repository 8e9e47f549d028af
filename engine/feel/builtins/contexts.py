"""Context functions: reading entries, making contexts from entries, and changed copies."""

from __future__ import annotations

from engine.feel import limits
from engine.feel.builtins.registry import Family, needed, nullable
from engine.feel.errors import FeelError
from engine.feel.types import ANY, STRING, ContextType, ListType
from engine.feel.values import Value

FUNCTIONS = Family()
_CONTEXT = ContextType({}, open=True)
_CONTEXTS = ListType(_CONTEXT)
_ENTRIES = ListType(ContextType({"key": STRING, "value": ANY}))
Context = dict[str, Value]


@FUNCTIONS.add("get value", needed("m", _CONTEXT), needed("key", STRING), result=ANY)
def _get_value(context: Context, key: str) -> Value:
    if key not in context:
        raise FeelError(f"the context has no entry '{key}'")
    return context[key]


@FUNCTIONS.add("get entries", needed("m", _CONTEXT), result=_ENTRIES)
def _get_entries(context: Context) -> list[Context]:
    return [{"key": key, "value": value} for key, value in context.items()]


@FUNCTIONS.add("context", needed("entries", _CONTEXTS), result=_CONTEXT)
def _context(entries: list[Context]) -> Context:
    made: Context = {}
    for entry in entries:
        if entry is None or not isinstance(entry.get("key"), str) or "value" not in entry:
            raise FeelError("each entry is a context with a string 'key' and a 'value'")
        if entry["key"] in made:
            raise FeelError(f"two entries have the key '{entry['key']}'")
        made[entry["key"]] = entry["value"]
    return made


@FUNCTIONS.add(
    "context put", needed("context", _CONTEXT), needed("key", STRING), nullable("value", ANY), result=_CONTEXT
)
def _context_put(context: Context, key: str, value: Value) -> Context:
    return context | {key: value}


@FUNCTIONS.add(
    "context put",
    needed("context", _CONTEXT),
    needed("keys", ListType(STRING)),
    nullable("value", ANY),
    result=_CONTEXT,
)
def _context_put_nested(context: Context, keys: list[str], value: Value) -> Context:
    if not keys or None in keys:
        raise FeelError("'keys' needs at least one key, and none of them null")
    path = [context]
    for key in keys[:-1]:
        inner = path[-1].get(key)
        if not isinstance(inner, dict):
            raise FeelError(f"there is no context under the key '{key}'")
        path.append(inner)
    changed = value
    for outer, key in zip(reversed(path), reversed(keys), strict=True):
        changed = outer | {key: changed}
    return changed  # type: ignore[no-any-return]


@FUNCTIONS.add("context merge", needed("contexts", _CONTEXTS), result=_CONTEXT)
def _context_merge(contexts: list[Context]) -> Context:
    merged: Context = {}
    for context in contexts:
        if context is None:
            raise FeelError("one of the contexts is null")
        limits.spend_on((context,))
        merged.update(context)
    return merged

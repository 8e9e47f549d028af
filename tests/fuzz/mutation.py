"""Makes bad input out of good: bytes, lines, YAML trees and protobuf messages, changed at random but in their form."""

from __future__ import annotations

import copy
import random
from typing import Any

import yaml
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

EDGES = (
    "", " ", "0", "-0", "1", "-1", "0.1", "1e3", "1e6144", "1e-6176", "9" * 40, "0." + "0" * 40 + "1", "NaN",
    "Infinity", "-Infinity",
    "1_000", "1,5", "٣", "null", "true", "2026-02-30", "2026-03-01", "0001-01-01", "9999-12-31",
    "2026-03-01T25:00:00Z", "P1Y", "P9999999999Y", "P1D", "EUR", "JPY", "XXX", "eur", "é", "\u202e", "\U0001f600",
    "\x00",
    "a\nb", "a" * 300, "a" * 5000, "(" * 300, "[" * 300, "not(" * 100, "-" * 500, '"', "'", "{{", "${a}", "%s",
    "../../x",
    "1 +", "1..", "[1..2", "for i in 1..100000 return i", "for i in 1..9999999999 return i * i",
    "if true then", 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")', "10 ** 1000000", "2 ** 2 ** 2 ** 2 ** 2 ** 2",
    "some x in [1,2,3] satisfies x > 1", "customer.segment", "line.quantity >= 10", "quote.total / 0", "sum(lines.net)",
    "{a: {b: {c: 1}}}", "function(x) x(x)", 'date("2026-13-01")', 'duration("P1Y") * 10 ** 30', "string join([], 1)",
    "?", "?>1", "-", "<", ">= ", "[1..2],[3..4]", "not", "=", "null, null", "A => B", "!(A & B)", "sum(a) <= 10",
    "a | b",
)  # fmt: skip
"""Texts that stand at an edge of something: numbers, dates, expressions, encodings, nesting."""

INTEGERS = (0, 1, -1, 2, 7, 100, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63), 2**63, 10**30, 10**400)


def mutate_bytes(rng: random.Random, data: bytes, other: bytes = b"") -> bytes:
    """The data with one to five places changed."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        at = rng.randrange(len(changed) + 1)
        length = rng.choice((1, 1, 2, 4, 16, 200))
        match rng.randrange(8):
            case 0 if changed:
                changed[min(at, len(changed) - 1)] ^= 1 << rng.randrange(8)
            case 1 if changed:
                changed[min(at, len(changed) - 1)] = rng.randrange(256)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = rng.randbytes(length)
            case 4:
                changed[at:at] = changed[at : at + length] * rng.choice((1, 2, 50))
            case 5:
                changed[at:at] = rng.choice(EDGES).encode("utf-8", "surrogatepass")
            case 6:
                start = rng.randrange(len(other) + 1)
                changed[at : at + length] = other[start : start + length]
            case _:
                del changed[at:]
    return bytes(changed)


def mutate_lines(rng: random.Random, data: bytes, words: list[str]) -> bytes:
    """A text with lines moved, repeated, left out, or with cells changed."""
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(lines))
        line = lines[at]
        match rng.randrange(7):
            case 0:
                lines.insert(rng.randrange(len(lines) + 1), line)
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                other = rng.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at:at] = [line] * rng.choice((2, 30))
            case _:
                separator = next((mark for mark in ",;\t: " if mark in line), " ")
                cells = line.split(separator)
                where = rng.randrange(len(cells))
                match rng.randrange(4):
                    case 0:
                        del cells[where]
                    case 1:
                        cells.insert(where, rng.choice(words or list(EDGES)))
                    case 2:
                        cells[where] = rng.choice(EDGES)
                    case _:
                        cells[where] = rng.choice(words or list(EDGES))
                lines[at] = separator.join(cells)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def mutate_yaml(rng: random.Random, data: bytes, words: list[str]) -> bytes:
    """A YAML document with parts of its tree changed, moved, repeated or left out."""
    try:
        tree = yaml.load(data, Loader=yaml.CBaseLoader)  # every scalar as text, as it is written
    except (yaml.YAMLError, ValueError):
        return mutate_bytes(rng, data)
    holder = [copy.deepcopy(tree)]
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        places = _places(holder)
        _change(rng, rng.choice(places[1:] or places), words)
    text = yaml.dump(holder[0], Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text.encode("utf-8", "surrogatepass")


class _PlainDumper(yaml.CSafeDumper):
    """Writes every text plain where that reads back, so that numbers stay numbers."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _plain_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    plain = bool(text) and text[0] != "-" and all(letter.isalnum() or letter in "-._+" for letter in text)
    if not plain:
        return yaml.ScalarNode("tag:yaml.org,2002:str", text, style='"')
    return yaml.ScalarNode(dumper.resolve(yaml.ScalarNode, text, (True, False)), text)


_PlainDumper.add_representer(str, _plain_text)

Place = tuple[dict[Any, Any] | list[Any], Any]


def _places(root: list[Any]) -> list[Place]:
    places: list[Place] = []
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            places.append((node, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return places


def _change(rng: random.Random, place: Place, words: list[str]) -> None:
    node, key = place
    value = node[key] if isinstance(node, dict) or key < len(node) else None
    match rng.randrange(9):
        case 0 if len(node) > 1:
            del node[key]
        case 1:
            node[key] = rng.choice(EDGES)
        case 2 if words:
            node[key] = rng.choice(words)
        case 3:
            node[key] = rng.choice(({}, [], [value], {"a": value}, [value, value], {rng.choice(EDGES): value}))
        case 4:
            nested = value
            for _ in range(rng.choice((5, 30, 100))):
                nested = [nested] if rng.random() < 0.5 else {"a": nested}
            node[key] = nested
        case 5 if isinstance(node, list):
            node[key:key] = [copy.deepcopy(value) for _ in range(rng.choice((1, 2, 20)))]
        case 6 if isinstance(node, dict):
            node[rng.choice(words or list(EDGES))] = copy.deepcopy(value)
        case 7:
            node[key] = str(rng.choice(INTEGERS))
        case _ if isinstance(value, str) and value:
            at = rng.randrange(len(value) + 1)
            node[key] = value[:at] + rng.choice(EDGES) + value[at + rng.randrange(3) :]


def words_of(documents: list[bytes]) -> list[str]:
    """The keys and short scalars of YAML documents and cells of tables: a vocabulary that means something."""
    words: set[str] = set()
    for data in documents:
        try:
            waiting = [yaml.load(data, Loader=yaml.CBaseLoader)]
        except (yaml.YAMLError, ValueError):
            words.update(cell.strip() for cell in data.decode("utf-8", "replace").replace("\n", ",").split(","))
            continue
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                words.update(key for key in node if isinstance(key, str))
                waiting.extend(node.values())
            elif isinstance(node, list):
                waiting.extend(node)
            elif isinstance(node, str):
                words.add(node)
    return sorted(word for word in words if len(word) < 200)


Pool = dict[str, list[Any]]
"""Values by the name of a field; "" for those that fit any text."""


def learn(message: Message, pool: Pool) -> None:
    """Put the values of a message into the pool, by field."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            pool.setdefault(f"{field.name}.key", []).extend(list(value)[:20])
            for inner in value.values() if field.message_type.fields_by_name["value"].message_type else ():
                learn(inner, pool)
        elif field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                learn(inner, pool)
        else:
            pool.setdefault(field.name, []).extend(list(value) if field.is_repeated else [value])


def change_message(rng: random.Random, message: Message, pool: Pool, depth: int = 0) -> None:
    """Change a few fields of a message: set, cleared, repeated, nested deeper."""
    fields = message.DESCRIPTOR.fields
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not fields:
            return
        _change_field(rng, message, rng.choice(fields), pool, depth)


def _change_field(rng: random.Random, message: Message, field: FieldDescriptor, pool: Pool, depth: int) -> None:
    if rng.random() < 0.15:
        message.ClearField(field.name)
    elif field.message_type is not None and field.message_type.GetOptions().map_entry:
        _change_map(rng, getattr(message, field.name), field, pool, depth)
    elif field.message_type is not None:
        if depth > 8:
            return
        if not field.is_repeated:
            change_message(rng, getattr(message, field.name), pool, depth + 1)
            getattr(message, field.name).SetInParent()
            return
        items = getattr(message, field.name)
        if items and rng.random() < 0.6:
            item = rng.choice(items)
            if rng.random() < 0.2:
                for _ in range(rng.choice((1, 1, 3, 40))):
                    items.add().CopyFrom(item)
            else:
                change_message(rng, item, pool, depth + 1)
        elif items and rng.random() < 0.3:
            del items[rng.randrange(len(items))]
        else:
            change_message(rng, items.add(), pool, depth + 1)
    elif field.is_repeated:
        getattr(message, field.name).extend(_scalar(rng, field, pool) for _ in range(rng.choice((1, 1, 2, 150))))
    else:
        setattr(message, field.name, _scalar(rng, field, pool))


def _change_map(rng: random.Random, items: Any, field: FieldDescriptor, pool: Pool, depth: int) -> None:
    known = pool.get(f"{field.name}.key", [])
    key = rng.choice(known) if known and rng.random() < 0.8 else _text(rng)
    value = field.message_type.fields_by_name["value"]
    if value.message_type is None:
        items[key] = _scalar(rng, value, pool)
    else:
        change_message(rng, items[key], pool, depth + 1)


def _scalar(rng: random.Random, field: FieldDescriptor, pool: Pool) -> Any:
    texts = field.cpp_type == FieldDescriptor.CPPTYPE_STRING and field.type != FieldDescriptor.TYPE_BYTES
    known = [value for value in pool.get(field.name, ()) if isinstance(value, str) == texts]
    if known and rng.random() < 0.6:
        return rng.choice(known)
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
            return rng.randbytes(rng.choice((0, 1, 30, 1000)))
        case FieldDescriptor.CPPTYPE_STRING:
            return _text(rng)
        case FieldDescriptor.CPPTYPE_BOOL:
            return rng.random() < 0.5
        case FieldDescriptor.CPPTYPE_ENUM:
            return rng.choice((0, 1, 2, 3, 4, 5, 99, -1, 2**31 - 1))
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            return rng.choice((0.0, -1.5, 1e300, float("nan"), float("inf")))
        case FieldDescriptor.CPPTYPE_UINT32:
            return rng.choice((0, 1, 7, 2**32 - 1))
        case FieldDescriptor.CPPTYPE_UINT64:
            return rng.choice((0, 1, 7, 2**64 - 1))
        case FieldDescriptor.CPPTYPE_INT32:
            return rng.choice([number for number in INTEGERS if -(2**31) <= number < 2**31])
        case _:
            return rng.choice([number for number in INTEGERS if -(2**63) <= number < 2**63])


def _text(rng: random.Random) -> str:
    if rng.random() < 0.7:
        return rng.choice(EDGES)
    return "".join(chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD7FF)))) for _ in range(rng.randrange(12)))

"""Protobuf's wire format put together as text, every character one byte: what the hot half of a reply is made of.

A message that is built object by object costs an object for each line, step and origin. Text costs none: tags come
from the contract's descriptors when this is imported, and what stays the same between replies is written once.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

LENGTHS_KEPT = 4096
NUMBERS_KEPT = 65_536
TEXTS_KEPT = 2_000
LONGEST_TEXT_KEPT = 200

_VARINT, _LENGTH_DELIMITED = 0, 2
_DELIMITED_TYPES = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES, FieldDescriptor.TYPE_MESSAGE)
_VARINT_TYPES = (
    FieldDescriptor.TYPE_BOOL,
    FieldDescriptor.TYPE_ENUM,
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_INT64,
)


def utf8(text: str) -> str:
    """The text as its bytes in UTF-8, each of them a character."""
    return text if text.isascii() else text.encode().decode("latin-1")


def encoded(message: Message) -> str:
    """A whole message as its bytes, each of them a character."""
    return message.SerializeToString(deterministic=True).decode("latin-1")


def fill(message: Message, text: str) -> None:
    """Give a message the fields that text states, each byte of them a character."""
    message.MergeFromString(text.encode("latin-1"))


def varint(number: int) -> str:
    """A number from 0 to 2^63 - 1 in groups of seven bits, the lowest first.

    Raises:
        ValueError: the number is outside, so that no field of the contract holds it.
    """
    if not 0 <= number < 1 << 63:
        raise ValueError(f"expected a number from 0 to 2^63 - 1, found {number}")
    groups = []
    while number > 0x7F:
        groups.append(chr(number & 0x7F | 0x80))
        number >>= 7
    groups.append(chr(number))
    return "".join(groups)


class Delimited(dict[int, str]):
    """A field that holds text, bytes or a message: tag and length, by the length of what follows.

    `f"{field[len(text)]}{text}"` is the whole field, for text that stands as its bytes (`utf8`).
    """

    __slots__ = ("_tag",)

    def __init__(self, message: type[Message], name: str) -> None:
        super().__init__()
        self._tag = _tag(message, name, _DELIMITED_TYPES, _LENGTH_DELIMITED)

    def __missing__(self, length: int) -> str:
        prefix = self._tag + varint(length)
        if length < LENGTHS_KEPT:
            self[length] = prefix
        return prefix

    def of(self, text: str) -> str:
        """The field with any text; nothing for empty text, as which a field that is not set reads."""
        if not text:
            return ""
        if not text.isascii():
            text = utf8(text)
        return f"{self[len(text)]}{text}"

    def of_number(self, number: Decimal | None) -> str:
        """The field with decimal text, written without an exponent; nothing for None."""
        if number is None:
            return ""
        text = str(number)
        if "E" in text:
            text = format(number, "f")
        return f"{self[len(text)]}{text}"


class Repeated(dict[str, str]):
    """A field of texts that come again and again, such as the names of rules: the field by its text.

    Nothing for empty text. It is bounded: when there are too many, keeping starts anew.
    """

    __slots__ = ("_field",)

    def __init__(self, message: type[Message], name: str) -> None:
        super().__init__()
        self._field = Delimited(message, name)

    def __missing__(self, text: str) -> str:
        field = self._field.of(text)
        if len(text) <= LONGEST_TEXT_KEPT:
            if len(self) >= TEXTS_KEPT:
                self.clear()
            self[text] = field
        return field


class Number(dict[int, str]):
    """A field that holds a whole number, a member of an enumeration or a truth value: the field by its value.

    Zero is nothing, as which a field that is not set reads.
    """

    __slots__ = ("_tag",)

    def __init__(self, message: type[Message], name: str) -> None:
        super().__init__({0: ""})
        self._tag = _tag(message, name, _VARINT_TYPES, _VARINT)

    def __missing__(self, number: int) -> str:
        field = self._tag + varint(number)
        if number < NUMBERS_KEPT:
            self[number] = field
        return field


class Writings:
    """Objects whose texts are kept in their attribute `written`, no more than `most`: then keeping starts anew."""

    __slots__ = ("_kept", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Any] = []

    def keep(self, item: Any, text: Any) -> None:
        """Keep what was made of an object."""
        if len(self._kept) >= self._most:
            for other in self._kept:
                other.written = None
            self._kept.clear()
        self._kept.append(item)
        item.written = text


def _tag(message: type[Message], name: str, types: tuple[int, ...], wire_type: int) -> str:
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.type not in types:
        raise TypeError(f"the field {field.full_name} is of another type than it is written as")
    return varint(field.number << 3 | wire_type)

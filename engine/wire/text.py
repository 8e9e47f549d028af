"""The texts that stand for decimals, dates and closed lists of names on the wire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper


def decimal_text(number: Decimal) -> str:
    """Decimal text without an exponent, trailing zeros kept."""
    text = str(number)
    return text if "E" not in text else format(number, "f")


def optional_decimal_text(number: Decimal | None) -> str:
    """As `decimal_text`; "" for None."""
    return "" if number is None else decimal_text(number)


def optional_date_text(day: date | None) -> str:
    """The date as ISO 8601 text; "" for None."""
    return "" if day is None else day.isoformat()


def enum_numbers(enum: EnumTypeWrapper, prefix: str) -> dict[str, Any]:
    """Numbers of an enum by the engine's names: "half_up" for ROUNDING_MODE_HALF_UP with prefix "ROUNDING_MODE_".

    The values are typed Any because every generated enum has an integer type of its own.
    """
    return {name.removeprefix(prefix).lower(): number for name, number in enum.items() if number}


def enum_names(enum: EnumTypeWrapper, prefix: str) -> dict[int, str]:
    """The reverse of `enum_numbers`, with "" for the unspecified value."""
    return {0: ""} | {number: name for name, number in enum_numbers(enum, prefix).items()}

"""Reading scalars of a request: every mistake becomes a violation with its field's path, and reading goes on."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.money import ZERO, to_decimal
from engine.quote import Violation

MAX_NAME = 200
MAX_TEXT = 2_000
MAX_FACTS = 1_000
MAX_COUPONS = 100
MAX_DEPTH = 20
AMOUNT_DIGITS, AMOUNT_DECIMALS = 21, 10

NUMBERS_KEPT = 10_000
DAYS_KEPT = 1_000

# What nearly all requests hold; a number of this form is exact whatever its digits, so the full check may be skipped.
_is_short_number = re.compile(r"[0-9]{1,16}(\.[0-9]{1,16})?").fullmatch
_is_iso_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch

known_numbers: dict[str, Decimal] = {}
"""Short numbers by their texts: the same ones are stated again and again."""

_known_days: dict[str, date] = {}


class Reason(StrEnum):
    """The closed list of reasons for which a request is refused before anything is computed."""

    REQUIRED = "REQUIRED"
    NOT_A_DECIMAL = "NOT_A_DECIMAL"
    NOT_A_DATE = "NOT_A_DATE"
    UNKNOWN_CURRENCY = "UNKNOWN_CURRENCY"
    UNKNOWN_CATEGORY = "UNKNOWN_CATEGORY"
    UNKNOWN_OPTION = "UNKNOWN_OPTION"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    CONFLICT = "CONFLICT"
    DUPLICATE = "DUPLICATE"
    TOO_LONG = "TOO_LONG"
    TOO_MANY = "TOO_MANY"
    TOO_DEEP = "TOO_DEEP"
    BAD_PAGE_TOKEN = "BAD_PAGE_TOKEN"  # noqa: S105  # names a page, guards nothing
    MALFORMED = "MALFORMED"


class Violations:
    """Collects what is wrong with a request. Readers give a harmless value for what they could not read."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Violation] = []

    def add(self, field: str, reason: Reason, message: str) -> None:
        """Note one thing that is wrong at the path `field`."""
        self.found.append(Violation(field, reason.value, message))

    def name(self, text: str, field: str) -> str:
        """An identifier: required, at most MAX_NAME characters."""
        if not text:
            self.add(field, Reason.REQUIRED, "a value is required here")
        return self.text(text, field, MAX_NAME)

    def text(self, text: str, field: str, limit: int) -> str:
        """Text of at most `limit` characters."""
        if len(text) > limit:
            self.add(field, Reason.TOO_LONG, f"at most {limit:,} characters are taken, found {len(text):,}")
            return ""
        return text

    def number(self, text: str, field: str) -> Decimal:
        """A required decimal."""
        known = known_numbers.get(text)
        if known is not None:
            return known
        if _is_short_number(text):
            if len(known_numbers) >= NUMBERS_KEPT:
                known_numbers.clear()
            number = known_numbers[text] = Decimal(text)
            return number
        if not text:
            self.add(field, Reason.REQUIRED, "a decimal is required here, such as 12.5")
            return ZERO
        try:
            return to_decimal(text)
        except ValueError as error:
            self.add(field, Reason.NOT_A_DECIMAL, str(error))
            return ZERO

    def optional_number(self, text: str, field: str) -> Decimal | None:
        """A decimal, or None for empty text."""
        return self.number(text, field) if text else None

    def amount(self, text: str, field: str) -> Decimal:
        """A required decimal that sums and shares can be made of: below 10^21, of at most ten decimals."""
        number = self.number(text, field)
        exponent = number.as_tuple().exponent
        if number.adjusted() >= AMOUNT_DIGITS or not isinstance(exponent, int) or exponent < -AMOUNT_DECIMALS:
            told = f"expected a number below 10^{AMOUNT_DIGITS} with at most {AMOUNT_DECIMALS} decimals, found {number}"
            self.add(field, Reason.OUT_OF_RANGE, told)
            return ZERO
        return number

    def optional_amount(self, text: str, field: str) -> Decimal | None:
        """As `amount`, or None for empty text."""
        return self.amount(text, field) if text else None

    def day(self, text: str, field: str) -> date:
        """A required date."""
        known = _known_days.get(text)
        if known is not None:
            return known
        if not text:
            self.add(field, Reason.REQUIRED, "a date is required here, such as 2026-03-01")
            return date.min
        # fromisoformat alone would also take "20260301" and "2026-W09-7".
        if _is_iso_date(text):
            try:
                day = date.fromisoformat(text)
            except ValueError as error:
                self.add(field, Reason.NOT_A_DATE, f"{text!r} is no date: {error}")
                return date.min
            if len(_known_days) >= DAYS_KEPT:
                _known_days.clear()
            _known_days[text] = day
            return day
        shown = text if len(text) <= 40 else text[:37] + "..."
        self.add(field, Reason.NOT_A_DATE, f"expected a date such as 2026-03-01, found {shown!r}")
        return date.min

    def optional_day(self, text: str, field: str) -> date | None:
        """A date, or None for empty text."""
        return self.day(text, field) if text else None


class RequestRejectedError(Exception):
    """A request other than a quote that cannot be answered as asked: carries every violation."""

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        super().__init__("; ".join(f"{violation.field}: {violation.message}" for violation in violations))

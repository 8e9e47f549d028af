"""Exact decimals, currencies (ISO 4217), rounding with its ledger, and allocation without loss.

Importing this module sets the decimal context of the running thread and the default for threads
started later: 34 significant digits, half-even (IEEE 754 decimal128), so that plain operators
between Decimals mean the same everywhere in the engine.
"""

from __future__ import annotations

import decimal
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import iso4217

DIGITS = 34
MAX_EXPONENT = 6144  # decimal128
CONTEXT = decimal.Context(
    prec=DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-MAX_EXPONENT + 1,
    Emax=MAX_EXPONENT,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
HUNDRED: Final = Decimal(100)


def use_exact_decimals() -> None:
    """Make 34-digit half-even arithmetic the context of this thread and of threads started later."""
    for name in ("prec", "rounding", "Emin", "Emax"):
        setattr(decimal.DefaultContext, name, getattr(CONTEXT, name))
    for trap, on in CONTEXT.traps.items():
        decimal.DefaultContext.traps[trap] = on
    decimal.setcontext(CONTEXT.copy())


use_exact_decimals()

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)


def to_decimal(value: str | int | Decimal) -> Decimal:
    """The one way from text or an integer to a number of the engine.

    Args:
        value: decimal text with a point ("1234.5600"), an int, or a Decimal.

    Raises:
        ValueError: the text is no finite decimal or needs more than 34 digits; the message says what was expected.
        TypeError: a float or a bool, which cannot carry an exact amount.
    """
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"a decimal is given as text or an integer, not as {type(value).__name__}: {value!r}")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        shown = value if len(value) <= 40 else value[:37] + "..."
        hint = " (decimals take a point, not a comma)" if "," in value else ""
        raise ValueError(f"expected a decimal such as 1234.56, found {shown!r}{hint}")
    try:
        number = Decimal(value)
    except decimal.InvalidOperation:
        raise ValueError(f"expected a decimal such as 1234.56, found {str(value)[:40]!r}") from None
    if not number.is_finite():
        raise ValueError(f"expected a finite decimal, found {number}")
    digits = len(number.as_tuple().digits)
    if digits > DIGITS:
        raise ValueError(f"a decimal has at most {DIGITS} significant digits, found {digits}")
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"the exponent of {number} is beyond {MAX_EXPONENT}")
    return number


def plain(number: Decimal) -> str:
    """Decimal text without an exponent, trailing zeros kept: what goes on the wire and on the screen."""
    text = str(number)
    return text if "E" not in text else format(number, "f")


class RoundingMode(StrEnum):
    """How a value between two representable ones is rounded; names as in rule files."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_DOWN = "half_down"
    UP = "up"
    DOWN = "down"


# By the decimal module's names; a look-up here costs a fifth of asking a member for its name.
_ROUNDING = {mode: "ROUND_" + mode.name for mode in RoundingMode}


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: its code and the number of decimals of its minor unit (JPY 0, USD 2, KWD 3)."""

    code: str
    minor_digits: int

    @property
    def minor_unit(self) -> Decimal:
        """The smallest amount, for example Decimal("0.01")."""
        return quantum(self.minor_digits)


@functools.cache
def _currencies() -> dict[str, Currency]:
    """All ISO 4217 currencies that have a minor unit, by code (funds and metals without one are left out)."""
    known = ((entry.code, entry.exponent) for entry in iso4217.Currency)
    return {code: Currency(code, digits) for code, digits in known if digits is not None}


def currency(code: str) -> Currency:
    """The currency of an ISO 4217 code.

    Raises:
        KeyError: no such currency, or one without a minor unit (metals, test codes).
    """
    return _currencies()[code]


def currency_codes() -> frozenset[str]:
    """Every code that `currency` knows."""
    return frozenset(_currencies())


@functools.cache
def quantum(digits: int) -> Decimal:
    """One unit in the last of `digits` decimals: quantum(2) is 0.01, quantum(0) is 1."""
    return Decimal(1).scaleb(-digits)


def round_to(value: Decimal, digits: int, mode: RoundingMode = RoundingMode.HALF_UP) -> Decimal:
    """`value` with exactly `digits` decimals.

    Raises:
        decimal.InvalidOperation: the result would need more than 34 digits.
    """
    return value.quantize(quantum(digits), _ROUNDING[mode])


class Rounding(NamedTuple):
    """An entry of the rounding ledger: what was rounded where, and what the rounding changed."""

    where: str
    before: Decimal
    after: Decimal
    mode: RoundingMode


def allocate(amount: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Spread `amount` over `weights` so that nothing is lost: the largest-remainder method.

    Every share is first cut to `digits` decimals (towards zero); what is left goes, one unit each, to the
    largest remainders, earlier shares first where they are equal. 299 over 4300, 1400, 2300 gives
    161, 52, 86. Where all weights are zero the amount is spread evenly.

    Args:
        amount: what to spread; it must have no more than `digits` decimals.
        weights: non-negative, at least one.
        digits: decimals of a share.

    Raises:
        ValueError: no weights, a negative weight, or an amount finer than `digits` decimals.
    """
    if not weights:
        raise ValueError("nothing to allocate over")
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    unit = quantum(digits)
    if amount % unit:
        raise ValueError(f"{amount} has more than {digits} decimals")
    total = sum(weights, ZERO)
    if not total:
        weights, total = [ONE] * len(weights), Decimal(len(weights))
    exact = [amount * weight / total for weight in weights]
    shares = [share.quantize(unit, rounding=decimal.ROUND_DOWN) for share in exact]
    units_left = int((amount - sum(shares, ZERO)) / unit)
    step = unit if units_left >= 0 else -unit
    order = sorted(range(len(weights)), key=lambda i: (-abs(exact[i] - shares[i]), i))
    for i in order[: abs(units_left)]:
        shares[i] += step
    return shares

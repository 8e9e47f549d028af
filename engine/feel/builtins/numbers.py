"""Numeric functions: rounding, remainders, roots, logarithms."""

from __future__ import annotations

import decimal
from decimal import Decimal, DecimalException

from engine.feel import limits
from engine.feel.arithmetic import number
from engine.feel.builtins.registry import Family, needed, optional
from engine.feel.errors import FeelError
from engine.feel.temporal import DaysTimeDuration, YearsMonthsDuration
from engine.feel.types import BOOLEAN, DAYS_TIME_DURATION, NUMBER, YEARS_MONTHS_DURATION
from engine.feel.values import to_index
from engine.money import MAX_EXPONENT, ZERO, quantum

FUNCTIONS = Family()
_SCALES = range(-6111, 6177)  # of decimal128, as the standard says
_WIDE = decimal.Context(prec=2 * MAX_EXPONENT, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
_STEPS_OF_A_SERIES = 24
_MODES = {
    "decimal": decimal.ROUND_HALF_EVEN,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
    "round up": decimal.ROUND_UP,
    "round down": decimal.ROUND_DOWN,
    "round half up": decimal.ROUND_HALF_UP,
    "round half down": decimal.ROUND_HALF_DOWN,
}


def rounded(value: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    """The number with at most `scale` decimals, none where that is None; tens, hundreds and so on below zero.

    Raises:
        FeelError: no decimal has such a scale.
    """
    digits = to_index(scale) if scale is not None else 0
    value = number(value)
    if digits not in _SCALES:
        raise FeelError(f"a scale is from {_SCALES.start} to {_SCALES.stop - 1}, not {digits}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    return +value.quantize(quantum(digits), rounding=mode, context=_WIDE)


def _declare_rounding(name: str, mode: str, *, scale_needed: bool) -> None:
    scale = needed("scale", NUMBER) if scale_needed else optional("scale", NUMBER)

    @FUNCTIONS.add(name, needed("n", NUMBER), scale, result=NUMBER)
    def _round(n: Decimal, scale: Decimal | None) -> Decimal:
        return rounded(n, scale, mode)


for _name, _mode in _MODES.items():
    _declare_rounding(_name, _mode, scale_needed=_name == "decimal")


@FUNCTIONS.add("abs", needed("n", NUMBER), result=NUMBER)
def _abs(n: Decimal) -> Decimal:
    return abs(number(n))


@FUNCTIONS.add("abs", needed("n", DAYS_TIME_DURATION), result=DAYS_TIME_DURATION)
def _abs_days_time(n: DaysTimeDuration) -> DaysTimeDuration:
    return DaysTimeDuration(abs(n.nanos))


@FUNCTIONS.add("abs", needed("n", YEARS_MONTHS_DURATION), result=YEARS_MONTHS_DURATION)
def _abs_years_months(n: YearsMonthsDuration) -> YearsMonthsDuration:
    return YearsMonthsDuration(abs(n.months))


def floored_remainder(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What `dividend` leaves over whole multiples of `divisor`, with the sign of the divisor.

    Raises:
        FeelError: the divisor is zero, or the quotient has too many digits.
    """
    dividend, divisor = number(dividend), number(divisor)
    if divisor == ZERO:
        raise FeelError("the divisor is zero")
    try:
        remainder = dividend % divisor
    except DecimalException:
        raise FeelError("the quotient has too many digits") from None
    return remainder + divisor if remainder and (remainder < 0) != (divisor < 0) else remainder


@FUNCTIONS.add("modulo", needed("dividend", NUMBER), needed("divisor", NUMBER), result=NUMBER)
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    return floored_remainder(dividend, divisor)


@FUNCTIONS.add("sqrt", needed("number", NUMBER), result=NUMBER)
def _sqrt(value: Decimal) -> Decimal:
    if value < 0:
        raise FeelError("a negative number has no square root")
    return number(value).sqrt()


@FUNCTIONS.add("log", needed("number", NUMBER), result=NUMBER)
def _log(value: Decimal) -> Decimal:
    if value <= 0:
        raise FeelError("only positive numbers have a logarithm")
    limits.spend(_STEPS_OF_A_SERIES)
    return number(value).ln()


@FUNCTIONS.add("exp", needed("number", NUMBER), result=NUMBER)
def _exp(value: Decimal) -> Decimal:
    limits.spend(_STEPS_OF_A_SERIES)
    try:
        return number(value).exp()
    except DecimalException:
        raise FeelError("the result is beyond the numbers of FEEL") from None


@FUNCTIONS.add("odd", needed("number", NUMBER), result=BOOLEAN)
def _odd(value: Decimal) -> bool:
    return floored_remainder(value, Decimal(2)) == 1


@FUNCTIONS.add("even", needed("number", NUMBER), result=BOOLEAN)
def _even(value: Decimal) -> bool:
    return floored_remainder(value, Decimal(2)) == ZERO

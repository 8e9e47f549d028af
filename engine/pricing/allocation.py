"""Amounts of the whole quote spread over its lines, so that lines always sum to totals."""

from __future__ import annotations

from decimal import Decimal

from engine.money import HUNDRED, ONE, ZERO, Rounding, allocate, plain, round_to
from engine.pricing.state import LineState, QuoteState
from engine.quote import DiscountKind, QuoteRejectedError, Violation
from engine.trace import Adjustment, AdjustmentKind, Origin

HEADER = Origin("header", AdjustmentKind.ALLOCATION)
HEADER_PERCENT = Origin("header", AdjustmentKind.PERCENT)


def allocate_header_discount(state: QuoteState) -> None:
    """Apply the quote's discount: a percentage line by line, an amount by largest remainder over the line totals.

    Raises:
        QuoteRejectedError: the discount is more than the lines can bear, their floors included.
    """
    asked = state.quote.discount
    if asked is None or not asked.value:
        return
    lines = [line for line in state.lines if line.price]
    total = sum((_price(line) for line in lines), ZERO)
    reason = asked.reason or "asked for on the quote"
    if asked.kind is DiscountKind.PERCENT:
        _check_room(state, lines, total * asked.value / HUNDRED)
        for line in lines:
            before = _price(line)
            after = max(_rounded(state, line, before * (ONE - asked.value / HUNDRED)), _least(line))
            _set(line, Adjustment(HEADER_PERCENT, asked.value, before, after, True, 0, reason))
        return
    amount = asked.value if asked.kind is DiscountKind.AMOUNT else total - asked.value
    digits = _digits(state)
    if amount != round_to(amount, digits):
        message = f"expected an amount with at most {digits} decimals, found {plain(amount)}"
        raise QuoteRejectedError([Violation("discount.value", "DISCOUNT", message)])
    _check_room(state, lines, amount)
    while amount and lines:
        shares = allocate(amount, [_price(line) for line in lines], digits)
        amount = ZERO
        for line, share in zip(lines, shares, strict=True):
            before = _price(line)
            after = before - share
            if after < _least(line):
                amount += _least(line) - after
                after = _least(line)
            if after != before:
                _set(line, Adjustment(HEADER, before - after, before, after, True, 0, reason))
        lines = [line for line in lines if _price(line) > _least(line)]


def round_document(state: QuoteState) -> None:
    """Round the document total where lines are not rounded, and spread it over them by largest remainder."""
    digits = state.program.rounding.document_total
    if digits is None or state.line_digits is not None:
        return
    digits = state.currency.minor_digits if digits == -1 else digits
    prices = [_price(line) for line in state.lines]
    total = sum(prices, ZERO)
    mode = state.program.rounding.mode
    rounded = round_to(total, digits, mode)
    if rounded != total:
        state.roundings.append(Rounding("document total", total, rounded, mode))
    for line, share in zip(state.lines, allocate(rounded, prices, digits), strict=True):
        line.price = share


def _check_room(state: QuoteState, lines: list[LineState], amount: Decimal) -> None:
    room = sum((_price(line) - _least(line) for line in lines), ZERO)
    if amount < 0 or amount > room:
        code = state.currency.code
        message = f"expected a discount of 0 to {plain(room)} {code}: more would cross floors; found {plain(amount)}"
        raise QuoteRejectedError([Violation("discount.value", "DISCOUNT", message)])


def _price(line: LineState) -> Decimal:
    assert line.price is not None
    return line.price


def _least(line: LineState) -> Decimal:
    """What the line must still cost."""
    return ZERO if line.floor is None else line.floor * line.quantity * line.periods


def _digits(state: QuoteState) -> int:
    return state.currency.minor_digits if state.line_digits is None else state.line_digits


def _rounded(state: QuoteState, line: LineState, amount: Decimal) -> Decimal:
    mode = state.program.rounding.mode
    rounded = round_to(amount, _digits(state), mode)
    if rounded != amount:
        state.roundings.append(Rounding(f"{line.id}: header discount", amount, rounded, mode))
    return rounded


def _set(line: LineState, adjustment: Adjustment) -> None:
    line.price = adjustment.after
    line.waterfall.append(adjustment)

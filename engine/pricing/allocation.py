"""Amounts over several lines spread over them, so that lines always sum to totals and no floor is crossed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from engine.money import HUNDRED, ONE, ZERO, Rounding, RoundingMode, allocate, plain, quantum, round_to
from engine.pricing.state import LineState, QuoteState
from engine.quote import DiscountKind, QuoteRejectedError, Violation
from engine.trace import Adjustment, AdjustmentKind, Origin

HEADER = Origin("header", AdjustmentKind.ALLOCATION)
CASH = Origin("rounding", AdjustmentKind.ALLOCATION)
HEADER_PERCENT = Origin("header", AdjustmentKind.PERCENT)


def spread(lines: Sequence[LineState], amount: Decimal, digits: int, origin: Origin, reason: str) -> None:
    """Take an amount off lines by largest remainder in proportion to what they cost; none falls below its floor.

    Args:
        lines: whose amounts are formed.
        amount: no more than the lines can bear; negative to put it on.
        digits: decimals of a share; what the amount has beyond them stays together.
        origin: of the step that each line shows.
        reason: likewise.
    """
    unit = quantum(digits)
    while amount and lines:
        finer = amount % unit
        shares = allocate(amount - finer, [line.amount for line in lines], digits)
        amount = ZERO
        for line, share in zip(lines, shares, strict=True):
            before, least = line.amount, line.least
            # What unrounded lines leave beyond a share's decimals stays together, on the first line.
            after = before - share - finer
            finer = ZERO
            if before > after and after < least:
                amount += least - after
                after = least
            if after != before:
                line.price = after
                line.steps.append(Adjustment(origin, before - after, before, after, True, 0, reason))
        lines = [line for line in lines if line.amount > line.least]


def room(lines: Sequence[LineState]) -> Decimal:
    """What can be taken off lines before all of them stand at their floors."""
    return sum((max(line.amount - line.least, ZERO) for line in lines), ZERO)


def allocate_header_discount(state: QuoteState) -> None:
    """Apply the quote's discount: a percentage line by line, an amount by largest remainder over the line totals.

    Raises:
        QuoteRejectedError: the discount is more than the lines can bear, their floors included.
    """
    asked = state.quote.discount
    if asked is None:
        return
    lines = [line for line in state.lines if line.price]
    total = sum((line.amount for line in lines), ZERO)
    reason = asked.reason or "asked for on the quote"
    if asked.kind is DiscountKind.PERCENT:
        _check_room(state, lines, total * asked.value / HUNDRED)
        for line in lines:
            before = line.amount
            after = max(_rounded(state, line, before * (ONE - asked.value / HUNDRED)), line.least)
            line.price = after
            line.steps.append(Adjustment(HEADER_PERCENT, asked.value, before, after, True, 0, reason))
        return
    digits = state.amount_digits
    if asked.value != round_to(asked.value, digits):
        message = f"expected an amount with at most {digits} decimals, found {plain(asked.value)}"
        raise QuoteRejectedError([Violation("discount.value", "DISCOUNT", message)])
    amount = asked.value if asked.kind is DiscountKind.AMOUNT else total - asked.value
    _check_room(state, lines, amount)
    spread([line for line in lines if line.amount > line.least], amount, digits, HEADER, reason)


def round_document(state: QuoteState) -> None:
    """Round the document total: where lines are not rounded, and to the smallest coin of the currency, if any."""
    _round_with_lines(state)
    coin = state.program.rounding.smallest_coin.get(state.currency.code)
    if coin is not None:
        _round_to_coin(state, coin)


def _round_to_coin(state: QuoteState, coin: Decimal) -> None:
    """Make the document total a multiple of a coin, and spread the difference over the lines.

    Agreed prices take no part where there are others, and where floors leave no room the total is rounded up.
    """
    lines = [line for line in state.lines if line.price and not line.locked]
    lines = lines or [line for line in state.lines if line.price]
    mode = state.program.rounding.mode
    total = sum((line.amount for line in state.lines), ZERO)
    rounded = round_to(total / coin, 0, mode) * coin
    off = total - rounded
    if off > room(lines):
        mode, rounded, off = RoundingMode.UP, rounded + coin, off - coin
    if off and lines:
        state.roundings.append(Rounding("document total, smallest coin", total, rounded, mode))
        able = lines if off < 0 else [line for line in lines if line.amount > line.least]
        reason = f"the total is a multiple of {plain(coin)} {state.currency.code}"
        spread(able, off, state.amount_digits, CASH, reason)


def _round_with_lines(state: QuoteState) -> None:
    """Round the document total where lines are not rounded, and round these so that they sum to it.

    Lines are cut, and what is missing goes to the largest remainders: none moves by a whole unit, and a line that needs
    no rounding stays. Where that would take lines below their floors, what they lack comes from the other lines, and
    the total rises if these have no room for it.
    """
    digits = state.program.rounding.document_total
    if digits is None or state.line_digits is not None:
        return
    digits = state.currency.minor_digits if digits == -1 else digits
    prices = [line.amount for line in state.lines]
    total = sum(prices, ZERO)
    mode = state.program.rounding.mode
    rounded = round_to(total, digits, mode)
    shares = _whole_units(prices, rounded, digits)
    least = [round_to(line.least, digits, RoundingMode.UP) for line in state.lines]
    shares = [max(share, low) for share, low in zip(shares, least, strict=True)]
    excess = sum(shares, ZERO) - rounded
    for position, low in enumerate(least):
        if state.lines[position].locked:
            continue  # an agreed price pays for nobody's floor
        taken = min(excess, shares[position] - low)
        shares[position] -= taken
        excess -= taken
    rounded += excess
    if rounded != total:
        state.roundings.append(Rounding("document total", total, rounded, RoundingMode.UP if excess else mode))
    for line, share in zip(state.lines, shares, strict=True):
        line.price = share


def _whole_units(prices: list[Decimal], total: Decimal, digits: int) -> list[Decimal]:
    """The prices cut to `digits` decimals, and the largest remainders raised by a unit until they sum to `total`."""
    unit = quantum(digits)
    shares = [price.quantize(unit, rounding=ROUND_DOWN) for price in prices]
    missing = int((total - sum(shares, ZERO)) / unit)
    order = sorted(range(len(prices)), key=lambda position: (shares[position] - prices[position], position))
    for position in order[:missing]:
        shares[position] += unit
    return shares


def _check_room(state: QuoteState, lines: list[LineState], amount: Decimal) -> None:
    most = room(lines)
    if amount < 0 or amount > most:
        code = state.currency.code
        message = f"expected a discount of 0 to {plain(most)} {code}: more would cross floors; found {plain(amount)}"
        raise QuoteRejectedError([Violation("discount.value", "DISCOUNT", message)])


def _rounded(state: QuoteState, line: LineState, amount: Decimal) -> Decimal:
    mode = state.program.rounding.mode
    rounded = round_to(amount, state.amount_digits, mode)
    if rounded != amount:
        state.roundings.append(Rounding(f"{line.id}: header discount", amount, rounded, mode))
    return rounded

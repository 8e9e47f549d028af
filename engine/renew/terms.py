"""The time of a renewal: when lines begin and end, and what to do by when."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

from engine.renew.contract import RenewalRequest
from engine.renew.program import RenewalProgram
from engine.renew.result import Action, Notice, NoticeState

ONE_DAY = timedelta(days=1)


def end_after(start: date, months: int) -> date:
    """Last day of a term of whole months that begins on `start`."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1])) - ONE_DAY


def months_between(start: date, end: date) -> Decimal:
    """Months of a term, both ends included: whole ones, and the days of the last over the days of that month."""
    after = end + ONE_DAY
    whole = (after.year - start.year) * 12 + after.month - start.month
    if after.day < start.day and end_after(start, whole) + ONE_DAY > after:
        whole -= 1
    begun = end_after(start, whole) + ONE_DAY
    left = (after - begun).days
    if left <= 0:
        return Decimal(whole)
    length = (end_after(start, whole + 1) + ONE_DAY - begun).days
    return Decimal(whole) + Decimal(left) / length


def whole_months(start: date, end: date) -> int:
    """Months of a term, a started one counted whole; at least 1."""
    months = months_between(start, end)
    return max(1, int(months) + (months != int(months)))


def notice(program: RenewalProgram, request: RenewalRequest) -> Notice:
    """What to do by when: a pure function of the contract's end and today."""
    contract, day = request.contract, request.day
    end = contract.end
    auto = program.auto_renew if contract.auto_renew is None else contract.auto_renew
    notice_days = program.notice_days if contract.notice_days is None else contract.notice_days
    notice_by = end - timedelta(days=notice_days)
    opens = end - timedelta(days=max(program.window_days, notice_days))
    if day > end:
        state = NoticeState.ENDED
    elif day > notice_by:
        state = NoticeState.NOTICE_PASSED
    elif day >= opens:
        state = NoticeState.DUE
    else:
        state = NoticeState.NOT_DUE
    actions = [Action("send the quote", end - timedelta(days=program.quote_days))]
    if auto:
        actions.append(Action("decide whether to stop the automatic renewal", notice_by))
    else:
        actions.append(Action("get the renewal signed, or the contract ends", end))
    return Notice(
        state=state,
        window_opens=opens,
        notice_by=notice_by,
        auto_renew=auto,
        actions=tuple(sorted((item for item in actions if item.by >= day), key=lambda item: item.by)),
    )

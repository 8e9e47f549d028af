"""Coupons that did nothing: unknown, not valid on the price date, or without effect on any line."""

from __future__ import annotations

from engine.diagnostics import did_you_mean
from engine.pricing.program import Coupon
from engine.pricing.result import Notice
from engine.pricing.state import QuoteState


def tell_coupons(state: QuoteState) -> None:
    """Add a notice for every coupon of the quote that changed no price, with the reason."""
    acted = {step.origin.id for line in state.lines for step in line.waterfall}
    known = state.program.coupons
    for index, code in enumerate(state.quote.coupons):
        field = f"coupons[{index}]"
        coupon = known.get(code)
        if code in state.quote.coupons[:index]:
            state.notices.append(Notice(field, "DUPLICATE_COUPON", f"the coupon {code!r} is given twice; it acts once"))
        elif coupon is None:
            hint = did_you_mean(code, known)
            message = f"no rule knows the coupon {code!r}{'; ' + hint if hint else ''}"
            state.notices.append(Notice(field, "UNKNOWN_COUPON", message))
        elif not coupon.rules & acted:
            state.notices.append(_without_effect(state, field, coupon))


def _without_effect(state: QuoteState, field: str, coupon: Coupon) -> Notice:
    day = state.quote.price_date
    starts = [first for first, _ in coupon.validities if first is not None and first > day]
    if any((first is None or first <= day) and (last is None or day <= last) for first, last in coupon.validities):
        minimum = [
            rule.minimum_order
            for rule in state.program.rules.rules
            if rule.coupon == coupon.code and rule.minimum_order is not None
        ]
        total = state.facts["list_total"]
        if minimum and total < min(minimum):
            message = f"the coupon {coupon.code!r} holds from a list total of {min(minimum)} on, it is {total}"
            return Notice(field, "COUPON_MINIMUM", message)
        message = f"the coupon {coupon.code!r} changes no price: its conditions do not hold for any line, or others win"
        return Notice(field, "COUPON_WITHOUT_EFFECT", message)
    if starts:
        return Notice(field, "COUPON_NOT_YET_VALID", f"the coupon {coupon.code!r} holds from {min(starts)} on")
    last_days = [last for _, last in coupon.validities if last is not None]
    return Notice(field, "COUPON_EXPIRED", f"the coupon {coupon.code!r} held until {max(last_days)}")

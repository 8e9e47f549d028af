"""Message to quote: reads a whole request, collecting every violation, and gives a quote or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from quotewright.v1 import quote_pb2 as pb

from engine.diagnostics import did_you_mean
from engine.money import ZERO, currency_codes
from engine.quote import (
    EMPTY_FACTS,
    MAX_LINES,
    MAX_TRANSACTIONS,
    Component,
    DiscountKind,
    Quote,
    QuoteLine,
    QuoteRejectedError,
    RampSegment,
    RequestedDiscount,
    Transactions,
)
from engine.wire.raw_quote import BriefLine, FullLine, RawQuote, states_more
from engine.wire.read_facts import read_fact_entries
from engine.wire.violations import (
    MAX_COUPONS,
    MAX_DEPTH,
    MAX_NAME,
    MAX_TEXT,
    Reason,
    Violations,
    known_numbers,
)

CURRENCIES = currency_codes()
ONE_DAY = timedelta(days=1)

LINES_KEPT = 10_000
LONGEST_LINE_KEPT = 400

# Lines by their bytes: whoever edits a quote sends it again with all its lines, and they are not changed once read.
_known_lines: dict[bytes, QuoteLine] = {}


def read_quote(message: pb.Quote) -> Quote:
    """The quote that a message states.

    Raises:
        QuoteRejectedError: the message states none; carries every violation.
    """
    return read_raw_quote(RawQuote.FromString(message.SerializeToString()))


def read_raw_quote(message: Any) -> Quote:
    """The quote that a `RawQuote` states.

    Raises:
        QuoteRejectedError: the message states none; carries every violation.
        DecodeError: a fact is none of the contract.
    """
    violations = Violations()
    day = violations.day(message.price_date, "price_date")
    coupons = tuple(message.coupons)
    if coupons:
        _check_coupons(coupons, violations)
    quote = Quote(
        currency=read_currency(message.currency, "currency", violations),
        price_date=day,
        lines=_read_lines(message.lines, violations),
        id=violations.text(message.id, "id", MAX_NAME),
        customer_id=violations.text(message.customer_id, "customer_id", MAX_NAME),
        customer=read_fact_entries(message.customer, "customer", violations),
        channel=violations.text(message.channel, "channel", MAX_NAME),
        facts=read_fact_entries(message.facts, "facts", violations),
        coupons=coupons,
        discount=_read_discount(message.discount, "discount", violations) if message.HasField("discount") else None,
        explain_alternatives=message.explain_alternatives,
    )
    if violations.found:
        raise QuoteRejectedError(violations.found)
    return quote


def read_currency(code: str, field: str, violations: Violations) -> str:
    """A required ISO 4217 code, in capitals."""
    if code in CURRENCIES:
        return code
    if not code:
        violations.add(field, Reason.REQUIRED, "an ISO 4217 currency code is required here, such as EUR")
    else:
        hint = did_you_mean(code[:MAX_NAME].upper(), CURRENCIES)
        shown = code if len(code) <= 40 else code[:37] + "..."
        violations.add(
            field,
            Reason.UNKNOWN_CURRENCY,
            f"no ISO 4217 currency has the code {shown!r}" + (f"; {hint}" if hint else ""),
        )
    return ""


def _check_coupons(coupons: Sequence[str], violations: Violations) -> None:
    if len(coupons) > MAX_COUPONS:
        violations.add("coupons", Reason.TOO_MANY, f"at most {MAX_COUPONS} coupons are taken, found {len(coupons):,}")
        return
    for index, coupon in enumerate(coupons):
        violations.name(coupon, f"coupons[{index}]")


def read_quote_lines(messages: Sequence[pb.QuoteLine], violations: Violations) -> tuple[QuoteLine, ...]:
    """The lines that messages state: at least one, each with an id of its own."""
    return _read_lines([message.SerializeToString() for message in messages], violations)


def _read_lines(messages: Sequence[bytes], violations: Violations) -> tuple[QuoteLine, ...]:
    count = len(messages)
    if not count:
        violations.add("lines", Reason.REQUIRED, "a quote has at least one line")
    elif count > MAX_LINES:
        violations.add("lines", Reason.TOO_MANY, f"a quote has at most {MAX_LINES:,} lines, found {count:,}")
        return ()
    known = _known_lines.get
    lines = tuple([known(message) or _learn_line(message, index, violations) for index, message in enumerate(messages)])
    if len({line.id for line in lines}) != count:
        _tell_duplicates(lines, violations)
    return lines


def _tell_duplicates(lines: tuple[QuoteLine, ...], violations: Violations) -> None:
    first: dict[str, int] = {}
    for index, line in enumerate(lines):
        before = first.setdefault(line.id, index)
        if before != index and line.id:
            violations.add(
                f"lines[{index}].id", Reason.DUPLICATE, f"the id {line.id!r} is already that of lines[{before}]"
            )


def _learn_line(message: bytes, index: int, violations: Violations) -> QuoteLine:
    """A line that was not read before, kept unless it is long or something is wrong with it."""
    told = len(violations.found)
    line = _read_line(BriefLine.FromString(message), index, violations)
    if len(message) <= LONGEST_LINE_KEPT and len(violations.found) == told:
        if len(_known_lines) >= LINES_KEPT:
            _known_lines.clear()
        _known_lines[message] = line
    return line


def _read_line(message: Any, index: int, violations: Violations) -> QuoteLine:
    line_id, sku, quantity = message.id, message.sku, message.quantity
    start, end, months, until = message.start_date, message.end_date, message.term_months, message.until_date
    facts = message.facts
    # The hot path of a request: paths of fields are put together only where something needs one.
    if not 0 < len(line_id) <= MAX_NAME:
        line_id = violations.name(line_id, f"lines[{index}].id")
    if not 0 < len(sku) <= MAX_NAME:
        sku = violations.name(sku, f"lines[{index}].sku")
    more = FullLine.FromString(message.SerializeToString()) if states_more(message) else None
    if quantity or more is None or not (more.segments or more.transactions.amounts):
        units = known_numbers.get(quantity)
        if units is None:
            units = violations.number(quantity, f"lines[{index}].quantity")
    else:  # A ramp states its quantities itself, transactions their sum.
        units = ZERO
    line = QuoteLine(
        line_id,
        sku,
        units,
        violations.day(start, f"lines[{index}].start_date") if start else None,
        _read_end(end, until, f"lines[{index}]", violations) if end or until else None,
        _read_months(months, end or until, f"lines[{index}]", violations) if months else None,
        read_fact_entries(facts, f"lines[{index}].facts", violations) if facts else EMPTY_FACTS,
    )
    if more is not None:
        _read_more(more, line, f"lines[{index}]", violations)
    return line


def _read_more(message: Any, line: QuoteLine, at: str, violations: Violations) -> None:
    """What few lines state."""
    if message.HasField("discount"):
        line.discount = _read_discount(message.discount, f"{at}.discount", violations)
    if message.HasField("transactions"):
        line.transactions = _read_transactions(message.transactions, f"{at}.transactions", violations)
        if not message.quantity:
            line.quantity = sum(line.transactions.amounts, ZERO)
    line.components = _read_components(message.components, at, violations)
    line.segments = _read_segments(message.segments, f"{at}.segments", violations)


def _read_transactions(message: pb.Transactions, at: str, violations: Violations) -> Transactions:
    if len(message.amounts) > MAX_TRANSACTIONS:
        told = f"at most {MAX_TRANSACTIONS:,} transactions are taken, found {len(message.amounts):,}"
        violations.add(f"{at}.amounts", Reason.TOO_MANY, told)
        return Transactions(0)
    amounts = tuple(violations.number(text, f"{at}.amounts[{index}]") for index, text in enumerate(message.amounts))
    if amounts and message.count:
        violations.add(f"{at}.count", Reason.CONFLICT, "transactions state their amounts or their number, not both")
    elif not amounts and message.count < 1:
        violations.add(at, Reason.REQUIRED, f"transactions state their amounts or their number, found {message.count}")
    return Transactions(message.count or len(amounts), amounts)


def _read_end(end: str, until: str, at: str, violations: Violations) -> date:
    """The last day of a term, given as such or as the day after it."""
    if not until:
        return violations.day(end, f"{at}.end_date")
    if end:
        violations.add(f"{at}.until_date", Reason.CONFLICT, "a term has an end_date or an until_date, not both")
    day = violations.day(until, f"{at}.until_date")
    return max(day, date.min + ONE_DAY) - ONE_DAY


def _read_months(months: int, end: str, at: str, violations: Violations) -> int | None:
    if end:
        violations.add(f"{at}.term_months", Reason.CONFLICT, "a term has an end or term_months, not both")
    if not 0 < months <= 1_200:
        violations.add(f"{at}.term_months", Reason.OUT_OF_RANGE, f"a term is 1 to 1,200 months long, found {months}")
    return months


def _read_segments(messages: Sequence[pb.RampSegment], at: str, violations: Violations) -> tuple[RampSegment, ...]:
    return tuple(
        RampSegment(
            start=violations.day(message.start_date, f"{at}[{index}].start_date"),
            end=_read_end(message.end_date, message.until_date, f"{at}[{index}]", violations),
            quantity=violations.number(message.quantity, f"{at}[{index}].quantity"),
            unit_price=violations.optional_number(message.unit_price, f"{at}[{index}].unit_price"),
        )
        for index, message in enumerate(messages)
    )


def _read_components(
    messages: Sequence[pb.Component], at: str, violations: Violations, depth: int = 1
) -> tuple[Component, ...]:
    if messages and depth > MAX_DEPTH:
        violations.add(f"{at}.components", Reason.TOO_DEEP, f"bundles nest at most {MAX_DEPTH} levels deep")
        return ()
    components = []
    for index, message in enumerate(messages):
        field = f"{at}.components[{index}]"
        components.append(
            Component(
                sku=violations.name(message.sku, f"{field}.sku"),
                quantity=violations.optional_number(message.quantity, f"{field}.quantity"),
                components=_read_components(message.components, field, violations, depth + 1),
            )
        )
    return tuple(components)


def _read_discount(message: pb.RequestedDiscount, at: str, violations: Violations) -> RequestedDiscount:
    which = message.WhichOneof("value")
    value: Decimal = ZERO
    if which is None:
        violations.add(at, Reason.REQUIRED, "a discount states a percent, an amount or a price")
    else:
        value = violations.number(getattr(message, which), f"{at}.{which}")
    return RequestedDiscount(
        kind=DiscountKind(which or DiscountKind.PERCENT),
        value=value,
        reason=violations.text(message.reason, f"{at}.reason", MAX_TEXT),
    )

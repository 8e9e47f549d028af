"""Message to quote: reads a whole request, collecting every violation, and gives a quote or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from quotewright.v1 import quote_pb2 as pb

from engine.diagnostics import did_you_mean
from engine.money import ZERO, currency_codes
from engine.quote import (
    EMPTY_FACTS,
    MAX_LINES,
    MAX_TRANSACTIONS,
    Component,
    DiscountKind,
    Fact,
    Facts,
    Quote,
    QuoteLine,
    QuoteRejectedError,
    RampSegment,
    RequestedDiscount,
    Transactions,
)
from engine.wire.violations import (
    MAX_COUPONS,
    MAX_DEPTH,
    MAX_FACTS,
    MAX_NAME,
    MAX_TEXT,
    Reason,
    Violations,
    is_short_number,
)

CURRENCIES = currency_codes()
ONE_DAY = timedelta(days=1)


def read_quote(message: pb.Quote) -> Quote:
    """The quote that a message states.

    Raises:
        QuoteRejectedError: the message states none; carries every violation.
    """
    violations = Violations()
    day = violations.day(message.price_date, "price_date")
    coupons = tuple(message.coupons)
    if coupons:
        _check_coupons(coupons, violations)
    quote = Quote(
        currency=read_currency(message.currency, "currency", violations),
        price_date=day,
        lines=read_quote_lines(message.lines, violations),
        id=violations.text(message.id, "id", MAX_NAME),
        customer_id=violations.text(message.customer_id, "customer_id", MAX_NAME),
        customer=read_facts(message.customer, "customer", violations),
        channel=violations.text(message.channel, "channel", MAX_NAME),
        facts=read_facts(message.facts, "facts", violations),
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
    count = len(messages)
    if not count:
        violations.add("lines", Reason.REQUIRED, "a quote has at least one line")
    elif count > MAX_LINES:
        violations.add("lines", Reason.TOO_MANY, f"a quote has at most {MAX_LINES:,} lines, found {count:,}")
        return ()
    lines = tuple([_read_line(message, index, violations) for index, message in enumerate(messages)])
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


def _read_line(message: pb.QuoteLine, index: int, violations: Violations) -> QuoteLine:
    line_id, sku, quantity = message.id, message.sku, message.quantity
    start, end, months, until = message.start_date, message.end_date, message.term_months, message.until_date
    facts, components, segments = message.facts, message.components, message.segments
    # The hot path of a request: paths of fields are put together only where something needs one.
    if not 0 < len(line_id) <= MAX_NAME:
        line_id = violations.name(line_id, f"lines[{index}].id")
    if not 0 < len(sku) <= MAX_NAME:
        sku = violations.name(sku, f"lines[{index}].sku")
    if is_short_number(quantity):
        units = Decimal(quantity)
    else:  # A ramp states its quantities itself, transactions their sum.
        elsewhere = not quantity and (segments or message.transactions.amounts)
        units = ZERO if elsewhere else violations.number(quantity, f"lines[{index}].quantity")
    transactions = None
    if message.HasField("transactions"):
        transactions = _read_transactions(message.transactions, f"lines[{index}].transactions", violations)
        if not quantity:
            units = sum(transactions.amounts, ZERO)
    return QuoteLine(
        line_id,
        sku,
        units,
        violations.day(start, f"lines[{index}].start_date") if start else None,
        _read_end(end, until, f"lines[{index}]", violations) if end or until else None,
        _read_months(months, end or until, f"lines[{index}]", violations) if months else None,
        read_facts(facts, f"lines[{index}].facts", violations) if facts else EMPTY_FACTS,
        _read_discount(message.discount, f"lines[{index}].discount", violations)
        if message.HasField("discount")
        else None,
        _read_components(components, f"lines[{index}]", violations) if components else (),
        _read_segments(segments, f"lines[{index}].segments", violations) if segments else (),
        transactions,
    )


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


def read_facts(messages: Mapping[str, pb.FactValue], at: str, violations: Violations) -> Facts:
    """Facts by name, as a caller states them."""
    if len(messages) > MAX_FACTS:
        violations.add(at, Reason.TOO_MANY, f"at most {MAX_FACTS:,} facts are taken, found {len(messages):,}")
        return EMPTY_FACTS
    facts: dict[str, Fact] = {}
    for name in messages:
        message = messages[name]
        text = message.text
        # Most facts are short texts: these are taken without asking which of the types was set.
        if text and len(text) <= MAX_TEXT and 0 < len(name) <= MAX_NAME:
            facts[name] = text
        else:
            shown = name if len(name) <= MAX_NAME else name[:37] + "..."
            facts[violations.name(name, at)] = _read_fact(message, f"{at}[{shown!r}]", violations)
    return facts


def _read_fact(message: pb.FactValue, at: str, violations: Violations) -> Fact:
    match message.WhichOneof("value"):
        case "text":
            return violations.text(message.text, at, MAX_TEXT)
        case "number":
            return violations.number(message.number, at)
        case "boolean":
            return message.boolean
        case "date":
            return violations.day(message.date, at)
        case _:
            return None

"""Decision to the bytes of its message: the hot half of a reply, put together as text in the wire format.

Fields stand in the order of their numbers, so that the bytes are the ones that protobuf itself would write.
"""

from __future__ import annotations

from quotewright.v1 import decision_pb2 as pb

from engine.decision import Decision
from engine.money import Rounding
from engine.pricing.result import Alternative, Notice, Offer, PricedItem, PricedLine, PriorPrices, Term, Totals
from engine.wire.text import decimal_text, enum_numbers, optional_decimal_text
from engine.wire.wire_format import Delimited, Number, Repeated, Writings, encoded, fill, utf8
from engine.wire.write_approval import route_text
from engine.wire.write_credit import credit_text
from engine.wire.write_waterfall import WaterfallWriter

CHARGE_TYPES = enum_numbers(pb.ChargeType, "CHARGE_TYPE_")
BILLING_PERIODS = enum_numbers(pb.BillingPeriod, "BILLING_PERIOD_")
ALTERNATIVE_KINDS = enum_numbers(pb.AlternativeKind, "ALTERNATIVE_KIND_")
ROUNDING_MODES = enum_numbers(pb.RoundingMode, "ROUNDING_MODE_")

QUOTE_ID, CURRENCY = Delimited(pb.Decision, "quote_id"), Repeated(pb.Decision, "currency")
RULEBOOK_VERSION = Repeated(pb.Decision, "rulebook_version")
CATALOGUE_VERSION = Repeated(pb.Decision, "catalogue_version")
LINES, TOTALS = Delimited(pb.Decision, "lines"), Delimited(pb.Decision, "totals")
ROUNDINGS, ORIGINS = Delimited(pb.Decision, "roundings"), Delimited(pb.Decision, "origins")
CREDIT, APPROVAL = Delimited(pb.Decision, "credit"), Delimited(pb.Decision, "approval")
NOTICES = Delimited(pb.Decision, "notices")

LINE_ID, PARENT_ID = Delimited(pb.PricedLine, "id"), Delimited(pb.PricedLine, "parent_id")
SKU, NAME = Delimited(pb.PricedLine, "sku"), Delimited(pb.PricedLine, "name")
QUANTITY, UNIT = Delimited(pb.PricedLine, "quantity"), Delimited(pb.PricedLine, "unit_of_measure")
CHARGE_TYPE = Number(pb.PricedLine, "charge_type")
PRICE_LIST, CHARGE_MODEL = Delimited(pb.PricedLine, "price_list"), Delimited(pb.PricedLine, "charge_model")
LIST_UNIT_PRICE = Delimited(pb.PricedLine, "list_unit_price")
NET_UNIT_PRICE = Delimited(pb.PricedLine, "net_unit_price")
LIST_TOTAL, NET_TOTAL = Delimited(pb.PricedLine, "list_total"), Delimited(pb.PricedLine, "net_total")
COST_TOTAL, TERM = Delimited(pb.PricedLine, "cost_total"), Delimited(pb.PricedLine, "term")
FIRST_YEAR_TOTAL = Delimited(pb.PricedLine, "first_year_total")
MONTHLY_RECURRING = Delimited(pb.PricedLine, "monthly_recurring")
OFFERS, PRIOR_PRICES = Delimited(pb.PricedLine, "offers"), Delimited(pb.PricedLine, "prior_prices")
PRICES_HIDDEN = Number(pb.PricedLine, "prices_hidden")

WHERE, ROUNDED = Delimited(pb.Rounding, "where"), Delimited(pb.Rounding, "after")
UNROUNDED, MODE = Delimited(pb.Rounding, "before"), Number(pb.Rounding, "mode")

TOTAL_FIELDS = tuple((field.name, Delimited(pb.Totals, field.name)) for field in pb.Totals.DESCRIPTOR.fields)

MOST_WRITTEN = 20_000
"""Products whose texts are kept; when there are more, keeping starts anew."""


def write_decision(decision: Decision, message: pb.Decision) -> None:
    """Fill an empty message with a decision."""
    fill(message, decision_text(decision))


def decision_text(decision: Decision, acted: list[str] | None = None) -> str:
    """The bytes of the decision's message, each of them a character. The same decision always gives the same bytes.

    Args:
        decision: to be written.
        acted: gets the fields of what acted in it, the same object for the same origin.
    """
    priced = decision.pricing
    steps = WaterfallWriter()
    parts = [
        QUOTE_ID.of(decision.quote_id),
        CURRENCY[decision.currency],
        RULEBOOK_VERSION[decision.rulebook_version],
        CATALOGUE_VERSION[decision.catalogue_version],
    ]
    for line in priced.lines:
        text = _line(line, steps.fields(line.waterfall, line.known_steps))
        parts.append(f"{LINES[len(text)]}{text}")
    text = _totals(priced.totals)
    parts.append(f"{TOTALS[len(text)]}{text}")
    if priced.roundings:
        parts.append(_roundings(priced.roundings))
    parts += steps.origins
    if acted is not None:
        acted += steps.origins
    if decision.credit is not None:
        text = credit_text(decision.credit)
        parts.append(f"{CREDIT[len(text)]}{text}")
    if decision.approval is not None:
        text = route_text(decision.approval)
        parts.append(f"{APPROVAL[len(text)]}{text}")
    if priced.notices:
        parts += [_notice(notice) for notice in priced.notices]
    return "".join(parts)


_written = Writings(MOST_WRITTEN)


def _line(line: PricedLine, waterfall: str) -> str:
    before_quantity, after_quantity = line.item.written or _write_item(line.item)
    line_id, quantity = line.id, str(line.quantity)
    if not line_id.isascii():
        line_id = utf8(line_id)
    if "E" in quantity:
        quantity = decimal_text(line.quantity)
    explained = waterfall
    if line.term is not None or line.alternatives:
        term = "" if line.term is None else _term(line.term)
        explained = f"{term}{waterfall}{''.join(map(_alternative, line.alternatives))}"
    text = (
        f"{LINE_ID[len(line_id)] if line_id else ''}{line_id}{PARENT_ID.of(line.parent_id) if line.parent_id else ''}"
        f"{before_quantity}{QUANTITY[len(quantity)]}{quantity}{after_quantity}{_figures(line, explained)}"
    )
    if line.monthly_recurring or line.term is not None:
        text += MONTHLY_RECURRING.of(decimal_text(line.monthly_recurring))
    if line.offers:
        text += "".join(map(_offer, line.offers))
    if line.prior_prices is not None:
        text += _prior_prices(line.prior_prices)
    if line.prices_hidden:
        text += PRICES_HIDDEN[True]
    return text


def _figures(line: PricedLine, explained: str) -> str:
    """Prices and totals of a line, and the fields among them that explain these."""
    net, first, cost = line.net_total, line.first_year_total, line.cost_total
    list_price, net_price = str(line.list_unit_price), str(line.net_unit_price)
    list_total, net_total = str(line.list_total), str(net)
    first_year = net_total if first is net else str(first)
    fields = (
        f"{LIST_UNIT_PRICE[len(list_price)]}{list_price}{NET_UNIT_PRICE[len(net_price)]}{net_price}"
        f"{LIST_TOTAL[len(list_total)]}{list_total}{NET_TOTAL[len(net_total)]}{net_total}"
    )
    if cost is not None:
        cost_total = str(cost)
        fields = f"{fields}{COST_TOTAL[len(cost_total)]}{cost_total}"
    if "E" not in fields and "E" not in first_year:
        return f"{fields}{explained}{FIRST_YEAR_TOTAL[len(first_year)]}{first_year}"
    # A figure has an exponent, or is 69 characters long: that length looks the same.
    return (
        LIST_UNIT_PRICE.of(decimal_text(line.list_unit_price))
        + NET_UNIT_PRICE.of(decimal_text(line.net_unit_price))
        + LIST_TOTAL.of(decimal_text(line.list_total))
        + NET_TOTAL.of(decimal_text(net))
        + COST_TOTAL.of(optional_decimal_text(cost))
        + explained
        + FIRST_YEAR_TOTAL.of(decimal_text(first))
    )


def _write_item(item: PricedItem) -> tuple[str, str]:
    """What stands before a line's quantity, and after it; kept, since lines mostly ask for the same products."""
    head = SKU.of(item.sku) + NAME.of(item.name)
    tail = UNIT.of(item.unit_of_measure) + CHARGE_TYPE[CHARGE_TYPES[item.charge_type]] + PRICE_LIST.of(item.price_list)
    texts = (head, tail + CHARGE_MODEL.of(item.charge_model))
    _written.keep(item, texts)
    return texts


def _term(term: Term) -> str:
    message = pb.PricedLine()
    message.term.start_date = term.start.isoformat()
    message.term.end_date = term.end.isoformat()
    message.term.billing_period = BILLING_PERIODS[term.billing_period]
    message.term.proration = term.proration
    message.term.periods = decimal_text(term.periods)
    message.term.explanation = term.explanation
    message.term.months = decimal_text(term.months)
    message.term.periods_numerator = term.exact.numerator
    message.term.periods_denominator = term.exact.denominator
    return encoded(message)


def _alternative(alternative: Alternative) -> str:
    message = pb.PricedLine()
    message.alternatives.add(
        kind=ALTERNATIVE_KINDS[alternative.kind],
        id=alternative.id,
        file=alternative.file,
        line=alternative.line,
        reason=alternative.reason,
    )
    return encoded(message)


def _offer(offer: Offer) -> str:
    message = pb.PricedLine()
    written = message.offers.add()
    if offer.quantity is not None:
        written.quantity = decimal_text(offer.quantity)
    else:
        written.term_months = offer.term_months or 0
    written.net_unit_price = decimal_text(offer.net_unit_price)
    written.net_total = decimal_text(offer.net_total)
    written.saving = decimal_text(offer.saving)
    return encoded(message)


def _prior_prices(prior: PriorPrices) -> str:
    message = pb.PricedLine()
    message.prior_prices.since = prior.since.isoformat()
    message.prior_prices.lowest = decimal_text(prior.lowest)
    message.prior_prices.highest = decimal_text(prior.highest)
    return encoded(message)


def _totals(totals: Totals) -> str:
    fields = ""
    for name, field in TOTAL_FIELDS:
        total = getattr(totals, name)
        if total is not None:
            text = str(total)
            if "E" in text:
                text = format(total, "f")
            fields += f"{field[len(text)]}{text}"
    return fields


def _roundings(roundings: list[Rounding]) -> str:
    fields = ""
    last = None
    mode_field = ""
    for where, before, after, mode in roundings:
        if mode is not last:
            last, mode_field = mode, MODE[ROUNDING_MODES[mode]]
        where_text = where if where.isascii() else utf8(where)
        before_text, after_text = str(before), str(after)
        if "E" in before_text or "E" in after_text:
            before_text, after_text = decimal_text(before), decimal_text(after)
        text = (
            f"{WHERE[len(where_text)] if where else ''}{where_text}{UNROUNDED[len(before_text)]}{before_text}"
            f"{ROUNDED[len(after_text)]}{after_text}{mode_field}"
        )
        fields += f"{ROUNDINGS[len(text)]}{text}"
    return fields


def _notice(notice: Notice) -> str:
    message = pb.Decision()
    message.notices.add(field=notice.field, reason=notice.reason, message=notice.message)
    return encoded(message)

"""Decision to message: the hot half of a reply, built in place field by field, which is what costs least."""

from __future__ import annotations

from quotewright.v1 import decision_pb2 as pb

from engine.decision import Decision
from engine.money import Rounding
from engine.pricing.result import Alternative, Offer, PricedLine, PriorPrices, Term, Totals
from engine.trace import Adjustment, Origin
from engine.wire.text import decimal_text, enum_numbers, optional_decimal_text
from engine.wire.write_approval import write_route
from engine.wire.write_credit import write_credit

CHARGE_TYPES = enum_numbers(pb.ChargeType, "CHARGE_TYPE_")
BILLING_PERIODS = enum_numbers(pb.BillingPeriod, "BILLING_PERIOD_")
ADJUSTMENT_KINDS = enum_numbers(pb.AdjustmentKind, "ADJUSTMENT_KIND_")
ALTERNATIVE_KINDS = enum_numbers(pb.AlternativeKind, "ALTERNATIVE_KIND_")
ROUNDING_MODES = enum_numbers(pb.RoundingMode, "ROUNDING_MODE_")


def write_decision(decision: Decision, message: pb.Decision) -> None:
    """Fill an empty message with a decision. The same decision always gives the same bytes."""
    message.quote_id = decision.quote_id
    message.currency = decision.currency
    message.rulebook_version = decision.rulebook_version
    message.catalogue_version = decision.catalogue_version
    priced = decision.pricing
    # Origins are built once when files are loaded, so that identity tells them apart faster than their seven fields.
    places: dict[int, int] = {}
    origins: list[Origin] = []
    add = message.lines.add
    for line in priced.lines:
        _write_line(line, add(), places, origins)
    for origin in origins:
        _write_origin(origin, message.origins.add())
    _write_totals(priced.totals, message.totals)
    if priced.roundings:
        _write_roundings(priced.roundings, message)
    for notice in priced.notices:
        message.notices.add(field=notice.field, reason=notice.reason, message=notice.message)
    if decision.credit is not None:
        write_credit(decision.credit, message.credit)
    if decision.approval is not None:
        write_route(decision.approval, message.approval)


def _write_line(line: PricedLine, message: pb.PricedLine, places: dict[int, int], origins: list[Origin]) -> None:
    message.id = line.id
    if line.parent_id:
        message.parent_id = line.parent_id
    message.sku = line.sku
    message.name = line.name
    message.quantity = decimal_text(line.quantity)
    message.unit_of_measure = line.unit_of_measure
    message.charge_type = CHARGE_TYPES[line.charge_type]
    message.price_list = line.price_list
    message.charge_model = line.charge_model
    message.list_unit_price = decimal_text(line.list_unit_price)
    message.net_unit_price = decimal_text(line.net_unit_price)
    message.list_total = decimal_text(line.list_total)
    message.net_total = decimal_text(line.net_total)
    if line.cost_total is not None:
        message.cost_total = decimal_text(line.cost_total)
    message.first_year_total = decimal_text(line.first_year_total)
    if line.monthly_recurring or line.term is not None:
        message.monthly_recurring = decimal_text(line.monthly_recurring)
    if line.term is not None:
        _write_term(line.term, message.term)
    _write_waterfall(line.waterfall, message, places, origins)
    for alternative in line.alternatives:
        _write_alternative(alternative, message.alternatives.add())
    for offer in line.offers:
        _write_offer(offer, message.offers.add())
    if line.prior_prices is not None:
        _write_prior_prices(line.prior_prices, message.prior_prices)
    if line.prices_hidden:
        message.prices_hidden = True


def _write_waterfall(
    steps: list[Adjustment], message: pb.PricedLine, places: dict[int, int], origins: list[Origin]
) -> None:
    add = message.waterfall.add
    last = None
    text = ""
    for origin, value, before, after, per_line, tier, reason in steps:
        place = places.get(id(origin))
        if place is None:
            place = places[id(origin)] = len(origins)
            origins.append(origin)
        step = add()
        step.origin = place
        # decimal_text, written out: the calls were a tenth of the whole reply.
        text_of_value = str(value)
        step.value = text_of_value if "E" not in text_of_value else format(value, "f")
        if before is not None:
            # A step nearly always starts from the very number that the step before ended on.
            step.before = text if before is last else decimal_text(before)
        last = after
        text = str(after)
        if "E" in text:
            text = format(after, "f")
        step.after = text
        if reason:
            step.reason = reason
        if tier:
            step.tier = tier
        if per_line:
            step.per_line = True


def _write_origin(origin: Origin, message: pb.Origin) -> None:
    message.step = origin.step
    message.kind = ADJUSTMENT_KINDS[origin.kind]
    if origin.id:
        message.id = origin.id
    if origin.file:
        message.file = origin.file
        message.line = origin.line
    if origin.cell:
        message.cell = origin.cell
    if origin.stacking_group:
        message.stacking_group = origin.stacking_group


def _write_term(term: Term, message: pb.Term) -> None:
    message.start_date = term.start.isoformat()
    message.end_date = term.end.isoformat()
    message.billing_period = BILLING_PERIODS[term.billing_period]
    message.proration = term.proration
    message.periods = decimal_text(term.periods)
    message.explanation = term.explanation
    message.months = decimal_text(term.months)
    message.periods_numerator = term.exact.numerator
    message.periods_denominator = term.exact.denominator


def _write_alternative(alternative: Alternative, message: pb.Alternative) -> None:
    message.kind = ALTERNATIVE_KINDS[alternative.kind]
    message.id = alternative.id
    message.file = alternative.file
    message.line = alternative.line
    message.reason = alternative.reason


def _write_offer(offer: Offer, message: pb.Offer) -> None:
    if offer.quantity is not None:
        message.quantity = decimal_text(offer.quantity)
    else:
        message.term_months = offer.term_months or 0
    message.net_unit_price = decimal_text(offer.net_unit_price)
    message.net_total = decimal_text(offer.net_total)
    message.saving = decimal_text(offer.saving)


def _write_prior_prices(prior: PriorPrices, message: pb.PriorPrices) -> None:
    message.since = prior.since.isoformat()
    message.lowest = decimal_text(prior.lowest)
    message.highest = decimal_text(prior.highest)


def _write_totals(totals: Totals, message: pb.Totals) -> None:
    message.list_total = decimal_text(totals.list_total)
    message.net_total = decimal_text(totals.net_total)
    message.discount_total = decimal_text(totals.discount_total)
    message.one_time_total = decimal_text(totals.one_time_total)
    message.recurring_total = decimal_text(totals.recurring_total)
    message.usage_total = decimal_text(totals.usage_total)
    message.first_year_total = decimal_text(totals.first_year_total)
    message.monthly_recurring = optional_decimal_text(totals.monthly_recurring)
    message.annual_recurring = optional_decimal_text(totals.annual_recurring)
    message.cost_total = optional_decimal_text(totals.cost_total)
    message.margin = optional_decimal_text(totals.margin)
    message.margin_percent = optional_decimal_text(totals.margin_percent)


def _write_roundings(roundings: list[Rounding], message: pb.Decision) -> None:
    add = message.roundings.add
    for rounding in roundings:
        entry = add()
        entry.where = rounding.where
        entry.before = decimal_text(rounding.before)
        entry.after = decimal_text(rounding.after)
        entry.mode = ROUNDING_MODES[rounding.mode]

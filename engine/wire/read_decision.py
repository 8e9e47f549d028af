"""Message to decision: how a caller that works with plain objects takes a reply."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from quotewright.v1 import decision_pb2 as pb

from engine.decision import Decision
from engine.money import ZERO, Rounding, RoundingMode, to_decimal
from engine.pricing.result import (
    Alternative,
    Notice,
    Offer,
    PricedItem,
    PricedLine,
    PricedQuote,
    PriorPrices,
    Term,
    Totals,
)
from engine.pricing.terms import Periods
from engine.trace import Adjustment, AdjustmentKind, Origin
from engine.wire.read_outcomes import read_credit, read_route
from engine.wire.text import enum_names

CHARGE_TYPES = enum_names(pb.ChargeType, "CHARGE_TYPE_")
BILLING_PERIODS = enum_names(pb.BillingPeriod, "BILLING_PERIOD_")
ADJUSTMENT_KINDS = enum_names(pb.AdjustmentKind, "ADJUSTMENT_KIND_")
ALTERNATIVE_KINDS = enum_names(pb.AlternativeKind, "ALTERNATIVE_KIND_")
ROUNDING_MODES = enum_names(pb.RoundingMode, "ROUNDING_MODE_")


def read_decision(message: pb.Decision) -> Decision:
    """The decision that a reply of this version's server states; findings of configuration are notices of its pricing.

    Raises:
        ValueError: the message is none of ours: an unreadable figure or an unknown enum value.
    """
    origins = [_read_origin(origin) for origin in message.origins]
    return Decision(
        quote_id=message.quote_id,
        currency=message.currency,
        rulebook_version=message.rulebook_version,
        catalogue_version=message.catalogue_version,
        pricing=PricedQuote(
            lines=[_read_line(line, origins) for line in message.lines],
            totals=_read_totals(message.totals),
            roundings=[
                Rounding(
                    where=entry.where,
                    before=to_decimal(entry.before),
                    after=to_decimal(entry.after),
                    mode=RoundingMode(ROUNDING_MODES[entry.mode]),
                )
                for entry in message.roundings
            ],
            notices=[Notice(notice.field, notice.reason, notice.message) for notice in message.notices],
        ),
        credit=read_credit(message.credit) if message.HasField("credit") else None,
        approval=read_route(message.approval) if message.HasField("approval") else None,
    )


def _optional(text: str) -> Decimal | None:
    return to_decimal(text) if text else None


def _read_origin(message: pb.Origin) -> Origin:
    return Origin(
        step=message.step,
        kind=AdjustmentKind(ADJUSTMENT_KINDS[message.kind]),
        id=message.id,
        file=message.file,
        line=message.line,
        cell=message.cell,
        stacking_group=message.stacking_group,
    )


def _read_line(message: pb.PricedLine, origins: list[Origin]) -> PricedLine:
    return PricedLine(
        id=message.id,
        parent_id=message.parent_id,
        item=PricedItem(
            sku=message.sku,
            name=message.name,
            unit_of_measure=message.unit_of_measure,
            charge_type=CHARGE_TYPES[message.charge_type],
            price_list=message.price_list,
            charge_model=message.charge_model,
        ),
        quantity=to_decimal(message.quantity),
        list_unit_price=to_decimal(message.list_unit_price),
        net_unit_price=to_decimal(message.net_unit_price),
        list_total=to_decimal(message.list_total),
        net_total=to_decimal(message.net_total),
        cost_total=_optional(message.cost_total),
        first_year_total=to_decimal(message.first_year_total),
        monthly_recurring=_optional(message.monthly_recurring) or ZERO,
        term=_read_term(message.term) if message.HasField("term") else None,
        waterfall=tuple(
            Adjustment(
                origin=origins[step.origin],
                value=to_decimal(step.value),
                before=_optional(step.before),
                after=to_decimal(step.after),
                per_line=step.per_line,
                tier=step.tier,
                reason=step.reason,
            )
            for step in message.waterfall
        ),
        alternatives=tuple(
            Alternative(
                kind=ALTERNATIVE_KINDS[other.kind], id=other.id, file=other.file, line=other.line, reason=other.reason
            )
            for other in message.alternatives
        ),
        offers=tuple(_read_offer(offer) for offer in message.offers),
        prior_prices=_read_prior_prices(message.prior_prices) if message.HasField("prior_prices") else None,
        prices_hidden=message.prices_hidden,
    )


def _read_offer(message: pb.Offer) -> Offer:
    by_quantity = message.WhichOneof("change") == "quantity"
    return Offer(
        quantity=to_decimal(message.quantity) if by_quantity else None,
        term_months=None if by_quantity else message.term_months,
        net_unit_price=to_decimal(message.net_unit_price),
        net_total=to_decimal(message.net_total),
        saving=to_decimal(message.saving),
    )


def _read_prior_prices(message: pb.PriorPrices) -> PriorPrices:
    return PriorPrices(date.fromisoformat(message.since), to_decimal(message.lowest), to_decimal(message.highest))


def _read_term(message: pb.Term) -> Term:
    return Term(
        start=date.fromisoformat(message.start_date),
        end=date.fromisoformat(message.end_date),
        billing_period=BILLING_PERIODS[message.billing_period],
        proration=message.proration,
        periods=to_decimal(message.periods),
        exact=Periods(message.periods_numerator, message.periods_denominator, message.explanation),
        months=to_decimal(message.months),
        explanation=message.explanation,
    )


def _read_totals(message: pb.Totals) -> Totals:
    return Totals(
        list_total=to_decimal(message.list_total),
        net_total=to_decimal(message.net_total),
        discount_total=to_decimal(message.discount_total),
        one_time_total=to_decimal(message.one_time_total),
        recurring_total=to_decimal(message.recurring_total),
        usage_total=to_decimal(message.usage_total),
        first_year_total=to_decimal(message.first_year_total),
        monthly_recurring=_optional(message.monthly_recurring),
        annual_recurring=_optional(message.annual_recurring),
        cost_total=_optional(message.cost_total),
        margin=_optional(message.margin),
        margin_percent=_optional(message.margin_percent),
    )

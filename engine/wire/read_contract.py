"""Contracts and what is asked about their renewal: messages to plain objects."""

from __future__ import annotations

from decimal import Decimal

from quotewright.v1 import renewal_service_pb2 as pb

from engine.quote import RampSegment
from engine.renew.contract import Contract, ContractLine, RenewalMethod, RenewalRequest, Uplift, UpliftPeriod
from engine.wire.read_facts import read_facts
from engine.wire.read_quote import read_currency, read_quote_lines
from engine.wire.text import enum_names
from engine.wire.violations import MAX_NAME, Reason, Violations

METHODS = enum_names(pb.RenewalMethod, "RENEWAL_METHOD_")
MAX_CONTRACT_LINES = 10_000
MAX_TERM_MONTHS = 1_200
MAX_NOTICE_DAYS = 3_650


def read_renewal_request(
    message: pb.ProposeRenewalRequest, violations: Violations, stored: pb.Contract | None = None
) -> RenewalRequest:
    """The request that a message states, about its own contract or a stored one."""
    if not 0 <= message.term_months <= MAX_TERM_MONTHS:
        told = f"a term has 1 to {MAX_TERM_MONTHS:,} months, 0 for the rulebook's choice; found {message.term_months}"
        violations.add("term_months", Reason.OUT_OF_RANGE, told)
    return RenewalRequest(
        contract=read_contract(message.contract if stored is None else stored, violations),
        day=violations.day(message.day, "day"),
        term_months=message.term_months or None,
        start=violations.optional_day(message.start_date, "start_date"),
        co_term=_choice(message.co_term),
        end=violations.optional_day(message.end_date, "end_date"),
        quantities={
            name: violations.amount(message.quantities[name], f"quantities[{name[:MAX_NAME]!r}]")
            for name in message.quantities
        },
        additions=read_quote_lines(message.additions, violations) if message.additions else (),
    )


def read_contract(message: pb.Contract, violations: Violations) -> Contract:
    """The contract that a message states."""
    if not message.lines:
        violations.add("contract.lines", Reason.REQUIRED, "a contract has at least one line")
    elif len(message.lines) > MAX_CONTRACT_LINES:
        told = f"a contract has at most {MAX_CONTRACT_LINES:,} lines, found {len(message.lines):,}"
        violations.add("contract.lines", Reason.TOO_MANY, told)
    if not 0 <= message.notice_days <= MAX_NOTICE_DAYS:
        told = f"notice is given 1 to {MAX_NOTICE_DAYS:,} days before, 0 for the rulebook's choice"
        violations.add("contract.notice_days", Reason.OUT_OF_RANGE, told)
    return Contract(
        id=violations.name(message.id, "contract.id"),
        customer_id=violations.text(message.customer_id, "contract.customer_id", MAX_NAME),
        currency=read_currency(message.currency, "contract.currency", violations),
        lines=tuple(
            _read_line(line, f"contract.lines[{index}]", violations)
            for index, line in enumerate(message.lines[:MAX_CONTRACT_LINES])
        ),
        channel=violations.text(message.channel, "contract.channel", MAX_NAME),
        method=_method(message.method),
        uplift=_read_uplift(message.uplift, "contract.uplift", violations) if message.HasField("uplift") else None,
        auto_renew=_choice(message.auto_renew),
        notice_days=message.notice_days or None,
        facts=read_facts(message.facts, "contract.facts", violations),
    )


def _read_line(message: pb.ContractLine, at: str, violations: Violations) -> ContractLine:
    segments = tuple(
        RampSegment(
            violations.day(part.start_date, f"{at}.segments[{index}].start_date"),
            violations.day(part.end_date, f"{at}.segments[{index}].end_date"),
            violations.amount(part.quantity, f"{at}.segments[{index}].quantity"),
            violations.optional_amount(part.unit_price, f"{at}.segments[{index}].unit_price"),
        )
        for index, part in enumerate(message.segments)
    )
    priced = bool(segments) and all(part.unit_price is not None for part in segments)
    quantity = violations.amount(message.quantity or ("0" if segments else ""), f"{at}.quantity")
    price: Decimal = violations.amount(message.unit_price or ("0" if priced else ""), f"{at}.unit_price")
    return ContractLine(
        id=violations.name(message.id, f"{at}.id"),
        sku=violations.name(message.sku, f"{at}.sku"),
        quantity=quantity,
        unit_price=price,
        start=violations.day(message.start_date, f"{at}.start_date"),
        end=violations.day(message.end_date, f"{at}.end_date"),
        segments=segments,
        renewable=_choice(message.renewable),
        method=_method(message.method),
        uplift=_read_uplift(message.uplift, f"{at}.uplift", violations) if message.HasField("uplift") else None,
        facts=read_facts(message.facts, f"{at}.facts", violations),
    )


def _read_uplift(message: pb.Uplift, at: str, violations: Violations) -> Uplift:
    return Uplift(
        percent=violations.amount(message.percent, f"{at}.percent"),
        index=violations.text(message.index, f"{at}.index", MAX_NAME),
        floor=violations.optional_amount(message.floor, f"{at}.floor"),
        cap=violations.optional_amount(message.cap, f"{at}.cap"),
        per=UpliftPeriod.TERM if message.per_term else UpliftPeriod.YEAR,
        compound=message.compound,
    )


def _choice(choice: pb.RulebookChoice) -> bool | None:
    return {pb.RULEBOOK_CHOICE_YES: True, pb.RULEBOOK_CHOICE_NO: False}.get(choice)


def _method(method: int) -> RenewalMethod | None:
    name = METHODS.get(method, "")
    return RenewalMethod(name) if name else None

"""What becomes of a contract: the quote that renews it, what was left out, and what to do by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from engine.quote import Quote
from engine.renew.contract import RenewalMethod


class RenewalReason(NamedTuple):
    """A rule that held for a line or a contract."""

    rule_id: str
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class RenewedLine:
    """A line of the contract that is renewed.

    Attributes:
        contract_line: its id, which is also that of the line of the quote.
        method: how the price was found.
        decided_by: "line", "contract", "rulebook", or the id of a rule.
        quantity_before: of the contract's last segment, or as the rulebook chooses.
        quantity: of the renewal.
        price_before: per unit and billing period.
        price: of the renewal per unit and billing period; None where the price list says.
        rate: percent points per year or term that the price rises; None without an uplift.
        start: first day of the renewal.
        end: last day.
        explanation: how the price came to be.
        reasons: rules that held.
        days_given_up: days of the contract that an early start gives up.
        unused_value: what the contract charges for these days; None where there are none.
    """

    contract_line: str
    method: RenewalMethod
    decided_by: str
    quantity_before: Decimal
    quantity: Decimal
    price_before: Decimal
    price: Decimal | None
    rate: Decimal | None
    start: date
    end: date
    explanation: str
    reasons: tuple[RenewalReason, ...]
    days_given_up: int
    unused_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ExcludedLine:
    """A line of the contract that is not renewed, and why."""

    contract_line: str
    sku: str
    reason: str
    rule_id: str = ""


class NoticeState(StrEnum):
    """Where today lies on the way to the contract's end."""

    NOT_DUE = "not_due"
    DUE = "due"
    NOTICE_PASSED = "notice_passed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, and the last day for it."""

    what: str
    by: date


@dataclass(frozen=True, slots=True)
class Notice:
    """What to do by when.

    Attributes:
        state: where today lies.
        window_opens: from which day a renewal is proposed.
        notice_by: last day on which notice can be given.
        auto_renew: whether the contract renews itself without notice.
        actions: what is still to do, in the order of time.
    """

    state: NoticeState
    window_opens: date
    notice_by: date
    auto_renew: bool
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class RenewalProposal:
    """What becomes of a contract.

    Attributes:
        contract_id: which contract.
        quote: to be decided like any other; None where no line is renewed.
        lines: that are renewed.
        excluded: that are not.
        notice: what to do by when.
        flags: what rules say of the contract, each with its rule.
    """

    contract_id: str
    quote: Quote | None
    lines: tuple[RenewedLine, ...]
    excluded: tuple[ExcludedLine, ...]
    notice: Notice
    flags: tuple[tuple[str, RenewalReason], ...]

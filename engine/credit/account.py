"""What the caller tells of a customer's credit: accounts with their limits, open items, orders and deposits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.money import ZERO
from engine.quote import EMPTY_FACTS, Facts


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A receivable that is not paid.

    Attributes:
        amount: in the credit currency; negative for a credit note.
        due: day on which it is or was to be paid.
    """

    amount: Decimal
    due: date


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An approved order or an open delivery that is not invoiced.

    Attributes:
        amount: in the credit currency.
        ships: day on which it ships; None where unknown, which counts as within every horizon.
    """

    amount: Decimal
    ships: date | None = None


@dataclass(frozen=True, slots=True)
class CreditAccount:
    """An account of the customer or of a company above it. Amounts are in the credit currency of the rulebook.

    Attributes:
        id: identifier, unique in the request.
        parent: id of the account above; "" at the top.
        shares_limit: whether the limit of the parent holds for this account as well.
        limit: None where none is given.
        limit_expires: last day on which the limit holds; None for no end.
        insured_until: last day of its credit insurance; None where it has none or no end.
        blocked: whether it is blocked by hand.
        receivables: invoiced and not paid.
        orders: approved and not invoiced.
        deliveries: delivered or being delivered, and not invoiced.
        deposits: paid in advance.
        facts: further facts that the rulebook declares, read as account.<name>.
    """

    id: str
    parent: str = ""
    shares_limit: bool = False
    limit: Decimal | None = None
    limit_expires: date | None = None
    insured_until: date | None = None
    blocked: bool = False
    receivables: tuple[OpenItem, ...] = ()
    orders: tuple[OpenOrder, ...] = ()
    deliveries: tuple[OpenOrder, ...] = ()
    deposits: Decimal = ZERO
    facts: Facts = field(default_factory=lambda: EMPTY_FACTS)


@dataclass(frozen=True, slots=True)
class CreditOverride:
    """A decision of a person that takes the place of the rules'.

    Attributes:
        person: who decided.
        role: in which role.
        reason: why; stored with the quote.
    """

    person: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """What a credit check needs beside the quote.

    Attributes:
        account: id of the account that the quote is for.
        accounts: that account and those above and below it that share its limit.
        day: on which items are overdue and limits expire; None is the quote's price date.
        ships: day on which the quote ships; None counts as within the horizon.
        override: None unless a person decided.
    """

    account: str
    accounts: tuple[CreditAccount, ...]
    day: date | None = None
    ships: date | None = None
    override: CreditOverride | None = None

"""Charges derived from another amount: from cost, from the sum of covered lines, from the value of transactions.

Rates, markups and margins are fractions here: 0.2 is 20 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.money import HUNDRED, ONE, ZERO, plain
from engine.pricing.charges.model import Charged
from engine.pricing.problem import Problem


@dataclass(frozen=True, slots=True)
class CostPlus:
    """Cost x (1 + markup), or cost / (1 - margin): the margin is a share of the price, the markup of the cost.

    Attributes:
        markup: fraction of the cost, 0 where a margin is aimed at.
        margin: fraction of the price, below 1; 0 where a markup is put on.
    """

    markup: Decimal = ZERO
    margin: Decimal = ZERO

    def price(self, cost: Decimal) -> Decimal:
        """The unit price for a unit cost, exact to 34 digits, not rounded."""
        return cost * (ONE + self.markup) / (ONE - self.margin)

    def explain(self, cost: Decimal) -> str:
        """For example "80 x (1 + 0.25)" or "80 / (1 - 0.20)"."""
        if self.margin:
            return f"{plain(cost)} / (1 - {plain(self.margin)})"
        return f"{plain(cost)} x (1 + {plain(self.markup)})"


def cost_plus_problems(markup: Decimal | None, margin: Decimal | None) -> list[Problem]:
    """What keeps a cost-plus price from being used: none or both of markup and margin, a margin of 1 or more."""
    if (markup is None) == (margin is None):
        return [Problem("markup", "expected either a markup or a margin")]
    if margin is not None and margin >= 1:
        message = f"a margin of {percent(margin)} of the price leaves nothing for the cost; expected below 100 %"
        return [Problem("margin", message)]
    if margin is not None and margin < 0:
        return [Problem("margin", f"a margin of {percent(margin)} sells below cost; expected 0 or more")]
    if markup is not None and markup < 0:
        return [Problem("markup", f"a markup of {percent(markup)} sells below cost; expected 0 or more")]
    return []


@dataclass(frozen=True, slots=True)
class PercentOfTotal:
    """A rate on the sum of the covered lines, with a minimum and a maximum.

    Attributes:
        rate: fraction of the base amount.
        minimum: charged at least.
        maximum: charged at most; None for no limit.
    """

    rate: Decimal
    minimum: Decimal = ZERO
    maximum: Decimal | None = None

    def charge(self, base_amount: Decimal) -> Charged:
        """The charge on the sum of the covered lines."""
        return Charged(None, limited(base_amount * self.rate, self.minimum, self.maximum), 0)

    def explain(self, base_amount: Decimal) -> str:
        """For example "20 % of 1000", "20 % of 1000, at least 250"."""
        amount = base_amount * self.rate
        text = f"{percent(self.rate)} of {plain(base_amount)}"
        return text + explain_limit(amount, self.minimum, self.maximum)


def percent_of_total_problems(rate: Decimal, minimum: Decimal = ZERO, maximum: Decimal | None = None) -> list[Problem]:
    """What keeps a percent-of-total or percentage charge from being used: negative figures, minimum above maximum."""
    problems = []
    if rate < 0:
        problems.append(Problem("rate", f"a rate of {percent(rate)} is negative; expected 0 or more"))
    if minimum < 0:
        problems.append(Problem("minimum", f"minimum {plain(minimum)} is negative; expected 0 or more"))
    if maximum is not None and maximum < minimum:
        problems.append(
            Problem("maximum", f"maximum {plain(maximum)} is below minimum {plain(minimum)}: no amount satisfies both")
        )
    return problems


@dataclass(frozen=True, slots=True)
class Percentage:
    """A rate on the value of transactions and a fee for each, after a free allowance.

    A transaction is free while its number is within `free_transactions` and the running value within `free_amount`,
    as far as they are given. The one that crosses the free amount pays the rate on what is above it.

    Attributes:
        rate: fraction of a transaction's value.
        fee: for each transaction that is not free.
        free_transactions: number of transactions in the allowance; None for no limit by number.
        free_amount: value in the allowance; None for no limit by value. With both None nothing is free.
        minimum: charged at least for each transaction that is not free.
        maximum: charged at most for each; None for no limit.
    """

    rate: Decimal
    fee: Decimal = ZERO
    free_transactions: int | None = None
    free_amount: Decimal | None = None
    minimum: Decimal = ZERO
    maximum: Decimal | None = None

    @property
    def needs_amounts(self) -> bool:
        """Whether the sum and the number of transactions are not enough to charge them."""
        limits = self.free_transactions, self.free_amount, self.maximum, self.minimum or None
        return any(limit is not None for limit in limits)

    def charge(self, quantity: Decimal) -> Charged:
        """The charge for one transaction of this value."""
        return self.charge_each((quantity,))

    def charge_each(self, amounts: Sequence[Decimal]) -> Charged:
        """The charge for the transactions of a period, in the order in which they came."""
        return Charged(None, sum((charge for _, charge in self._each(amounts)), ZERO), 0)

    def explain(self, quantity: Decimal) -> str:
        """For one transaction: "1.2 % of 50 + 0.10"."""
        ((charged_value, _),) = self._each((quantity,))
        if charged_value is None:
            return f"{plain(quantity)} is within the free allowance"
        fee = f" + {plain(self.fee)}" if self.fee else ""
        amount = charged_value * self.rate + self.fee
        text = f"{percent(self.rate)} of {plain(charged_value)}{fee}"
        return text + explain_limit(amount, self.minimum, self.maximum)

    def explain_each(self, amounts: Sequence[Decimal]) -> str:
        """For example "1.2 % of 350 + 2 x 0.10, 1 x 5 at most, 3 of 6 transactions free"."""
        if len(amounts) == 1:
            return self.explain(amounts[0])
        rated, free, within, below, above = ZERO, 0, 0, 0, 0
        for value, _ in self._each(amounts):
            if value is None:
                free += 1
                continue
            amount = value * self.rate + self.fee
            if amount < self.minimum:
                below += 1
            elif self.maximum is not None and amount > self.maximum:
                above += 1
            else:
                within += 1
                rated += value
        parts = [f"{percent(self.rate)} of {plain(rated)}{self.fees(within)}"] if within else []
        parts += [f"{below} x {plain(self.minimum)} at least"] if below else []
        parts += [f"{above} x {plain(self.maximum)} at most"] if above and self.maximum is not None else []
        parts += [f"{free} of {len(amounts)} transactions free"] if free else []
        return ", ".join(parts)

    def fees(self, count: int) -> str:
        """The fees of so many transactions: " + 40 x 0.30", or nothing."""
        return f" + {count} x {plain(self.fee)}" if self.fee else ""

    def _each(self, amounts: Sequence[Decimal]) -> list[tuple[Decimal | None, Decimal]]:
        """For each transaction the value that pays the rate, None where it is free, and the charge."""
        allowance = self.free_transactions is not None or self.free_amount is not None
        charges: list[tuple[Decimal | None, Decimal]] = []
        running = ZERO
        for i, amount in enumerate(amounts):
            room = amount if self.free_amount is None else self.free_amount - running
            running += amount
            allowance = allowance and (self.free_transactions is None or i < self.free_transactions)
            if allowance and amount <= room:
                charges.append((None, ZERO))
                continue
            rated = amount - room if allowance else amount
            allowance = False
            charges.append((rated, limited(rated * self.rate + self.fee, self.minimum, self.maximum)))
        return charges


@dataclass(frozen=True, slots=True)
class PercentageOfTransactions:
    """A percentage on the transactions of one line.

    Attributes:
        model: see there.
        amounts: of the transactions in their order; empty where only their number is known.
        count: their number.
    """

    model: Percentage
    amounts: tuple[Decimal, ...]
    count: int

    def charge(self, quantity: Decimal) -> Charged:
        """The charge for transactions whose sum is `quantity`."""
        if self.amounts:
            return self.model.charge_each(self.amounts)
        return Charged(None, quantity * self.model.rate + self.count * self.model.fee, 0)

    def explain(self, quantity: Decimal) -> str:
        """For example "2.9 % of 1000 + 40 x 0.30"."""
        if self.amounts:
            return self.model.explain_each(self.amounts)
        return f"{percent(self.model.rate)} of {plain(quantity)}{self.model.fees(self.count)}"


def limited(amount: Decimal, minimum: Decimal, maximum: Decimal | None) -> Decimal:
    """The amount, at least the minimum and at most the maximum."""
    if amount < minimum:
        return minimum
    return amount if maximum is None or amount <= maximum else maximum


def explain_limit(amount: Decimal, minimum: Decimal, maximum: Decimal | None) -> str:
    """What a limit did to the amount: ", at least 250", ", at most 100" or nothing."""
    if amount < minimum:
        return f", at least {plain(minimum)}"
    return "" if maximum is None or amount <= maximum else f", at most {plain(maximum)}"


def percent(fraction: Decimal) -> str:
    """A fraction as people read it: 0.012 is "1.2 %"."""
    points = fraction * HUNDRED
    whole = points.to_integral_value()
    return f"{plain(whole if points == whole else points.normalize())} %"

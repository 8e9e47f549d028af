"""`pricing/*.yaml`: rules that adjust the price of a line."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.schema.rulebook import Name, Strict

Number = int | Decimal | str
"""A number, or FEEL text that gives one."""

ACTIONS = ("percent_off", "amount_off", "set_price", "markup", "floor", "cap", "free_units", "fee")
QUOTE_ACTIONS = ("percent_off", "amount_off", "fee")
"""What can act on the total of a quote."""

QUOTE_STEP = "quote"
"""Where rules on the quote act: after the waterfalls of all lines."""


class FreeUnits(Strict):
    """Buy x, get y: of every x + y units, y are free.

    Attributes:
        buy: units paid in full.
        get: units free, or cheaper.
        percent: taken off those: 100 makes them free.
        at_most: units of a line that are free or cheaper; left out: no limit.
    """

    buy: int | Decimal
    get: int | Decimal
    percent: int | Decimal = 100
    at_most: int | Decimal | None = None


class Then(Strict):
    """What a rule does: exactly one action, and how it is meant.

    Attributes:
        percent_off: percent points off.
        amount_off: amount off a unit, in the quote's currency.
        set_price: unit price.
        markup: percent points on top.
        floor: the unit price does not go below.
        cap: the unit price does not go above.
        free_units: free units of every bought ones.
        fee: amount added once to the line.
        of: what a percentage is taken of: the running price, or the list price.
        on: what is adjusted: the price of a unit, the amount of the line, or the total of all lines that the rule holds
            for, over which the amount is then spread.
        maximum: greatest amount taken off, for percent_off on the quote.
        currency: currency of an amount; without it an amount holds in any currency.
    """

    percent_off: Number | None = None
    amount_off: Number | None = None
    set_price: Number | None = None
    markup: Number | None = None
    floor: Number | None = None
    cap: Number | None = None
    free_units: FreeUnits | None = None
    fee: Number | None = None
    of: Literal["price", "list"] = "price"
    on: Literal["unit", "line", "quote"] = "unit"
    maximum: int | Decimal | None = None
    currency: str = ""

    @model_validator(mode="after")
    def _exactly_one_action(self) -> Then:
        given = [action for action in ACTIONS if getattr(self, action) is not None]
        if len(given) != 1:
            found = " and ".join(given) if given else "none"
            raise ValueError(f"a rule does exactly one thing, found {found}; expected one of {', '.join(ACTIONS)}")
        if self.on == "quote" and given[0] not in QUOTE_ACTIONS:
            raise ValueError(f"only {', '.join(QUOTE_ACTIONS)} act on the quote, found {given[0]}")
        if self.maximum is not None and (self.on != "quote" or given[0] != "percent_off"):
            raise ValueError("a maximum limits what percent_off takes off the quote: write it with on: quote")
        return self

    @property
    def action(self) -> str:
        """The name of the action given."""
        return next(action for action in ACTIONS if getattr(self, action) is not None)


class Validity(Strict):
    """First and last day (inclusive) on which a rule holds; an end left out is open. ISO dates."""

    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None


class PricingRule(Strict):
    """A rule of the waterfall.

    Attributes:
        id: unique in the rulebook; shown in every waterfall it acts in.
        description: for people.
        step: waterfall step that it runs in; left out: limits for floors and caps, automatic for the rest.
        group: stacking group.
        priority: higher first inside its group; equal priorities run in the order of the file.
        valid: days on which it holds, compared with the quote's price date.
        coupon: holds only for quotes that carry this code.
        minimum_order: holds only for quotes whose list total is at least this.
        when: FEEL condition over customer, quote, line and product; left out: always.
        table: decision table, a file beside this one; its row is read as row.<output>.
        then: what it does.
        reason: text for the waterfall; {expression} is filled in.
    """

    id: Name
    description: str = ""
    step: str = ""
    group: str = ""
    priority: int = 0
    valid: Validity = Field(default_factory=Validity)
    coupon: str = ""
    minimum_order: int | Decimal | None = None
    when: str | bool = True
    table: str = ""
    then: Then
    reason: str = ""

    @property
    def waterfall_step(self) -> str:
        """The step that it runs in."""
        if self.step:
            return self.step
        if self.then.on == "quote":
            return QUOTE_STEP
        return "limits" if self.then.action in ("floor", "cap") else "automatic"


class PricingRuleFile(Strict):
    """The whole of a file of pricing rules."""

    rules: list[PricingRule]

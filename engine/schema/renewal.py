"""`renewal/*.yaml`: the settings of renewals, indices, and the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.schema.approval import Identifier
from engine.schema.rulebook import FactType, Name, Strict

Number = int | Decimal
Days = Annotated[int, Field(ge=0, le=3650)]
Method = Literal["same", "list", "uplift"]


class UpliftEntry(Strict):
    """How much a price rises.

    Attributes:
        percent: rate in percent points; on top of the index where one is named.
        index: name of an index.
        floor: the rate does not go below.
        cap: the rate does not go above.
        per: what the rate is for.
        compound: whether years build on one another.
    """

    percent: Number = 0
    index: str = ""
    floor: Number | None = None
    cap: Number | None = None
    per: Literal["year", "term"] = "year"
    compound: bool = False

    @model_validator(mode="after")
    def _limits_leave_room(self) -> UpliftEntry:
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            raise ValueError(f"uplift: the floor of {self.floor} is above the cap of {self.cap}")
        return self


class RenewalSettings(Strict):
    """What holds for all renewals.

    Attributes:
        method: how prices are found where nothing else says.
        uplift: where nothing else says.
        term_months: of a renewal; left out: as long as the line was.
        ramp: the segment that a ramp renews on.
        co_term: whether all lines end together.
        auto_renew: whether contracts renew themselves.
        notice_days: before the end, by which notice is given.
        window_days: before the end, from which a renewal is proposed.
        quote_days: before the end, by which the customer has the quote.
        early_days: before the end, from which a renewal may begin early.
        facts: of contracts, that callers may state: a type, or the list of choices.
        deal_facts: facts that the proposed quote states.
    """

    method: Method = "same"
    uplift: UpliftEntry = Field(default_factory=UpliftEntry)
    term_months: Annotated[int, Field(ge=1, le=1200)] | None = None
    ramp: Literal["last", "first"] = "last"
    co_term: bool = False
    auto_renew: bool = False
    notice_days: Days = 30
    window_days: Days = 90
    quote_days: Days = 60
    early_days: Days = 0
    facts: dict[Identifier, FactType] = Field(default_factory=dict)
    deal_facts: dict[Identifier, str | bool | int | Decimal] = Field(default_factory=dict)


class IndexEntry(Strict):
    """An index: percent points by year."""

    id: Identifier
    values: Annotated[dict[str, Number], Field(min_length=1)]


class RenewalThen(Strict):
    """What a renewal rule does: at least one of these.

    Attributes:
        exclude: leaves the line out.
        method: for lines on which nothing was agreed.
        uplift: for lines on which nothing was agreed.
        percent_off: taken off the new price, whatever was agreed.
        flag: says something of the contract, for example "at risk".
    """

    exclude: bool = False
    method: Method | None = None
    uplift: UpliftEntry | None = None
    percent_off: Number | None = None
    flag: str = ""

    @model_validator(mode="after")
    def _does_something(self) -> RenewalThen:
        given = any(value is not None for value in (self.method, self.uplift, self.percent_off))
        if not self.exclude and not self.flag and not given:
            raise ValueError("a rule does something: expected exclude, method, uplift, percent_off or flag")
        if self.percent_off is not None and not 0 <= self.percent_off <= 100:
            raise ValueError(f"percent_off: expected 0 to 100, found {self.percent_off}")
        return self


class RenewalRule(Strict):
    """A rule of renewal.

    Attributes:
        id: unique in the rulebook.
        description: for people.
        when: FEEL condition over customer, contract, line and product.
        then: what it does.
        reason: text for the reply; {expression} is filled in.
    """

    id: Name
    description: str = ""
    when: str | bool = True
    then: RenewalThen
    reason: str = ""

"""`credit/*.yaml`: the settings of credit checks, the tables for score and rating, and the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.schema.approval import Identifier
from engine.schema.rulebook import FactType, Name, Strict

Outcome = Literal["approve", "approve_with_conditions", "refer", "hold", "reject"]


class CreditSettings(Strict):
    """What holds for all credit checks.

    Attributes:
        currency: ISO 4217 code of limits and exposure.
        no_limit: what becomes of a quote whose customer has no limit; there is no default.
        no_limit_role: whom it is referred to.
        horizon_days: orders that ship later do not count towards the horizon exposure.
        override_roles: roles whose people may override an outcome.
        facts: of accounts, that callers may state: a type, or the list of choices.
        score: decision table beside the file, "file" or "file#table"; its answer is read as score.
        rating: decision table that may read the score; its answer is read as rating.
    """

    currency: Annotated[str, Field(min_length=3, max_length=3)]
    no_limit: Outcome
    no_limit_role: str = ""
    horizon_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    override_roles: list[Identifier] = Field(default_factory=list)
    facts: dict[Identifier, FactType] = Field(default_factory=dict)
    score: str = ""
    rating: str = ""

    @model_validator(mode="after")
    def _refers_to_somebody(self) -> CreditSettings:
        if self.no_limit == "refer" and not self.no_limit_role:
            raise ValueError("no_limit: refer needs 'no_limit_role', the role to refer to")
        return self


class CreditConditions(Strict):
    """What the customer must accept; a text is FEEL where it starts with "=".

    Attributes:
        deposit_percent: of the quote, percent points.
        deposit_amount: in the credit currency.
        payment_terms: for example "net 14".
        partial_shipment: text that says what may ship when.
    """

    deposit_percent: int | Decimal | str | None = None
    deposit_amount: int | Decimal | str | None = None
    payment_terms: str | None = None
    partial_shipment: str | None = None


class CreditThen(Strict):
    """What a credit rule does."""

    outcome: Outcome
    role: str = ""
    conditions: CreditConditions = Field(default_factory=CreditConditions)

    @model_validator(mode="after")
    def _fits_together(self) -> CreditThen:
        given = any(value is not None for value in self.conditions.__dict__.values())
        if self.outcome == "approve_with_conditions" and not given:
            raise ValueError("outcome approve_with_conditions needs 'conditions'")
        if self.outcome == "refer" and not self.role:
            raise ValueError("outcome refer needs 'role', the role to refer to")
        return self


class CreditRule(Strict):
    """A rule of credit.

    Attributes:
        id: unique in the rulebook.
        description: for people.
        when: FEEL condition over customer, quote, account, exposure, score and rating.
        then: what it does; of several rules that hold the most severe outcome wins.
        reason: text for the reply; {expression} is filled in.
    """

    id: Name
    description: str = ""
    when: str | bool = True
    then: CreditThen
    reason: str = ""

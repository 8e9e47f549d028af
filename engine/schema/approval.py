"""`approval/*.yaml`: rules that ask for approvals, the chains they ask, and the people and roles that fill them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.schema.rulebook import Name, Strict

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
"""A name that rules can write without quoting."""

StepName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=201)]
"""A step as "chain.step"."""


class ApprovalSettings(Strict):
    """What holds for all approvals; given once.

    Attributes:
        own_quotes: whether people may approve what they submitted themselves.
        expires_after_days: days after which a quote that waits for approval expires; 0 for never.
        chainer: what finds the rules that fire: the engine itself, or the library durable-rules.
    """

    own_quotes: Literal["forbid", "allow"] = "forbid"
    expires_after_days: Annotated[int, Field(ge=0, le=3650)] = 0
    chainer: Literal["own", "durable_rules"] = "own"


class AbsenceEntry(Strict):
    """Days on which a person does not decide, both ends included, and who does instead."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    substitute: str = ""


class PersonEntry(Strict):
    """Somebody who submits or approves quotes.

    Attributes:
        id: unique.
        name: as shown; left out: the id.
        manager: id of the person above.
        roles: ids of roles held.
        covers: customers that the roles hold for: a fact of the customer, and the values covered.
        absences: when somebody else decides.
    """

    id: Name
    name: str = ""
    manager: str = ""
    roles: list[Identifier] = Field(default_factory=list)
    covers: dict[str, list[str]] = Field(default_factory=dict)
    absences: list[AbsenceEntry] = Field(default_factory=list)


class RoleEntry(Strict):
    """A role that steps ask.

    Attributes:
        id: unique.
        find: everybody who holds it, or the first holder up the requester's management line.
        each_holder: every holder must approve for himself, instead of any of them.
        otherwise: role to ask where nobody is found.
    """

    id: Identifier
    find: Literal["holders", "management_line"] = "holders"
    each_holder: bool = False
    otherwise: str = ""


class AggregateEntry(Strict):
    """A figure over lines, read as aggregate.<id>.

    Attributes:
        id: unique.
        function: how values of lines become one.
        of: FEEL value of a line, over line and product; not needed for a count.
        where: FEEL condition on lines; left out: all lines.
    """

    id: Identifier
    function: Literal["max", "min", "sum", "count", "average"]
    of: str = ""
    where: str = ""

    @model_validator(mode="after")
    def _has_a_value(self) -> AggregateEntry:
        if not self.of and self.function != "count":
            raise ValueError(f"aggregate {self.id!r}: a {self.function} needs 'of', the value of a line")
        return self


class StepEntry(Strict):
    """A step of a chain.

    Attributes:
        id: unique in its chain.
        roles: who decides, by role.
        people: who decides, by id.
        need: how many of these must approve: any one, all, or a number.
        escalate_after_hours: time after which somebody else is asked as well; 0 for never.
        escalate_to: role asked then.
    """

    id: Identifier
    roles: list[Identifier] = Field(default_factory=list)
    people: list[Name] = Field(default_factory=list)
    need: Literal["any", "all"] | Annotated[int, Field(ge=1, le=100)] = "any"
    escalate_after_hours: Annotated[int, Field(ge=0, le=100_000)] = 0
    escalate_to: str = ""

    @model_validator(mode="after")
    def _asks_somebody(self) -> StepEntry:
        if not self.roles and not self.people:
            raise ValueError(f"step {self.id!r} asks nobody: expected 'roles' or 'people'")
        if bool(self.escalate_after_hours) != bool(self.escalate_to):
            raise ValueError(f"step {self.id!r}: 'escalate_after_hours' and 'escalate_to' go together")
        return self


class ChainEntry(Strict):
    """Steps that run one after the other.

    Attributes:
        id: unique.
        order: chains of the same order run in parallel, lower ones first.
        description: for people.
        steps: in the order in which they run.
    """

    id: Identifier
    order: Annotated[int, Field(ge=0, le=1000)] = 0
    description: str = ""
    steps: Annotated[list[StepEntry], Field(min_length=1, max_length=50)]


class ApprovalThen(Strict):
    """What an approval rule does: at least one of these.

    Attributes:
        require: steps that must approve, as "chain.step".
        derive: facts for other rules, read as derived.<name>: a constant, or FEEL text after "=".
        auto_approve: approves the whole quote ("all") or chains, whatever other rules ask.
    """

    require: list[StepName] = Field(default_factory=list)
    derive: dict[Identifier, bool | int | Decimal | str] = Field(default_factory=dict)
    auto_approve: Literal["all"] | Annotated[list[Identifier], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _does_something(self) -> ApprovalThen:
        if not self.require and not self.derive and self.auto_approve is None:
            raise ValueError("a rule does something: expected 'require', 'derive' or 'auto_approve'")
        return self


class ApprovalRule(Strict):
    """A rule of approval.

    Attributes:
        id: unique in the rulebook.
        description: for people.
        when: FEEL condition over customer, quote, aggregate, credit, configuration, requester, derived
            and needed.
        then: what it does.
        reason: text for the reply; {expression} is filled in.
    """

    id: Name
    description: str = ""
    when: str | bool = True
    then: ApprovalThen
    reason: str = ""

"""What approval rules read: facts handed over by the decision, and aggregates over lines computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.approve.program import Aggregate, AggregateFunction, ApprovalProgram, Person
from engine.approve.result import ApprovedStep
from engine.money import ZERO

Facts = Mapping[str, Any]

CREDIT_FACTS = ("outcome", "used_percent", "headroom", "exposure", "limit", "score", "rating", "role", "findings")
NO_CREDIT: Facts = dict.fromkeys(CREDIT_FACTS)
NO_CONFIGURATION: Facts = {"findings": []}
# Reading a member of an enumeration from its class costs more than what it is compared with.
MAX, MIN = AggregateFunction.MAX, AggregateFunction.MIN
SUM, COUNT = AggregateFunction.SUM, AggregateFunction.COUNT

REQUESTER_FACTS = ("id", "name", "manager", "roles")


@dataclass(slots=True)
class ApprovalFacts:
    """A quote as routing sees it. Nothing changes it; making a frozen one costs five times as much.

    Attributes:
        customer: what rules read as customer.<name>.
        quote: what rules read as quote.<name>, totals among them.
        lines: (line, product) facts of every priced line.
        credit: findings of the credit check; nulls where none was made.
        requester: id of who submits; "" where unknown.
        day: on which absences are looked up.
        approved: steps that somebody approved in an earlier submission, by id.
        configuration: what soft rules of configuration say of the lines.
    """

    customer: Facts
    quote: Facts
    lines: Sequence[tuple[Facts, Facts]]
    credit: Facts = field(default_factory=lambda: NO_CREDIT)
    requester: str = ""
    day: date = date.min
    approved: Mapping[str, ApprovedStep] = field(default_factory=dict)
    configuration: Facts = field(default_factory=lambda: NO_CONFIGURATION)


def aggregate_value(aggregate: Aggregate, lines: Sequence[tuple[Facts, Facts]]) -> Decimal | None:
    """The figure of an aggregate; lines on which its value is null do not count."""
    where, function = aggregate.where, aggregate.function
    chosen = lines if where is None else [line for line in lines if where(*line)]
    if aggregate.value is None:
        return Decimal(len(chosen))
    value = aggregate.value
    values = [found for line in chosen if type(found := value(*line)) is Decimal]
    if function is COUNT:
        return Decimal(len(values))
    if function is SUM:
        return sum(values, ZERO)
    if not values:
        return None
    if function is MAX:
        return max(values)
    if function is MIN:
        return min(values)
    return sum(values, ZERO) / len(values)


def requester_facts(person: Person | None, requester: str) -> Facts:
    """What rules read as requester.<name>."""
    if person is None:
        return {"id": requester or None, "name": None, "manager": None, "roles": []}
    return person.facts


def parameters(program: ApprovalProgram, facts: ApprovalFacts) -> list[Any]:
    """The values of PARAMETERS before any rule fired."""
    aggregates = {}
    for aggregate in program.aggregates:
        aggregates[aggregate.name] = aggregate_value(aggregate, facts.lines)
    requester = requester_facts(program.people.get(facts.requester), facts.requester)
    needed = {}
    for chain, steps in program.unneeded.items():
        needed[chain] = {**steps}
    return [
        facts.customer,
        facts.quote,
        aggregates,
        facts.credit,
        facts.configuration,
        requester,
        {**program.underived},
        needed,
    ]

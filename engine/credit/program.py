"""The compiled form of credit rules: built when files are loaded, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.credit.result import CreditOutcome
from engine.tables.compiled import CompiledTable

CONTEXTS = ("customer", "quote", "account", "exposure")
SCALARS = ("score", "rating")
PARAMETERS = (*CONTEXTS, *SCALARS)
"""What rules read, in the order in which compiled ones take it."""

FactPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledCreditRule:
    """A credit rule ready to act.

    Attributes:
        id: unique.
        file: where it stands.
        line: 1-based.
        condition: over PARAMETERS; None where it always holds.
        reads: the facts that its condition reads.
        outcome: what it asks for.
        role: whom a referral goes to.
        conditions: what the customer must accept: kind, and the value or a function of PARAMETERS that gives it.
        reason: text, or a function of PARAMETERS that gives it.
        named_reads: what its condition reads, each with its name as people write it.
    """

    id: str
    file: str
    line: int
    condition: Callable[..., bool] | None
    reads: tuple[FactPath, ...]
    outcome: CreditOutcome
    role: str
    conditions: tuple[tuple[str, Decimal | str | Callable[..., Any]], ...]
    reason: str | Callable[..., str]
    named_reads: tuple[tuple[str, FactPath], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named_reads", tuple((".".join(path), path) for path in self.reads))


@dataclass(frozen=True, slots=True)
class CreditProgram:
    """Everything that a credit check needs.

    Attributes:
        currency: ISO 4217 code of limits and exposure.
        no_limit: what becomes of a quote where no limit is given.
        no_limit_role: whom it is referred to then.
        horizon_days: orders that ship later are left out of the horizon exposure; None where there is no horizon.
        override_roles: roles whose people may override the outcome.
        declared: facts of accounts that callers may state: their type, or the choices.
        score: table that gives the score; None without one.
        rating: table that gives the rating; None without one.
        rules: in the order of the files.
        unstated: the declared facts, nothing known.
    """

    currency: str
    no_limit: CreditOutcome
    no_limit_role: str
    horizon_days: int | None
    override_roles: frozenset[str]
    declared: Mapping[str, str | tuple[str, ...]]
    score: CompiledTable | None
    rating: CompiledTable | None
    rules: tuple[CompiledCreditRule, ...]
    unstated: Mapping[str, None] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unstated", dict.fromkeys(self.declared))

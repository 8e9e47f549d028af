"""The run of a quote through the credit program: exposure, score, rating, rules, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.credit.account import CreditAccount, CreditRequest
from engine.credit.exposure import binding, chain_of_limits, exposure_of, members, sharers
from engine.credit.program import PARAMETERS, CreditProgram
from engine.credit.result import (
    SEVERITY,
    CreditCondition,
    CreditFinding,
    CreditOutcome,
    CreditResult,
    Exposure,
    Level,
)
from engine.diagnostics import did_you_mean
from engine.money import HUNDRED, currency, round_to
from engine.quote import QuoteRejectedError, Violation

Facts = Mapping[str, Any]
FACT_KINDS: Mapping[str, type] = {"text": str, "number": Decimal, "boolean": bool, "date": date}
NO_LIMIT = "no_limit"
APPROVE = CreditOutcome.APPROVE  # reading a member of an enumeration from its class costs more than comparing it
MAX_LEVELS = 20


def check_credit(
    program: CreditProgram, request: CreditRequest, customer: Facts, quote: Facts, amount: Decimal, day: date
) -> CreditResult:
    """Check the credit of a quote: a pure function of its arguments.

    Args:
        program: compiled credit rules.
        request: accounts, open items, orders.
        customer: what rules read as customer.<name>.
        quote: what rules read as quote.<name>.
        amount: of the quote in the credit currency.
        day: on which items are overdue and limits expire.

    Raises:
        QuoteRejectedError: the request contradicts itself or the rulebook; carries every violation.
    """
    accounts: dict[str, CreditAccount] = {}
    for account in request.accounts:
        accounts.setdefault(account.id, account)
    violations = request_violations(program, request, accounts)
    if violations:
        raise QuoteRejectedError(violations)
    chain = chain_of_limits(request.account, accounts)
    try:
        return _checked(program, request, chain, customer, quote, amount, day)
    except ArithmeticError:
        told = "the amounts of credit have more digits together than are computed with"
        raise QuoteRejectedError([Violation("credit.accounts", "OUT_OF_RANGE", told)]) from None


def _checked(
    program: CreditProgram,
    request: CreditRequest,
    chain: Sequence[CreditAccount],
    customer: Facts,
    quote: Facts,
    amount: Decimal,
    day: date,
) -> CreditResult:
    sharing = sharers(request.accounts)
    exposures = [exposure_of(members(top, sharing), amount, request.ships, day, program.horizon_days) for top in chain]
    levels = tuple(
        [
            Level(top.id, top.limit, found.total, found.horizon_total)
            for top, found in zip(chain, exposures, strict=True)
        ]
    )
    at = binding(levels)
    return _Check(program, request, chain, levels, at, exposures[at], day).result(customer, quote)


class _Check:
    """One check under way."""

    __slots__ = ("account", "day", "exposure", "level", "levels", "program", "request", "top")

    def __init__(
        self,
        program: CreditProgram,
        request: CreditRequest,
        chain: Sequence[CreditAccount],
        levels: tuple[Level, ...],
        at: int,
        exposure: Exposure,
        day: date,
    ) -> None:
        self.program = program
        self.request = request
        self.account = chain[0]
        self.levels = levels
        self.level = levels[at]
        self.top = chain[at]
        self.exposure = exposure
        self.day = day

    def result(self, customer: Facts, quote: Facts) -> CreditResult:
        level, program = self.level, self.program
        headroom = None if level.limit is None else level.limit - level.exposure
        horizon = None if level.limit is None else level.limit - level.horizon_exposure
        used = round_to(level.exposure / level.limit * HUNDRED, 2) if level.limit else None
        values: list[Any] = [customer, quote, self.account_facts(), self.exposure_facts(headroom, horizon, used)]
        score = None if program.score is None else program.score.evaluate(*values)
        values.append(score if isinstance(score, Decimal) else None)
        rating = None if program.rating is None else program.rating.evaluate(*values)
        values.append(rating if isinstance(rating, str) else None)
        findings, conditions = self.findings(values)
        worst: CreditFinding | None = None
        for finding in findings:
            if worst is None or SEVERITY[finding.outcome] > SEVERITY[worst.outcome]:
                worst = finding
        outcome = APPROVE if worst is None else worst.outcome
        override = self.request.override
        return CreditResult(
            outcome if override is None else APPROVE,
            self.account.id,
            program.currency,
            level.limit,
            level.account if level.limit is not None else "",
            headroom,
            used,
            horizon,
            self.exposure,
            self.levels,
            values[4],
            values[5] or "",
            "" if worst is None else worst.role,
            findings,
            conditions,
            "" if override is None else override.person,
            "" if override is None else override.reason,
        )

    def account_facts(self) -> Facts:
        """What rules read as account.<name>; the limit and its end are those of the binding level."""
        account, day = self.account, self.day
        blocked = [item.id for item in self.request.accounts if item.blocked]
        expires = self.top.limit_expires
        return {
            **self.program.unstated,
            **account.facts,
            "id": account.id,
            "parent": account.parent or None,
            "blocked": bool(blocked) and any(level.account in blocked for level in self.levels),
            "limit": self.level.limit,
            "limit_expires": expires,
            "limit_expired": expires is not None and expires < day,
            "insured_until": account.insured_until,
            "insurance_expired": account.insured_until is not None and account.insured_until < day,
        }

    def exposure_facts(self, headroom: Decimal | None, horizon: Decimal | None, used: Decimal | None) -> Facts:
        """What rules read as exposure.<name>."""
        found = self.exposure
        return {
            "receivables": found.receivables,
            "orders": found.orders,
            "deliveries": found.deliveries,
            "quote": found.quote,
            "deposits": found.deposits,
            "total": found.total,
            "horizon_total": found.horizon_total,
            "overdue": found.overdue,
            "overdue_percent": found.overdue_percent,
            "oldest_days": Decimal(found.oldest_days),
            "headroom": headroom,
            "horizon_headroom": horizon,
            "used_percent": used,
            "over_limit": headroom is not None and headroom < 0,
            "over_limit_in_horizon": horizon is not None and horizon < 0,
        }

    def findings(self, values: Sequence[Any]) -> tuple[tuple[CreditFinding, ...], tuple[CreditCondition, ...]]:
        """The rules that hold, and what they ask of the customer."""
        findings: list[CreditFinding] = []
        conditions: list[CreditCondition] = []
        program = self.program
        if self.level.limit is None and program.no_limit is not APPROVE:
            told = f"account {self.account.id} has no credit limit"
            findings.append(CreditFinding(NO_LIMIT, "", 0, program.no_limit, program.no_limit_role, told, ()))
        for rule in program.rules:
            if rule.condition is not None and not rule.condition(*values):
                continue
            told = rule.reason if isinstance(rule.reason, str) else rule.reason(*values)
            read = tuple([(name, _value_at(path, values)) for name, path in rule.named_reads])
            findings.append(CreditFinding(rule.id, rule.file, rule.line, rule.outcome, rule.role, told, read))
            for kind, given in rule.conditions:
                value = given(*values) if callable(given) else given
                if kind == "deposit_amount" and isinstance(value, Decimal):
                    value = round_to(value, currency(program.currency).minor_digits)
                if value is not None:
                    conditions.append(CreditCondition(kind, value, rule.id))
        return tuple(findings), tuple(conditions)


def _value_at(path: tuple[str, ...], values: Sequence[Any]) -> Any:
    value = values[PARAMETERS.index(path[0])]
    for name in path[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def request_violations(
    program: CreditProgram, request: CreditRequest, accounts: Mapping[str, CreditAccount]
) -> list[Violation]:
    """Everything in a request that keeps it from being answered, given its accounts by id."""
    found: list[Violation] = []
    if len(accounts) < len(request.accounts) or [True for account in request.accounts if account.facts]:
        found += _account_violations(program, request.accounts)
    for index, account in enumerate(request.accounts):
        if account.shares_limit and account.parent not in accounts:
            message = f"account {account.id!r} shares the limit of {account.parent!r}, which is not given"
            hint = did_you_mean(account.parent, accounts)
            told = message + (f"; {hint}" if hint else "")
            found.append(Violation(f"credit.accounts[{index}].parent", "UNKNOWN_ACCOUNT", told))
        if account.parent in accounts and _is_above_itself(account, accounts):
            message = f"account {account.id!r} is above itself"
            found.append(Violation(f"credit.accounts[{index}].parent", "CYCLE", message))
    if request.account not in accounts:
        hint = did_you_mean(request.account, accounts)
        told = f"there is no account {request.account!r} among those given" + (f"; {hint}" if hint else "")
        found.append(Violation("credit.account", "UNKNOWN_ACCOUNT", told))
    if not found and len(accounts) > MAX_LEVELS:
        count = len(chain_of_limits(request.account, accounts))
        if count > MAX_LEVELS:
            told = f"a limit is shared over at most {MAX_LEVELS} accounts above one another, found {count}"
            found.append(Violation("credit.accounts", "TOO_DEEP", told))
    if request.override is not None:
        if request.override.role not in program.override_roles:
            allowed = ", ".join(sorted(program.override_roles)) or "nobody"
            message = f"the rulebook lets {allowed} override a credit check, not {request.override.role!r}"
            found.append(Violation("credit.override.role", "NOT_ALLOWED", message))
        if not request.override.reason.strip():
            found.append(Violation("credit.override.reason", "REQUIRED", "an override states its reason"))
    return found


def _account_violations(program: CreditProgram, accounts: Sequence[CreditAccount]) -> list[Violation]:
    """Accounts that are given twice, and facts that do not meet their declarations."""
    found: list[Violation] = []
    seen: set[str] = set()
    for index, account in enumerate(accounts):
        at = f"credit.accounts[{index}]"
        if account.id in seen:
            found.append(Violation(f"{at}.id", "DUPLICATE", f"the account {account.id!r} is given twice"))
        seen.add(account.id)
        found += _fact_violations(program, account, at)
    return found


def _is_above_itself(account: CreditAccount, accounts: Mapping[str, CreditAccount]) -> bool:
    seen = {account.id}
    at = accounts.get(account.parent)
    while at is not None and at.id not in seen:
        seen.add(at.id)
        at = accounts.get(at.parent)
    return at is account


def _fact_violations(program: CreditProgram, account: CreditAccount, at: str) -> list[Violation]:
    found: list[Violation] = []
    for name, value in account.facts.items():
        kind = program.declared.get(name)
        field = f"{at}.facts[{name!r}]"
        if kind is None:
            hint = did_you_mean(name, program.declared)
            message = f"the rulebook declares no account fact {name!r}" + (f"; {hint}" if hint else "")
            found.append(Violation(field, "UNKNOWN_FACT", message))
        elif value is not None and (
            value not in kind if isinstance(kind, tuple) else type(value) is not FACT_KINDS[kind]
        ):
            expected = f"one of {', '.join(kind)}" if isinstance(kind, tuple) else kind
            found.append(Violation(field, "WRONG_FACT", f"expected {expected}, found {value!r}"))
    return found

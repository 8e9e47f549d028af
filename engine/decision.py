"""The one call: a quote runs through a snapshot once and comes out as one explained decision."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

from catalog.price import BillingPeriod, ProrationMethod
from catalog.product import Bundle
from engine.approve.facts import NO_CREDIT, ApprovalFacts
from engine.approve.result import ApprovedStep, Route
from engine.configure.validation import LineFinding, validate_line
from engine.credit.account import CreditRequest
from engine.credit.check import check_credit
from engine.credit.result import CreditResult
from engine.diagnostics import did_you_mean
from engine.money import HUNDRED, ONE, ZERO, Currency, currency, currency_codes, round_to
from engine.pricing.facts import customer_facts
from engine.pricing.result import Notice, PricedLine, PricedQuote
from engine.pricing.run import price_quote
from engine.pricing.terms import Proration
from engine.quote import EMPTY_FACTS, Component, Quote, QuoteRejectedError, RampSegment, Violation
from engine.renew.contract import Contract, RenewalRequest
from engine.renew.propose import propose
from engine.renew.result import RenewalProposal, RenewedLine
from engine.snapshot import Snapshot

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What routing needs beside the quote.

    Attributes:
        requester: id of who submits; "" where unknown.
        day: on which absences are looked up; None is the quote's price date.
        approved: steps that somebody approved in an earlier submission, by id.
    """

    requester: str = ""
    day: date | None = None
    approved: Mapping[str, ApprovedStep] = field(default_factory=dict)


@dataclass(slots=True)
class Decision:
    """Everything that was decided about a quote, and the versions that decided it.

    Attributes:
        quote_id: the caller's reference, as given.
        currency: of every amount.
        rulebook_version: content hash of the rule files.
        catalogue_version: content hash of the catalogue.
        pricing: priced lines, totals and the rounding ledger.
        credit: None where it was not asked for.
        approval: None where it was not asked for.
        configuration: what soft rules say of configured lines, each with the path of the line's components.
    """

    quote_id: str
    currency: str
    rulebook_version: str
    catalogue_version: str
    pricing: PricedQuote
    credit: CreditResult | None = None
    approval: Route | None = None
    configuration: Sequence[tuple[str, LineFinding]] = ()


def decide(
    snapshot: Snapshot,
    quote: Quote,
    *,
    credit: CreditRequest | None = None,
    approval: ApprovalRequest | None = None,
) -> Decision:
    """Decide a quote: a pure function of its arguments. What is not asked for is not computed.

    Args:
        snapshot: rules and catalogue.
        quote: what is to be decided.
        credit: asks for the credit check; its findings are facts for approval.
        approval: asks for the approval route.

    Raises:
        QuoteRejectedError: the quote cannot be decided as asked; carries every violation.
    """
    decision = Decision(
        quote_id=quote.id,
        currency=quote.currency,
        rulebook_version=snapshot.rulebook_version,
        catalogue_version=snapshot.catalogue_version,
        pricing=price_quote(snapshot.pricing, quote, _currency(quote)),
    )
    if snapshot.configuration:
        decision.configuration = configuration_findings(snapshot, quote)
        for path, found in decision.configuration:
            decision.pricing.notices.append(Notice(path, "CONFIGURATION", f"{found.message}{_place(found)}"))
    if credit is not None or approval is not None:
        facts = _Facts(snapshot, quote, decision.pricing)
        if credit is not None:
            decision.credit = facts.credit(credit)
        if approval is not None:
            spoken = [found.constraint for _, found in decision.configuration]
            decision.approval = facts.route(approval, decision.credit, spoken)
    return decision


def configuration_findings(snapshot: Snapshot, quote: Quote) -> list[tuple[str, LineFinding]]:
    """What soft rules say of the configured lines of a quote, each with the path of the line's components.

    Raises:
        QuoteRejectedError: lines break hard constraints; carries each of them with its place.
    """
    findings: list[tuple[str, LineFinding]] = []
    violations: list[Violation] = []
    for index, line in enumerate(quote.lines):
        configurator = snapshot.configuration.get(line.sku)
        product = snapshot.pricing.products.get(line.sku)
        if configurator is None or product is None:
            continue
        components = list(_components(product.product.bundle, line.components))
        for found in validate_line({line.sku: configurator.model}, line.sku, components, quote.price_date):
            path = f"lines[{index}].components"
            if found.error:
                violations.append(Violation(path, "CONFIGURATION", f"{found.message}{_place(found)}"))
            else:
                findings.append((path, found))
    if violations:
        raise QuoteRejectedError(violations)
    return findings


def _place(found: LineFinding) -> str:
    return f" ({found.constraint}, {found.file}:{found.line})" if found.file else ""


def _components(bundle: Bundle | None, chosen: Sequence[Component]) -> Iterator[tuple[str, int]]:
    """The components of a line with their quantity in one bundle, the defaults where none was chosen."""
    options = {option.sku: option for group in bundle.groups for option in group.options} if bundle is not None else {}
    for component in chosen or [Component(option.sku) for option in options.values() if option.default]:
        quantity = component.quantity
        if quantity is None:
            quantity = options[component.sku].quantity if component.sku in options else ONE
        # Parts of units are no quantity of an option; pricing tells of those by the product's step.
        yield component.sku, math.ceil(quantity)
        yield from _components(None, component.components)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A contract's renewal, decided.

    Attributes:
        proposal: which lines are renewed, how, and what to do by when.
        decision: of the proposed quote; None where no line is renewed.
    """

    proposal: RenewalProposal
    decision: Decision | None


def renew(
    snapshot: Snapshot,
    request: RenewalRequest,
    *,
    credit: CreditRequest | None = None,
    approval: ApprovalRequest | None = None,
) -> Renewal:
    """Propose the renewal of a contract and decide the proposed quote like any other: a pure function.

    Raises:
        QuoteRejectedError: the contract cannot be renewed as asked; carries every violation.
    """
    if snapshot.renewal is None:
        raise QuoteRejectedError([Violation("contract", "NOT_IN_RULEBOOK", "the rulebook has no renewal rules")])
    contract = request.contract
    violations: list[Violation] = []
    anybody = Quote(contract.currency, request.day, (), customer_id=contract.customer_id)
    customer = customer_facts(snapshot.pricing, anybody, violations)
    _currency(anybody)
    if violations:
        raise QuoteRejectedError(violations)
    skus = {line.sku for line in contract.lines} | {line.sku for line in request.additions}
    products = {
        sku: product.facts for sku in sorted(skus) if (product := snapshot.pricing.products.get(sku)) is not None
    }
    proposal = propose(snapshot.renewal, request, customer, products)
    if proposal.quote is None:
        return Renewal(proposal, None)
    decision = decide(snapshot, proposal.quote, credit=credit, approval=approval)
    if any(line.days_given_up for line in proposal.lines):
        proposal = replace(proposal, lines=_with_unused_value(proposal, contract, decision.pricing))
    return Renewal(proposal, decision)


def _with_unused_value(proposal: RenewalProposal, contract: Contract, pricing: PricedQuote) -> tuple[RenewedLine, ...]:
    """The renewed lines with what the contract charges for days that an early start gives up.

    The billing period and its proration are those of the renewed price: a contract line states none of its own.
    """
    terms = {line.id: line.term for line in pricing.lines}
    of_contract = {line.id: line for line in contract.lines}
    digits = currency(contract.currency).minor_digits
    lines = []
    for found in proposal.lines:
        term, line = terms.get(found.contract_line), of_contract[found.contract_line]
        unused = None
        if found.days_given_up and term is not None:
            method = ProrationMethod(term.proration) if term.proration else ProrationMethod.ACTUAL
            count = Proration(method, BillingPeriod(term.billing_period))
            parts = line.segments or (RampSegment(line.start, line.end, line.quantity, line.unit_price),)
            value = ZERO
            for part in parts:
                start, end = max(part.start, found.start), min(part.end, line.end)
                price = line.unit_price if part.unit_price is None else part.unit_price
                if start <= end:
                    value += part.quantity * price * count.periods(start, end).value
            try:
                unused = round_to(value, digits)
            except ArithmeticError:
                told = "what the contract charges for the days given up has more digits than are computed with"
                raise QuoteRejectedError([Violation(f"contract.lines[{line.id!r}]", "OUT_OF_RANGE", told)]) from None
        lines.append(replace(found, unused_value=unused))
    return tuple(lines)


class _Facts:
    """What credit and approval read of a priced quote: plain facts, so that no part knows another."""

    __slots__ = ("customer", "pricing", "quote", "snapshot", "stated")

    def __init__(self, snapshot: Snapshot, stated: Quote, pricing: PricedQuote) -> None:
        self.snapshot = snapshot
        self.stated = stated
        self.pricing = pricing
        self.customer = pricing.customer
        totals = pricing.totals
        self.quote = {
            **pricing.facts,
            "list_total": totals.list_total,
            "net_total": totals.net_total,
            "discount_total": totals.discount_total,
            "discount_percent": _percent(totals.discount_total, totals.list_total),
            "one_time_total": totals.one_time_total,
            "recurring_total": totals.recurring_total,
            "usage_total": totals.usage_total,
            "first_year_total": totals.first_year_total,
            "monthly_recurring": totals.monthly_recurring,
            "annual_recurring": totals.annual_recurring,
            "cost_total": totals.cost_total,
            "margin": totals.margin,
            "margin_percent": totals.margin_percent,
        }

    def credit(self, request: CreditRequest) -> CreditResult:
        program = self.snapshot.credit
        if program is None:
            raise QuoteRejectedError([Violation("credit", "NOT_IN_RULEBOOK", "the rulebook has no credit rules")])
        day = request.day or self.stated.price_date
        if request.override is not None and self.snapshot.approval is not None:
            person = self.snapshot.approval.program.people.get(request.override.person)
            if person is None or request.override.role not in person.roles:
                message = f"{request.override.person!r} does not hold the role {request.override.role!r}"
                raise QuoteRejectedError([Violation("credit.override.person", "NOT_ALLOWED", message)])
        amount = self._in_currency(program.currency, day)
        return check_credit(program, request, self.customer, self.quote, amount, day)

    def route(self, request: ApprovalRequest, credit: CreditResult | None, spoken: list[str]) -> Route:
        router = self.snapshot.approval
        if router is None:
            raise QuoteRejectedError([Violation("approval", "NOT_IN_RULEBOOK", "the rulebook has no approval rules")])
        return router.route(
            ApprovalFacts(
                customer=self.customer,
                quote=self.quote,
                lines=self._lines(router.program.line_facts) if router.program.aggregates else (),
                credit=NO_CREDIT if credit is None else _credit_facts(credit),
                configuration={"findings": spoken},
                requester=request.requester,
                day=request.day or self.stated.price_date,
                approved=request.approved,
            )
        )

    def _lines(self, names: tuple[str, ...]) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
        """The facts of lines that are read, and those of their products."""
        products = self.snapshot.pricing.products
        built = [(name, LINE_FACTS[name]) for name in names if name in LINE_FACTS]
        lines: list[tuple[dict[str, Any], Mapping[str, Any]]] = []
        for line in self.pricing.lines:
            of_line = {}
            for name, fact in built:
                of_line[name] = fact(line)
            lines.append((of_line, products[line.item.sku].facts))
        if len(built) < len(names):
            stated = {line.id: line.facts for line in self.stated.lines}
            for line, (facts, _) in zip(self.pricing.lines, lines, strict=True):
                own = stated.get(line.id, EMPTY_FACTS)
                facts.update((name, own.get(name)) for name in names if name not in LINE_FACTS)
        return lines

    def _in_currency(self, code: str, day: date) -> Decimal:
        """The quote's net total in another currency, by the catalogue's rate of the day."""
        total, own = self.pricing.totals.net_total, self.stated.currency
        if own == code:
            return total
        catalog = self.snapshot.catalog
        rate = catalog.rate_on(day, own, code)
        if rate is None and (back := catalog.rate_on(day, code, own)):
            rate = ONE / back
        if rate is None:
            message = f"the catalogue has no rate from {own} to {code}, the currency of credit, on {day}"
            raise QuoteRejectedError([Violation("credit", "NO_RATE", message)])
        return round_to(total * rate, currency(code).minor_digits)


def _margin(line: PricedLine) -> Decimal | None:
    return None if line.cost_total is None else line.net_total - line.cost_total


def _discount_percent(line: PricedLine) -> Decimal | None:
    listed = line.list_total
    return ((listed - line.net_total) / listed * HUNDRED).quantize(CENT, ROUND_HALF_UP) if listed else None


LINE_FACTS: Mapping[str, Callable[[PricedLine], Any]] = {
    "id": attrgetter("id"),
    "parent_id": attrgetter("parent_id"),
    "sku": attrgetter("sku"),
    "charge_type": attrgetter("charge_type"),
    "price_list": attrgetter("price_list"),
    "quantity": attrgetter("quantity"),
    "list_total": attrgetter("list_total"),
    "net_total": attrgetter("net_total"),
    "discount_total": lambda line: line.list_total - line.net_total,
    "discount_percent": _discount_percent,
    "cost_total": attrgetter("cost_total"),
    "margin": _margin,
    "margin_percent": lambda line: None if line.cost_total is None else _percent(_margin(line) or ZERO, line.net_total),
    "term_months": lambda line: None if line.term is None else line.term.months,
}
"""What aggregates read as line.<name>, beside the facts that the rulebook declares."""


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """A share in percent points with two decimals; None of nothing."""
    return (part / whole * HUNDRED).quantize(CENT, ROUND_HALF_UP) if whole else None


def _credit_facts(credit: CreditResult) -> dict[str, Any]:
    """What approval rules read as credit.<name>."""
    return {
        "outcome": credit.outcome.value,
        "used_percent": credit.used_percent,
        "headroom": credit.headroom,
        "exposure": credit.exposure.total,
        "limit": credit.limit,
        "score": credit.score,
        "rating": credit.rating or None,
        "role": credit.role or None,
        "findings": [finding.rule_id for finding in credit.findings],
    }


def _currency(quote: Quote) -> Currency:
    try:
        return currency(quote.currency)
    except KeyError:
        hint = did_you_mean(quote.currency, currency_codes())
        message = (
            f"expected an ISO 4217 currency code such as USD, found {quote.currency!r}{'; ' + hint if hint else ''}"
        )
        raise QuoteRejectedError([Violation("currency", "UNKNOWN_CURRENCY", message)]) from None

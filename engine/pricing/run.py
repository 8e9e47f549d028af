"""The run of a quote through the pricing program: lines, waterfalls, dependent lines, allocation, totals."""

from __future__ import annotations

from decimal import Decimal

from catalog.price import MODEL_NAMES
from engine.money import ZERO, Currency, round_to
from engine.pricing.allocation import allocate_header_discount, round_document
from engine.pricing.facts import customer_facts, line_facts, quote_facts
from engine.pricing.lines import line_states
from engine.pricing.percentages import dependent_lines, price_percentage
from engine.pricing.program import PricingProgram
from engine.pricing.result import PricedLine, PricedQuote, Term
from engine.pricing.selection import applicable_lists, why_no_price
from engine.pricing.state import LineState, QuoteState
from engine.pricing.steps.contract import contract_price
from engine.pricing.steps.list_price import list_price
from engine.pricing.steps.tiers import tier_price
from engine.pricing.terms import BillingPeriod, Proration, ProrationMethod, end_of_term
from engine.pricing.totals import totals
from engine.quote import Quote, QuoteRejectedError, Violation
from engine.trace import Adjustment, AdjustmentKind, Origin

COMPONENTS = Origin("list", AdjustmentKind.SET, "bundle")


def price_quote(program: PricingProgram, quote: Quote, currency: Currency) -> PricedQuote:
    """Price a quote.

    Args:
        program: compiled catalogue and rules.
        quote: what is asked for.
        currency: of every amount.

    Raises:
        QuoteRejectedError: something asked for cannot be priced; carries everything that was found.
    """
    state = _start(program, quote, currency)
    lines = state.lines
    if not state.violations:
        for line in lines:
            list_price(line)
            contract_price(line)
            tier_price(line)
            _price_through_components(line)
        state.facts["list_total"] = sum((list_amount(line) for line in lines), ZERO)
        state.mask = program.rules.index.quote_mask(state.customer, state.facts)
        waiting = dependent_lines(lines)
        for line in lines:
            if line not in waiting:
                _adjust(line)
        for line in waiting:
            price_percentage(line)
            _adjust(line)
        _require_prices(state)
    if state.violations:
        raise QuoteRejectedError(state.violations)
    allocate_header_discount(state)
    round_document(state)
    priced = [_priced(line) for line in lines]
    return PricedQuote(priced, totals(priced), state.roundings)


def _start(program: PricingProgram, quote: Quote, currency: Currency) -> QuoteState:
    violations: list[Violation] = []
    customer = customer_facts(program, quote, violations)
    facts = quote_facts(program, quote, violations)
    lists, contracts = applicable_lists(program.prices, currency.code, quote.price_date, customer, quote.channel)
    digits = program.rounding.line_total
    state = QuoteState(
        quote=quote,
        program=program,
        currency=currency,
        customer=customer,
        facts=facts,
        price_lists=lists,
        contracts=contracts,
        mask=0,
        line_digits=currency.minor_digits if digits == -1 else digits,
        violations=violations,
    )
    state.lines = line_states(state)
    return state


def _price_through_components(line: LineState) -> None:
    """A bundle without a price of its own costs what its components cost; its own line stays free of rules."""
    if line.price is None and line.entry is None and line.product.product.bundle is not None:
        line.price, line.locked = ZERO, True
        line.waterfall.append(Adjustment(COMPONENTS, ZERO, None, ZERO, False, 0, "priced through its components"))


def _adjust(line: LineState) -> None:
    """Run the steps that follow the base price."""
    if line.price is None:
        return
    line.facts = line_facts(line)
    for step in line.quote.program.steps:
        step(line)


def list_amount(line: LineState) -> Decimal:
    """The amount of a line at list price, over its term."""
    if line.list_amount is not None:
        return line.list_amount
    return line.list_price * line.quantity * line.periods


def _require_prices(state: QuoteState) -> None:
    for line in state.lines:
        if line.price is None:
            day, code = line.day, state.currency.code
            reason = why_no_price(state.program.prices, line.product.price_keys, code, day, line.quantity)
            line.violate(".sku", "NO_PRICE", reason)


def _priced(line: LineState) -> PricedLine:
    """The result of a line that has run through all steps."""
    state, product, term, entry = line.quote, line.product.product, line.term, line.entry
    net_total = line.price
    assert net_total is not None
    unit_price = line.unit_price
    if unit_price is None:
        digits = state.currency.minor_digits if entry is None else entry.price_list.precision
        unit_price = round_to(net_total / (line.quantity * line.periods), digits, state.program.rounding.mode)
    first_year, monthly = net_total, ZERO
    if term is not None:
        first_year, monthly = _recurring_figures(line, term, net_total)
    return PricedLine(
        line.id,
        line.parent.id if line.parent is not None else "",
        product.sku,
        product.name,
        line.quantity,
        product.unit,
        product.charge_type.value,
        entry.price_list.id if entry is not None else "",
        MODEL_NAMES[type(entry.entry.model)] if entry is not None else "",
        line.list_price if line.list_amount is None else unit_price,
        unit_price,
        _line_rounded(line, list_amount(line)),
        net_total,
        None if line.cost is None else line.cost * line.quantity * line.periods,
        first_year,
        monthly,
        term,
        line.waterfall,
        line.alternatives,
    )


def _recurring_figures(line: LineState, term: Term, net_total: Decimal) -> tuple[Decimal, Decimal]:
    """The share of the first contract year, and the charge of a month."""
    first_day = line.year_start or term.start
    year_end = end_of_term(first_day, 12)
    if term.end <= year_end:
        first_year = net_total
    elif term.start > year_end:
        first_year = ZERO
    else:
        method = ProrationMethod(term.proration or ProrationMethod.ACTUAL)
        part = Proration(method, BillingPeriod(term.billing_period)).first_year(term.start, term.end, first_day)
        first_year = ZERO if part is None else _line_rounded(line, term.exact.share(part, net_total))
    return first_year, _line_rounded(line, net_total / term.months)


def _line_rounded(line: LineState, amount: Decimal) -> Decimal:
    digits = line.quote.line_digits
    return amount if digits is None else round_to(amount, digits, line.quote.program.rounding.mode)

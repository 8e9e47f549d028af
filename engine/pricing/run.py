"""The run of a quote through the pricing program: lines, waterfalls, dependent lines, allocation, totals."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation, Overflow

from catalog.price import BillingPeriod, ProrationMethod
from engine.money import DIGITS, ZERO, Currency, quantum
from engine.pricing.allocation import allocate_header_discount, round_document
from engine.pricing.alternatives import explain_losers
from engine.pricing.bundles import discount_bundles, hide_components, is_priced_through_components
from engine.pricing.coupons import tell_coupons
from engine.pricing.facts import customer_facts, quote_facts
from engine.pricing.lines import line_states
from engine.pricing.offers import add_offers
from engine.pricing.percentages import PercentageLines
from engine.pricing.prior_price import prior_prices
from engine.pricing.profiles import UnitRounding
from engine.pricing.program import PricingProgram
from engine.pricing.quote_rules import apply_quote_rules
from engine.pricing.result import PricedItem, PricedLine, PricedQuote, Term
from engine.pricing.selection import applicable_lists, why_no_price
from engine.pricing.state import LineState, QuoteState
from engine.pricing.steps.contract import contract_price
from engine.pricing.steps.list_price import list_price
from engine.pricing.steps.tiers import measure_scopes, tier_price
from engine.pricing.terms import Proration, end_of_term
from engine.pricing.totals import totals
from engine.pricing.transactions import require_percentages
from engine.quote import Quote, QuoteRejectedError, Violation


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
    if state.violations:
        raise QuoteRejectedError(state.violations)
    try:
        priced = _run(state)
    except (InvalidOperation, Overflow):
        message = f"amounts of this quote need more than {DIGITS} digits: a quantity, price or rule value is too large"
        raise QuoteRejectedError([Violation("lines", "TOO_LARGE", message)]) from None
    finally:
        # Lines know their quote: without the way back they go at once, instead of waiting for the garbage collector.
        state.lines = []
    if quote.explain_alternatives:
        add_offers(program, quote, priced, lambda changed: price_quote(program, changed, currency))
    return priced


def _run(state: QuoteState) -> PricedQuote:
    program, lines = state.program, state.lines
    for line in lines:
        list_price(line)
    if state.prices.contracts.groups or state.foreign:
        for line in lines:
            contract_price(line)
    others = [line for line in lines if line.entry is None or not line.entry.is_plain]
    if others:
        measure_scopes(lines, others)
        for line in others:
            tier_price(line)
    list_total, smallest, mode = ZERO, state.line_unit, state.rounding
    for line in lines:
        amount = line.list_amount
        if amount is None:
            amount = line.list_price * line.quantity if line.term is None else line.whole(line.list_price)
        if smallest is not None:
            amount = amount.quantize(smallest, mode)
        line.list_total = amount
        list_total += amount
    if state.has_transactions:
        require_percentages(lines)
    state.facts["list_total"] = list_total
    state.mask = program.rules.index.quote_mask(state.customer, state.facts)
    by_percentage = [line for line in others if line.entry is not None and line.entry.percent is not None]
    percentages = PercentageLines(lines) if by_percentage else None
    bundles = [line for line in lines if is_priced_through_components(line)] if state.has_bundles else []
    steps = program.steps
    for line in lines:
        if line.price is not None:
            for step in steps:
                step(line)
    discount_bundles(bundles)
    if percentages is not None:
        for line in percentages.in_order():
            percentages.price(line)
            for step in steps:
                step(line)
    unpriced = [line for line in lines if line.price is None]
    if unpriced:
        _require_prices(state, unpriced)
    if state.violations:
        raise QuoteRejectedError(state.violations)
    apply_quote_rules(state)
    allocate_header_discount(state)
    round_document(state)
    if state.violations:
        raise QuoteRejectedError(state.violations)
    if state.quote.coupons:
        tell_coupons(state)
    if state.quote.explain_alternatives:
        explain_losers(lines)
    priced = [_priced(line) for line in lines]
    result = PricedQuote(priced, totals(priced), state.roundings, state.notices, state.customer, state.facts)
    if program.prior_price_days:
        known = prior_prices(state)
        for item in priced:
            item.prior_prices = known.get(item.id)
    if state.has_bundles:
        hide_components(state, result)
    return result


def _start(program: PricingProgram, quote: Quote, currency: Currency) -> QuoteState:
    violations: list[Violation] = []
    customer = customer_facts(program, quote, violations)
    facts = quote_facts(program, quote, violations)
    book, day, channel = program.prices, quote.price_date, quote.channel
    conversion = program.conversion
    foreign = conversion.sources if conversion is not None else ()
    digits = program.rounding.line_total
    digits = currency.minor_digits if digits == -1 else digits
    state = QuoteState(
        quote=quote,
        program=program,
        currency=currency,
        customer=customer,
        facts=facts,
        prices=applicable_lists(book, currency.code, day, customer, channel),
        foreign=tuple(
            [applicable_lists(book, code, day, customer, channel) for code in foreign if code != currency.code]
        ),
        mask=0,
        line_digits=digits,
        line_unit=None if digits is None else quantum(digits),
        rounding=program.rounding.mode_name,
        rounds_units=program.profile.rounding is UnitRounding.UNIT,
        violations=violations,
    )
    state.lines = line_states(state)
    return state


def _require_prices(state: QuoteState, unpriced: list[LineState]) -> None:
    told = [violation.field for violation in state.violations]
    for line in unpriced:
        if not any(field.startswith(f"{line.path}.") for field in told):
            day, code = line.day, state.currency.code
            reason = why_no_price(state.program.prices, line.product.price_keys, code, day, line.quantity)
            line.violate(".sku", "NO_PRICE", reason)


def _priced(line: LineState) -> PricedLine:
    """The result of a line that has run through all steps."""
    quote, term, entry, known = line.quote, line.term, line.entry, line.known_steps
    net_total, unit_price, list_total, cost_total = line.price, line.unit_price, line.list_total, line.cost
    assert net_total is not None
    if unit_price is None:
        unit_price = _shown_unit_price(line, net_total)
    if cost_total is not None:
        cost_total = cost_total * line.quantity if term is None else line.whole(cost_total)
    if cost_total is not None and quote.line_unit is not None:
        cost_total = cost_total.quantize(quote.line_unit, quote.rounding)
    first_year, monthly = net_total, ZERO
    if term is not None:
        first_year, monthly = _recurring_figures(line, term, net_total)
    return PricedLine(
        line.id,
        line.parent.id if line.parent is not None else "",
        (entry.item if entry is not None else None) or _item(line),
        line.quantity,
        line.list_price if line.list_amount is None else unit_price,
        unit_price,
        list_total,
        net_total,
        cost_total,
        first_year,
        monthly,
        term,
        known.steps if known is not None and not line.steps else line.waterfall,
        line.alternatives,
        known_steps=known,
    )


def _item(line: LineState) -> PricedItem:
    """What a line prices whose price is not that of its product alone."""
    product, entry = line.product.product, line.entry
    if entry is None:
        return PricedItem(product.sku, product.name, product.unit, line.product.charge_type)
    price_list, model = entry.price_list.id, entry.model_name
    return PricedItem(product.sku, product.name, product.unit, line.product.charge_type, price_list, model)


def _shown_unit_price(line: LineState, net_total: Decimal) -> Decimal:
    """For a line priced as a whole: its amount over its units, rounded for display."""
    units = line.quantity * line.periods
    smallest = line.quote.currency.minor_unit if line.smallest is None else line.smallest
    return (net_total / units if units else ZERO).quantize(smallest, line.quote.rounding)


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
    smallest = line.quote.line_unit
    return amount if smallest is None else amount.quantize(smallest, line.quote.rounding)

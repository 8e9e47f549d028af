"""The lines to price: what the caller asked for, bundles opened into their components, all of it validated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from catalog.product import ChargeType, Option, OptionPricing, ProductStatus, QuantityRule, covers
from engine.diagnostics import did_you_mean
from engine.money import ZERO, plain
from engine.pricing.charges import ZeroQuantity
from engine.pricing.facts import check_line_facts
from engine.pricing.foreign import converted_cost, converted_own_price
from engine.pricing.program import CompiledProduct
from engine.pricing.state import LineState, QuoteState
from engine.pricing.terms import ramp_problems
from engine.pricing.transactions import check_transactions
from engine.quote import MAX_LINES, Component, QuoteLine, Violation

MAX_BUNDLE_DEPTH = 16
NO_COSTS: Mapping[str, Decimal] = {}

LARGEST_QUANTITY = Decimal(10) ** 29
HINTED_VIOLATIONS = 10


def line_states(quote: QuoteState) -> list[LineState]:
    """A state for each line, components after the line of their bundle; what is wrong goes to the violations."""
    lines = quote.quote.lines
    if not lines:
        quote.violations.append(Violation("lines", "EMPTY_QUOTE", "a quote has at least one line, found none"))
    if len(lines) > MAX_LINES:
        message = f"a quote has at most {MAX_LINES:,} lines, found {len(lines):,}"
        quote.violations.append(Violation("lines", "TOO_MANY_LINES", message))
        return []
    if len({line.id for line in lines}) != len(lines):
        _tell_duplicates(quote)
    states: list[LineState] = []
    products, declared = quote.program.products, quote.program.fact_classes["line"]
    for index, line in enumerate(lines):
        product = products.get(line.sku)
        if product is None or not product.always_sold:
            product = _product(quote, line.sku, f"lines[{index}].sku")
        if line.facts and line.declared_by is not declared:
            check_line_facts(line, f"lines[{index}]", quote.program, quote.violations)
        if line.transactions is not None:
            quote.has_transactions = True
            check_transactions(line, f"lines[{index}]", quote.violations)
        if product is None:
            continue
        if not line.segments:
            _add_line(LineState(quote, line, index, product, line.quantity), states)
            continue
        path = f"lines[{index}]"
        if product.product.charge_type is ChargeType.ONE_TIME:
            message = f"a ramp is a term in parts, and SKU {line.sku} is charged once"
            quote.violations.append(Violation(f"{path}.segments", "RAMP", message))
        for part in _segments(quote, line, path):
            state = LineState(quote, part.line, index, product, part.line.quantity)
            state.own_price = part.unit_price
            state.in_ramp, state.year_start = True, line.segments[0].start
            _add_line(state, states)
    return states


def _tell_duplicates(quote: QuoteState) -> None:
    seen: set[str] = set()
    for index, line in enumerate(quote.quote.lines):
        if line.id in seen:
            message = f"the line id {line.id!r} is given twice"
            quote.violations.append(Violation(f"lines[{index}].id", "DUPLICATE_LINE", message))
        seen.add(line.id)


def _add_line(state: LineState, states: list[LineState]) -> None:
    """Check a line and add it, opened where it is a bundle."""
    product, quantity, asked = state.product.product, state.quantity, state.line
    if not (ZERO < quantity < LARGEST_QUANTITY) or quantity % product.quantity_step:
        _check_quantity(state)
    _set_cost(state)
    states.append(state)
    if product.bundle is not None:
        state.quote.has_bundles = True
        _add_components(state, asked.components, states, 1)
    elif asked.components:
        state.violate(".components", "NOT_A_BUNDLE", f"SKU {asked.sku} is no bundle and has no components")


class _Part(NamedTuple):
    """A segment of a ramp as a line of its own, and the unit price agreed for it."""

    line: QuoteLine
    unit_price: Decimal | None


def _segments(quote: QuoteState, line: QuoteLine, path: str) -> list[_Part]:
    for problem in ramp_problems([(segment.start, segment.end) for segment in line.segments], line.start, line.end):
        quote.violations.append(Violation(f"{path}.{problem.field}", "RAMP", problem.message))
    return [
        _Part(
            replace(line, id=f"{line.id}#{number}", quantity=segment.quantity, start=segment.start, end=segment.end,
                    term_months=None, segments=()),
            segment.unit_price,
        )
        for number, segment in enumerate(line.segments, 1)
    ]  # fmt: skip


def _product(quote: QuoteState, sku: str, path: str) -> CompiledProduct | None:
    program, day = quote.program, quote.quote.price_date
    product = program.products.get(sku)
    if product is None:
        # Looking for near names reads all SKUs, so a quote full of wrong ones gets hints for the first only.
        hint = did_you_mean(sku, program.products) if len(quote.violations) < HINTED_VIOLATIONS else ""
        message = f"there is no SKU {sku!r} in the catalogue{'; ' + hint if hint else ''}"
        quote.violations.append(Violation(path, "UNKNOWN_SKU", message))
        return None
    if product.always_sold:
        return product
    sold = product.product
    if sold.status is not ProductStatus.ACTIVE:
        message = f"SKU {sku} is {sold.status.value}; only active products are sold"
        quote.violations.append(Violation(path, "NOT_SOLD", message))
    elif not covers(sold.valid_from, sold.valid_to, day):
        until = f"from {sold.valid_from or 'ever'} to {sold.valid_to or 'ever'}"
        message = f"SKU {sku} is sold {until}, not on {day.isoformat()}"
        quote.violations.append(Violation(path, "NOT_SOLD", message))
    return product


def _check_quantity(state: LineState) -> None:
    quantity, product = state.quantity, state.product
    if quantity <= 0 and not (quantity == 0 and _may_be_zero(state)):
        state.violate(".quantity", "QUANTITY", f"expected a quantity above 0, found {plain(quantity)}")
    elif quantity >= LARGEST_QUANTITY:
        state.violate(".quantity", "QUANTITY", f"expected a quantity below 10^29, found {quantity}")
    elif quantity % product.product.quantity_step:
        unit, step = product.product.unit, product.product.quantity_step
        message = f"SKU {product.product.sku} is sold by the {unit} in steps of {plain(step)}, found {plain(quantity)}"
        state.violate(".quantity", "QUANTITY_STEP", message)


def _may_be_zero(state: LineState) -> bool:
    """Usage may be nothing in a period; other quantities where the profile says what nothing costs."""
    usage = state.product.product.charge_type is ChargeType.USAGE
    return usage or state.quote.program.profile.zero_quantity is ZeroQuantity.FLAT_FEE


def _set_cost(state: LineState) -> None:
    costs = state.product.costs
    if costs == NO_COSTS:
        return
    code = state.quote.currency.code
    cost = state.product.product.cost_on(state.day, code) if costs is None else costs.get(code)
    if cost is None and state.quote.program.conversion is not None:
        cost = converted_cost(state)
    state.cost = cost


def _add_components(bundle: LineState, chosen: tuple[Component, ...], states: list[LineState], depth: int) -> None:
    """Open a bundle: the chosen options, or its defaults where none was chosen."""
    if depth > MAX_BUNDLE_DEPTH:
        bundle.violate(".components", "BUNDLE_DEPTH", f"bundles nest deeper than {MAX_BUNDLE_DEPTH} levels")
        return
    groups = bundle.product.product.bundle.groups if bundle.product.product.bundle is not None else ()
    options = {option.sku: option for group in groups for option in group.options}
    # A wrong quantity of the bundle is told once, not again for each of its components.
    sound = ZERO < bundle.quantity < LARGEST_QUANTITY or (bundle.quantity == 0 and _may_be_zero(bundle))
    if not chosen:
        chosen = tuple(Component(option.sku) for option in options.values() if option.default)
    counts: dict[str, int] = {}
    for index, component in enumerate(chosen):
        path = f"{bundle.path}.components[{index}]"
        option = options.get(component.sku)
        if option is None:
            hint = did_you_mean(component.sku, options)
            message = f"SKU {component.sku!r} is no option of bundle {bundle.line.sku}{'; ' + hint if hint else ''}"
            bundle.quote.violations.append(Violation(f"{path}.sku", "NOT_AN_OPTION", message))
            continue
        counts[component.sku] = counts.get(component.sku, 0) + 1
        product = _product(bundle.quote, component.sku, f"{path}.sku")
        if product is None:
            continue
        line = QuoteLine(f"{bundle.id}.{index + 1}", component.sku, ZERO, bundle.line.start, bundle.line.end,
                         bundle.line.term_months)  # fmt: skip
        quantity = _component_quantity(bundle, option, component.quantity, path)
        state = LineState(bundle.quote, line, bundle.index, product, quantity)
        state.parent, state.component = bundle, index
        state.own_price = _own_price(state, option)
        if sound:
            _check_quantity(state)
        _set_cost(state)
        states.append(state)
        if product.product.bundle is not None:
            _add_components(state, component.components, states, depth + 1)
    for group in groups:
        count = sum(counts.get(option.sku, 0) for option in group.options)
        most = group.max_options
        if count < group.min_options or (most is not None and count > most):
            bounds = f"at least {group.min_options}" if most is None else f"{group.min_options} to {most}"
            message = f"group {group.name or group.id!r} takes {bounds} options, found {count}"
            bundle.violate(".components", "GROUP_CARDINALITY", message)


def _component_quantity(bundle: LineState, option: Option, asked: Decimal | None, path: str) -> Decimal:
    """Units of a component in all bundles of the line."""
    if option.quantity_rule is QuantityRule.FREE:
        each = option.quantity if asked is None else asked
        if each < option.min_quantity or (option.max_quantity is not None and each > option.max_quantity):
            most = "" if option.max_quantity is None else f" to {plain(option.max_quantity)}"
            message = f"expected {plain(option.min_quantity)}{most} of SKU {option.sku} a bundle, found {plain(each)}"
            bundle.quote.violations.append(Violation(f"{path}.quantity", "OPTION_QUANTITY", message))
        return each * bundle.quantity
    if asked is not None and asked != option.quantity:
        rule = option.quantity_rule.value
        message = f"the quantity of SKU {option.sku} is {rule}: {plain(option.quantity)}, found {plain(asked)}"
        bundle.quote.violations.append(Violation(f"{path}.quantity", "OPTION_QUANTITY", message))
    if option.quantity_rule is QuantityRule.PROPORTIONAL:
        return option.quantity * bundle.quantity
    return option.quantity


def _own_price(state: LineState, option: Option) -> Decimal | None:
    if option.pricing is OptionPricing.INCLUDED:
        return ZERO
    if option.pricing is OptionPricing.OWN:
        code = state.quote.currency.code
        found = next((price.amount for price in option.own_prices if price.currency == code), None)
        return converted_own_price(state, option) if found is None else found
    return None

"""What rules read: the facts of the customer, the quote and a line, stated ones checked against their declaration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.diagnostics import did_you_mean
from engine.money import ZERO
from engine.pricing.program import PricingProgram
from engine.pricing.state import LineState
from engine.quote import DiscountKind, Facts, Quote, QuoteLine, Violation

CUSTOMER_FACTS = ("id", "name", "group", "segment", "country", "region", "channel", "currency", "parent")
QUOTE_FACTS = ("id", "currency", "channel", "price_date", "coupons", "line_count", "list_total")
LINE_FACTS = ("id", "sku", "quantity", "list_price", "list_total", "term_months", "cost", "requested_discount")

DECLARED_KINDS: Mapping[str, type] = {"text": str, "number": Decimal, "boolean": bool, "date": date}


def customer_facts(program: PricingProgram, quote: Quote, violations: list[Violation]) -> dict[str, Any]:
    """The catalogue's facts of the customer, overridden by what the caller states."""
    known = program.customer_facts.get(quote.customer_id) if quote.customer_id else program.anonymous_customer
    if known is None:
        hint = did_you_mean(quote.customer_id, program.customer_facts)
        message = f"there is no customer {quote.customer_id!r} in the catalogue{'; ' + hint if hint else ''}"
        violations.append(Violation("customer_id", "UNKNOWN_CUSTOMER", message))
        known = program.anonymous_customer
    if not quote.customer:
        return {**known}
    facts, classes = {**known}, program.fact_classes["customer"]
    for name, value in quote.customer.items():
        if classes.get(name) is type(value):
            facts[name] = value
        elif name in CUSTOMER_FACTS and name != "id":
            if value is None or isinstance(value, str):
                facts[name] = value
            else:
                violations.append(_wrong_kind(f"customer.{name}", "text", value))
        elif _declared("customer", f"customer.{name}", name, value, program, violations):
            facts[name] = value
    return facts


def quote_facts(program: PricingProgram, quote: Quote, violations: list[Violation]) -> dict[str, Any]:
    """What rules read as quote.<name>; list_total is filled in once the list prices are known."""
    facts: dict[str, Any] = {
        "id": quote.id,
        "currency": quote.currency,
        "channel": quote.channel,
        "price_date": quote.price_date,
        "coupons": list(quote.coupons),
        "line_count": Decimal(len(quote.lines)),
        "list_total": ZERO,
        **program.unstated["quote"],
    }
    _state(facts, "quote", "facts", quote.facts, program, violations)
    return facts


def facts_of(state: LineState) -> dict[str, Any]:
    """What rules read as line.<name>, made when the first of them asks."""
    facts = state.facts
    if facts is None:
        facts = state.facts = line_facts(state)
    return facts


def line_facts(state: LineState) -> dict[str, Any]:
    """What rules read as line.<name>, once the list price is known."""
    line, term = state.line, state.term
    asked = line.discount
    facts: dict[str, Any] = {
        "id": state.id,
        "sku": state.product.product.sku,
        "quantity": state.quantity,
        "list_price": state.list_price,
        "list_total": state.list_total,
        "term_months": None if term is None else term.months,
        "cost": state.cost,
        "requested_discount": asked.value if asked is not None and asked.kind is DiscountKind.PERCENT else None,
    }
    program = state.quote.program
    if program.unstated["line"]:
        facts.update(program.unstated["line"])
    if line.facts:
        facts.update(line.facts)
    return facts


def check_line_facts(line: QuoteLine, path: str, program: PricingProgram, violations: list[Violation]) -> None:
    """Tell of facts stated for a line that are not declared, or of another type; `line_facts` takes them as checked.

    Lines that come again are not checked again by the same program.
    """
    classes, declared = program.fact_classes["line"], True
    for name, value in line.facts.items():
        if classes.get(name) is not type(value):
            declared &= _declared("line", f"{path}.facts.{name}", name, value, program, violations)
    if declared:
        line.declared_by = classes


def _state(
    facts: dict[str, Any],
    owner: str,
    path: str,
    stated: Facts,
    program: PricingProgram,
    violations: list[Violation],
) -> None:
    classes = program.fact_classes[owner]
    for name, value in stated.items():
        # The class tells at once for all but choices, which the slower way then looks up.
        if classes.get(name) is not type(value) and not _declared(
            owner, f"{path}.{name}", name, value, program, violations
        ):
            continue
        facts[name] = value


def fact_classes(declared: Mapping[str, Mapping[str, str | tuple[str, ...]]]) -> dict[str, dict[str, type]]:
    """For each owner the class of the values of its facts that are no choices; a customer's built-in ones too."""
    classes = {
        owner: {name: DECLARED_KINDS[kind] for name, kind in kinds.items() if isinstance(kind, str)}
        for owner, kinds in declared.items()
    }
    classes["customer"] |= {name: str for name in CUSTOMER_FACTS if name != "id"}
    return classes


def _declared(
    owner: str, path: str, name: str, value: object, program: PricingProgram, violations: list[Violation]
) -> bool:
    """Whether a stated fact is declared in the rulebook and of its type."""
    declared = program.declared[owner]
    kind = declared.get(name)
    if kind is None:
        known = [*declared, *(CUSTOMER_FACTS if owner == "customer" else ())]
        hint = did_you_mean(name, known)
        message = f"the rulebook declares no {owner} fact {name!r}{'; ' + hint if hint else ''}"
        violations.append(Violation(path, "UNKNOWN_FACT", message))
        return False
    if value is None:
        return True
    if isinstance(kind, str):
        if type(value) is not DECLARED_KINDS[kind]:
            violations.append(_wrong_kind(path, kind, value))
            return False
    elif value not in kind:
        hint = did_you_mean(str(value), kind)
        message = f"expected one of {', '.join(kind)}, found {value!r}{'; ' + hint if hint else ''}"
        violations.append(Violation(path, "WRONG_FACT", message))
        return False
    return True


def _wrong_kind(path: str, kind: str, value: object) -> Violation:
    return Violation(path, "WRONG_FACT", f"expected {kind}, found {value!r}")

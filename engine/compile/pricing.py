"""The pricing program of a rulebook and a catalogue: the passes in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.customer import Customer
from catalog.model import Catalog
from catalog.product import AttributeOwner
from engine.compile.fact_types import pricing_parameters
from engine.compile.prices import compile_price_book, compile_products
from engine.compile.pricing_settings import compile_conversion, compile_profile, compile_rounding, price_tables
from engine.compile.rules import compile_rules
from engine.diagnostics import Findings
from engine.load.rulebook import LoadedRulebook
from engine.pricing.facts import CUSTOMER_FACTS, fact_classes
from engine.pricing.program import CompiledRule, Coupon, PricingProgram, RuleProgram, Step
from engine.pricing.steps import STEPS, rule_step

ALWAYS = ("manual", "net")
"""Steps that act without rules; any other without a rule is left out."""


def compile_pricing(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> PricingProgram | None:
    """The program; None where there are errors."""
    settings = rulebook.settings
    parameters = pricing_parameters(settings.facts, catalog)
    profile = compile_profile(rulebook, findings)
    rules = compile_rules(rulebook, parameters, findings)
    prices = compile_price_book(catalog, price_tables(rulebook, parameters, findings), profile, findings)
    conversion = compile_conversion(rulebook, catalog, findings)
    rounding = compile_rounding(rulebook, findings)
    if findings.errors:
        return None
    declared = {
        owner: {name: kind if isinstance(kind, str) else tuple(kind) for name, kind in facts.items()}
        for owner, facts in (
            ("customer", settings.facts.customer),
            ("quote", settings.facts.quote),
            ("line", settings.facts.line),
        )
    }
    unstated = {owner: dict.fromkeys(names) for owner, names in declared.items()}
    anonymous = _customer(None, catalog, unstated["customer"])
    return PricingProgram(
        products=compile_products(catalog),
        prices=prices,
        rules=rules,
        steps=tuple(_step(name, rules) for name in settings.waterfall if name in rules.steps or name in ALWAYS),
        rounding=rounding,
        profile=profile,
        conversion=conversion,
        coupons=_coupons(rules),
        prior_price_days=settings.prior_price_days,
        customer_facts={
            customer.id: _customer(customer, catalog, unstated["customer"]) for customer in catalog.customers.values()
        },
        anonymous_customer=anonymous,
        declared=declared,
        unstated=unstated,
        fact_classes=fact_classes(declared),
    )


def _step(name: str, rules: RuleProgram) -> Step:
    return STEPS.get(name) or rule_step(name, rules)


def _coupons(rules: RuleProgram) -> dict[str, Coupon]:
    """The codes that rules ask for, each with the days on which one of its rules holds."""
    found: dict[str, list[CompiledRule]] = {}
    for rule in rules.rules:
        if rule.coupon:
            found.setdefault(rule.coupon, []).append(rule)
    return {
        code: Coupon(code, tuple(rule.valid for rule in asking), frozenset(rule.origin.id for rule in asking))
        for code, asking in found.items()
    }


def _customer(customer: Customer | None, catalog: Catalog, unstated: Mapping[str, None]) -> dict[str, Any]:
    """What rules read as customer.<name>; a text that is not known is null."""
    names = [item.name for item in catalog.attributes if item.owner is AttributeOwner.CUSTOMER]
    attributes = dict.fromkeys(names)
    if customer is None:
        return {**dict.fromkeys(CUSTOMER_FACTS), "attributes": attributes, **unstated}
    facts = {name: getattr(customer, name) or None for name in CUSTOMER_FACTS}
    return {**unstated, **facts, "attributes": {**attributes, **customer.attributes}}

"""The pricing program of a rulebook and a catalogue: the passes in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.customer import Customer
from catalog.model import Catalog
from catalog.product import AttributeOwner
from engine.compile.fact_types import pricing_parameters
from engine.compile.prices import compile_price_book, compile_products
from engine.compile.rules import compile_rules
from engine.diagnostics import Findings
from engine.load.rulebook import LoadedRulebook
from engine.pricing.facts import CUSTOMER_FACTS
from engine.pricing.program import PricingProgram, Rounding, Step
from engine.pricing.steps import BASE_STEPS, STEPS, rule_step
from engine.schema.rulebook import RoundingSettings

MINOR_UNIT = -1


def compile_pricing(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> PricingProgram | None:
    """The program; None where there are errors."""
    settings = rulebook.settings
    parameters = pricing_parameters(settings.facts, catalog)
    rules = compile_rules(rulebook, parameters, findings)
    prices = compile_price_book(catalog, {}, findings)
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
        steps=tuple(_step(name) for name in settings.waterfall if name not in BASE_STEPS),
        rounding=_rounding(settings.rounding),
        customer_facts={
            customer.id: _customer(customer, catalog, unstated["customer"]) for customer in catalog.customers.values()
        },
        anonymous_customer=anonymous,
        declared=declared,
        unstated=unstated,
    )


def _step(name: str) -> Step:
    return STEPS.get(name) or rule_step(name)


def _rounding(settings: RoundingSettings) -> Rounding:
    return Rounding(settings.mode, _digits(settings.line_total), _digits(settings.document_total))


def _digits(setting: str | int) -> int | None:
    if isinstance(setting, int):
        return setting
    return MINOR_UNIT if setting == "currency" else None


def _customer(customer: Customer | None, catalog: Catalog, unstated: Mapping[str, None]) -> dict[str, Any]:
    """What rules read as customer.<name>; a text that is not known is null."""
    names = [item.name for item in catalog.attributes if item.owner is AttributeOwner.CUSTOMER]
    attributes = dict.fromkeys(names)
    if customer is None:
        return {**dict.fromkeys(CUSTOMER_FACTS), "attributes": attributes, **unstated}
    facts = {name: getattr(customer, name) or None for name in CUSTOMER_FACTS}
    return {**unstated, **facts, "attributes": {**attributes, **customer.attributes}}

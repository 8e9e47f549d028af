"""Pass `prices`: the catalogue's products and price lists become lookups, every entry's charge model is built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.model import Catalog
from catalog.price import (
    AttributePrice,
    Block,
    CostPlus,
    Graduated,
    Package,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    ScopeKind,
    Tier,
    TierScope,
    Volume,
    validity,
)
from catalog.product import Product, ancestors
from engine.diagnostics import Code, Findings, did_you_mean
from engine.money import ONE, ZERO
from engine.pricing import charges
from engine.pricing.program import CompiledEntry, CompiledPriceList, CompiledProduct, Expression, PriceBook
from engine.pricing.selection import precedence
from engine.trace import AdjustmentKind, Origin

Tables = Mapping[str, Callable[..., Any]]
"""Price tables of the rulebook by name, as functions of customer, quote, line, product and row."""


def compile_products(catalog: Catalog) -> dict[str, CompiledProduct]:
    """Every product with the facts that rules read and the keys that prices are filed under."""
    keys = {category: tuple(ancestors(category)) for category in {p.category for p in catalog.products.values()}}
    names = [item.name for item in catalog.attributes if item.owner == "product"]
    no_attributes = dict.fromkeys(names)
    return {
        sku: CompiledProduct(
            product,
            product_facts(product, keys[product.category], no_attributes),
            (sku, *keys[product.category]),
            product.quantity_step == ONE,
        )
        for sku, product in catalog.products.items()
    }


def product_facts(product: Product, categories: tuple[str, ...], no_attributes: Mapping[str, None]) -> dict[str, Any]:
    """What rules read as product.<name>."""
    return {
        "sku": product.sku,
        "name": product.name,
        "family": product.family,
        "category": product.category,
        "categories": list(categories),
        "tags": list(product.tags),
        "charge_type": product.charge_type.value,
        "unit": product.unit,
        "tax_class": product.tax_class,
        "attributes": {**no_attributes, **product.attributes} if product.attributes else no_attributes,
    }


def compile_price_book(catalog: Catalog, tables: Tables, findings: Findings) -> PriceBook:
    """All price lists, filed by currency and scope."""
    entries: dict[str, dict[str, list[CompiledEntry]]] = {name: defaultdict(list) for name in catalog.price_lists}
    considered: dict[str, list[CompiledEntry]] = defaultdict(list)
    for entry in catalog.prices.values():
        price_list = catalog.price_lists[entry.price_list]
        compiled = _EntryCompiler(price_list, entry, catalog, tables, findings).entry()
        key = entry.sku or entry.category
        entries[price_list.id][key].append(compiled)
        considered[key].append(compiled)
    scopes: dict[str, dict[tuple[ScopeKind, str], list[CompiledPriceList]]] = defaultdict(lambda: defaultdict(list))
    for price_list in catalog.price_lists.values():
        filed = {
            key: tuple(sorted(found, key=precedence, reverse=True)) for key, found in entries[price_list.id].items()
        }
        compiled_list = CompiledPriceList(price_list, filed)
        for value in price_list.scope_values or ("",):
            scopes[price_list.currency][price_list.scope, value].append(compiled_list)
    return PriceBook(
        scopes={currency: {key: tuple(lists) for key, lists in found.items()} for currency, found in scopes.items()},
        kinds={
            currency: tuple(kind for kind in ScopeKind if any(key[0] is kind for key in found))
            for currency, found in scopes.items()
        },
        considered={key: tuple(found) for key, found in considered.items()},
    )


class _EntryCompiler:
    """Builds the compiled form of one price entry."""

    def __init__(
        self, price_list: PriceList, entry: PriceEntry, catalog: Catalog, tables: Tables, findings: Findings
    ) -> None:
        self.price_list = price_list
        self.price = entry
        self.catalog = catalog
        self.tables = tables
        self.findings = findings

    def entry(self) -> CompiledEntry:
        """The entry, its charge model built and its place kept for explanations."""
        entry, model = self.price, self.price.model
        first, last = validity(self.price_list, entry)
        step = "contract" if self.price_list.contract else "list"
        return CompiledEntry(
            entry=entry,
            price_list=self.price_list,
            first_day=first or date.min,
            last_day=last or date.max,
            unit_price=self.unit_price(),
            charge=self.charge(),
            markup=_cost_factor(model) if isinstance(model, CostPlus) else None,
            percent=model if isinstance(model, PercentOfTotal) else None,
            table=self.table(),
            tier_scope=model.scope if isinstance(model, Volume | Graduated | Block) else TierScope.LINE,
            origin=self.origin(step),
            tier_origin=self.origin("tiers"),
            reason=self.reason(),
        )

    def origin(self, step: str) -> Origin:
        span = self.price.span
        identity = f"{self.price_list.id}/{self.price.sku or self.price.category}"
        return Origin(step, AdjustmentKind.SET, identity, span.file, span.line, span.cell)

    def reason(self) -> str:
        words = self.price_list.name or self.price_list.id
        if self.price.category:
            words += f", for category {self.price.category}"
        period = self.price.billing_period
        return f"{words}, per {period.value.replace('_', ' ')}" if period is not None else words

    def unit_price(self) -> Decimal | None:
        model = self.price.model
        if isinstance(model, PerUnit):
            return model.unit_price
        if isinstance(model, Volume | Graduated):
            return model.tiers[0].unit_price if model.tiers else None
        if isinstance(model, AttributePrice):
            return model.base_price
        return None

    def charge(self) -> charges.ChargeModel | None:
        """The model of a price that depends on the quantity; None for a plain unit price."""
        model, entry = self.price.model, self.price
        built: charges.ChargeModel | None = None
        bounds = charges.Bounds(self.price_list.bounds.value)
        if isinstance(model, Volume | Graduated | Block):
            tiers = (
                [charges.Tier(step.up_to, ZERO, step.price) for step in model.steps]
                if isinstance(model, Block)
                else [_tier(tier) for tier in model.tiers]
            )
            overage = model.overage_price if isinstance(model, Block) else None
            problems = (
                charges.block_problems(tiers, overage) if isinstance(model, Block) else charges.tier_problems(tiers)
            )
            for problem in problems:
                self.findings.add(Code.WRONG_VALUE, f"{self.named}: {problem.field}: {problem.message}", entry.span)
            if problems:
                return None
            if isinstance(model, Volume):
                built = charges.Volume.compile(tiers, bounds)
            elif isinstance(model, Graduated):
                built = charges.Graduated.compile(tiers, bounds)
            else:
                built = charges.Block.compile(tiers, overage, bounds)
        elif isinstance(model, Package):
            built = charges.Package(model.size, model.package_price)
        if entry.free_units or entry.minimum_charge is not None or entry.committed_quantity is not None:
            if built is None and isinstance(model, PerUnit):
                built = charges.PerUnit(model.unit_price)
            if built is not None:
                built = self.limited(built)
        return built

    def limited(self, model: charges.ChargeModel) -> charges.Usage:
        entry = self.price
        committed = entry.committed_quantity
        commitment = None
        if committed is not None:
            commitment = charges.Commitment(committed, charges.total(model.charge(committed), committed))
        return charges.Usage(model, entry.free_units, commitment, entry.minimum_charge or ZERO)

    def table(self) -> Expression | None:
        model = self.price.model
        if not isinstance(model, AttributePrice):
            return None
        found = self.tables.get(model.table)
        if found is None:
            self.findings.add(
                Code.UNKNOWN_NAME,
                f"{self.named}: there is no price table {model.table!r} in the rulebook",
                self.price.span,
                hint=did_you_mean(model.table, self.tables),
            )
        return found

    @property
    def named(self) -> str:
        """The entry as a person calls it."""
        return f"price of {self.price.sku or self.price.category} in {self.price_list.id}"


def _tier(tier: Tier) -> charges.Tier:
    return charges.Tier(tier.up_to, tier.unit_price, tier.flat_fee)


def _cost_factor(model: CostPlus) -> Decimal:
    """What a unit cost is multiplied by: 1 + markup, or 1 / (1 - margin); both are percent points."""
    if model.markup is not None:
        return ONE + model.markup / 100
    assert model.margin is not None
    return ONE / (ONE - model.margin / 100)

"""Pass `prices`: the catalogue's products and price lists become lookups, every entry's charge model is built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.model import Catalog
from catalog.price import (
    MODEL_NAMES,
    AttributePrice,
    CostPlus,
    Graduated,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    ScopeKind,
    Volume,
    validity,
)
from catalog.product import Product, ancestors
from engine.compile.charges import ChargeCompiler, fraction
from engine.compile.rule_tables import RuleTable
from engine.diagnostics import Code, Findings, did_you_mean
from engine.money import ONE, ZERO
from engine.pricing import charges
from engine.pricing.product_facts import product_facts
from engine.pricing.profiles import Profile
from engine.pricing.program import CompiledEntry, CompiledPriceList, CompiledProduct, PriceBook, PriceTable
from engine.pricing.result import PricedItem
from engine.pricing.selection import SELECT, precedence
from engine.trace import AdjustmentKind, Origin

PriceTables = Mapping[str, RuleTable | None]
"""Price tables of the rulebook by name; None for one that has mistakes of its own."""


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
        )
        for sku, product in catalog.products.items()
    }


def compile_price_book(catalog: Catalog, tables: PriceTables, profile: Profile, findings: Findings) -> PriceBook:
    """All price lists, filed by currency and scope."""
    whole_units = _whole_unit_keys(catalog)
    entries: dict[str, dict[str, list[CompiledEntry]]] = {name: defaultdict(list) for name in catalog.price_lists}
    considered: dict[str, list[CompiledEntry]] = defaultdict(list)
    for entry in catalog.prices.values():
        price_list = catalog.price_lists[entry.price_list]
        key = entry.sku or entry.category
        product = catalog.products.get(entry.sku)
        compiler = _EntryCompiler(price_list, entry, product, tables, profile, key in whole_units, findings)
        compiled = compiler.compiled()
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
        select=SELECT[profile.price_choice],
    )


def _whole_unit_keys(catalog: Catalog) -> set[str]:
    """The SKUs and categories whose products are all sold in whole units."""
    keys: set[str] = set()
    other: set[str] = set()
    for product in catalog.products.values():
        named = (product.sku, *ancestors(product.category))
        (keys if product.quantity_step % ONE == ZERO else other).update(named)
    return keys - other


@dataclass(frozen=True, slots=True)
class _EntryCompiler:
    """Builds the compiled form of one price entry."""

    price_list: PriceList
    entry: PriceEntry
    product: Product | None
    tables: PriceTables
    profile: Profile
    whole_units: bool
    findings: Findings

    def compiled(self) -> CompiledEntry:
        """The entry, its charge model built and its place kept for explanations."""
        entry, model = self.entry, self.entry.model
        first, last = validity(self.price_list, entry)
        origin = self.origin("contract" if self.price_list.contract else "list")
        charge = ChargeCompiler(self.price_list, entry, self.profile, self.whole_units, self.findings).compiled()
        return CompiledEntry(
            entry=entry,
            price_list=self.price_list,
            model_name=MODEL_NAMES[type(model)],
            first_day=first or date.min,
            last_day=last or date.max,
            unit_price=_unit_price(entry),
            charge=charge.model,
            cost_plus=_cost_plus(model) if isinstance(model, CostPlus) else None,
            percent=model if isinstance(model, PercentOfTotal) else None,
            table=self.table(model, origin) if isinstance(model, AttributePrice) else None,
            tier_scope=charge.scope,
            by_amount=charge.by_amount,
            last_bound=charge.last_bound,
            bounds=charge.bounds,
            origin=origin,
            tier_origin=self.origin("tiers"),
            reason=self.reason(),
            item=None if self.product is None else self.item(self.product),
        )

    def item(self, product: Product) -> PricedItem:
        names = (product.sku, product.name, product.unit, product.charge_type.value)
        return PricedItem(*names, self.price_list.id, MODEL_NAMES[type(self.entry.model)])

    def origin(self, step: str) -> Origin:
        """The entry by its id alone: where it stands in a file is no part of the catalogue's version."""
        return Origin(step, AdjustmentKind.SET, self.entry.id)

    def reason(self) -> str:
        words = self.price_list.name or self.price_list.id
        if self.entry.category:
            words += f", for category {self.entry.category}"
        period = self.entry.billing_period
        return f"{words}, per {period.value.replace('_', ' ')}" if period is not None else words

    def table(self, model: AttributePrice, origin: Origin) -> PriceTable | None:
        named = f"price of {self.entry.sku or self.entry.category} in {self.price_list.id}"
        if model.table not in self.tables:
            self.findings.add(
                Code.UNKNOWN_NAME,
                f"{named}: the rulebook names no price table {model.table!r} under price_tables",
                self.entry.span,
                hint=did_you_mean(model.table, self.tables),
            )
            return None
        table = self.tables[model.table]
        return None if table is None else table.price(origin)


def _unit_price(entry: PriceEntry) -> Decimal | None:
    """The price of a unit before tiers, where the entry states one."""
    model = entry.model
    if isinstance(model, PerUnit):
        return model.unit_price
    if isinstance(model, Volume | Graduated):
        first = model.tiers[0] if model.tiers else None
        return first.unit_price if first is not None and first.package_size is None else None
    if isinstance(model, AttributePrice):
        return model.base_price
    return None


def _cost_plus(model: CostPlus) -> charges.CostPlus:
    return charges.CostPlus(fraction(model.markup) or ZERO, fraction(model.margin) or ZERO)

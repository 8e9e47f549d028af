"""Records of price lists and prices, with each charge model's parameters, become what the model holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.importers.charge_models import ModelFields, list_price, read_model
from catalog.importers.layout import PRICE_LISTS, PRICES
from catalog.importers.records import Fields, Names, Record, Scalar, shown
from catalog.price import (
    BillingPeriod,
    PriceEntry,
    PriceList,
    ProrationMethod,
    ScopeKind,
    Selection,
    TierBounds,
)
from catalog.product import ChargeType, Product
from engine.diagnostics import Code, Findings, Severity
from engine.money import ONE, ZERO, currency, plain

_MAX_PRECISION = 12
_LAST_DAY = 31


def read_price_list(
    record: Record, currencies: Names, scopes: Mapping[ScopeKind, Names], findings: Findings
) -> PriceList:
    """A price list; its precision is that of the currency unless it gives one."""
    fields = Fields(record, PRICE_LISTS, findings)
    list_id = fields.required_text("id")
    code = fields.required("currency")
    known = code is not None and currencies.check(code, findings)
    precision = fields.integer("precision", low=0, high=_MAX_PRECISION)
    if precision is None:
        precision = currency(code.text).minor_digits if known and code is not None else _MAX_PRECISION
    scope = fields.choice("scope", ScopeKind, ScopeKind.EVERYONE)
    valid_from, valid_to = fields.validity()
    contract = fields.boolean("contract", default=False)
    return PriceList(
        id=list_id,
        name=fields.text("name", list_id),
        currency="" if code is None else code.text,
        precision=precision,
        scope=scope,
        scope_values=_scope_values(fields, scope, scopes),
        also=_also(fields, scope, scopes),
        valid_from=valid_from,
        valid_to=valid_to,
        priority=fields.integer("priority") or 0,
        selection=fields.choice("selection", Selection, Selection.SPECIFIC),
        bounds=fields.choice("bounds", TierBounds, TierBounds.UPPER_INCLUSIVE),
        contract=contract,
        discountable=fields.boolean("discountable", default=not contract),
        proration=fields.optional_choice("proration", ProrationMethod),
        anchor_day=fields.integer("anchor_day", low=1, high=_LAST_DAY),
    )


def _scope_values(fields: Fields, scope: ScopeKind, scopes: Mapping[ScopeKind, Names]) -> tuple[str, ...]:
    values = fields.texts("scope_values")
    if scope is ScopeKind.EVERYONE and values:
        fields.report("scope_values", "a price list for everyone has no scope_values")
    if scope is not ScopeKind.EVERYONE and not values:
        fields.report("scope_values", f"scope_values are missing: scope is {scope.value}", code=Code.MISSING_FIELD)
    return _known(fields, values, scopes.get(scope))


def _also(
    fields: Fields, scope: ScopeKind, scopes: Mapping[ScopeKind, Names]
) -> tuple[tuple[ScopeKind, tuple[str, ...]], ...]:
    """What else must hold, of less specific kinds than the scope, which alone decides how the list is found."""
    record = fields.sub_record("also")
    if record is None:
        return ()
    known = {kind.value: kind for kind in ScopeKind if kind is not ScopeKind.EVERYONE}
    own = Fields(record, frozenset(known), fields.findings)
    found = []
    for kind in filter(None, map(known.get, record.fields)):
        if kind.rank <= scope.rank:
            message = f"the most specific kind is the scope: write scope: {kind.value} in place of {scope.value}"
            own.report(kind.value, message if kind is not scope else f"{kind.value} is the scope already")
            continue
        values = _known(own, own.texts(kind.value), scopes.get(kind))
        if values:
            found.append((kind, values))
    return tuple(sorted(found, key=lambda item: item[0].rank))


def _known(fields: Fields, values: list[Scalar], names: Names | None) -> tuple[str, ...]:
    for value in values:
        if names is None or not names.known or value.text in names.known:
            continue
        if names.noun == "customer":
            names.check(value, fields.findings)
        else:  # may be meant for customers who come with their quotes
            fields.findings.add(
                Code.UNKNOWN_NAME,
                f"no customer is of {names.noun} {shown(value.text)}",
                value.span,
                severity=Severity.WARNING,
                hint=names.hint(value.text),
            )
    return tuple(sorted({value.text for value in values}))


@dataclass(frozen=True, slots=True)
class PriceReader:
    """Reads prices one by one.

    Attributes:
        price_lists: by id.
        products: by SKU.
        list_names: known price lists.
        skus: known SKUs.
        categories: known category paths.
        findings: what is wrong is added here.
    """

    price_lists: Mapping[str, PriceList]
    products: Mapping[str, Product]
    list_names: Names
    skus: Names
    categories: Names
    findings: Findings

    def read(self, record: Record, list_id: str = "") -> PriceEntry:
        """A price; `list_id` where it stands inside a price list."""
        fields = Fields(record, PRICES, self.findings)
        list_id = self._list_id(fields, list_id)
        price_list = self.price_lists.get(list_id)
        sku, category = self._target(fields)
        product = self.products.get(sku)
        step = ONE if product is None else product.quantity_step
        valid_from, valid_to = fields.validity()
        low, high = fields.decimal("min_quantity"), fields.decimal("max_quantity")
        priority = fields.integer("priority") or 0
        if low is not None and high is not None and low > high:
            fields.report("min_quantity", f"min_quantity {plain(low)} is above max_quantity {plain(high)}")
        entry = PriceEntry(
            id=fields.text("id") or derived_id(f"{list_id}:{sku or category}", valid_from, low, high, priority),
            price_list=list_id,
            model=read_model(ModelFields(fields, price_list, step, self.skus, self.categories)),
            sku=sku,
            category=category,
            valid_from=valid_from,
            valid_to=valid_to,
            min_quantity=low,
            max_quantity=high,
            priority=priority,
            free_units=fields.decimal("free_units") or ZERO,
            minimum_charge=list_price(fields, price_list, "minimum_charge"),
            maximum_charge=list_price(fields, price_list, "maximum_charge"),
            committed_quantity=fields.decimal("committed_quantity"),
            committed_amount=list_price(fields, price_list, "committed_amount"),
            billing_period=self._billing_period(fields, product),
            proration=fields.optional_choice("proration", ProrationMethod),
            anchor_day=fields.integer("anchor_day", low=1, high=_LAST_DAY),
            span=record.span,
        )
        if price_list is not None:
            self._check_validity(fields, entry, price_list)
        return entry

    def _list_id(self, fields: Fields, given: str) -> str:
        if given:
            if "price_list" in fields:
                fields.report("price_list", f"the price stands in price list {given}, which is its list")
            return given
        scalar = fields.required("price_list")
        if scalar is None:
            return ""
        self.list_names.check(scalar, self.findings)
        return scalar.text

    def _target(self, fields: Fields) -> tuple[str, str]:
        """SKU or category, exactly one of which is given."""
        sku, category = fields.scalar("sku"), fields.scalar("category")
        if sku is None and category is None:
            self.findings.add(
                Code.MISSING_FIELD, "a price is for a sku or a category, neither is given", fields.record.span
            )
        elif sku is not None and category is not None:
            fields.report("category", "a price is for a sku or a category, both are given")
        elif sku is not None:
            self.skus.check(sku, self.findings)
        elif category is not None:
            self.categories.check(category, self.findings)
        return ("" if sku is None else sku.text), ("" if category is None or sku is not None else category.text)

    def _billing_period(self, fields: Fields, product: Product | None) -> BillingPeriod | None:
        period = fields.optional_choice("billing_period", BillingPeriod)
        if product is None:
            return period
        if product.charge_type is ChargeType.RECURRING and "billing_period" not in fields:
            self.findings.add(
                Code.MISSING_FIELD,
                f"billing_period is missing: {product.sku} is a recurring product",
                fields.record.span,
            )
        if product.charge_type is ChargeType.ONE_TIME and period is not None:
            fields.report("billing_period", f"{product.sku} is charged once, it has no billing_period")
        return period

    def _check_validity(self, fields: Fields, entry: PriceEntry, price_list: PriceList) -> None:
        """An entry that its list's validity excludes would never apply."""
        after = entry.valid_from and price_list.valid_to and entry.valid_from > price_list.valid_to
        before = entry.valid_to and price_list.valid_from and entry.valid_to < price_list.valid_from
        if after or before:
            name = "valid_from" if after else "valid_to"
            fields.report(name, f"the price never holds: price list {price_list.id} is not valid in that time")


def derived_id(target: str, valid_from: date | None, low: Decimal | None, high: Decimal | None, priority: int) -> str:
    """An id made of what tells prices apart: list and target and, where given, start, quantity range and priority."""
    parts = [target]
    if valid_from is not None:
        parts.append(f"from {valid_from}")
    if low is not None:
        parts.append(f"at least {plain(low)}")
    if high is not None:
        parts.append(f"at most {plain(high)}")
    if priority:
        parts.append(f"priority {priority}")
    return " ".join(parts)

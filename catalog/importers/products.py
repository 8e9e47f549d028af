"""Records of products, with their costs and bundles, become what the model holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalog.importers.customers import Definitions, read_attribute_values
from catalog.importers.layout import COSTS, GROUPS, OPTIONS, PRODUCTS
from catalog.importers.records import Fields, Names, Record, Scalar, shown, shown_number
from catalog.product import (
    AttributeOwner,
    Bundle,
    ChargeType,
    DatedCost,
    Money,
    Option,
    OptionGroup,
    OptionPricing,
    Product,
    ProductStatus,
    QuantityRule,
    ancestors,
)
from engine.diagnostics import Code, Findings
from engine.money import ONE, ZERO, plain, to_decimal


@dataclass(frozen=True, slots=True)
class ProductReader:
    """Reads products one by one; options that name products are gathered, as those may come later in the files.

    Attributes:
        categories: known category paths, to which products add where the files declare none.
        categories_declared: whether the files do.
        currencies: known currency codes.
        definitions: attribute definitions.
        findings: what is wrong is added here.
        options: places of the options' SKUs, by the bundle's SKU.
    """

    categories: Names
    categories_declared: bool
    currencies: Names
    definitions: Definitions
    findings: Findings
    options: dict[str, list[Scalar]] = field(default_factory=dict)

    def read(self, record: Record) -> Product:
        """A product."""
        fields = Fields(record, PRODUCTS, self.findings)
        sku = fields.required_text("sku")
        category = fields.required("category")
        path = "" if category is None else category.text
        known = path
        if category is not None and not self.categories_declared:
            self.categories.known.update(ancestors(path))
        elif category is not None and not self.categories.check(category, self.findings):
            known = ""
        if "charge_type" not in fields:
            self.findings.add(Code.MISSING_FIELD, "charge_type is missing", record.span)
        valid_from, valid_to = fields.validity()
        return Product(
            sku=sku,
            name=fields.required_text("name"),
            category=path,
            charge_type=fields.choice("charge_type", ChargeType, ChargeType.ONE_TIME),
            family=fields.text("family"),
            attributes=read_attribute_values(fields, AttributeOwner.PRODUCT, known, self.definitions),
            tags=tuple(sorted({tag.text for tag in fields.texts("tags")})),
            unit=fields.text("unit", "piece"),
            quantity_step=fields.decimal("quantity_step", above=ZERO) or ONE,
            costs=self._costs(fields),
            tax_class=fields.text("tax_class"),
            valid_from=valid_from,
            valid_to=valid_to,
            status=fields.choice("status", ProductStatus, ProductStatus.ACTIVE),
            bundle=self._bundle(sku, fields),
        )

    def _costs(self, fields: Fields) -> tuple[DatedCost, ...]:
        costs: list[DatedCost] = []
        amount = fields.decimal("cost")
        if amount is not None:
            currency = fields.required("cost_currency")
            if currency is not None:
                self.currencies.check(currency, self.findings)
                costs.append(DatedCost(amount, currency.text))
        elif "cost_currency" in fields and "cost" not in fields:
            fields.report("cost_currency", "cost_currency is given without cost", code=Code.MISSING_FIELD)
        for record in fields.records("costs"):
            cost = self._cost(Fields(record, COSTS, self.findings))
            if any(_overlap(cost, earlier) for earlier in costs):
                self.findings.add(
                    Code.DUPLICATE,
                    f"overlaps an earlier cost in {cost.currency}: only one may hold on a day",
                    record.span,
                )
            costs.append(cost)
        return tuple(sorted(costs, key=lambda cost: (cost.currency, cost.valid_from or date.min)))

    def _cost(self, fields: Fields) -> DatedCost:
        currency = fields.required("currency")
        if currency is not None:
            self.currencies.check(currency, self.findings)
        valid_from, valid_to = fields.validity()
        return DatedCost(
            fields.required_decimal("amount"), "" if currency is None else currency.text, valid_from, valid_to
        )

    def _bundle(self, sku: str, fields: Fields) -> Bundle | None:
        visible = fields.boolean("component_prices_visible", default=True)
        if "groups" not in fields:
            if not visible:
                fields.report("component_prices_visible", "only a bundle has components; this product has no groups")
            return None
        groups: list[OptionGroup] = []
        for record in fields.records("groups"):
            group = self._group(sku, record)
            if group.id and any(group.id == earlier.id for earlier in groups):
                self.findings.add(Code.DUPLICATE, f"group {shown(group.id)} is given twice in {sku}", record.span)
            groups.append(group)
        if not groups:
            fields.report("groups", "a bundle has at least one group")
        return Bundle(tuple(groups), visible)

    def _group(self, sku: str, record: Record) -> OptionGroup:
        fields = Fields(record, GROUPS, self.findings)
        group_id = fields.required_text("id")
        low = fields.integer("min", low=0) or 0
        high = fields.integer("max", low=1)
        options: list[Option] = []
        for item in fields.records("options"):
            option = self._option(sku, item)
            if option.sku and any(option.sku == earlier.sku for earlier in options):
                self.findings.add(
                    Code.DUPLICATE, f"option {shown(option.sku)} is given twice in group {group_id}", item.span
                )
            options.append(option)
        defaults = sum(option.default for option in options)
        if high is not None and low > high:
            fields.report("min", f"min {low} is above max {high}")
        elif low > len(options):
            fields.report("min", f"at least {low} options are to be chosen, but group {group_id} has {len(options)}")
        elif high is not None and defaults > high:
            fields.report("max", f"group {group_id} has {defaults} default options, but at most {high} may be chosen")
        if not options:
            self.findings.add(Code.MISSING_FIELD, f"group {group_id} has no options", record.span)
        return OptionGroup(group_id, fields.text("name", group_id), low, high, tuple(options))

    def _option(self, bundle_sku: str, record: Record) -> Option:
        fields = Fields(record, OPTIONS, self.findings)
        sku = fields.required("sku")
        if sku is not None:
            self.options.setdefault(bundle_sku, []).append(sku)
        rule = fields.choice("quantity_rule", QuantityRule, QuantityRule.PROPORTIONAL)
        quantity = fields.decimal("quantity", above=ZERO) or ONE
        low, high = self._quantity_bounds(fields, rule, quantity)
        pricing = fields.choice("pricing", OptionPricing, OptionPricing.LIST)
        return Option(
            sku="" if sku is None else sku.text,
            quantity_rule=rule,
            quantity=quantity,
            min_quantity=low,
            max_quantity=high,
            default=fields.boolean("default", default=False),
            pricing=pricing,
            own_prices=self._own_prices(fields, pricing),
        )

    def _quantity_bounds(self, fields: Fields, rule: QuantityRule, quantity: Decimal) -> tuple[Decimal, Decimal | None]:
        low, high = fields.decimal("min_quantity"), fields.decimal("max_quantity", above=ZERO)
        if rule is not QuantityRule.FREE:
            for name in ("min_quantity", "max_quantity"):
                if name in fields:
                    fields.report(name, f"{name} bounds a free quantity; quantity_rule is {rule.value}")
            return ONE, None
        low = ONE if low is None else low
        if high is not None and low > high:
            fields.report("min_quantity", f"min_quantity {plain(low)} is above max_quantity {plain(high)}")
        elif quantity < low or (high is not None and quantity > high):
            fields.report("quantity", f"the proposed quantity {shown_number(quantity)} is outside its bounds")
        return low, high

    def _own_prices(self, fields: Fields, pricing: OptionPricing) -> tuple[Money, ...]:
        prices = fields.named("own_prices")
        if pricing is OptionPricing.OWN and not prices:
            fields.report("own_prices", "own_prices are missing: pricing is own", code=Code.MISSING_FIELD)
        if pricing is not OptionPricing.OWN and prices:
            fields.report("own_prices", f"own_prices are given, but pricing is {pricing.value}")
        return tuple(
            money for code, scalar in sorted(prices.items()) if (money := self._own_price(code, scalar)) is not None
        )

    def _own_price(self, code: str, scalar: Scalar) -> Money | None:
        self.currencies.check(Scalar(code, scalar.places, scalar.position), self.findings)
        try:
            amount = to_decimal(scalar.text)
        except ValueError as problem:
            self.findings.add(Code.WRONG_TYPE, f"own price in {code}: {problem}", scalar.span)
            return None
        if amount < 0:
            self.findings.add(
                Code.WRONG_VALUE, f"own price in {code} must not be negative, found {shown_number(amount)}", scalar.span
            )
        return Money(amount, code)


def check_bundles(options: Mapping[str, list[Scalar]], skus: Names, findings: Findings) -> None:
    """Every option is a known product, and no bundle contains itself."""
    for scalars in options.values():
        for scalar in scalars:
            skus.check(scalar, findings)
    done: set[str] = set()
    for sku in options:
        _find_cycle(sku, options, done, findings)


def _find_cycle(start: str, options: Mapping[str, list[Scalar]], done: set[str], findings: Findings) -> None:
    """Depth first with a stack of its own; `done` are the bundles known to be without undiscovered cycles."""
    path: list[str] = []
    pending: list[tuple[str, int]] = [(start, 0)]
    while pending:
        sku, position = pending.pop()
        if position == 0:
            if sku in done:
                continue
            path.append(sku)
        scalars = options.get(sku, [])
        if position == len(scalars):
            done.add(sku)
            path.pop()
            continue
        pending.append((sku, position + 1))
        option = scalars[position]
        if option.text in path:
            cycle = [*path[path.index(option.text) :], option.text]
            findings.add(Code.CYCLE, f"a bundle cannot contain itself: {' > '.join(cycle)}", option.span)
        elif option.text in options:
            pending.append((option.text, 0))


def _overlap(one: DatedCost, other: DatedCost) -> bool:
    return (
        one.currency == other.currency
        and (one.valid_from or date.min) <= (other.valid_to or date.max)
        and (other.valid_from or date.min) <= (one.valid_to or date.max)
    )

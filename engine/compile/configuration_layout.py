"""Configurable products laid out: every option and value gets its variable, nested products inside their options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.model import Catalog
from catalog.product import OptionPricing, Product, ProductStatus, QuantityRule
from engine.compile.configuration_scope import Facts, Scope
from engine.compile.option_prices import OptionPrices
from engine.configure.build import RuleBuilder
from engine.configure.choices import shown
from engine.configure.formula import TRUE, Formula
from engine.configure.program import Attribute, AttributeKind, Element, Group
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import FeelSyntaxError, interpret, parse_expression
from engine.feel.tree import Node
from engine.load.configuration import LoadedProduct
from engine.money import to_decimal
from engine.schema.configuration import AttributeEntry, GroupEntry, OptionEntry, QuantityRange
from engine.schema.pricing_rule import Validity
from engine.source import Span

MAX_VALUES = 1_000
"""Values of a number attribute, and pieces of an option."""
MAX_ELEMENTS = 200_000


@dataclass(frozen=True, slots=True)
class LaidOption:
    """An option, with what its group says of it and is needed later."""

    element: int
    default: bool
    default_quantity: int | None
    valid_from: date | None
    valid_to: date | None


@dataclass(slots=True)
class Instance:
    """A configurable product at its place: at the top, or nested in an option."""

    loaded: LoadedProduct
    scope: Scope
    prefix: str
    parent: int
    groups: list[tuple[int, Group]] = field(default_factory=list)
    attributes: list[tuple[int, int]] = field(default_factory=list)
    options: list[LaidOption] = field(default_factory=list)


class Layout:
    """Lays out one product with everything nested in it."""

    def __init__(
        self, products: Mapping[str, LoadedProduct], catalog: Catalog, builder: RuleBuilder, findings: Findings
    ) -> None:
        self.products = products
        self.catalog = catalog
        self.builder = builder
        self.findings = findings
        self.elements: list[Element] = []
        self.facts: list[Facts] = []
        self.groups: list[Group] = []
        self.attributes: list[Attribute] = []
        self.instances: list[Instance] = []
        self.queried: set[int] = set()
        self._prices = OptionPrices(catalog)
        self._steps: dict[int, int] = {}
        self._paths: set[str] = set()

    def lay_out(self, loaded: LoadedProduct) -> None:
        """The product and all nested in it: first every element, then the quantities, whose variables come after."""
        self._instance(loaded, "", -1, (loaded.entry.product,))
        self.builder.variables = len(self.elements)
        for index, steps in self._steps.items():
            ladder = tuple(self.builder.variable() for _ in range(steps))
            self.elements[index] = replace(self.elements[index], ladder=ladder)
        for number, attribute in enumerate(self.attributes):
            if attribute.kind is AttributeKind.NUMBER:
                ladder = tuple(self.builder.variable() for _ in attribute.elements[1:])
                self.attributes[number] = replace(attribute, ladder=ladder)

    def _instance(self, loaded: LoadedProduct, prefix: str, parent: int, path: tuple[str, ...]) -> Scope:
        active: Formula = TRUE if parent < 0 else parent + 1
        scope = Scope(self.elements, self.facts, self.attributes, active)
        instance = Instance(loaded, scope, prefix, parent)
        self.instances.append(instance)
        if loaded.entry.groups_from_bundle:
            self._bundle(instance)
        for position, entry in enumerate(loaded.entry.groups):
            self._group(instance, position, entry, path)
        for position, attribute in enumerate(loaded.entry.attributes):
            self._attribute(instance, position, attribute)
        return scope

    def _bundle(self, instance: Instance) -> None:
        entry = instance.loaded.entry
        product = self.catalog.products.get(entry.product)
        if product is None or product.bundle is None:
            message = f"{entry.product!r} is no bundle of the catalogue, so there are no groups to take from it"
            self.findings.add(Code.UNKNOWN_NAME, message, instance.loaded.span("groups_from_bundle"))
            return
        place = instance.loaded.span("groups_from_bundle")
        for group in product.bundle.groups:
            elements = []
            for option in group.options:
                fixed = option.quantity_rule is not QuantityRule.FREE
                least = int(option.quantity if fixed else option.min_quantity)
                most = least if fixed else int(option.max_quantity or option.quantity)
                quantity = QuantityRange(min=least, max=max(least, most), default=int(option.quantity))
                own = OptionEntry(sku=option.sku, default=option.default, quantity=quantity)
                index = self._option(instance, group.id, own, place, included=option.pricing is OptionPricing.INCLUDED)
                if option.own_prices:
                    self.elements[index] = self._prices.replaced(self.elements[index], option.own_prices)
                elements.append(index)
            self._add_group(instance, -1, group.id, group.name, (group.min_options, group.max_options), elements, place)

    def _group(self, instance: Instance, position: int, entry: GroupEntry, path: tuple[str, ...]) -> None:
        loaded = instance.loaded
        place = loaded.span("groups", position)
        if entry.id in instance.scope.groups:
            message = f"the group {entry.id!r} is there twice"
            self.findings.add(Code.DUPLICATE, message, loaded.span("groups", position, "id"))
            return
        elements: list[int] = []
        nested: list[tuple[int, str, Span]] = []
        for number, option in enumerate(entry.options):
            span = loaded.span("groups", position, "options", number)
            index = self._option(instance, entry.id, option, span)
            elements.append(index)
            if option.configure:
                inner = loaded.span("groups", position, "options", number, "configure")
                nested.append((index, option.configure, inner))
        if entry.query is not None:
            elements += self._query(instance, position, entry)
        self._add_group(instance, position, entry.id, entry.name or entry.id, (entry.min, entry.max), elements, place)
        for index, name, span in nested:
            self._nested(instance, index, name, span, path)

    def _add_group(
        self,
        instance: Instance,
        position: int,
        id_: str,
        label: str,
        limits: tuple[int, int | None],
        elements: list[int],
        place: Span,
    ) -> None:
        number = len(self.groups)
        path = instance.prefix + id_
        group = Group(path, label, place, tuple(elements), limits[0], limits[1], instance.parent)
        for index in elements:
            self.elements[index] = replace(self.elements[index], group=number)
        self.groups.append(group)
        instance.groups.append((position, group))
        names = tuple(self.elements[index].path.removeprefix(f"{path}/") for index in elements)
        instance.scope.add_group(id_, group, names)

    def _nested(self, instance: Instance, index: int, name: str, span: Span, path: tuple[str, ...]) -> None:
        if name in path:
            way = " -> ".join((*path[path.index(name) :], name))
            self.findings.add(Code.CYCLE, f"products cannot be nested in themselves: {way}", span)
            return
        inner = self.products.get(name)
        if inner is None:
            message = f"there is no configurable product {name!r}"
            self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(name, self.products))
            return
        element = self.elements[index]
        scope = self._instance(inner, f"{element.path}/", index, (*path, name))
        instance.scope.inner[element.path.removeprefix(f"{self.groups[element.group].path}/")] = scope

    def _option(self, instance: Instance, group: str, entry: OptionEntry, span: Span, *, included: bool = False) -> int:
        name = entry.id or entry.sku
        path = f"{instance.prefix}{group}/{name}"
        if path in self._paths:
            self.findings.add(Code.DUPLICATE, f"the option {name!r} is there twice in group {group!r}", span)
        self._paths.add(path)
        product = self.catalog.products.get(entry.sku) if entry.sku else None
        if entry.sku and product is None:
            hint = did_you_mean(entry.sku, self.catalog.products)
            self.findings.add(Code.UNKNOWN_NAME, f"the catalogue has no product {entry.sku!r}", span, hint=hint)
        first, last = self._days(entry.valid, span)
        return self._add_option(instance, path, entry, product, span, (first, last), included=included)

    def _add_option(
        self,
        instance: Instance,
        path: str,
        entry: OptionEntry,
        product: Product | None,
        span: Span,
        days: tuple[date | None, date | None],
        *,
        included: bool = False,
    ) -> int:
        index = len(self.elements)
        label = entry.name or (product.name if product else "") or entry.id or entry.sku
        prices = () if product is None else self._prices.of(product)
        element = Element(
            path, label, span, sku=entry.sku, min_quantity=entry.quantity.min, prices=prices, included=included
        )
        self.elements.append(element)
        facts: dict[str, Any] = product_facts(product) if product else {"name": label}
        facts.update({name: _value(value) for name, value in entry.attributes.items()})
        self.facts.append(facts)
        steps = entry.quantity.max - entry.quantity.min
        if steps > MAX_VALUES:
            message = f"an option is taken at most {MAX_VALUES:,} times, found {entry.quantity.max:,}"
            self.findings.add(Code.LIMIT, message, span)
            steps = 0
        if steps:
            self._steps[index] = steps
        if product is not None:
            days = (_later(days[0], product.valid_from), _earlier(days[1], product.valid_to))
            if product.status is not ProductStatus.ACTIVE:
                message = f"{product.sku} is {product.status}: only active products can be options"
                self.findings.add(Code.WRONG_VALUE, message, span)
        instance.options.append(LaidOption(index, entry.default, entry.quantity.default if steps else None, *days))
        return index

    def _query(self, instance: Instance, position: int, entry: GroupEntry) -> list[int]:
        query = entry.query
        assert query is not None
        span = instance.loaded.span("groups", position, "query")
        if query.category not in self.catalog.categories:
            message = f"the catalogue has no category {query.category!r}"
            hint = did_you_mean(query.category, self.catalog.categories)
            place = instance.loaded.span("groups", position, "query", "category")
            self.findings.add(Code.UNKNOWN_NAME, message, place, hint=hint)
            return []
        where = self._where(instance, position, query.where) if query.where else None
        listed = {option.sku for option in entry.options}
        found: list[int] = []
        for product in self.catalog.products.values():
            inside = f"{product.category}/".startswith(f"{query.category}/")
            if not inside or product.sku in listed or product.status is not ProductStatus.ACTIVE:
                continue
            if where is not None and interpret(where, product_facts(product)) is not True:
                continue
            own = OptionEntry(sku=product.sku, quantity=query.quantity)
            path = f"{instance.prefix}{entry.id}/{product.sku}"
            index = self._add_option(instance, path, own, product, span, (None, None))
            found.append(index)
            self.queried.add(index)
        if len(self.elements) > MAX_ELEMENTS:
            message = f"the product has {len(self.elements):,} options; at most {MAX_ELEMENTS:,} are taken"
            self.findings.add(Code.LIMIT, message, span)
        return found

    def _where(self, instance: Instance, position: int, text: str) -> Node | None:
        known = ["sku", "name", "family", "category", *(item.name for item in self.catalog.attributes)]
        try:
            return parse_expression(text, known)
        except FeelSyntaxError as error:
            span = instance.loaded.span("groups", position, "query", "where")
            self.findings.add(Code.SYNTAX, f"this is no FEEL expression: {error.message}", span)
            return None

    def _attribute(self, instance: Instance, position: int, entry: AttributeEntry) -> None:
        span = instance.loaded.span("attributes", position)
        scope = instance.scope
        if entry.id in scope.attributes or entry.id in scope.groups or entry.id in scope.options:
            message = f"{entry.id!r} is the name of something else already"
            self.findings.add(Code.DUPLICATE, message, instance.loaded.span("attributes", position, "id"))
            return
        number = len(self.attributes)
        path = instance.prefix + entry.id
        elements: list[int] = []
        for value in self._values(entry, instance, position):
            elements.append(len(self.elements))
            label = f"{entry.name or entry.id} {shown(value)}" + (f" {entry.unit}" if entry.unit else "")
            self.elements.append(Element(f"{path}={shown(value)}", label, span, attribute=number, value=value))
            self.facts.append({})
        kind = AttributeKind(entry.type)
        self.attributes.append(
            Attribute(
                path, entry.name or entry.id, span, kind, tuple(elements), entry.required,
                context=entry.context, max_length=entry.max_length, unit=entry.unit,
            )
        )  # fmt: skip
        scope.attributes[entry.id] = number
        instance.attributes.append((position, number))

    def _values(self, entry: AttributeEntry, instance: Instance, position: int) -> list[str | bool | Decimal]:
        if entry.type == "boolean":
            return [True, False]
        if entry.type == "choice":
            return list(dict.fromkeys(entry.values))
        if entry.type == "text":
            return []
        assert entry.min is not None
        assert entry.max is not None
        low, high, step = Decimal(entry.min), Decimal(entry.max), Decimal(entry.step)
        count = int((high - low) / step) + 1
        if count > MAX_VALUES:
            message = (
                f"attribute {entry.id!r} has {count:,} values; at most {MAX_VALUES:,} are taken: use a larger step"
            )
            self.findings.add(Code.LIMIT, message, instance.loaded.span("attributes", position, "max"))
            return [low]
        return [(low + step * number).normalize() for number in range(count)]

    def _days(self, valid: Validity, span: Span) -> tuple[date | None, date | None]:
        return read_days(valid, span, self.findings)


def read_days(valid: Validity, span: Span, findings: Findings) -> tuple[date | None, date | None]:
    """First and last day of a validity as written; open ends are None, and so is what is no date."""
    days: list[date | None] = []
    for text in (valid.from_, valid.to):
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            findings.add(Code.WRONG_VALUE, f"expected a date such as 2026-03-31, found {text!r}", span)
            days.append(None)
    return days[0], days[1]


def product_facts(product: Product) -> dict[str, Any]:
    """What rules may read of a product of the catalogue."""
    return {
        "sku": product.sku,
        "name": product.name,
        "family": product.family,
        "category": product.category,
        **product.attributes,
    }


def _value(value: bool | int | Decimal | str) -> bool | Decimal | str:  # YAML tells them apart
    return to_decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _later(first: date | None, second: date | None) -> date | None:
    days = [day for day in (first, second) if day is not None]
    return max(days, default=None)


def _earlier(first: date | None, second: date | None) -> date | None:
    days = [day for day in (first, second) if day is not None]
    return min(days, default=None)

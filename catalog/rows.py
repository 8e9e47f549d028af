"""The content of a catalogue as rows of text and integers: what the database stores and what the version hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from catalog.customer import Customer
from catalog.price import (
    MODEL_NAMES,
    AttributePrice,
    Block,
    ChargeModel,
    CostPlus,
    ExchangeRate,
    Graduated,
    Package,
    Percentage,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    Volume,
)
from catalog.product import AttributeDefinition, AttributeType, AttributeValue, Bundle, Product
from catalog.schema import MODEL_COLUMNS
from engine.money import plain

Row = tuple[str | int | None, ...]


def rows_of(
    *,
    categories: Iterable[str],
    attributes: Sequence[AttributeDefinition],
    products: Mapping[str, Product],
    customers: Mapping[str, Customer],
    price_lists: Mapping[str, PriceList],
    prices: Mapping[str, PriceEntry],
    exchange_rates: Iterable[ExchangeRate],
) -> Iterator[tuple[str, Iterable[Row]]]:
    """The tables of `catalog.schema.TABLES`, in its order, each with its rows sorted by primary key."""
    yield "categories", ((path,) for path in categories)
    yield (
        "attributes",
        ((item.owner.value, item.name, item.type.value, item.category or None, item.unit) for item in attributes),
    )
    yield (
        "attribute_choices",
        (
            (item.owner.value, item.name, position, choice)
            for item in attributes
            for position, choice in enumerate(item.choices)
        ),
    )
    yield from _product_tables(products)
    yield (
        "customers",
        (
            (
                item.id,
                item.name,
                item.currency,
                item.group,
                item.segment,
                item.channel,
                item.country,
                item.region,
                item.parent or None,
            )
            for item in customers.values()
        ),
    )
    yield "customer_attributes", _attribute_values((item.id, item.attributes) for item in customers.values())
    yield "price_lists", (_price_list(item) for item in price_lists.values())
    yield (
        "price_list_scopes",
        ((item.id, value) for item in price_lists.values() for value in sorted(item.scope_values)),
    )
    yield (
        "price_list_also",
        (
            (item.id, kind.value, value)
            for item in price_lists.values()
            for kind, values in sorted(item.also)
            for value in sorted(values)
        ),
    )
    yield "prices", (_price(item) for item in prices.values())
    yield "price_tiers", (row for item in prices.values() for row in _tiers(item))
    yield "price_coverage", (row for item in prices.values() for row in _coverage(item))
    yield (
        "exchange_rates",
        ((r.from_currency, r.to_currency, r.valid_from.isoformat(), plain(r.rate)) for r in exchange_rates),
    )


def _product_tables(products: Mapping[str, Product]) -> Iterator[tuple[str, Iterable[Row]]]:
    bundles = [(sku, item.bundle) for sku, item in products.items() if item.bundle is not None]
    yield "products", (_product(item) for item in products.values())
    yield "product_attributes", _attribute_values((item.sku, item.attributes) for item in products.values())
    yield "product_tags", ((item.sku, tag) for item in products.values() for tag in sorted(item.tags))
    yield (
        "product_costs",
        (
            (sku, position, plain(cost.amount), cost.currency, _day(cost.valid_from), _day(cost.valid_to))
            for sku, item in products.items()
            for position, cost in enumerate(item.costs)
        ),
    )
    yield (
        "option_groups",
        (
            (sku, position, group.id, group.name, group.min_options, group.max_options)
            for sku, bundle in bundles
            for position, group in enumerate(bundle.groups)
        ),
    )
    yield "options", (row for sku, bundle in bundles for row in _options(sku, bundle))
    yield "option_prices", (row for sku, bundle in bundles for row in _option_prices(sku, bundle))


def _product(item: Product) -> Row:
    return (
        item.sku,
        item.name,
        item.category or None,
        item.charge_type.value,
        item.family,
        item.unit,
        plain(item.quantity_step),
        item.tax_class,
        _day(item.valid_from),
        _day(item.valid_to),
        item.status.value,
        int(item.bundle is not None),
        int(item.bundle is None or item.bundle.component_prices_visible),
    )


def _options(sku: str, bundle: Bundle) -> Iterator[Row]:
    for group_position, group in enumerate(bundle.groups):
        for position, item in enumerate(group.options):
            yield (
                sku,
                group_position,
                position,
                item.sku,
                item.quantity_rule.value,
                plain(item.quantity),
                plain(item.min_quantity),
                _number(item.max_quantity),
                int(item.default),
                item.pricing.value,
            )


def _option_prices(sku: str, bundle: Bundle) -> Iterator[Row]:
    for group_position, group in enumerate(bundle.groups):
        for position, item in enumerate(group.options):
            for price in sorted(item.own_prices, key=lambda money: money.currency):
                yield sku, group_position, position, price.currency, plain(price.amount)


def _price_list(item: PriceList) -> Row:
    return (
        item.id,
        item.name,
        item.currency,
        item.precision,
        item.scope.value,
        _day(item.valid_from),
        _day(item.valid_to),
        item.priority,
        item.selection.value,
        item.bounds.value,
        int(item.contract),
        int(item.discountable),
        None if item.proration is None else item.proration.value,
        item.anchor_day,
    )


def _price(item: PriceEntry) -> Row:
    return (
        item.id,
        item.price_list,
        item.sku or None,
        item.category or None,
        _day(item.valid_from),
        _day(item.valid_to),
        _number(item.min_quantity),
        _number(item.max_quantity),
        _number(item.minimum_charge),
        _number(item.maximum_charge),
        _number(item.committed_quantity),
        _number(item.committed_amount),
        None if item.billing_period is None else item.billing_period.value,
        None if item.proration is None else item.proration.value,
        item.anchor_day,
        *_parameters(item.model),
        item.priority,
        plain(item.free_units),
        MODEL_NAMES[type(item.model)],
    )


def _parameters(model: ChargeModel) -> Iterable[str | int | None]:
    """The values of `MODEL_COLUMNS`, in their order."""
    if isinstance(model, PerUnit):
        return (plain(model.unit_price), *_NO_OTHER_PARAMETERS)
    return (dict.fromkeys(MODEL_COLUMNS) | _own_parameters(model)).values()


_NO_OTHER_PARAMETERS = (None,) * (len(MODEL_COLUMNS) - 1)


def _own_parameters(model: ChargeModel) -> dict[str, str | int | None]:
    """The columns that a charge model has."""
    match model:
        case Volume(_, basis, scope) | Graduated(_, basis, scope):
            return {"tier_basis": basis.value, "tier_scope": scope.value}
        case Package(price, size, rounding, minimum):
            return {
                "package_price": plain(price),
                "package_size": plain(size),
                "package_rounding": rounding.value,
                "minimum_packages": minimum,
            }
        case Block(_, overage, scope):
            return {"overage_price": _number(overage), "tier_scope": scope.value}
        case PercentOfTotal(percent, _, base, low, high):
            return {
                "percent": plain(percent),
                "percent_base": base.value,
                "minimum": _number(low),
                "maximum": _number(high),
            }
        case Percentage(percent, fee, free_transactions, free_amount, low, high):
            return {
                "percent": plain(percent),
                "transaction_fee": plain(fee),
                "free_transactions": free_transactions,
                "free_amount": _number(free_amount),
                "minimum": _number(low),
                "maximum": _number(high),
            }
        case CostPlus(markup, margin):
            return {"markup": _number(markup), "margin": _number(margin)}
        case AttributePrice(table, base_price):
            return {"decision_table": table, "base_price": _number(base_price)}
        case PerUnit(unit_price):
            return {"unit_price": plain(unit_price)}


def _tiers(item: PriceEntry) -> Iterator[Row]:
    if isinstance(item.model, Volume | Graduated):
        for position, tier in enumerate(item.model.tiers):
            yield (
                item.id,
                position,
                _number(tier.up_to),
                plain(tier.unit_price),
                plain(tier.flat_fee),
                _number(tier.package_size),
            )
    elif isinstance(item.model, Block):
        for position, step in enumerate(item.model.steps):
            yield item.id, position, _number(step.up_to), plain(step.unit_price), plain(step.price), None


def _coverage(item: PriceEntry) -> Iterator[Row]:
    if isinstance(item.model, PercentOfTotal):
        coverage = item.model.coverage
        for kind, values in (("category", coverage.categories), ("sku", coverage.skus), ("tag", coverage.tags)):
            for value in sorted(values):
                yield item.id, kind, value


def _attribute_values(owners: Iterable[tuple[str, Mapping[str, AttributeValue]]]) -> Iterator[Row]:
    for owner, attributes in owners:
        for name in sorted(attributes):
            value = attributes[name]
            if isinstance(value, bool):
                yield owner, name, AttributeType.BOOLEAN.value, "true" if value else "false"
            elif isinstance(value, Decimal):
                yield owner, name, AttributeType.NUMBER.value, plain(value)
            elif isinstance(value, date):
                yield owner, name, AttributeType.DATE.value, value.isoformat()
            else:
                yield owner, name, AttributeType.TEXT.value, value


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)

"""Rows of the catalogue database become the objects of the model again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.customer import Customer
from catalog.price import (
    AttributePrice,
    BillingPeriod,
    Block,
    BlockStep,
    ChargeModel,
    CostPlus,
    Coverage,
    ExchangeRate,
    Graduated,
    Package,
    PackageRounding,
    Percentage,
    PercentBase,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    ProrationMethod,
    ScopeKind,
    Selection,
    Tier,
    TierBasis,
    TierBounds,
    TierScope,
    Volume,
)
from catalog.product import (
    AttributeDefinition,
    AttributeOwner,
    AttributeType,
    AttributeValue,
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
)
from catalog.schema import MODEL_COLUMNS
from engine.money import ONE, ZERO
from engine.source import Span

Read = Callable[[str], Iterable[Any]]
"""Gives the rows of a table in the order of its primary key."""

_NOWHERE = Span("")
_CHARGE_TYPES = {item.value: item for item in ChargeType}
_STATUSES = {item.value: item for item in ProductStatus}
_ATTRIBUTE_READERS: dict[str, Callable[[str], AttributeValue]] = {
    AttributeType.TEXT.value: str,
    AttributeType.NUMBER.value: Decimal,
    AttributeType.BOOLEAN.value: "true".__eq__,
    AttributeType.DATE.value: date.fromisoformat,
}


class _Days(dict[str | None, date | None]):
    """Dates by their text; few are different, so each is made once."""

    def __missing__(self, text: str | None) -> date | None:
        day = None if text is None else date.fromisoformat(text)
        self[text] = day
        return day


class _Children:
    """Rows of a table by the owner in their first column; owners are asked for in rising order."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, owner: str) -> list[Any]:
        """The rows of an owner.

        Raises:
            ValueError: there are rows of an owner that does not exist.
        """
        if self._next is not None and self._next[0] < owner:
            raise ValueError(f"rows of {self._next[0]!r}, which does not exist")
        found: list[Any] = []
        while self._next is not None and self._next[0] == owner:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


def read_attributes(read: Read) -> Iterator[AttributeDefinition]:
    """The attribute definitions."""
    choices: dict[tuple[str, str], list[str]] = {}
    for owner, name, _, choice in read("attribute_choices"):
        choices.setdefault((owner, name), []).append(choice)
    for owner, name, kind, category, unit in read("attributes"):
        yield AttributeDefinition(
            name,
            AttributeType(kind),
            AttributeOwner(owner),
            category or "",
            tuple(choices.get((owner, name), ())),
            unit,
        )


def read_products(read: Read) -> Iterator[Product]:
    """The products with their attributes, tags, costs and bundles."""
    days = _Days()
    shared: dict[str, str] = {}
    attributes, tags = _Children(read("product_attributes")), _Children(read("product_tags"))
    costs, bundles = _Children(read("product_costs")), _Bundles(read)
    for row in read("products"):
        sku, name, category, charge_type, family, unit, step, tax_class, start, end, status, is_bundle, visible = row
        category = category or ""
        yield Product(
            sku,
            name,
            shared.setdefault(category, category),
            _CHARGE_TYPES[charge_type],
            shared.setdefault(family, family),
            {shared.setdefault(key, key): _value(kind, text) for _, key, kind, text in attributes.of(sku)},
            tuple([shared.setdefault(tag, tag) for _, tag in tags.of(sku)]),
            shared.setdefault(unit, unit),
            ONE if step == "1" else Decimal(step),
            tuple(
                [
                    DatedCost(Decimal(amount), shared.setdefault(currency, currency), days[since], days[until])
                    for _, _, amount, currency, since, until in costs.of(sku)
                ]
            ),
            shared.setdefault(tax_class, tax_class),
            days[start],
            days[end],
            _STATUSES[status],
            Bundle(bundles.groups(sku), bool(visible)) if is_bundle else None,
        )


def _value(kind: str, text: str) -> AttributeValue:
    return _ATTRIBUTE_READERS[kind](text)


class _Bundles:
    """Option groups by the bundle's SKU, asked for in rising order."""

    def __init__(self, read: Read) -> None:
        self._groups = _Children(read("option_groups"))
        self._options = _Children(read("options"))
        self._prices = _Children(read("option_prices"))

    def groups(self, sku: str) -> tuple[OptionGroup, ...]:
        prices: dict[tuple[int, int], list[Money]] = {}
        for _, group, option, currency, amount in self._prices.of(sku):
            prices.setdefault((group, option), []).append(Money(Decimal(amount), currency))
        options: dict[int, list[Option]] = {}
        for _, group, position, option_sku, rule, quantity, low, high, default, pricing in self._options.of(sku):
            options.setdefault(group, []).append(
                Option(
                    option_sku,
                    QuantityRule(rule),
                    Decimal(quantity),
                    Decimal(low),
                    _number(high),
                    bool(default),
                    OptionPricing(pricing),
                    tuple(prices.get((group, position), ())),
                )
            )
        return tuple(
            OptionGroup(group_id, name, low, high, tuple(options.get(position, ())))
            for _, position, group_id, name, low, high in self._groups.of(sku)
        )


def read_customers(read: Read) -> Iterator[Customer]:
    """The customers with their attributes."""
    attributes = _Children(read("customer_attributes"))
    for customer_id, name, currency, group, segment, channel, country, region, parent in read("customers"):
        values = {key: _value(kind, text) for _, key, kind, text in attributes.of(customer_id)}
        yield Customer(customer_id, name, currency, group, segment, channel, country, region, parent or "", values)


def read_price_lists(read: Read) -> Iterator[PriceList]:
    """The price lists with their scopes."""
    days = _Days()
    scopes, also = _Children(read("price_list_scopes")), _Children(read("price_list_also"))
    for row in read("price_lists"):
        (list_id, name, currency, precision, scope, start, end, priority, selection, bounds) = row[:10]
        contract, discountable, proration, anchor_day = row[10:]
        yield PriceList(
            id=list_id,
            name=name,
            currency=currency,
            precision=precision,
            scope=ScopeKind(scope),
            scope_values=tuple(value for _, value in scopes.of(list_id)),
            also=_also(also.of(list_id)),
            valid_from=days[start],
            valid_to=days[end],
            priority=priority,
            selection=Selection(selection),
            bounds=TierBounds(bounds),
            contract=bool(contract),
            discountable=bool(discountable),
            proration=ProrationMethod(proration) if proration else None,
            anchor_day=anchor_day,
        )


def _also(rows: list[Any]) -> tuple[tuple[ScopeKind, tuple[str, ...]], ...]:
    values: dict[ScopeKind, list[str]] = {}
    for _, kind, value in rows:
        values.setdefault(ScopeKind(kind), []).append(value)
    return tuple((kind, tuple(values[kind])) for kind in sorted(values, key=lambda kind: kind.rank))


def read_prices(read: Read) -> Iterator[PriceEntry]:
    """The prices with their charge models and the places in the files they came from."""
    days = _Days()
    shared: dict[str, str] = {}
    tiers, coverage = _Children(read("price_tiers")), _Children(read("price_coverage"))
    places = _Children(read("price_places"))
    for row in read("prices"):
        (price_id, price_list, sku, category, start, end, low, high, *charged) = row[:12]
        minimum, maximum, committed, committed_amount = charged
        period, proration, anchor_day, *parameters, priority, free_units, model = row[12:]
        place = places.of(price_id)
        yield PriceEntry(
            price_id,
            shared.setdefault(price_list, price_list),
            _model(model, parameters, tiers.of(price_id), coverage.of(price_id)),
            sku or "",
            category or "",
            days[start],
            days[end],
            _number(low),
            _number(high),
            priority,
            ZERO if free_units == "0" else Decimal(free_units),
            _number(minimum),
            _number(committed),
            BillingPeriod(period) if period else None,
            ProrationMethod(proration) if proration else None,
            anchor_day,
            _number(maximum),
            _number(committed_amount),
            Span(shared.setdefault(place[0][1], place[0][1]), *place[0][2:]) if place else _NOWHERE,
        )


def _model(name: str, parameters: list[Any], tiers: list[Any], coverage: list[Any]) -> ChargeModel:
    if name == "per_unit":
        return PerUnit(Decimal(parameters[0]))
    given = dict(zip(MODEL_COLUMNS, parameters, strict=True))
    match name:
        case "volume" | "graduated":
            kind = Volume if name == "volume" else Graduated
            steps = tuple(
                Tier(_number(bound), Decimal(price), Decimal(fee), _number(size))
                for _, _, bound, price, fee, size in tiers
            )
            return kind(steps, TierBasis(given["tier_basis"]), TierScope(given["tier_scope"]))
        case "package":
            return Package(
                Decimal(given["package_price"]),
                Decimal(given["package_size"]),
                PackageRounding(given["package_rounding"] or PackageRounding.UP),
                given["minimum_packages"] or 0,
            )
        case "block":
            blocks = tuple(
                BlockStep(_number(bound), Decimal(price), Decimal(unit)) for _, _, bound, unit, price, _ in tiers
            )
            return Block(blocks, _number(given["overage_price"]), TierScope(given["tier_scope"]))
        case "percent_of_total":
            return PercentOfTotal(
                Decimal(given["percent"]),
                _coverage(coverage),
                PercentBase(given["percent_base"]),
                _number(given["minimum"]),
                _number(given["maximum"]),
            )
        case "percentage":
            return Percentage(
                Decimal(given["percent"]),
                Decimal(given["transaction_fee"]),
                given["free_transactions"],
                _number(given["free_amount"]),
                _number(given["minimum"]),
                _number(given["maximum"]),
            )
        case "cost_plus":
            return CostPlus(_number(given["markup"]), _number(given["margin"]))
        case "attribute":
            return AttributePrice(given["decision_table"], _number(given["base_price"]))
    raise ValueError(f"unknown charge model {name!r}")


def _coverage(rows: list[Any]) -> Coverage:
    covered = {kind: tuple(value for _, of, value in rows if of == kind) for kind in ("category", "tag", "sku")}
    return Coverage(*covered.values())


def read_exchange_rates(read: Read) -> Iterator[ExchangeRate]:
    """The exchange rates."""
    for from_currency, to_currency, day, rate in read("exchange_rates"):
        yield ExchangeRate(from_currency, to_currency, date.fromisoformat(day), Decimal(rate))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

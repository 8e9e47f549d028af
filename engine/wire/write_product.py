"""Product to message, with its option groups and the prices in force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quotewright.v1 import catalog_service_pb2 as pb

from catalog.price import (
    AttributePrice,
    Block,
    CostPlus,
    Graduated,
    Package,
    Percentage,
    PercentOfTotal,
    PerUnit,
    PriceEntry,
    PriceList,
    Tier,
    TierBounds,
    Volume,
    validity,
)
from catalog.product import Option, OptionGroup, Product
from engine.wire.text import decimal_text, enum_numbers, optional_date_text, optional_decimal_text
from engine.wire.write_decision import BILLING_PERIODS, CHARGE_TYPES
from engine.wire.write_quote import write_facts

PRODUCT_STATUSES = enum_numbers(pb.ProductStatus, "PRODUCT_STATUS_")
QUANTITY_RULES = enum_numbers(pb.QuantityRule, "QUANTITY_RULE_")
OPTION_PRICINGS = enum_numbers(pb.OptionPricing, "OPTION_PRICING_")
TIER_BASES = enum_numbers(pb.TierBasis, "TIER_BASIS_")


class _Tiers(Protocol):
    """A repeated field of tiers."""

    def add(self) -> pb.Tier: ...


def write_product(product: Product, prices: Iterable[tuple[PriceList, PriceEntry]], message: pb.Product) -> None:
    """Fill an empty message with a product and the prices given with it."""
    message.sku = product.sku
    message.name = product.name
    message.category = product.category
    message.family = product.family
    message.charge_type = CHARGE_TYPES[product.charge_type]
    message.unit_of_measure = product.unit
    message.quantity_step = decimal_text(product.quantity_step)
    write_facts(product.attributes, message.attributes)
    message.tags.extend(product.tags)
    message.tax_class = product.tax_class
    message.status = PRODUCT_STATUSES[product.status]
    message.valid_from = optional_date_text(product.valid_from)
    message.valid_to = optional_date_text(product.valid_to)
    if product.bundle is not None:
        message.bundle.component_prices_visible = product.bundle.component_prices_visible
        for group in product.bundle.groups:
            _write_group(group, message.bundle.groups.add())
    for price_list, entry in prices:
        _write_price(price_list, entry, message.prices.add())


def _write_group(group: OptionGroup, message: pb.OptionGroup) -> None:
    message.id = group.id
    message.name = group.name
    message.min_options = group.min_options
    if group.max_options is not None:
        message.max_options = group.max_options
    for option in group.options:
        _write_option(option, message.options.add())


def _write_option(option: Option, message: pb.Option) -> None:
    message.sku = option.sku
    message.quantity_rule = QUANTITY_RULES[option.quantity_rule]
    message.quantity = decimal_text(option.quantity)
    message.min_quantity = decimal_text(option.min_quantity)
    message.max_quantity = optional_decimal_text(option.max_quantity)
    message.default = option.default
    message.pricing = OPTION_PRICINGS[option.pricing]
    for price in option.own_prices:
        own = message.own_prices.add()
        own.amount = decimal_text(price.amount)
        own.currency = price.currency


def _write_price(price_list: PriceList, entry: PriceEntry, message: pb.Price) -> None:
    first, last = validity(price_list, entry)
    message.id = entry.id
    message.price_list = price_list.id
    message.currency = price_list.currency
    message.scope = price_list.scope
    message.scope_values.extend(price_list.scope_values)
    for kind, values in price_list.also:
        message.also.add(scope=kind, values=values)
    message.sku = entry.sku
    message.category = entry.category
    message.valid_from = optional_date_text(first)
    message.valid_to = optional_date_text(last)
    message.min_quantity = optional_decimal_text(entry.min_quantity)
    message.max_quantity = optional_decimal_text(entry.max_quantity)
    message.priority = entry.priority
    if entry.billing_period is not None:
        message.billing_period = BILLING_PERIODS[entry.billing_period]
    message.free_units = decimal_text(entry.free_units)
    message.minimum_charge = optional_decimal_text(entry.minimum_charge)
    message.maximum_charge = optional_decimal_text(entry.maximum_charge)
    message.committed_quantity = optional_decimal_text(entry.committed_quantity)
    message.committed_amount = optional_decimal_text(entry.committed_amount)
    _write_model(entry, price_list, message)


def _write_model(entry: PriceEntry, price_list: PriceList, message: pb.Price) -> None:
    match entry.model:
        case PerUnit(unit_price):
            message.per_unit.unit_price = decimal_text(unit_price)
        case Volume() as model:
            _write_tiered(model, price_list, message.volume)
        case Graduated() as model:
            _write_tiered(model, price_list, message.graduated)
        case Package(package_price, size, rounding, minimum_packages):
            message.package.package_price = decimal_text(package_price)
            message.package.size = decimal_text(size)
            message.package.rounding = rounding
            message.package.minimum_packages = minimum_packages
        case Block() as model:
            _write_block(model, message.block)
        case PercentOfTotal() as model:
            _write_percent_of_total(model, message.percent_of_total)
        case Percentage() as model:
            _write_percentage(model, message.percentage)
        case CostPlus(markup, margin):
            if markup is not None:
                message.cost_plus.markup = decimal_text(markup)
            if margin is not None:
                message.cost_plus.margin = decimal_text(margin)
        case AttributePrice(table, base_price):
            message.attribute.table = table
            message.attribute.base_price = optional_decimal_text(base_price)


def _write_tiered(model: Volume | Graduated, price_list: PriceList, message: pb.TieredPrice) -> None:
    _write_tiers(model.tiers, message.tiers)
    message.basis = TIER_BASES[model.basis]
    message.scope = model.scope
    message.lower_inclusive = price_list.bounds is TierBounds.LOWER_INCLUSIVE


def _write_tiers(tiers: Iterable[Tier], messages: _Tiers) -> None:
    for tier in tiers:
        message = messages.add()
        message.up_to = optional_decimal_text(tier.up_to)
        message.unit_price = decimal_text(tier.unit_price)
        message.flat_fee = decimal_text(tier.flat_fee)
        message.package_size = optional_decimal_text(tier.package_size)


def _write_block(model: Block, message: pb.BlockPrice) -> None:
    for step in model.steps:
        block = message.steps.add()
        block.up_to = optional_decimal_text(step.up_to)
        block.price = decimal_text(step.price)
        block.unit_price = decimal_text(step.unit_price)
    message.overage_price = optional_decimal_text(model.overage_price)
    message.scope = model.scope


def _write_percent_of_total(model: PercentOfTotal, message: pb.PercentOfTotal) -> None:
    message.percent = decimal_text(model.percent)
    message.categories.extend(model.coverage.categories)
    message.tags.extend(model.coverage.tags)
    message.skus.extend(model.coverage.skus)
    message.base = model.base
    message.minimum = optional_decimal_text(model.minimum)
    message.maximum = optional_decimal_text(model.maximum)


def _write_percentage(model: Percentage, message: pb.Percentage) -> None:
    message.percent = decimal_text(model.percent)
    message.transaction_fee = decimal_text(model.transaction_fee)
    if model.free_transactions is not None:
        message.free_transactions = model.free_transactions
    message.free_amount = optional_decimal_text(model.free_amount)
    message.minimum = optional_decimal_text(model.minimum)
    message.maximum = optional_decimal_text(model.maximum)

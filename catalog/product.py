"""Products: what is sold, its typed attributes, its costs, and the bundles it may be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.money import ONE

AttributeValue = str | Decimal | bool | date
"""What an attribute holds: text and choices are str, numbers are Decimal."""


class ChargeType(StrEnum):
    """When a product is charged: once, every billing period, or by what was used."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"
    USAGE = "usage"


class ProductStatus(StrEnum):
    """Only active products are sold; drafts are not yet, retired ones no longer."""

    ACTIVE = "active"
    DRAFT = "draft"
    RETIRED = "retired"


class AttributeType(StrEnum):
    """The type of an attribute's values."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


class AttributeOwner(StrEnum):
    """What carries an attribute."""

    PRODUCT = "product"
    CUSTOMER = "customer"


class QuantityRule(StrEnum):
    """How the quantity of a chosen option follows from its bundle's quantity."""

    FIXED = "fixed"
    PROPORTIONAL = "proportional"
    FREE = "free"


class OptionPricing(StrEnum):
    """What a chosen option costs: nothing beside its bundle, its price from the price lists, or a price of its own."""

    INCLUDED = "included"
    LIST = "list"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """An attribute that products of a category, or customers, may carry.

    Attributes:
        name: unique per owner, whatever the category, so that a rule can name it.
        type: type of the values.
        owner: products or customers.
        category: category path whose products, with those of its sub-categories, may carry it; "" for all.
        choices: the values allowed, for a choice, in the order shown to people.
        unit: unit of a number, such as "GB"; may be empty.
    """

    name: str
    type: AttributeType
    owner: AttributeOwner = AttributeOwner.PRODUCT
    category: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DatedCost:
    """What one unit costs the seller between two dates, both inclusive; None is open."""

    amount: Decimal
    currency: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A product that can be chosen in a group of a bundle.

    Attributes:
        sku: the product; it may be a bundle itself.
        quantity_rule: fixed: `quantity` whatever the bundle's quantity; proportional: `quantity` per unit of the
            bundle; free: the customer's choice per unit of the bundle, `quantity` being proposed.
        quantity: see `quantity_rule`.
        min_quantity: least quantity per unit of the bundle, for a free quantity, inclusive.
        max_quantity: greatest quantity per unit of the bundle, for a free quantity, inclusive; None for no bound.
        default: selected unless the customer says otherwise.
        pricing: whether it is included, priced from the price lists, or at `own_prices`.
        own_prices: unit prices inside this bundle, one per currency, where `pricing` is own.
    """

    sku: str
    quantity_rule: QuantityRule = QuantityRule.PROPORTIONAL
    quantity: Decimal = ONE
    min_quantity: Decimal = ONE
    max_quantity: Decimal | None = None
    default: bool = False
    pricing: OptionPricing = OptionPricing.LIST
    own_prices: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options of a bundle of which between `min_options` and `max_options` are chosen (None for no upper bound)."""

    id: str
    name: str
    min_options: int
    max_options: int | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The groups a configurable product is made of, and whether buyers see what each component costs."""

    groups: tuple[OptionGroup, ...]
    component_prices_visible: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    """Something that is sold.

    Attributes:
        sku: identifier.
        name: as shown to customers.
        category: path such as "hardware/servers/rack".
        charge_type: when it is charged.
        family: product family, over which tiers may be summed; may be empty.
        attributes: values by attribute name, sorted, as the attribute definitions type them.
        tags: labels that rules and coverages name, sorted.
        unit: unit of measure, such as "piece" or "kg".
        quantity_step: quantities are multiples of it: 1 for pieces, 0.001 for kg in grams.
        costs: unit costs by validity, sorted; at most one per currency on a date.
        tax_class: name of the class for the tax calculation; may be empty.
        valid_from: first day of sale; None for no bound.
        valid_to: last day of sale; None for no bound.
        status: active, draft or retired.
        bundle: option groups where the product is configurable.
    """

    sku: str
    name: str
    category: str
    charge_type: ChargeType
    family: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict, hash=False)
    tags: tuple[str, ...] = ()
    unit: str = "piece"
    quantity_step: Decimal = ONE
    costs: tuple[DatedCost, ...] = ()
    tax_class: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    status: ProductStatus = ProductStatus.ACTIVE
    bundle: Bundle | None = None

    def cost_on(self, day: date, currency: str) -> Decimal | None:
        """The unit cost in `currency` on `day`, or None where none is known."""
        for cost in self.costs:
            if cost.currency == currency and covers(cost.valid_from, cost.valid_to, day):
                return cost.amount
        return None


def covers(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether `day` lies in a validity whose ends are inclusive and, where None, open."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def ancestors(category: str) -> list[str]:
    """A category path and those above it, nearest first: "a/b/c" gives "a/b/c", "a/b", "a"."""
    parts = category.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]

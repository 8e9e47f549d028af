"""The catalogue's version: it names the content, all of it, and nothing but the content."""

import dataclasses
import enum
from datetime import date, timedelta
from decimal import Decimal

import pytest
from catalog_examples import FULL, MODELS, catalogs
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Catalog
from catalog.price import ExchangeRate, PriceEntry
from catalog.product import AttributeDefinition, AttributeOwner, AttributeType, DatedCost, Product, ancestors, covers
from engine.source import Span


def version(**parts):
    return Catalog.of(**{name: [part] for name, part in parts.items()}).version


def changed(value):
    """Variants of a value that each differ from it in one thing."""
    if value is None:
        return [Decimal(1)]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, enum.Enum):
        return [next(item for item in type(value) if item is not value)]
    if isinstance(value, str):
        return [value + "x"]
    if isinstance(value, Decimal | int):
        return [value + 1]
    if isinstance(value, date):
        return [value + timedelta(days=1)]
    if isinstance(value, dict):
        return [{**value, name: other} for name in value for other in changed(value[name])] + [{}]
    if isinstance(value, tuple):
        inner = [(*value[:i], other, *value[i + 1 :]) for i, item in enumerate(value) for other in changed(item)]
        pair = isinstance(next(iter(value), None), enum.Enum)
        return inner if pair else [*inner, (), value[1:]]
    assert dataclasses.is_dataclass(value)
    return [
        dataclasses.replace(value, **{field.name: other})
        for field in dataclasses.fields(value)
        if field.compare
        for other in changed(getattr(value, field.name))
    ]


@pytest.mark.parametrize("part", FULL)
def test_every_field_is_part_of_the_content(part):
    example = FULL[part]
    for variant in changed(example):
        assert version(**{part: example}) != version(**{part: variant}), variant


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_every_parameter_of_a_charge_model_is_part_of_the_content(model):
    example = dataclasses.replace(FULL["prices"], model=model)
    for variant in changed(model):
        assert version(prices=example) != version(prices=dataclasses.replace(example, model=variant)), variant


def test_charge_models_with_equal_parameters_differ():
    versions = {version(prices=dataclasses.replace(FULL["prices"], model=model)) for model in MODELS}
    assert len(versions) == len(MODELS)


def test_the_place_in_a_file_is_no_content():
    moved = dataclasses.replace(FULL["prices"], span=Span("other.csv", 99))
    assert version(prices=moved) == version(prices=FULL["prices"])
    assert moved == FULL["prices"]


@given(catalogs(), st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(catalog, random):
    def shuffled(items):
        items = list(items)
        random.shuffle(items)
        return items

    again = Catalog.of(
        categories=shuffled(catalog.categories),
        attributes=shuffled(catalog.attributes),
        products=shuffled(catalog.products.values()),
        customers=shuffled(catalog.customers.values()),
        price_lists=shuffled(catalog.price_lists.values()),
        prices=shuffled(catalog.prices.values()),
        exchange_rates=shuffled(catalog.exchange_rates),
    )
    assert again == catalog
    assert again.version == catalog.version


def test_the_version_stays_what_it_is_from_release_to_release():
    assert version(**FULL) == "8a86baa83d076e786f69a5c8e2b0c72d"


def test_equal_numbers_that_are_written_differently_are_different_content():
    one, other = (PriceEntry("p", "usd", type(MODELS[0])(Decimal(text)), sku="A") for text in ("1.5", "1.50"))
    assert version(prices=one) != version(prices=other)


def test_categories_include_those_above():
    catalog = Catalog.of(categories=["x/y"], products=[dataclasses.replace(FULL["products"], category="a/b/c")])
    assert catalog.categories == ("a", "a/b", "a/b/c", "x", "x/y")
    assert ancestors("a/b/c") == ["a/b/c", "a/b", "a"]


def test_a_rate_holds_until_a_later_one():
    rates = [ExchangeRate("USD", "EUR", date(2026, month, 1), Decimal(month)) for month in (1, 3, 2)]
    catalog = Catalog.of(exchange_rates=rates)
    assert catalog.rate_on(date(2026, 2, 28), "USD", "EUR") == 2
    assert catalog.rate_on(date(2026, 3, 1), "USD", "EUR") == 3
    assert catalog.rate_on(date(2025, 12, 31), "USD", "EUR") is None
    assert catalog.rate_on(date(2026, 3, 1), "EUR", "USD") is None
    assert catalog.rate_on(date(2026, 3, 1), "EUR", "EUR") == 1


def test_a_cost_holds_between_its_dates_in_its_currency():
    product = Product(
        "A",
        "Alpha",
        "a",
        FULL["products"].charge_type,
        costs=(
            DatedCost(Decimal(1), "USD", None, date(2025, 12, 31)),
            DatedCost(Decimal(2), "USD", date(2026, 1, 1)),
            DatedCost(Decimal(3), "EUR"),
        ),
    )
    assert product.cost_on(date(2025, 12, 31), "USD") == 1
    assert product.cost_on(date(2026, 1, 1), "USD") == 2
    assert product.cost_on(date(2026, 1, 1), "EUR") == 3
    assert product.cost_on(date(2026, 1, 1), "JPY") is None


def test_validity_includes_both_ends():
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    assert covers(first, last, first)
    assert covers(first, last, last)
    assert not covers(first, last, last + timedelta(days=1))
    assert covers(None, None, first)


def test_an_attribute_is_found_by_owner_and_name():
    definition = AttributeDefinition("rating", AttributeType.TEXT, AttributeOwner.CUSTOMER)
    catalog = Catalog.of(attributes=[definition])
    assert catalog.attribute(AttributeOwner.CUSTOMER, "rating") is definition
    assert catalog.attribute(AttributeOwner.PRODUCT, "rating") is None

"""A made-up company of any size for benchmarks: catalogue, rulebook and quotes, the same for the same numbers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from catalog.customer import Customer
from catalog.model import Catalog
from catalog.price import PerUnit, PriceEntry, PriceList
from catalog.product import AttributeDefinition, AttributeType, ChargeType, DatedCost, Product
from engine.compile import load_snapshot
from engine.quote import Quote, QuoteLine
from engine.snapshot import Snapshot

FAMILIES = [f"family-{number}" for number in range(40)]
SEGMENTS = ["SMB", "midmarket", "enterprise", "public", "education"]
COUNTRIES = ["US", "DE", "FR", "JP", "GB", "NO", "BR", "IN"]
PRICE_DATE = date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot and a quote for it."""

    snapshot: Snapshot
    quote: Quote


def catalog_of(skus: int, customers: int = 100) -> Catalog:
    """A catalogue with one USD price list and a price for every SKU."""
    chance = random.Random(skus)
    products = [
        Product(
            sku=f"SKU-{number:07}",
            name=f"Product {number}",
            category=f"goods/{FAMILIES[number % 40]}",
            charge_type=ChargeType.ONE_TIME,
            family=FAMILIES[number % 40],
            attributes={"colour": chance.choice(["red", "green", "blue"]), "weight": Decimal(chance.randint(1, 500))},
            costs=(DatedCost(Decimal(chance.randint(100, 60_000)) / 100, "USD"),),
        )
        for number in range(skus)
    ]
    prices = [
        PriceEntry(
            id=f"price-{product.sku}",
            price_list="list-usd",
            model=PerUnit(Decimal(chance.randint(1000, 100_000)) / 100),
            sku=product.sku,
        )
        for product in products
    ]
    people = [
        Customer(
            id=f"CUSTOMER-{number}",
            name=f"Customer {number}",
            currency="USD",
            segment=SEGMENTS[number % 5],
            country=COUNTRIES[number % 8],
        )
        for number in range(customers)
    ]
    return Catalog.of(
        categories=["goods", *(f"goods/{family}" for family in FAMILIES)],
        attributes=[
            AttributeDefinition("colour", AttributeType.TEXT),
            AttributeDefinition("weight", AttributeType.NUMBER),
        ],
        products=products,
        customers=people,
        price_lists=[PriceList("list-usd", "List prices", "USD", 2)],
        prices=prices,
    )


def write_rules(folder: Path, rules: int) -> Path:
    """A rulebook of which every line meets four rules, whatever the number of rules."""
    chance = random.Random(rules)
    always = [
        ("promotion", 'customer.segment = "enterprise" and line.quantity >= 2', 5),
        ("volume", "line.quantity > 1 and line.quantity <= 1000000", 3),
        ("loyalty", 'customer.country = "US" and product.charge_type = "one_time"', 2),
        ("season", 'quote.channel = "direct"', 1),
    ]
    made = [
        f"- {{id: always-{group}, group: {group}, when: '{when}', then: {{percent_off: {percent}}}, reason: {group}}}"
        for group, when, percent in always
    ]
    for number in range(max(0, rules - len(always))):
        family, low = chance.choice(FAMILIES), chance.randint(2, 500)
        when = (
            f'customer.segment = "{chance.choice(SEGMENTS)}" and customer.country = "{chance.choice(COUNTRIES[1:])}" '
            f'and product.family = "{family}" and line.quantity >= {low} and product.attributes.weight < {low}'
        )
        group = chance.choice(["promotion", "volume", "loyalty", "season"])
        made.append(
            f"- {{id: rule-{number}, group: {group}, priority: {number % 7}, when: '{when}', "
            f"then: {{percent_off: {chance.randint(1, 9)}}}, reason: rule {number}}}"
        )
    (folder / "pricing").mkdir(parents=True)
    groups = "".join(f"  - {{name: {name}, mode: stack}}\n" for name in ("promotion", "volume", "loyalty", "season"))
    (folder / "rulebook.yaml").write_text(f"name: benchmark\nstacking_groups:\n{groups}", encoding="utf-8")
    (folder / "pricing" / "rules.yaml").write_text("rules:\n" + "\n".join(made) + "\n", encoding="utf-8")
    return folder


def quote_of(lines: int, skus: int) -> Quote:
    """A quote of a customer whom four rules meet on every line."""
    chance = random.Random(lines)
    return Quote(
        currency="USD",
        price_date=PRICE_DATE,
        id="Q-1",
        customer_id="CUSTOMER-32",
        customer={"segment": "enterprise", "country": "US"},
        channel="direct",
        lines=tuple(
            QuoteLine(str(number + 1), f"SKU-{chance.randrange(skus):07}", Decimal(2 + chance.randrange(40)))
            for number in range(lines)
        ),
    )


def world(folder: Path, *, skus: int = 1000, rules: int = 1000, lines: int = 10) -> World:
    """A snapshot of that size and a quote of that many lines."""
    return World(load_snapshot(write_rules(folder, rules), catalog_of(skus)), quote_of(lines, skus))

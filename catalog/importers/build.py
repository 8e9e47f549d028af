"""Records of all sections become one catalogue, or the findings that keep them from it: all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.check import check_prices
from catalog.customer import Customer
from catalog.importers.customers import read_attribute, read_customer, read_exchange_rate
from catalog.importers.prices import PriceReader, read_price_list
from catalog.importers.products import ProductReader, check_bundles
from catalog.importers.progress import with_progress
from catalog.importers.records import Fields, Names, Record, Scalar, files_given_up, shown
from catalog.model import Catalog
from catalog.price import ExchangeRate, PriceEntry, PriceList, ScopeKind, Selection
from catalog.product import AttributeDefinition, AttributeOwner, Product, ancestors
from engine.diagnostics import Code, Findings
from engine.money import currency_codes
from engine.source import Span


@dataclass(frozen=True, slots=True)
class Section:
    """Records of one kind and about how many they are."""

    records: Iterable[Record] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Sections:
    """The records of a catalogue by kind; `categories` is None where the files do not declare any."""

    categories: Sequence[Scalar] | None = None
    attributes: Section = field(default_factory=Section)
    products: Section = field(default_factory=Section)
    customers: Section = field(default_factory=Section)
    price_lists: Section = field(default_factory=Section)
    prices: Section = field(default_factory=Section)
    exchange_rates: Section = field(default_factory=Section)


def build(sections: Sections, findings: Findings) -> Catalog | None:
    """The catalogue of these records, or None where the findings, old and new, hold an error."""
    builder = _Builder(findings)
    builder.read(sections)
    if findings.errors:
        return None
    return Catalog.of(
        categories=builder.categories.known,
        attributes=builder.definitions.values(),
        products=builder.products.values(),
        customers=builder.customers.values(),
        price_lists=builder.price_lists.values(),
        prices=builder.prices,
        exchange_rates=builder.exchange_rates,
    )


class _Builder:
    """Reads the sections in the order in which they name each other."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.currencies = Names("currency", currency_codes())
        self.categories = Names("category")
        self.skus = Names("sku")
        self.list_names = Names("price list")
        self.definitions: dict[tuple[AttributeOwner, str], AttributeDefinition] = {}
        self.products: dict[str, Product] = {}
        self.customers: dict[str, Customer] = {}
        self.price_lists: dict[str, PriceList] = {}
        self.prices: list[PriceEntry] = []
        self.exchange_rates: list[ExchangeRate] = []
        self._given_ids: set[str] = set()
        self._first_places: dict[tuple[str, str], Span] = {}

    def read(self, sections: Sections) -> None:
        """Read everything; what is wrong becomes findings."""
        for scalar in sections.categories or ():
            self._read_category(scalar)
        category_names = list(self._read_attributes(sections.attributes))
        self._read_products(sections)
        for scalar in category_names:
            self.categories.check(scalar, self.findings)
        self._read_customers(sections.customers)
        nested = self._read_price_lists(sections.price_lists)
        self._read_prices(sections.prices, nested)
        for record in sections.exchange_rates.records:
            rate = read_exchange_rate(record, self.currencies, self.findings)
            name = f"{rate.from_currency} to {rate.to_currency} from {rate.valid_from}"
            if self._is_new("exchange rate", name, record.span):
                self.exchange_rates.append(rate)
        check_prices(self.products, self.price_lists, self.prices, self.exchange_rates, self.findings)

    def _is_new(self, kind: str, name: str, place: Span) -> bool:
        """Whether the name is given for the first time; a finding where not. No name was reported already."""
        if not name:
            return False
        first = self._first_places.setdefault((kind, name), place)
        if first is not place:
            self.findings.add(Code.DUPLICATE, f"{kind} {shown(name)} is given twice, first at {first}", place)
        return first is place

    def _read_category(self, scalar: Scalar) -> None:
        parts = scalar.text.split("/")
        if any(not part or part != part.strip() for part in parts):
            self.findings.add(
                Code.WRONG_VALUE,
                f"expected a category path such as hardware/servers, found {shown(scalar.text)}",
                scalar.span,
            )
        self.categories.known.update(ancestors(scalar.text))

    def _read_attributes(self, section: Section) -> Iterator[Scalar]:
        """Read the definitions; gives the categories they name."""
        for record in section.records:
            definition = read_attribute(record, self.findings)
            if self._is_new(f"{definition.owner.value} attribute", definition.name, record.span):
                self.definitions[definition.owner, definition.name] = definition
            category = record.fields.get("category")
            if isinstance(category, Scalar):
                yield category

    def _read_products(self, sections: Sections) -> None:
        reader = ProductReader(
            self.categories, sections.categories is not None, self.currencies, self.definitions, self.findings
        )
        for record in with_progress(sections.products.records, sections.products.count, "products"):
            product = reader.read(record)
            if self._is_new("sku", product.sku, record.span):
                self.products[product.sku] = product
        self.skus.known.update(self.products)
        self.skus.closed = self.categories.closed = not files_given_up(self.findings)
        check_bundles(reader.options, self.skus, self.findings)

    def _read_customers(self, section: Section) -> None:
        parents: dict[str, Scalar] = {}
        for record in with_progress(section.records, section.count, "customers"):
            customer = read_customer(record, self.currencies, self.definitions, self.findings)
            if self._is_new("customer", customer.id, record.span):
                self.customers[customer.id] = customer
                parent = record.fields.get("parent")
                if isinstance(parent, Scalar):
                    parents[customer.id] = parent
        names = Names("customer", self.customers)
        names.closed = not files_given_up(self.findings)
        for scalar in parents.values():
            names.check(scalar, self.findings)
        _check_parents(parents, self.findings)

    def _read_price_lists(self, section: Section) -> list[tuple[str, Record]]:
        """Read the lists; gives the prices that stand inside them, with the lists' ids."""
        scopes = _scope_names(self.customers.values())
        nested: list[tuple[str, Record]] = []
        for record in section.records:
            price_list = read_price_list(record, self.currencies, scopes, self.findings)
            if self._is_new("price list", price_list.id, record.span):
                self.price_lists[price_list.id] = price_list
            prices = Fields(Record(record.fields, record.span), frozenset(), self.findings).records("prices")
            nested.extend((price_list.id, price) for price in prices)
        self.list_names.known.update(self.price_lists)
        self.list_names.closed = not files_given_up(self.findings)
        return nested

    def _read_prices(self, section: Section, nested: Sequence[tuple[str, Record]]) -> None:
        reader = PriceReader(
            self.price_lists, self.products, self.list_names, self.skus, self.categories, self.findings
        )
        count = section.count + len(nested)
        given = (("", record) for record in section.records)
        for list_id, record in with_progress(_chain(given, nested), count, "prices"):
            self._add_price(reader.read(record, list_id), named="id" in record.fields)

    def _add_price(self, entry: PriceEntry, *, named: bool) -> None:
        """Take a price.

        Prices of a list that selects the lowest may be alike in all that their ids are made of; in other lists such
        prices are reported as ambiguous.
        """
        first = self._first_places.setdefault(("price", entry.id), entry.span)
        if named:
            self._given_ids.add(entry.id)
        price_list = self.price_lists.get(entry.price_list)
        if first is entry.span:
            pass
        elif entry.id in self._given_ids:
            self.findings.add(Code.DUPLICATE, f"price {shown(entry.id)} is given twice, first at {first}", entry.span)
        elif price_list is not None and price_list.selection is Selection.LOWEST:
            self.findings.add(
                Code.DUPLICATE, f"like the price at {first}; give one of them an id to tell them apart", entry.span
            )
        self.prices.append(entry)


def _chain(given: Iterable[tuple[str, Record]], nested: Iterable[tuple[str, Record]]) -> Iterator[tuple[str, Record]]:
    yield from given
    yield from nested


def _scope_names(customers: Iterable[Customer]) -> dict[ScopeKind, Names]:
    """What customers there are to name in a scope, by kind of scope."""
    names: dict[ScopeKind, Names] = {kind: Names(kind.value.replace("_", " ")) for kind in ScopeKind}
    for customer in customers:
        for kind, value in (
            (ScopeKind.CUSTOMER, customer.id),
            (ScopeKind.CUSTOMER_GROUP, customer.group),
            (ScopeKind.SEGMENT, customer.segment),
            (ScopeKind.CHANNEL, customer.channel),
            (ScopeKind.COUNTRY, customer.country),
            (ScopeKind.REGION, customer.region),
        ):
            if value:
                names[kind].known.add(value)
    return names


def _check_parents(parents: Mapping[str, Scalar], findings: Findings) -> None:
    """No customer belongs to itself, not even by way of others."""
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        customer = start
        while customer in parents and customer not in done:
            if customer in path:
                cycle = [*path[path.index(customer) :], customer]
                findings.add(
                    Code.CYCLE, f"a customer cannot belong to itself: {' > '.join(cycle)}", parents[customer].span
                )
                break
            path.append(customer)
            customer = parents[customer].text
        done.update(path)

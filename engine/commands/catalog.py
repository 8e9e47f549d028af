"""`quotewright catalog`: import a catalogue into a database, list its products, show one with all its prices."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from catalog import describe, store
from catalog.importers.read import Imported, read_catalog
from catalog.model import Catalog
from catalog.price import validity
from catalog.product import AttributeValue, Option, Product, QuantityRule, ancestors
from engine.diagnostics import did_you_mean, render
from engine.money import plain

_FINDINGS_SHOWN = 50
_WIDTH_WITHOUT_TERMINAL = 140
_database = click.option(
    "--from",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("catalog.db"),
    show_default=True,
    help="The database that `catalog import` wrote.",
)


@click.group()
def catalog() -> None:
    """Bring a product catalogue into a database, and look at what is in it."""


@catalog.command("import")
@click.argument("source", metavar="FOLDER_OR_FILE", type=click.Path(path_type=Path))
@click.option(
    "--into",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("catalog.db"),
    show_default=True,
    help="The database to write; what it held is replaced in one transaction.",
)
def import_(source: Path, path: Path) -> None:
    """Read FOLDER_OR_FILE and write it to a database.

    Taken are a YAML file, a folder of YAML files, a folder of CSV files (products.csv, prices.csv, price_lists.csv and
    more), and the layout of the AdventureWorks sample. Everything that is to be mended is shown at once, with file,
    line and column; on any error nothing is written. The formats are described in docs/catalogue.md.
    """
    imported = read_catalog(source)
    _show_findings(imported)
    if imported.catalog is None:
        count = len(imported.findings.errors)
        raise click.ClickException(f"{count} error{'' if count == 1 else 's'} in {source}; {path} is left as it was")
    content = imported.catalog
    try:
        store.replace(path, content)
    except store.CatalogStoreError as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(
        f"{path}: {_count(len(content.products), 'product')}, {_count(len(content.prices), 'price')}"
        f" in {_count(len(content.price_lists), 'price list')}, {_count(len(content.customers), 'customer')};"
        f" version {content.version}"
    )


@catalog.command("list")
@_database
@click.option("--category", help="Only products of this category and those below it, such as hardware/servers.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many products.")
def list_(path: Path, category: str | None, limit: int) -> None:
    """List the products by SKU."""
    content = _load(path)
    if category is not None and category not in content.categories:
        hint = did_you_mean(category, content.categories)
        raise click.ClickException(f"unknown category {category!r}" + (f"; {hint}" if hint else ""))
    chosen = [item for item in content.products.values() if category is None or category in ancestors(item.category)]
    table = Table("SKU", "Name", "Category", "Charged", "Unit", "Status")
    for item in chosen[:limit]:
        cells = (item.sku, item.name, item.category, item.charge_type.value, item.unit, item.status.value)
        table.add_row(*map(escape, cells))
    _console().print(table)
    more = f", the first {limit} shown" if len(chosen) > limit else ""
    click.echo(f"{_count(len(chosen), 'product')}{more}; catalogue version {content.version}")


@catalog.command("show")
@click.argument("sku")
@_database
def show(sku: str, path: Path) -> None:
    """Show the product SKU: its attributes, costs and options, and its prices in every list."""
    content = _load(path)
    product = content.products.get(sku)
    if product is None:
        hint = did_you_mean(sku, content.products)
        raise click.ClickException(f"unknown SKU {sku!r}" + (f"; {hint}" if hint else ""))
    console = _console()
    console.print(_facts(product))
    if product.bundle is not None:
        console.print(_options(content, product))
    console.print(_prices(content, product))


def _load(path: Path) -> Catalog:
    try:
        return store.load(path)
    except store.CatalogStoreError as problem:
        raise click.ClickException(str(problem)) from problem


def _show_findings(imported: Imported) -> None:
    findings = imported.findings.sorted()
    texts = imported.texts()
    for finding in findings[:_FINDINGS_SHOWN]:
        click.echo(render(finding, texts), err=True)
    if len(findings) > _FINDINGS_SHOWN:
        click.echo(f"... and {len(findings) - _FINDINGS_SHOWN} more", err=True)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _facts(product: Product) -> Table:
    table = Table(title=escape(f"{product.sku}: {product.name}"), show_header=False, title_justify="left")
    facts = {
        "category": product.category,
        "family": product.family,
        "charged": product.charge_type.value,
        "status": product.status.value,
        "sold": describe.period(product.valid_from, product.valid_to),
        "unit": f"{product.unit}, in steps of {plain(product.quantity_step)}",
        "tax class": product.tax_class,
        "tags": ", ".join(product.tags),
        **{name: _text(value) for name, value in product.attributes.items()},
    }
    for cost in product.costs:
        when = describe.period(cost.valid_from, cost.valid_to)
        facts[f"cost ({when})"] = f"{plain(cost.amount)} {cost.currency}"
    for name, value in facts.items():
        if value:
            table.add_row(escape(name), escape(value))
    return table


def _options(content: Catalog, product: Product) -> Tree:
    tree = Tree("options")
    assert product.bundle is not None
    for group in product.bundle.groups:
        most = "any number" if group.max_options is None else str(group.max_options)
        branch = tree.add(escape(f"{group.name}: {group.min_options} to {most}"))
        for option in group.options:
            name = content.products[option.sku].name
            default = ", default" if option.default else ""
            branch.add(escape(f"{option.sku} {name}: {_option_quantity(option)}, {_option_price(option)}{default}"))
    return tree


def _option_quantity(option: Option) -> str:
    if option.quantity_rule is QuantityRule.FREE:
        most = "any number" if option.max_quantity is None else plain(option.max_quantity)
        return f"{plain(option.min_quantity)} to {most}, {plain(option.quantity)} proposed"
    return f"{plain(option.quantity)} {'in all' if option.quantity_rule is QuantityRule.FIXED else 'each'}"


def _option_price(option: Option) -> str:
    if option.own_prices:
        return " or ".join(f"{plain(price.amount)} {price.currency}" for price in option.own_prices)
    return {"included": "included", "list": "list price"}[option.pricing.value]


def _prices(content: Catalog, product: Product) -> Table:
    """The prices that may apply, most specific first."""
    table = Table("Price list", "For", "Valid", "Quantity", "Price", "From", title="prices", title_justify="left")
    nearness = {path: distance for distance, path in enumerate(ancestors(product.category), start=1)}
    found = [
        (content.price_lists[entry.price_list], nearness.get(entry.category, 0), entry)
        for entry in content.prices.values()
        if entry.sku == product.sku or entry.category in nearness
    ]
    found.sort(key=lambda item: (item[0].currency, item[0].scope.rank, item[0].id, item[1], item[2].id))
    for price_list, _, entry in found:
        start, end = validity(price_list, entry)
        cells = (
            f"{price_list.id} ({price_list.currency})",
            describe.audience(price_list) + (f", category {entry.category}" if entry.category else ""),
            describe.period(start, end),
            describe.quantity_range(entry),
            describe.price(entry, price_list.currency),
            str(entry.span),
        )
        table.add_row(*map(escape, cells))
    return table


def _text(value: AttributeValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

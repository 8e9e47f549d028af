"""The layout of the AdventureWorks sample: products, price and cost history, and which offers cover which products.

Everybody's list prices become one price list; the resellers' share and the offers' discounts are rules, which find
the products an offer covers by their tags ("offer-2").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.importers.build import Section, Sections
from catalog.importers.csv_rows import Rows, read_rows
from catalog.importers.records import FixedPlace, Listing, Node, Record, Scalar
from engine.diagnostics import Code, Findings
from engine.source import Span

PRICE_LIST = "list-usd"
_CURRENCY = "USD"
_PRECISION = "4"
_WITHOUT_CATEGORY = "Parts"  # bought or made for assembly, never sold by themselves
_FILES: dict[str, frozenset[str]] = {
    "products.csv": frozenset(
        {
            "product_number",
            "name",
            "category",
            "subcategory",
            "color",
            "size",
            "standard_cost",
            "list_price",
            "sell_start",
            "sell_end",
            "finished_good",
        }
    ),
    "list_price_history.csv": frozenset({"product_number", "start_date", "end_date", "list_price"}),
    "cost_history.csv": frozenset({"product_number", "start_date", "end_date", "standard_cost"}),
    "special_offer_products.csv": frozenset({"offer_id", "product_number"}),
}


def is_adventureworks(folder: Path) -> bool:
    """Whether a folder has this layout."""
    return (folder / "list_price_history.csv").exists()


def read_adventureworks(folder: Path, findings: Findings) -> Sections:
    """The records of a folder in this layout."""
    files: dict[str, Rows] = {}
    for name, columns in _FILES.items():
        files[name] = read_rows(folder / name, columns, findings)
        if not (folder / name).exists():
            findings.add(Code.FILE_MISSING, "the file does not exist", Span(name))
    history = list(files["list_price_history.csv"])
    costs = _by_product(files["cost_history.csv"])
    offers = _by_product(files["special_offer_products.csv"])
    products = list(files["products.csv"])
    prices = [*map(_historic_price, history), *_standing_prices(products, _by_product(history))]
    return Sections(
        attributes=_given(folder / "products.csv", {"name": "color", "type": "text"}, {"name": "size", "type": "text"}),
        products=Section([_product(record, costs, offers) for record in products], len(products)),
        price_lists=_given(
            folder / "list_price_history.csv",
            {"id": PRICE_LIST, "name": "List prices", "currency": _CURRENCY, "precision": _PRECISION},
        ),
        prices=Section(prices, len(prices)),
    )


def _product(record: Record, costs: dict[str, list[Record]], offers: dict[str, list[Record]]) -> Record:
    number = _text(record, "product_number")
    category = "/".join(part for part in (_text(record, "category"), _text(record, "subcategory")) if part)
    fields = _renamed(
        record, {"product_number": "sku", "name": "name", "sell_start": "valid_from", "sell_end": "valid_to"}
    )
    fields["category"] = _scalar(record, "category", category or _WITHOUT_CATEGORY)
    fields["charge_type"] = _scalar(record, "product_number", "one_time")
    fields["attributes"] = Record(_renamed(record, {"color": "color", "size": "size"}), record.span)
    tags: list[Node] = [
        _scalar(offer, "offer_id", f"offer-{_text(offer, 'offer_id')}") for offer in offers.get(number, ())
    ]
    fields["tags"] = Listing(tags, record.span)
    known = costs.get(number)
    if known is not None:
        fields["costs"] = Listing([_historic_cost(cost) for cost in known], record.span)
    elif _text(record, "standard_cost").strip("0."):
        fields |= _renamed(record, {"standard_cost": "cost"})
        fields["cost_currency"] = _scalar(record, "standard_cost", _CURRENCY)
    return Record(fields, record.span)


def _historic_cost(record: Record) -> Record:
    fields = _renamed(record, {"standard_cost": "amount", "start_date": "valid_from", "end_date": "valid_to"})
    fields["currency"] = _scalar(record, "standard_cost", _CURRENCY)
    return Record(fields, record.span)


def _historic_price(record: Record) -> Record:
    fields = _renamed(
        record,
        {
            "product_number": "sku",
            "list_price": "unit_price",
            "start_date": "valid_from",
            "end_date": "valid_to",
        },
    )
    fields["price_list"] = _scalar(record, "product_number", PRICE_LIST)
    return Record(fields, record.span)


def _standing_prices(products: Iterable[Record], history: dict[str, list[Record]]) -> Iterator[Record]:
    """Products with a list price but no history have had that price since they have been sold."""
    for record in products:
        if _text(record, "product_number") not in history and _text(record, "list_price").strip("0."):
            fields = _renamed(record, {"product_number": "sku", "list_price": "unit_price", "sell_start": "valid_from"})
            fields["price_list"] = _scalar(record, "product_number", PRICE_LIST)
            yield Record(fields, record.span)


def _by_product(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(_text(record, "product_number"), []).append(record)
    return found


def _text(record: Record, name: str) -> str:
    node = record.fields.get(name)
    return node.text if isinstance(node, Scalar) else ""


def _scalar(record: Record, near: str, text: str) -> Scalar:
    """A value that the layout implies, at the place of a field that it comes from."""
    node = record.fields.get(near)
    return node._replace(text=text) if isinstance(node, Scalar) else Scalar(text, FixedPlace(record.span))


def _renamed(record: Record, names: dict[str, str]) -> dict[str, Node]:
    return {new: record.fields[old] for old, new in names.items() if old in record.fields}


def _given(path: Path, *items: dict[str, str]) -> Section:
    """Records that the layout implies rather than holds."""
    place = FixedPlace(Span(path.name))
    records = [Record({name: Scalar(text, place) for name, text in item.items()}, place.place) for item in items]
    return Section(records, len(records))

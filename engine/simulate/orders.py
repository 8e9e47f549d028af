"""Past orders from CSV files, as they were charged."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from engine.money import to_decimal

ORDER_COLUMNS = ("order_id", "order_date", "subtotal")
LINE_COLUMNS = ("order_id", "line_no", "product_number", "quantity", "unit_price")


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of a past order as it was charged."""

    number: str
    sku: str
    quantity: str
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class ChargedOrder:
    """A past order as it was charged.

    Attributes:
        id: identifier.
        place: file and line that it stands in.
        date: day of the order, ISO 8601.
        channel: sales channel; "" where unknown.
        subtotal: sum of its lines.
        lines: in the order of the file.
    """

    id: str
    place: str
    date: str
    channel: str
    subtotal: Decimal
    lines: list[ChargedLine]


def read_orders(orders: Path, lines: Path) -> list[ChargedOrder]:
    """The orders of two CSV files.

    Args:
        orders: with the columns order_id, order_date, subtotal and, where known, channel.
        lines: with the columns order_id, line_no, product_number, quantity and unit_price.

    Raises:
        ValueError: a file has no such columns, a number is none, lines have no order, or there are no orders.
    """
    by_order: dict[str, list[ChargedLine]] = defaultdict(list)
    for place, row in _rows(lines, LINE_COLUMNS):
        price = _decimal(row["unit_price"], f"{place}: unit_price")
        by_order[row["order_id"]].append(ChargedLine(row["line_no"], row["product_number"], row["quantity"], price))
    past = [
        ChargedOrder(
            row["order_id"],
            place,
            row["order_date"],
            row.get("channel") or "",
            _decimal(row["subtotal"], f"{place}: subtotal"),
            by_order.pop(row["order_id"], []),
        )
        for place, row in _rows(orders, ORDER_COLUMNS)
    ]
    if by_order:
        raise ValueError(f"{lines}: lines of orders that {orders} does not have: {', '.join(sorted(by_order)[:5])}")
    if not past:
        raise ValueError(f"{orders}: holds no orders")
    return past


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV file with their places."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}:1: the columns {', '.join(missing)} are missing")
        for row in reader:
            place = f"{path}:{reader.line_num}"
            if None in row.values():
                raise ValueError(f"{place}: the row has fewer cells than the head has columns")
            yield place, row


def _decimal(text: str, what: str) -> Decimal:
    try:
        return to_decimal(text)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None

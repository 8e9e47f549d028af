"""The command `reconcile`: past orders priced again by a rulebook, compared with what was charged."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from quotewright_client import QuotewrightClient, QuotewrightError, line, quote

from catalog.importers.progress import with_progress
from engine.commands.failure import BAD_FILES, BAD_QUOTE, NO_SERVER, fail, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.commands.server_access import AUTHORITY, TOKEN, credentials
from engine.decision import decide
from engine.diagnostics import RejectedError
from engine.money import plain, to_decimal
from engine.quote import QuoteRejectedError
from engine.service.snapshot_source import SnapshotSource
from engine.simulate.orders import ChargedOrder, read_orders
from engine.snapshot import Snapshot
from engine.wire.read_decision import read_decision
from engine.wire.read_quote import read_quote

SHOWN_DIFFERENCES = 10


@dataclass(slots=True)
class Tally:
    """What the comparison found."""

    lines: int = 0
    equal_lines: int = 0
    orders: int = 0
    equal_orders: int = 0
    differences: list[str] = field(default_factory=list)


Priced = tuple[list[Decimal], Decimal] | str
"""Unit prices and total of an order, or why it could not be priced."""


@click.command()
@click.argument("orders", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("lines", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--server", metavar="ADDRESS", default="", help="Ask a server, for example localhost:50051.")
@TOKEN
@AUTHORITY
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files.")
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files.")
@click.option("--currency", default="USD", show_default=True, help="Of every order.")
@click.option("--tolerance", default="0.0001", show_default=True, help="By how much a subtotal may differ.")
def reconcile(
    orders: Path,
    lines: Path,
    server: str,
    token: str,
    authority: Path | None,
    rules: Path,
    catalog: Path,
    currency: str,
    tolerance: str,
) -> None:
    """Price past ORDERS with their LINES again and compare unit prices and subtotals with what was charged.

    ORDERS is a CSV file with the columns order_id, order_date, subtotal and, where known, channel. LINES has order_id,
    line_no, product_number, quantity and unit_price. Exit code 1 tells that something differs.
    """
    try:
        past, allowed = read_orders(orders, lines), to_decimal(tolerance)
    except ValueError as error:
        fail(str(error), BAD_FILES)
    messages = [_message(order, currency) for order in past]
    snapshot = None if server else _loaded(SnapshotSource(rules, catalog))
    started = time.perf_counter()
    if snapshot is None:
        client = QuotewrightClient(server, timeout=300, token=token, credentials=credentials(authority))
        answers = _by_server(messages, client, server)
    else:
        answers = _in_process(messages, snapshot)
    tally = _compare(with_progress(zip(past, answers, strict=True), len(past), "orders"), allowed)
    seconds = time.perf_counter() - started
    for difference in tally.differences[:SHOWN_DIFFERENCES]:
        click.echo(difference)
    if len(tally.differences) > SHOWN_DIFFERENCES:
        click.echo(f"... and {len(tally.differences) - SHOWN_DIFFERENCES:,} more differences")
    where = f"by the server at {server}" if server else "in process"
    click.echo(f"{tally.equal_lines:,} of {tally.lines:,} unit prices are exactly what was charged")
    click.echo(f"{tally.equal_orders:,} of {tally.orders:,} subtotals are within {tolerance}")
    click.echo(f"priced {where} in {seconds:.2f} s")
    if tally.equal_lines < tally.lines or tally.equal_orders < tally.orders:
        raise SystemExit(BAD_QUOTE)


def _message(order: ChargedOrder, currency: str) -> Any:
    lines = [line(item.sku, item.quantity, id=item.number) for item in order.lines]
    return quote(lines, currency=currency, price_date=order.date, id=order.id, channel=order.channel)


def _loaded(source: SnapshotSource) -> Snapshot:
    try:
        return source.load()[0]
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)


def _in_process(messages: list[Any], snapshot: Snapshot) -> Iterator[Priced]:
    for message in messages:
        try:
            priced = decide(snapshot, read_quote(message)).pricing
        except QuoteRejectedError as error:
            yield str(error)
        else:
            yield [item.net_unit_price for item in priced.lines], priced.totals.net_total


def _by_server(messages: list[Any], client: QuotewrightClient, server: str) -> Iterator[Priced]:
    try:
        with client:
            for outcome in client.price_quotes(messages):
                if outcome.decision is None:
                    yield str(outcome.error)
                else:
                    priced = read_decision(outcome.decision).pricing
                    yield [item.net_unit_price for item in priced.lines], priced.totals.net_total
    except QuotewrightError as error:
        fail(f"{server}: {error}", NO_SERVER)


def _compare(pairs: Iterable[tuple[ChargedOrder, Priced]], tolerance: Decimal) -> Tally:
    tally = Tally()
    for order, priced in pairs:
        tally.orders += 1
        tally.lines += len(order.lines)
        if isinstance(priced, str):
            tally.differences.append(f"order {order.id}: {priced}")
            continue
        prices, total = priced
        for charged, price in zip(order.lines, prices, strict=True):
            if price == charged.unit_price:
                tally.equal_lines += 1
            else:
                tally.differences.append(
                    f"order {order.id}, line {charged.number}: SKU {charged.sku} was charged at "
                    f"{plain(charged.unit_price)}, the rulebook gives {plain(price)}"
                )
        if abs(total - order.subtotal) <= tolerance:
            tally.equal_orders += 1
        else:
            tally.differences.append(
                f"order {order.id}: was charged {plain(order.subtotal)}, the rulebook gives {plain(total)}"
            )
    return tally

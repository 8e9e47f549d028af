"""The command `demo`: a server on the samples, a sample quote priced over gRPC and shown, then service until Ctrl-C."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import click

from catalog import store
from catalog.importers.read import read_catalog
from engine.commands.failure import BAD_FILES, fail, fail_with_findings
from engine.commands.price import Where, decided, read
from engine.commands.samples import CATALOG, QUOTE, ROOT, RULES
from engine.commands.show_decision import console, show_decision
from engine.diagnostics import RejectedError
from engine.service.snapshot_source import SnapshotSource

_SERVING = re.compile(r"serving on (\S+:\d+)")
STOP_SECONDS = 15.0


@click.command()
@click.option("--address", default="127.0.0.1:50051", show_default=True, help="Where the server listens.")
@click.option("--once", is_flag=True, help="Stop after the sample quote instead of serving on.")
def demo(address: str, once: bool) -> None:
    """Start the server on the sample rulebook and catalogue, price a sample quote over gRPC, serve until Ctrl-C."""
    database = _import_catalog()
    arguments = ["--rules", str(_shown(RULES)), "--catalog", str(_shown(database)), "--address", address]
    arguments += ["--database", str(_shown(database.with_name("quotewright.sqlite")))]
    click.echo(f"== Starting the server: python server.py {' '.join(arguments)}")
    command = [sys.executable, "server.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)  # noqa: S603  # our own server
    assert process.stderr is not None
    pass_on = threading.Thread(target=_pass_on, args=(process.stderr,), daemon=True)
    try:
        served_at = _wait_until_serving(process.stderr)
        if not served_at:
            fail(f"the server did not start (exit code {process.wait()})", BAD_FILES)
        pass_on.start()
        _price_sample(served_at)
        if not once:
            click.echo(f"== Serving on {served_at} until Ctrl-C. In another terminal, for example:")
            click.echo(f"   .venv/bin/quotewright price {_shown(QUOTE)} --server {served_at} --line servers")
            process.wait()
    except KeyboardInterrupt:
        click.echo("== Stopping")
    finally:
        _stop(process)
        if pass_on.is_alive():
            pass_on.join()
        process.stderr.close()


def _import_catalog() -> Path:
    """Import the sample catalogue into a database, as one's own would be."""
    database = ROOT / "var" / "sample-catalog.sqlite"
    database.parent.mkdir(exist_ok=True)
    click.echo(f"== Importing the sample catalogue {_shown(CATALOG)} into {_shown(database)}")
    try:
        catalog = read_catalog(CATALOG).usable()
        store.replace(database, catalog)
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    except store.CatalogStoreError as error:
        fail(str(error), BAD_FILES)
    click.echo(f"   {len(catalog.products)} products, {len(catalog.prices)} prices, version {catalog.version}")
    return database


def _price_sample(served_at: str) -> None:
    click.echo(f"== Pricing {_shown(QUOTE)} over gRPC")
    decision = decided(read(QUOTE), Where(served_at, 10.0, SnapshotSource(RULES, CATALOG)))
    richest = max(decision.pricing.lines, key=lambda line: len(line.waterfall))
    show_decision(decision, [richest], console(), roundings=False)


def _wait_until_serving(log: Iterable[str]) -> str:
    """Pass the server's log on until it serves; gives its address, "" where it ended before."""
    for line in log:
        sys.stderr.write(line)
        if found := _SERVING.search(line):
            return found[1]
    return ""


def _pass_on(log: IO[str]) -> None:
    for line in log:
        sys.stderr.write(line)


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT)

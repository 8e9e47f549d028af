"""The command `configure`: a person walked through a product, or the facts about a feature model."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import click

from engine.commands.configure_session import HELP, ConfigureSession
from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.compile.feature_model import compile_feature_model
from engine.configure.answer import State
from engine.configure.configurator import Configurator
from engine.configure.counting import count_configurations
from engine.configure.solver import OutOfTimeError
from engine.diagnostics import Findings, RejectedError, did_you_mean
from engine.load.configuration import FEATURE_MODELS, load_feature_model
from engine.load.files import RuleFile
from engine.service.snapshot_source import SnapshotSource


@click.command()
@click.argument("product")
@click.option(
    "--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files; the sample unless given."
)
@click.option(
    "--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files; the sample unless given."
)
@click.option("--date", "day", metavar="DATE", default="", help="Day of sale, for what is valid; none unless given.")
@click.option("--facts", is_flag=True, help="Tell core and dead options and the number of configurations, and end.")
@click.option("--seconds", default=60.0, show_default=True, help="What counting may take.")
def configure(product: str, rules: Path, catalog: Path, day: str, facts: bool, seconds: float) -> None:
    """Configure PRODUCT, a SKU of the rulebook or a feature model (.uvl, .dimacs, .cnf), line by line.

    Every line typed is a choice or a question; "help" lists them. Exit codes: 1 where there is no such product, 2 where
    files cannot be used.
    """
    configurator = _configurator(product, SnapshotSource(rules, catalog))
    if facts:
        _tell_facts(configurator, seconds)
        return
    session = ConfigureSession(configurator, _day(day))
    click.echo(HELP.rstrip())
    for line in session.overview():
        click.echo(line)
    while True:
        click.echo(f"{configurator.model.product}> ", nl=False)
        typed = sys.stdin.readline()
        if not typed or typed.strip() in ("quit", "exit"):
            click.echo("")
            return
        for line in session.say(typed):
            click.echo(line)


def _configurator(product: str, source: SnapshotSource) -> Configurator:
    """The product's; ends the command where there is none."""
    path = Path(product)
    if path.suffix.lower() in FEATURE_MODELS:
        return _of_file(path)
    try:
        snapshot, _ = source.load()
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    if product not in snapshot.configuration:
        known = ", ".join(snapshot.configuration) or "none"
        hint = did_you_mean(product, snapshot.configuration)
        fail(f"there is no configurable product {product!r}; {hint or f'there is {known}'}", BAD_QUOTE)
    return snapshot.configuration[product]


def _of_file(path: Path) -> Configurator:
    findings = Findings()
    try:
        content = path.read_bytes()
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror}", BAD_FILES)
    source = load_feature_model(RuleFile(path.name, content), findings)
    if source is None:
        fail_with_findings(findings, BAD_FILES)
    return Configurator(compile_feature_model(source, content.hex()))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"--date: expected a date such as 2026-03-01, found {text!r}", BAD_FILES)


def _tell_facts(configurator: Configurator, seconds: float) -> None:
    """What holds of the model whatever is chosen."""
    model = configurator.model
    answer = configurator.configure(configurator.read(()))
    click.echo(f"{len(model.elements):,} options, {len(model.constraints):,} constraints")
    if answer.conflict:
        click.echo("no valid configuration")
        return
    for name, state in (("core", State.FORCED), ("dead", State.EXCLUDED)):
        found = answer.with_state(state)
        click.echo(f"{name} ({len(found):,}): {', '.join(found) or 'none'}")
    try:
        count = count_configurations(model.rules, time.perf_counter() + seconds)
    except OutOfTimeError:
        click.echo(f"number of configurations: not feasible within {seconds:g} s")
    else:
        click.echo(f"number of configurations: {count}")

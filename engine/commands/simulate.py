"""The command `simulate`: stored quotes decided under the rules as they are and as they are to be."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail, fail_with_findings
from engine.commands.samples import CATALOG
from engine.commands.show_decision import console
from engine.commands.show_simulation import show_simulation
from engine.diagnostics import RejectedError
from engine.service.snapshot_source import SnapshotSource
from engine.simulate.corpus import Corpus, open_corpus
from engine.simulate.cuts import known_facts, unknown_fact
from engine.simulate.gate_file import Gate, load_gates
from engine.simulate.gates import verdicts
from engine.simulate.report import html_report
from engine.simulate.result import as_json
from engine.simulate.run import DEFAULT_BY, Simulation, SimulationFailedError
from engine.simulate.run import simulate as simulate_corpus
from engine.snapshot import Snapshot

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


@click.command()
@click.option("--rules", type=click.Path(path_type=Path), required=True, help="Folder of rules to be tried.")
@click.option("--baseline", type=click.Path(path_type=Path), required=True, help="Folder of rules as they are.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    required=True,
    multiple=True,
    help="Stored quotes: folder, file of a quote, JSON lines, orders.csv, or database; may be repeated.",
)
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue; the sample unless given.")
@click.option("--baseline-catalog", type=click.Path(path_type=Path), help="Catalogue as it is, where that differs.")
@click.option(
    "--by",
    multiple=True,
    metavar="FACT",
    help=f"Divide by a fact, for example customer.country; may be repeated. Unless given: {', '.join(DEFAULT_BY)}.",
)
@click.option("--gate", type=click.Path(path_type=Path), help="File of gates that the change must keep to.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a report that a browser opens.")
@click.option("--json", "as_values", is_flag=True, help="Print everything as JSON.")
@click.option("--largest", type=click.IntRange(0, 1000), default=10, show_default=True, help="Movers to explain.")
@click.option("--currency", default="USD", show_default=True, help="Of orders in CSV files, which name none.")
@click.option("--processes", type=click.IntRange(0, 256), default=0, help="How many; as many as cores unless given.")
def simulate(
    rules: Path,
    baseline: Path,
    against: tuple[Path, ...],
    catalog: Path,
    baseline_catalog: Path | None,
    by: tuple[str, ...],
    gate: Path | None,
    html: Path | None,
    as_values: bool,
    largest: int,
    currency: str,
    processes: int,
) -> None:
    """Decide stored quotes under the rules as they are (--baseline) and as they are to be (--rules); show the effect.

    Quotes that cannot be read are told and counted. The result does not depend on the number of processes.

    Exit codes: 0 where no gate failed, 1 where one did, 2 where files cannot be used, 130 after Ctrl-C.
    """
    before = _loaded(SnapshotSource(baseline, baseline_catalog or catalog), "the baseline")
    after = _loaded(SnapshotSource(rules, catalog), "the new version")
    facts = known_facts([before, after])
    divisions = tuple(dict.fromkeys(by or DEFAULT_BY))
    for name in divisions:
        if told := unknown_fact(name, facts):
            fail(f"--by: {told}", BAD_FILES)
    try:
        gates = () if gate is None else load_gates(gate, facts)
        corpus = open_corpus(against, currency)
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    if html is not None and not html.absolute().parent.is_dir():
        fail(f"--html: there is no folder {html.absolute().parent}", BAD_FILES)
    started = time.perf_counter()
    simulation = _run(before, after, corpus, divisions, gates, processes, largest)
    seconds = time.perf_counter() - started
    if simulation.tally.quotes == simulation.tally.unreadable:
        _tell_unreadable(simulation)
    _tell(simulation, html, as_values=as_values)
    click.echo(f"{simulation.tally.quotes:,} quotes decided twice in {seconds:.1f} s", err=True)
    if not all(verdict.passed for verdict in verdicts(simulation.tally, gates)):
        raise SystemExit(BAD_QUOTE)


def _loaded(source: SnapshotSource, what: str) -> Snapshot:
    try:
        return source.load()[0]
    except RejectedError as error:
        click.echo(f"{what}, {source.rules}, cannot be used:", err=True)
        fail_with_findings(error.findings, BAD_FILES)


def _run(
    before: Snapshot,
    after: Snapshot,
    corpus: Corpus,
    by: Sequence[str],
    gates: Sequence[Gate],
    processes: int,
    largest: int,
) -> Simulation:
    """The simulation with a bar of its progress; ends the command where it is stopped or fails."""
    try:
        with _stoppable(), _bar(corpus) as advance:
            return simulate_corpus(
                before, after, corpus, by=by, gates=gates, processes=processes, largest=largest, progress=advance
            )
    except KeyboardInterrupt:
        fail("stopped; nothing was written", STOPPED)
    except SimulationFailedError as error:
        fail(str(error), BAD_FILES)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM stops the run as Ctrl-C does, so that no process is left behind."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@contextmanager
def _bar(corpus: Corpus) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where a person looks at it; without a thread, since processes are forked beside it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    out = Console(stderr=True)
    with Progress(*columns, console=out, auto_refresh=False, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("quotes", total=corpus.count())

        def advance(quotes: int) -> None:
            bar.update(task, advance=quotes, refresh=True)

        yield advance


def _write(path: Path, text: str) -> None:
    """Write a whole file or none; what is no file, such as /dev/stdout, is written to as it is."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _tell_unreadable(simulation: Simulation) -> NoReturn:
    for told in simulation.tally.unreadable_told:
        click.echo(told, err=True)
    fail(f"none of {simulation.tally.quotes:,} stored quotes can be read", BAD_FILES)


def _tell(simulation: Simulation, html: Path | None, *, as_values: bool) -> None:
    found = verdicts(simulation.tally, simulation.gates)
    if as_values:
        click.echo(json.dumps(as_json(simulation, found), indent=2, ensure_ascii=False))
    else:
        show_simulation(simulation, found, console())
    if html is not None:
        try:
            _write(html, html_report(simulation, found))
        except OSError as error:
            fail(f"{html}: cannot be written: {error.strerror}", BAD_FILES)
        click.echo(f"report written to {html}", err=True)

"""The command `renew`: every contract of a file that falls due in a window, proposed and decided, restartable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.decision import ApprovalRequest, Renewal
from engine.decision import renew as renew_contract
from engine.diagnostics import RejectedError
from engine.money import ZERO, to_decimal
from engine.quote import QuoteRejectedError
from engine.renew.contract import Contract, RenewalRequest
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import Snapshot
from engine.wire.read_contract import read_contract_json
from engine.wire.text import decimal_text
from engine.wire.violations import Violations

DAY = click.DateTime(["%Y-%m-%d"])
SAVED_EVERY = 100


@dataclass(slots=True)
class Totals:
    """What a batch comes to.

    Attributes:
        states: contracts by what became of them.
        renewed: net totals of proposed quotes, by currency.
        outcomes: proposed quotes by the outcome of routing.
    """

    states: dict[str, int] = field(default_factory=dict)
    renewed: dict[str, Decimal] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)

    def add(self, line: dict[str, Any]) -> None:
        """Count one line of the output."""
        self.states[line["state"]] = self.states.get(line["state"], 0) + 1
        if line["state"] == "proposed":
            currency = line["currency"]
            self.renewed[currency] = self.renewed.get(currency, ZERO) + to_decimal(line["net_total"])
            outcome = line["approval"] or "not routed"
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


@click.command()
@click.argument("contracts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "first", type=DAY, required=True, help="First day of the window: contracts that end in it.")
@click.option("--to", "last", type=DAY, required=True, help="Last day of the window.")
@click.option("--day", type=DAY, required=True, help="Today: prices are those of this day.")
@click.option("--requester", default="", help="Person whose quotes these are, for routing.")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files.")
@click.option("--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files.")
def renew(
    contracts: Path,
    output: Path,
    first: datetime,
    last: datetime,
    day: datetime,
    requester: str,
    rules: Path,
    catalog: Path,
) -> None:
    """Propose the renewal of every contract in CONTRACTS that ends in a window, one JSON line each in OUTPUT.

    CONTRACTS holds a contract a line, as JSON with the field names of renewal_service.proto. A run that was stopped
    goes on where it ended when it is started again with the same OUTPUT. Exit code 1 where contracts were refused.
    """
    try:
        snapshot, _ = SnapshotSource(rules, catalog).load()
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    if snapshot.renewal is None:
        fail(f"{rules}: the rulebook has no renewal rules", BAD_FILES)
    console = Console(stderr=True)
    done = completed(output)
    if done:
        console.print(f"going on after {len(done):,} contracts that {output} holds already")
    work = _Batch(snapshot, day.date(), first.date(), last.date(), requester)
    total = sum(1 for _ in _lines(contracts))
    progress = Progress(
        "[progress.description]{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console,
    )  # fmt: skip
    with progress, output.open("a", encoding="utf-8") as stream:
        task = progress.add_task("renewing", total=total)
        for number, text in enumerate(_lines(contracts), start=1):
            line = work.line(number, text, done)
            if line is not None:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            if number % SAVED_EVERY == 0:
                stream.flush()
                progress.update(task, completed=number)
        progress.update(task, completed=total)
    totals = totals_of(output)
    _show(totals)
    if totals.states.get("refused"):
        fail(f"{totals.states['refused']:,} contracts were refused; {output} says why", BAD_QUOTE)


class _Batch:
    """The contracts of a window, on one snapshot."""

    def __init__(self, snapshot: Snapshot, day: date, first: date, last: date, requester: str) -> None:
        self.snapshot = snapshot
        self.day = day
        self.first = first
        self.last = last
        self.approval = ApprovalRequest(requester) if snapshot.approval is not None else None

    def line(self, number: int, text: str, done: set[str]) -> dict[str, Any] | None:
        """The line of the output for a contract; None for one that is not due, or that was done before."""
        violations = Violations()
        try:
            contract = read_contract_json(text, violations)
        except ValueError as error:
            name = f"line {number}"
            return None if name in done else _refused(name, [str(error)])
        name = contract.id or f"line {number}"
        if name in done:
            return None
        if violations.found:
            return _refused(name, [f"{v.field}: {v.message}" for v in violations.found])
        if not self.first <= contract.end <= self.last:
            return None
        try:
            renewal = renew_contract(self.snapshot, RenewalRequest(contract, self.day), approval=self.approval)
        except QuoteRejectedError as error:
            return _refused(contract.id, [f"{v.field}: {v.message}" for v in error.violations])
        return _told(contract, renewal)


def completed(output: Path) -> set[str]:
    """Ids of the contracts that an output holds; a line that a kill cut off is removed."""
    if not output.exists():
        return set()
    content = output.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with output.open("r+b") as stream:
            stream.truncate(whole)
    return {json.loads(line)["contract_id"] for line in content[:whole].splitlines()}


def totals_of(output: Path) -> Totals:
    """The totals of what an output holds: read back from it, so that they are those of the file."""
    totals = Totals()
    with output.open(encoding="utf-8") as stream:
        for line in stream:
            totals.add(json.loads(line))
    return totals


def _lines(contracts: Path) -> Iterator[str]:
    with contracts.open(encoding="utf-8") as stream:
        yield from (line for line in stream if line.strip())


def _refused(contract_id: str, problems: list[str]) -> dict[str, Any]:
    return {"contract_id": contract_id, "state": "refused", "problems": problems}


def _told(contract: Contract, renewal: Renewal) -> dict[str, Any]:
    proposal, decision = renewal.proposal, renewal.decision
    line: dict[str, Any] = {
        "contract_id": contract.id,
        "state": "proposed" if decision is not None else "nothing_to_renew",
        "end": contract.end.isoformat(),
        "notice_by": proposal.notice.notice_by.isoformat(),
        "excluded": {item.contract_line: item.reason for item in proposal.excluded},
        "flags": [flag for flag, _ in proposal.flags],
    }
    if decision is not None:
        route = decision.approval
        line |= {
            "quote_id": decision.quote_id,
            "currency": decision.currency,
            "net_total": decimal_text(decision.pricing.totals.net_total),
            "lines": {item.id: decimal_text(item.net_total) for item in decision.pricing.lines},
            "approval": "" if route is None else route.outcome.value,
            "approvers": [] if route is None else [step.id for step in route.steps],
        }
    return line


def _show(totals: Totals) -> None:
    table = Table("What", "Contracts", "Net total", title="Renewals")
    for state, count in sorted(totals.states.items()):
        table.add_row(state.replace("_", " "), f"{count:,}", "")
    for outcome, count in sorted(totals.outcomes.items()):
        table.add_row(f"  {outcome.replace('_', ' ')}", f"{count:,}", "")
    for currency, amount in sorted(totals.renewed.items()):
        table.add_row(f"  in {currency}", "", f"{amount:,} {currency}")
    Console().print(table)

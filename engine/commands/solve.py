"""The command `solve`: the largest discount on a quote or a line that keeps a margin or needs nobody's approval."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click

from engine.commands.failure import BAD_FILES, BAD_QUOTE, fail, fail_with_findings
from engine.commands.price import read
from engine.commands.samples import CATALOG, RULES
from engine.commands.show_decision import amount_text
from engine.decision import ApprovalRequest
from engine.diagnostics import RejectedError
from engine.money import to_decimal
from engine.quote import QuoteRejectedError
from engine.service.snapshot_source import SnapshotSource
from engine.solve import Goal, LargestDiscount, largest_discount
from engine.wire.read_quote import read_quote


@click.command()
@click.argument("quote", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--margin", metavar="PERCENT", default="", help="Least margin in percent of the net total.")
@click.option(
    "--line", metavar="ID", default="", help="Look for the discount of this line, which the margin is then of."
)
@click.option("--auto-approved", is_flag=True, help="The quote must be approved without anybody.")
@click.option("--requester", metavar="ID", default="", help="Who submits the quote, for its approval.")
@click.option(
    "--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files; the sample unless given."
)
@click.option(
    "--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files; the sample unless given."
)
def solve(quote: Path, margin: str, auto_approved: bool, line: str, requester: str, rules: Path, catalog: Path) -> None:
    """Find the largest discount on QUOTE, in place of the one it asks for, that keeps a margin or an auto-approval.

    With --line it is that of one line, and the least unit price to ask for is told as well.

    Exit codes: 1 where the quote cannot be decided or no discount reaches the goal, 2 where files cannot be used.
    """
    if not margin and not auto_approved:
        raise click.UsageError("say what the discount must keep: --margin, --auto-approved, or both")
    goal = Goal(
        margin_percent=_percent(margin) if margin else None,
        approval=ApprovalRequest(requester=requester) if auto_approved else None,
        line_id=line,
    )
    file = read(quote)
    try:
        snapshot, _ = SnapshotSource(rules, catalog).load()
        found = largest_discount(snapshot, read_quote(file.message.quote), goal)
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    except QuoteRejectedError as error:
        fail_with_findings(file.findings(error.violations), BAD_QUOTE, [file.document.source])
    _tell(found, line)


def _percent(text: str) -> Decimal:
    try:
        return to_decimal(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--margin") from None


def _tell(found: LargestDiscount, line_id: str) -> None:
    totals, code = found.decision.pricing.totals, found.decision.currency
    margin = "" if totals.margin_percent is None else f", margin {totals.margin_percent} %"
    net = f"net {amount_text(totals.net_total)}{margin}"
    if line_id:
        _tell_line(found, line_id, net)
    elif found.amount is None or found.percent is None:
        fail(f"not reached without any discount: {net}", BAD_QUOTE)
    else:
        click.echo(f"Largest amount off: {amount_text(found.amount)} {code} ({net})")
        click.echo(f"Largest percent off: {found.percent} %")


def _tell_line(found: LargestDiscount, line_id: str, net: str) -> None:
    code = found.decision.currency
    if found.unit_price is None:
        fail(f"line {line_id}: no price reaches it; the quote is {net}", BAD_QUOTE)
    if found.amount is None or found.percent is None:
        click.echo(f"Line {line_id} does not reach it without any discount.")
    else:
        click.echo(f"Largest amount off a unit of line {line_id}: {amount_text(found.amount)} {code}")
        click.echo(f"Largest percent off line {line_id}: {found.percent} %")
    click.echo(f"Least unit price to ask for: {amount_text(found.unit_price)} {code} (the quote is then {net})")

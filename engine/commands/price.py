"""The command `price`: a quote from a file, decided in process or by a server, shown as tables or as JSON."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from quotewright_client import DeadlineExceededError, InvalidQuoteError, QuotewrightClient, QuotewrightError

from engine.commands.failure import BAD_FILES, BAD_QUOTE, NO_SERVER, fail, fail_with_findings
from engine.commands.samples import CATALOG, RULES
from engine.commands.server_access import AUTHORITY, TOKEN, credentials
from engine.commands.show_decision import console, show_decision
from engine.commands.show_parts import show_explanation, show_parts
from engine.decision import Decision, decide
from engine.diagnostics import RejectedError
from engine.explain import explain
from engine.pricing.result import PricedLine
from engine.quote import QuoteRejectedError, Violation
from engine.service.snapshot_source import SnapshotSource
from engine.source import SourceText
from engine.trace import Explanation
from engine.wire.decision_json import decision_json
from engine.wire.read_decision import read_decision
from engine.wire.read_explanation import read_explanation
from engine.wire.request_file import RequestFile, read_request, read_request_file


@dataclass(frozen=True, slots=True)
class Where:
    """What decides: a server, or the engine in this process on files."""

    server: str
    timeout: float
    source: SnapshotSource
    token: str = ""
    authority: Path | None = None

    def client(self) -> QuotewrightClient:
        """A client of the server; ends the command where what it needs cannot be read."""
        opened = credentials(self.authority)
        return QuotewrightClient(self.server, timeout=self.timeout, token=self.token, credentials=opened)


@click.command()
@click.argument("quote", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--server", metavar="ADDRESS", default="", help="Ask a server, for example localhost:50051.")
@TOKEN
@AUTHORITY
@click.option("--timeout", default=30.0, show_default=True, help="Seconds that a server may take.")
@click.option(
    "--rules", type=click.Path(path_type=Path), default=RULES, help="Folder of rule files; the sample unless given."
)
@click.option(
    "--catalog", type=click.Path(path_type=Path), default=CATALOG, help="Catalogue files; the sample unless given."
)
@click.option("--line", "line_id", metavar="ID", default="", help="Show the waterfall of this line only.")
@click.option("--roundings", is_flag=True, help="Show every rounding.")
@click.option("--requester", metavar="ID", default="", help="Also ask who must approve, submitted by this person.")
@click.option(
    "--explain", "explained", is_flag=True, help="Show the whole decision as one tree of what follows from what."
)
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON, as decision.proto names it.")
def price(
    quote: Path,
    server: str,
    token: str,
    authority: Path | None,
    timeout: float,
    rules: Path,
    catalog: Path,
    line_id: str,
    roundings: bool,
    requester: str,
    explained: bool,
    as_json: bool,
) -> None:
    """Price QUOTE, a YAML or JSON file ("-" for standard input), and show why every price is what it is.

    QUOTE is a quote, or holds one under `quote` beside what `credit` and `approval` need.

    Exit codes: 1 where the quote cannot be decided, 2 where files cannot be used, 3 where the server does not answer.
    """
    file = read(quote)
    if requester:
        file.message.approval.requester = requester
    where = Where(server, timeout, SnapshotSource(rules, catalog), token, authority)
    if explained:
        show_explanation(explanation(file, where), console())
        return
    decision = decided(file, where)
    if as_json:
        click.echo(decision_json(decision))
        return
    show_decision(decision, _lines(decision, line_id), console(), roundings=roundings)
    show_parts(decision, console())


def read(path: Path) -> RequestFile:
    """The request in a file, maybe of a quote alone; ends the command where there is none."""
    name = "standard input" if str(path) == "-" else str(path)
    text = ""
    try:
        with click.open_file(str(path), encoding="utf-8-sig") as stream:
            text = stream.read()
        return read_request_file(text, name)
    except OSError as error:
        fail(f"{name}: cannot be read: {error.strerror}", BAD_FILES)
    except UnicodeDecodeError:
        fail(f"{name}: expected UTF-8 text", BAD_FILES)
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_QUOTE, [SourceText(name, text)])


def decided(file: RequestFile, where: Where) -> Decision:
    """The decision that a file asks for; ends the command where there is none."""
    with _telling(file, where):
        if not where.server:
            return _decide(file, where)
        message = file.message
        credit = message.credit if message.HasField("credit") else None
        approval = message.approval if message.HasField("approval") else None
        with where.client() as client:
            return read_decision(client.price_quote(message.quote, credit=credit, approval=approval))


def explanation(file: RequestFile, where: Where) -> Explanation:
    """The explanation of the decision that a file asks for; ends the command where there is none."""
    with _telling(file, where):
        if not where.server:
            return explain(_decide(file, where))
        message = file.message
        credit = message.credit if message.HasField("credit") else None
        approval = message.approval if message.HasField("approval") else None
        with where.client() as client:
            reply = client.explain_quote(message.quote, credit=credit, approval=approval)
        return read_explanation(reply.explanation)


def _decide(file: RequestFile, where: Where) -> Decision:
    snapshot, _ = where.source.load()
    request = read_request(file.message)
    return decide(snapshot, request.quote, credit=request.credit, approval=request.approval)


@contextlib.contextmanager
def _telling(file: RequestFile, where: Where) -> Iterator[None]:
    """Ends the command with what is wrong, each thing with its place."""
    try:
        yield
    except RejectedError as error:
        fail_with_findings(error.findings, BAD_FILES)
    except QuoteRejectedError as error:
        fail_with_findings(file.findings(error.violations), BAD_QUOTE, [file.document.source])
    except InvalidQuoteError as error:
        violations = [Violation(item.field, item.reason, item.message) for item in error.violations]
        fail_with_findings(file.findings(violations), BAD_QUOTE, [file.document.source])
    except DeadlineExceededError:
        fail(f"{where.server} gave no answer within {where.timeout:g} seconds", NO_SERVER)
    except QuotewrightError as error:
        fail(f"{where.server}: {error}", NO_SERVER)


def _lines(decision: Decision, line_id: str) -> list[PricedLine]:
    """The line asked for with its components, or all lines; ends the command where there is no such line."""
    lines = decision.pricing.lines
    if not line_id:
        return lines
    found = [line for line in lines if line_id in (line.id, line.parent_id)]
    if not found:
        known = ", ".join(line.id for line in lines[:20])
        fail(f"the quote has no line {line_id!r}; its lines are {known}", BAD_QUOTE)
    return found

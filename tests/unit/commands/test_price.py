"""The command `price`: tables, JSON, places of mistakes, exit codes; in process and by a server alike."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import COMMANDS, main
from engine.service.grpc_server import Server
from engine.service.quote_service import QuoteService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder

FILES = Path(__file__).parents[2] / "cases/e2e"
QUOTE = """\
id: Q-1
currency: EUR
price_date: 2026-03-01
customer: {segment: SMB}
lines:
  - {id: bolts, sku: BOLT, quantity: 12}
  - {id: sand, sku: SAND, quantity: 0.125}
"""


@pytest.fixture
def run(tmp_path):
    def run(text, *arguments, files=FILES):
        path = tmp_path / "quote.yaml"
        path.write_text(text, encoding="utf-8")
        where = ("--rules", str(files / "rules"), "--catalog", str(files / "catalog.yaml"))
        return CliRunner().invoke(main, ["price", str(path), *where, *arguments], env={"COLUMNS": "120"})

    return run


@pytest.fixture(scope="module")
def server():
    snapshot, _ = SnapshotSource(FILES / "rules", FILES / "catalog.yaml").load()
    server = Server([QuoteService(SnapshotHolder(snapshot)).service()], threads=1)
    yield f"127.0.0.1:{server.start('127.0.0.1:0')}"
    server.stop(0)


def test_tables(run):
    result = run(QUOTE)
    assert result.exit_code == 0, result.output
    assert re.search(r"bolts .* BOLT .* 12 piece .* 10\.00 .* 9\.00 .* 108\.00", result.output)
    assert re.search(r"automatic .* -10 % .* 10\.00 .* 9\.00 .* volume, pricing/discounts\.yaml:2", result.output)
    assert re.search(r"Net \(total contract value\) .* 108\.31 EUR", result.output)
    assert "Waterfall of line bolts" in result.output
    assert "Waterfall of line sand" in result.output
    assert "Roundings" not in result.output


def test_one_line_and_roundings(run):
    result = run(QUOTE, "--line", "sand", "--roundings")
    assert result.exit_code == 0, result.output
    assert "Waterfall of line bolts" not in result.output
    # 0.125 x 2.50 = 0.3125
    assert re.search(r"0\.3125.* 0\.31 .* half_up", result.output)


def test_a_line_that_does_not_exist(run):
    result = run(QUOTE, "--line", "nuts")
    assert (result.exit_code, result.stderr) == (1, "the quote has no line 'nuts'; its lines are bolts, sand\n")


def test_json(run):
    decision = json.loads(run(QUOTE, "--json").stdout)
    assert decision["quote_id"] == "Q-1"
    assert decision["totals"]["net_total"] == "108.31"
    step = decision["lines"][0]["waterfall"][1]
    assert decision["origins"][step["origin"]]["file"] == "pricing/discounts.yaml"


def test_standard_input():
    where = ["--rules", str(FILES / "rules"), "--catalog", str(FILES / "catalog.yaml")]
    result = CliRunner().invoke(main, ["price", "-", *where, "--json"], input=QUOTE)
    assert json.loads(result.stdout)["totals"]["net_total"] == "108.31"


def test_a_server_says_the_same(run, server):
    for arguments in ((), ("--json",)):
        by_server = run(QUOTE, "--server", server, *arguments)
        assert by_server.exit_code == 0, by_server.output
        assert by_server.stdout == run(QUOTE, *arguments).stdout


MISTAKES = [
    (
        "quantity: 12}",
        "quantity: '12,50'}",
        "6:39",
        "lines[0].quantity: expected a decimal such as 1234.56, found '12,50'",
    ),
    ("quantity: 12}", "qantity: 12}", "6:28", "a quote line has no field 'qantity'"),
    ("price_date: 2026-03-01", "price_date: 2026-02-30", "3:13", "price_date: '2026-02-30' is no date"),
    ("sku: BOLT", "sku: BOLTT", "6:22", "BOLTT"),
    ("quantity: 12}", "quantity: -12}", "6:38", "-12"),
]


@pytest.mark.parametrize(("old", "new", "place", "told"), MISTAKES, ids=[new for _, new, _, _ in MISTAKES])
@pytest.mark.parametrize("by_server", [False, True])
def test_mistakes_have_places(run, server, old, new, place, told, by_server):
    result = run(QUOTE.replace(old, new), *(("--server", server) if by_server else ()))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert re.search(rf"quote\.yaml:{place}: error\[[a-z-]+\]: .*{re.escape(told)}", result.stderr), result.stderr
    assert "1 error\n" in result.stderr
    assert "^" in result.stderr


def test_files_that_cannot_be_used(run, tmp_path):
    result = CliRunner().invoke(main, ["price", str(tmp_path / "none.yaml")])
    assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(main, ["price", str(tmp_path / "binary")])
    assert (result.exit_code, "expected UTF-8 text" in result.stderr) == (2, True)
    result = run(QUOTE, files=tmp_path)
    assert result.exit_code == 2
    assert "catalog.yaml" in result.stderr


def test_no_server(run):
    result = run(QUOTE, "--server", "127.0.0.1:1", "--timeout", "5")
    assert result.exit_code == 3
    assert result.stderr.startswith("127.0.0.1:1: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_what_it_does(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output) > 100


def test_the_help_names_every_command():
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"  {name} " in result.output
    assert CliRunner().invoke(main, ["prise"]).exit_code == 2

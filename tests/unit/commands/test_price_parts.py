"""The command `price` with credit and approval beside the quote, and the explanation of everything."""

import re

import pytest
from click.testing import CliRunner

from engine.commands import main
from engine.commands.samples import CATALOG, RULES
from engine.service.grpc_server import Server
from engine.service.quote_service import QuoteService
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder

REQUEST = """\
quote:
  id: Q-55
  currency: EUR
  price_date: 2026-03-16
  customer_id: AURORA
  lines:
    - {id: install, sku: SVC-INSTALL, quantity: 3, discount: {percent: 55, reason: pilot}}
credit:
  account: AURORA
  accounts:
    - {id: AURORA, limit: 1000, receivables: [{amount: 900, due_date: 2026-02-01}]}
approval: {requester: robin}
"""


@pytest.fixture
def run(tmp_path):
    def run(text, *arguments):
        path = tmp_path / "request.yaml"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(main, ["price", str(path), *arguments], env={"COLUMNS": "120"})

    return run


@pytest.fixture(scope="module")
def address():
    snapshot, _ = SnapshotSource(RULES, CATALOG).load()
    server = Server([QuoteService(SnapshotHolder(snapshot)).service()], threads=1)
    yield f"127.0.0.1:{server.start('127.0.0.1:0')}"
    server.stop(0)


@pytest.mark.parametrize("explained", [False, True], ids=["tables", "tree"])
def test_a_server_tells_what_this_process_tells(run, address, explained):
    arguments = ("--explain",) if explained else ()
    own, served = run(REQUEST, *arguments), run(REQUEST, "--server", address, *arguments)
    assert own.exit_code == served.exit_code == 0, own.output + served.output
    assert own.output == served.output


def test_credit_and_approval_are_shown(run):
    output = run(REQUEST).output
    assert "Credit of AURORA: refer" in output
    assert re.search(r"over-limit +refer +1298\.28 EUR within 60 days is above the limit of 1000 EUR", output)
    assert "Approval: approval required, 5 steps must approve" in output
    assert re.search(r"discount\.cfo +Felix Brandt +\d+\.\d\d % discount is above 50 %", output)
    assert "discount-above-50, approval/discounts.yaml:52" in output


def test_the_tree_goes_from_the_quote_to_what_an_approval_follows_from(run):
    lines = run(REQUEST, "--explain").output.splitlines()
    assert lines[0] == "quote Q-55: 398.28 EUR"
    step = next(number for number, line in enumerate(lines) if "credit.credit_manager: asks" in line)
    below = "\n".join(lines[step:])
    assert below.index("rule credit-referred: holds") < below.index("rule over-limit: refer")


def test_who_submits_may_be_said_beside_the_file(run):
    quote = "\n".join(line[2:] for line in REQUEST.partition("credit:")[0].splitlines()[1:])
    assert "Approval: " not in run(quote).output
    assert "Approval: approval required, 3 steps must approve" in run(quote, "--requester", "robin").output


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("limit: 1000", "limit: much", r"request\.yaml:11:27: error.*credit\.accounts\[0\]\.limit: expected a decimal"),
        ("account: AURORA", "account: BOREAS", r"there is no account 'BOREAS'|BOREAS"),
        ("requester: robin", "requestor: robin", r"request\.yaml:12:\d+: error.*requestor"),
    ],
)
def test_what_is_wrong_with_the_parts_has_its_place(run, old, new, told):
    result = run(REQUEST.replace(old, new, 1))
    assert result.exit_code == 1
    assert re.search(told, result.output), result.output

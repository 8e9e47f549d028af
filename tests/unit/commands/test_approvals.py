"""The command `approvals` on a database: its log verified, what is due done, what waits listed."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from quotewright.v1 import quote_pb2

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.commands import main
from engine.compile import load_snapshot
from engine.quote import DiscountKind, Quote, QuoteLine, RequestedDiscount
from engine.service.approval_desk import ApprovalDesk, read_case
from engine.snapshot import SnapshotHolder
from engine.store.approvals import ApprovalStore
from engine.store.schema import open_database
from engine.wire.write_quote import write_quote


@pytest.fixture(scope="module")
def holder():
    return SnapshotHolder(load_snapshot(FOLDER.parents[1] / "rules/sample", read_catalog(FOLDER).usable()))


@pytest.fixture
def database(tmp_path, holder):
    """A quote that was submitted 50 hours ago."""
    opened = open_database(tmp_path / "approvals.db")
    store = ApprovalStore(opened)
    before = datetime.now(UTC) - timedelta(hours=50)
    desk = ApprovalDesk(holder, store, lambda: before)
    asked = RequestedDiscount(DiscountKind.PERCENT, Decimal(15))
    quote = Quote("EUR", date(2026, 3, 16), (QuoteLine("1", "SVC-INSTALL", Decimal(1), discount=asked),), id="Q-1")
    message = quote_pb2.Quote()
    write_quote(quote, message)
    with store.transaction() as transaction:
        desk.submit(transaction, message, quote, "robin", None, "", 0)
    opened.close()
    return tmp_path / "approvals.db"


def run(*arguments):
    return CliRunner().invoke(main, ["approvals", *map(str, arguments)])


def test_verify(database):
    result = run("verify", database)
    assert result.exit_code == 0
    assert "2 entries hold; the last is 2 with hash " in result.output
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'eve' WHERE sequence = 1")
    connection.close()
    result = run("verify", database)
    assert result.exit_code == 1
    assert "entry 1 was changed after it was written" in result.output


def test_tick_escalates_what_waited_too_long(database):
    assert run("tick", database).output == "1 quotes changed, 0 events delivered\n"
    assert run("tick", database).output == "0 quotes changed, 0 events delivered\n"
    opened = open_database(database)
    store = ApprovalStore(opened)
    case = read_case(store.case("Q-1"))
    assert [candidate.person for candidate in case.steps[0].slots[0].candidates] == ["maria", "dana"]
    assert [entry.kind for entry in store.audit()][-2:] == ["approval.escalated", "approval.needed"]
    opened.close()


def test_waiting(database):
    result = run("waiting", database, "maria")
    assert "Q-1" in result.output
    assert "discount.manager" in result.output
    assert run("waiting", database, "felix").output == "nothing waits for felix\n"


def test_files_that_are_no_database(tmp_path):
    path = tmp_path / "text.db"
    path.write_text("nothing " * 200, encoding="utf-8")
    result = run("verify", path)
    assert result.exit_code == 2
    assert "cannot be used as a database" in result.output
    assert run("verify", tmp_path / "missing.db").exit_code == 2

"""The approval database: versions, transactions, the hash chain, repeated answers, foreign files."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from engine.store.approvals import ApprovalStore, KeyReusedError, StaleVersionError, StoredCase
from engine.store.audit import FIRST_HASH, first_fault
from engine.store.contracts import ContractStore
from engine.store.database import Database, StoreError
from engine.store.schema import MIGRATIONS, open_database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FILE = "approvals.db"


@pytest.fixture
def store(tmp_path):
    opened = open_database(tmp_path / FILE)
    yield ApprovalStore(opened)
    opened.close()


def case(version: int = 1, quote_id: str = "Q", **changed) -> StoredCase:
    fields = {
        "state": "in_approval",
        "requester": "rep",
        "due_at": "",
        "document": "{}",
        "quote": b"q",
        "decision": b"d",
    }
    return StoredCase(quote_id, version, **{**fields, **changed})


def record(store, count, quote_id="Q"):
    with store.transaction() as transaction:
        for number in range(count):
            transaction.record("quote.commented", "rep", quote_id, number + 1, {"comment": f"é {number}"}, NOW)


def test_what_is_saved_is_read(store):
    saved = case(waiting=(("a.b", "mia"), ("a.b", "zoe")))
    with store.transaction() as transaction:
        transaction.save(saved, 0, NOW)
    assert store.case("Q") == saved
    assert store.case("R") is None
    assert [found.quote_id for found in store.waiting_for("zoe", 10, 0)] == ["Q"]
    assert store.waiting_for("rep", 10, 0) == []


def test_a_stale_version_is_refused(store):
    with store.transaction() as transaction:
        transaction.save(case(1), 0, NOW)
    with pytest.raises(StaleVersionError) as refusal, store.transaction() as transaction:
        transaction.save(case(2), 0, NOW)
    assert (refusal.value.expected, refusal.value.found) == (0, 1)
    with store.transaction() as transaction:
        transaction.save(case(2), 1, NOW)
    assert store.case("Q").version == 2


def test_a_transaction_that_fails_leaves_nothing(store):
    def work():
        with store.transaction() as transaction:
            transaction.save(case(1), 0, NOW)
            transaction.record("quote.submitted", "rep", "Q", 1, {}, NOW)
            transaction.remember("key", "request", b"answer", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert store.case("Q") is None
    assert list(store.audit()) == []
    with store.transaction() as transaction:
        assert transaction.answer("key", "request") is None


def test_the_audit_log_is_a_chain(store):
    record(store, 3)
    record(store, 2, "R")
    entries = list(store.audit())
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == FIRST_HASH
    assert all(after.previous == before.hash for before, after in itertools.pairwise(entries))
    assert first_fault(entries) is None
    assert [entry.sequence for entry in store.audit("R")] == [4, 5]
    assert [entry.sequence for entry in store.audit(after=2, limit=2)] == [3, 4]


@pytest.mark.parametrize(
    ("statement", "sequence", "message"),
    [
        ("UPDATE audit SET detail = '{}' WHERE sequence = 2", 2, "entry 2 was changed after it was written"),
        ("UPDATE audit SET actor = 'eve' WHERE sequence = 3", 3, "entry 3 was changed after it was written"),
        ("DELETE FROM audit WHERE sequence = 2", 2, "entry 2 is missing: the next one is 3"),
        ("UPDATE audit SET previous = hash WHERE sequence = 3", 3, "entry 3 does not follow the entry before it"),
    ],
)
def test_a_changed_entry_is_found(store, tmp_path, statement, sequence, message):
    record(store, 4)
    with sqlite3.connect(tmp_path / FILE) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute(statement)
    connection.close()
    fault = first_fault(store.audit())
    assert (fault.sequence, fault.message) == (sequence, message)


def test_an_answer_belongs_to_its_request(store):
    with store.transaction() as transaction:
        transaction.remember("key", "one", b"answer", NOW)
    with store.transaction() as transaction:
        assert transaction.answer("key", "one") == b"answer"
        with pytest.raises(KeyReusedError):
            transaction.answer("key", "two")
        assert transaction.forget_answers(NOW) == 0
        assert transaction.forget_answers(NOW + timedelta(seconds=1)) == 1
        assert transaction.answer("key", "two") is None


def test_what_is_due_comes_in_the_order_of_time(store):
    with store.transaction() as transaction:
        for name, due in (("late", "2026-03-03"), ("soon", "2026-03-01"), ("never", ""), ("then", "2026-03-02")):
            transaction.save(case(quote_id=name, due_at=due), 0, NOW)
    assert store.due("2026-03-02") == ["soon", "then"]


def test_no_event_overtakes_one_that_waits(store):
    record(store, 3)
    now = NOW.isoformat(timespec="microseconds")
    assert [item.entry.sequence for item in store.undelivered(now)] == [1, 2, 3]
    with store.transaction() as transaction:
        transaction.delivered(1, NOW)
        transaction.failed(2, "refused", NOW + timedelta(seconds=5))
    assert store.undelivered(now) == []
    later = (NOW + timedelta(seconds=5)).isoformat(timespec="microseconds")
    assert [(item.entry.sequence, item.attempts) for item in store.undelivered(later)] == [(2, 1), (3, 0)]


def test_files_of_others_are_left_alone(tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_database(other)
    newer = tmp_path / "newer.db"
    open_database(newer).close()
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        open_database(newer)
    text = tmp_path / "text.db"
    text.write_text("no database " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be used"):
        open_database(text)


def test_a_database_of_an_older_version_is_brought_up(tmp_path):
    path = tmp_path / "older.db"
    older = Database(path, MIGRATIONS[:1])
    with ApprovalStore(older).transaction() as transaction:
        transaction.save(case(), 0, NOW)
    older.close()
    opened = open_database(path)
    assert ApprovalStore(opened).case("Q") == case()
    assert ContractStore(opened).contract("C") is None
    assert opened.connection().execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    opened.close()


def test_processes_that_open_a_new_database_at_once(tmp_path):
    path = tmp_path / "new.db"
    with ProcessPoolExecutor(8, multiprocessing.get_context("forkserver")) as pool:
        assert sorted(pool.map(written_by, [path] * 8, range(8))) == list(range(8))


def written_by(path, number):
    opened = open_database(path)
    with ApprovalStore(opened).transaction() as transaction:
        transaction.save(case(quote_id=str(number)), 0, NOW)
    opened.close()
    return number


def test_connections_are_not_carried_across_a_fork(tmp_path):
    opened = open_database(tmp_path / "forked.db")
    own = opened.connection()
    child = os.fork()
    if child == 0:
        os._exit(0 if opened.connection() is not own else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert opened.connection() is own
    opened.close()

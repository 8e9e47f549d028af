"""Decisions recorded aside: found by the id in the reply, replayed byte for byte, left out rather than waited for."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from quotewright.v1 import decision_pb2
from quotewright.v1 import quote_service_pb2 as pb
from quotewright_client import line, quote

from engine.service.decision_difference import differences, first_difference
from engine.service.decision_recorder import DecisionRecorder, keep_versions
from engine.service.quote_service import QuoteService
from engine.service.replay import Replayer, ReplayError, stored_snapshot
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder
from engine.store import decisions as stored
from engine.store.database import StoreError
from engine.store.schema import open_database

FILES = Path(__file__).parents[2] / "cases/e2e"
SOURCE = SnapshotSource(FILES / "rules", FILES / "catalog.yaml")


def asked(quantity=12, quote_id="Q", **more) -> bytes:
    stated = quote(
        [line("BOLT", quantity)], currency="EUR", price_date="2026-03-01", id=quote_id, customer={"segment": "SMB"}
    )
    return pb.PriceQuoteRequest(quote=stated, **more).SerializeToString(deterministic=True)


@pytest.fixture(scope="module")
def snapshot():
    return SOURCE.load()[0]


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path / "kept.db")
    yield opened
    opened.close()


@pytest.fixture
def recorder(database, snapshot):
    made = DecisionRecorder(database, keep_versions(database, SOURCE, snapshot))
    yield made
    made.close()


@pytest.fixture
def plain(snapshot):
    return QuoteService(SnapshotHolder(snapshot)).service()


def test_the_reply_names_the_decision_and_is_otherwise_the_same(recorder, plain, database):
    request = asked()
    reply = recorder.recording(plain).unary["PriceQuote"](request)
    message = pb.PriceQuoteResponse.FromString(reply)
    assert len(message.decision_id) == stored.ID_DIGITS
    recorder.close()
    found = stored.decision(database.connection(), message.decision_id)
    assert (found.request, found.quote_id, found.times) == (request, "Q", 1)
    assert found.response == plain.unary["PriceQuote"](request)
    assert reply.startswith(found.response)
    message.ClearField("decision_id")
    assert message == pb.PriceQuoteResponse.FromString(found.response)


def test_the_same_question_is_one_decision(recorder, plain, database):
    price = recorder.recording(plain).unary["PriceQuote"]
    assert price(asked()) == price(asked())
    assert price(asked(13)) != price(asked())
    recorder.close()
    assert sorted(item.times for item in stored.decisions(database.connection(), 10)) == [1, 3]


def test_a_refused_quote_is_not_recorded(recorder, plain, database):
    recording = recorder.recording(plain)
    with pytest.raises(Exception, match="quantity"):
        recording.unary["PriceQuote"](asked(-1))
    replies = list(recording.streams["PriceQuotes"]([asked(1), asked(-1), asked(2)], lambda: None))
    messages = [pb.PriceQuotesResponse.FromString(reply) for reply in replies]
    assert [bool(message.decision_id) for message in messages] == [True, False, True]
    assert messages[1].error.code == 3
    recorder.close()
    found = stored.decisions(database.connection(), 10)
    assert [pb.PriceQuoteRequest.FromString(item.request).quote.lines[0].quantity for item in found] == ["2", "1"]
    assert {item.id for item in found} == {messages[0].decision_id, messages[2].decision_id}


def test_a_stream_and_a_call_decide_the_same(recorder, plain, database):
    recording = recorder.recording(plain)
    called = pb.PriceQuoteResponse.FromString(recording.unary["PriceQuote"](asked()))
    [reply] = recording.streams["PriceQuotes"]([asked()], lambda: None)
    assert pb.PriceQuotesResponse.FromString(reply).decision_id == called.decision_id
    recorder.close()
    assert stored.decision(database.connection(), called.decision_id[:6]).times == 2


def test_many_threads_record_everything(recorder, plain, database):
    price = recorder.recording(plain).unary["PriceQuote"]

    def ask(first: int) -> None:
        for number in range(first, first + 250):
            price(asked(number))

    threads = [threading.Thread(target=ask, args=(1 + 250 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    assert recorder.recorded == 1000
    assert database.connection().execute("SELECT count(*), sum(times) FROM decisions").fetchone() == (1000, 1000)
    assert (recorder.left_out, stored.unrecorded(database.connection())) == (0, 0)


def test_what_the_database_does_not_take_is_left_out_and_counted(recorder, plain, database, caplog):
    price = recorder.recording(plain).unary["PriceQuote"]
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'no room'); END")
    assert pb.PriceQuoteResponse.FromString(price(asked())).decision.totals.net_total == "108.00"
    recorder.close()
    assert (recorder.recorded, recorder.left_out) == (0, 1)
    assert "no room; 1 left out so far" in caplog.text
    assert stored.unrecorded(database.connection()) == 1
    other.close()


def test_more_than_may_wait_is_left_out(recorder, plain, database, monkeypatch):
    monkeypatch.setattr("engine.service.decision_recorder.MAX_WAITING", 2)
    price = recorder.recording(plain).unary["PriceQuote"]
    with database.writing():  # nothing can be written meanwhile
        for number in range(10):
            price(asked(1 + number))
    recorder.close()
    assert recorder.recorded + recorder.left_out == 10
    assert stored.unrecorded(database.connection()) == recorder.left_out > 0


def test_other_services_are_left_as_they_are(recorder, snapshot):
    from engine.service.catalog_service import CatalogService

    service = CatalogService(SnapshotHolder(snapshot)).service()
    assert recorder.recording(service) is service


def test_files_that_changed_while_they_were_loaded_are_not_kept(database, snapshot, tmp_path):
    (tmp_path / "rulebook.yaml").write_text("name: other")
    with pytest.raises(StoreError, match="changed while they were loaded"):
        keep_versions(database, SnapshotSource(tmp_path, FILES / "catalog.yaml"), snapshot)


def test_replay_is_the_same_and_says_where_it_is_not(recorder, plain, database):
    recorder.recording(plain).unary["PriceQuote"](asked())
    recorder.close()
    [found] = stored.decisions(database.connection(), 1)
    snapshot = stored_snapshot(database, found.versions.rulebook, found.versions.catalogue)
    assert Replayer(snapshot).replay(found).identical
    other = stored.RecordedDecision(
        *(getattr(found, name) for name in found.__slots__[:-1]), found.response.replace(b"108.00", b"109.00")
    )
    replayed = Replayer(snapshot).replay(other)
    assert not replayed.identical
    assert replayed.differences[0] == "net total of the quote: was 109.00 EUR, is 108.00 EUR (-1.00)"
    with pytest.raises(ReplayError, match="not stored"):
        stored_snapshot(database, "0" * 32, found.versions.catalogue)


@pytest.mark.parametrize("identifier", ["", "xyz", "A", "0" * 33, "%"])
def test_ids_that_are_none(database, identifier):
    with pytest.raises(stored.UnknownDecisionError):
        stored.decision(database.connection(), identifier)


def test_old_decisions_can_be_forgotten_and_nothing_else_changes(recorder, plain, database):
    recorder.recording(plain).unary["PriceQuote"](asked())
    recorder.close()
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        database.connection().execute("UPDATE decisions SET response = x'00'")
    with database.writing() as connection:
        assert stored.forget(connection, "2000-01-01") == 0
        assert stored.forget(connection, "2999-01-01") == 1
    assert stored.decisions(database.connection(), 10) == []


def decision(**fields) -> decision_pb2.Decision:
    return decision_pb2.Decision(currency="EUR", **fields)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, []),
        ({"rulebook_version": "a"}, {"rulebook_version": "b"}, ["rulebook version: was a, is b"]),
        ({"lines": [{"id": "1", "sku": "A"}]}, {}, ["line 1 (A) is gone"]),
        ({}, {"lines": [{"id": "1", "sku": "A"}]}, ["line 1 (A) is new"]),
        (
            {"totals": {"net_total": "10.00"}},
            {"totals": {"net_total": "12.50"}},
            ["net total of the quote: was 10.00 EUR, is 12.50 EUR (+2.50)"],
        ),
        (
            {"totals": {"net_total": "10.00"}},
            {"totals": {"net_total": "10.0"}},
            ["net total of the quote: was written 10.00, is written 10.0"],
        ),
        (
            {"totals": {"margin_percent": "3"}},
            {},
            ["margin in percent: was 3, is not given"],
        ),
        ({"notices": [{"message": "a"}]}, {"notices": [{"message": "b"}]}, ["notice is gone: a", "notice is new: b"]),
        ({"credit": {"outcome": 1}}, {"credit": {"outcome": 2}}, ["credit: was approve, is approve with conditions"]),
        (
            {"approval": {"outcome": 1}},
            {"approval": {"outcome": 2, "steps": [{"id": "desk.one", "status": 1}]}},
            ["approval: was auto approved, is approval required", "approval step is new: desk.one"],
        ),
        ({"quote_id": "a"}, {"quote_id": "b"}, ["quote_id: was 'a', is 'b'"]),
        (
            {"roundings": [{"where": "a", "before": "1"}]},
            {"roundings": [{"where": "a", "before": "2"}]},
            ["roundings[0].before: was '1', is '2'"],
        ),
        ({"roundings": [{}]}, {"roundings": [{}, {}]}, ["roundings: were 1, are 2"]),
    ],
)
def test_differences_in_words(before, after, told):
    assert differences(decision(**before), decision(**after)) == told


def test_only_places_and_versions_differ():
    before = decision(rulebook_version="a", origins=[{"id": "r", "file": "x.yaml", "line": 1}])
    after = decision(rulebook_version="b", origins=[{"id": "r", "file": "x.yaml", "line": 9}])
    assert differences(before, after, versions=False) == []
    assert first_difference(before, after) == "rulebook_version: was 'a', is 'b'"


def test_very_many_differences_are_cut():
    lines = [{"id": str(number), "sku": "A"} for number in range(500)]
    told = differences(decision(), decision(lines=lines), limit=20)
    assert (len(told), told[-1]) == (21, "and more")

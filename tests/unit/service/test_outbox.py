"""The webhook: what is no receipt of an event is tried again, in the order of the events."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from engine.service.outbox import Webhook
from engine.store.approvals import ApprovalStore
from engine.store.schema import open_database

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    database = open_database(tmp_path / "a.db")
    store = ApprovalStore(database)
    with store.transaction() as transaction:
        for number in range(3):
            transaction.record("quote.commented", "ann", "Q", number + 1, {"comment": "ü"}, NOW)
    yield store
    database.close()


@pytest.fixture
def receiver():
    """A web server: (its address, what it got, what it answers: a status, or bytes that are no HTTP)."""
    got, answers = [], []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["sequence"])
            answer = answers.pop(0) if answers else 204
            if isinstance(answer, bytes):
                self.wfile.write(answer)
                return
            self.send_response(answer)
            if 300 <= answer < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self):
            got.append("GET")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    web = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}/events", got, answers
    web.shutdown()
    web.server_close()


def test_events_arrive_in_their_order(store, receiver):
    address, got, _ = receiver
    assert Webhook(store, address).deliver() == 3
    assert got == [1, 2, 3]
    assert Webhook(store, address).deliver() == 0


@pytest.mark.parametrize("answer", [500, 404, 301, 302, 307, b"no answer at all\r\n\r\n", b""])
def test_what_is_no_receipt_stops_the_rest(store, receiver, answer):
    address, got, answers = receiver
    answers += [204, answer]
    assert Webhook(store, address).deliver() == 1
    assert got == [1, 2]
    assert Webhook(store, address).deliver() == 0  # the second waits for its time, and the third for the second
    assert got == [1, 2]


def test_nobody_there(store):
    assert Webhook(store, "http://127.0.0.1:9/events").deliver() == 0

"""Stored quotes from folders, JSON lines, orders and databases; what cannot be read is told with its place."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from quotewright_client import line, quote

from engine.diagnostics import RejectedError
from engine.simulate.corpus import BadQuoteError, open_corpus
from engine.store.decisions import NewDecision, Versions, record
from engine.store.schema import open_database

QUOTE = {"id": "Q", "currency": "EUR", "price_date": "2026-03-01", "lines": [{"sku": "BOLT", "quantity": 1.50}]}


def read_all(*paths):
    corpus = open_corpus(paths)
    read, bad = [], []
    stored = list(corpus.quotes())
    assert corpus.count() == len(stored)
    for item in stored:
        try:
            read.append(corpus.read(item))
        except BadQuoteError as error:
            bad.append(str(error))
    return read, bad


def test_a_folder_with_folders_in_it(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "deep" / "er" / "b.json").write_text(json.dumps(QUOTE | {"id": "B"}), "utf-8")
    (tmp_path / "a.yaml").write_text("id: A\ncurrency: EUR\nprice_date: 2026-03-01\nlines: [{sku: BOLT, quantity: 1}]")
    (tmp_path / "z.jsonl").write_text("\n".join(json.dumps(QUOTE | {"id": f"Z{n}"}) for n in (1, 2)) + "\n\n", "utf-8")
    (tmp_path / ".hidden" / "c.json").write_text("{}", "utf-8")
    (tmp_path / "notes.txt").write_text("none", "utf-8")
    read, bad = read_all(tmp_path)
    assert [request.quote.id for request in read] == ["A", "Z1", "Z2", "B"]
    assert not bad
    assert read[3].quote.lines[0].quantity == Decimal("1.5")
    assert read[3].quote.lines[0].id == "1"


def test_a_request_brings_what_credit_and_approval_need(tmp_path):
    request = {
        "quote": QUOTE,
        "approval": {"requester": "sam"},
        "credit": {"account": "A", "accounts": [{"id": "A", "limit": 10}], "day": "2026-03-02"},
    }
    (tmp_path / "q.jsonl").write_text(json.dumps(request), "utf-8")
    (read,), bad = read_all(tmp_path)
    assert not bad
    assert read.approval.requester == "sam"
    assert read.credit.accounts[0].limit == 10
    assert read.credit.day == date(2026, 3, 2)


def test_json_escapes(tmp_path):
    text = json.dumps(QUOTE | {"id": "💶 a/b \\ud83d \t"}).replace("/", "\\/")
    assert "\\ud83d\\udcb6" in text
    (tmp_path / "q.jsonl").write_text(text, "utf-8")
    (read,), bad = read_all(tmp_path)
    assert not bad
    assert read.quote.id == "💶 a/b \\ud83d \t"


BAD = [
    ('{"curency": "EUR"}', "q.jsonl:1:3: a quote has no field 'curency'"),
    ("{", "q.jsonl:1:1: this is no valid YAML"),
    ("[]", "q.jsonl:1:1: expected the fields of a quote"),
    (json.dumps(QUOTE | {"currency": "XXX1"}), "currency: no ISO 4217 currency has the code 'XXX1'"),
    (json.dumps(QUOTE | {"lines": []}), "lines"),
    (json.dumps({"quote": QUOTE, "credit": {}}), "credit.account: a value is required here (and 1 more)"),
    ('{"id": "\udcff"}', "expected UTF-8 text"),
]


@pytest.mark.parametrize(("text", "told"), BAD, ids=[told for _, told in BAD])
def test_bad_lines_are_told_and_the_next_is_read(tmp_path, text, told):
    content = text.encode("utf-8", "surrogateescape") + b"\n" + json.dumps(QUOTE).encode()
    (tmp_path / "q.jsonl").write_bytes(content)
    read, (bad,) = read_all(tmp_path / "q.jsonl")
    assert [request.quote.id for request in read] == ["Q"]
    assert told in bad
    assert bad.startswith(f"{tmp_path.as_posix()}/q.jsonl:1")


def test_bad_files_are_told(tmp_path):
    (tmp_path / "a.yaml").write_text("id: A\nprice_dat: 2026-03-01\n", "utf-8")
    (tmp_path / "b.yaml").write_bytes(b"id: \xff")
    (tmp_path / "empty.json").write_text("", "utf-8")
    read, bad = read_all(tmp_path)
    assert not read
    assert [text.removeprefix(f"{tmp_path.as_posix()}/")[:25] for text in bad] == [
        "a.yaml:2:1: a quote has n",
        "b.yaml: expected UTF-8 te",
        "empty.json: expected the ",
    ]


def test_orders(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "order_id,order_date,subtotal,channel\n1,2026-03-01,20,web\n2,2026-03-02,0,\n3,no day,5,\n", "utf-8"
    )
    (tmp_path / "order_lines.csv").write_text(
        "order_id,line_no,product_number,quantity,unit_price\n1,7,BOLT,2,10\n3,1,BOLT,x,5\n", "utf-8"
    )
    for path in (tmp_path, tmp_path / "orders.csv"):
        (read,), bad = read_all(path)
        assert (read.quote.id, read.quote.channel, read.quote.currency) == ("1", "web", "USD")
        assert (read.quote.lines[0].sku, read.quote.lines[0].quantity) == ("BOLT", 2)
        assert "orders.csv:3: order 2 has no lines" in bad[0]
        assert "orders.csv:4: expected a decimal such as 1234.56, found 'x'" in bad[1]


def test_recorded_decisions_each_different_request_once(tmp_path):
    database = open_database(tmp_path / "kept.db")
    requests = [
        b"\n" + bytes([len(content)]) + content
        for content in (
            quote([line("BOLT", 1)], currency="EUR", price_date="2026-03-01", id=name).SerializeToString()
            for name in ("one", "two")
        )
    ]
    with database.writing() as connection:
        for number, (method, request) in enumerate(
            [("PriceQuote", requests[0]), ("PriceQuotes", requests[1]), ("PriceQuote", requests[0]), ("Solve", b"")]
        ):
            new = NewDecision(f"{number:032x}", method, "", "2026-03-01T00:00:00Z", request, b"")
            record(connection, Versions("r", "c", "1"), [new])
    read, bad = read_all(tmp_path / "kept.db")
    assert not bad
    assert [request.quote.id for request in read] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("no", None, "there is no such file or folder of quotes"),
        ("q.txt", "", "this is no corpus of quotes"),
        ("kept.db", "no database at all, though long enough to look at" * 20, "is no database of quotes"),
        ("orders.csv", "order_id\n1\n", "cannot be read: No such file"),
    ],
)
def test_what_is_no_corpus(tmp_path, name, content, told):
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(RejectedError) as rejected:
        open_corpus([tmp_path / name])
    assert told in rejected.value.findings.errors[0].message


def test_an_empty_folder_is_no_corpus(tmp_path):
    with pytest.raises(RejectedError, match="the folder holds no quotes"):
        open_corpus([Path(tmp_path)])

"""Metrics, logs, slow calls and traces of a real server; nothing of a quote's content in any of them."""

import gzip
import json
import re
import signal
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import grpc
import pytest
from quotewright.v1 import quote_service_pb2
from quotewright_client import InvalidQuoteError, QuotewrightClient, line, quote

FILES = Path(__file__).parents[1] / "cases/e2e"
PRICE_QUOTE = "/quotewright.v1.QuoteService/PriceQuote"


def bolts(**facts):
    return quote([line("BOLT", 12)], currency="EUR", price_date="2026-03-01", customer={"segment": "SMB"}, **facts)


def started(start, files, *further):
    return start(
        "--rules", str(files / "rules"), "--catalog", str(files / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--workers", "2", *further,
    )  # fmt: skip


def scrape(place):
    with urllib.request.urlopen(place) as reply:
        text = reply.read().decode()
    return {name: float(value) for name, value in re.findall(r"^([^#\s]\S*) (\S+)$", text, re.MULTILINE)}


def calls(found, code):
    return found[f'quotewright_request_duration_seconds_count{{code="{code}",method="{PRICE_QUOTE}"}}']


def test_metrics_add_up_over_workers_reloads_and_deaths(start, own_files):
    server, address = started(start, own_files, "--metrics-address", "127.0.0.1:0")
    place = server.wait_for(r"metrics on (\S+)")[1]
    for _ in range(4):  # connections reach either worker
        with QuotewrightClient(address, options=[("grpc.use_local_subchannel_pool", 1)]) as client:
            client.price_quote(bolts())
            with pytest.raises(InvalidQuoteError):
                client.price_quote(quote([line("NO-SUCH", 1)], currency="EUR", price_date="2026-03-01"))
    found = scrape(place)
    assert (calls(found, "OK"), calls(found, "INVALID_ARGUMENT")) == (4, 4)
    assert found['quotewright_rule_hits_total{rule="volume"}'] == 4
    assert found["quotewright_workers_alive"] == found["quotewright_workers_wanted"] == 2
    assert found["quotewright_requests_in_flight"] == found["quotewright_requests_queued"] == 0
    rules = own_files / "rules/pricing/discounts.yaml"
    text = rules.read_text()
    rules.write_text(text.replace("percent_off: 10", "percent_off: 20"))
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("now serving rulebook")
    rules.write_text("rules: [")
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("not reloaded, the old versions go on serving")
    with QuotewrightClient(address) as client:
        version = client.price_quote(bolts()).rulebook_version
    found = scrape(place)
    assert calls(found, "OK") == 5, "what the old version counted is kept"
    assert found['quotewright_rule_hits_total{rule="volume"}'] == 5
    assert found['quotewright_reloads_total{outcome="served"}'] == 2
    assert found['quotewright_reloads_total{outcome="refused"}'] == 1
    assert any(name.startswith("quotewright_serving_info") and version in name for name in found)


def test_an_address_of_metrics_in_use(start, own_files):
    server, _ = started(start, own_files, "--metrics-address", "127.0.0.1:0")
    place = server.wait_for(r"metrics on http://(\S+)/metrics")[1]
    other, _ = start("--address", "127.0.0.1:0", "--metrics-address", place, expect_serving=False)
    assert other.ended() == 2
    assert f"not started: cannot listen on {place} for metrics: Address already in use" in other.text


def test_logs_as_json_tell_calls_without_their_content(start, own_files):
    server, address = started(start, own_files, "--log-format", "json", "--log-calls", "--slow-ms", "0.001")
    with grpc.insecure_channel(address) as channel:
        price = channel.unary_unary(PRICE_QUOTE)
        request = quote_service_pb2.PriceQuoteRequest(quote=bolts(id="SECRET-QUOTE")).SerializeToString()
        price(request, metadata=[("x-request-id", "order-4711")])
        price(request)
        with pytest.raises(grpc.RpcError):
            price(b"\xff")
    server.wait_for("INVALID_ARGUMENT")
    records = [json.loads(text) for text in server.log]
    assert all({"event", "level", "timestamp", "process"} <= set(record) for record in records)
    first, second, wrong = [record for record in records if record.get("method") == PRICE_QUOTE]
    assert (first["code"], first["level"], first["request_id"]) == ("OK", "warning", "order-4711")
    assert set(first["stages"]) == {"read", "decide", "reply"}
    assert sum(first["stages"].values()) == pytest.approx(first["milliseconds"], abs=0.01)
    assert re.fullmatch("[0-9a-f]{16}", second["request_id"])
    assert (wrong["code"], wrong["stages"]) == ("INVALID_ARGUMENT", {})
    assert re.fullmatch("[0-9a-f]{32}", first["rulebook"])
    assert not re.search("SECRET|BOLT|SMB", server.text)


def test_findings_are_records_too(start, own_files):
    (own_files / "rules/pricing/discounts.yaml").write_text("rules: [")
    server, _ = start(
        "--rules", str(own_files / "rules"), "--catalog", str(own_files / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--log-format", "json", expect_serving=False,
    )  # fmt: skip
    assert server.ended() == 2
    records = [json.loads(text) for text in server.log]
    assert any(re.match(r"pricing/discounts\.yaml:\d+:\d+: error\[syntax\]", record["event"]) for record in records)
    assert records[-1]["event"].startswith("not started: 1 error in the files")


def test_a_call_that_is_not_slow_is_not_logged(start, own_files):
    server, address = started(start, own_files, "--slow-ms", "60000")
    with QuotewrightClient(address) as client:
        client.price_quote(bolts())
    server.stop()
    assert PRICE_QUOTE not in server.text


@pytest.fixture
def collector():
    """A collector of traces: the bodies that were posted to it."""
    bodies = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", bodies
    server.shutdown()
    thread.join()
    server.server_close()


def test_traces_reach_a_collector_as_children_of_the_callers(start, own_files, collector):
    trace_service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    endpoint, bodies = collector
    server, address = started(start, own_files, "--traces-endpoint", endpoint, "--traces-share", "0")
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with grpc.insecure_channel(address) as channel:
        price = channel.unary_unary(PRICE_QUOTE)
        request = quote_service_pb2.PriceQuoteRequest(quote=bolts()).SerializeToString()
        price(request)
        for header in (f"00-{trace}-{parent}-00", "no traceparent", "", f"00-{trace}-{parent}-zz"):
            price(request, metadata=[("traceparent", header)])
        price(request, metadata=[("traceparent", f"00-{trace}-{parent}-01")])
    server.stop()
    until = time.monotonic() + 5
    while not bodies and time.monotonic() < until:
        time.sleep(0.01)
    found = [trace_service.ExportTraceServiceRequest.FromString(body) for body in bodies]
    spans = [span for each in found for of in each.resource_spans for scope in of.scope_spans for span in scope.spans]
    assert {span.trace_id.hex() for span in spans} == {trace}
    [call] = [span for span in spans if span.name == PRICE_QUOTE.lstrip("/")]
    assert call.parent_span_id.hex() == parent
    assert [span.name for span in spans if span.parent_span_id == call.span_id] == ["read", "decide", "reply"]
    assert "Traceback" not in server.text

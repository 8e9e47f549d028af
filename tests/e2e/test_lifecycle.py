"""Start, reload and stop of a server process: clear messages, the old version when files are broken, no lost call."""

import re
import signal
import threading
import time
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from quotewright_client import PagesChangedError, QuotewrightClient, UnavailableError, line, quote

FILES = Path(__file__).parents[1] / "cases/e2e"


def bolts():
    return quote([line("BOLT", 12)], currency="EUR", price_date="2026-03-01", customer={"segment": "SMB"})


def started(start, files, *further):
    return start(
        "--rules", str(files / "rules"), "--catalog", str(files / "catalog.yaml"), "--address", "127.0.0.1:0", *further
    )


def total(client):
    return client.price_quote(bolts()).totals.net_total


def test_a_reload_serves_the_new_rules(start, own_files):
    server, address = started(start, own_files)
    rules = own_files / "rules/pricing/discounts.yaml"
    with QuotewrightClient(address) as client:
        before = client.price_quote(bolts())
        assert before.totals.net_total == "108.00"
        rules.write_text(rules.read_text().replace("percent_off: 10", "percent_off: 20"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("now serving rulebook")
        until = time.monotonic() + 5
        while total(client) != "96.00" and time.monotonic() < until:
            time.sleep(0.01)
        after = client.price_quote(bolts())
    assert after.totals.net_total == "96.00"
    assert after.rulebook_version != before.rulebook_version
    assert after.catalogue_version == before.catalogue_version


def test_files_in_the_folder_it_is_started_from_are_not_taken_for_the_engine(start, own_files, monkeypatch):
    for name in ("engine.py", "catalog.py", "grpc.py"):
        (own_files / name).write_text("raise SystemExit('not the engine')\n")
    monkeypatch.chdir(own_files)
    server, address = started(start, own_files)
    with QuotewrightClient(address) as client:
        assert total(client) == "108.00"
    assert "not the engine" not in server.text


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "rules/pricing/discounts.yaml",
            "customer.segment",
            "custmer.segment",
            r"pricing/discounts\.yaml:4:\d+: error",
        ),
        ("rules/pricing/discounts.yaml", "rules:", "rules: [", r"pricing/discounts\.yaml:\d+:\d+: error\[syntax\]"),
        ("catalog.yaml", "unit_price: 10.00", "unit_price: 10,00", r"catalog\.yaml:\d+"),
    ],
)
def test_broken_files_leave_the_old_version_serving(start, own_files, file, old, new, told):
    server, address = started(start, own_files)
    path = own_files / file
    text = path.read_text()
    with QuotewrightClient(address) as client:
        before = client.price_quote(bolts())
        path.write_text(text.replace(old, new))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("not reloaded, the old versions go on serving")
        assert re.search(told, server.text)
        assert client.price_quote(bolts()) == before
        path.write_text(text)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("now serving rulebook")
        assert client.price_quote(bolts()) == before


def test_a_page_of_another_version_is_refused(start, own_files):
    server, address = started(start, own_files)
    with QuotewrightClient(address) as client:
        products = client.list_products(page_size=1)
        next(products)
        catalog = own_files / "catalog.yaml"
        catalog.write_text(catalog.read_text().replace("name: Sand", "name: Fine sand"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("now serving rulebook")
        time.sleep(0.2)
        with pytest.raises(PagesChangedError, match="the pages changed"):
            next(products)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_calls_in_flight_finish(start, own_files, how):
    server, address = started(start, own_files)
    answered, stopping = threading.Event(), threading.Event()

    def asking():
        yield bolts()
        assert answered.wait(10)
        server.process.send_signal(how)
        server.wait_for("stopping: requests in flight finish")
        stopping.set()
        yield bolts()

    with QuotewrightClient(address) as client:
        totals = []
        for outcome in client.price_quotes(asking()):
            totals.append(outcome.result().totals.net_total)
            answered.set()
    assert totals == ["108.00", "108.00"]
    assert stopping.is_set()
    assert server.ended() == 0
    assert "Traceback" not in server.text
    with QuotewrightClient(address, timeout=2) as client, pytest.raises(UnavailableError):
        total(client)


def test_health_turns_before_the_end(start, own_files):
    server, address = started(start, own_files)
    with grpc.insecure_channel(address) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=""))
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        server.process.send_signal(signal.SIGTERM)
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()
    assert server.ended() == 0


def test_a_port_in_use(start, address):
    server, _ = start("--rules", str(FILES / "rules"), "--catalog", str(FILES / "catalog.yaml"), "--address", address,
                      expect_serving=False)  # fmt: skip
    assert server.ended() == 2
    assert f"not started: cannot listen on {address}: the port is in use" in server.text
    assert "Traceback" not in server.text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rules", "no/such/folder"), "no/such/folder"),
        (("--catalog", "no/such/catalog.yaml"), "no/such/catalog.yaml"),
        (("--workers", "0"), "--workers: it is from 1 to 256, found '0'"),
        (("--addres", "x"), "--addres is no option of the server; did you mean '--address'?"),
    ],
)
def test_wrong_arguments(start, arguments, told):
    server, _ = start("--address", "127.0.0.1:0", *arguments, expect_serving=False)
    assert server.ended() == 2
    assert told in server.text
    assert "Traceback" not in server.text


def test_rejected_files_at_the_start_are_told_whole(start, own_files):
    rules = own_files / "rules/pricing/discounts.yaml"
    rules.write_text(
        rules.read_text().replace("customer.segment", "custmer.segment").replace("quote.deal", "quote.deel")
    )
    server, _ = start(
        "--rules", str(own_files / "rules"), "--catalog", str(own_files / "catalog.yaml"), "--address", "127.0.0.1:0",
        expect_serving=False,
    )  # fmt: skip
    assert server.ended() == 2
    assert "not started: 2 errors in the files" in server.text
    for line_number, name in ((4, "custmer"), (9, "deel")):
        assert re.search(rf"pricing/discounts\.yaml:{line_number}:\d+: error\[[a-z-]+\]: .*{name}", server.text)

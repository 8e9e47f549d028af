"""Renewals: over gRPC, and a batch that is killed, started again, and comes to the same totals."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from quotewright.v1 import renewal_service_pb2 as pb
from quotewright.v1 import renewal_service_pb2_grpc as stubs

ROOT = Path(__file__).parents[2]
CONTRACTS = int(os.environ.get("QUOTEWRIGHT_CONTRACTS", "600"))
SKUS = ("PLT-USER-M", "PLT-BASE-M", "PLT-DEVICE-M", "PLT-SSO-M", "PLT-ANALYTICS-M", "PLT-SANDBOX-M", "SVC-INSTALL")
CUSTOMERS = (("AURORA", "EUR"), ("BRIGHTWATER", "USD"), ("CEDAR", "USD"), ("DELTA", "USD"))


def contract(number: int) -> pb.Contract:
    rng = random.Random(number)
    customer, currency = rng.choice(CUSTOMERS)
    message = pb.Contract(id=f"C-{number:05}", customer_id=customer, currency=currency, channel="direct")
    month = rng.randint(1, 12)
    for line in range(rng.randint(1, 6)):
        message.lines.add(
            id=str(line + 1),
            sku=rng.choice(SKUS),
            quantity=str(rng.randint(1, 400)),
            unit_price=f"{rng.randint(100, 9000) / 100:.2f}",
            start_date=f"2025-{month:02}-01",
            end_date=f"2026-{month:02}-28",
        )
    message.facts["health_score"].number = str(rng.randint(10, 100))
    message.facts["open_incidents"].number = str(rng.randint(0, 5))
    return message


def test_a_renewal_over_grpc(start):
    _, address = start("--address", "127.0.0.1:0")
    request = pb.ProposeRenewalRequest(day="2026-02-01")
    request.contract.id = "C-1"
    request.contract.customer_id = "AURORA"
    request.contract.currency = "EUR"
    request.contract.lines.add(
        id="users", sku="PLT-USER-M", quantity="100", unit_price="10", start_date="2025-04-01", end_date="2026-03-31"
    )
    request.contract.lines.add(
        id="setup", sku="SVC-INSTALL", quantity="1", unit_price="900", start_date="2025-04-01", end_date="2026-03-31"
    )
    request.contract.method = pb.RENEWAL_METHOD_UPLIFT
    request.contract.uplift.percent = "10"
    request.approval.requester = "robin"
    with grpc.insecure_channel(address) as channel:
        stub = stubs.RenewalServiceStub(channel)
        renewal = stub.ProposeRenewal(request)
        line = renewal.lines[0]
        assert (line.price, line.start_date, line.end_date) == ("11.00", "2026-04-01", "2027-03-31")
        assert line.explanation == "10 and 10 % a year over 1 year, simple"
        assert [(item.contract_line, item.reason) for item in renewal.excluded] == [
            ("setup", "SVC-INSTALL is charged one-time, it does not recur")
        ]
        assert renewal.decision.totals.net_total == "13200.00"
        assert renewal.decision.lines[0].waterfall[-1].reason.startswith("renewal: 10 and 10 %")
        assert renewal.decision.approval.outcome_reason
        assert renewal.quote.id == "C-1-R"
        assert renewal.notice.state == pb.NOTICE_STATE_NOTICE_PASSED
        request.contract.lines[0].quantity = "many"
        request.term_months = -1
        with pytest.raises(grpc.RpcError) as refusal:
            stub.ProposeRenewal(request)
        assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def command(contracts: Path, output: Path) -> list[str]:
    return [
        sys.executable, "-m", "engine.commands", "renew", str(contracts), str(output),
        "--from", "2026-01-01", "--to", "2026-12-31", "--day", "2026-03-16", "--requester", "robin",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_batch_that_is_killed_goes_on(tmp_path):
    contracts = tmp_path / "contracts.jsonl"
    with contracts.open("w", encoding="utf-8") as stream:
        for number in range(CONTRACTS):
            text = json_format.MessageToJson(contract(number), indent=None, preserving_proto_field_name=True)
            stream.write(text + "\n")
    whole = tmp_path / "whole.jsonl"
    finished = subprocess.run(command(contracts, whole), cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    killed = tmp_path / "killed.jsonl"
    kills = 0
    for size in (0.2, 0.6):
        process = subprocess.Popen(
            command(contracts, killed), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            if killed.exists() and killed.stat().st_size > whole.stat().st_size * size:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.001)
        process.wait(60)
    with killed.open("a", encoding="utf-8") as stream:
        stream.write('{"contract_id": "C-99999", "sta')  # a line that a kill cut off
    again = subprocess.run(command(contracts, killed), cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert killed.read_text(encoding="utf-8") == whole.read_text(encoding="utf-8")
    assert again.stdout == finished.stdout
    assert kills or CONTRACTS < 1000
    lines = [json.loads(line) for line in whole.read_text(encoding="utf-8").splitlines()]
    assert len({line["contract_id"] for line in lines}) == len(lines) == CONTRACTS
    for line in lines:
        if line["state"] == "proposed":
            assert sum(map(Decimal, line["lines"].values())) == Decimal(line["net_total"])


def test_contracts_that_are_none_are_told(tmp_path):
    contracts = tmp_path / "contracts.jsonl"
    good = json_format.MessageToJson(contract(1), indent=None, preserving_proto_field_name=True)
    bad = contract(2)
    bad.lines[0].quantity = "many"
    bad.customer_id = "NOBODY"
    unknown = contract(3)
    unknown.customer_id = "NOBODY"
    texts = [good, "{", json_format.MessageToJson(bad, indent=None), json_format.MessageToJson(unknown, indent=None)]
    contracts.write_text("\n".join(texts) + "\n", encoding="utf-8")
    output = tmp_path / "out.jsonl"
    finished = subprocess.run(command(contracts, output), cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "3 contracts were refused" in finished.stderr
    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [line["state"] for line in lines] == ["proposed", "refused", "refused", "refused"]
    assert lines[2]["problems"] == ["contract.lines[0].quantity: expected a decimal such as 1234.56, found 'many'"]
    assert lines[3]["problems"][0].startswith("customer_id: there is no customer 'NOBODY'")

"""Renewals: over gRPC, and a batch that is killed, started again, and comes to the same totals."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from click.testing import CliRunner
from google.protobuf import json_format
from google.protobuf.message import Message
from quotewright.v1 import credit_pb2
from quotewright.v1 import renewal_service_pb2 as pb
from quotewright.v1 import renewal_service_pb2_grpc as stubs

from engine.commands.renew import renew

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


@dataclass
class Ended:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Ended:
    result = CliRunner().invoke(renew, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "engine.commands", "renew", *map(str, arguments)]


WINDOW = ("--from", "2026-01-01", "--to", "2026-12-31")
PROPOSE = (*WINDOW, "--day", "2026-03-16", "--requester", "robin")


def written(path: Path, messages: Iterable[Message]) -> Path:
    lines = (json_format.MessageToJson(m, indent=None, preserving_proto_field_name=True) for m in messages)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def proposals(database: Path) -> list[dict[str, Any]]:
    exported = run("export", database, "-", *WINDOW)
    assert exported.returncode == 0, exported.stderr
    return [json.loads(line) for line in exported.stdout.splitlines()]


@pytest.mark.slow
def test_a_batch_that_is_killed_goes_on(tmp_path):
    contracts = written(tmp_path / "contracts.jsonl", map(contract, range(CONTRACTS)))
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    for database in (whole, killed):
        assert run("import", database, contracts).returncode == 0
    finished = run("propose", whole, *PROPOSE)
    assert finished.returncode == 0, finished.stderr
    reading = sqlite3.connect(killed)
    kills = 0
    for share in (0.2, 0.6):
        process = subprocess.Popen(
            command("propose", killed, *PROPOSE), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            if reading.execute("SELECT count(*) FROM renewals").fetchone()[0] > CONTRACTS * share:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.001)
        process.wait(60)
    reading.close()
    again = run("propose", killed, *PROPOSE)
    assert again.returncode == 0, again.stderr
    assert kills or CONTRACTS < 1000
    lines = proposals(whole)
    assert proposals(killed) == lines
    assert again.stdout == finished.stdout
    assert len({line["contract_id"] for line in lines}) == len(lines) == CONTRACTS
    totals: Counter[str] = Counter()
    for line in lines:
        if line["state"] == "proposed":
            assert sum(map(Decimal, line["lines"].values())) == Decimal(line["net_total"])
            totals[line["currency"]] += Decimal(line["net_total"])
    for currency, total in totals.items():
        assert f"{total:,} {currency}" in finished.stdout


def test_only_what_was_not_proposed_is_proposed(tmp_path):
    database = tmp_path / "renewals.db"
    good, unknown = contract(1), contract(2)
    unknown.customer_id = "NOBODY"
    run("import", database, written(tmp_path / "contracts.jsonl", [good, unknown]))
    first = run("propose", database, *PROPOSE)
    assert first.returncode == 1
    assert "1 contracts were refused" in first.stderr
    before = proposals(database)
    assert [line["state"] for line in before] == ["refused", "proposed"]  # by the last day
    assert before[0]["problems"][0].startswith("customer_id: there is no customer 'NOBODY'")
    later = (*WINDOW, "--day", "2026-03-17", "--requester", "robin")
    run("propose", database, *later)
    assert proposals(database) == before
    good.lines[0].quantity = "7"
    unknown.customer_id = "CEDAR"
    unknown.currency = "USD"
    run("import", database, written(tmp_path / "changed.jsonl", [good, unknown]))
    assert run("propose", database, *later).returncode == 0
    assert [(line["state"], line["day"]) for line in proposals(database)] == [("proposed", "2026-03-17")] * 2
    run("propose", database, *WINDOW, "--day", "2026-03-18", "--again")
    assert {line["day"] for line in proposals(database)} == {"2026-03-18"}


def test_credit_is_checked_where_it_is_given(tmp_path):
    database = tmp_path / "renewals.db"
    run("import", database, written(tmp_path / "contracts.jsonl", map(contract, range(40))))
    request = credit_pb2.CreditRequest(account="AURORA")
    request.accounts.add(id="AURORA", limit="1")
    found = run("propose", database, *PROPOSE, "--credit", written(tmp_path / "credit.jsonl", [request]))
    assert found.returncode == 0, found.stderr
    proposed = [line for line in proposals(database) if line["state"] == "proposed"]
    of_aurora = {f"C-{number:05}" for number in range(40) if contract(number).customer_id == "AURORA"}
    for line in proposed:
        assert line["credit"] == ("refer" if line["contract_id"] in of_aurora else "")
        if line["contract_id"] in of_aurora:
            assert "credit.credit_manager" in line["approvers"]
    assert of_aurora & {line["contract_id"] for line in proposed}


def test_contracts_that_are_none_are_told(tmp_path):
    bad = contract(2)
    bad.lines[0].quantity = "many"
    never = contract(3)
    never.lines[0].end_date = "9999-12-31"
    contracts = written(tmp_path / "contracts.jsonl", [contract(1), contract(1), bad, never])
    contracts.write_text(contracts.read_text(encoding="utf-8") + "{\n", encoding="utf-8")
    database = tmp_path / "renewals.db"
    refused = run("import", database, contracts)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[:3] == [
        f"{contracts}:2: contract 'C-00001' is on line 1 too",
        f"{contracts}:3: contract.lines[0].quantity: expected a decimal such as 1234.56, found 'many'",
        f"{contracts}:4: contract.lines[0].end_date: a line ends between the years 1900 and 9000, found 9999-12-31",
    ]
    assert refused.stderr.splitlines()[3].startswith(f"{contracts}:5: this is no Contract: ")
    assert refused.stderr.splitlines()[-1] == "nothing was stored"
    assert not database.exists()


def test_files_and_windows_that_cannot_be_used(tmp_path):
    database, none = tmp_path / "renewals.db", tmp_path / "none" / "x"
    contracts = written(tmp_path / "contracts.jsonl", [contract(1)])
    assert "does not exist" in run("propose", database, *PROPOSE).stderr
    assert "is not a database" in run("import", contracts, contracts).stderr
    assert run("import", database, contracts).returncode == 0
    refused = run("export", database, none, *WINDOW)
    assert (refused.returncode, refused.stderr) == (2, f"{none}: cannot be written: No such file or directory\n")
    backwards = run("propose", database, "--from", "2026-02-01", "--to", "2026-01-31", "--day", "2026-01-01")
    assert "the window ends on 2026-01-31, before it begins on 2026-02-01" in backwards.stderr
    credit = run("propose", database, *PROPOSE, "--credit", contracts)
    assert f"{contracts}:1: this is no CreditRequest: " in credit.stderr


def test_stored_contracts_over_grpc(start, tmp_path):
    _, address = start("--address", "127.0.0.1:0", "--database", str(tmp_path / "a.db"))
    with grpc.insecure_channel(address) as channel:
        stub = stubs.RenewalServiceStub(channel)
        for number in range(5):
            assert stub.PutContract(pb.PutContractRequest(contract=contract(number))).version == 1
        assert stub.PutContract(pb.PutContractRequest(contract=contract(3))).version == 1
        changed = contract(3)
        changed.lines[0].quantity = "8"
        assert stub.PutContract(pb.PutContractRequest(contract=changed)).version == 2
        found = stub.GetContract(pb.GetContractRequest(contract_id="C-00003"))
        assert (found.contract, found.version, found.HasField("renewal")) == (changed, 2, False)
        listed, token = [], ""
        while True:
            page = stub.ListContracts(pb.ListContractsRequest(page_size=2, page_token=token))
            listed += page.contracts
            token = page.next_page_token
            if not token:
                break
        assert sorted(item.contract_id for item in listed) == [f"C-{number:05}" for number in range(5)]
        assert [item.ends for item in listed] == sorted(item.ends for item in listed)
        customer = listed[0].customer_id
        some = stub.ListContracts(pb.ListContractsRequest(customer_id=customer, ends_from="2026-01-01")).contracts
        assert [item for item in listed if item.customer_id == customer] == list(some)
        stored = stub.ProposeRenewal(pb.ProposeRenewalRequest(contract_id="C-00003", day="2026-03-16"))
        assert stored == stub.ProposeRenewal(pb.ProposeRenewalRequest(contract=changed, day="2026-03-16"))
        assert run("propose", tmp_path / "a.db", *PROPOSE).returncode == 0
        renewal = stub.GetContract(pb.GetContractRequest(contract_id="C-00003")).renewal
        assert renewal.proposal.quote == stored.quote
        assert (renewal.state, renewal.contract_version, renewal.day) == (pb.RENEWAL_STATE_PROPOSED, 2, "2026-03-16")
        for code, method, request in (
            ("NOT_FOUND", stub.GetContract, pb.GetContractRequest(contract_id="C")),
            ("NOT_FOUND", stub.ProposeRenewal, pb.ProposeRenewalRequest(contract_id="C", day="2026-03-16")),
            ("INVALID_ARGUMENT", stub.GetContract, pb.GetContractRequest()),
            ("INVALID_ARGUMENT", stub.PutContract, pb.PutContractRequest()),
            ("INVALID_ARGUMENT", stub.ListContracts, pb.ListContractsRequest(ends_from="soon")),
            ("INVALID_ARGUMENT", stub.ListContracts, pb.ListContractsRequest(page_token="x")),
            (
                "INVALID_ARGUMENT",
                stub.ProposeRenewal,
                pb.ProposeRenewalRequest(contract_id="C-00003", contract=changed, day="2026-03-16"),
            ),
        ):
            with pytest.raises(grpc.RpcError) as refusal:
                method(request)
            assert refusal.value.code().name == code


def test_a_server_without_a_database_stores_nothing(start):
    _, address = start("--address", "127.0.0.1:0")
    with grpc.insecure_channel(address) as channel:
        stub = stubs.RenewalServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refusal:
            stub.PutContract(pb.PutContractRequest(contract=contract(1)))
        assert refusal.value.code() == grpc.StatusCode.UNIMPLEMENTED
        with pytest.raises(grpc.RpcError, match="the contract goes with the call"):
            stub.ProposeRenewal(pb.ProposeRenewalRequest(contract_id="C-1", day="2026-03-16"))

"""Quotes in approval over gRPC: a day in the life, refusals, repeated and stale calls, restarts, many approvers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import grpc
import pytest
from approval_calls import Calls, quote
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from quotewright.v1 import approval_service_pb2 as pb
from quotewright.v1 import (
    credit_pb2,
    credit_service_pb2,
    credit_service_pb2_grpc,
    quote_service_pb2,
    quote_service_pb2_grpc,
)

from engine.store.approvals import ApprovalStore
from engine.store.audit import first_fault
from engine.store.schema import open_database

ROOT = Path(__file__).parents[2]
RESTARTS = int(os.environ.get("QUOTEWRIGHT_RESTARTS", "12"))


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return tmp_path_factory.mktemp("approvals") / "approvals.db"


@pytest.fixture(scope="module")
def served_approvals(start, database):
    return start("--address", "127.0.0.1:0", "--database", str(database), "--threads", "4")


@pytest.fixture
def call(served_approvals):
    calls = Calls(served_approvals[1])
    yield calls
    calls.close()


def refused(code, function, **fields):
    with pytest.raises(grpc.RpcError) as refusal:
        function(**fields)
    assert refusal.value.code() == code, refusal.value.details()
    return rpc_status.from_call(refusal.value)


def test_a_day_in_the_life(call):
    submitted = call("SubmitQuote", quote=quote("D-1"), person="robin")
    assert submitted.decision.approval.outcome_reason == "3 steps must approve"
    approval = submitted.approval
    assert [(step.id, step.state) for step in approval.steps] == [
        ("discount.manager", pb.APPROVAL_STEP_STATE_OPEN),
        ("discount.director", pb.APPROVAL_STEP_STATE_WAITING),
        ("discount.cfo", pb.APPROVAL_STEP_STATE_WAITING),
    ]
    assert [found.quote_id for found in call("ListApprovals", person="maria").approvals].count("D-1") == 1
    assert "D-1" not in [found.quote_id for found in call("ListApprovals", person="dana").approvals]
    call("Comment", quote_id="D-1", person="maria", comment="why so much?")
    call("Approve", quote_id="D-1", person="maria", comment="strategic")
    call("Delegate", quote_id="D-1", person="dana", to="marc", comment="on a plane")
    call("Approve", quote_id="D-1", person="marc")
    rejected = call("Reject", quote_id="D-1", person="felix", comment="too deep").approval
    assert rejected.state == pb.APPROVAL_STATE_REJECTED
    again = call("SubmitQuote", quote=quote("D-1", "52"), person="robin").approval
    assert [step.state for step in again.steps] == [
        pb.APPROVAL_STEP_STATE_SKIPPED,
        pb.APPROVAL_STEP_STATE_SKIPPED,
        pb.APPROVAL_STEP_STATE_OPEN,
    ]
    done = call("Approve", quote_id="D-1", person="felix").approval
    assert (done.state, done.submission) == (pb.APPROVAL_STATE_APPROVED, 2)
    found = call("GetApproval", quote_id="D-1")
    assert found.quote == quote("D-1", "52")
    assert found.decision.quote_id == "D-1"
    assert [event.kind for event in found.history] == [
        "quote.submitted", "approval.needed", "quote.commented", "approval.given", "approval.needed",
        "approval.delegated", "approval.needed", "approval.given", "approval.needed", "quote.rejected",
        "quote.submitted", "approval.needed", "approval.given", "quote.approved",
    ]  # fmt: skip
    assert json.loads(found.history[8].detail_json) == {"person": "felix", "step": "discount.cfo"}
    delegated = found.approval.steps  # the second submission asks felix alone
    assert [step.slots[0].decided_by for step in delegated if step.slots] == ["felix"]


def test_a_quote_that_needs_nobody_is_approved_at_once(call):
    approval = call("SubmitQuote", quote=quote("N-1", "5"), person="robin").approval
    assert approval.state == pb.APPROVAL_STATE_APPROVED
    assert approval.outcome_reason == "no rule asks for an approval"


def test_drafts_and_recalls(call):
    draft = call("SaveDraft", quote=quote("R-1"), person="robin").approval
    assert (draft.state, draft.version) == (pb.APPROVAL_STATE_DRAFT, 1)
    call("SubmitQuote", quote=quote("R-1"), person="robin")
    refused(grpc.StatusCode.PERMISSION_DENIED, call, method="Recall", quote_id="R-1", person="sam")
    refused(grpc.StatusCode.FAILED_PRECONDITION, call, method="SaveDraft", quote=quote("R-1"), person="robin")
    assert call("Recall", quote_id="R-1", person="robin").approval.state == pb.APPROVAL_STATE_RECALLED
    refused(grpc.StatusCode.FAILED_PRECONDITION, call, method="Approve", quote_id="R-1", person="maria")
    assert call("SaveDraft", quote=quote("R-1", "5"), person="robin").approval.state == pb.APPROVAL_STATE_DRAFT


def test_whoever_is_not_asked_is_refused(call):
    call("SubmitQuote", quote=quote("P-1"), person="robin")
    status = refused(grpc.StatusCode.PERMISSION_DENIED, call, method="Approve", quote_id="P-1", person="felix")
    assert status.message == "'felix' is not asked to decide quote 'P-1' now"
    refused(grpc.StatusCode.NOT_FOUND, call, method="Approve", quote_id="P-2", person="maria")
    status = refused(grpc.StatusCode.NOT_FOUND, call, method="Delegate", quote_id="P-1", person="maria", to="marck")
    resource = error_details_pb2.ResourceInfo()
    status.details[0].Unpack(resource)
    assert resource.description == "did you mean 'marc'?"


def test_nobody_approves_a_quote_of_their_own(call):
    approval = call("SubmitQuote", quote=quote("O-1", "15"), person="maria").approval
    assert "maria" not in [item.person for slot in approval.steps[0].slots for item in slot.candidates]
    asked = approval.steps[0].slots[0].candidates[0].person
    refused(grpc.StatusCode.PERMISSION_DENIED, call, method="Approve", quote_id="O-1", person="maria")
    refused(grpc.StatusCode.PERMISSION_DENIED, call, method="Delegate", quote_id="O-1", person=asked, to="maria")


def test_a_stale_version_is_refused_with_the_current_state(call):
    version = call("SubmitQuote", quote=quote("S-1"), person="robin").approval.version
    call("Comment", quote_id="S-1", person="sam", comment="hello")
    status = refused(
        grpc.StatusCode.ABORTED, call, method="Approve", quote_id="S-1", person="maria", expected_version=version
    )
    current = pb.Approval()
    assert status.details[0].Unpack(current)
    assert (current.version, current.state) == (version + 1, pb.APPROVAL_STATE_IN_APPROVAL)
    assert current == call("GetApproval", quote_id="S-1").approval
    call("Approve", quote_id="S-1", person="maria", expected_version=current.version)


def test_a_repeated_call_does_nothing_again(call):
    first = call("SubmitQuote", quote=quote("I-1"), person="robin", idempotency_key="i-1")
    assert call("SubmitQuote", quote=quote("I-1"), person="robin", idempotency_key="i-1") == first
    once = call("Approve", quote_id="I-1", person="maria", idempotency_key="i-2")
    assert call("Approve", quote_id="I-1", person="maria", idempotency_key="i-2") == once
    given = [event for event in call("GetApproval", quote_id="I-1").history if event.kind == "approval.given"]
    assert len(given) == 1
    refused(
        grpc.StatusCode.INVALID_ARGUMENT, call, method="Approve", quote_id="I-1", person="dana", idempotency_key="i-2"
    )


def test_a_quote_that_takes_the_place_of_another(call):
    call("SubmitQuote", quote=quote("V-1"), person="robin")
    call("SubmitQuote", quote=quote("V-2"), person="robin", supersedes="V-1")
    before = call("GetApproval", quote_id="V-1").approval
    assert (before.state, before.superseded_by) == (pb.APPROVAL_STATE_SUPERSEDED, "V-2")
    refused(grpc.StatusCode.FAILED_PRECONDITION, call, method="Approve", quote_id="V-1", person="maria")
    refused(grpc.StatusCode.NOT_FOUND, call, method="SubmitQuote", quote=quote("V-3"), person="robin", supersedes="V-9")
    refused(grpc.StatusCode.NOT_FOUND, call, method="GetApproval", quote_id="V-3")  # nothing of it was done


def test_requests_that_are_none(call):
    status = refused(grpc.StatusCode.INVALID_ARGUMENT, call, method="Approve", comment="x" * 2001, expected_version=-1)
    violations = error_details_pb2.BadRequest()
    status.details[0].Unpack(violations)
    assert [item.field for item in violations.field_violations] == [
        "quote_id", "comment", "person", "expected_version",
    ]  # fmt: skip
    refused(grpc.StatusCode.INVALID_ARGUMENT, call, method="Comment", quote_id="D-1", person="sam", comment=" ")
    refused(grpc.StatusCode.INVALID_ARGUMENT, call, method="SubmitQuote", quote=quote("", "5"), person="robin")


def test_lists_have_pages(call):
    for number in range(5):
        call("SubmitQuote", quote=quote(f"L-{number}", "15"), person="sam")
    found, token = [], ""
    while True:
        page = call("ListApprovals", person="marc", page_size=2, page_token=token)
        found += [approval.quote_id for approval in page.approvals]
        token = page.next_page_token
        if not token:
            break
    assert [name for name in found if name.startswith("L-")] == [f"L-{number}" for number in range(5)]


def test_credit_and_approval_of_one_decision(served_approvals):
    credit = credit_pb2.CreditRequest(account="A", accounts=[credit_pb2.CreditAccount(id="A", limit="100")])
    with grpc.insecure_channel(served_approvals[1]) as channel:
        asked = quote_service_pb2.PriceQuoteRequest(quote=quote("C-1", "55", quantity="1"), credit=credit)
        asked.approval.requester = "robin"
        decision = quote_service_pb2_grpc.QuoteServiceStub(channel).PriceQuote(asked).decision
        assert decision.credit.outcome == credit_pb2.CREDIT_OUTCOME_REFER
        assert decision.credit.findings[0].reason.rule_id == "over-limit"
        assert {step.id for step in decision.approval.steps} >= {"credit.credit_manager", "discount.cfo"}
        plain = quote_service_pb2.PriceQuoteRequest(quote=asked.quote)
        alone = quote_service_pb2_grpc.QuoteServiceStub(channel).PriceQuote(plain).decision
        assert not alone.HasField("credit")
        assert not alone.HasField("approval")
        checked = credit_service_pb2_grpc.CreditServiceStub(channel).CheckCredit(
            credit_service_pb2.CheckCreditRequest(quote=asked.quote, credit=credit)
        )
        assert checked.credit == decision.credit
        with pytest.raises(grpc.RpcError) as refusal:
            quote_service_pb2_grpc.QuoteServiceStub(channel).PriceQuote(
                quote_service_pb2.PriceQuoteRequest(quote=asked.quote, credit=credit_pb2.CreditRequest())
            )
        assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_fifty_approvers_on_four_connections(served_approvals, database):
    """Everybody acts on the same quotes: each approval counts once, no illegal state, no lost update."""
    calls = [Calls(served_approvals[1]) for _ in range(4)]
    names = [f"H-{number}" for number in range(10)]
    for name in names:
        calls[0]("SubmitQuote", quote=quote(name), person="robin")
    people = ["maria", "dana", "felix", "robin", "sam"]
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()

    def hammer(number: int) -> None:
        rng = random.Random(number)
        for _ in range(12):
            name, person = rng.choice(names), people[number % len(people)]
            try:
                calls[number % 4]("Approve", quote_id=name, person=person)
                outcome = "approved"
            except grpc.RpcError as error:
                outcome = error.code().name
            with lock:
                outcomes[outcome] += 1

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(hammer, range(50)))
    assert set(outcomes) <= {"approved", "PERMISSION_DENIED", "FAILED_PRECONDITION"}
    given = 0
    for name in names:
        found = calls[0]("GetApproval", quote_id=name)
        kinds = Counter(event.kind for event in found.history)
        given += kinds["approval.given"]
        assert kinds["approval.given"] == sum(
            step.state == pb.APPROVAL_STEP_STATE_APPROVED for step in found.approval.steps
        )
        assert kinds["quote.approved"] == (found.approval.state == pb.APPROVAL_STATE_APPROVED)
        assert found.approval.version == 1 + kinds["approval.given"]
        assert [event.version for event in found.history] == sorted(event.version for event in found.history)
    assert given == outcomes["approved"]
    opened = open_database(database)
    assert first_fault(ApprovalStore(opened).audit()) is None
    opened.close()
    for item in calls:
        item.close()


def test_a_webhook_hears_of_everything_at_least_once(start, tmp_path):
    heard: list[dict] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fails = body["sequence"] == 2 and not any(item["sequence"] == 2 for item in heard)
            heard.append(body)
            self.send_response(500 if fails else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    web = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    hook = f"http://127.0.0.1:{web.server_port}/events"
    _, address = start("--address", "127.0.0.1:0", "--database", str(tmp_path / "a.db"), "--webhook", hook)
    calls = Calls(address)
    calls("SubmitQuote", quote=quote("W-1", "15"), person="robin")
    calls("Approve", quote_id="W-1", person="maria")
    until = time.monotonic() + 40
    while time.monotonic() < until and not any(item["kind"] == "quote.approved" for item in heard):
        time.sleep(0.1)
    assert [item["sequence"] for item in heard] == [1, 2, 2, 3, 4]
    assert [event.sequence for event in calls.events()] == [1, 2, 3, 4]
    calls.close()
    web.shutdown()
    web.server_close()


def test_new_rules_hold_for_the_next_submission(start, tmp_path):
    shutil.copytree(ROOT / "rules/sample", tmp_path / "rules")
    arguments = ("--rules", str(tmp_path / "rules"), "--database", str(tmp_path / "a.db"))
    server, address = start("--address", "127.0.0.1:0", *arguments)
    calls = Calls(address)
    assert len(calls("SubmitQuote", quote=quote("X-1", "15"), person="robin").approval.steps) == 1
    path = tmp_path / "rules/approval/discounts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("discount_percent > 10", "discount_percent > 20"))
    for count in range(2, 6):
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("loaded ", count)
        approval = calls("SubmitQuote", quote=quote(f"X-{count}", "15"), person="robin").approval
    assert approval.state == pb.APPROVAL_STATE_APPROVED
    waiting = calls("Approve", quote_id="X-1", person="maria").approval
    assert waiting.state == pb.APPROVAL_STATE_APPROVED
    calls.close()


@pytest.mark.slow
def test_kills_between_and_during_steps_lose_nothing(start, tmp_path):
    """The server is killed at random moments and started again; callers repeat what got no answer."""
    rng = random.Random(4711)
    path = tmp_path / "approvals.db"
    arguments = ("--database", str(path))
    server, address = start("--address", "127.0.0.1:0", *arguments)
    calls = Calls(address)
    restarts = finished = 0
    while restarts < RESTARTS:
        name = f"K-{finished}"
        finished += 1
        steps = [
            ("SubmitQuote", {"quote": quote(name), "person": "robin"}),
            ("Approve", {"quote_id": name, "person": "maria"}),
            ("Approve", {"quote_id": name, "person": "dana"}),
            ("Reject", {"quote_id": name, "person": "felix"}),
            ("SubmitQuote", {"quote": quote(name, "52"), "person": "robin"}),
            ("Approve", {"quote_id": name, "person": "felix"}),
        ]
        for place, (method, fields) in enumerate(steps):
            key = f"{name}-{place}"
            if restarts == RESTARTS or rng.random() < 0.5:
                calls(method, idempotency_key=key, **fields)
                continue
            restarts += 1
            threading.Timer(rng.random() * 0.01, server.process.send_signal, (signal.SIGKILL,)).start()
            with ThreadPoolExecutor(1) as pool:
                answer = pool.submit(calls, method, idempotency_key=key, **fields)
                server.process.wait(30)
                server.stop()
                server, _ = start("--address", address, *arguments)
                answer.result(60)
    for number in range(finished):
        found = calls("GetApproval", quote_id=f"K-{number}")
        assert found.approval.state == pb.APPROVAL_STATE_APPROVED
        assert [event.kind for event in found.history] == [
            "quote.submitted", "approval.needed", "approval.given", "approval.needed", "approval.given",
            "approval.needed", "quote.rejected", "quote.submitted", "approval.needed", "approval.given",
            "quote.approved",
        ]  # fmt: skip
    sequences = [event.sequence for event in calls.events()]
    assert sequences == list(range(1, 11 * finished + 1))
    calls.close()
    server.stop()
    opened = open_database(path)
    assert first_fault(ApprovalStore(opened).audit()) is None
    opened.close()


def test_events_are_told_as_they_happen_and_again_from_where_one_was(start, tmp_path):
    server, address = start("--address", "127.0.0.1:0", "--database", str(tmp_path / "a.db"), "--workers", "2")
    calls = Calls(address)
    calls("SubmitQuote", quote=quote("E-1", "15"), person="robin")
    watching = calls.stub.WatchEvents(pb.WatchEventsRequest())
    assert [event.kind for event in next(watching).events] == ["quote.submitted", "approval.needed"]
    other = Calls(address)  # maybe served by the other worker
    other("Approve", quote_id="E-1", person="maria")
    seen = []
    while len(seen) < 2:
        seen += next(watching).events
    assert [(event.sequence, event.kind) for event in seen] == [(3, "approval.given"), (4, "quote.approved")]
    again = calls.stub.WatchEvents(pb.WatchEventsRequest(after=2))
    assert list(next(again).events) == seen == calls.events()[2:]
    with pytest.raises(grpc.RpcError) as refusal:
        next(calls.stub.WatchEvents(pb.WatchEventsRequest(after=-1)))
    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    again.cancel()
    server.process.send_signal(signal.SIGTERM)
    assert [event for message in watching for event in message.events] == []
    assert watching.code() == grpc.StatusCode.OK
    assert server.ended() == 0
    for item in (calls, other):
        item.close()

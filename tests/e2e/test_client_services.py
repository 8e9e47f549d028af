"""Both Python clients on approval, credit, renewal and configuration, against a real server."""

from __future__ import annotations

import asyncio
import inspect
import signal
import threading

import grpc
import pytest
from quotewright_client import (
    ApprovalState,
    AsyncQuotewrightClient,
    Choice,
    Configuration,
    Contract,
    ContractLine,
    CreditAccount,
    CreditOutcome,
    CreditRequest,
    InvalidRequestError,
    NotFoundError,
    NotPermittedError,
    QuotewrightClient,
    StaleApprovalError,
    TransitionRefusedError,
    UnavailableError,
    line,
    percent_off,
    quote,
)

CREDIT = CreditRequest(account="AURORA", accounts=[CreditAccount(id="AURORA", limit="1")])
CONTRACT = Contract(
    id="C-1",
    customer_id="AURORA",
    currency="EUR",
    lines=[
        ContractLine(
            id="1", sku="PLT-USER-M", quantity="10", unit_price="20", start_date="2025-04-01", end_date="2026-03-31"
        )
    ],
)


def asked(name, percent="55"):
    lines = [line("SVC-INSTALL", 1, discount=percent_off(percent))]
    return quote(lines, currency="EUR", price_date="2026-03-16", id=name, customer_id="AURORA")


@pytest.fixture(scope="module")
def kept(start, tmp_path_factory):
    return start("--address", "127.0.0.1:0", "--database", str(tmp_path_factory.mktemp("kept") / "a.db"))[1]


class Awaited:
    """The async client, called from ordinary code: what works with one works with the other."""

    def __init__(self, address):
        self._loop = asyncio.new_event_loop()
        self._client = self._loop.run_until_complete(self._made(address))

    @staticmethod
    async def _made(address):
        return AsyncQuotewrightClient(address)

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def call(*args, **kwargs):
            found = method(*args, **kwargs)
            if inspect.isawaitable(found):
                return self._loop.run_until_complete(found)
            return self._listed(found)

        return call

    def _listed(self, found):
        while True:
            try:
                yield self._loop.run_until_complete(anext(found))
            except StopAsyncIteration:
                return
            except GeneratorExit:
                self._loop.run_until_complete(found.aclose())
                return

    def close(self):
        self._loop.run_until_complete(self._client.close())
        self._loop.close()


@pytest.fixture(params=[QuotewrightClient, Awaited], ids=["sync", "async"])
def client(request, kept):
    made = request.param(kept)
    yield made
    made.close()


@pytest.fixture
def name(request):
    return request.node.name


def test_a_quote_goes_through_approval(client, name):
    submitted = client.submit_quote(asked(name), person="robin", credit=CREDIT)
    assert submitted.approval.state == ApprovalState.APPROVAL_STATE_IN_APPROVAL
    assert submitted.decision.credit.outcome == CreditOutcome.CREDIT_OUTCOME_REFER
    assert name in [item.quote_id for item in client.list_approvals("maria")]
    client.comment(name, "why so much?", person="maria")
    version = client.approve(name, person="maria", step="discount.manager").version
    with pytest.raises(StaleApprovalError) as stale:
        client.approve(name, person="dana", expected_version=version - 1)
    assert stale.value.approval.version == version
    with pytest.raises(NotPermittedError, match="'felix' is not asked"):
        client.approve(name, person="felix")
    client.delegate(name, "marc", person="dana", comment="on a plane")
    rejected = client.reject(name, person="marc", comment="too deep")
    assert rejected.state == ApprovalState.APPROVAL_STATE_REJECTED
    with pytest.raises(TransitionRefusedError) as refusal:
        client.recall(name, person="robin")
    assert refusal.value.approval.state == ApprovalState.APPROVAL_STATE_REJECTED
    assert client.save_draft(asked(name, "5"), person="robin").state == ApprovalState.APPROVAL_STATE_DRAFT
    assert [event.kind for event in client.get_approval(name).history][-1] == "quote.saved"


def test_what_is_not_there_is_told(client, name):
    with pytest.raises(NotFoundError) as refusal:
        client.get_approval(name)
    assert (refusal.value.kind, refusal.value.name) == ("quote in approval", name)
    with pytest.raises(NotFoundError):
        client.approve(name, person="maria", expected_version=3)
    with pytest.raises(NotFoundError):
        client.submit_quote(asked(name), person="robin", expected_version=3)
    with pytest.raises(InvalidRequestError, match="person"):
        client.approve(name)


def test_a_call_with_a_key_happens_once(client, name):
    first = client.submit_quote(asked(name), person="robin", idempotency_key=name)
    assert client.submit_quote(asked(name), person="robin", idempotency_key=name) == first
    assert client.submit_quote(asked(name + "2"), person="robin").approval.version == first.approval.version


def test_credit_explanations_and_solving(client):
    result = client.check_credit(asked("x"), CREDIT)
    assert result.credit.outcome == CreditOutcome.CREDIT_OUTCOME_REFER
    told = client.explain_quote(asked("x"), credit=CREDIT)
    assert [part.subject for part in told.explanation.because] == ["prices", "credit of AURORA"]
    assert client.price_quote(asked("x"), credit=CREDIT) == told.decision
    assert client.solve_discount(asked("x", "5"), auto_approved=True, requester="robin").percent


def test_contracts_and_renewals(client):
    version = client.put_contract(CONTRACT)
    assert client.put_contract(CONTRACT) == version
    assert client.get_contract("C-1").contract == CONTRACT
    assert [item.contract_id for item in client.list_contracts(customer_id="AURORA", page_size=1)] == ["C-1"]
    own = client.propose_renewal(CONTRACT, day="2026-02-01", quantities={"1": 12}, explanation=True)
    assert own == client.propose_renewal("C-1", day="2026-02-01", quantities={"1": 12}, explanation=True)
    assert own.explanation.subject == "renewal of contract C-1"
    with pytest.raises(NotFoundError):
        client.get_contract("C-2")


def test_configurations(client):
    chosen = Configuration(product="SRV-R1", choices=[Choice(name="CPU-16", quantity=2)])
    assert client.configure(chosen).groups
    assert client.complete_configuration(chosen, currency="EUR").possible
    assert not client.validate_configuration(chosen).valid
    assert not client.repair_configuration(chosen).give_up
    assert client.explain_option(chosen, "CPU-16").status
    with pytest.raises(InvalidRequestError):
        client.configure(Configuration(product="SRV-R1", choices=[Choice(name="nothing")]))


def test_no_server_is_unavailable(client):
    with QuotewrightClient("127.0.0.1:9", attempts=1, timeout=2) as nobody, pytest.raises(UnavailableError):
        nobody.get_approval("Q")


def test_events_go_on_over_a_restart_of_the_server(start, tmp_path):
    arguments = ("--database", str(tmp_path / "a.db"))
    server, address = start("--address", "127.0.0.1:0", *arguments)
    seen, done = [], threading.Event()

    def follow():
        with QuotewrightClient(address) as client:
            for event in client.events():
                seen.append((event.sequence, event.kind))
                if event.kind == "quote.approved":
                    done.set()
                    return

    thread = threading.Thread(target=follow)
    thread.start()
    with QuotewrightClient(address, attempts=5, timeout=30, options=[("grpc.max_reconnect_backoff_ms", 200)]) as client:
        client.submit_quote(asked("E", "15"), person="robin")
        server.process.send_signal(signal.SIGTERM)
        server.ended()
        start("--address", address, *arguments)
        grpc.channel_ready_future(client._channel).result(20)
        client.approve("E", person="maria")
    assert done.wait(30)
    thread.join(10)
    assert seen == [(1, "quote.submitted"), (2, "approval.needed"), (3, "approval.given"), (4, "quote.approved")]

"""Who acts on a quote in approval: the caller, where the server knows who calls, and never somebody whom it names."""

import pytest
from quotewright.v1 import approval_service_pb2 as pb

from catalog.sample import FOLDER as CATALOG
from engine.commands.samples import RULES
from engine.security.identity import Role
from engine.security.refusals import OtherPersonError
from engine.security.roles import identity
from engine.service.approval_desk import ApprovalDesk
from engine.service.approval_service import ApprovalService
from engine.service.errors import NotPermittedError
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder
from engine.store.approvals import ApprovalStore
from engine.store.schema import open_database
from engine.wire.violations import RequestRejectedError

ROBIN = identity("robin", [Role.PRICE])
MARIA = identity("maria", [Role.APPROVE])
FELIX = identity("felix", [Role.APPROVE, Role.PRICE])


@pytest.fixture(scope="module")
def holder():
    return SnapshotHolder(SnapshotSource(RULES, CATALOG).load()[0])


@pytest.fixture
def service(holder, tmp_path):
    database = open_database(tmp_path / "a.db")
    yield ApprovalService(ApprovalDesk(holder, ApprovalStore(database)))
    database.close()


def submitted(service, caller=ROBIN, credit_person=None, person="", name="Q", percent="15"):
    request = pb.SubmitQuoteRequest(person=person)
    request.quote.id, request.quote.currency, request.quote.price_date = name, "EUR", "2026-03-16"
    line = request.quote.lines.add(id="1", sku="SVC-INSTALL", quantity="1")
    line.discount.percent = percent
    if credit_person is not None:
        request.credit.account = "A"
        request.credit.accounts.add(id="A", limit="1")
        request.credit.override.person = credit_person
        request.credit.override.role, request.credit.override.reason = "cfo", "paid in advance"
    return pb.SubmitQuoteResponse.FromString(service.submit_quote(request.SerializeToString(), caller))


def approved(service, caller, person="", name="Q", key=""):
    request = pb.ApproveRequest(quote_id=name, person=person, idempotency_key=key)
    return pb.ApproveResponse.FromString(service.approve(request.SerializeToString(), caller)).approval


def test_the_caller_acts_whom_the_message_need_not_name(service):
    assert submitted(service).approval.requester == "robin"
    assert approved(service, MARIA, "maria").state == pb.APPROVAL_STATE_APPROVED


def test_nobody_acts_for_somebody_whom_the_message_names(service):
    with pytest.raises(OtherPersonError):
        submitted(service, person="sam")
    submitted(service)
    with pytest.raises(OtherPersonError):
        approved(service, ROBIN, "maria")
    with pytest.raises(NotPermittedError):
        approved(service, ROBIN)


def test_an_answer_is_repeated_to_its_caller_alone(service):
    submitted(service)
    first = approved(service, MARIA, key="k")
    assert approved(service, MARIA, key="k") == first
    with pytest.raises(RequestRejectedError, match="belongs to another request"):
        approved(service, FELIX, key="k")


def test_credit_is_overridden_by_the_caller_alone(service):
    with pytest.raises(OtherPersonError):
        submitted(service, ROBIN, "felix")
    assert submitted(service, FELIX, "", percent="5").decision.credit.overridden_by == "felix"


def test_without_keys_and_tokens_the_message_is_believed(service):
    assert submitted(service, None, person="robin").approval.requester == "robin"
    with pytest.raises(RequestRejectedError, match="person"):
        submitted(service, None, name="R")

"""The calls of ApprovalService; those that change something carry a key, so that they happen once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from quotewright.v1 import approval_service_pb2 as pb
from quotewright.v1.approval_service_pb2 import Approval, GetApprovalResponse, SubmitQuoteResponse
from quotewright.v1.credit_pb2 import CreditRequest
from quotewright.v1.quote_pb2 import Quote

from quotewright_client.calls import Call, Pages, whole
from quotewright_client.errors import InvalidQuoteError


def _key(given: str) -> str:
    return given or uuid.uuid4().hex


def _approval(response: pb.ApproveResponse) -> Approval:
    return response.approval


def save_draft(
    quote: Quote,
    *,
    person: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[Approval]:
    """Store a quote without submitting it.

    Args:
        quote: its id names it from now on.
        person: who works on it; not needed where the server knows by key or token who calls.
        idempotency_key: for calls that a program repeats itself; left out, each call is one of its own.
        expected_version: the version that the caller saw; 0 asks for no check.
        timeout: seconds that the call may take.

    Raises:
        InvalidQuoteError: the quote cannot be read.
        StaleApprovalError: somebody else changed the quote.
        TransitionRefusedError: its state does not allow it.
        QuotewrightError: the call failed.
    """
    request = pb.SaveDraftRequest(
        quote=quote, person=person, idempotency_key=_key(idempotency_key), expected_version=expected_version
    )
    return Call("ApprovalService/SaveDraft", request, pb.SaveDraftResponse, _approval, timeout, InvalidQuoteError)


def submit_quote(
    quote: Quote,
    *,
    person: str = "",
    credit: CreditRequest | None = None,
    supersedes: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[SubmitQuoteResponse]:
    """Decide a quote and submit it for approval.

    Args:
        quote: its id names it from now on.
        person: who submits it.
        credit: also checks the credit, whose findings are facts for approval.
        supersedes: id of a quote in approval whose place this one takes.
        idempotency_key: see `save_draft`.
        expected_version: see `save_draft`.
        timeout: seconds that the call may take.

    Raises:
        InvalidQuoteError: the quote cannot be decided as asked.
        StaleApprovalError: somebody else changed the quote.
        TransitionRefusedError: its state does not allow it, or a step has nobody who could approve.
        QuotewrightError: the call failed.
    """
    request = pb.SubmitQuoteRequest(
        quote=quote,
        person=person,
        credit=credit,
        supersedes=supersedes,
        idempotency_key=_key(idempotency_key),
        expected_version=expected_version,
    )
    return Call("ApprovalService/SubmitQuote", request, SubmitQuoteResponse, whole, timeout, InvalidQuoteError)


def approve(
    quote_id: str,
    *,
    person: str = "",
    step: str = "",
    comment: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[Approval]:
    """Give the approvals that a person is asked for; `step` names one of them.

    Raises:
        NotPermittedError: the person is not asked.
        StaleApprovalError: somebody else changed the quote.
        TransitionRefusedError: its state does not allow it.
        QuotewrightError: the call failed.
    """
    request = pb.ApproveRequest(
        quote_id=quote_id,
        person=person,
        step=step,
        comment=comment,
        idempotency_key=_key(idempotency_key),
        expected_version=expected_version,
    )
    return Call("ApprovalService/Approve", request, pb.ApproveResponse, _approval, timeout)


def reject(
    quote_id: str,
    *,
    person: str = "",
    step: str = "",
    comment: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[Approval]:
    """Reject a quote; raises as `approve` does."""
    request = pb.RejectRequest(
        quote_id=quote_id,
        person=person,
        step=step,
        comment=comment,
        idempotency_key=_key(idempotency_key),
        expected_version=expected_version,
    )
    return Call("ApprovalService/Reject", request, pb.RejectResponse, _approval, timeout)


def recall(
    quote_id: str,
    *,
    person: str = "",
    comment: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[Approval]:
    """Take a submitted quote back; raises as `approve` does."""
    request = pb.RecallRequest(
        quote_id=quote_id,
        person=person,
        comment=comment,
        idempotency_key=_key(idempotency_key),
        expected_version=expected_version,
    )
    return Call("ApprovalService/Recall", request, pb.RecallResponse, _approval, timeout)


def delegate(
    quote_id: str,
    to: str,
    *,
    person: str = "",
    step: str = "",
    comment: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[Approval]:
    """Let somebody else decide in the place of a person who is asked.

    Raises:
        NotFoundError: the rulebook does not know `to`.
        QuotewrightError: as `approve` does.
    """
    request = pb.DelegateRequest(
        quote_id=quote_id,
        to=to,
        person=person,
        step=step,
        comment=comment,
        idempotency_key=_key(idempotency_key),
        expected_version=expected_version,
    )
    return Call("ApprovalService/Delegate", request, pb.DelegateResponse, _approval, timeout)


def comment(
    quote_id: str,
    text: str,
    *,
    person: str = "",
    idempotency_key: str = "",
    expected_version: int = 0,
    timeout: float | None = None,
) -> Call[Approval]:
    """Add a comment; raises as `approve` does."""
    request = pb.CommentRequest(
        quote_id=quote_id,
        comment=text,
        person=person,
        idempotency_key=_key(idempotency_key),
        expected_version=expected_version,
    )
    return Call("ApprovalService/Comment", request, pb.CommentResponse, _approval, timeout)


def get_approval(quote_id: str, *, timeout: float | None = None) -> Call[GetApprovalResponse]:
    """A quote in approval, with its decision and its history.

    Raises:
        NotFoundError: no such quote is stored.
        QuotewrightError: the call failed.
    """
    request = pb.GetApprovalRequest(quote_id=quote_id)
    return Call("ApprovalService/GetApproval", request, GetApprovalResponse, whole, timeout)


def list_approvals(person: str = "", *, page_size: int = 0, timeout: float | None = None) -> Pages[Approval]:
    """The quotes that a person is asked to decide, fetched page by page; `timeout` is for a page.

    Raises:
        QuotewrightError: a call failed.
    """
    request = pb.ListApprovalsRequest(person=person, page_size=page_size)
    return Pages(Call("ApprovalService/ListApprovals", request, pb.ListApprovalsResponse, _approvals, timeout))


def _approvals(response: pb.ListApprovalsResponse) -> Iterable[Approval]:
    return response.approvals

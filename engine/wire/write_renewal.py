"""Renewals to messages."""

from __future__ import annotations

from quotewright.v1 import approval_pb2
from quotewright.v1 import renewal_service_pb2 as pb

from engine.decision import Renewal
from engine.renew.result import Notice, RenewalReason, RenewedLine
from engine.wire.text import decimal_text, enum_numbers, optional_decimal_text
from engine.wire.write_decision import write_decision
from engine.wire.write_quote import write_quote

METHODS = enum_numbers(pb.RenewalMethod, "RENEWAL_METHOD_")
NOTICE_STATES = enum_numbers(pb.NoticeState, "NOTICE_STATE_")


def write_renewal(renewal: Renewal, message: pb.ProposeRenewalResponse) -> None:
    """Fill an empty message with a renewal and the decision about it."""
    proposal = renewal.proposal
    if proposal.quote is not None:
        write_quote(proposal.quote, message.quote)
    if renewal.decision is not None:
        write_decision(renewal.decision, message.decision)
    for line in proposal.lines:
        _write_line(line, message.lines.add())
    for excluded in proposal.excluded:
        item = message.excluded.add()
        item.contract_line = excluded.contract_line
        item.sku = excluded.sku
        item.reason = excluded.reason
        item.rule_id = excluded.rule_id
    _write_notice(proposal.notice, message.notice)
    for name, reason in proposal.flags:
        flag = message.flags.add()
        flag.flag = name
        _write_reason(reason, flag.reason)


def _write_line(line: RenewedLine, message: pb.RenewedLine) -> None:
    message.contract_line = line.contract_line
    message.method = METHODS[line.method.value]
    message.decided_by = line.decided_by
    message.quantity_before = decimal_text(line.quantity_before)
    message.quantity = decimal_text(line.quantity)
    message.price_before = decimal_text(line.price_before)
    message.price = optional_decimal_text(line.price)
    message.rate = optional_decimal_text(line.rate)
    message.start_date = line.start.isoformat()
    message.end_date = line.end.isoformat()
    message.explanation = line.explanation
    for reason in line.reasons:
        _write_reason(reason, message.reasons.add())
    message.days_given_up = line.days_given_up
    message.unused_value = optional_decimal_text(line.unused_value)


def _write_notice(notice: Notice, message: pb.RenewalNotice) -> None:
    message.state = NOTICE_STATES[notice.state.value]
    message.window_opens = notice.window_opens.isoformat()
    message.notice_by = notice.notice_by.isoformat()
    message.auto_renew = notice.auto_renew
    for action in notice.actions:
        item = message.actions.add()
        item.what = action.what
        item.by = action.by.isoformat()


def _write_reason(reason: RenewalReason, message: approval_pb2.RuleReason) -> None:
    message.rule_id = reason.rule_id
    message.file = reason.file
    message.line = reason.line
    message.text = reason.text

"""What a caller asks for beside the price: messages to the requests of the credit check and of routing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quotewright.v1 import approval_pb2, credit_pb2

from engine.credit.account import CreditAccount, CreditOverride, CreditRequest, OpenItem, OpenOrder
from engine.decision import ApprovalRequest
from engine.money import ZERO
from engine.wire.raw_quote import RawCreditRequest
from engine.wire.read_facts import read_facts
from engine.wire.violations import MAX_NAME, MAX_TEXT, Reason, Violations

MAX_ACCOUNTS = 1_000
MAX_ITEMS = 100_000

ACCOUNTS_KEPT = 5_000
LONGEST_ACCOUNT_KEPT = 1_000

# Accounts by their bytes: whoever edits a quote sends them again with it, and they are not changed once read.
_known_accounts: dict[bytes, CreditAccount] = {}


def read_approval_request(message: approval_pb2.ApprovalRequest, violations: Violations) -> ApprovalRequest:
    """The request for a route that a message states."""
    return ApprovalRequest(
        requester=violations.text(message.requester, "approval.requester", MAX_NAME),
        day=violations.optional_day(message.day, "approval.day"),
    )


def read_credit_request(message: credit_pb2.CreditRequest, violations: Violations) -> CreditRequest:
    """The request for a credit check that a message states."""
    return read_raw_credit_request(RawCreditRequest.FromString(message.SerializeToString()), violations)


def read_raw_credit_request(message: Any, violations: Violations) -> CreditRequest:
    """The request for a credit check that a `RawCreditRequest` states.

    Raises:
        DecodeError: an account is none of the contract.
    """
    accounts = message.accounts
    if not accounts:
        violations.add("credit.accounts", Reason.REQUIRED, "a credit check needs at least one account")
    elif len(accounts) > MAX_ACCOUNTS:
        told = f"a credit check takes at most {MAX_ACCOUNTS:,} accounts, found {len(accounts):,}"
        violations.add("credit.accounts", Reason.TOO_MANY, told)
        accounts = accounts[:MAX_ACCOUNTS]
    known = _known_accounts.get
    return CreditRequest(
        account=violations.name(message.account, "credit.account"),
        accounts=tuple([known(item) or _learn_account(item, index, violations) for index, item in enumerate(accounts)]),
        day=violations.optional_day(message.day, "credit.day"),
        ships=violations.optional_day(message.ship_date, "credit.ship_date"),
        override=_read_override(message.override, violations) if message.HasField("override") else None,
    )


def _learn_account(message: bytes, index: int, violations: Violations) -> CreditAccount:
    """An account that was not read before, kept unless it is long or something is wrong with it."""
    told = len(violations.found)
    account = _read_account(credit_pb2.CreditAccount.FromString(message), f"credit.accounts[{index}]", violations)
    if len(message) <= LONGEST_ACCOUNT_KEPT and len(violations.found) == told:
        if len(_known_accounts) >= ACCOUNTS_KEPT:
            _known_accounts.clear()
        _known_accounts[message] = account
    return account


def _read_account(message: credit_pb2.CreditAccount, at: str, violations: Violations) -> CreditAccount:
    for name in ("receivables", "orders", "deliveries"):
        count = len(getattr(message, name))
        if count > MAX_ITEMS:
            violations.add(f"{at}.{name}", Reason.TOO_MANY, f"at most {MAX_ITEMS:,} are taken, found {count:,}")
            return CreditAccount(message.id)
    limit = violations.optional_amount(message.limit, f"{at}.limit")
    if limit is not None and limit < 0:
        violations.add(f"{at}.limit", Reason.OUT_OF_RANGE, f"a limit is not negative, found {limit}")
    return CreditAccount(
        id=violations.name(message.id, f"{at}.id"),
        parent=violations.text(message.parent, f"{at}.parent", MAX_NAME),
        shares_limit=message.shares_limit,
        limit=limit,
        limit_expires=violations.optional_day(message.limit_expires, f"{at}.limit_expires"),
        insured_until=violations.optional_day(message.insured_until, f"{at}.insured_until"),
        blocked=message.blocked,
        receivables=tuple(
            OpenItem(
                violations.amount(item.amount, f"{at}.receivables[{index}].amount"),
                violations.day(item.due_date, f"{at}.receivables[{index}].due_date"),
            )
            for index, item in enumerate(message.receivables)
        ),
        orders=_read_orders(message.orders, f"{at}.orders", violations),
        deliveries=_read_orders(message.deliveries, f"{at}.deliveries", violations),
        deposits=violations.optional_amount(message.deposits, f"{at}.deposits") or ZERO,
        facts=read_facts(message.facts, f"{at}.facts", violations),
    )


def _read_orders(messages: Sequence[credit_pb2.OpenOrder], at: str, violations: Violations) -> tuple[OpenOrder, ...]:
    return tuple(
        OpenOrder(
            violations.amount(order.amount, f"{at}[{index}].amount"),
            violations.optional_day(order.ship_date, f"{at}[{index}].ship_date"),
        )
        for index, order in enumerate(messages)
    )


def _read_override(message: credit_pb2.CreditOverride, violations: Violations) -> CreditOverride:
    return CreditOverride(
        person=violations.name(message.person, "credit.override.person"),
        role=violations.name(message.role, "credit.override.role"),
        reason=violations.text(message.reason, "credit.override.reason", MAX_TEXT),
    )

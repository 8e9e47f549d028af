"""Requests of test cases: the quote, contract or choices that a case starts from, with its changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from quotewright.v1 import credit_pb2, quote_pb2, renewal_service_pb2

from engine.casefiles.model import Case, Change, Names, Subject
from engine.configure.choices import Choice, choice_of_text
from engine.configure.program import Model
from engine.credit.account import CreditRequest
from engine.decision import ApprovalRequest
from engine.diagnostics import Code, Findings, RejectedError, did_you_mean
from engine.document import read_document
from engine.quote import Quote, QuoteRejectedError, Violation
from engine.renew.contract import RenewalRequest
from engine.snapshot import Snapshot
from engine.source import Span
from engine.wire.quote_file import fill_message, read_quote_file, set_fact, set_field
from engine.wire.read_contract import read_contract
from engine.wire.read_parts import read_credit_request
from engine.wire.read_quote import read_quote
from engine.wire.violations import Violations

FOLDERS = {Subject.QUOTE: "quotes", Subject.CONTRACT: "contracts"}
"""Where a rulebook's folder holds what cases start from by name."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the engine is asked for a case: a quote, a renewal or choices, and the parts beside it.

    Attributes:
        violations: why there is no request: what a caller would be told.
    """

    quote: Quote | None = None
    renewal: RenewalRequest | None = None
    choices: tuple[Choice, ...] = ()
    credit: CreditRequest | None = None
    approval: ApprovalRequest | None = None
    violations: tuple[Violation, ...] = ()


class RequestBuilder:
    """Builds the requests of all cases of a rulebook; reads each file that they start from once."""

    def __init__(self, folder: Path, findings: Findings) -> None:
        self._folder = folder
        self._findings = findings
        self._files: dict[str, Message | None] = {}

    def build(self, case: Case, snapshot: Snapshot) -> Request | None:
        """The request; None with findings where the case's file has mistakes."""
        before = len(self._findings.errors)
        configured = case.subject is Subject.CONFIGURATION
        request = self._configuration(case, snapshot) if configured else self._priced(case)
        return None if len(self._findings.errors) > before else request

    def _configuration(self, case: Case, snapshot: Snapshot) -> Request | None:
        configurator = snapshot.configuration.get(case.base.value)
        if configurator is None:
            known = list(snapshot.configuration)
            message = f"the rulebook configures no product {case.base.value!r}"
            hint = did_you_mean(str(case.base.value), known)
            self._findings.add(Code.UNKNOWN_NAME, message, case.base.span, hint=hint)
            return None
        return Request(choices=self._choices(case, configurator.model))

    def _choices(self, case: Case, model: Model) -> tuple[Choice, ...]:
        choices = [choice_of_text(str(written.value), model) for written in case.choices]
        for change in case.changes:
            value = change.written.value
            text = str(change) if value is True else f"not {change}" if value is False else f"{change} = {value}"
            if isinstance(value, int) and not isinstance(value, bool) and str(change) in model.names:
                text = f"{value} x {change}"
            choices.append(choice_of_text(text, model))
        return tuple(choices)

    def _priced(self, case: Case) -> Request | None:
        base = self._base(case)
        if base is None:
            return None
        message = type(base)()
        message.CopyFrom(base)
        credit = credit_pb2.CreditRequest()
        if case.credit is not None:
            fill_message(credit, case.credit.document, case.credit.path, self._findings, case.credit.value)
        for change in case.changes:
            if change.names[0] == "credit":
                self._change(credit, change, change.names[1:])
            else:
                self._change(message, change, change.names)
        violations = Violations()
        asked = case.credit is not None or bool(credit.ListFields())
        request_credit = read_credit_request(credit, violations) if asked else None
        requester = case.requester
        approval = ApprovalRequest(str(requester.value)) if requester is not None else None
        quote = renewal = None
        found: list[Violation] = []
        if isinstance(message, quote_pb2.Quote):
            try:
                quote = read_quote(message)
            except QuoteRejectedError as error:
                found = error.violations
        elif isinstance(message, renewal_service_pb2.Contract):
            contract = read_contract(message, violations)
            day = self._day(case)
            renewal = RenewalRequest(contract, day) if day is not None else None
        return Request(quote, renewal, (), request_credit, approval, (*found, *violations.found))

    def _day(self, case: Case) -> date | None:
        if case.day is None:
            self._findings.add(Code.MISSING_FIELD, "the renewal of a contract needs 'day', the day of today", case.span)
            return None
        try:
            return date.fromisoformat(str(case.day.value))
        except ValueError:
            message = f"expected a date such as 2026-03-31, found {case.day.value!r}"
            self._findings.add(Code.WRONG_VALUE, message, case.day.span)
            return None

    def _base(self, case: Case) -> Message | None:
        """The message that a case starts from: written out, or read from a file of the folder."""
        base = case.base
        if isinstance(base.value, dict):
            message: Message = quote_pb2.Quote() if case.subject is Subject.QUOTE else renewal_service_pb2.Contract()
            before = len(self._findings.errors)
            fill_message(message, base.document, base.path, self._findings, base.value)
            _number_lines(message)
            return message if len(self._findings.errors) == before else None
        name = f"{FOLDERS[case.subject]}/{base.value}"
        name = name if name.endswith((".yaml", ".yml", ".json")) else f"{name}.yaml"
        if name not in self._files:
            self._files[name] = self._read(name, case.subject, base.span)
        return self._files[name]

    def _read(self, name: str, subject: Subject, named_at: Span) -> Message | None:
        path = self._folder / name
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            known = [other.stem for other in (self._folder / FOLDERS[subject]).glob("*.yaml")]
            message = f"there is no file {name}"
            hint = did_you_mean(path.stem, known) or (f"there are {', '.join(sorted(known))}" if known else "")
            self._findings.add(Code.FILE_MISSING, message, named_at, hint=hint)
            return None
        except (OSError, UnicodeDecodeError):
            self._findings.add(Code.FILE_UNREADABLE, "cannot be read as UTF-8 text", Span(name))
            return None
        if subject is Subject.QUOTE:
            try:
                return read_quote_file(text, name).message
            except RejectedError as error:
                self._findings.extend(error.findings)
                return None
        found = Findings()
        document = read_document(text, name, found)
        contract = renewal_service_pb2.Contract()
        if not found.errors:
            fill_message(contract, document, (), found, document.value)
            _number_lines(contract)
        self._findings.extend(found)
        return None if found.errors else contract

    def _change(self, message: Any, change: Change, names: Names) -> None:
        """Give a value to the part of a message that dotted names lead to."""
        written = change.written
        for position, name in enumerate(names):
            last = position == len(names) - 1
            if _is_map(message):
                set_fact(message, name, written.document, written.path, self._findings, written.value)
                return
            if not isinstance(message, Message):
                found = _item(message, name)
                if found is None:
                    known = [getattr(item, "id", "") or getattr(item, "sku", "") for item in message]
                    self._unknown(change, name, [*known, *(getattr(item, "sku", "") for item in message)])
                    return
                message = found
                continue
            fields = message.DESCRIPTOR.fields_by_name
            if name not in fields:
                self._unknown(change, name, list(fields))
                return
            if last:
                set_field(message, name, written.document, written.path, self._findings, written.value)
                return
            message = getattr(message, name)
        told = f"{change}: name the part that changes"
        self._findings.add(Code.WRONG_VALUE, told, written.span)

    def _unknown(self, change: Change, name: str, known: list[str]) -> None:
        names = [other for other in dict.fromkeys(known) if other]
        message = f"{change}: there is no {name!r} here; there is {', '.join(names[:20])}"
        place = change.written.document.key_span(change.written.path) if change.written.cell is None else None
        hint = did_you_mean(name, names)
        self._findings.add(Code.UNKNOWN_FIELD, message, place or change.written.span, hint=hint)


def _is_map(messages: Any) -> bool:
    """Whether something is a map of facts by name."""
    return hasattr(messages, "MergeFrom") and hasattr(messages, "items") and not isinstance(messages, Message)


def _item(messages: Any, name: str) -> Message | None:
    """The message of a list with this id, or else this SKU, or else this place, counted from 1."""
    for field in ("id", "sku"):
        for item in messages:
            if getattr(item, field, "") == name:
                return item  # type: ignore[no-any-return]  # lists hold messages
    return messages[int(name) - 1] if name.isdigit() and 0 < int(name) <= len(messages) else None


def _number_lines(message: Any) -> None:
    """Lines without an id get their number, as in files of quotes."""
    for number, line in enumerate(message.lines, start=1):
        line.id = line.id or str(number)

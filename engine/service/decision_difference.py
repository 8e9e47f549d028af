"""How two decisions about the same quote differ, in words that a pricing manager reads; the most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from google.protobuf.message import Message
from quotewright.v1 import approval_pb2, credit_pb2, decision_pb2

from engine.money import to_decimal
from engine.wire.text import enum_names

MAX_TOLD = 200
VERSIONS = frozenset({"rulebook_version", "catalogue_version"})
OUTCOMES = enum_names(approval_pb2.RouteOutcome, "ROUTE_OUTCOME_")
STATUSES = enum_names(approval_pb2.RouteStepStatus, "ROUTE_STEP_STATUS_")
CREDIT_OUTCOMES = enum_names(credit_pb2.CreditOutcome, "CREDIT_OUTCOME_")
KINDS = enum_names(decision_pb2.AdjustmentKind, "ADJUSTMENT_KIND_")


def differences(
    before: decision_pb2.Decision, after: decision_pb2.Decision, *, versions: bool = True, limit: int = MAX_TOLD
) -> list[str]:
    """What differs, one sentence each; empty where nothing does.

    Args:
        before: as recorded.
        after: as decided again.
        versions: whether another version of rulebook or catalogue is a difference, and another place of a rule in it.
        limit: how many are told at most.
    """
    if not versions:
        before, after = _without_places(before), _without_places(after)
    told: list[str] = []
    for sentence in _all(before, after, versions=versions):
        if len(told) == limit:
            told.append("and more")
            break
        told.append(sentence)
    if not told:
        left_out = frozenset() if versions else VERSIONS
        told.extend(sentence for sentence in [first_difference(before, after, leave_out=left_out)] if sentence)
    return told


def _without_places(decision: decision_pb2.Decision) -> decision_pb2.Decision:
    """A copy that does not tell where rules and prices are written."""
    copy = decision_pb2.Decision()
    copy.CopyFrom(decision)
    for origin in copy.origins:
        for field in ("file", "line", "cell"):
            origin.ClearField(field)
    for line in copy.lines:
        for alternative in line.alternatives:
            alternative.ClearField("file")
            alternative.ClearField("line")
    reasons = [reason for step in copy.approval.steps for reason in step.reasons]
    for reason in [*reasons, *copy.approval.auto_approvals]:
        reason.ClearField("file")
        reason.ClearField("line")
    return copy


def first_difference(before: Message, after: Message, at: str = "", leave_out: frozenset[str] = frozenset()) -> str:
    """The first field, in the order of the contract, in which two messages differ; "" where none does.

    Args:
        before: as recorded.
        after: as decided again.
        at: path of the messages.
        leave_out: fields of these messages that are not compared.
    """
    for field in before.DESCRIPTOR.fields:
        if field.name in leave_out:
            continue
        one, other = getattr(before, field.name), getattr(after, field.name)
        if one == other:
            if field.has_presence and before.HasField(field.name) != after.HasField(field.name):
                return (
                    f"{at}{field.name} was {'' if before.HasField(field.name) else 'not '}given, and is now otherwise"
                )
            continue
        place = f"{at}{field.name}"
        message = field.message_type
        if field.is_repeated and message is not None and not message.GetOptions().map_entry:
            return _first_in_list(one, other, place)
        if isinstance(one, Message) and isinstance(other, Message):
            return first_difference(one, other, f"{place}.") or f"{place} differs"
        return f"{place}: was {one!r}, is {other!r}"
    return ""


def _first_in_list(one: Sequence[Message], other: Sequence[Message], place: str) -> str:
    if len(one) != len(other):
        return f"{place}: were {len(one):,}, are {len(other):,}"
    for index, (before, after) in enumerate(zip(one, other, strict=True)):
        if before != after:
            return first_difference(before, after, f"{place}[{index}].") or f"{place}[{index}] differs"
    return f"{place} differs"


def _all(before: decision_pb2.Decision, after: decision_pb2.Decision, *, versions: bool) -> Iterator[str]:
    if versions:
        for name in sorted(VERSIONS):
            yield from _changed(name.replace("_", " "), getattr(before, name), getattr(after, name))
    money = f" {after.currency}"
    yield from _figure("net total of the quote", before.totals.net_total, after.totals.net_total, money)
    yield from _figure("list total of the quote", before.totals.list_total, after.totals.list_total, money)
    yield from _figure("margin in percent", before.totals.margin_percent, after.totals.margin_percent, "")
    yield from _lines(before, after, money)
    if before.HasField("credit") or after.HasField("credit"):
        yield from _changed(
            "credit", _words(CREDIT_OUTCOMES[before.credit.outcome]), _words(CREDIT_OUTCOMES[after.credit.outcome])
        )
    if before.HasField("approval") or after.HasField("approval"):
        yield from _approval(before.approval, after.approval)
    yield from _added_and_gone(
        "notice", [notice.message for notice in before.notices], [notice.message for notice in after.notices]
    )


def _lines(before: decision_pb2.Decision, after: decision_pb2.Decision, money: str) -> Iterator[str]:
    old = {(line.id, line.parent_id, line.sku): line for line in before.lines}
    new = {(line.id, line.parent_id, line.sku): line for line in after.lines}
    for key, line in old.items():
        if key not in new:
            yield f"line {line.id} ({line.sku}) is gone"
    for key, line in new.items():
        name = f"line {line.id} ({line.sku})"
        if key not in old:
            yield f"{name} is new"
            continue
        was = old[key]
        yield from _figure(f"{name}: net total", was.net_total, line.net_total, money)
        yield from _figure(f"{name}: net unit price", was.net_unit_price, line.net_unit_price, money)
        yield from _figure(f"{name}: list unit price", was.list_unit_price, line.list_unit_price, money)
        yield from _changed(f"{name}: price list", was.price_list, line.price_list)
        yield from _steps(name, _waterfall(before, was), _waterfall(after, line))


def _waterfall(decision: decision_pb2.Decision, line: decision_pb2.PricedLine) -> dict[tuple[str, str, int], str]:
    """What each rule or price of a line's waterfall does, by step, id and how many of the same came before."""
    found: dict[tuple[str, str, int], str] = {}
    for adjustment in line.waterfall:
        origin = decision.origins[adjustment.origin]
        number = 0
        while (origin.step, origin.id, number) in found:
            number += 1
        kind = KINDS[origin.kind].replace("_", " ")
        sign = " %" if kind in ("percent", "markup") else ""
        found[origin.step, origin.id, number] = f"{kind} {adjustment.value}{sign}".strip()
    return found


def _steps(name: str, before: dict[tuple[str, str, int], str], after: dict[tuple[str, str, int], str]) -> Iterator[str]:
    for (step, origin, number), what in before.items():
        if (step, origin, number) not in after:
            yield f"{name}: {origin or step} acts no more in step {step} (was {what})"
    for (step, origin, number), what in after.items():
        was = before.get((step, origin, number))
        if was is None:
            yield f"{name}: {origin or step} acts in step {step} now ({what})"
        elif was != what:
            yield f"{name}: {origin or step} in step {step} was {was}, is {what}"


def _approval(before: approval_pb2.ApprovalRoute, after: approval_pb2.ApprovalRoute) -> Iterator[str]:
    yield from _changed("approval", _words(OUTCOMES[before.outcome]), _words(OUTCOMES[after.outcome]))
    old = {step.id: STATUSES[step.status] for step in before.steps}
    new = {step.id: STATUSES[step.status] for step in after.steps}
    yield from _added_and_gone("approval step", old, new)
    for step, status in new.items():
        if step in old:
            yield from _changed(f"approval step {step}", old[step], status)


def _added_and_gone(what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    old, new = list(before), list(after)
    yield from (f"{what} is gone: {item}" for item in old if item not in new)
    yield from (f"{what} is new: {item}" for item in new if item not in old)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _changed(what: str, before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"{what}: was {before or 'none'}, is {after or 'none'}"


def _figure(what: str, before: str, after: str, unit: str) -> Iterator[str]:
    if before == after:
        return
    if not before or not after:
        yield f"{what}: was {before or 'not given'}, is {after or 'not given'}"
        return
    change: Decimal = to_decimal(after) - to_decimal(before)
    if change:
        yield f"{what}: was {before}{unit}, is {after}{unit} ({change:+f})"
    else:
        yield f"{what}: was written {before}, is written {after}"

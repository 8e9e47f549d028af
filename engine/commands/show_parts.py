"""What a decision has beside prices, as a person reads it: credit, approval, and the explanation of everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from engine.approve.result import Reason, Route, RouteStep, Slot
from engine.credit.result import CreditResult
from engine.decision import Decision
from engine.money import plain
from engine.trace import Explanation


def show_parts(decision: Decision, out: Console) -> None:
    """Print credit and approval, where they were asked for."""
    if decision.credit is not None:
        _show_credit(decision.credit, out)
    if decision.approval is not None:
        _show_route(decision.approval, out)


def show_explanation(explanation: Explanation, out: Console) -> None:
    """Print an explanation as a tree: what came out, why, and where that is written."""
    tree = Tree(_told(explanation))
    _grow(tree, explanation)
    out.print(tree)


def _grow(tree: Tree, explanation: Explanation) -> None:
    for cause in explanation.because:
        _grow(tree.add(_told(cause)), cause)


def _told(node: Explanation) -> Text:
    text = Text(node.subject, style="bold")
    if node.outcome:
        text.append(f": {node.outcome}", style="not bold")
    if node.text:
        text.append(f"\n{node.text}", style="not bold")
    place = _place(node.file, node.line, node.cell)
    named = "" if not node.rule_id or node.subject.endswith(node.rule_id) else node.rule_id
    facts = ", ".join(f"{name} = {_value(value)}" for name, value in node.facts)
    if beside := "; ".join(part for part in (named, place, facts) if part):
        text.append(f"\n{beside}", style="not bold dim")
    return text


def _place(file: str, line: int, cell: str) -> str:
    if not file:
        return ""
    place = f"{file}:{line}" if line else file
    return f"{place} ({cell})" if cell else place


def _value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    return value.isoformat() if isinstance(value, date) else str(value)


def _show_credit(credit: CreditResult, out: Console) -> None:
    title = f"Credit of {credit.account}: {credit.outcome.value.replace('_', ' ')}"
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD)
    table.add_column("What")
    table.add_column(credit.currency, justify="right", no_wrap=True)
    table.add_column("Why", overflow="fold")
    exposure = credit.exposure
    for name in ("receivables", "orders", "deliveries", "quote", "deposits"):
        amount: Decimal = getattr(exposure, name)
        if amount:
            table.add_row(name, f"{amount:,f}", "")
    table.add_row("exposure", f"{exposure.total:,f}", "")
    if credit.limit is not None:
        used = "" if credit.used_percent is None else f"{plain(credit.used_percent)} % used"
        table.add_row("limit", f"{credit.limit:,f}", Text(f"of {credit.limit_account}"))
        table.add_row("headroom", f"{credit.headroom:,f}", used)
    for found in credit.findings:
        told = f"{found.text}\n{found.file}:{found.line}"
        table.add_row(Text(found.rule_id), Text(found.outcome.value.replace("_", " ")), Text(told))
    for condition in credit.conditions:
        table.add_row(Text(condition.kind.replace("_", " ")), Text(str(condition.value)), Text(condition.rule_id))
    if credit.overridden_by:
        table.add_row("override", Text(credit.overridden_by), Text(credit.override_reason))
    out.print(table)


def _show_route(route: Route, out: Console) -> None:
    title = f"Approval: {route.outcome.value.replace('_', ' ')}, {route.outcome_reason}"
    if not route.steps:
        out.print(Text(title))
        return
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD)
    for heading in ("Stage", "Step", "Asks"):
        table.add_column(heading)
    table.add_column("Why", overflow="fold")
    for step in route.steps:
        why = "\n".join(map(_reason, step.reasons))
        table.add_row(str(step.stage), Text(step.id), Text(_asks(step)), Text(why))
    out.print(table)


def _reason(reason: Reason) -> str:
    return f"{reason.text}\n  {reason.rule_id}, {reason.file}:{reason.line}"


def _asks(step: RouteStep) -> str:
    if not step.slots:
        return f"{step.status.value.replace('_', ' ')}: {step.status_reason}"
    some = f"{step.need} of these:\n" if step.need < len(step.slots) else ""
    return some + "\n".join(map(_slot, step.slots))


def _slot(slot: Slot) -> str:
    people = [
        f"{candidate.name} for {candidate.on_behalf_of}" if candidate.on_behalf_of else candidate.name
        for candidate in slot.candidates
    ]
    return " or ".join(people)

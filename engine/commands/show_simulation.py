"""A simulation as tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.money import ZERO, round_to
from engine.simulate.figures import Effect
from engine.simulate.gates import Verdict
from engine.simulate.reprice import VALID
from engine.simulate.result import (
    Transition,
    amount_words,
    causes,
    class_names,
    currencies,
    parts,
    percent_words,
    points_words,
    step_words,
    told_steps,
    transitions,
    whole,
)
from engine.simulate.run import Simulation
from engine.simulate.tally import Mover

SHOWN_PARTS = 12
SHOWN_CAUSES = 12
SHOWN_CHARACTERS = 120


def show_simulation(simulation: Simulation, verdicts: Sequence[Verdict], out: Console) -> None:
    """Print a simulation: each currency by itself, then approvals, credit, errors, and the verdicts."""
    for code in currencies(simulation):
        _show_currency(simulation, code, out)
    tally = simulation.tally
    _show_transitions("Approvals that change", transitions(tally.approvals), out)
    _show_transitions("Credit outcomes that change", transitions(tally.credit), out)
    validity = transitions(tally.validity)
    _show_transitions("Quotes that became errors", [item for item in validity if item.before == VALID], out)
    _show_transitions("Quotes that became valid", [item for item in validity if item.after == VALID], out)
    both = sum(item.quotes for item in validity if VALID not in (item.before, item.after))
    if both:
        out.print(f"{both:,} quote{'s are' if both > 1 else ' is'} invalid under both")
    if tally.unreadable:
        out.print(Text(f"{tally.unreadable:,} of {tally.quotes:,} stored quotes cannot be read:", style="yellow"))
        for told in tally.unreadable_told:
            out.print(Text(f"  {told}"), soft_wrap=True)
        if tally.unreadable > len(tally.unreadable_told):
            out.print(f"  ... and {tally.unreadable - len(tally.unreadable_told):,} more")
    if verdicts:
        _show_verdicts(verdicts, out)


def _show_currency(simulation: Simulation, code: str, out: Console) -> None:
    effect = whole(simulation, code)
    out.print(_summary(effect, code))
    moved = causes(simulation, code)
    if moved:
        table = _table(f"What moves the net total ({code})", "Step", "Rule", numbers=("Change",))
        for cause, amount in moved[:SHOWN_CAUSES]:
            rule = cause.rule or str(cause)
            table.add_row(Text(cause.step), Text(rule), amount_words(amount, code, sign=True))
        out.print(table)
        if len(moved) > SHOWN_CAUSES:
            out.print(f"... and {len(moved) - SHOWN_CAUSES:,} more")
    counts = simulation.tally.classes.get(code)
    if counts and effect.risen + effect.fallen:
        table = _table(f"By how much quotes change ({code})", "Change", numbers=("Quotes",))
        for name, count in zip(class_names(), counts, strict=True):
            if count:
                table.add_row(name, f"{count:,}")
        out.print(table)
    for by in simulation.by:
        _show_parts(simulation, by, code, out)
    _show_movers(list(simulation.tally.movers.get(code, ())), out)


def _table(title: str, *texts: str, numbers: Sequence[str] = ()) -> Table:
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD)
    for heading in texts:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _summary(effect: Effect, code: str) -> Table:
    before, after = effect.before, effect.after
    count = f"{effect.quotes:,} quote{'' if effect.quotes == 1 else 's'} in {code} valid under both"
    table = _table(count, "", numbers=("Before", "After", "Change", ""))
    for heading, name in (("List", "list_total"), ("Discount", "discount_total"), ("Net", "net_total")):
        old, new = getattr(before, name), getattr(after, name)
        change = effect.change_percent if name == "net_total" else None
        style = "bold" if name == "net_total" else ""
        table.add_row(
            heading,
            amount_words(old, code),
            amount_words(new, code),
            amount_words(new - old, code, sign=True),
            percent_words(change) if name == "net_total" else "",
            style=style,
        )
    if before.costed_net or after.costed_net:
        change = after.margin - before.margin
        points = points_words(before.margin_percent, after.margin_percent)
        table.add_row(
            "Margin", amount_words(before.margin, code), amount_words(after.margin, code),
            amount_words(change, code, sign=True), points,
        )  # fmt: skip
    for heading, was, now in (
        ("Quotes that need approval", effect.approvals_before, effect.approvals_after),
        ("Quotes that credit objects to", effect.objections_before, effect.objections_after),
    ):
        if was or now:
            table.add_row(heading, f"{was:,}", f"{now:,}", f"{now - was:+,}", "")
    unchanged = effect.quotes - effect.risen - effect.fallen
    table.caption = f"{effect.risen:,} cost more, {effect.fallen:,} less, {unchanged:,} the same"
    table.caption_justify = "left"
    return table


def _show_parts(simulation: Simulation, by: str, code: str, out: Console) -> None:
    every = parts(simulation, by, code)
    found = [part for part in every if part.effect.change]
    if not found:
        return
    title = f"By {by} ({code})"
    table = _table(title, by.rpartition(".")[2], numbers=("Quotes", "Before", "After", "Change", "%", "Margin"))
    table.columns[0].min_width = 12
    for value, effect in found[:SHOWN_PARTS]:
        table.add_row(
            Text(value),
            f"{effect.quotes:,}",
            _whole_units(effect.before.net_total),
            _whole_units(effect.after.net_total),
            _whole_units(effect.change, sign=True),
            percent_words(effect.change_percent).removesuffix(" %"),
            points_words(effect.before.margin_percent, effect.after.margin_percent).removesuffix(" points"),
        )
    out.print(table)
    left, same = len(found) - SHOWN_PARTS, len(every) - len(found)
    told = [f"{left:,} more"] if left > 0 else []
    told += [f"{same:,} that {'does' if same == 1 else 'do'} not change"] if same else []
    if told:
        out.print(f"... and {', '.join(told)}")


def _whole_units(amount: Decimal, *, sign: bool = False) -> str:
    """An amount without its decimals, so that seven columns fit a terminal."""
    rounded = round_to(amount, 0) + ZERO
    return f"{'+' if sign and rounded > 0 else ''}{rounded:,f}"


def _show_movers(movers: Sequence[Mover], out: Console) -> None:
    for place, mover in enumerate(movers, 1):
        code = mover.currency
        change = amount_words(mover.after - mover.before, code, sign=True)
        if place == 1:
            out.print(Text(f"Largest movers ({code})", style="italic"))
        name = mover.quote.id or mover.quote.place
        customer = f" for {mover.customer}" if mover.customer else ""
        head = f"{place:>3}. {name}{customer}: {amount_words(mover.before, code)} → {amount_words(mover.after, code)}"
        out.print(Text(f"{head} {code} ({change})"), soft_wrap=True)
        for line in mover.lines:
            old, new = amount_words(line.before, code) or "none", amount_words(line.after, code) or "none"
            out.print(Text(f"       line {line.id} ({line.sku}): {old} → {new}"), soft_wrap=True)
            for step in told_steps(line, code):
                by = amount_words(step.change, code, sign=True)
                did = step_words(step)
                place_told = f"  ({step.place})" if step.place else ""
                out.print(Text(f"         {by} {step.cause}{': ' + did if did else ''}{place_told}"), soft_wrap=True)
        if mover.more_lines:
            out.print(f"       ... and {mover.more_lines:,} more lines")


def _show_transitions(title: str, found: Sequence[Transition], out: Console) -> None:
    if not found:
        return
    table = _table(title, "Before", "After", "For example", numbers=("Quotes",))
    for item in found[:SHOWN_PARTS]:
        first = item.examples[0]
        name = first.quote.id or first.quote.place
        told = first.told if len(first.told) <= SHOWN_CHARACTERS else first.told[: SHOWN_CHARACTERS - 3] + "..."
        table.add_row(
            Text(item.before),
            Text(item.after),
            Text(f"{name}: {told}" if told else name),
            f"{item.quotes:,}",
        )
    out.print(table)
    if len(found) > SHOWN_PARTS:
        out.print(f"... and {len(found) - SHOWN_PARTS:,} more")


def _show_verdicts(verdicts: Sequence[Verdict], out: Console) -> None:
    table = _table("Gates", "Gate", "Verdict", "Why")
    for verdict in verdicts:
        word = Text("passed", style="green") if verdict.passed else Text("FAILED", style="bold red")
        table.add_row(Text(verdict.gate.id), word, Text(verdict.told))
    out.print(table)
    failed = sum(not verdict.passed for verdict in verdicts)
    count = len(verdicts)
    if failed:
        out.print(Text(f"{failed} of {count} gates failed: the change may not pass", style="bold red"))
    else:
        out.print(Text(f"all {count} gates passed" if count > 1 else "the gate passed", style="bold green"))

"""The tables of the report: gates, divisions, largest movers, approvals, credit, errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.money import plain
from engine.simulate.causes import LineEffect
from engine.simulate.gates import Verdict
from engine.simulate.html import Html, element
from engine.simulate.reprice import VALID
from engine.simulate.result import (
    Transition,
    amount_words,
    parts,
    percent_words,
    points_words,
    step_words,
    told_steps,
    transitions,
)
from engine.simulate.run import Simulation
from engine.simulate.tally import Mover, QuoteName

SHOWN_PARTS = 100
SHOWN_TRANSITIONS = 50
SHOWN_FAILED = 20
OPEN_ROWS = 20
"""Tables with more rows are folded until somebody asks for them."""

Cell = str | tuple[str, Decimal | int | None]
"""A text, or the text of a number with what it is sorted by."""


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, numbers: int = 0) -> Html:
    """A table that sorts by its headings; the last `numbers` columns hold numbers."""
    first = len(headings) - numbers
    heads = (
        element("th", name, scope="col", class_="num" if index >= first else False)
        for index, name in enumerate(headings)
    )
    lines = (element("tr", *(_cell(cell, index >= first) for index, cell in enumerate(row))) for row in rows)
    written = list(lines)
    whole = element(
        "table",
        element("caption", caption) if caption and len(written) <= OPEN_ROWS else Html(),
        element("thead", element("tr", *heads)),
        element("tbody", *written),
        class_="sortable",
    )
    scroll = element("div", whole, class_="scroll")
    if len(written) <= OPEN_ROWS:
        return scroll
    return element("details", element("summary", caption, f" ({len(written):,} rows)"), scroll)


def _cell(cell: Cell, number: bool) -> Html:
    if isinstance(cell, str):
        return element("td", cell, class_="num" if number else False)
    text, value = cell
    sorted_by = "-1e99" if value is None else plain(Decimal(value))
    return element("td", text, class_="num", data_v=sorted_by)


def verdict_section(verdicts: Sequence[Verdict]) -> list[Html]:
    """What the gates say; nothing where there are none."""
    if not verdicts:
        return []
    failed = sum(not verdict.passed for verdict in verdicts)
    count = _count(len(verdicts), "gate")
    told = f"✘ {failed} of {count} failed: the change may not pass" if failed else f"✔ {count} passed"
    banner = element("p", told, class_=f"verdict {'bad' if failed else 'good'}", role="status")
    rows = [
        (
            Html(
                element("b", "✘ failed", class_="bad")
                if not verdict.passed
                else element("b", "✔ passed", class_="good")
            ),
            verdict.gate.id,
            " ".join(part for part in (verdict.gate.description, _also(verdict)) if part),
            verdict.told,
        )
        for verdict in verdicts
    ]
    sections = [banner, table("Gates", ("Verdict", "Gate", "What it holds", "What was found"), rows)]
    details = [detail for verdict in verdicts if (detail := _verdict_details(verdict)) is not None]
    return [*sections, *details]


def _also(verdict: Verdict) -> str:
    scope = str(verdict.gate.cut)
    words = [verdict.gate.measure.replace("_", " "), *(str(limit) for limit in verdict.gate.limits)]
    return f"({'; '.join([', '.join(words), *([scope] if scope else [])])})"


def _verdict_details(verdict: Verdict) -> Html | None:
    """The figures of a gate that failed in more than one place."""
    failed = [check for check in verdict.checks if not check.passed]
    rows: list[Sequence[Cell]] = [
        (check.value, str(check.limit), check.currency, *map(_number, (check.before, check.after)))
        for check in failed[:SHOWN_FAILED]
    ]
    rows += [
        (_name(breach.quote), str(breach.limit), breach.currency, *map(_number, (breach.before, breach.after)))
        for breach in verdict.breaches
    ]
    if len(rows) < 2:
        return None
    count = verdict.failed_quotes or len(failed)
    headings = ("Quote" if verdict.breaches else "Scope", "Limit", "Currency", "Before", "After")
    more = f" ({len(rows)} of {count:,})" if count > len(rows) else ""
    return element(
        "details", element("summary", f"{verdict.gate.id}: what fails{more}"), table("", headings, rows, numbers=2)
    )


def _number(value: Decimal) -> Cell:
    return f"{value.quantize(Decimal('0.01')):,f}" if value.as_tuple().exponent else f"{value:,f}", value


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _name(quote: QuoteName) -> str:
    return quote.id or quote.place


def parts_table(simulation: Simulation, by: str, code: str) -> Html:
    """The effect on each value of a fact."""
    found = parts(simulation, by, code)
    rows = [
        (
            value,
            (f"{effect.quotes:,}", effect.quotes),
            (amount_words(effect.before.net_total, code), effect.before.net_total),
            (amount_words(effect.after.net_total, code), effect.after.net_total),
            (amount_words(effect.change, code, sign=True), effect.change),
            (percent_words(effect.change_percent), effect.change_percent),
            (
                points_words(effect.before.margin_percent, effect.after.margin_percent),
                None
                if effect.before.margin_percent is None or effect.after.margin_percent is None
                else effect.after.margin_percent - effect.before.margin_percent,
            ),
        )
        for value, effect in found[:SHOWN_PARTS]
    ]
    more = f", the {SHOWN_PARTS} with the largest change of {len(found):,}" if len(found) > SHOWN_PARTS else ""
    head = fact_words(by)
    headings = (head[:1].upper() + head[1:], "Quotes", "Net before", "Net after", "Change", "Change %", "Margin")
    return table(f"By {fact_words(by)}, in {code}{more}", headings, rows, numbers=6)


def fact_words(by: str) -> str:
    """What a fact is called in headings: "SKU", "category", "customer since"."""
    name = by.rpartition(".")[2]
    return "SKU" if name == "sku" else name.replace("_", " ")


def movers_section(simulation: Simulation, code: str) -> list[Html]:
    """The quotes that changed most, each to be opened for what did it."""
    movers = list(simulation.tally.movers.get(code, ()))
    if not movers:
        return []
    title = f"The {len(movers)} largest movers in {code}" if len(movers) > 1 else f"The only mover in {code}"
    return [element("h3", title), *(_mover(mover) for mover in movers)]


def _mover(mover: Mover) -> Html:
    code = mover.currency
    change = mover.after - mover.before
    percent = percent_words((change / mover.before * 100) if mover.before else None)
    summary = element(
        "summary",
        element("span", f"{amount_words(change, code, sign=True)} {code} ({percent})", class_="num"),
        element("b", _name(mover.quote)),
        f" {mover.customer}" if mover.customer else "",
    )
    facts = ", ".join(f"{name.rpartition('.')[2]} {value}" for name, value in mover.facts)
    margin = ""
    if mover.margin_before is not None and mover.margin_after is not None:
        margin = f"; margin {amount_words(mover.margin_before, code)} → {amount_words(mover.margin_after, code)}"
    told = f"Net {amount_words(mover.before, code)} → {amount_words(mover.after, code)} {code}{margin}."
    place = element("p", told, f" {facts}. " if facts else " ", element("code", mover.quote.place), class_="faint")
    rows = [row for line in mover.lines for row in _line_rows(line, code)]
    headings = ("Line", "What acts", "Before → after", "Why and where", "Change")
    more = element("p", f"and {_count(mover.more_lines, 'more line')}", class_="faint") if mover.more_lines else Html()
    return element("details", summary, place, table("", headings, rows, numbers=1), more)


def _line_rows(line: LineEffect, code: str) -> list[Sequence[Cell]]:
    what = f"{line.id}: {line.sku}"
    if not told_steps(line, code):
        change = (line.after or Decimal(0)) - (line.before or Decimal(0))
        told = "new line" if line.before is None else "line is gone" if line.after is None else ""
        return [(what, told, "", "", (amount_words(change, code, sign=True), change))]
    return [
        (
            what,
            str(step.cause),
            step_words(step),
            " ".join(part for part in (step.reason, f"({step.place})" if step.place else "") if part),
            (amount_words(step.change, code, sign=True), step.change),
        )
        for step in told_steps(line, code)
    ]


def outcome_sections(simulation: Simulation) -> list[Html]:
    """Approvals, credit, quotes that became errors or valid, and those that cannot be read."""
    tally = simulation.tally
    validity = transitions(tally.validity)
    tables = [
        _transitions("Approvals that change", transitions(tally.approvals)),
        _steps(simulation),
        _transitions("Credit outcomes that change", transitions(tally.credit)),
        _transitions("Quotes that became errors", [item for item in validity if item.before == VALID]),
        _transitions("Quotes that became valid", [item for item in validity if item.after == VALID]),
        _transitions("Invalid under both", [item for item in validity if VALID not in (item.before, item.after)]),
    ]
    sections = [item for item in tables if item is not None]
    if tally.unreadable:
        shown = len(tally.unreadable_told)
        more = f", the first {shown}" if shown < tally.unreadable else ""
        caption = f"{_count(tally.unreadable, 'stored quote')} that cannot be read{more}"
        sections.append(table(caption, ("Place and reason",), [(told,) for told in tally.unreadable_told]))
    return [element("h2", "Approvals, credit and errors"), *sections] if sections else []


def _transitions(caption: str, found: Sequence[Transition]) -> Html | None:
    if not found:
        return None
    rows = [
        (
            item.before,
            item.after,
            "; ".join(_name(example.quote) for example in item.examples),
            item.examples[0].told,
            (f"{item.quotes:,}", item.quotes),
        )
        for item in found[:SHOWN_TRANSITIONS]
    ]
    more = f", the {SHOWN_TRANSITIONS} most frequent of {len(found):,}" if len(found) > SHOWN_TRANSITIONS else ""
    return table(f"{caption}{more}", ("Before", "After", "For example", "Why (the first)", "Quotes"), rows, numbers=1)


def _steps(simulation: Simulation) -> Html | None:
    before, after = simulation.tally.steps_before, simulation.tally.steps_after
    changed = [step for step in sorted({*before, *after}) if before[step] != after[step]]
    if not changed:
        return None
    rows = [
        (
            step,
            (f"{before[step]:,}", before[step]),
            (f"{after[step]:,}", after[step]),
            (f"{after[step] - before[step]:+,}", after[step] - before[step]),
        )
        for step in changed
    ]
    return table("How often a step of approval is asked", ("Step", "Before", "After", "Change"), rows, numbers=3)

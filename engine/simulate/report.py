"""A simulation as one HTML file that needs nothing else: no network, no fonts, no libraries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from engine.simulate.charts import Bar, Pair, columns, pairs, waterfall
from engine.simulate.figures import CHANGE_BOUNDS, UNCHANGED, Effect
from engine.simulate.gates import Verdict
from engine.simulate.html import Html, element, joined
from engine.simulate.report_tables import fact_words, movers_section, outcome_sections, parts_table, verdict_section
from engine.simulate.result import (
    amount_words,
    causes,
    currencies,
    is_moved,
    parts,
    percent_words,
    points_words,
    whole,
)
from engine.simulate.run import Simulation

CHART_CAUSES = 8
CHART_PARTS = 8
CHART_FACT = "customer.segment"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def html_report(simulation: Simulation, verdicts: Sequence[Verdict]) -> str:
    """The report: what the gates say, then each currency, then approvals, credit and errors."""
    title = f"Simulation of {simulation.after.name}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", title),
        element("style", Html(_file("report.css"))),
    )
    body = element(
        "body",
        _hatch(),
        *_heading(simulation, title),
        *verdict_section(verdicts),
        *(section for code in currencies(simulation) for section in _currency(simulation, code)),
        *outcome_sections(simulation),
        _footer(simulation),
        element("script", Html(_file("report.js"))),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


@cache
def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hatch() -> Html:
    """Stripes for what falls, so that it is told from what rises without colours."""
    stripes = element("path", d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2")
    ground = element("rect", width=6, height=6)
    pattern = element("pattern", ground, stripes, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return element("svg", element("defs", pattern), class_="defs", aria_hidden="true")


def _heading(simulation: Simulation, title: str) -> list[Html]:
    tally = simulation.tally
    count = f"{tally.quotes:,} stored quote{'' if tally.quotes == 1 else 's'}"
    told = f"{count}, decided under the rules as they are and as they are to be."
    if tally.unreadable:
        told += f" {tally.unreadable:,} of them cannot be read; see the end."
    return [element("h1", title), element("p", told, class_="faint")]


def _currency(simulation: Simulation, code: str) -> list[Html]:
    effect = whole(simulation, code)
    sections = [element("h2", f"Quotes in {code}"), _tiles(effect, code)]
    if effect.quotes and not is_moved(simulation, code):
        sections.append(element("p", f"No quote in {code} that is valid under both costs or earns anything else."))
    elif effect.quotes:
        charts = [
            _waterfall(simulation, effect, code),
            _distribution(simulation.tally.classes[code], code),
            *(_pairs(simulation, by, code) for by in _charted(simulation)),
        ]
        sections.append(element("div", *charts, class_="charts"))
        sections += movers_section(simulation, code)
        sections += [parts_table(simulation, by, code) for by in simulation.by]
    return sections


def _charted(simulation: Simulation) -> list[str]:
    """The facts whose values are compared in a chart: the first of the quote's, and the first of products."""
    of_quotes = [by for by in simulation.by if not by.startswith("product.")]
    of_products = [by for by in simulation.by if by.startswith("product.")]
    return [*of_quotes[:1], *of_products[:1]]


def _tiles(effect: Effect, code: str) -> Html:
    before, after = effect.before, effect.after
    tiles = [
        _tile(
            "Net total",
            f"{amount_words(effect.change, code, sign=True)} {code}",
            f"{amount_words(before.net_total, code)} → {amount_words(after.net_total, code)}",
            percent_words(effect.change_percent) if effect.quotes else "",
        )
    ]
    if before.costed_net or after.costed_net:
        tiles.append(
            _tile(
                "Margin",
                f"{amount_words(after.margin - before.margin, code, sign=True)} {code}",
                f"{amount_words(before.margin, code)} → {amount_words(after.margin, code)}",
                f"{_percent(before.margin_percent)} → {_percent(after.margin_percent)} "
                f"({points_words(before.margin_percent, after.margin_percent)})",
            )
        )
    unchanged = effect.quotes - effect.risen - effect.fallen
    tiles.append(
        _tile(
            "Quotes valid under both",
            f"{effect.quotes:,}",
            f"{effect.risen:,} cost more, {effect.fallen:,} less",
            f"{unchanged:,} cost the same",
        )
    )
    tiles.append(
        _tile(
            "Quotes that need approval",
            f"{effect.approvals_after - effect.approvals_before:+,}",
            f"{effect.approvals_before:,} → {effect.approvals_after:,}",
        )
    )
    if effect.newly_invalid or effect.newly_valid or effect.invalid:
        tiles.append(
            _tile(
                "Quotes that became errors",
                f"{effect.newly_invalid:,}",
                f"{amount_words(effect.lost, code)} {code} before" if effect.newly_invalid else "",
                f"{effect.newly_valid:,} became valid, {effect.invalid:,} invalid under both",
            )
        )
    return element("div", *tiles, class_="tiles")


def _percent(value: Decimal | None) -> str:
    return "none" if value is None else percent_words(value, sign=False)


def _tile(name: str, figure: str, *told: str) -> Html:
    return element("div", name, element("b", figure), *(element("span", text) for text in told if text), class_="tile")


def _waterfall(simulation: Simulation, effect: Effect, code: str) -> Html:
    moved = causes(simulation, code)
    bars = [Bar("Net before", effect.before.net_total, amount_words(effect.before.net_total, code), is_total=True)]
    bars += [Bar(str(cause), amount, amount_words(amount, code, sign=True)) for cause, amount in moved[:CHART_CAUSES]]
    rest = effect.change - sum((amount for _, amount in moved[:CHART_CAUSES]), Decimal(0))
    if rest:
        more = len(moved) - CHART_CAUSES
        name = f"{more:,} other cause{'' if more == 1 else 's'}" if more > 0 else "roundings"
        bars.append(Bar(name, rest, amount_words(rest, code, sign=True)))
    bars.append(Bar("Net after", effect.after.net_total, amount_words(effect.after.net_total, code), is_total=True))
    title = f"What moves the net total, in {code}"
    return _figure(
        title,
        waterfall(title, bars, f"The scale begins at {{}} {code}."),
        _legend(("rise", "more"), ("fall", "less")),
    )


def _distribution(counts: Sequence[int], code: str) -> Html:
    changed = sum(counts) - counts[UNCHANGED]
    title = "By how much the totals of quotes change"
    bounds = [str(bound) for bound in (*CHANGE_BOUNDS[:UNCHANGED], *CHANGE_BOUNDS[UNCHANGED + 1 :])]
    same = f"{counts[UNCHANGED]:,} stay as they are and are not drawn"
    told = f"{changed:,} of {sum(counts):,} in {code} change; {same}. Bounds in percent."
    if not changed:
        return _figure(title, element("p", told))
    return _figure(
        title,
        columns(title, counts, bounds, UNCHANGED),
        joined(_legend(("fall", "cost less"), ("rise", "cost more")), element("span", told)),
    )


def _pairs(simulation: Simulation, by: str, code: str) -> Html:
    every = parts(simulation, by, code)
    found = [part for part in every if part.effect.change] or every
    rows = [
        Pair(
            part.value,
            part.effect.before.net_total,
            part.effect.after.net_total,
            f"{amount_words(part.effect.after.net_total, code)} ({percent_words(part.effect.change_percent)})",
        )
        for part in found[:CHART_PARTS]
    ]
    title = f"Net total by {fact_words(by)}, before and after, in {code}"
    left = len(every) - len(rows)
    more = f"{left:,} with a smaller change or none {'is' if left == 1 else 'are'} not drawn." if left else ""
    told = joined(_legend(("before", "before"), ("after", "after")), element("span", more))
    return _figure(title, pairs(title, rows), told)


def _figure(title: str, chart: Html, told: str = "") -> Html:
    caption = element("figcaption", told) if told else Html()
    return element("figure", element("h3", title), chart, caption)


def _legend(*entries: tuple[str, str]) -> Html:
    keys = (element("span", element("i", class_=f"key {kind}"), text) for kind, text in entries)
    return element("span", *keys, class_="legend")


def _footer(simulation: Simulation) -> Html:
    told = [
        element(
            "p",
            f"{what}: {version.name}, rulebook ",
            element("code", version.rulebook),
            ", catalogue ",
            element("code", version.catalogue),
        )
        for what, version in (("Baseline", simulation.before), ("New", simulation.after))
    ]
    note = "Amounts of different currencies are never added. Margins count what has a known cost under both versions."
    return element("footer", *told, element("p", note), class_="faint")

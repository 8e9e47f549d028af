"""A decision as a person reads it: tables of the lines, the waterfalls, the totals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.decision import Decision
from engine.money import plain
from engine.pricing.result import Offer, PricedLine, Totals
from engine.trace import Adjustment, AdjustmentKind, Origin

_TOTALS = {
    "list_total": "List",
    "discount_total": "Discount",
    "net_total": "Net (total contract value)",
    "one_time_total": "  one-time",
    "recurring_total": "  recurring",
    "usage_total": "  usage",
    "first_year_total": "First year",
    "monthly_recurring": "Monthly recurring",
    "annual_recurring": "Annual recurring",
    "cost_total": "Cost",
    "margin": "Margin",
    "margin_percent": "Margin %",
}


def console() -> Console:
    """The console that decisions are printed on: texts of files and requests are printed as they are."""
    return Console(markup=False, highlight=False, emoji=False)


def show_decision(decision: Decision, lines: Iterable[PricedLine], out: Console, *, roundings: bool) -> None:
    """Print a decision with the waterfalls of the given lines."""
    out.print(_line_table(decision))
    for line in lines:
        if not line.prices_hidden:
            out.print(waterfall_table(line, decision.currency))
        for told in _asides(line, decision.currency):
            out.print(Text(f"  {told}", style="dim"))
    out.print(_totals_table(decision.pricing.totals, decision.currency))
    for notice in decision.pricing.notices:
        out.print(Text(f"Notice: {notice.field}: {notice.message}", style="yellow"))
    if roundings:
        out.print(_roundings_table(decision))
    out.print(f"Rulebook {decision.rulebook_version}, catalogue {decision.catalogue_version}", soft_wrap=True)


def _asides(line: PricedLine, currency: str) -> list[str]:
    """What is told below a line's waterfall: prices before, what would cost less, what lost."""
    told = []
    if line.prior_prices is not None:
        prior = line.prior_prices
        told.append(
            f"list prices since {prior.since}: {amount_text(prior.lowest)} to {amount_text(prior.highest)} {currency}"
        )
    told.extend(_offer_text(offer, line.unit_of_measure, currency) for offer in line.offers)
    for other in line.alternatives:
        place = _place(other.file, other.line, "")
        told.append(f"lost: {other.kind} {other.id}{f' ({place})' if place else ''}: {other.reason}")
    return told


def _offer_text(offer: Offer, unit: str, currency: str) -> str:
    change = f"{amount_text(offer.quantity)} {unit}" if offer.quantity is not None else f"{offer.term_months} months"
    more = "less" if offer.saving >= 0 else "more"
    quote = f"the quote {amount_text(offer.net_total)} {currency}, {amount_text(abs(offer.saving))} {more}"
    return f"offer: at {change} a unit costs {amount_text(offer.net_unit_price)}; {quote}"


def amount_text(amount: Decimal) -> str:
    """The amount with thousands separated: 1,234.50."""
    return f"{amount:,f}"


def _line_table(decision: Decision) -> Table:
    title = f"Quote {decision.quote_id}" if decision.quote_id else "Quote"
    # Few borders, so that the figures of a usual line fit 80 columns.
    table = Table(title=f"{title} in {decision.currency}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Line", no_wrap=True)
    table.add_column("Product", overflow="fold")
    for heading in ("Quantity", "List price", "Net price", "Net total"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in decision.pricing.lines:
        indent = "  " if line.parent_id else ""
        term = f"\n{line.term.start} to {line.term.end}" if line.term else ""
        table.add_row(
            Text(indent + line.id),
            Text(f"{line.sku}\n{line.name}{term}"),
            f"{amount_text(line.quantity)} {line.unit_of_measure}",
            *_prices(line),
        )
    return table


def _prices(line: PricedLine) -> tuple[str, str, str]:
    """List price, net price and net total; a component whose prices are hidden shows none."""
    if line.prices_hidden:
        return "", "", "included"
    period = f"/{line.term.billing_period}" if line.term else ""
    return amount_text(line.list_unit_price) + period, amount_text(line.net_unit_price), amount_text(line.net_total)


def waterfall_table(line: PricedLine, currency: str) -> Table:
    """The steps that led to a line's price, with what acted and why, so that each figure can be computed by hand."""
    table = Table(title=Text(f"Waterfall of line {line.id}: {line.sku} ({line.name})"), title_justify="left")
    table.add_column("Step", no_wrap=True)
    table.add_column("Acts", justify="right", no_wrap=True)
    table.add_column("Before", justify="right", no_wrap=True)
    table.add_column("After", justify="right", no_wrap=True)
    table.add_column("Rule or price and why", overflow="fold", ratio=1)
    last: Adjustment | None = None
    for step in line.waterfall:
        if last is not None and step.before is not None and last.after != step.before:
            _add_between(table, line, last, step)
        before = "" if step.before is None else figure_text(step.before)
        table.add_row(step.origin.step, _action(step), before, figure_text(step.after), _why(step))
        last = step
    if last is not None and not last.per_line:
        _add_unit_rounding(table, line, last)
    elif last is not None and last.after != line.net_total:
        _add_dim(table, "net", "rounded", last.after, line.net_total, "to the decimals of a line")
    table.add_section()
    why = Text(_calculation(line) if last is not None and not last.per_line else _term(line), style="dim")
    table.add_row("total", "", "", f"{amount_text(line.net_total)} {currency}", why)
    return table


def _add_between(table: Table, line: PricedLine, last: Adjustment, step: Adjustment) -> None:
    """What happens between two steps without a step of its own: rounding, and units that become a line."""
    assert step.before is not None
    if last.per_line:
        _add_dim(table, "net", "rounded", last.after, step.before, "to the decimals of a line")
    elif step.origin.step != "tiers":
        _add_unit_rounding(table, line, last)
        _add_dim(table, "line", "x", line.net_unit_price, step.before, _calculation(line))


def _add_unit_rounding(table: Table, line: PricedLine, last: Adjustment) -> None:
    if last.after != line.net_unit_price:
        _add_dim(table, "net", "rounded", last.after, line.net_unit_price, "to the decimals of the price list")


def _add_dim(table: Table, step: str, acts: str, before: Decimal, after: Decimal, why: str) -> None:
    table.add_row(step, acts, figure_text(before), figure_text(after), Text(why, style="dim"))


def _calculation(line: PricedLine) -> str:
    """How the amount of a line follows from its unit price."""
    return f"{amount_text(line.quantity)} x {figure_text(line.net_unit_price)}{_times(line)}"


def _term(line: PricedLine) -> str:
    """What a line that is priced as a whole is charged for."""
    return f"{amount_text(line.quantity)} {line.unit_of_measure}{_times(line)}" if line.term is not None else ""


def _times(line: PricedLine) -> str:
    return "" if line.term is None else f" x {line.term.words}"


MAX_DECIMALS = 6


def figure_text(amount: Decimal) -> str:
    """A figure of a calculation: without zeros that say nothing, cut after six decimals, which "..." tells."""
    whole, _, decimals = amount_text(amount).partition(".")
    cut = decimals[:MAX_DECIMALS]
    dots = "..." if decimals[MAX_DECIMALS:].strip("0") else ""
    kept = cut if dots else cut[:2] + cut[2:].rstrip("0")
    return f"{whole}.{kept}{dots}" if kept else whole


def _action(step: Adjustment) -> str:
    kind = step.origin.kind
    tier = f"\ntier {step.tier}" if step.tier else ""
    match kind:
        case AdjustmentKind.SET:
            return f"set{tier}"
        case AdjustmentKind.PERCENT:
            return f"{-step.value:+f} %{tier}"
        case AdjustmentKind.AMOUNT | AdjustmentKind.ALLOCATION:
            return f"{-step.value:+f}{tier}"
        case AdjustmentKind.MARKUP:
            return f"+{plain(step.value)} %{tier}"
        case _:
            return f"{kind.replace('_', ' ')} {plain(step.value)}{tier}"


def _why(step: Adjustment) -> Text:
    origin: Origin = step.origin
    place = _place(origin.file, origin.line, origin.cell)
    name = " ".join(part for part in (origin.id, f"[{origin.stacking_group}]" if origin.stacking_group else "") if part)
    head = ", ".join(part for part in (name, place) if part)
    return Text("\n".join(part for part in (head, step.reason) if part))


def _place(file: str, line: int, cell: str) -> str:
    if not file:
        return ""
    place = f"{file}:{line}" if line else file
    return f"{place} ({cell})" if cell else place


def _totals_table(totals: Totals, currency: str) -> Table:
    table = Table(title="Totals", title_justify="left", show_header=False)
    table.add_column("What")
    table.add_column("Amount", justify="right", no_wrap=True)
    for field, heading in _TOTALS.items():
        value: Decimal | None = getattr(totals, field)
        if value is not None:
            unit = "%" if field == "margin_percent" else currency
            table.add_row(heading, f"{amount_text(value)} {unit}", style="bold" if field == "net_total" else "")
    return table


def _roundings_table(decision: Decision) -> Table:
    table = Table(title="Roundings", title_justify="left")
    table.add_column("Where", overflow="fold")
    table.add_column("Before", justify="right", overflow="fold")
    table.add_column("After", justify="right", no_wrap=True)
    table.add_column("Mode", no_wrap=True)
    for entry in decision.pricing.roundings:
        table.add_row(Text(entry.where), plain(entry.before), plain(entry.after), entry.mode)
    return table

"""What lost: the prices and rules considered for a line, each with the first condition that failed and what was found.

Only quotes that ask for it pay for this: conditions are asked again, one by one, by the interpreter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.price import ScopeKind
from engine.feel import from_python, interpret, to_string
from engine.money import plain
from engine.pricing.facts import facts_of
from engine.pricing.profiles import PriceChoice
from engine.pricing.program import CompiledEntry, CompiledRule
from engine.pricing.result import Alternative
from engine.pricing.selection import comparable_unit_price, scope_words, why_not
from engine.pricing.state import LineState

MAX_PRICES = 20
MAX_RULES = 20
MAX_EXAMINED = 2000
"""Rules whose conditions are asked for one line; beyond them only those that the index nearly leaves."""

MAX_SHOWN = 60


Known = dict[int, str]
"""What conditions on the customer and the quote alone came to, by the part: "" where it holds, or what was found."""


def explain_losers(lines: Iterable[LineState]) -> None:
    """Add the prices and the rules that lost to the lines' alternatives, the nearest first."""
    known: Known = {}
    for line in lines:
        line.alternatives += tuple(_prices(line))
        line.alternatives += tuple(_rules(line, known))


def _prices(state: LineState) -> list[Alternative]:
    book = state.quote.program.prices
    considered = [entry for key in state.product.price_keys for entry in book.considered.get(key, ())]
    lost = [(*_why_price_lost(state, entry), entry) for entry in considered if entry is not state.entry]
    lost.sort(key=lambda item: item[0])
    return [
        Alternative("price", entry.origin.id, entry.origin.file, entry.origin.line, reason)
        for _, reason, entry in lost[:MAX_PRICES]
    ]


def _why_price_lost(state: LineState, entry: CompiledEntry) -> tuple[int, str]:
    """How near an entry was to being chosen, and what kept it from it."""
    quote, chosen = state.quote, state.entry
    if state.own_price is not None:
        return 0, "the bundle or the ramp gives the price"
    currency = quote.currency.code if state.source is None else state.source.currency
    distance, reason = why_not(
        entry, currency, quote.quote.price_date, state.quantity, quote.customer, quote.quote.channel
    )
    if reason or chosen is None:
        return distance, reason
    return 0, f"{chosen.origin.id} {_why_it_wins(chosen, entry, state)}"


def _why_it_wins(chosen: CompiledEntry, entry: CompiledEntry, state: LineState) -> str:
    if chosen.price_list.contract and not entry.price_list.contract:
        return "was agreed with the customer"
    if state.quote.program.profile.price_choice is not PriceChoice.LOWEST:
        if _kinds(chosen) != _kinds(entry):
            return f"is for {scope_words(chosen)}, which is more specific than {scope_words(entry)}"
        if bool(chosen.entry.sku) is not bool(entry.entry.sku):
            return "is for the product itself, this one for its category"
        if chosen.entry.category != entry.entry.category:
            return f"is for the nearer category {chosen.entry.category}"
        reason = _by_rank(chosen, entry)
        if reason:
            return f"has {reason}"
    mine, its = comparable_unit_price(chosen, state.quantity), comparable_unit_price(entry, state.quantity)
    if mine is not None and its is not None and mine < its:
        return f"is lower: {plain(mine)} against {plain(its)}"
    return "comes first"


def _kinds(entry: CompiledEntry) -> list[ScopeKind]:
    return [kind for kind, _ in entry.price_list.scopes]


def _by_rank(chosen: CompiledEntry, other: CompiledEntry) -> str:
    """What of list priority, priority and start of validity puts one entry before another; "" for nothing."""
    lists = chosen.price_list.priority, other.price_list.priority
    if lists[0] > lists[1]:
        return f"the higher list priority: {lists[0]} against {lists[1]}"
    entries = chosen.entry.priority, other.entry.priority
    if lists[0] == lists[1] and entries[0] > entries[1]:
        return f"the higher priority: {entries[0]} against {entries[1]}"
    if lists[0] == lists[1] and entries[0] == entries[1] and chosen.first_day > other.first_day:
        return f"the later start of validity: {chosen.first_day}"
    return ""


def _rules(state: LineState, known: Known) -> list[Alternative]:
    """The rules that did not act on the line, those that fail latest first."""
    program = state.quote.program.rules
    acted = {step.origin.id for step in state.waterfall} | {other.id for other in state.alternatives}
    values: Mapping[str, Any] = {
        "customer": state.quote.customer,
        "quote": state.quote.facts,
        "line": facts_of(state),
        "product": state.product.facts,
    }
    scope = {name: from_python(value) for name, value in values.items()}
    found: list[tuple[int, int, CompiledRule, str]] = []
    examined = 0
    for position, rule in enumerate(reversed(program.rules)):
        if rule.origin.id in acted:
            continue
        examined += 1
        if examined > MAX_EXAMINED:
            break
        passed, reason = _why_rule_lost(state, rule, scope, known)
        found.append((-passed, position, rule, reason))
    found.sort(key=lambda item: item[:2])
    return [
        Alternative("rule", rule.origin.id, rule.origin.file, rule.origin.line, reason)
        for _, _, rule, reason in found[:MAX_RULES]
    ]


def _why_rule_lost(state: LineState, rule: CompiledRule, scope: Mapping[str, Any], known: Known) -> tuple[int, str]:
    """How many of a rule's conditions hold before the first that does not, and what that one found."""
    quote = state.quote
    day, total = quote.quote.price_date, quote.facts["list_total"]
    first, last = rule.valid
    if state.locked:
        return 0, "the price is agreed, and rules leave it alone"
    if (first is not None and day < first) or (last is not None and day > last):
        return 0, f"it holds from {first or 'ever'} to {last or 'ever'}, the price date is {day}"
    if rule.coupon and rule.coupon not in quote.quote.coupons:
        return 0, f"the quote carries no coupon {rule.coupon!r}"
    if rule.minimum_order is not None and total < rule.minimum_order:
        return 1, f"it holds from a list total of {plain(rule.minimum_order)} on, it is {plain(total)}"
    if rule.currency and rule.currency != quote.currency.code:
        return 1, f"its amount is in {rule.currency}"
    for passed, part in enumerate(rule.conditions):
        reason = known.get(id(part))
        if reason is None:
            holds = interpret(part.tree, scope) is True
            reason = "" if holds else f"{part.text}{_found(part.paths, scope)}"
            if part.paths and all(name.startswith(("customer.", "quote.")) for name, _ in part.paths):
                known[id(part)] = reason
        if reason:
            return 2 + passed, reason
    holding = 2 + len(rule.conditions)
    if rule.table is not None:
        hit = rule.table(quote.customer, quote.facts, state.facts, state.product.facts)
        if hit is None:
            return holding, "no row of its table holds"
    return holding, "it holds, and changes nothing here"


def _found(paths: tuple[tuple[str, Any], ...], scope: Mapping[str, Any]) -> str:
    """What a condition found: ", it is 4" for one fact, each by its name for several."""
    shown = [(name, _shown(interpret(tree, scope))) for name, tree in paths]
    if not shown:
        return ""
    if len(shown) == 1:
        return f", it is {shown[0][1]}"
    return ", " + ", ".join(f"{name} is {value}" for name, value in shown)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = f'"{value}"' if isinstance(value, str) else str(to_string(value))
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."

"""Settings of the rulebook that pricing runs by: semantics profile, conversion of currencies, price tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from catalog.model import Catalog
from catalog.price import TierBounds
from engine.compile.rule_tables import RuleTable, RuleTables
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel.types import NUMBER, ContextType, Type, bare, can_be
from engine.load.rulebook import LoadedRulebook
from engine.money import currency, currency_codes, plain
from engine.pricing.charges import ZeroQuantity
from engine.pricing.conversion import ExchangeRate, RateTable, rate_problems
from engine.pricing.profiles import PROFILES, STANDARD, PriceChoice, Profile, UnitRounding
from engine.pricing.program import Conversion, Rounding
from engine.source import Span

MINOR_UNIT = -1
"""Decimals of the quote's currency, whichever it is."""

LATER_LINE_FACTS = ("list_price", "list_total", "term_months")
"""Facts of a line that follow from its price, which a price table therefore cannot read."""


def compile_profile(rulebook: LoadedRulebook, findings: Findings) -> Profile:
    """The profile that the rulebook names, with the choices that it makes otherwise."""
    settings = rulebook.settings
    profile = PROFILES.get(settings.profile)
    if profile is None:
        message = f"there is no semantics profile {settings.profile!r}; expected one of {', '.join(PROFILES)}"
        span = rulebook.settings_document.span(("profile",))
        findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(settings.profile, PROFILES))
        profile = STANDARD
    own = settings.semantics
    if own.bounds is not None:
        profile = replace(profile, bounds=None if own.bounds == "price_list" else TierBounds(own.bounds))
    if own.zero_quantity is not None:
        profile = replace(profile, zero_quantity=ZeroQuantity(own.zero_quantity))
    if own.price_choice is not None:
        profile = replace(profile, price_choice=PriceChoice(own.price_choice))
    if own.rounding is not None:
        profile = replace(profile, rounding=UnitRounding(own.rounding))
    return profile


def compile_rounding(rulebook: LoadedRulebook, findings: Findings) -> Rounding:
    """Where amounts are rounded, as the rulebook says."""
    settings = rulebook.settings.rounding
    coins = {}
    for code, coin in settings.smallest_coin.items():
        span = rulebook.settings_document.span(("rounding", "smallest_coin", code))
        if code not in currency_codes():
            message = f"expected an ISO 4217 currency code such as CHF, found {code!r}"
            findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(code, currency_codes()))
        elif coin <= 0 or coin % currency(code).minor_unit:
            message = f"a coin is a multiple of {plain(currency(code).minor_unit)} {code}, found {plain(Decimal(coin))}"
            findings.add(Code.WRONG_VALUE, message, span)
        else:
            coins[code] = Decimal(coin)
    return Rounding(settings.mode, _digits(settings.line_total), _digits(settings.document_total), coins)


def _digits(setting: str | int) -> int | None:
    if isinstance(setting, int):
        return setting
    return MINOR_UNIT if setting == "currency" else None


def price_tables(
    rulebook: LoadedRulebook, parameters: Mapping[str, Type], findings: Findings
) -> dict[str, RuleTable | None]:
    """The tables that prices may name; None for one with mistakes, which are told."""
    settings = rulebook.settings
    if not settings.price_tables:
        return {}
    line = bare(parameters["line"])
    assert isinstance(line, ContextType)
    known = {name: kind for name, kind in line.fields.items() if name not in LATER_LINE_FACTS}
    tables = RuleTables(rulebook, {**parameters, "line": ContextType(known)}, findings)
    found: dict[str, RuleTable | None] = {}
    for name, reference in settings.price_tables.items():
        span = rulebook.settings_document.span(("price_tables", name))
        table = tables.named(reference, "", span)
        found[name] = _one_number(name, table, span, findings) if table is not None else None
    return found


def _one_number(name: str, table: RuleTable, span: Span, findings: Findings) -> RuleTable | None:
    outputs = table.outputs
    if len(outputs) != 1:
        message = f"price table {name!r} gives one price, found the outputs {', '.join(outputs)}"
        findings.add(Code.WRONG_VALUE, message, span)
        return None
    kind = bare(table.row_type)
    if isinstance(kind, ContextType) and not can_be(kind.fields[outputs[0]], NUMBER):
        message = f"price table {name!r} gives a number, found a {kind.fields[outputs[0]]}"
        findings.add(Code.WRONG_TYPE, message, span)
        return None
    for value, place in table.constants(outputs[0]):
        if value.adjusted() >= MAX_PRICE_DIGITS:
            findings.add(Code.WRONG_VALUE, f"price table {name!r}: a price below 10^28 is expected here", place)
    return table


MAX_PRICE_DIGITS = 28


def compile_conversion(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> Conversion | None:
    """The conversion that the rulebook allows, by the catalogue's rates; None where it allows none."""
    settings = rulebook.settings.conversion
    if settings is None:
        return None
    document = rulebook.settings_document
    known = currency_codes()
    for index, code in enumerate(settings.sources):
        if code not in known:
            message = f"expected an ISO 4217 currency code such as USD, found {code!r}"
            span = document.span(("conversion", "from", index))
            findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(code, known))
    rates = [
        ExchangeRate(rate.from_currency, rate.to_currency, rate.valid_from, rate.rate)
        for rate in catalog.exchange_rates
    ]
    for problem in rate_problems(rates, base=settings.base):
        at = ("conversion", "base") if problem.field == "base" else ("conversion",)
        findings.add(Code.WRONG_VALUE, f"conversion: {problem.field}: {problem.message}", document.span(at))
    table = RateTable.compile(
        rates,
        inverse=settings.inverse,
        base=settings.base,
        rate_digits=settings.rate_digits,
        max_age=settings.max_age_days,
    )
    return Conversion(tuple(settings.sources), table)

"""Pass `renewal`: settings, indices and rules of renewal become a program, or findings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.model import Catalog
from engine.compile.expressions import Expressions
from engine.compile.fact_types import FACT_TYPES, pricing_parameters
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import compile_condition
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, ContextType, Required, Type
from engine.load.parts import Loaded, tell_duplicates
from engine.load.renewal import load_renewal
from engine.load.rulebook import LoadedRulebook
from engine.money import to_decimal
from engine.renew.contract import RenewalMethod, Uplift, UpliftPeriod
from engine.renew.program import CompiledRenewalRule, RenewalProgram
from engine.schema.renewal import IndexEntry, RenewalRule, RenewalSettings, UpliftEntry
from engine.schema.rulebook import DeclaredFacts, FactType


def compile_renewal(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> RenewalProgram | None:
    """The program; None where the rulebook has no renewal rules, or where they have errors."""
    before = len(findings.errors)
    parts = load_renewal(rulebook, findings)
    findings.texts.update(parts.texts)
    if not parts:
        return None
    tell_duplicates(parts["rules"], "renewal rule", findings)
    tell_duplicates(parts["indices"], "index", findings)
    declared = rulebook.settings.facts
    settings = RenewalSettings()
    indices = {item.entry.id: _values(item, findings) for item in parts["indices"]}
    if parts["settings"]:
        loaded: Loaded[RenewalSettings] = parts["settings"][0]
        settings = loaded.entry
        _check_settings(loaded, declared, indices, findings)
    expressions = Expressions(renewal_parameters(declared, settings.facts, catalog), findings)
    rules = [found for item in parts["rules"] if (found := _rule(item, expressions, indices)) is not None]
    if len(findings.errors) > before:
        return None
    return RenewalProgram(
        method=RenewalMethod(settings.method),
        uplift=_uplift(settings.uplift),
        term_months=settings.term_months,
        ramp_first=settings.ramp == "first",
        co_term=settings.co_term,
        auto_renew=settings.auto_renew,
        notice_days=settings.notice_days,
        window_days=settings.window_days,
        quote_days=settings.quote_days,
        early_days=settings.early_days,
        indices=indices,
        declared={name: kind if isinstance(kind, str) else tuple(kind) for name, kind in settings.facts.items()},
        deal_facts={
            name: value if isinstance(value, str | bool) else to_decimal(value)
            for name, value in settings.deal_facts.items()
        },
        rules=tuple(rules),
    )


def renewal_parameters(
    declared: DeclaredFacts, of_contracts: Mapping[str, FactType], catalog: Catalog
) -> dict[str, Type]:
    """What renewal rules read, in the order of `engine.renew.program.PARAMETERS`."""
    pricing = pricing_parameters(declared, catalog)
    contract: dict[str, Type] = {
        **{name: FACT_TYPES[kind] if isinstance(kind, str) else STRING for name, kind in of_contracts.items()},
        "id": Required(STRING),
        "currency": Required(STRING),
        "start": Required(DATE),
        "end": Required(DATE),
        "term_months": Required(NUMBER),
        "auto_renew": Required(BOOLEAN),
        "line_count": Required(NUMBER),
    }
    line: dict[str, Type] = {
        **{name: FACT_TYPES[kind] if isinstance(kind, str) else STRING for name, kind in declared.line.items()},
        "id": Required(STRING),
        "sku": Required(STRING),
        "quantity": Required(NUMBER),
        "unit_price": Required(NUMBER),
        "term_months": Required(NUMBER),
    }
    return {
        "customer": pricing["customer"],
        "contract": ContextType(contract),
        "line": ContextType(line),
        "product": pricing["product"],
    }


def _check_settings(
    loaded: Loaded[RenewalSettings],
    declared: DeclaredFacts,
    indices: Mapping[str, Mapping[int, Decimal]],
    findings: Findings,
) -> None:
    settings = loaded.entry
    _check_index(settings.uplift, loaded, ("uplift",), indices, findings)
    for name, value in settings.deal_facts.items():
        kind = declared.quote.get(name)
        span = loaded.span("deal_facts", name)
        if kind is None:
            message = f"the rulebook declares no quote fact {name!r}"
            findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(name, declared.quote))
        elif isinstance(kind, list) and value not in kind:
            hint = did_you_mean(str(value), kind)
            findings.add(
                Code.WRONG_VALUE, f"{name}: expected one of {', '.join(kind)}, found {value!r}", span, hint=hint
            )


def _check_index(
    uplift: UpliftEntry,
    loaded: Loaded[Any],
    path: tuple[str, ...],
    indices: Mapping[str, Mapping[int, Decimal]],
    findings: Findings,
) -> None:
    if uplift.index and uplift.index not in indices:
        message = f"there is no index {uplift.index!r}"
        hint = did_you_mean(uplift.index, indices)
        findings.add(Code.UNKNOWN_NAME, message, loaded.span(*path, "index"), hint=hint)


def _values(item: Loaded[IndexEntry], findings: Findings) -> dict[int, Decimal]:
    """The values of an index by year."""
    found: dict[int, Decimal] = {}
    for year, value in item.entry.values.items():
        if len(year) == 4 and year.isdecimal():
            found[int(year)] = to_decimal(value)
        else:
            span = item.document.key_span((*item.path, "values", year))
            findings.add(Code.WRONG_VALUE, f"expected a year such as 2026, found {year!r}", span)
    return found


def _uplift(entry: UpliftEntry) -> Uplift:
    return Uplift(
        percent=to_decimal(entry.percent),
        index=entry.index,
        floor=None if entry.floor is None else to_decimal(entry.floor),
        cap=None if entry.cap is None else to_decimal(entry.cap),
        per=UpliftPeriod(entry.per),
        compound=entry.compound,
    )


def _rule(
    item: Loaded[RenewalRule], expressions: Expressions, indices: Mapping[str, Mapping[int, Decimal]]
) -> CompiledRenewalRule | None:
    """The rule; None where it has mistakes or is switched off."""
    findings, rule, span = expressions.findings, item.entry, item.span()
    before = len(findings.errors)
    tree = expressions.parse(rule.when, BOOLEAN, item.span("when")) if isinstance(rule.when, str) else None
    told = expressions.template(rule.reason, item.span("reason")) if rule.reason else rule.description or rule.id
    then = rule.then
    if then.uplift is not None:
        _check_index(then.uplift, item, ("then", "uplift"), indices, findings)
    if len(findings.errors) > before or told is None or rule.when is False:
        return None
    return CompiledRenewalRule(
        id=rule.id,
        file=span.file,
        line=span.line,
        condition=None if tree is None else compile_condition(tree, expressions.parameters),
        exclude=then.exclude,
        method=None if then.method is None else RenewalMethod(then.method),
        uplift=None if then.uplift is None else _uplift(then.uplift),
        percent_off=None if then.percent_off is None else to_decimal(then.percent_off),
        flag=then.flag,
        reason=told,
    )

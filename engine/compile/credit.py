"""Pass `credit`: settings, tables and rules of credit become a program, or findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from posixpath import dirname, join, normpath
from typing import Any

from catalog.model import Catalog
from engine.compile.approval_conditions import facts_of
from engine.compile.approval_facts import quote_with_totals
from engine.compile.expressions import Expressions
from engine.compile.fact_types import FACT_TYPES, pricing_parameters
from engine.compile.rule_tables import ONE_ROW, READERS
from engine.credit.program import CONTEXTS, SCALARS, CompiledCreditRule, CreditProgram
from engine.credit.result import CreditOutcome
from engine.diagnostics import Code, Findings, did_you_mean
from engine.feel import compile_condition
from engine.feel.types import ANY, BOOLEAN, DATE, NUMBER, STRING, ContextType, Required, Type
from engine.load.credit import load_credit
from engine.load.parts import Loaded, tell_duplicates
from engine.load.rulebook import LoadedRulebook
from engine.money import currency_codes, to_decimal
from engine.schema.credit import CreditRule, CreditSettings
from engine.schema.rulebook import DeclaredFacts, FactType
from engine.schema.table import Aggregation, HitPolicy
from engine.tables.compile import compile_table
from engine.tables.compiled import CompiledTable

AMOUNTS = ("receivables", "orders", "deliveries", "quote", "deposits", "total", "horizon_total", "overdue",
           "overdue_percent", "oldest_days")  # fmt: skip
OPTIONAL_AMOUNTS = ("headroom", "horizon_headroom", "used_percent")


def compile_credit(rulebook: LoadedRulebook, catalog: Catalog, findings: Findings) -> CreditProgram | None:
    """The program; None where the rulebook has no credit rules, or where they have errors."""
    before = len(findings.errors)
    parts = load_credit(rulebook, findings)
    findings.texts.update(parts.texts)
    if not parts:
        return None
    if not parts["settings"]:
        span = parts.documents[0].span(())
        findings.add(Code.MISSING_FIELD, "credit rules need 'settings' with 'currency' and 'no_limit'", span)
        return None
    tell_duplicates(parts["rules"], "credit rule", findings)
    loaded: Loaded[CreditSettings] = parts["settings"][0]
    settings = loaded.entry
    if settings.currency not in currency_codes():
        message = f"expected an ISO 4217 currency code such as EUR, found {settings.currency!r}"
        hint = did_you_mean(settings.currency.upper(), currency_codes())
        findings.add(Code.WRONG_VALUE, message, loaded.span("currency"), hint=hint)
    parameters = credit_parameters(rulebook.settings.facts, settings.facts, catalog)
    tables = _Tables(rulebook, loaded, findings)
    without_rating = {name: kind for name, kind in parameters.items() if name != "rating"}
    without_score = {name: kind for name, kind in without_rating.items() if name != "score"}
    score = tables.table("score", without_score)
    rating = tables.table("rating", without_rating)
    expressions = Expressions(parameters, findings)
    rules = [found for item in parts["rules"] if (found := _rule(item, expressions)) is not None]
    if len(findings.errors) > before:
        return None
    return CreditProgram(
        currency=settings.currency,
        no_limit=CreditOutcome(settings.no_limit),
        no_limit_role=settings.no_limit_role,
        horizon_days=settings.horizon_days,
        override_roles=frozenset(settings.override_roles),
        declared={name: kind if isinstance(kind, str) else tuple(kind) for name, kind in settings.facts.items()},
        score=score,
        rating=rating,
        rules=tuple(rules),
    )


def credit_parameters(
    declared: DeclaredFacts, of_accounts: Mapping[str, FactType], catalog: Catalog
) -> dict[str, Type]:
    """What credit rules read, in the order of `engine.credit.program.PARAMETERS`."""
    account: dict[str, Type] = {
        **{name: FACT_TYPES[kind] if isinstance(kind, str) else STRING for name, kind in of_accounts.items()},
        "id": Required(STRING),
        "parent": STRING,
        "blocked": Required(BOOLEAN),
        "limit": NUMBER,
        "limit_expires": DATE,
        "limit_expired": Required(BOOLEAN),
        "insured_until": DATE,
        "insurance_expired": Required(BOOLEAN),
    }
    exposure: dict[str, Type] = {}
    exposure.update(dict.fromkeys(AMOUNTS, Required(NUMBER)))
    exposure.update(dict.fromkeys(OPTIONAL_AMOUNTS, NUMBER))
    exposure.update(dict.fromkeys(("over_limit", "over_limit_in_horizon"), Required(BOOLEAN)))
    return {
        "customer": pricing_parameters(declared, catalog)["customer"],
        "quote": quote_with_totals(declared, catalog),
        "account": ContextType(account),
        "exposure": ContextType(exposure),
        "score": NUMBER,
        "rating": STRING,
    }


class _Tables:
    """Reads the tables that the settings name."""

    def __init__(self, rulebook: LoadedRulebook, settings: Loaded[CreditSettings], findings: Findings) -> None:
        self.files = rulebook.files
        self.settings = settings
        self.findings = findings

    def table(self, field: str, parameters: Mapping[str, Type]) -> CompiledTable | None:
        """The table that a setting names as "file" or "file#table"; None where it names none or has mistakes."""
        text = str(getattr(self.settings.entry, field))
        if not text:
            return None
        span = self.settings.span(field)
        name, _, inner = text.partition("#")
        file = normpath(join(dirname(self.settings.document.source.file), name))
        suffix = file[file.rfind(".") :].lower()
        if file not in self.files or suffix not in READERS:
            known = [other for other in self.files if not other.endswith((".yaml", ".yml"))]
            message = f"there is no decision table {file!r} in the rulebook"
            self.findings.add(Code.FILE_MISSING, message, span, hint=did_you_mean(file, known))
            return None
        found, problems = READERS[suffix](self.files[file].content, file)
        self.findings.extend(problems)
        tables = {table.name: table for table in found}
        if inner not in tables and (inner or len(tables) != 1):
            message = f"{file} has the tables {', '.join(tables) or 'none'}: name one of them as {name}#TABLE"
            self.findings.add(Code.UNKNOWN_NAME, message, span, hint=did_you_mean(inner, tables))
            return None
        table = tables[inner] if inner else found[0]
        single = table.hit_policy in ONE_ROW
        summed = table.hit_policy is HitPolicy.COLLECT and table.aggregation is not None
        if len(table.outputs) != 1 or not (single or summed):
            signs = ", ".join(f"C{sign.value}" for sign in Aggregation)
            message = (
                f"table {table.name!r} gives the {field}: it has one output and a hit policy that gives one value "
                f"({', '.join(policy.value for policy in ONE_ROW)}, {signs})"
            )
            self.findings.add(Code.WRONG_VALUE, message, table.span)
            return None
        return compile_table(table, parameters, self.findings)


def _rule(item: Loaded[CreditRule], expressions: Expressions) -> CompiledCreditRule | None:
    """The rule; None where it has mistakes or is switched off."""
    findings, rule, span = expressions.findings, item.entry, item.span()
    before = len(findings.errors)
    tree = expressions.parse(rule.when, BOOLEAN, item.span("when")) if isinstance(rule.when, str) else None
    told = expressions.template(rule.reason, item.span("reason")) if rule.reason else rule.description or rule.id
    conditions = [
        (kind, value)
        for kind, given in rule.then.conditions.__dict__.items()
        if given is not None and (value := _condition(item, kind, given, expressions)) is not None
    ]
    if len(findings.errors) > before or told is None or rule.when is False:
        return None
    return CompiledCreditRule(
        id=rule.id,
        file=span.file,
        line=span.line,
        condition=None if tree is None else compile_condition(tree, expressions.parameters),
        reads=() if tree is None else facts_of(tree, CONTEXTS, SCALARS),
        outcome=CreditOutcome(rule.then.outcome),
        role=rule.then.role,
        conditions=tuple(conditions),
        reason=told,
    )


def _condition(
    item: Loaded[CreditRule], kind: str, given: Any, expressions: Expressions
) -> Decimal | str | Callable[..., Any] | None:
    span = item.span("then", "conditions", kind)
    is_text = kind in ("payment_terms", "partial_shipment")
    if isinstance(given, str) and given.startswith("="):
        return expressions.function(given[1:].lstrip(), ANY if is_text else NUMBER, span)
    if is_text:
        return str(given)
    try:
        value = to_decimal(given)
    except ValueError as error:
        expressions.findings.add(Code.WRONG_VALUE, f"{kind}: {error}", span)
        return None
    if value < 0 or (kind == "deposit_percent" and value > 100):
        expressions.findings.add(Code.WRONG_VALUE, f"{kind}: {value} is no share or amount of a deposit", span)
    return value

"""The FEEL types of what approval rules may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from catalog.model import Catalog
from engine.compile.fact_types import FACT_TYPES, TEXT, TEXTS, pricing_parameters
from engine.feel.types import ANY, BOOLEAN, NUMBER, STRING, ContextType, Required, Type, bare
from engine.load.parts import Loaded
from engine.schema.approval import AggregateEntry, ApprovalRule, ChainEntry
from engine.schema.rulebook import DeclaredFacts

NEVER_NULL_TOTALS = (
    "list_total",
    "net_total",
    "discount_total",
    "one_time_total",
    "recurring_total",
    "usage_total",
    "first_year_total",
)
TOTALS = ("discount_percent", "monthly_recurring", "annual_recurring", "cost_total", "margin", "margin_percent")
LINE_TEXTS = ("id", "parent_id", "sku", "charge_type", "price_list")
LINE_NUMBERS = ("quantity", "list_total", "net_total", "discount_total")
LINE_OPTIONAL_NUMBERS = ("discount_percent", "cost_total", "margin", "margin_percent", "term_months")


def line_parameters(declared: DeclaredFacts, catalog: Catalog) -> dict[str, Type]:
    """What aggregates read of a priced line and its product."""
    facts: dict[str, Type] = dict.fromkeys(LINE_TEXTS, TEXT)
    facts |= dict.fromkeys(LINE_NUMBERS, Required(NUMBER)) | dict.fromkeys(LINE_OPTIONAL_NUMBERS, NUMBER)
    facts |= {name: FACT_TYPES[kind] if isinstance(kind, str) else STRING for name, kind in declared.line.items()}
    return {"line": ContextType(facts), "product": pricing_parameters(declared, catalog)["product"]}


def credit_facts() -> Type:
    """What rules read as credit.<name>: all null where credit was not checked."""
    texts = dict.fromkeys(("outcome", "rating", "role"), STRING)
    numbers = dict.fromkeys(("used_percent", "headroom", "exposure", "limit", "score"), NUMBER)
    return Required(ContextType({**texts, **numbers, "findings": TEXTS}))


def quote_with_totals(declared: DeclaredFacts, catalog: Catalog) -> Type:
    """What rules read as quote.<name> once it is priced."""
    quote = bare(pricing_parameters(declared, catalog)["quote"])
    assert isinstance(quote, ContextType)
    totals = dict.fromkeys(NEVER_NULL_TOTALS, Required(NUMBER)) | dict.fromkeys(TOTALS, NUMBER)
    return ContextType({**quote.fields, **totals})


def approval_parameters(
    declared: DeclaredFacts,
    catalog: Catalog,
    aggregates: Iterable[Loaded[AggregateEntry]],
    chains: Iterable[Loaded[ChainEntry]],
    derived: Mapping[str, Type],
) -> dict[str, Type]:
    """What approval rules read, in the order of `engine.approve.program.PARAMETERS`."""
    needed = {
        chain.entry.id: Required(ContextType({step.id: Required(BOOLEAN) for step in chain.entry.steps}))
        for chain in chains
    }
    return {
        "customer": pricing_parameters(declared, catalog)["customer"],
        "quote": quote_with_totals(declared, catalog),
        "aggregate": Required(ContextType({item.entry.id: NUMBER for item in aggregates})),
        "credit": credit_facts(),
        "configuration": Required(ContextType({"findings": TEXTS})),
        "requester": Required(ContextType({"id": STRING, "name": STRING, "manager": STRING, "roles": TEXTS})),
        "derived": Required(ContextType(dict(derived))),
        "needed": Required(ContextType(needed)),
    }


def derived_types(rules: Sequence[Loaded[ApprovalRule]]) -> tuple[dict[str, Type], frozenset[str]]:
    """The type of every fact that rules derive, and the names of flags: facts that are only ever true."""
    values: dict[str, list[bool | int | Decimal | str]] = defaultdict(list)
    for rule in rules:
        for name, value in rule.entry.then.derive.items():
            values[name].append(value)
    types: dict[str, Type] = {}
    for name, given in values.items():
        kinds = {_type_of(value) for value in given}
        types[name] = kinds.pop() if len(kinds) == 1 else ANY
    return types, frozenset(name for name, given in values.items() if all(value is True for value in given))


def _type_of(value: bool | int | Decimal | str) -> Type:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return ANY if value.startswith("=") else STRING
    return NUMBER

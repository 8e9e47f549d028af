"""What checks look at: a rulebook and the catalogue it is for, with the conditions of all rules read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import PurePosixPath
from posixpath import dirname, join, normpath
from typing import Any

from catalog.model import Catalog
from catalog.price import PriceEntry
from engine.check.product_index import ProductIndex
from engine.diagnostics import Findings
from engine.feel import FeelSyntaxError, parse_expression
from engine.feel.tree import Node
from engine.load.approval import load_approval
from engine.load.credit import load_credit
from engine.load.csv_table import read_csv_tables
from engine.load.parts import Loaded, LoadedParts
from engine.load.renewal import load_renewal
from engine.load.rulebook import LoadedRule, LoadedRulebook
from engine.load.xlsx_table import read_xlsx_tables
from engine.load.yaml_table import read_yaml_tables
from engine.schema.table import DecisionTable
from engine.source import Span, at
from engine.tables.column_test import ColumnTest, Interval, intersection
from engine.tables.conditions import PathNames, SplitCondition, conjuncts, split_condition

NAMES = ("customer", "quote", "line", "product", "aggregate", "credit", "configuration", "requester", "derived",
         "needed", "account", "exposure", "score", "rating", "contract")  # fmt: skip
"""What conditions of any kind of rule may begin a path with."""

MAX_TABLE_BYTES = 2_000_000
"""Size up to which the cells of a table are compared with the catalogue."""

READERS: Mapping[str, Callable[[bytes, str], tuple[list[DecisionTable], Findings]]] = {
    ".csv": read_csv_tables,
    ".xlsx": read_xlsx_tables,
    ".yaml": read_yaml_tables,
    ".yml": read_yaml_tables,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a rule, an aggregate or the like, read.

    Attributes:
        owner: what it belongs to, as messages name it: "rule 'storage-pair'".
        text: as written.
        tree: its expression.
        span: place of the text.
        kind: "pricing", "approval", "aggregate", "credit" or "renewal".
    """

    owner: str
    text: str
    tree: Node
    span: Span
    kind: str

    def place(self, node: Node) -> Span:
        """The place of a part of it."""
        return at(self.span, node.start, node.end)

    def words(self, node: Node) -> str:
        """A part of it as written, on one line."""
        return " ".join(self.text[node.start : node.end].split())


EVERYTHING = SplitCondition({}, None)


@dataclass(frozen=True, slots=True)
class PricingCondition:
    """A pricing rule with all that limits where it acts.

    Attributes:
        loaded: the rule.
        position: its place among all pricing rules.
        condition: as read; None where the rule has none, or one that is no FEEL.
        split: tests that an index could answer, the days of validity and the least order among them, and the rest.
        readable: whether all that limits the rule was read, and `split` says it whole.
    """

    loaded: LoadedRule
    position: int
    condition: Condition | None
    split: SplitCondition
    readable: bool

    @property
    def rest(self) -> tuple[Node, ...]:
        """The conjuncts that no index could answer."""
        return conjuncts(self.split.rest)


@dataclass(frozen=True)
class Subject:
    """What is checked.

    Attributes:
        rulebook: as loaded.
        catalog: the catalogue it is for.
        today: the day of who edits the rules; quotes carry their own.
    """

    rulebook: LoadedRulebook
    catalog: Catalog
    today: date = field(default_factory=date.today)

    @cached_property
    def pricing(self) -> tuple[PricingCondition, ...]:
        """Every pricing rule that is not switched off."""
        return tuple(
            _pricing_condition(loaded, position)
            for position, loaded in enumerate(self.rulebook.rules)
            if loaded.rule.when is not False
        )

    @cached_property
    def approval(self) -> LoadedParts:
        """What the approval files hold."""
        return load_approval(self.rulebook, Findings())

    @cached_property
    def credit(self) -> LoadedParts:
        """What the credit files hold."""
        return load_credit(self.rulebook, Findings())

    @cached_property
    def renewal(self) -> LoadedParts:
        """What the renewal files hold."""
        return load_renewal(self.rulebook, Findings())

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of all rules and aggregates."""
        found = [rule.condition for rule in self.pricing if rule.condition is not None]
        for kind, parts in (("approval", self.approval), ("credit", self.credit), ("renewal", self.renewal)):
            found += _rule_conditions(kind, parts["rules"])
        for item in self.approval["aggregates"]:
            tree = _parsed(item.entry.where)
            if tree is not None:
                owner = f"aggregate {item.entry.id!r}"
                found.append(Condition(owner, item.entry.where, tree, item.span("where"), "aggregate"))
        return tuple(found)

    @cached_property
    def products(self) -> ProductIndex:
        """Answers which products pass a condition."""
        return ProductIndex(self.catalog)

    @cached_property
    def tables(self) -> Mapping[str, tuple[DecisionTable, ...]]:
        """The decision tables of the files that rules, prices and the credit policy name, by file; large ones not."""
        names = dict.fromkeys(
            normpath(join(dirname(loaded.document.source.file), loaded.rule.table.partition("#")[0]))
            for loaded in self.rulebook.rules
            if loaded.rule.table
        )
        names |= dict.fromkeys(
            reference.partition("#")[0] for reference in self.rulebook.settings.price_tables.values()
        )
        for item in self.credit["settings"]:
            references = (item.entry.score, item.entry.rating)
            names |= dict.fromkeys(
                normpath(join(dirname(item.document.source.file), reference.partition("#")[0]))
                for reference in references
                if reference
            )
        return {name: tables for name in names if (tables := self._read_tables(name))}

    def _read_tables(self, name: str) -> tuple[DecisionTable, ...]:
        file = self.rulebook.files.get(name)
        reader = READERS.get(PurePosixPath(name).suffix.lower())
        if file is None or reader is None or len(file.content) > MAX_TABLE_BYTES:
            return ()
        return tuple(reader(file.content, name)[0])

    def table_of(self, loaded: LoadedRule) -> DecisionTable | None:
        """The table that a pricing rule names; None where it names none, or one that was not read."""
        name, _, inner = loaded.rule.table.partition("#")
        tables = self.tables.get(normpath(join(dirname(loaded.document.source.file), name)), ()) if name else ()
        named = [table for table in tables if not inner or table.name == inner]
        return named[0] if len(named) == 1 else None

    @cached_property
    def entries(self) -> Mapping[str, tuple[PriceEntry, ...]]:
        """The price entries of each price list."""
        found: dict[str, list[PriceEntry]] = {}
        for entry in self.catalog.prices.values():
            found.setdefault(entry.price_list, []).append(entry)
        return {name: tuple(entries) for name, entries in found.items()}


def price_place(entry: PriceEntry) -> Span:
    """The place of a price; its id where it came from a database, which has no lines."""
    return entry.span if entry.span.file else Span(f"catalogue price {entry.id}")


def day(text: str | None) -> date | None:
    """The date of a text; None where there is none, or the text is none, which is told when the rule is compiled."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _parsed(text: str) -> Node | None:
    """The tree of a condition; None for no condition, or one that is no FEEL, which is told when it is compiled."""
    if not text:
        return None
    try:
        return parse_expression(text, NAMES)
    except FeelSyntaxError:
        return None


def _rule_conditions(kind: str, rules: tuple[Loaded[Any], ...]) -> Iterator[Condition]:
    for item in rules:
        when = item.entry.when
        tree = _parsed(when) if isinstance(when, str) else None
        if tree is not None:
            yield Condition(f"{kind} rule {item.entry.id!r}", when, tree, item.span("when"), kind)


def _pricing_condition(loaded: LoadedRule, position: int) -> PricingCondition:
    rule = loaded.rule
    condition = None
    if isinstance(rule.when, str):
        tree = _parsed(rule.when)
        if tree is not None:
            condition = Condition(f"rule {rule.id!r}", rule.when, tree, loaded.span("when"), "pricing")
    split = EVERYTHING if condition is None else split_condition(condition.tree)
    tests = dict(split.tests)
    readable = not isinstance(rule.when, str) or condition is not None
    for path, test in _limits(loaded):
        joined = intersection(tests[path], test) if path in tests else test
        readable = readable and joined is not None
        tests[path] = joined or test
    return PricingCondition(loaded, position, condition, SplitCondition(tests, split.rest), readable)


def _limits(loaded: LoadedRule) -> Iterator[tuple[PathNames, ColumnTest]]:
    rule = loaded.rule
    first, last = day(rule.valid.from_), day(rule.valid.to)
    if first is not None or last is not None:
        yield ("quote", "price_date"), ColumnTest(intervals=(Interval(first, last, True, True),))
    if rule.minimum_order is not None:
        least = Decimal(rule.minimum_order)
        yield ("quote", "list_total"), ColumnTest(intervals=(Interval(least, None, low_closed=True),))

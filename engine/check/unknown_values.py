"""Check: texts that conditions and table cells compare facts with, and that the fact never has, often misspelt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from catalog.price import ScopeKind
from catalog.product import AttributeOwner, AttributeType, ChargeType
from engine.check.subject import Condition, Subject
from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.feel import FeelSyntaxError, parse_unary_tests
from engine.feel.tree import AnyNode, Call, Comparison, In, ListLiteral, Literal, Node, children
from engine.money import currency_codes
from engine.schema.rulebook import FactType
from engine.source import Span
from engine.tables.conditions import PathNames, contains_text, path_names

OUTCOMES = ("approve", "approve_with_conditions", "refer", "hold", "reject")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a fact may be.

    Attributes:
        what: what the values are, as in "no product of the catalogue has the SKU".
        values: all of them.
        open: whether callers may state other values too: then only what looks misspelt is told.
    """

    what: str
    values: frozenset[str]
    open: bool = False


def unknown_values(subject: Subject, findings: Findings) -> None:
    """A warning for every text that its fact never has, with the nearest that it has."""
    vocabulary = _Vocabulary(subject)
    for condition in subject.conditions:
        for path, literal in _compared(condition.tree):
            vocabulary.check(path, str(literal.value), condition.owner, _place(condition, literal), findings)
    for tables in subject.tables.values():
        for table in tables:
            for column, clause in enumerate(table.inputs):
                path = tuple(clause.expression.text.strip().split("."))
                if vocabulary.known(path) is None:
                    continue
                for row in table.rules:
                    cell = row.inputs[column]
                    for text in _texts(cell.text):
                        vocabulary.check(path, text, f"table {table.name!r}", cell.span, findings)


def _place(condition: Condition, literal: Literal) -> Span:
    return condition.place(literal)


def _compared(node: AnyNode) -> Iterator[tuple[PathNames, Literal]]:
    """Every text in an expression that a path is compared with."""
    match node:
        case Comparison(operator="=" | "!="):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                path = path_names(one)
                if path is not None and _is_text(other):
                    yield path, other  # type: ignore[misc]  # it is a literal
        case In():
            path = path_names(node.value)
            if path is not None:
                yield from ((path, literal) for test in node.tests for literal in _literals(test))
        case Call():
            found = contains_text(node)
            if found is not None and isinstance(node.arguments[1], Literal):
                yield found[0], node.arguments[1]
    for part in children(node):
        yield from _compared(part)


def _literals(test: Node) -> Iterator[Literal]:
    items = test.items if isinstance(test, ListLiteral) else (test,)
    yield from (item for item in items if isinstance(item, Literal) and _is_text(item))


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _texts(cell: str) -> Iterator[str]:
    """The texts that a table's cell names."""
    if '"' not in cell:
        return
    try:
        tests = parse_unary_tests(cell).tests
    except FeelSyntaxError:
        return  # told of when the table is compiled
    for test in tests:
        if isinstance(test, Literal) and isinstance(test.value, str):
            yield test.value
        elif (found := contains_text(test)) is not None and found[0] == ("?",):
            yield found[1]


class _Vocabulary:
    """What facts may be: from the catalogue, and as the rulebook declares them."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._found: dict[PathNames, _Known | None] = {}

    def check(self, path: PathNames, text: str, owner: str, place: Span, findings: Findings) -> None:
        known = self.known(path)
        if known is None or text in known.values:
            return
        hint = did_you_mean(text, known.values)
        if known.open and not hint:
            return
        if not hint and len(known.values) <= 12:
            hint = f"known are {', '.join(sorted(known.values))}" if known.values else ""
        message = f"{owner}: {known.what} {text!r}"
        findings.add(Code.UNKNOWN_NAME, message, place, severity=Severity.WARNING, hint=hint)

    def known(self, path: PathNames) -> _Known | None:
        """What a fact may be; None where it may be anything."""
        if path not in self._found:
            self._found[path] = self._look_up(path)
        return self._found[path]

    def _look_up(self, path: PathNames) -> _Known | None:
        owner, name = path[0], path[-1]
        if path[:2] == ("product", "attributes") and len(path) == 3:
            return self._attribute(AttributeOwner.PRODUCT, name)
        if path[:2] == ("customer", "attributes") and len(path) == 3:
            return self._attribute(AttributeOwner.CUSTOMER, name)
        if len(path) != 2:
            return None
        if owner == "product" and name != "name":
            return self._product_fact(path)
        declared = self._declared(owner).get(name)
        if declared is not None:
            values = frozenset(declared) if isinstance(declared, list) else None
            return None if values is None else _Known(f"{owner}.{name} is never", values)
        find = self._built_in.get((owner, name))
        return None if find is None else find()

    def _declared(self, owner: str) -> Mapping[str, FactType]:
        """The facts that the rulebook declares for an owner, by name."""
        declared = self.subject.rulebook.settings.facts
        match owner:
            case "customer" | "quote" | "line":
                return dict(getattr(declared, owner))
            case "account":
                return {
                    name: kind for item in self.subject.credit["settings"] for name, kind in item.entry.facts.items()
                }
            case "contract":
                return {
                    name: kind for item in self.subject.renewal["settings"] for name, kind in item.entry.facts.items()
                }
            case _:
                return {}

    def _attribute(self, owner: AttributeOwner, name: str) -> _Known | None:
        definition = self.subject.catalog.attribute(owner, name)
        if definition is None or definition.type is not AttributeType.CHOICE:
            return None
        return _Known(f"the attribute {name} has no choice", frozenset(definition.choices))

    def _product_fact(self, path: PathNames) -> _Known | None:
        if not self.subject.catalog.products:
            return None
        name = path[1]
        if name == "charge_type":
            return _Known("there is no charge type", frozenset(ChargeType))
        if name in ("category", "categories"):
            return _Known("the catalogue has no category", frozenset(self.subject.catalog.categories))
        values = frozenset(value for value in self.subject.products.values(path) if isinstance(value, str) and value)
        words = {"sku": "SKU", "tags": "tag", "tax_class": "tax class"}.get(name, name)
        return _Known(f"no product of the catalogue has the {words}", values)

    @cached_property
    def _built_in(self) -> Mapping[PathNames, Callable[[], _Known | None]]:
        catalog = self.subject.catalog
        customers = catalog.customers.values()

        def of_customers(name: str, kind: ScopeKind | None) -> Callable[[], _Known]:
            scopes = (values for item in catalog.price_lists.values() for of, values in item.scopes if of is kind)
            values = {getattr(customer, name) for customer in customers} | {value for some in scopes for value in some}
            return lambda: _Known(f"no customer or price list of the catalogue knows the {name}", _full(values), True)

        return {
            ("line", "sku"): lambda: self._product_fact(("product", "sku")),
            ("line", "price_list"): lambda: _Known("there is no price list", frozenset(catalog.price_lists)),
            ("line", "charge_type"): lambda: self._product_fact(("product", "charge_type")),
            ("customer", "id"): lambda: _Known("the catalogue has no customer", frozenset(catalog.customers)),
            ("customer", "parent"): lambda: _Known("the catalogue has no customer", frozenset(catalog.customers), True),
            ("customer", "group"): of_customers("group", ScopeKind.CUSTOMER_GROUP),
            ("customer", "segment"): of_customers("segment", ScopeKind.SEGMENT),
            ("customer", "country"): of_customers("country", ScopeKind.COUNTRY),
            ("customer", "region"): of_customers("region", ScopeKind.REGION),
            ("customer", "channel"): of_customers("channel", ScopeKind.CHANNEL),
            ("quote", "channel"): of_customers("channel", ScopeKind.CHANNEL),
            ("quote", "currency"): lambda: _Known("no ISO 4217 currency has the code", frozenset(currency_codes())),
            ("credit", "outcome"): lambda: _Known("a credit check never ends with", frozenset(OUTCOMES)),
        }


def _full(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value for value in values if value)

"""What the names in a configuration file's expressions mean: options, groups, attributes, facts of chosen options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from engine.configure.formula import Formula, either, negated
from engine.configure.program import Attribute, Element, Group
from engine.feel.tree import AnyNode, Name, Node, Path, children

ALL_OPTIONS = "options"
"""The name under which all options of a product can be summed."""
QUANTITY = "quantity"
"""The fact that every option has: how many of it are taken."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OptionTerm:
    """An option by its name: true where it is chosen."""

    element: int


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """A group by its name: the chosen option, or the list of them.

    Attributes:
        elements: its options.
        names: their names.
        single: at most one is chosen.
        path: the names that lead to it: one, or more where it is nested.
    """

    elements: tuple[int, ...]
    names: tuple[str, ...]
    single: bool
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """As expressions write it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class FactTerm:
    """A fact of what is chosen in a group: `cpu.socket`."""

    group: GroupTerm
    fact: str


@dataclass(frozen=True, slots=True)
class AttributeTerm:
    """An attribute by its name: its value."""

    attribute: int
    path: tuple[str, ...]


Term = OptionTerm | GroupTerm | FactTerm | AttributeTerm


@dataclass(frozen=True, slots=True)
class Unit:
    """Something with finitely many values that expressions read: an attribute, or the option of a single-choice group.

    Attributes:
        path: the names that lead to it.
        values: what it stands for, with the formula for it; each is a value for an attribute and a context of
            the facts asked for, or a name, for a group.
    """

    path: tuple[str, ...]
    values: tuple[tuple[Any, Formula], ...]

    @property
    def name(self) -> str:
        """As expressions write it."""
        return ".".join(self.path)

    @property
    def defined(self) -> Formula:
        """There is a value."""
        return either(*(formula for _, formula in self.values))

    @property
    def undefined(self) -> Formula:
        """There is none."""
        return negated(self.defined)


@dataclass(slots=True)
class Scope:
    """The names of one product, or of one nested in an option.

    Attributes:
        elements: all elements of the model.
        facts: facts of each element.
        groups: the scope's groups by id.
        options: the scope's options by name.
        attributes: the scope's attributes by id.
        all_attributes: all attributes of the model, for `AttributeTerm`.
        inner: scopes nested in options, by option name.
        active: where the scope's product is there at all.
    """

    elements: list[Element]
    facts: list[Facts]
    all_attributes: list[Attribute]
    active: Formula
    groups: dict[str, GroupTerm] = field(default_factory=dict)
    options: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, int] = field(default_factory=dict)
    inner: dict[str, Scope] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Every name that an expression may use."""
        return [*self.groups, *self.options, *self.attributes, ALL_OPTIONS]

    def names_in(self, text: str) -> list[str]:
        """The names that the text may use: the parser takes long over thousands of them."""
        return [name for name in self.names() if name in text]

    def term(self, node: AnyNode) -> Term | None:
        """What a name or a path stands for; None where it is neither."""
        if isinstance(node, Name):
            return self._named(node.name)
        if not isinstance(node, Path):
            return None
        found = self._scope(node.source)
        if found is not None:
            scope, path = found
            inner = scope._named(node.name, path)  # noqa: SLF001  # the same class
            if inner is not None:
                return inner
        source = self.term(node.source)
        return FactTerm(source, node.name) if isinstance(source, GroupTerm) else None

    def _named(self, name: str, path: tuple[str, ...] = ()) -> Term | None:
        if name in self.groups:
            return replace(self.groups[name], path=(*path, name)) if path else self.groups[name]
        if name in self.attributes:
            return AttributeTerm(self.attributes[name], (*path, name))
        if name in self.options:
            return OptionTerm(self.options[name])
        if name == ALL_OPTIONS:
            groups = self.groups.values()
            everything = tuple(index for group in groups for index in group.elements)
            names = tuple(option for group in groups for option in group.names)
            return GroupTerm(everything, names, single=False, path=(*path, name))
        return None

    def _scope(self, node: Node) -> tuple[Scope, tuple[str, ...]] | None:
        """The scope nested in an option, and the names that lead to it."""
        if isinstance(node, Name):
            scope = self.inner.get(node.name)
            return None if scope is None else (scope, (node.name,))
        outer = self._scope(node.source) if isinstance(node, Path) else None
        if outer is None or not isinstance(node, Path):
            return None
        inner = outer[0].inner.get(node.name)
        return None if inner is None else (inner, (*outer[1], node.name))

    def add_group(self, id_: str, group: Group, names: tuple[str, ...]) -> None:
        """Make a group and its options known; an option's name that two groups have stands for neither."""
        taken = {name for known in self.groups.values() for name in known.names}
        self.groups[id_] = GroupTerm(group.elements, names, group.maximum == 1, (id_,))
        for index, name in zip(group.elements, names, strict=True):
            if name in taken:
                self.options.pop(name, None)
            else:
                self.options[name] = index

    def fact_names(self, group: GroupTerm) -> list[str]:
        """Facts that any option of a group has."""
        found = {name: None for index in group.elements for name in self.facts[index]}
        return [*found, QUANTITY]

    def number_of(self, element: int, fact: str) -> Decimal | None:
        """A fact of an option as a number; None where it has none."""
        value = self.facts[element].get(fact)
        return value if isinstance(value, Decimal) else None

    def attribute_unit(self, term: AttributeTerm) -> Unit:
        """The values of an attribute."""
        attribute = self.all_attributes[term.attribute]
        return Unit(term.path, tuple((self.elements[index].value, index + 1) for index in attribute.elements))

    def group_unit(self, group: GroupTerm, facts: tuple[str, ...]) -> Unit:
        """What the option of a single-choice group may be, told apart by the facts asked for; by name without any.

        An option that lacks one of the facts gives no value.
        """
        found: dict[Any, list[int]] = {}
        for index, name in zip(group.elements, group.names, strict=True):
            if not facts:
                key: Any = name
            elif any(fact not in self.facts[index] for fact in facts):
                continue
            else:
                key = tuple((fact, type(self.facts[index][fact]), self.facts[index][fact]) for fact in facts)
            found.setdefault(key, []).append(index + 1)
        return Unit(
            group.path,
            tuple(
                (key if not facts else {fact: value for fact, _, value in key}, either(*variables))
                for key, variables in found.items()
            ),
        )


def bound(values: Iterable[tuple[Unit, Any]]) -> dict[str, Any]:
    """The scope in which an expression reads these values: nested contexts where units are nested."""
    scope: dict[str, Any] = {}
    for unit, value in values:
        inner = scope
        for name in unit.path[:-1]:
            inner = inner.setdefault(name, {})
        inner[unit.path[-1]] = value
    return scope


def terms_in(node: AnyNode, scope: Scope) -> Iterator[tuple[AnyNode, Term]]:
    """The names and paths of an expression that stand for something of the product, outermost first."""
    found = scope.term(node)
    if found is not None:
        yield node, found
        return
    for child in children(node):
        yield from terms_in(child, scope)

"""Item definitions as types: their FEEL type, their constraints, and the conversion of values to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.diagnostics import Code, Findings, did_you_mean
from engine.dmn.feel_texts import compile_tests
from engine.dmn.outcome import Warnings
from engine.feel.types import ANY, TYPES_BY_NAME, ContextType, FunctionType, ListType, SimpleType, Type, can_be
from engine.feel.values import Function, Value, coerce, describe, type_of
from engine.schema.dmn import Definitions, ItemDefinition, Text, Variable
from engine.source import Span

Test = Callable[[Value], bool]


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type with its constraints.

    Attributes:
        name: as messages call it.
        type: the FEEL type without constraints.
        allows: whether a value of that type, not null, keeps the constraints; None where there are none.
        allowed: the FEEL text of the values that the type allows, for tables that rank their outputs by it.
        result: of a function type, the type of its result.
        parameters: of a function type, those of its parameters.
        parts: how many types it is made of, at all depths.
    """

    name: str
    type: Type
    allows: Test | None = None
    allowed: Text | None = None
    result: ItemType | None = None
    parameters: tuple[ItemType, ...] = ()
    parts: int = 1

    def convert(self, value: Value, warnings: Warnings, span: Span) -> Value:
        """The value as one of this type, by the standard's implicit conversions; where it is none, null and a warning.

        Args:
            value: what was given or computed.
            warnings: receives why the value becomes null.
            span: whose value it is.
        """
        if value is None or (self.type == ANY and self.allows is None):
            return value
        converted = value if self._is_such_function(value) else coerce(value, self.type)
        if converted is None:
            warnings.add(f"{describe(value)} is no {self.name}", span)
        elif self.allows is not None and not self.allows(converted):
            message = f"{describe(value)} is not among the values that {self.name} allows"
            warnings.add(message, span)
            return None
        return converted

    def _is_such_function(self, value: Value) -> bool:
        """Whether it is a function that may be of this type: what it leaves untyped may be anything."""
        if not isinstance(self.type, FunctionType) or not isinstance(value, Function) or self.type.parameters is None:
            return False
        given = type_of(value)
        assert isinstance(given, FunctionType)
        if given.parameters is None or len(given.parameters) != len(self.type.parameters):
            return False
        pairs = zip((*given.parameters, given.result), (*self.type.parameters, self.type.result), strict=True)
        return all(can_be(own, wanted) for own, wanted in pairs)


ANYTHING = ItemType("Any", ANY)
_MOST_NESTED = 50
_MOST_PARTS = 2000
_UNTYPED = ("", "Any", "Undefined", "<Undefined>")


class TypeTable:
    """The types of one file, by the names that its elements use. `type_tables` makes them."""

    def __init__(self, file: Definitions, findings: Findings, opened: list[tuple[str, str]]) -> None:
        self._file = file
        self._findings = findings
        self._definitions = {item.name: item for item in file.items}
        self._imported: dict[str, TypeTable] = {}
        self._known: dict[str, ItemType] = {}
        self._opened = opened

    def resolve_all(self, tables: Mapping[str, TypeTable]) -> None:
        """Resolve every item definition, with the tables of all files by namespace."""
        imports = ((item.name, tables.get(item.namespace)) for item in self._file.imports)
        self._imported = {name: table for name, table in imports if table is not None}
        for item in self._file.items:
            self.resolve(item.name, item.span)

    def defines(self, name: str) -> bool:
        """Whether the file has an item definition of that name."""
        return name in self._definitions

    @property
    def own_types(self) -> dict[str, Type]:
        """The FEEL type of each of the file's item definitions."""
        return {name: kind.type for name, kind in self._known.items() if name in self._definitions}

    @property
    def types(self) -> dict[str, Type]:
        """The FEEL type of each item definition, imported ones too, by the name that expressions use for it."""
        named = self.own_types
        for prefix, table in self._imported.items():
            named |= {f"{prefix}.{name}" if prefix else name: kind for name, kind in table.own_types.items()}
        return named

    def of(self, variable: Variable) -> ItemType:
        """The type of a variable."""
        return self.resolve(variable.type_ref, variable.span)

    def resolve(self, name: str, span: Span) -> ItemType:
        """The type of that name; an unknown one is reported and lets every value pass."""
        if name in _UNTYPED:
            return ANYTHING
        if name not in self._known:
            self._known[name] = self._find(name, span)
        return self._known[name]

    def _find(self, name: str, span: Span) -> ItemType:
        item = self._definitions.get(name)
        if item is not None:
            return self._define(item)
        if name in TYPES_BY_NAME:
            return ItemType(name, TYPES_BY_NAME[name])
        for prefix, table in self._imported.items():
            if not prefix and table.defines(name):
                return table.resolve(name, span)
            if prefix and name.startswith(f"{prefix}."):
                return table.resolve(name.removeprefix(f"{prefix}."), span)
        hint = did_you_mean(name, [*self._definitions, *TYPES_BY_NAME])
        self._findings.add(Code.UNKNOWN_NAME, f"no type is called {name!r}", span, hint=hint)
        return ANYTHING

    def _define(self, item: ItemDefinition) -> ItemType:
        """A named type. Inside itself it counts as Any, so that trees can be described."""
        key = (self._file.namespace, item.name)
        if key in self._opened:
            return ANYTHING
        if len(self._opened) == _MOST_NESTED:
            message = f"types are built on each other more than {_MOST_NESTED} levels deep"
            self._findings.add(Code.LIMIT, message, item.span)
            return ANYTHING
        self._opened.append(key)
        try:
            return self._describe(item)
        finally:
            self._opened.pop()

    def _describe(self, item: ItemDefinition) -> ItemType:
        element = self._element(item)
        if element.type == ANY and item.allowed_values is None and item.type_constraint is None:
            shape = ItemType(item.name, ANY)
        else:
            shape = replace(
                element,
                name=item.name,
                allows=_both(element.allows, self._tests(item.allowed_values)),
                allowed=item.allowed_values or element.allowed,
            )
        if item.is_collection:
            shape = _list_of(shape)
        whole = self._tests(item.type_constraint)
        if whole is None:
            return shape
        allowed = shape.allowed if item.is_collection else item.type_constraint
        return replace(shape, allows=_both(shape.allows, whole), allowed=allowed)

    def _element(self, item: ItemDefinition) -> ItemType:
        """What an item definition describes before its own constraints, one element where it is a collection."""
        if item.function is not None:
            parameters = tuple(self.of(parameter) for parameter in item.function.parameters)
            result = self.resolve(item.function.output_type_ref, item.span)
            kind = FunctionType(tuple(parameter.type for parameter in parameters), result.type)
            parts = sum(part.parts for part in (*parameters, result))
            return self._bounded(ItemType(item.name, kind, result=result, parameters=parameters, parts=parts), item)
        if item.components:
            components = {component.name: self._describe(component) for component in item.components}
            kind_of_all = ContextType({name: component.type for name, component in components.items()})
            parts = 1 + sum(component.parts for component in components.values())
            shape = ItemType(item.name, kind_of_all, _each_component(components), parts=parts)
            return self._bounded(shape, item)
        return self.resolve(item.type_ref, item.span)

    def _bounded(self, kind: ItemType, item: ItemDefinition) -> ItemType:
        """The type, unless it is so large that describing it would take long; types used twice count twice."""
        if kind.parts <= _MOST_PARTS:
            return kind
        self._findings.add(Code.LIMIT, f"the type {item.name!r} has more than {_MOST_PARTS} parts", item.span)
        return ANYTHING

    def _tests(self, text: Text | None) -> Test | None:
        return compile_tests(text, self._findings) if text is not None and text.text else None


def type_tables(files: Iterable[Definitions], findings: Findings) -> dict[str, TypeTable]:
    """The types of each file, by namespace; files may import each other.

    Args:
        files: all files of a model.
        findings: receives unknown type names and constraints that are no unary tests.
    """
    opened: list[tuple[str, str]] = []
    tables = {file.namespace: TypeTable(file, findings, opened) for file in files}
    for table in tables.values():
        table.resolve_all(tables)
    return tables


def component_names(file: Definitions) -> set[str]:
    """Names of the components of a file's types, at any depth."""
    names: set[str] = set()
    pending = list(file.items)
    while pending:
        item = pending.pop()
        pending += item.components
        names.update(component.name for component in item.components)
    return names


def _both(first: Test | None, second: Test | None) -> Test | None:
    if first is None or second is None:
        return first or second
    return lambda value: first(value) and second(value)


def _list_of(element: ItemType) -> ItemType:
    allows = element.allows
    every: Test | None = None
    if allows is not None:

        def every(value: Value) -> bool:
            return all(item is None or allows(item) for item in value)

    return ItemType(element.name, ListType(element.type), every, element.allowed, parts=element.parts)


def _each_component(components: Mapping[str, ItemType]) -> Test | None:
    tests = [(name, component.allows) for name, component in components.items() if component.allows is not None]
    if not tests:
        return None
    return lambda value: all(value.get(name) is None or allows(value[name]) for name, allows in tests)


def is_simple(kind: ItemType) -> bool:
    """Whether the type has one of the standard's own simple types as its base."""
    return isinstance(kind.type, SimpleType) and kind.type != ANY

"""What a DMN file says, as frozen objects with spans: item definitions, requirement graph, boxed expressions.

Nothing here is resolved or checked against anything else: references are still texts.
"""

from __future__ import annotations

from collections.abc import Iterator as Walk
from dataclasses import dataclass
from typing import Literal as OneOf

from engine.schema.table import DecisionTable
from engine.source import Span


@dataclass(frozen=True, slots=True)
class Variable:
    """A name with the type its values have: a variable, formal parameter, or column.

    Attributes:
        name: as FEEL expressions write it.
        type_ref: name of a FEEL type or item definition, "" where none is given.
        span: the element.
    """

    name: str
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A FEEL text and its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A FEEL expression; `language` is empty where the file's default language holds."""

    text: str
    type_ref: str
    span: Span
    language: str = ""


@dataclass(frozen=True, slots=True)
class TableExpression:
    """A decision table as the logic of something."""

    table: DecisionTable
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One line of a boxed context; later entries see the earlier ones."""

    variable: Variable
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """A boxed context; with a result cell its value is that cell's, otherwise the context of all entries."""

    entries: tuple[ContextEntry, ...]
    result: Expression | None
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class Binding:
    """An argument of a boxed invocation, by parameter name."""

    parameter: str
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Invocation:
    """A boxed invocation: the called function and its named arguments."""

    function: Expression | None
    bindings: tuple[Binding, ...]
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A boxed function. `kind` is FEEL, Java or PMML; the body of a Java one names a method."""

    kind: str
    parameters: tuple[Variable, ...]
    body: Expression | None
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A boxed list."""

    items: tuple[Expression | None, ...]
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class Relation:
    """A boxed relation: its value is a list with one context per row."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Expression | None, ...], ...]
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if, then, else."""

    condition: Expression | None
    then: Expression | None
    otherwise: Expression | None
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class Filter:
    """A boxed filter: the elements of `source` for which `match` holds."""

    source: Expression | None
    match: Expression | None
    type_ref: str
    span: Span


@dataclass(frozen=True, slots=True)
class Iterator:
    """A boxed `for`, `some` or `every` over the elements of `source`."""

    kind: OneOf["for", "some", "every"]
    variable: str
    source: Expression | None
    body: Expression | None
    type_ref: str
    span: Span


Expression = (
    LiteralExpression
    | TableExpression
    | BoxedContext
    | Invocation
    | FunctionDefinition
    | BoxedList
    | Relation
    | Conditional
    | Filter
    | Iterator
)


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The signature that a function-typed item definition gives."""

    parameters: tuple[Variable, ...]
    output_type_ref: str


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A named type, or a component of one.

    Attributes:
        name: the type's (or component's) name.
        type_ref: the base type, "" for a structure or function.
        is_collection: the values are lists of what the rest describes.
        allowed_values: unary tests that every element must pass.
        type_constraint: unary tests that the value as a whole must pass (DMN 1.5).
        components: of a structure.
        function: of a function type.
        span: the element.
    """

    name: str
    type_ref: str
    is_collection: bool
    allowed_values: Text | None
    type_constraint: Text | None
    components: tuple[ItemDefinition, ...]
    function: FunctionItem | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a node: the namespace of its file ("" for the same file) and its id."""

    namespace: str
    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    """Another DMN model whose nodes and types are visible here as `name.…` (unqualified where the name is empty)."""

    name: str
    namespace: str
    import_type: str
    location: str
    span: Span


@dataclass(frozen=True, slots=True)
class InputData:
    """An input of the model."""

    id: str
    name: str
    variable: Variable
    span: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with what it requires: inputs and decisions (information), functions (knowledge)."""

    id: str
    name: str
    variable: Variable
    requires: tuple[Reference, ...]
    expression: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A function that decisions and other such functions call."""

    id: str
    name: str
    variable: Variable
    requires: tuple[Reference, ...]
    function: FunctionDefinition | None
    span: Span


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions offered as one call.

    Attributes:
        outputs: decisions whose values are the result.
        encapsulated: decisions computed inside.
        input_decisions: decisions whose values the caller gives.
        input_data: inputs that the caller gives.
    """

    id: str
    name: str
    variable: Variable
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]
    span: Span


Node = InputData | Decision | BusinessKnowledgeModel | DecisionService


@dataclass(frozen=True, slots=True)
class Definitions:
    """One DMN file."""

    name: str
    namespace: str
    expression_language: str
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    nodes: tuple[Node, ...]
    span: Span


def parts_of(expression: Expression) -> tuple[Expression | None, ...]:
    """The boxed expressions directly inside a boxed expression, in the order of the file."""
    match expression:
        case BoxedContext(entries=entries, result=result):
            return (*(entry.value for entry in entries), result)
        case Invocation(function=function, bindings=bindings):
            return (function, *(binding.value for binding in bindings))
        case FunctionDefinition(body=body):
            return (body,)
        case BoxedList(items=items):
            return items
        case Relation(rows=rows):
            return tuple(cell for row in rows for cell in row)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Filter(source=source, match=match):
            return (source, match)
        case Iterator(source=source, body=body):
            return (source, body)
        case LiteralExpression() | TableExpression():
            return ()


def within(root: Expression | None) -> Walk[Expression]:
    """A boxed expression and every one inside it, outer before inner, in the order of the file."""
    pending = [root]
    while pending:
        expression = pending.pop()
        if expression is not None:
            yield expression
            pending.extend(reversed(parts_of(expression)))


def expressions_within(definitions: Definitions) -> Walk[Expression]:
    """Every boxed expression of the file, outer before inner, in the order of the file."""
    for node in definitions.nodes:
        if isinstance(node, Decision):
            yield from within(node.expression)
        elif isinstance(node, BusinessKnowledgeModel):
            yield from within(node.function)


def mentions(root: Expression | None, word: str) -> bool:
    """Whether a text inside the boxed expression has the word in it; a decision table counts as if it had."""
    return any(
        isinstance(part, TableExpression) or (isinstance(part, LiteralExpression) and word in part.text)
        for part in within(root)
    )


def names_given_by(expression: Expression) -> tuple[str, ...]:
    """Names of the entries that the value of a boxed expression has, which paths may end on."""
    match expression:
        case BoxedContext(entries=entries):
            return tuple(entry.variable.name for entry in entries)
        case Relation(columns=columns):
            return tuple(column.name for column in columns)
        case TableExpression(table=table):
            return tuple(output.name for output in table.outputs if output.name)
        case _:
            return ()

"""The syntax tree of FEEL: plain frozen records, each with the offsets of its text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from engine.feel.types import Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: number, string, boolean, null, or a temporal value written as `@"..."`."""

    value: object
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, parameter or function by its name; `?` is the input of a unary test."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[1, 2, 3]`."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a context."""

    key: str
    value: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """`{a: 1, b: a + 1}`: an entry sees the ones before it."""

    entries: tuple[Entry, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """`[1..10)`."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UnaryComparison:
    """`< 5`, `>= x`, `= 1`, `!= 1`: a unary test; as a value it is a range without the other end."""

    operator: str
    operand: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Negation:
    """`-x`."""

    operand: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` with one of `+ - * / **`."""

    operator: str
    left: Node
    right: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right` with one of `= != < <= > >=`."""

    operator: str
    left: Node
    right: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class In:
    """`value in test` or `value in (test, test)`: true where one of the tests holds."""

    value: Node
    tests: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more."""

    operands: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more."""

    operands: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then chosen else otherwise`."""

    condition: Node
    chosen: Node
    otherwise: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Iteration:
    """`name in source`, or `name in source..last` where `last` is given."""

    name: str
    source: Node
    last: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class For:
    """`for x in xs, y in ys return result`."""

    iterations: tuple[Iteration, ...]
    result: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some x in xs satisfies condition`, or `every` where `every` is set."""

    every: bool
    iterations: tuple[Iteration, ...]
    condition: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Path:
    """`source.name`."""

    source: Node
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filter:
    """`source[condition]`: by number or by truth."""

    source: Node
    condition: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`; `type` is None where nobody knows the name that was written."""

    value: Node
    type: Type | None
    type_text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function definition; `type` is None where the name that was written is not known."""

    name: str
    type: Type | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """`function(a: number, b) a + b`; the body of an external one is what it is defined by."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`function(1, 2)` or `function(a: 1, b: 2)`: `names` are the arguments' names, None where given by position."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """What a decision table's cell tests: one of `tests` holds, or none of them where `negated`.

    `tests` is empty for `-`, which always holds. A `UnaryComparison` or `RangeLiteral` compares with the input;
    any other expression is a value to be equal to, a list or range to be in, or, where it speaks of `?`, a condition.
    """

    tests: tuple[Node, ...]
    negated: bool
    start: int
    end: int


Node = (
    Literal
    | Name
    | ListLiteral
    | ContextLiteral
    | RangeLiteral
    | UnaryComparison
    | Negation
    | Arithmetic
    | Comparison
    | Between
    | In
    | And
    | Or
    | If
    | For
    | Quantified
    | Path
    | Filter
    | InstanceOf
    | FunctionLiteral
    | Call
)
AnyNode = Node | Entry | Iteration | Parameter | UnaryTests


def children(node: AnyNode) -> Iterator[AnyNode]:
    """The parts of a node that are nodes themselves, in the order of the text."""
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if isinstance(value, AnyNode):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, AnyNode))


def walk(node: AnyNode) -> Iterator[AnyNode]:
    """The node and everything below it."""
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(children(found))


def mentions_input(node: AnyNode) -> bool:
    """Whether the expression speaks of `?`, the input of a unary test."""
    return any(isinstance(part, Name) and part.name == "?" for part in walk(node))

"""Conditions of approval rules taken apart: what they read, the ways in which they hold, their thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from engine.approve.program import PARAMETERS, FactPath
from engine.approve.reapproval import threshold_name
from engine.feel.tree import And, AnyNode, Between, Call, Comparison, Literal, Name, Node, Or, Path, children
from engine.feel.types import DATE, NUMBER, ContextType, ListType, Type, bare
from engine.tables.cells import NOT_CONSTANT, constant
from engine.tables.conditions import path_names

MAX_ALTERNATIVES = 64
APPROVED = "approved"

_TIGHT = {"<": "<", "<=": "<", ">": ">", ">=": ">"}
_LOOSE = {"<": "<=", "<=": "<=", ">": ">=", ">=": ">="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Conjunction:
    """One way in which a condition holds: parts that must all be true, and flags that must have been derived."""

    parts: tuple[Node, ...]
    flags: frozenset[FactPath]


def facts_read(node: Node) -> tuple[FactPath, ...]:
    """The facts that an approval condition reads, each once, in the order of the text."""
    return facts_of(node, PARAMETERS)


def facts_of(node: Node, parameters: Sequence[str], scalars: Sequence[str] = ()) -> tuple[FactPath, ...]:
    """What a condition reads, each once, in the order of the text.

    Args:
        node: the condition.
        parameters: names of contexts; their entries are facts.
        scalars: names that are facts themselves.
    """
    return tuple(dict.fromkeys(_facts_of(node, parameters, scalars)))


def _facts_of(node: AnyNode, parameters: Sequence[str], scalars: Sequence[str]) -> Iterator[FactPath]:
    path = path_names(node) if isinstance(node, Name | Path) else None
    if path is not None and (path[0] in scalars or (len(path) > 1 and path[0] in parameters)):
        yield path
        return
    for part in children(node):
        yield from _facts_of(part, parameters, scalars)


def conjunctions(node: Node, flags: frozenset[FactPath]) -> list[Conjunction] | None:
    """The ways in which a condition holds; None where there are more than MAX_ALTERNATIVES.

    Only what reads flags is taken apart: everything else stays whole.
    """
    if not any(path in flags for path in facts_read(node)):
        return [Conjunction((node,), frozenset())]
    flag = _flag(node, flags)
    if flag is not None:
        return [Conjunction((), frozenset({flag}))]
    if isinstance(node, And | Or):
        found = [conjunctions(operand, flags) for operand in node.operands]
        ways = [way for way in found if way is not None]
        if len(ways) < len(found):
            return None
        if isinstance(node, Or):
            joined = [way for some in ways for way in some]
        else:
            count = 1
            for some in ways:
                count *= len(some)
            joined = [_merged(combination) for combination in product(*ways)] if count <= MAX_ALTERNATIVES else []
            if count > MAX_ALTERNATIVES:
                return None
        return joined if len(joined) <= MAX_ALTERNATIVES else None
    return [Conjunction((node,), frozenset())]


def _flag(node: Node, flags: frozenset[FactPath]) -> FactPath | None:
    """The flag that a condition asks for and nothing else: the flag itself, or that it is true."""
    if isinstance(node, Comparison) and node.operator == "=" and isinstance(node.right, Literal):
        return _flag(node.left, flags) if node.right.value is True else None
    path = path_names(node)
    return path if path in flags else None


def _merged(ways: tuple[Conjunction, ...]) -> Conjunction:
    parts = tuple(part for way in ways for part in way.parts)
    return Conjunction(parts, frozenset().union(*(way.flags for way in ways)))


def is_scalar(path: FactPath, parameters: Mapping[str, Type]) -> bool:
    """Whether a path leads to a single value."""
    kind = type_at(path, parameters)
    return kind is not None and not isinstance(kind, ContextType | ListType)


def type_at(path: FactPath, parameters: Mapping[str, Type]) -> Type | None:
    """The type of a fact; None where there is no such fact."""
    kind: Type | None = parameters.get(path[0])
    for name in path[1:]:
        inner = bare(kind) if kind is not None else None
        kind = inner.fields.get(name) if isinstance(inner, ContextType) else None
    return None if kind is None else bare(kind)


def against_approved(node: Node, parameters: Mapping[str, Type]) -> tuple[Node | None, tuple[FactPath, ...]]:
    """The condition with what was approved last in the place of its thresholds, and the facts that have one.

    A fact that is bounded from both sides has no direction in which it gets worse, so that it has no threshold.
    """
    directions: dict[FactPath, set[str]] = {}
    for path, operator in _comparisons(node, parameters, positive=True):
        directions.setdefault(path, set()).add(operator[0])
    thresholds = tuple(path for path, found in directions.items() if len(found) == 1)
    if not thresholds:
        return None, ()
    return _replaced(node, frozenset(thresholds), positive=True), thresholds


def _comparisons(node: AnyNode, parameters: Mapping[str, Type], *, positive: bool) -> Iterator[tuple[FactPath, str]]:
    found = _threshold(node)
    if found is not None:
        path, operator = found
        if type_at(path, parameters) in (NUMBER, DATE):
            yield path, operator if positive else _MIRRORED[operator]
        return
    if isinstance(node, Between):
        path_of_value = path_names(node.value)
        if path_of_value is not None:
            yield path_of_value, "<"
            yield path_of_value, ">"
    for part in children(node):
        inside = positive != _is_negation(node)
        yield from _comparisons(part, parameters, positive=inside)


def _threshold(node: AnyNode) -> tuple[FactPath, str] | None:
    """The fact and the operator of a comparison with a constant, the fact on the left."""
    if not isinstance(node, Comparison) or node.operator not in _TIGHT:
        return None
    left, right = path_names(node.left), path_names(node.right)
    if left is not None and len(left) > 1 and constant(node.right) is not NOT_CONSTANT:
        return left, node.operator
    if right is not None and len(right) > 1 and constant(node.left) is not NOT_CONSTANT:
        return right, _MIRRORED[node.operator]
    return None


def _replaced(node: Node, thresholds: frozenset[FactPath], *, positive: bool) -> Node:
    found = _threshold(node)
    if found is not None and found[0] in thresholds:
        assert isinstance(node, Comparison)
        path, operator = found
        value = node.left if path_names(node.left) == path else node.right
        approved = Path(Name(APPROVED, node.start, node.end), threshold_name(path), node.start, node.end)
        # What was approved itself is covered: equality must not ask again.
        return Comparison((_TIGHT if positive else _LOOSE)[operator], value, approved, node.start, node.end)
    if isinstance(node, And | Or):
        operands = tuple(_replaced(operand, thresholds, positive=positive) for operand in node.operands)
        return replace(node, operands=operands)
    if isinstance(node, Call) and _is_negation(node):
        arguments = tuple(_replaced(argument, thresholds, positive=not positive) for argument in node.arguments)
        return replace(node, arguments=arguments)
    return node


def _is_negation(node: AnyNode) -> bool:
    return isinstance(node, Call) and isinstance(node.function, Name) and node.function.name == "not"

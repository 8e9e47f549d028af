"""Conditions of pricing rules: what an index decides of them, what remains, and their parts for explanations."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel.tree import And, AnyNode, Name, Node, Path, children
from engine.feel.types import ContextType, Type, bare
from engine.pricing.program import ConditionPart
from engine.pricing.rule_index import FactPath
from engine.tables.column_test import ColumnTest
from engine.tables.conditions import conjuncts, contains_text, path_names, split_condition


def split_rule(
    condition: Node | None, parameters: Mapping[str, Type], coupon: str
) -> tuple[dict[FactPath, ColumnTest], dict[FactPath, str], Node | None]:
    """What the index decides of a condition, and what remains of it."""
    contains: dict[FactPath, str] = {("quote", "coupons"): coupon} if coupon else {}
    if condition is None:
        return {}, contains, None
    split = split_condition(condition, lambda path: _is_scalar(path, parameters))
    rest: list[Node] = []
    for part in conjuncts(split.rest):
        found = contains_text(part)
        if found is not None and found[0][0] != "line" and found[0] not in contains:
            contains[found[0]] = found[1]
        else:
            rest.append(part)
    residual = None if not rest else rest[0] if len(rest) == 1 else And(tuple(rest), rest[0].start, rest[-1].end)
    return dict(split.tests), contains, residual


def _is_scalar(path: FactPath, parameters: Mapping[str, Type]) -> bool:
    """Whether a path leads to a single value; facts of a line only directly below `line`."""
    kind: Type | None = parameters.get(path[0])
    for name in path[1:]:
        inner = bare(kind) if kind is not None else None
        kind = inner.fields.get(name) if isinstance(inner, ContextType) else None
    return kind is not None and (path[0] != "line" or len(path) == 2)


def condition_parts(condition: Node | None, text: str, parameters: Mapping[str, Type]) -> tuple[ConditionPart, ...]:
    """What a condition joins by "and", as written, each with the facts that it reads."""
    return tuple(
        ConditionPart(text[part.start : part.end], part, tuple(_paths(part, text, parameters).items()))
        for part in conjuncts(condition)
    )


def _paths(node: AnyNode, text: str, parameters: Mapping[str, Type]) -> dict[str, Node]:
    """The facts that an expression reads, in the order of the text."""
    if isinstance(node, Name | Path):
        path = path_names(node)
        if path is not None and path[0] in parameters:
            return {text[node.start : node.end]: node}
    found: dict[str, Node] = {}
    for part in children(node):
        found.update(_paths(part, text, parameters))
    return found

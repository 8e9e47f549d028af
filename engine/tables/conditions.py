"""Conditions split into tests that an index answers and the rest that FEEL must evaluate.

Only the truth of the whole is kept: where FEEL gives true, all tests accept and the rest is true; where FEEL gives
false or null, some test refuses or the rest is not true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.feel.tree import And, Between, Call, Comparison, In, ListLiteral, Literal, Name, Node, Or, Path
from engine.tables.cells import NOT_CONSTANT, comparison_test, constant, item_test, range_test
from engine.tables.column_test import ColumnTest, complement, intersection, union

PathNames = tuple[str, ...]
"""The names of a path from the outside in: ("customer", "segment") for customer.segment."""

_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class SplitCondition:
    """A condition as tests on paths, all of which must accept, and a rest that must be true.

    Attributes:
        tests: by path; the value to ask a test about is the path's value in FEEL, None where it is null or missing.
        rest: what no index can answer; None where nothing is left.
    """

    tests: dict[PathNames, ColumnTest]
    rest: Node | None


def split_condition(condition: Node, indexable: Callable[[PathNames], bool] = lambda _: True) -> SplitCondition:
    """Take the tests out of a condition that an index can answer.

    Args:
        condition: a boolean FEEL expression.
        indexable: whether a path is one whose value is a single value (no list or context) and which the caller
            indexes; the others stay in the rest.
    """
    tests: dict[PathNames, ColumnTest] = {}
    rest: list[Node] = []
    for part in conjuncts(condition):
        found = _test(part)
        if found is None or not indexable(found[0]):
            rest.append(part)
            continue
        path, test = found
        joined = intersection(tests[path], test) if path in tests else test
        if joined is None:
            rest.append(part)
        else:
            tests[path] = joined
    if not rest:
        return SplitCondition(tests, None)
    whole = rest[0] if len(rest) == 1 else And(tuple(rest), rest[0].start, rest[-1].end)
    return SplitCondition(tests, whole)


def path_names(node: Node) -> PathNames | None:
    """The names of a variable or a path from one; None for any other expression."""
    names: list[str] = []
    while isinstance(node, Path):
        names.append(node.name)
        node = node.source
    if not isinstance(node, Name):
        return None
    return (node.name, *reversed(names))


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts that "and" joins; nothing of nothing."""
    if node is None:
        return ()
    if not isinstance(node, And):
        return (node,)
    return tuple(part for operand in node.operands for part in conjuncts(operand))


def contains_text(node: Node) -> tuple[PathNames, str] | None:
    """The path and the text of `list contains(path, "text")`."""
    if not isinstance(node, Call) or node.names is not None or len(node.arguments) != 2:
        return None
    function, (values, text) = node.function, node.arguments
    if not isinstance(function, Name) or function.name != "list contains":
        return None
    path = path_names(values)
    if path is None or len(path) < 2 or not isinstance(text, Literal) or not isinstance(text.value, str):
        return None
    return path, text.value


def _test(node: Node) -> tuple[PathNames, ColumnTest] | None:
    """A condition on one path as that path's test, or None where it is not one."""
    match node:
        case Comparison():
            return _comparison(node)
        case Between():
            low, high = constant(node.low), constant(node.high)
            return _on_path(node.value, range_test(low, high, low_closed=True, high_closed=True))
        case In():
            return _on_path(node.value, _any_of([_member(test) for test in node.tests]))
        case Or():
            found = [_test(operand) for operand in node.operands]
            paths = {item[0] if item else None for item in found}
            path = paths.pop()
            return None if paths or path is None else _named(path, _any_of([item[1] for item in found if item]))
        case Call(function=Name(name="not"), arguments=(operand,), names=None):
            return _negation(operand)
        case Name() | Path():
            return _on_path(node, ColumnTest((True,)))
        case _:
            return None


def _comparison(node: Comparison) -> tuple[PathNames, ColumnTest] | None:
    right = constant(node.right)
    if right is not NOT_CONSTANT:
        return _on_path(node.left, comparison_test(node.operator, right))
    return _on_path(node.right, comparison_test(_MIRRORED[node.operator], constant(node.left)))


def _negation(operand: Node) -> tuple[PathNames, ColumnTest] | None:
    """`not(...)` is true where its operand is false, and null where that is null."""
    if isinstance(operand, Name | Path):
        return _on_path(operand, ColumnTest((False,)))
    if isinstance(operand, In) and any(isinstance(test, ListLiteral) for test in operand.tests):
        return None  # membership in a list is false, not null, for a value of another kind
    if not isinstance(operand, Comparison | Between | In):
        return None  # whether it is false or null may depend on more than one test can say
    found = _test(operand)
    return None if found is None else _named(found[0], complement(found[1]))


def _member(node: Node) -> ColumnTest | None:
    """What follows `in`: a test like in a cell, or a list of values."""
    if isinstance(node, ListLiteral):
        return _any_of([comparison_test("=", constant(item)) for item in node.items])
    return item_test(node)


def _any_of(tests: list[ColumnTest | None]) -> ColumnTest | None:
    known = [test for test in tests if test is not None]
    return union(known) if known and len(known) == len(tests) else None


def _on_path(node: Node, test: ColumnTest | None) -> tuple[PathNames, ColumnTest] | None:
    path = path_names(node)
    return None if path is None else _named(path, test)


def _named(path: PathNames, test: ColumnTest | None) -> tuple[PathNames, ColumnTest] | None:
    return None if test is None else (path, test)

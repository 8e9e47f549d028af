"""Parts of expressions whose value is known before they run."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel import arithmetic, limits, logic, tree
from engine.feel.builtins import BUILTINS
from engine.feel.calls import call
from engine.feel.values import Value

UNKNOWN = object()
_CHANGING = ("now", "today")
_FOLDING = (tree.Literal, tree.Negation, tree.RangeLiteral, tree.Call)


def fold(node: tree.Node, is_builtin: Callable[[str], bool]) -> Value:
    """The value of a literal, a constant range, or a built-in function of constants; UNKNOWN for all else.

    Lists and contexts are left to be made anew each time.

    Args:
        node: the expression.
        is_builtin: whether a name surely means the built-in function.
    """
    if not isinstance(node, _FOLDING):
        return UNKNOWN
    if isinstance(node, tree.Literal):
        return node.value
    with limits.evaluation():
        try:
            found = _fold(node, is_builtin)
        except limits.LimitError:
            return UNKNOWN
    return UNKNOWN if isinstance(found, list | dict) else found


def _fold(node: tree.Node, is_builtin: Callable[[str], bool]) -> Value:
    match node:
        case tree.Literal(value):
            return value
        case tree.Negation(operand):
            found = _fold(operand, is_builtin)
            return UNKNOWN if found is UNKNOWN else arithmetic.negate(found)
        case tree.RangeLiteral():
            low, high = _fold(node.low, is_builtin), _fold(node.high, is_builtin)
            if UNKNOWN in (low, high):
                return UNKNOWN
            return logic.make_range(low, high, node.low_included, node.high_included)
        case tree.Call(tree.Name(name)):
            if name not in BUILTINS or name in _CHANGING or not is_builtin(name):
                return UNKNOWN
            arguments = [_fold(argument, is_builtin) for argument in node.arguments]
            return UNKNOWN if UNKNOWN in arguments else call(BUILTINS[name], arguments, node.names)
    return UNKNOWN

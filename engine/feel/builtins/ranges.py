"""Range functions: Allen's relations between points and ranges, and a range from text."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel import limits, tree
from engine.feel.arithmetic import negate
from engine.feel.builtins.conversion import FUNCTIONS as CONVERSIONS
from engine.feel.builtins.registry import Family, needed
from engine.feel.errors import FeelError, FeelSyntaxError
from engine.feel.parser import parse_expression
from engine.feel.types import ANY, BOOLEAN, STRING, RangeType
from engine.feel.values import Range, Value, compare

FUNCTIONS = Family()
_RANGE = RangeType(ANY)
_STEPS_TO_PARSE = 16
_ENDS = ("date", "time", "date and time", "duration")


def _order(left: Value, right: Value) -> int:
    order = compare(left, right)
    if order is None:
        raise FeelError("the points or ends cannot be compared")
    return order


def _touch(left: Value, left_included: bool, right: Value, right_included: bool) -> bool:
    """Whether two ends are the same point and both belong to their ranges."""
    return _order(left, right) == 0 and left_included and right_included


def _starts_first(a: Range, b: Range, *, or_together: bool) -> bool:
    """Whether `a` starts before `b`, or with it where that is enough."""
    order = _order(a.low, b.low)
    if order:
        return order < 0
    return a.low_included or not b.low_included if or_together else a.low_included and not b.low_included


def _ends_last(a: Range, b: Range) -> bool:
    """Whether `a` ends after `b` or with it."""
    order = _order(a.high, b.high)
    return order > 0 if order else a.high_included or not b.high_included


def _point_before_range(point: Value, area: Range) -> bool:
    order = _order(point, area.low)
    return order < 0 or (order == 0 and not area.low_included)


def _range_before_point(area: Range, point: Value) -> bool:
    order = _order(area.high, point)
    return order < 0 or (order == 0 and not area.high_included)


def _range_before_range(a: Range, b: Range) -> bool:
    order = _order(a.high, b.low)
    return order < 0 or (order == 0 and not (a.high_included and b.low_included))


def _meets(a: Range, b: Range) -> bool:
    return _touch(a.high, a.high_included, b.low, b.low_included)


def _overlaps(a: Range, b: Range) -> bool:
    return not _range_before_range(a, b) and not _range_before_range(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_first(a, b, or_together=False) and not _range_before_range(a, b) and _ends_last(b, a)


def _point_finishes_range(point: Value, area: Range) -> bool:
    return area.high_included and _order(area.high, point) == 0


def _finishes(a: Range, b: Range) -> bool:
    together = a.high_included == b.high_included and _order(a.high, b.high) == 0
    return together and _starts_first(b, a, or_together=True)


def _includes_point(area: Range, point: Value) -> bool:
    low, high = _order(area.low, point), _order(area.high, point)
    return (low < 0 or (low == 0 and area.low_included)) and (high > 0 or (high == 0 and area.high_included))


def _includes(a: Range, b: Range) -> bool:
    return _starts_first(a, b, or_together=True) and _ends_last(a, b)


def _point_starts_range(point: Value, area: Range) -> bool:
    return area.low_included and _order(area.low, point) == 0


def _starts(a: Range, b: Range) -> bool:
    return a.low_included == b.low_included and _order(a.low, b.low) == 0 and _ends_last(b, a)


def _coincide(a: Range, b: Range) -> bool:
    included = (a.low_included, a.high_included) == (b.low_included, b.high_included)
    return included and _order(a.low, b.low) == 0 and _order(a.high, b.high) == 0


Relation = Callable[[Value, Value], bool]


def _swapped(relation: Relation) -> Relation:
    return lambda left, right: relation(right, left)


_BETWEEN_RANGES: dict[str, Relation] = {
    "before": _range_before_range,
    "after": _swapped(_range_before_range),
    "meets": _meets,
    "met by": _swapped(_meets),
    "overlaps": _overlaps,
    "overlaps before": _overlaps_before,
    "overlaps after": _swapped(_overlaps_before),
    "finishes": _finishes,
    "finished by": _swapped(_finishes),
    "includes": _includes,
    "during": _swapped(_includes),
    "starts": _starts,
    "started by": _swapped(_starts),
    "coincides": _coincide,
}
_POINT_TO_RANGE: dict[str, Relation] = {
    "before": _point_before_range,
    "after": _swapped(_range_before_point),
    "finishes": _point_finishes_range,
    "during": _swapped(_includes_point),
    "starts": _point_starts_range,
}
_RANGE_TO_POINT: dict[str, Relation] = {
    "before": _range_before_point,
    "after": _swapped(_point_before_range),
    "finished by": _swapped(_point_finishes_range),
    "includes": _includes_point,
    "started by": _swapped(_point_starts_range),
}
_BETWEEN_POINTS: dict[str, Relation] = {
    "before": lambda left, right: _order(left, right) < 0,
    "after": lambda left, right: _order(left, right) > 0,
    "coincides": lambda left, right: _order(left, right) == 0,
}

for _relations, _parameters in (
    (_BETWEEN_RANGES, (needed("range1", _RANGE), needed("range2", _RANGE))),
    (_POINT_TO_RANGE, (needed("point", ANY), needed("range", _RANGE))),
    (_RANGE_TO_POINT, (needed("range", _RANGE), needed("point", ANY))),
    (_BETWEEN_POINTS, (needed("point1", ANY), needed("point2", ANY))),
):
    for _name, _relation in _relations.items():
        FUNCTIONS.add(_name, *_parameters, result=BOOLEAN)(_relation)


@FUNCTIONS.add("range", needed("from", STRING), result=_RANGE)
def _range(text: str) -> Range:
    """A range whose ends are constants: numbers, strings, or temporal literals."""
    limits.spend(_STEPS_TO_PARSE)
    try:
        node = parse_expression(text)
    except FeelSyntaxError as error:
        raise FeelError(f"{text[:40]!r} is no range: {error.message}") from None
    if not isinstance(node, tree.RangeLiteral):
        raise FeelError(f"{text[:40]!r} is no range such as [1..10)")
    low, high = _end(node.low), _end(node.high)
    if _order(low, high) > 0:
        raise FeelError("the lower end is above the upper end")
    return Range(low, high, node.low_included, node.high_included)


def _end(node: tree.Node) -> Value:
    if isinstance(node, tree.Literal):
        return node.value
    if isinstance(node, tree.Negation) and isinstance(node.operand, tree.Literal):
        return negate(node.operand.value)
    if (
        isinstance(node, tree.Call)
        and isinstance(node.function, tree.Name)
        and node.function.name in _ENDS
        and [type(argument) for argument in node.arguments] == [tree.Literal]
    ):
        argument = _end(node.arguments[0])
        if isinstance(argument, str):
            return CONVERSIONS.signatures[node.function.name][0].call(argument)
    raise FeelError("the ends of a range are constants")

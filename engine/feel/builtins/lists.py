"""List functions: membership, statistics, changed copies, sorting; positions count from 1, or from the end below 0."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from decimal import Decimal, DecimalException

from engine.feel import limits
from engine.feel.arithmetic import number
from engine.feel.builtins.registry import Family, needed, nullable, optional, rest
from engine.feel.calls import call
from engine.feel.errors import FeelError
from engine.feel.temporal import DateTime, Time
from engine.feel.types import ANY, BOOLEAN, NUMBER, FunctionType, ListType
from engine.feel.values import Function, Range, Value, compare, comparison_key, is_list, kind_of, to_index
from engine.money import ZERO

FUNCTIONS = Family()
_ANY_LIST = ListType(ANY)
_LIST = needed("list", _ANY_LIST)
_NUMBERS = needed("list", ListType(NUMBER))
_POSITION = needed("position", NUMBER)
List = list[Value]


def identity(value: Value) -> Hashable:
    """Something hashable that is the same for two values where they are equal, and different where they are not."""
    kind = kind_of(value)
    if kind in (list, dict):
        limits.spend(2 * len(value))
    if kind is list:
        return list, tuple(identity(item) for item in value)
    if kind is dict:
        return dict, frozenset((name, identity(entry)) for name, entry in value.items())
    if isinstance(value, Range):
        ends = (identity(value.low), identity(value.high))
        return Range, ends, value.low_included, value.high_included, value.operator
    if isinstance(value, Time | DateTime):
        return kind, comparison_key(value)
    return kind, value


def _index(position: Decimal, size: int, what: str = "item") -> int:
    index = to_index(position)
    if index == 0 or abs(index) > size:
        raise FeelError(f"there is no {what} {index} in a list of {size}")
    return index - 1 if index > 0 else size + index


def _numbers(values: List) -> list[Decimal]:
    if not values:
        raise FeelError("the list is empty")
    if any(value is None for value in values):
        raise FeelError("the list has a null")
    return [number(value) for value in values]


@FUNCTIONS.add("list contains", _LIST, nullable("element", ANY), result=BOOLEAN)
def _list_contains(items: List, element: Value) -> bool:
    wanted = identity(element)
    return any(identity(item) == wanted for item in items)


@FUNCTIONS.add("count", _LIST, result=NUMBER)
def _count(items: List) -> Decimal:
    return Decimal(len(items))


def _extreme(items: List, sign: int) -> Value:
    if not items:
        raise FeelError("the list is empty")
    best = items[0]
    for item in items:
        order = compare(item, best)
        if order is None:
            raise FeelError("the list has values that cannot be compared")
        if order * sign > 0:
            best = item
    return best


@FUNCTIONS.add("min", rest("list", ANY), result=ANY)
@FUNCTIONS.add("min", _LIST, result=ANY)
def _min(items: List) -> Value:
    return _extreme(items, -1)


@FUNCTIONS.add("max", rest("list", ANY), result=ANY)
@FUNCTIONS.add("max", _LIST, result=ANY)
def _max(items: List) -> Value:
    return _extreme(items, 1)


def _total(values: Iterable[Decimal]) -> Decimal:
    try:
        return sum(values, ZERO)
    except DecimalException:
        raise FeelError("the sum is beyond the numbers of FEEL") from None


@FUNCTIONS.add("sum", rest("list", NUMBER), result=NUMBER)
@FUNCTIONS.add("sum", _NUMBERS, result=NUMBER)
def _sum(values: List) -> Decimal:
    return _total(_numbers(values))


@FUNCTIONS.add("product", rest("list", NUMBER), result=NUMBER)
@FUNCTIONS.add("product", _NUMBERS, result=NUMBER)
def _product(values: List) -> Decimal:
    try:
        return functools.reduce(lambda a, b: a * b, _numbers(values))
    except DecimalException:
        raise FeelError("the product is beyond the numbers of FEEL") from None


@FUNCTIONS.add("mean", rest("list", NUMBER), result=NUMBER)
@FUNCTIONS.add("mean", _NUMBERS, result=NUMBER)
def _mean(values: List) -> Decimal:
    return _total(_numbers(values)) / len(values)


@FUNCTIONS.add("median", rest("list", NUMBER), result=NUMBER)
@FUNCTIONS.add("median", _NUMBERS, result=NUMBER)
def _median(values: List) -> Decimal:
    ordered = sorted(_numbers(values))
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@FUNCTIONS.add("stddev", rest("list", NUMBER), result=NUMBER)
@FUNCTIONS.add("stddev", _NUMBERS, result=NUMBER)
def _stddev(values: List) -> Decimal:
    """Of a sample: divided by one less than the count."""
    if len(values) < 2:
        raise FeelError("a standard deviation needs at least two numbers")
    limits.spend(len(values))
    numbers = _numbers(values)
    mean = _total(numbers) / len(numbers)
    try:
        return (_total((value - mean) ** 2 for value in numbers) / (len(numbers) - 1)).sqrt()
    except DecimalException:
        raise FeelError("the result is beyond the numbers of FEEL") from None


@FUNCTIONS.add("mode", rest("list", NUMBER), result=ListType(NUMBER))
@FUNCTIONS.add("mode", _NUMBERS, result=ListType(NUMBER))
def _mode(values: List) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for value in _numbers(values) if values else []:
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(value for value, times in counts.items() if times == most)


def _truths(items: List, decisive: bool) -> bool | None:
    if any(item is not None and not isinstance(item, bool) for item in items):
        raise FeelError("the list has something else than booleans")
    if decisive in items:
        return decisive
    return None if None in items else not decisive


@FUNCTIONS.add("all", rest("list", ANY, nulls=True), result=BOOLEAN)
@FUNCTIONS.add("all", _LIST, result=BOOLEAN)
def _all(items: List) -> bool | None:
    return _truths(items, decisive=False)


@FUNCTIONS.add("any", rest("list", ANY, nulls=True), result=BOOLEAN)
@FUNCTIONS.add("any", _LIST, result=BOOLEAN)
def _any(items: List) -> bool | None:
    return _truths(items, decisive=True)


@FUNCTIONS.add("sublist", _LIST, needed("start position", NUMBER), optional("length", NUMBER), result=_ANY_LIST)
def _sublist(items: List, start_position: Decimal, length: Decimal | None) -> List:
    start = _index(start_position, len(items))
    if length is None:
        return list(items[start:])
    size = to_index(length)
    if not 0 < size <= len(items) - start:
        raise FeelError(f"there are no {size} items from position {start + 1} in a list of {len(items)}")
    return list(items[start : start + size])


@FUNCTIONS.add("append", _LIST, rest("item", ANY, nulls=True), result=_ANY_LIST)
def _append(items: List, more: List) -> List:
    return [*items, *more]


@FUNCTIONS.add("concatenate", rest("list", _ANY_LIST), result=_ANY_LIST)
def _concatenate(lists: list[List]) -> List:
    limits.check_list(sum(map(len, lists)))
    limits.spend_on(lists)
    return [item for items in lists for item in items]


@FUNCTIONS.add("union", rest("list", _ANY_LIST), result=_ANY_LIST)
def _union(lists: list[List]) -> List:
    return _distinct_values(_concatenate(lists))


@FUNCTIONS.add("distinct values", _LIST, result=_ANY_LIST)
def _distinct_values(items: List) -> List:
    kept: dict[Hashable, Value] = {}
    for item in items:
        kept.setdefault(identity(item), item)
    return list(kept.values())


@FUNCTIONS.add("insert before", _LIST, _POSITION, nullable("newItem", ANY), result=_ANY_LIST)
def _insert_before(items: List, position: Decimal, new_item: Value) -> List:
    index = _index(position, len(items))
    return [*items[:index], new_item, *items[index:]]


@FUNCTIONS.add("remove", _LIST, _POSITION, result=_ANY_LIST)
def _remove(items: List, position: Decimal) -> List:
    index = _index(position, len(items))
    return [*items[:index], *items[index + 1 :]]


@FUNCTIONS.add("list replace", _LIST, _POSITION, nullable("newItem", ANY), result=_ANY_LIST)
def _list_replace(items: List, position: Decimal, new_item: Value) -> List:
    index = _index(position, len(items))
    return [*items[:index], new_item, *items[index + 1 :]]


def _decision(function: Function, parameters: int, arguments: List) -> bool:
    """What a function given as an argument says, which must be yes or no."""
    if all(len(signature.parameters) != parameters for signature in function.signatures):
        raise FeelError(f"the function given takes {parameters} arguments")
    outcome = call(function, arguments)
    if not isinstance(outcome, bool):
        raise FeelError("the function given does not say true or false")
    return outcome


@FUNCTIONS.add("list replace", _LIST, needed("match", FunctionType()), nullable("newItem", ANY), result=_ANY_LIST)
def _list_replace_matching(items: List, match: Function, new_item: Value) -> List:
    return [new_item if _decision(match, 2, [item, new_item]) else item for item in items]


@FUNCTIONS.add("reverse", _LIST, result=_ANY_LIST)
def _reverse(items: List) -> List:
    return list(reversed(items))


@FUNCTIONS.add("index of", _LIST, nullable("match", ANY), result=ListType(NUMBER))
def _index_of(items: List, match: Value) -> list[Decimal]:
    wanted = identity(match)
    return [Decimal(i) for i, item in enumerate(items, start=1) if identity(item) == wanted]


@FUNCTIONS.add("flatten", _LIST, result=_ANY_LIST)
def _flatten(items: List) -> List:
    flat: List = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            limits.spend(1)
            if is_list(item):
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


@FUNCTIONS.add("sort", _LIST, optional("precedes", FunctionType()), result=_ANY_LIST)
def _sort(items: List, precedes: Function | None) -> List:
    """Stable; by the order of the values where no function is given."""

    def order(left: Value, right: Value) -> int:
        limits.spend(1)
        if precedes is not None:
            return -1 if _decision(precedes, 2, [left, right]) else int(_decision(precedes, 2, [right, left]))
        found = compare(left, right)
        if found is None:
            raise FeelError("the list has values that cannot be compared")
        return found

    return sorted(items, key=functools.cmp_to_key(order))

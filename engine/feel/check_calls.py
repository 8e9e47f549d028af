"""Static analysis of calls of built-in functions: whether the arguments can fit, and what type comes back."""

from __future__ import annotations

from collections.abc import Sequence

from engine.diagnostics import did_you_mean
from engine.feel.types import ANY, DATE, DATE_TIME, NULL, ListType, Type, bare, can_be
from engine.feel.values import Function, Parameter, Signature

_ITEM_OF_LIST = frozenset(("min", "max"))
_SAME_LIST = frozenset(("sublist", "reverse", "remove", "distinct values", "sort"))


def argument_problem(function: Function, kinds: Sequence[Type], names: Sequence[str] | None) -> tuple[str, str] | None:
    """What is wrong with every way to call the function so, and a hint; None where one way may be right."""
    known = [parameter.name for signature in function.signatures for parameter in signature.parameters]
    for name in names or ():
        if name not in known:
            return f"'{function.name}' has no parameter '{name}'", did_you_mean(name, known) or _usage(function)
    reasons = [_misfit(signature, kinds, names) for signature in function.signatures]
    if "" in reasons:
        return None
    told = max(reasons, key=len) if reasons else ""
    return f"'{function.name}' {told}", _usage(function)


def result_type(function: Function, kinds: Sequence[Type], names: Sequence[str] | None) -> Type:
    """The type of what the function gives for arguments of these types."""
    fitting = [signature for signature in function.signatures if not _misfit(signature, kinds, names)]
    results = {str(signature.result): signature.result for signature in fitting}
    if len(results) != 1:
        return ANY
    first = bare(kinds[0]) if kinds and names is None else ANY
    if isinstance(first, ListType) and (len(kinds) == 1 or function.name in _SAME_LIST):
        if function.name in _ITEM_OF_LIST:
            return bare(first.item)
        if function.name in _SAME_LIST:
            return first
    return next(iter(results.values()))


def _misfit(signature: Signature, kinds: Sequence[Type], names: Sequence[str] | None) -> str:
    """Why arguments of these types can never fit; empty where they may."""
    parameters = signature.parameters
    if names is not None:
        taken = {parameter.name: parameter for parameter in parameters}
        if any(name not in taken for name in names):
            return "has no such parameters together"
        missing = [p.name for p in parameters if p.name not in names and not p.optional and not p.nullable]
        if missing:
            return f"needs '{missing[0]}'"
        pairs = [(taken[name], kind) for name, kind in zip(names, kinds, strict=True)]
    else:
        variadic = bool(parameters) and parameters[-1].variadic
        least = sum(not parameter.optional for parameter in parameters)
        if len(kinds) < least or (len(kinds) > len(parameters) and not variadic):
            return f"does not take {len(kinds)} argument{'s' * (len(kinds) != 1)}"
        pairs = [(parameters[min(i, len(parameters) - 1)], kind) for i, kind in enumerate(kinds)]
    for parameter, kind in pairs:
        if not _may_become(kind, parameter):
            return f"takes a {parameter.type} as '{parameter.name}', not a {kind}"
    return ""


def _may_become(kind: Type, parameter: Parameter) -> bool:
    """Whether a value of that type may be converted to the parameter's."""
    kind, target = bare(kind), bare(parameter.type)
    if kind == NULL:
        return True
    if can_be(kind, target) or (kind == DATE and target == DATE_TIME):
        return True
    if isinstance(kind, ListType):
        return can_be(kind.item, target)
    return isinstance(target, ListType) and can_be(kind, target.item)


def _usage(function: Function) -> str:
    ways = []
    for signature in function.signatures:
        shown = [
            f"[{parameter.name}]" if parameter.optional else parameter.name + ", ..." * parameter.variadic
            for parameter in signature.parameters
        ]
        ways.append(f"{function.name}({', '.join(shown)})")
    return "it is called as " + " or ".join(dict.fromkeys(ways))

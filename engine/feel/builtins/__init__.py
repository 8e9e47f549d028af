"""The built-in functions of FEEL, by family, in one registry."""

from __future__ import annotations

from engine.feel.builtin_names import BUILTIN_NAMES
from engine.feel.builtins import contexts, conversion, lists, numbers, ranges, strings, temporal
from engine.feel.values import Function

FAMILIES = (conversion, strings, lists, numbers, temporal, ranges, contexts)

_signatures = {name: found for family in FAMILIES for name, found in family.FUNCTIONS.signatures.items()}
BUILTINS: dict[str, Function] = {name: Function(name, tuple(_signatures[name])) for name in BUILTIN_NAMES}
"""Every built-in function by name."""

"""Forward chaining in plain Python: bitsets of rules by column, then flags until nothing changes.

It gives the same answers as the adapter of durable-rules, and serves wherever a rulebook does not ask for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.approve.program import Stratum


class Chainer(Protocol):
    """Finds the rules of a stratum that fire."""

    def fired(self, codes: Sequence[int], residuals: Sequence[bool]) -> int:
        """The rules that fire, as bits of their positions in the program.

        Args:
            codes: of the stratum's columns.
            residuals: of the stratum's residual conditions.
        """
        ...


class PythonChainer:
    """Forward chaining over a stratum without any library; immutable, and safe to share between threads."""

    __slots__ = ("_all", "_columns", "_first", "_flags", "_residuals", "_rules", "_waiting")

    def __init__(self, stratum: Stratum) -> None:
        alternatives = stratum.alternatives
        self._all = (1 << len(alternatives)) - 1
        self._rules = [1 << alternative.rule for alternative in alternatives]
        self._columns: list[list[int]] = []
        for column, (_, codes) in enumerate(stratum.columns):
            masks = [0] * codes.count
            for bit, alternative in enumerate(alternatives):
                accepted = alternative.accepted.get(column)
                for code in range(codes.count) if accepted is None else accepted:
                    masks[code] |= 1 << bit
            self._columns.append(masks)
        self._residuals = [
            ~sum(1 << bit for bit, alternative in enumerate(alternatives) if alternative.residual == number)
            for number in range(len(stratum.residuals))
        ]
        self._first = sum(1 << bit for bit, alternative in enumerate(alternatives) if not alternative.flags)
        self._waiting = [(bit, alternative.flags) for bit, alternative in enumerate(alternatives) if alternative.flags]
        self._flags = {1 << rule: flags for rule, flags in stratum.flags.items()}

    def fired(self, codes: Sequence[int], residuals: Sequence[bool]) -> int:
        """The rules that fire, as bits of their positions in the program."""
        mask = self._all
        for masks, code in zip(self._columns, codes, strict=True):
            mask &= masks[code]
        for others, holds in zip(self._residuals, residuals, strict=True):
            if not holds:
                mask &= others
        fired = self._rules_of(mask & self._first)
        waiting = [(bit, flags) for bit, flags in self._waiting if mask >> bit & 1]
        if not waiting:
            return fired
        known: set[int] = set()
        before = -1
        while fired != before:
            before = fired
            for rule, flags in self._flags.items():
                if fired & rule:
                    known.update(flags)
            for bit, needed in waiting:
                if needed <= known:
                    fired |= self._rules[bit]
        return fired

    def _rules_of(self, mask: int) -> int:
        fired, rules = 0, self._rules
        while mask:
            bit = mask.bit_length() - 1
            mask ^= 1 << bit
            fired |= rules[bit]
        return fired

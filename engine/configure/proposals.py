"""Defaults and automatic additions: what is proposed on top of what the user chose, never against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.configure.formula import Literal, holds
from engine.configure.program import RuleAction, SoftRule
from engine.configure.propagation import Propagation, Propagator

PROPOSING = (RuleAction.DEFAULT, RuleAction.AUTO_ADD)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed.

    Attributes:
        accepted: literals, each with the rule that proposed it, in the order in which they were taken.
        run: propagation of the choices and of all accepted literals.
    """

    accepted: tuple[tuple[Literal, SoftRule], ...]
    run: Propagation


def propose(
    rules: Iterable[SoftRule],
    propagator: Propagator,
    assumed: tuple[Literal, ...],
    start: Propagation,
    is_open: Callable[[Literal], bool],
    possible: Callable[[tuple[Literal, ...]], bool] | None,
) -> Proposal:
    """Take every proposal that fits, rules in their order, until none is added.

    Args:
        rules: those that propose.
        propagator: of the model.
        assumed: literals of the choices.
        start: their propagation, without conflict.
        is_open: whether the choices leave a literal undecided.
        possible: whether literals can hold together, exactly; None to go by propagation alone.
    """
    proposing = [rule for rule in rules if rule.action in PROPOSING]
    fast = _take(proposing, propagator, assumed, start, is_open, None)
    if possible is None or not fast.accepted or possible(assumed + tuple(literal for literal, _ in fast.accepted)):
        return fast
    # Together they cannot hold although propagation sees no conflict: ask before each.
    return _take(proposing, propagator, assumed, start, is_open, possible)


def _take(
    rules: list[SoftRule],
    propagator: Propagator,
    assumed: tuple[Literal, ...],
    start: Propagation,
    is_open: Callable[[Literal], bool],
    possible: Callable[[tuple[Literal, ...]], bool] | None,
) -> Proposal:
    accepted: list[tuple[Literal, SoftRule]] = []
    run, taken = start, assumed
    waiting, progress = list(rules), True
    while waiting and progress:
        progress = False
        for rule in tuple(waiting):
            if not holds(rule.condition, run.is_true):
                continue
            waiting.remove(rule)
            for literal in rule.targets:
                if not is_open(literal) or run.is_true(literal) or run.is_true(-literal):
                    continue
                further = propagator.run((*taken, literal))
                if further.conflict is not None or (possible is not None and not possible((*taken, literal))):
                    continue
                run, taken = further, (*taken, literal)
                accepted.append((literal, rule))
                progress = True
    return Proposal(tuple(accepted), run)

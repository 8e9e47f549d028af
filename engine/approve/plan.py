"""What rules that fired ask for together, whatever the quote: kept, since most quotes meet the same few rules."""

from __future__ import annotations

from typing import NamedTuple

from engine.approve.program import ApprovalProgram, CompiledRule, Step

MOST_KEPT = 2_000
"""Sets of rules whose plans are kept; when there are more, keeping starts anew."""


class AskedStep(NamedTuple):
    """A step that rules ask for.

    Attributes:
        step: asked for.
        position: of the step in the program.
        stage: 1-based; chains of the same stage run in parallel.
        place: 1-based among the steps of its chain that are asked for.
        rules: that ask for it, in the order of the files.
    """

    step: Step
    position: int
    stage: int
    place: int
    rules: tuple[CompiledRule, ...]


class Plan(NamedTuple):
    """What some rules ask for.

    Attributes:
        rules: in the order of the files, each with the steps that it asks for.
        approving: those of them that approve.
        steps: all that are asked for, in the order in which they run.
    """

    rules: tuple[tuple[CompiledRule, tuple[Step, ...]], ...]
    approving: tuple[CompiledRule, ...]
    steps: tuple[AskedStep, ...]


class Plans:
    """The plans of a program by the rules that fired, as bits of their positions."""

    __slots__ = ("_kept", "_program")

    def __init__(self, program: ApprovalProgram) -> None:
        self._program = program
        self._kept: dict[int, Plan] = {}

    def of(self, fired: int) -> Plan:
        """The plan of the rules that fired."""
        plan = self._kept.get(fired)
        if plan is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            plan = self._kept[fired] = self._plan(fired)
        return plan

    def _plan(self, fired: int) -> Plan:
        steps = self._program.steps
        rules = [rule for position, rule in enumerate(self._program.rules) if fired >> position & 1]
        asking: dict[int, list[CompiledRule]] = {}
        for rule in rules:
            for position in rule.requires:
                asking.setdefault(position, []).append(rule)
        asked: list[AskedStep] = []
        stages: dict[int, int] = {}
        places: dict[str, int] = {}
        for position in sorted(asking):  # the program's steps are sorted as they run
            step = steps[position]
            place = places[step.chain] = places.get(step.chain, 0) + 1
            stage = stages.setdefault(step.order, len(stages) + 1)
            asked.append(AskedStep(step, position, stage, place, tuple(asking[position])))
        return Plan(
            tuple((rule, tuple(steps[position] for position in rule.requires)) for rule in rules),
            tuple(rule for rule in rules if rule.approves is not None),
            tuple(asked),
        )

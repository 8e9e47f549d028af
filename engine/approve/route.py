"""The run of a quote through the approval program: rules fire, steps are put in order, people are found."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from engine.approve.chainer import Chainer, PythonChainer
from engine.approve.durable_chainer import ChainingFailedError, DurableChainer
from engine.approve.facts import ApprovalFacts, parameters
from engine.approve.people import NOBODY, Asked, Directory, Resolver
from engine.approve.program import PARAMETERS, ApprovalProgram, CompiledRule, Step, Stratum
from engine.approve.reapproval import is_covered, value_at
from engine.approve.result import ApprovedStep, Derived, Reason, Route, RouteOutcome, RouteStep, StepStatus

LOG = logging.getLogger("quotewright")

# Reading a member of an enumeration from its class costs more than what it is compared with.
REQUIRED, SKIPPED, WAIVED = StepStatus.REQUIRED, StepStatus.SKIPPED, StepStatus.WAIVED
NO_APPROVER = StepStatus.NO_APPROVER

NOT_ASKED = "no rule asks for an approval"
ALL_COVERED = "everything asked for was approved before"


class Router:
    """Routes quotes by one approval program; safe to share between threads.

    Attributes:
        program: what it runs.
        chainers: for each stratum what finds the rules that fire.
    """

    __slots__ = ("_directory", "_fallback", "chainers", "program")

    def __init__(self, program: ApprovalProgram, *, durable: bool | None = None) -> None:
        """Prepare a program.

        Args:
            program: compiled approval rules.
            durable: whether durable-rules finds the rules that fire; None for what the program says.
        """
        self.program = program
        self._directory = Directory(program)
        self._fallback = [PythonChainer(stratum) for stratum in program.strata]
        use_durable = program.durable if durable is None else durable
        self.chainers: Sequence[Chainer] = (
            [DurableChainer(stratum) for stratum in program.strata] if use_durable else self._fallback
        )

    def route(self, facts: ApprovalFacts) -> Route:
        """Who must approve the quote, in which order and why. Asks nobody: a preview and a submission are the same."""
        program = self.program
        values = parameters(program, facts)
        named = dict(zip(PARAMETERS, values, strict=True))
        fired: list[CompiledRule] = []
        derived: list[Derived] = []
        for number, stratum in enumerate(program.strata):
            bits = self._fired(number, stratum, values, named)
            while bits:
                lowest = bits & -bits
                bits ^= lowest
                rule = program.rules[lowest.bit_length() - 1]
                self._apply(rule, values, named, derived)
                fired.append(rule)
        if len(program.strata) > 1:
            fired.sort(key=lambda rule: program.positions[rule.id])
        known = self._directory.of(facts.customer, facts.requester, facts.day)
        return _Assembly(program, facts, values, named, fired, known).route(derived)

    def _fired(self, number: int, stratum: Stratum, values: list[Any], named: Mapping[str, Any]) -> int:
        codes = [column.code(value_at(path, named)) for path, column in stratum.columns]
        residuals = [condition(*values) for condition in stratum.residuals] if stratum.residuals else ()
        try:
            return self.chainers[number].fired(codes, residuals)
        except ChainingFailedError:
            LOG.exception("durable-rules failed; the engine's own forward chainer answers")
            return self._fallback[number].fired(codes, residuals)

    def _apply(self, rule: CompiledRule, values: list[Any], named: Mapping[str, Any], derived: list[Derived]) -> None:
        """Make what a rule derives and needs a fact; where rules derive a fact twice the first in the files wins."""
        facts, needed = named["derived"], named["needed"]
        for position in rule.requires:
            step = self.program.steps[position]
            needed[step.chain][step.name] = True
        for name, given in rule.derives.items():
            if facts[name] is None or name in self.program.flag_names:
                value = given(*values) if callable(given) else given
                if facts[name] is not True:
                    facts[name] = value
                    derived.append(Derived(name, value, reason(rule, values, named)))


def reason(rule: CompiledRule, values: Sequence[Any], named: Mapping[str, Any]) -> Reason:
    """Why a rule held, with the facts that it read."""
    told = rule.reason if isinstance(rule.reason, str) else rule.reason(*values)
    read = tuple([(name, value_at(path, named)) for name, path in rule.named_reads])
    return Reason(rule.id, rule.file, rule.line, told, read)


class _Assembly:
    """Puts the steps that fired rules ask for in order, and finds who takes them."""

    def __init__(
        self,
        program: ApprovalProgram,
        facts: ApprovalFacts,
        values: list[Any],
        named: Mapping[str, Any],
        fired: Sequence[CompiledRule],
        known: dict[int, Asked],
    ) -> None:
        self.program = program
        self.facts = facts
        self.values = values
        self.named = named
        self.known = known
        self.asking: dict[int, list[CompiledRule]] = defaultdict(list)
        self.approving: list[CompiledRule] = []
        for rule in fired:
            for position in rule.requires:
                self.asking[position].append(rule)
            if rule.approves is not None:
                self.approving.append(rule)

    def route(self, derived: list[Derived]) -> Route:
        steps = self.steps()
        statuses = [step.status for step in steps]
        approving = tuple([reason(rule, self.values, self.named) for rule in self.approving])
        if NO_APPROVER in statuses:
            lacking = ", ".join(step.id for step in steps if step.status is NO_APPROVER)
            outcome, told = RouteOutcome.NO_APPROVER, f"nobody can approve {lacking}"
        elif REQUIRED in statuses:
            count = statuses.count(REQUIRED)
            outcome, told = RouteOutcome.APPROVAL_REQUIRED, f"{count} step{'' if count == 1 else 's'} must approve"
        else:
            outcome = RouteOutcome.AUTO_APPROVED
            told = "; ".join(item.text for item in approving) or (ALL_COVERED if steps else NOT_ASKED)
        return Route(outcome, told, steps, approving, tuple(derived))

    def steps(self) -> tuple[RouteStep, ...]:
        """The steps asked for; `program.steps` is sorted as they run."""
        found: list[RouteStep] = []
        stages: dict[int, int] = {}
        places: dict[str, int] = {}
        for position in sorted(self.asking):
            step = self.program.steps[position]
            place = places[step.chain] = places.get(step.chain, 0) + 1
            stage = stages.setdefault(step.order, len(stages) + 1)
            found.append(self.step(step, position, stage, place))
        return tuple(found)

    def step(self, step: Step, position: int, stage: int, place: int) -> RouteStep:
        """A step with its status, its reasons and who may take it."""
        rules = self.asking[position]
        status, why = REQUIRED, ""
        if self.approving or self.facts.approved:
            status, why = self.status(step, rules)
        asked = NOBODY
        if status is REQUIRED:
            found = self.known.get(position)
            if found is None:
                facts = self.facts
                resolver = Resolver(self.program, facts.customer, facts.requester, facts.day)
                found = self.known[position] = resolver.asked(step)
            asked = found
            if asked.given < asked.need:
                status, why = NO_APPROVER, self.lacking(step, asked.given, asked.need)
        slots, need, _, escalation = asked
        return RouteStep(
            step.id,
            step.chain,
            stage,
            place,
            status,
            why,
            need if slots else 0,
            slots,
            step.escalate_after_hours,
            escalation,
            tuple([reason(rule, self.values, self.named) for rule in rules]),
        )

    def status(self, step: Step, rules: list[CompiledRule]) -> tuple[StepStatus, str]:
        for rule in self.approving:
            assert rule.approves is not None
            if not rule.approves or step.chain in rule.approves:
                return WAIVED, f"approved by rule {rule.id}: {reason(rule, self.values, self.named).text}"
        approved: ApprovedStep | None = self.facts.approved.get(step.id)
        if approved is not None and is_covered(approved, rules, self.named, self.values):
            return SKIPPED, "nothing goes beyond what this step approved before"
        return REQUIRED, ""

    def lacking(self, step: Step, given: int, need: int) -> str:
        asked = ", ".join((*step.roles, *step.people))
        forbidden = " (nobody may approve a quote of their own)" if self.program.own_quotes_forbidden else ""
        return f"{asked}: {given} of {need} approvals can be given by somebody{forbidden}"

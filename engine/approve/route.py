"""The run of a quote through the approval program: rules fire, steps are put in order, people are found."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from engine.approve.chainer import Chainer, PythonChainer
from engine.approve.durable_chainer import ChainingFailedError, DurableChainer
from engine.approve.facts import ApprovalFacts, parameters
from engine.approve.people import NOBODY, Asked, Directory, Resolver
from engine.approve.plan import AskedStep, Plan, Plans
from engine.approve.program import PARAMETERS, ApprovalProgram, CompiledRule, Step, Stratum
from engine.approve.reapproval import is_covered, value_at
from engine.approve.result import ApprovedStep, Derived, Reason, Route, RouteOutcome, RouteStep, StepStatus
from engine.trace import new_tuple

LOG = logging.getLogger("quotewright")

# Reading a member of an enumeration from its class costs more than what it is compared with.
REQUIRED, SKIPPED, WAIVED = StepStatus.REQUIRED, StepStatus.SKIPPED, StepStatus.WAIVED
NO_APPROVER = StepStatus.NO_APPROVER
APPROVAL_REQUIRED = RouteOutcome.APPROVAL_REQUIRED

NOT_ASKED = "no rule asks for an approval"
ALL_COVERED = "everything asked for was approved before"


class Router:
    """Routes quotes by one approval program; safe to share between threads.

    Attributes:
        program: what it runs.
        chainers: for each stratum what finds the rules that fire.
    """

    __slots__ = ("_directory", "_fallback", "_plans", "chainers", "program")

    def __init__(self, program: ApprovalProgram, *, durable: bool | None = None) -> None:
        """Prepare a program.

        Args:
            program: compiled approval rules.
            durable: whether durable-rules finds the rules that fire; None for what the program says.
        """
        self.program = program
        self._directory = Directory(program)
        self._plans = Plans(program)
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
        derived: list[Derived] = []
        fired = 0
        for number, stratum in enumerate(program.strata):
            bits = self._fired(number, stratum, values, named)
            fired |= bits
            self._apply(self._plans.of(bits), values, named, derived)
        known = self._directory.of(facts.customer, facts.requester, facts.day)
        return _Assembly(program, facts, values, named, self._plans.of(fired), known).route(derived)

    def _fired(self, number: int, stratum: Stratum, values: list[Any], named: Mapping[str, Any]) -> int:
        codes = []
        for path, column in stratum.columns:
            # Nearly all facts have two names.
            value = named[path[0]].get(path[1]) if len(path) == 2 else value_at(path, named)
            codes.append(column.code(value))
        residuals = [condition(*values) for condition in stratum.residuals] if stratum.residuals else ()
        try:
            return self.chainers[number].fired(codes, residuals)
        except ChainingFailedError:
            LOG.exception("durable-rules failed; the engine's own forward chainer answers")
            return self._fallback[number].fired(codes, residuals)

    def _apply(self, plan: Plan, values: list[Any], named: Mapping[str, Any], derived: list[Derived]) -> None:
        """Make what rules derive and need facts; where rules derive a fact twice the first in the files wins."""
        facts, needed = named["derived"], named["needed"]
        for rule, steps in plan.rules:
            for step in steps:
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
    return new_tuple(Reason, (rule.id, rule.file, rule.line, told, read))


class _Assembly:
    """Puts a route together from what fired rules ask for, and finds who takes its steps."""

    __slots__ = ("facts", "known", "named", "plan", "program", "values")

    def __init__(
        self,
        program: ApprovalProgram,
        facts: ApprovalFacts,
        values: list[Any],
        named: Mapping[str, Any],
        plan: Plan,
        known: dict[int, Asked],
    ) -> None:
        self.program = program
        self.facts = facts
        self.values = values
        self.named = named
        self.plan = plan
        self.known = known

    def route(self, derived: list[Derived]) -> Route:
        steps = tuple([self.step(asked) for asked in self.plan.steps])
        statuses = [step.status for step in steps]
        approving = tuple([reason(rule, self.values, self.named) for rule in self.plan.approving])
        if NO_APPROVER in statuses:
            lacking = ", ".join(step.id for step in steps if step.status is NO_APPROVER)
            outcome, told = RouteOutcome.NO_APPROVER, f"nobody can approve {lacking}"
        elif REQUIRED in statuses:
            count = statuses.count(REQUIRED)
            outcome, told = APPROVAL_REQUIRED, f"{count} step{'' if count == 1 else 's'} must approve"
        else:
            outcome = RouteOutcome.AUTO_APPROVED
            told = "; ".join(item.text for item in approving) or (ALL_COVERED if steps else NOT_ASKED)
        return Route(outcome, told, steps, approving, tuple(derived))

    def step(self, asked_step: AskedStep) -> RouteStep:
        """A step with its status, its reasons and who may take it."""
        step, position, stage, place, rules = asked_step
        status, why = REQUIRED, ""
        if self.plan.approving or self.facts.approved:
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

    def status(self, step: Step, rules: tuple[CompiledRule, ...]) -> tuple[StepStatus, str]:
        for rule in self.plan.approving:
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

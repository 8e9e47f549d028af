"""A click: choices in, the state of everything out; exact or propagated, from the cache where it was asked before."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import date

from engine.configure.answer import Answer, SetBy, State
from engine.configure.cache import Cache
from engine.configure.choices import Choice, ChoiceReader, Chosen
from engine.configure.formula import Literal, holds
from engine.configure.program import Model, RuleAction, SoftRule
from engine.configure.propagation import Propagation, Propagator
from engine.configure.proposals import Proposal, propose
from engine.configure.solver import CostSolver, ModelSolver, OutOfTimeError, StateSolver, SubsetSolver

CACHE_SIZE = 2_000
PRECOMPUTE_SECONDS = 0.5
SPEAKING = (RuleAction.WARN, RuleAction.RECOMMEND, RuleAction.INFORM)

_SELECTABLE, _SELECTED, _FORCED, _EXCLUDED, _UNDETERMINED = map(int, State)
_NOBODY, _USER, _DEFAULT, _INFERRED, _CONTEXT = map(int, SetBy)

CacheKey = tuple[frozenset[Literal], frozenset[Literal], bool]


class Worker:
    """What one thread needs: solver objects, made when first asked for, and its cache."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.answers: Cache[Answer] = Cache(CACHE_SIZE)
        self.cost_solvers: dict[str, CostSolver] = {}
        self._states: StateSolver | None = None
        self._subsets: SubsetSolver | None = None
        self._models: ModelSolver | None = None

    @property
    def states(self) -> StateSolver:
        """Finds what is possible."""
        if self._states is None:
            self._states = StateSolver(self._model.rules)
        return self._states

    @property
    def subsets(self) -> SubsetSolver:
        """Finds what cannot hold together."""
        if self._subsets is None:
            self._subsets = SubsetSolver(self._model.rules)
        return self._subsets

    @property
    def models(self) -> ModelSolver:
        """Finds one whole configuration."""
        if self._models is None:
            self._models = ModelSolver(self._model.rules)
        return self._models


class Configurator:
    """Answers for one model; shared by threads, each with a `Worker` of its own."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.propagator = Propagator(model.rules)
        self.reader = ChoiceReader(model)
        self._threads = threading.local()
        self._first: dict[CacheKey, Answer] = {}
        self._laddered = tuple((index, element) for index, element in enumerate(model.elements) if element.ladder)
        self._speaking = tuple(rule for rule in model.soft_rules if rule.action in SPEAKING)
        self._hiding = tuple(rule for rule in model.soft_rules if rule.action is RuleAction.HIDE)
        self._proposing = tuple(
            rule for rule in model.soft_rules if rule.action in (RuleAction.DEFAULT, RuleAction.AUTO_ADD)
        )

    @property
    def worker(self) -> Worker:
        """The calling thread's solvers and cache."""
        worker: Worker | None = getattr(self._threads, "worker", None)
        if worker is None:
            worker = self._threads.worker = Worker(self.model)
        return worker

    def read(self, choices: Sequence[Choice], day: date | None = None) -> Chosen:
        """Choices as literals.

        Raises:
            ChoicesRejectedError: they do not fit the model.
        """
        return self.reader.read(choices, day)

    def precompute(self, seconds: float = PRECOMPUTE_SECONDS) -> int:
        """Compute the first screen and the answers to first clicks for as long as told; gives their number."""
        until = time.perf_counter() + seconds
        clicks: list[tuple[Choice, ...]] = [()]
        clicks += [(Choice(element.path),) for element in self.model.elements if element.group >= 0]
        for click in clicks:
            if time.perf_counter() > until:
                break
            chosen = self.reader.read(click)
            answer = self._compute(chosen, exact=True, deadline=until)
            if answer.exact:
                self._first[_cache_key(chosen, exact=True)] = answer
        return len(self._first)

    def configure(
        self, chosen: Chosen, *, exact: bool = True, deadline: float | None = None, cached: bool = True
    ) -> Answer:
        """The state of every element.

        Args:
            chosen: what is set.
            exact: ask the solver; otherwise only what propagation sees, a superset of what is selectable.
            deadline: of `time.perf_counter`; where it passes, the propagated answer comes, with `exact` false.
            cached: use and fill the cache.
        """
        if not cached:
            return self._compute(chosen, exact, deadline)
        key = _cache_key(chosen, exact)
        answers = self.worker.answers
        answer = answers.get(key) or self._first.get(key)
        if answer is None:
            answer = self._compute(chosen, exact, deadline)
            if answer.exact == exact:
                answers.put(key, answer)
        return answer

    def _compute(self, chosen: Chosen, exact: bool, deadline: float | None) -> Answer:
        run = self.propagator.run(chosen.assumed)
        if run.conflict is not None:
            return self._contradiction(chosen)
        impossible: list[Literal] = []
        if exact:
            try:
                found = self.worker.states.impossible(chosen.assumed, deadline)
                if found is None:
                    return self._contradiction(chosen)
                impossible = found
            except OutOfTimeError:
                exact = False
        return self._answer(chosen, run, impossible, exact, deadline)

    def _answer(
        self, chosen: Chosen, run: Propagation, impossible: list[Literal], exact: bool, deadline: float | None
    ) -> Answer:
        model = self.model
        count = len(model.elements)
        states, set_by = bytearray(count), bytearray(count)
        direct: dict[int, int] = {}
        clauses, owners = len(model.rules.clauses), (model.rules.clause_owners, model.rules.sum_owners)
        reasons = run.reasons
        for index in run.trail:
            variable = index >> 1
            if variable <= count:
                states[variable - 1] = _EXCLUDED if index & 1 else _FORCED
                set_by[variable - 1] = _INFERRED
                reason = reasons[variable]
                if reason >= 0:
                    owner = owners[0][reason] if reason < clauses else owners[1][reason - clauses]
                    if owner >= 0:
                        direct[variable - 1] = owner
        for literal in impossible:
            variable = abs(literal)
            if variable <= count and not states[variable - 1]:
                states[variable - 1] = _EXCLUDED if literal > 0 else _FORCED
                set_by[variable - 1] = _INFERRED
        for choice, literals in zip(chosen.choices, chosen.literals, strict=True):
            if literals and (variable := abs(literals[0])) <= count:
                states[variable - 1] = _SELECTED if literals[0] > 0 else _EXCLUDED
                set_by[variable - 1] = _CONTEXT if choice.fixed else _USER
                direct.pop(variable - 1, None)
        proposed: dict[int, SoftRule] = {}
        final = run
        if self._proposing:
            proposal = self._proposal(chosen, run, impossible, exact, deadline)
            final = proposal.run
            for literal, rule in proposal.accepted:
                if 0 < literal <= count:
                    proposed[literal - 1] = rule
                    states[literal - 1] = _SELECTED
                    set_by[literal - 1] = _DEFAULT if rule.action is RuleAction.DEFAULT else _INFERRED
            for index in final.trail[len(run.trail) :]:
                if not index & 1 and index >> 1 <= count and not states[(index >> 1) - 1]:
                    states[(index >> 1) - 1] = _SELECTED
                    set_by[(index >> 1) - 1] = _INFERRED
        ruled_out = frozenset(impossible)
        true = final.is_true if not impossible else lambda variable: final.is_true(variable) or -variable in ruled_out
        return Answer(
            model=model,
            states=bytes(states),
            set_by=bytes(set_by),
            exact=exact,
            conflict=False,
            direct=direct,
            proposed_by=proposed,
            quantities=self._quantities(states, run, final, ruled_out) if self._laddered else {},
            spoken=tuple(rule for rule in self._speaking if holds(rule.condition, true)),
            hidden=frozenset(
                abs(literal) - 1 for rule in self._hiding if holds(rule.condition, true) for literal in rule.targets
            ),
        )

    def _proposal(
        self, chosen: Chosen, run: Propagation, impossible: list[Literal], exact: bool, deadline: float | None
    ) -> Proposal:
        decided = {*impossible, *(-literal for literal in impossible)}

        def possible(literals: tuple[Literal, ...]) -> bool:
            try:
                return self.worker.models.satisfiable(literals, deadline)
            except OutOfTimeError:
                return False

        return propose(
            self._proposing,
            self.propagator,
            chosen.assumed,
            run,
            lambda literal: literal not in decided,
            possible if exact else None,
        )

    def _quantities(
        self, states: bytearray, run: Propagation, final: Propagation, impossible: frozenset[Literal]
    ) -> dict[int, tuple[int, int, int]]:
        """Least, greatest and proposed quantity of the options that are in."""
        found: dict[int, tuple[int, int, int]] = {}
        for index, element in self._laddered:
            if states[index] in (_SELECTED, _FORCED):
                least = sum(run.is_true(step) or -step in impossible for step in element.ladder)
                most = sum(not (run.is_true(-step) or step in impossible) for step in element.ladder)
                set_to = max(least, sum(final.is_true(step) for step in element.ladder))
                base = element.min_quantity
                found[index] = (base + least, base + most, base + set_to)
        return found

    def _contradiction(self, chosen: Chosen) -> Answer:
        count = len(self.model.elements)
        states, set_by = bytearray([_UNDETERMINED]) * count, bytearray(count)
        for choice, literals in zip(chosen.choices, chosen.literals, strict=True):
            if literals and (variable := abs(literals[0])) <= count:
                states[variable - 1] = _SELECTED if literals[0] > 0 else _EXCLUDED
                set_by[variable - 1] = _CONTEXT if choice.fixed else _USER
        return Answer(
            self.model, bytes(states), bytes(set_by), exact=True, conflict=True, direct={}, proposed_by={},
            quantities={}, spoken=(), hidden=frozenset(),
        )  # fmt: skip


def _cache_key(chosen: Chosen, exact: bool) -> CacheKey:
    positive = frozenset(literals[0] for choice, literals in zip(chosen.choices, chosen.literals, strict=True)
                         if choice.fixed and literals)  # fmt: skip
    return (chosen.key, positive, exact)

"""The exact solver: clingo behind a few small objects. The only importer of clingo; never shared between threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import clingo

from engine.configure.formula import Literal
from engine.configure.program import DEFINITION, Rules

_BRAVE = (
    "--enum-mode=brave",
    "--sign-def=rnd",
    "--restart-on-model",
    "--save-progress=0",
    "--forget-on-step=varScores,signs,lemmas",
    "0",
)
"""What finds every literal that some model holds with few models: 17 instead of 210 on 400 options."""
_QUICK = "1000,umax"
"""Conflicts that a solve on the caller's own thread may run into; what needs more gets a thread that can be stopped."""
QUICK_SECONDS = 0.05
"""What those conflicts may take; a caller with less time left gets the thread at once."""
_QUICK_SIZE = 2_000
"""Variables up to which those conflicts are likely to be enough."""
_UNBOUNDED = "umax,umax"


class OutOfTimeError(Exception):
    """The deadline passed before the solver was done."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A model and, where a cost was given, what it costs.

    Attributes:
        true: the variables that hold, among the tracked ones.
        cost: sum of the weights of the literals that hold.
        proved: no model costs less.
    """

    true: frozenset[int]
    cost: int
    proved: bool


class _Control:
    """A clingo control with one atom for each variable."""

    def __init__(self, rules: Rules, flags: Iterable[str], *, with_negations: bool = False) -> None:
        # Numbers beyond 32 bits never come here: the builder of rules refuses them.
        self.control = clingo.Control([*flags, "--warn=none"])
        self.tracked = rules.tracked
        self.atoms = [0]
        self.literal_of: dict[clingo.Symbol, Literal] = {}
        with self.control.backend() as backend:
            for variable in range(1, rules.variables + 1):
                if variable <= rules.tracked:
                    symbol = clingo.Function("v", [clingo.Number(variable)])
                    self.literal_of[symbol] = variable
                    self.atoms.append(backend.add_atom(symbol))
                else:
                    self.atoms.append(backend.add_atom())
            backend.add_rule(self.atoms[1:], choice=True)
            if with_negations:
                for variable in range(1, rules.tracked + 1):
                    symbol = clingo.Function("v", [clingo.Number(-variable)])
                    self.literal_of[symbol] = -variable
                    backend.add_rule([backend.add_atom(symbol)], [-self.atoms[variable]])
        self._limit = _UNBOUNDED

    def _set_limit(self, limit: str) -> None:
        if limit == self._limit:
            return
        self._limit = limit
        self.control.configuration.solve.solve_limit = limit  # type: ignore[union-attr]  # a key of the group "solve"

    def program_literal(self, literal: Literal) -> int:
        return self.atoms[literal] if literal > 0 else -self.atoms[-literal]

    def add_rules(self, backend: clingo.Backend, rules: Rules, selectors: Mapping[int, int] | None = None) -> None:
        """The clauses and sums; with `selectors` each only where the atom of its owner holds."""
        of = self.program_literal
        for clause, owner in zip(rules.clauses, rules.clause_owners, strict=True):
            body = [-of(literal) for literal in clause]
            if selectors is not None and owner != DEFINITION:
                body.append(selectors[owner])
            backend.add_rule([], body)
        for found, owner in zip(rules.sums, rules.sum_owners, strict=True):
            weighted = [(of(literal), weight) for weight, literal in found.terms]
            if selectors is None or owner == DEFINITION:
                backend.add_weight_rule([], found.bound + 1, weighted)
            else:
                too_much = backend.add_atom()
                backend.add_weight_rule([too_much], found.bound + 1, weighted)
                backend.add_rule([], [too_much, selectors[owner]])

    def solve(
        self,
        assumptions: Sequence[int],
        deadline: float | None,
        *,
        on_last: Callable[[clingo.Model], None] | None = None,
        on_core: Callable[[Sequence[int]], None] | None = None,
        exhaust: bool = False,
    ) -> bool:
        """Whether there is a model under the assumptions; with `exhaust` all consequences are found as well.

        Raises:
            OutOfTimeError: the deadline (of `time.perf_counter`) passed.
        """
        if deadline is None:
            self._set_limit(_UNBOUNDED)
            result = self.control.solve(assumptions=assumptions, on_last=on_last, on_core=on_core)
            return bool(result.satisfiable)
        left = deadline - time.perf_counter()
        if left <= 0:
            raise OutOfTimeError
        if left >= QUICK_SECONDS and self.tracked <= _QUICK_SIZE:
            self._set_limit(_QUICK)
            result = self.control.solve(assumptions=assumptions, on_last=on_last, on_core=on_core)
            # A limit that is met after the first model leaves the enumeration unfinished, and not interrupted.
            if result.exhausted or (result.satisfiable and not exhaust):
                return bool(result.satisfiable)
            left = deadline - time.perf_counter()
        self._set_limit(_UNBOUNDED)
        handle = self.control.solve(assumptions=assumptions, async_=True)
        assert isinstance(handle, clingo.SolveHandle)
        with handle:
            if not handle.wait(max(0.0, left)):
                handle.cancel()
                raise OutOfTimeError
            satisfiable = bool(handle.get().satisfiable)
            # Callbacks for these are the synchronous call's alone.
            if satisfiable and on_last is not None and (model := handle.last()) is not None:
                on_last(model)
            if not satisfiable and on_core is not None:
                on_core(handle.core())
            return satisfiable


class StateSolver:
    """Which literals some whole configuration holds."""

    def __init__(self, rules: Rules) -> None:
        self._control = _Control(rules, _BRAVE, with_negations=True)
        with self._control.control.backend() as backend:
            self._control.add_rules(backend, rules)

    def impossible(self, assumed: Iterable[Literal], deadline: float | None) -> list[Literal] | None:
        """The tracked literals that no whole configuration holds with the assumed ones; None where there is none.

        Raises:
            OutOfTimeError: the deadline passed.
        """
        control = self._control
        found: list[Literal] = []

        def read(model: clingo.Model) -> None:
            found[:] = [control.literal_of[symbol] for symbol in model.symbols(atoms=True, complement=True)]

        of = control.program_literal
        if not control.solve([of(literal) for literal in assumed], deadline, on_last=read, exhaust=True):
            return None
        return found


class SubsetSolver:
    """Whether some of the constraints and choices can hold together, and which of them do not."""

    def __init__(self, rules: Rules) -> None:
        self._control = _Control(rules, ("--sign-def=asp",))
        owners = sorted({*rules.clause_owners, *rules.sum_owners} - {DEFINITION})
        with self._control.control.backend() as backend:
            self._selectors = {owner: backend.add_atom() for owner in owners}
            backend.add_rule(list(self._selectors.values()), choice=True)
            self._control.add_rules(backend, rules, self._selectors)
        self._owner_of = {atom: owner for owner, atom in self._selectors.items()}

    @property
    def owners(self) -> set[int]:
        """Indexes of all constraints."""
        return set(self._selectors)

    def core(
        self, owners: set[int], assumed: Sequence[Literal], deadline: float | None
    ) -> tuple[set[int], set[Literal]] | None:
        """Constraints and literals among the given ones that cannot all hold; None where all can.

        Raises:
            OutOfTimeError: the deadline passed.
        """
        of = self._control.program_literal
        literals = {of(literal): literal for literal in assumed}
        selected = [atom if owner in owners else -atom for owner, atom in self._selectors.items()]
        cores: list[Sequence[int]] = []
        if self._control.solve([*literals, *selected], deadline, on_core=cores.append):
            return None
        core = set(cores[-1]) if cores else {*literals, *(atom for atom in selected if atom > 0)}
        return (
            {self._owner_of[atom] for atom in core if atom in self._owner_of},
            {literals[atom] for atom in core if atom in literals},
        )


class ModelSolver:
    """A whole configuration, with few options rather than many."""

    def __init__(self, rules: Rules) -> None:
        self._control = _Control(rules, ("--sign-def=asp",))
        with self._control.control.backend() as backend:
            self._control.add_rules(backend, rules)

    def model(self, assumed: Iterable[Literal], deadline: float | None) -> frozenset[int] | None:
        """The tracked variables that hold in some whole configuration; None where there is none.

        Raises:
            OutOfTimeError: the deadline passed.
        """
        found: list[frozenset[int]] = []

        def read(model: clingo.Model) -> None:
            found[:] = [frozenset(self._control.literal_of[symbol] for symbol in model.symbols(atoms=True))]

        of = self._control.program_literal
        return found[0] if self._control.solve([*map(of, assumed)], deadline, on_last=read) else None

    def satisfiable(self, assumed: Iterable[Literal], deadline: float | None) -> bool:
        """Whether there is a whole configuration with the assumed literals.

        Raises:
            OutOfTimeError: the deadline passed.
        """
        of = self._control.program_literal
        return self._control.solve([*map(of, assumed)], deadline)


class CostSolver:
    """The whole configuration that costs least, by integer weights of literals that may have any size up to 32 bits."""

    def __init__(self, rules: Rules, weights: Sequence[tuple[int, Literal]]) -> None:
        self._control = _Control(rules, ("--sign-def=asp", "--opt-mode=opt", "--opt-strategy=usc,oll", "0"))
        self._weights = list(weights)
        with self._control.control.backend() as backend:
            self._control.add_rules(backend, rules)
            backend.add_minimize(0, [(self._control.program_literal(literal), weight) for weight, literal in weights])

    def cheapest(self, assumed: Iterable[Literal], deadline: float | None) -> Completion | None:
        """The cheapest configuration found until the deadline; None where there is none.

        Raises:
            OutOfTimeError: the deadline passed before any was found.
        """
        best: list[tuple[frozenset[int], int]] = []

        def read(model: clingo.Model) -> None:
            true = frozenset(self._control.literal_of[symbol] for symbol in model.symbols(atoms=True))
            best[:] = [(true, model.cost[0] if model.cost else 0)]

        of = self._control.program_literal
        if deadline is not None and time.perf_counter() >= deadline:
            raise OutOfTimeError
        with self._control.control.solve(assumptions=[of(item) for item in assumed], on_model=read, async_=True) as run:
            left = None if deadline is None else max(0.0, deadline - time.perf_counter())
            done = run.wait(left)
            if not done:
                run.cancel()
            result = run.get()
        if best:
            return Completion(best[0][0], best[0][1], bool(result.exhausted))
        if not done:
            raise OutOfTimeError
        return None

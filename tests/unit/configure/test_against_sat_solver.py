"""Large models against an independent solver: every option both ways after every click, by Glucose through PySAT."""

import pytest

from benchmarks.configuration_models import clicks, generate
from engine.configure.answer import State
from engine.configure.configurator import Configurator

pysat = pytest.importorskip("pysat.solvers", reason="python-sat is not installed")


class Clauses:
    """A model's clauses and sums as CNF; a sum becomes a decision diagram over its terms, one variable a node."""

    def __init__(self, rules):
        self.count = rules.variables
        self.clauses = [list(clause) for clause in rules.clauses]
        for found in rules.sums:
            terms = list(found.terms)
            left = [0] * (len(terms) + 1)
            for position in range(len(terms) - 1, -1, -1):
                left[position] = left[position + 1] + terms[position][0]
            self.clauses.append([self.node(terms, left, 0, found.bound, {})])

    def node(self, terms, left, position, room, known):
        """A variable that implies: the terms from `position` on fit into `room`; None where they always do."""
        if room >= left[position]:
            return None
        if (position, room) in known:
            return known[position, room]
        self.count += 1
        known[position, room] = variable = self.count
        weight, literal = terms[position]
        if weight > room:
            self.clauses.append([-variable, -literal])
        elif (taken := self.node(terms, left, position + 1, room - weight, known)) is not None:
            self.clauses.append([-variable, -literal, taken])
        if (skipped := self.node(terms, left, position + 1, room, known)) is not None:
            self.clauses.append([-variable, skipped])
        return variable


def possible_literals(solver, assumed, count):
    """Literals that some model holds with the assumed ones; what one model holds need not be asked again."""
    found = set()
    for literal in (*range(1, count + 1), *range(-count, 0)):
        if literal not in found and solver.solve(assumptions=[*assumed, literal]):
            found.update(value for value in solver.get_model() if abs(value) <= count)
    return found


@pytest.mark.parametrize(
    ("seed", "options", "rules", "sums", "length"),
    [(100, 400, 500, 10, 1), (101, 400, 500, 2, 3), (102, 200, 300, 3, 4), (103, 1000, 1400, 0, 4)],
)
def test_every_option_both_ways(seed, options, rules, sums, length):
    model = generate(seed, options, rules, sums)
    count = len(model.elements)
    configurator = Configurator(model)
    cnf = Clauses(model.rules)
    compared = 0
    with pysat.Solver(name="glucose4", bootstrap_with=[clause for clause in cnf.clauses if clause != [None]]) as solver:
        for choices in clicks(model, seed, 1, length)[-2:]:
            chosen = configurator.read(choices)
            answer = configurator.configure(chosen)
            possible = possible_literals(solver, chosen.assumed, count)
            taken = {abs(literal) for literal in chosen.assumed}
            for variable in {*range(1, count + 1)} - taken:
                can_be_in, can_be_out = variable in possible, -variable in possible
                expected = State.FORCED if not can_be_out else State.SELECTABLE if can_be_in else State.EXCLUDED
                assert answer.states[variable - 1] == expected, (choices, variable)
                compared += expected != State.SELECTABLE
    assert compared > 5

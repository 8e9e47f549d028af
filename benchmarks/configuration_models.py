"""Configuration models made at random but satisfiable, of any size, and sessions of clicks on them."""

import random

from engine.configure.build import RuleBuilder, exactly
from engine.configure.choices import Choice
from engine.configure.formula import AtMost, Formula, at_most, either, holds
from engine.configure.program import Constraint, ConstraintKind, Element, Group, Model
from engine.configure.solver import ModelSolver
from engine.source import Span

CARDINALITIES = ((1, 1), (1, 1), (0, 1), (0, 3), (1, 4))


def generate(seed: int, options: int = 400, rules: int = 500, sums: int = 10, group_size: int = 10) -> Model:
    """A model whose rules all hold for a hidden configuration, so that it has one.

    Of the rules 35 % are `a requires b`, 35 % exclude two options, the rest are implications between three. Sums
    weigh 60 options with 5 to 100 each, and leave room for about an eighth of the total.
    """
    rng = random.Random(seed)
    groups = [list(range(1 + start, 1 + start + group_size)) for start in range(0, options, group_size)]
    limits = [rng.choice(CARDINALITIES) for _ in groups]
    hidden: set[int] = set()
    for variables, (least, _) in zip(groups, limits, strict=True):
        hidden.update(rng.sample(variables, max(1, least) if rng.random() < 0.6 else least))
    formulas = _rules(rng, options, rules, hidden)
    formulas += [_sum(rng, options, hidden) for _ in range(sums)]
    return _model(seed, groups, limits, formulas)


def _rules(rng: random.Random, options: int, count: int, hidden: set[int]) -> list[Formula]:
    found: list[Formula] = []
    while len(found) < count:
        a, b, c = rng.sample(range(1, options + 1), 3)
        rule = rng.choices(
            (either(-a, b), either(-a, -b), either(-a, -b, c), either(-a, b, c)), (0.35, 0.35, 0.15, 0.15)
        )[0]
        if holds(rule, hidden.__contains__):
            found.append(rule)
    return found


def _sum(rng: random.Random, options: int, hidden: set[int]) -> AtMost:
    weights = [(rng.randint(5, 100), variable) for variable in rng.sample(range(1, options + 1), 60)]
    needed = sum(weight for weight, variable in weights if variable in hidden)
    formula = at_most(weights, max(needed, sum(weight for weight, _ in weights) * 12 // 100) + 20)
    assert isinstance(formula, AtMost)
    return formula


def _model(seed: int, groups: list[list[int]], limits: list[tuple[int, int]], formulas: list[Formula]) -> Model:
    builder = RuleBuilder()
    builder.variables = groups[-1][-1]
    elements = tuple(
        Element(f"g{number}/o{variable}", f"o{variable}", Span("generated", variable), group=number)
        for number, variables in enumerate(groups)
        for variable in variables
    )
    constraints: list[Constraint] = []
    cardinalities = [exactly(variables, *limit) for variables, limit in zip(groups, limits, strict=True)]
    for number, formula in enumerate([*cardinalities, *formulas]):
        kind = ConstraintKind.CARDINALITY if number < len(groups) else ConstraintKind.CONDITION
        constraints.append(Constraint(f"c{number}", f"c{number}", kind, Span("generated", 1_000 + number), formula))
        builder.require(formula, number)
    made = tuple(
        Group(f"g{number}", f"g{number}", Span("generated", number + 1), tuple(variable - 1 for variable in variables),
              *limit)
        for number, (variables, limit) in enumerate(zip(groups, limits, strict=True))
    )  # fmt: skip
    names = {name: index for index, element in enumerate(elements) for name in (element.label, element.path)}
    name = f"generated {seed}"
    rules = builder.rules(len(elements))
    return Model(name, name, made, (), elements, tuple(constraints), (), (), rules, names)


def clicks(model: Model, seed: int, sessions: int, length: int = 8) -> list[list[Choice]]:
    """The choices after each click of sessions in which a user picks, or at times rules out, what is possible."""
    rng = random.Random(seed)
    solver = ModelSolver(model.rules)
    found: list[list[Choice]] = []
    for _ in range(sessions):
        choices: list[Choice] = []
        literals: list[int] = []
        found.append([])
        for _ in range(length - 1):
            variable = rng.randint(1, len(model.elements))
            wanted = rng.random() < 0.8
            literal = variable if wanted else -variable
            if variable in map(abs, literals) or not solver.satisfiable([*literals, literal], None):
                continue
            literals.append(literal)
            choices = [*choices, Choice(f"o{variable}", wanted)]
            found.append(choices)
    return found

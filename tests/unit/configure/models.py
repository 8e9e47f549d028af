"""Models for tests: from YAML texts, and small ones made at random."""

import random
from dataclasses import dataclass
from itertools import product

from catalog.model import Catalog
from engine.compile.configuration import compile_products
from engine.configure.build import RuleBuilder, exactly
from engine.configure.formula import Formula, at_most, both, either, holds, implies
from engine.configure.program import Constraint, ConstraintKind, Element, Group, Model
from engine.diagnostics import Findings
from engine.load.configuration import load_products
from engine.load.files import RuleFile
from engine.source import Span


@dataclass(frozen=True)
class Compiled:
    """What compiling files gave."""

    models: dict[str, Model]
    findings: Findings


def compile_text(text="", catalog=None, **files):
    """Compile one file `configuration/model.yaml`, and others by name with "__" for a dot."""
    contents = {"model.yaml": text, **{name.replace("__", "."): content for name, content in files.items()}}
    rule_files = {
        f"configuration/{name}": RuleFile(
            f"configuration/{name}", content if isinstance(content, bytes) else content.encode()
        )
        for name, content in contents.items()
        if content
    }
    findings = Findings()
    products = load_products(rule_files, findings)
    models = compile_products(products, rule_files, catalog or Catalog.of(), "v", findings)
    return Compiled(models, findings)


def build_model(groups, formulas, name="random"):
    """A model from groups of (minimum, maximum, size) and formulas over variables counted from 1."""
    builder = RuleBuilder()
    elements, made, constraints = [], [], []
    for number, (minimum, maximum, size) in enumerate(groups):
        indexes = tuple(range(len(elements), len(elements) + size))
        elements += [
            Element(f"g{number}/o{index + 1}", f"o{index + 1}", Span("m", index + 1), group=number) for index in indexes
        ]
        made.append(Group(f"g{number}", f"g{number}", Span("m", number + 1), indexes, minimum, maximum))
    builder.variables = len(elements)
    cardinalities = [exactly([index + 1 for index in group.elements], group.minimum, group.maximum) for group in made]
    for number, formula in enumerate([*cardinalities, *formulas]):
        kind = ConstraintKind.CARDINALITY if number < len(made) else ConstraintKind.CONDITION
        constraints.append(Constraint(f"c{number}", f"c{number}", kind, Span("m", 100 + number), formula))
        builder.require(formula, number)
    names = {element.label: index for index, element in enumerate(elements)}
    names.update({element.path: index for index, element in enumerate(elements)})
    return Model(
        name, name, tuple(made), (), tuple(elements), tuple(constraints), (), (), builder.rules(len(elements)), names
    )


def random_formula(rng: random.Random, size: int) -> Formula:
    def literal():
        return rng.choice((1, -1)) * rng.randint(1, size)

    shape = rng.random()
    if shape < 0.25:
        return implies(literal(), literal())
    if shape < 0.45:
        return either(*(literal() for _ in range(rng.randint(2, 4))))
    if shape < 0.6:
        return implies(both(literal(), literal()), either(literal(), both(literal(), literal())))
    if shape < 0.85:
        count = rng.randint(1, size)
        terms = [(rng.randint(-9, 9), variable) for variable in rng.sample(range(1, size + 1), count)]
        return at_most(terms, rng.randint(-5, 15))
    terms = [(rng.randint(1, 5), literal()) for _ in range(3)]
    return either(literal(), both(at_most(terms, rng.randint(0, 8)), literal()))


def random_model(seed: int) -> Model:
    """Up to ten options in up to four groups, up to eight constraints of all forms."""
    rng = random.Random(seed)
    groups = []
    for _ in range(rng.randint(1, 4)):
        size = rng.randint(1, 4)
        minimum = rng.randint(0, 2 if rng.random() < 0.3 else 1)
        maximum = rng.choice((None, max(1, minimum), size))
        groups.append((min(minimum, size), maximum, size))
    count = sum(size for _, _, size in groups)
    return build_model(groups, [random_formula(rng, count) for _ in range(rng.randint(0, 8))], f"random {seed}")


def whole_configurations(model: Model) -> list[frozenset[int]]:
    """Every valid whole configuration by trying all: sets of true variables, judged by the formulas as written."""
    count = len(model.elements)
    found = []
    for values in product((False, True), repeat=count):
        true = frozenset(variable for variable, value in enumerate(values, 1) if value)
        if all(holds(constraint.formula, true.__contains__) for constraint in model.constraints):
            found.append(true)
    return found

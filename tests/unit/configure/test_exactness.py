"""States, reasons and repairs on thousands of small random models, against trying every configuration."""

import random
from itertools import combinations

import pytest

from engine.configure.answer import State
from engine.configure.choices import Choice
from engine.configure.completion import complete
from engine.configure.configurator import Configurator
from engine.configure.explanation import explain
from engine.configure.formula import holds
from engine.configure.propagation import Propagator
from engine.configure.repair import repair
from engine.configure.validation import validate
from tests.unit.configure.models import random_model, whole_configurations

BATCHES = 20
MODELS_PER_BATCH = 100


def fits(configuration, choices, model):
    return all((model.names[choice.name] + 1 in configuration) == choice.value for choice in choices)


def random_choices(rng, model, most=4):
    count = min(most, len(model.elements))
    indexes = rng.sample(range(len(model.elements)), rng.randint(0, count))
    return [Choice(model.elements[index].label, rng.random() < 0.6) for index in indexes]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_option_both_ways(batch):
    for seed in range(batch * MODELS_PER_BATCH, (batch + 1) * MODELS_PER_BATCH):
        model = random_model(seed)
        rng = random.Random(seed)
        whole = whole_configurations(model)
        configurator = Configurator(model)
        for _ in range(3):
            choices = random_choices(rng, model)
            rest = [found for found in whole if fits(found, choices, model)]
            check_propagation(model, choices, rest)
            answer = configurator.configure(configurator.read(choices))
            assert answer.exact
            assert answer.conflict == (not rest), (seed, choices)
            chosen = {choice.name for choice in choices}
            for index, element in enumerate(model.elements):
                if answer.conflict or element.label in chosen:
                    continue
                can_be_in = any(index + 1 in found for found in rest)
                can_be_out = any(index + 1 not in found for found in rest)
                expected = State.FORCED if not can_be_out else State.SELECTABLE if can_be_in else State.EXCLUDED
                assert answer.state(element.label) == expected, (seed, choices, element.label)


def check_propagation(model, choices, rest):
    """Propagation decides nothing that some configuration contradicts, and sees no conflict that is none."""
    literals = [(model.names[choice.name] + 1) * (1 if choice.value else -1) for choice in choices]
    run = Propagator(model.rules).run(literals)
    if run.conflict is not None:
        assert not rest
        return
    for literal in run.decided():
        if abs(literal) <= len(model.elements):
            assert all((literal > 0) == (literal in found) for found in rest), (model.product, choices, literal)


def possible(model, constraints, choices, extra=()):
    """Whether some assignment holds the constraints and choices, by trying all."""
    count = len(model.elements)
    for bits in range(2**count):
        true = {variable for variable in range(1, count + 1) if bits >> (variable - 1) & 1}
        wanted = all((abs(literal) in true) == (literal > 0) for literal in extra)
        if wanted and fits(true, choices, model) and all(holds(one.formula, true.__contains__) for one in constraints):
            return True
    return False


@pytest.mark.parametrize("batch", range(10))
def test_reasons_are_minimal(batch):
    explained = 0
    for seed in range(batch * 30, (batch + 1) * 30):
        model = random_model(seed)
        rng = random.Random(seed)
        configurator = Configurator(model)
        choices = random_choices(rng, model)
        chosen = configurator.read(choices)
        answer = configurator.configure(chosen)
        for index, element in enumerate(model.elements):
            if answer.conflict or element.label in {choice.name for choice in choices}:
                continue
            found = explain(configurator, chosen, index)
            if answer.states[index] == State.SELECTABLE:
                assert found is None
                continue
            assert found is not None
            forced, reason = found
            assert forced == (answer.states[index] == State.FORCED)
            wanted = (-(index + 1) if forced else index + 1,)
            explained += 1
            assert not possible(model, reason.constraints, reason.choices, wanted)
            for member in reason.constraints:
                rest = [constraint for constraint in reason.constraints if constraint is not member]
                assert possible(model, rest, reason.choices, wanted), (seed, element.label, member)
            for member in reason.choices:
                rest = [choice for choice in reason.choices if choice is not member]
                assert possible(model, reason.constraints, rest, wanted), (seed, element.label, member)
    assert explained > 10


@pytest.mark.parametrize("batch", range(10))
def test_repairs_are_all_the_smallest(batch):
    repaired = 0
    for seed in range(batch * 60, (batch + 1) * 60):
        model = random_model(seed)
        whole = whole_configurations(model)
        configurator = Configurator(model)
        choices = random_choices(random.Random(seed), model, most=7)
        found = repair(configurator, configurator.read(choices))
        if any(fits(configuration, choices, model) for configuration in whole):
            assert found is None
            continue
        assert found is not None
        assert found.complete
        assert not possible(model, found.conflict.constraints, found.conflict.choices)
        expected = set()
        for size in range(len(choices) + 1):
            expected = {
                frozenset(map(str, given_up))
                for given_up in combinations(choices, size)
                if any(fits(one, [c for c in choices if c not in given_up], model) for one in whole)
            }
            if expected:
                break
        assert {frozenset(map(str, given_up)) for given_up in found.give_up} == expected, seed
        repaired += bool(expected)
    assert repaired > 5


@pytest.mark.parametrize("batch", range(5))
def test_completions_are_valid_and_keep_the_choices(batch):
    for seed in range(batch * 60, (batch + 1) * 60):
        model = random_model(seed)
        configurator = Configurator(model)
        choices = random_choices(random.Random(seed), model)
        found = complete(configurator, configurator.read(choices))
        rest = [one for one in whole_configurations(model) if fits(one, choices, model)]
        assert (found is None) == (not rest)
        if found is not None:
            quantities = {item.element: item.quantity for item in found.items}
            assert not validate(model, quantities).broken
            assert frozenset(index + 1 for index in quantities) in rest

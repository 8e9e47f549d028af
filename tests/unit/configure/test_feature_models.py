"""UVL and DIMACS: core and dead features, numbers of configurations, mistakes in files."""

import random
import time
from pathlib import Path

import pytest
import yaml

from engine.compile.feature_model import compile_feature_model
from engine.configure.answer import State
from engine.configure.build import RuleBuilder
from engine.configure.configurator import Configurator
from engine.configure.counting import count_configurations
from engine.configure.formula import at_most, either
from engine.configure.solver import OutOfTimeError
from engine.diagnostics import Findings
from engine.load.dimacs import read_dimacs
from engine.load.uvl import read_uvl
from tests.unit.configure.models import random_model, whole_configurations

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/configure/feature_models.yaml").read_text(encoding="utf-8"))
READERS = {"uvl": read_uvl, "dimacs": read_dimacs}


def read(case):
    findings = Findings()
    kind = next(kind for kind in READERS if kind in case)
    return READERS[kind](case[kind], f"model.{kind}", findings), findings


@pytest.mark.parametrize("case", [case for case in CASES if "findings" not in case], ids=lambda case: case["case"])
def test_core_dead_and_number(case):
    source, findings = read(case)
    assert source is not None, [finding.message for finding in findings]
    model = compile_feature_model(source, "1")
    configurator = Configurator(model)
    answer = configurator.configure(configurator.read(()))
    assert answer.with_state(State.FORCED) == case["core"]
    assert answer.with_state(State.EXCLUDED) == case["dead"]
    assert count_configurations(model.rules) == case["configurations"]


@pytest.mark.parametrize("case", [case for case in CASES if "findings" in case], ids=lambda case: case["case"])
def test_mistakes(case):
    source, findings = read(case)
    assert source is None
    assert [f"{found.span}: {found.message}" + (f" ({found.hint})" if found.hint else "") for found in findings] == (
        case["findings"]
    )


@pytest.mark.parametrize("batch", range(4))
def test_counts_agree_with_trying_all(batch):
    for seed in range(batch * 100, (batch + 1) * 100):
        model = random_model(seed)
        assert count_configurations(model.rules) == len(whole_configurations(model)), seed


def test_large_trees_are_counted_by_their_parts():
    builder = RuleBuilder()
    for _ in range(300):
        one, two, three = (builder.variable() for _ in range(3))
        builder.require(either(one, two, three), 0)
        builder.require(at_most([(1, one), (1, two), (1, three)], 2), 1)
    assert count_configurations(builder.rules(900), time.perf_counter() + 20) == 6**300


def test_what_hangs_together_too_closely_is_told():
    rng = random.Random(1)
    builder = RuleBuilder()
    variables = [builder.variable() for _ in range(300)]
    for _ in range(600):
        builder.require(either(*(rng.choice((1, -1)) * variable for variable in rng.sample(variables, 3))), 0)
    with pytest.raises(OutOfTimeError):
        count_configurations(builder.rules(300), time.perf_counter() + 0.3)

"""A PC from the real part lists: a whole PC from three choices, the cheapest, and why a part is excluded."""

import time
from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from engine.compile import load_snapshot
from engine.configure.answer import State
from engine.configure.choices import Choice
from engine.configure.completion import cheapest, complete
from engine.configure.explanation import explain
from engine.configure.repair import repair
from engine.configure.validation import validate

ROOT = Path(__file__).parents[3]
PARTS = ROOT / "../shared/data/pc-parts"

pytestmark = pytest.mark.skipif(not PARTS.is_dir(), reason="the PC part lists are not beside the repository")


@pytest.fixture(scope="module")
def pc():
    return load_snapshot(ROOT / "rules/pc-parts", read_catalog(PARTS).usable()).configuration["PC"]


def part(pc, group, name):
    return next(one.path for one in pc.model.elements if one.path.startswith(f"{group}/") and name in one.label)


@pytest.fixture(scope="module")
def three(pc):
    wanted = (("cpu", "Ryzen 7 9800X3D"), ("video", "MSI SHADOW 3X OC"), ("case", "NZXT H5 Flow"))
    return pc.read([Choice(part(pc, *one)) for one in wanted])


def labels(pc, whole):
    return {pc.model.elements[item.element].path.split("/")[0]: pc.model.elements[item.element] for item in whole.items}


def test_there_are_thousands_of_parts(pc):
    assert len(pc.model.elements) > 9_000
    assert max(len(group.elements) for group in pc.model.groups) > 2_500


def test_a_whole_pc_from_three_choices(pc, three):
    whole = complete(pc, three)
    assert not validate(pc.model, {item.element: item.quantity for item in whole.items}).broken
    assert {"cpu", "motherboard", "memory", "video", "storage", "case", "power"} <= labels(pc, whole).keys()


def test_the_cheapest_pc_with_three_choices(pc, three):
    whole = cheapest(pc, three, "USD", deadline=time.perf_counter() + 60)
    assert whole.proved
    assert whole.total == whole.bound
    assert not validate(pc.model, {item.element: item.quantity for item in whole.items}).broken
    # No part of it can be had cheaper by changing it alone.
    chosen = {item.element for item in whole.items}
    for index in chosen:
        element = pc.model.elements[index]
        if element.group < 0 or any(index + 1 in literals for literals in three.literals):
            continue
        for other in pc.model.groups[element.group].elements:
            if pc.model.elements[other].prices[0].amount < element.prices[0].amount:
                assert validate(pc.model, dict.fromkeys(chosen - {index} | {other}, 1)).broken


def test_why_a_board_and_a_supply_are_excluded(pc, three):
    forced, reason = explain(pc, three, pc.model.names[part(pc, "motherboard", "B760")])
    assert not forced
    assert [constraint.id for constraint in reason.constraints] == ["group cpu", "socket"]
    assert [str(choice) for choice in reason.choices] == [three.choices[0].name]
    weak = next(
        index
        for index, element in enumerate(pc.model.elements)
        if element.path.startswith("power/") and pc.configure(three).states[index] == State.EXCLUDED
    )
    _, reason = explain(pc, three, weak)
    assert {constraint.id for constraint in reason.constraints} == {"group power", "power"}
    assert len(reason.choices) == 2


def test_exact_states_agree_with_completions(pc, three):
    answer = pc.configure(three)
    assert answer.exact
    propagated = pc.configure(three, exact=False)
    assert all(
        exact == State.EXCLUDED
        for exact, fast in zip(answer.states, propagated.states, strict=True)
        if fast == State.EXCLUDED
    )
    models = pc.worker.models
    for index in range(0, len(pc.model.elements), 150):
        can_be_in = models.satisfiable([*three.assumed, index + 1], None)
        assert can_be_in == (answer.states[index] != State.EXCLUDED), pc.model.elements[index].path


def test_a_board_for_another_socket_is_a_conflict_with_its_repairs(pc, three):
    choices = [*three.choices, Choice(part(pc, "motherboard", "B760"))]
    found = repair(pc, pc.read(choices))
    assert set(found.give_up) == {(choices[0],), (choices[3],)}

"""The configurator around its solver: dates, context, deadlines, cache, first clicks, threads, bad choices."""

import threading
import time
from datetime import date
from decimal import Decimal

import pytest

from benchmarks.configuration_models import clicks, generate
from engine.configure.answer import SetBy, State
from engine.configure.build import RuleBuilder
from engine.configure.choices import Choice, ChoicesRejectedError
from engine.configure.completion import cheapest, complete
from engine.configure.configurator import Configurator
from engine.configure.explanation import explain, why_conflict
from engine.configure.formula import either
from engine.configure.program import Constraint, ConstraintKind, Element, Group, Model
from engine.configure.repair import repair
from engine.configure.solver import QUICK_SECONDS, OutOfTimeError
from engine.source import Span
from tests.unit.configure.models import compile_text

DATED = """
product: phone
groups:
  - id: case
    min: 1
    max: 1
    options:
      - {id: leather, valid: {to: 2025-12-31}}
      - {id: cork, valid: {from: 2026-01-01}}
      - {id: steel}
attributes:
  - {id: country, type: choice, values: [DE, US], context: true, required: false}
constraints:
  - {id: no-steel-in-summer, valid: {from: 2026-06-01, to: 2026-08-31}, must: not(steel)}
  - {id: no-cork-in-us, message: cork is not shipped to the US, when: country = "US", must: not(cork)}
"""


@pytest.fixture(scope="module")
def phone():
    return Configurator(compile_text(DATED).models["phone"])


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        (None, {"leather", "cork", "steel"}),
        (date(2025, 12, 31), {"leather", "steel"}),
        (date(2026, 1, 1), {"cork", "steel"}),
        (date(2026, 8, 31), {"cork"}),
        (date(2026, 9, 1), {"cork", "steel"}),
    ],
)
def test_validity_on_a_day(phone, day, possible):
    answer = phone.configure(phone.read((), day))
    left = {path.removeprefix("case/") for path in answer.with_state(State.SELECTABLE, State.FORCED)}
    assert left - {"country=DE", "country=US"} == possible


def test_the_reason_of_a_date_names_it(phone):
    chosen = phone.read((), date(2026, 1, 1))
    forced, reason = explain(phone, chosen, phone.model.names["leather"])
    assert not forced
    assert reason.lines() == ["leather is sold until 2025-12-31 (configuration/model.yaml:8:9)"]


def test_context_is_named_but_never_given_up(phone):
    chosen = phone.read([Choice("cork"), Choice("country", "US", fixed=True)], date(2026, 9, 1))
    assert phone.configure(chosen).conflict
    found = repair(phone, chosen)
    assert found.give_up == ((Choice("cork"),),)
    assert found.conflict.lines() == [
        "cork is not shipped to the US (configuration/model.yaml:15:5)",
        "chosen: cork",
        "chosen: country = US",
    ]


def test_nothing_to_give_up_where_the_context_alone_contradicts(phone):
    chosen = phone.read([Choice("country", "US", fixed=True)], date(2026, 7, 1))
    found = repair(phone, chosen)
    assert found.give_up == ()
    assert found.complete


def test_who_set_it(phone):
    answer = phone.configure(phone.read([Choice("country", "US", fixed=True), Choice("steel")]))
    assert answer.who("country=US") == SetBy.CONTEXT
    assert answer.who("steel") == SetBy.USER
    assert answer.who("leather") == SetBy.INFERRED


def test_bad_choices_are_told_whole(phone):
    choices = [Choice("lether"), Choice("steel", quantity=2), Choice("country", "FR"), Choice("steal", False)]
    with pytest.raises(ChoicesRejectedError) as caught:
        phone.read(choices)
    assert [(problem.position, problem.message) for problem in caught.value.problems] == [
        (0, "phone has no option or attribute 'lether'; did you mean 'leather'?"),
        (1, "steel: the quantity is always 1, found 2"),
        (2, "country: expected one of DE, US, found 'FR'"),
        (3, "phone has no option or attribute 'steal'; did you mean 'steel'?"),
    ]


def test_answers_do_not_depend_on_the_cache_or_on_order():
    model = generate(7, options=100, rules=120, sums=3)
    first, second = Configurator(model), Configurator(model)
    assert first.precompute(seconds=10) == 101
    for choices in clicks(model, 7, 10):
        one = first.configure(first.read(choices))
        other = second.configure(second.read(tuple(reversed(choices))), cached=False)
        assert (one.states, one.set_by) == (other.states, other.set_by)
        assert first.configure(first.read(tuple(reversed(choices)))) is one


def test_threads_share_a_configurator():
    model = generate(8, options=100, rules=120, sums=3)
    configurator = Configurator(model)
    sessions = clicks(model, 8, 12)
    expected = [Configurator(model).configure(configurator.read(choices)).states for choices in sessions]
    wrong = []

    def work():
        wrong.extend(
            choices
            for choices, states in zip(sessions, expected, strict=True)
            if configurator.configure(configurator.read(choices)).states != states
        )

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def pigeons(count=10):
    """More pigeons than holes: far beyond what any solver proves in a second."""
    builder = RuleBuilder()
    variables = {(bird, hole): builder.variable() for bird in range(count) for hole in range(count - 1)}
    formulas = [either(*(variables[bird, hole] for hole in range(count - 1))) for bird in range(count)]
    formulas += [
        either(-variables[one, hole], -variables[two, hole])
        for hole in range(count - 1)
        for one in range(count)
        for two in range(one)
    ]
    constraints = []
    for number, formula in enumerate(formulas):
        constraints.append(Constraint(f"c{number}", f"c{number}", ConstraintKind.CONDITION, Span("m", number), formula))
        builder.require(formula, number)
    elements = tuple(Element(f"g/o{number}", f"o{number}", Span("m"), group=0) for number in variables.values())
    group = Group("g", "g", Span("m"), tuple(range(len(elements))), 0, None)
    names = {element.path: index for index, element in enumerate(elements)}
    rules = builder.rules(len(elements))
    return Model("pigeons", "1", (group,), (), elements, tuple(constraints), (), (), rules, names)


def test_a_millisecond_gives_what_propagation_sees():
    configurator = Configurator(pigeons(12))
    chosen = configurator.read([Choice("g/o1")])
    configurator.worker.states  # noqa: B018  # made before the clock starts
    started = time.perf_counter()
    answer = configurator.configure(chosen, deadline=started + 0.001)
    assert time.perf_counter() - started < 0.5
    assert not answer.exact
    assert not answer.conflict
    assert answer.state("g/o2") == State.SELECTABLE
    assert answer.state("g/o12") == State.EXCLUDED
    # What was cut short is not kept for those with more time.
    assert configurator.worker.answers.get((chosen.key, frozenset(), True)) is None


def cheapest_in_euro(configurator, chosen, deadline):
    return cheapest(configurator, chosen, "EUR", None, deadline)


@pytest.mark.parametrize("ask", [complete, why_conflict, cheapest_in_euro])
def test_a_deadline_that_passes_is_told(ask):
    configurator = Configurator(pigeons(12))
    started = time.perf_counter()
    with pytest.raises(OutOfTimeError):
        ask(configurator, configurator.read(()), deadline=started + 0.02)
    assert time.perf_counter() - started < 1


def test_little_time_changes_no_answer():
    """With little time left the solver runs on a thread of its own; what it says must be the same."""
    model = generate(9, options=120, rules=150, sums=3)
    configurator = Configurator(model)
    for choices in clicks(model, 9, 6):
        chosen = configurator.read(choices)
        solver = configurator.worker.states
        on_thread = solver.impossible(chosen.assumed, time.perf_counter() + QUICK_SECONDS * 0.9)
        assert on_thread == solver.impossible(chosen.assumed, None)
        contradictory = [*chosen.assumed, *(-literal for literal in chosen.assumed)]
        assert solver.impossible(contradictory, time.perf_counter() + QUICK_SECONDS * 0.9) == (
            None if choices else solver.impossible((), None)
        )


def test_a_group_of_thousands_is_exact_beyond_the_quick_limit():
    """Each model shows one option of a group of a single choice, so that thousands of models are needed."""
    options = ", ".join(f"{{id: o{number}, attributes: {{w: {number}}}}}" for number in range(3_000))
    text = f"""
product: pile
groups:
  - {{id: one, min: 1, max: 1, options: [{options}]}}
  - {{id: two, min: 1, max: 1, options: [{{id: light, attributes: {{w: 0}}}}, {{id: heavy, attributes: {{w: 500}}}}]}}
constraints:
  - {{id: limit, must: sum(one.w) + sum(two.w) <= 2999}}
"""
    configurator = Configurator(compile_text(text).models["pile"])
    answer = configurator.configure(configurator.read([Choice("heavy")]))
    assert answer.exact
    assert answer.with_state(State.EXCLUDED) == ["one/o2500", *(f"one/o{n}" for n in range(2501, 3000)), "two/light"]


def test_a_hard_model_is_solved_without_a_deadline():
    answer = Configurator(pigeons(8)).configure(Configurator(pigeons(8)).read(()))
    assert answer.conflict


def test_repairs_of_decimal_attributes():
    text = """
product: desk
attributes:
  - {id: width, type: number, min: 1, max: 2, step: 0.25}
  - {id: depth, type: number, min: 1, max: 2, step: 0.25}
constraints:
  - {id: area, must: width + depth <= 2.5}
"""
    configurator = Configurator(compile_text(text).models["desk"])
    choices = [Choice("width", Decimal("1.5")), Choice("depth", Decimal("1.25"))]
    found = repair(configurator, configurator.read(choices))
    assert {given_up[0].name for given_up in found.give_up} == {"width", "depth"}
    assert found.conflict.lines() == [
        "width + depth <= 2.5 (configuration/model.yaml:7:5)", "chosen: width = 1.5", "chosen: depth = 1.25",
    ]  # fmt: skip

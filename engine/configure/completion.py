"""Completion: a partial configuration to a whole valid one, any that keeps the defaults, or the cheapest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.configure.answer import Answer, SetBy, State
from engine.configure.build import MAX_INTEGER
from engine.configure.choices import Chosen
from engine.configure.configurator import Configurator
from engine.configure.formula import Literal
from engine.configure.program import Element, Model
from engine.configure.solver import CostSolver, OutOfTimeError
from engine.money import ZERO


class PriceRangeError(ValueError):
    """Prices that the solver's integers cannot hold."""


@dataclass(frozen=True, slots=True)
class Item:
    """An option of a whole configuration, or a value of an attribute (its quantity is 1)."""

    element: int
    quantity: int


@dataclass(frozen=True, slots=True)
class WholeConfiguration:
    """A valid whole configuration.

    Attributes:
        items: chosen options and values, in the model's order.
        currency: of the amounts; "" where no price was asked for.
        total: price of the items at catalogue prices.
        bound: no valid whole configuration costs less.
        proved: it is the cheapest.
        unpriced: indexes of chosen options without a price in the currency; they count as zero.
    """

    items: tuple[Item, ...]
    currency: str = ""
    total: Decimal = ZERO
    bound: Decimal = ZERO
    proved: bool = False
    unpriced: tuple[int, ...] = ()


def complete(configurator: Configurator, chosen: Chosen, deadline: float | None = None) -> WholeConfiguration | None:
    """Any whole configuration: with what defaults and automatic additions propose; None where there is none.

    Raises:
        OutOfTimeError: the deadline passed.
    """
    answer = configurator.configure(chosen, deadline=deadline)
    if answer.conflict:
        return None
    models = configurator.worker.models
    true = models.model((*chosen.assumed, *_proposed(configurator.model, answer.proposed_by, answer.quantities)),
                        deadline)  # fmt: skip
    if true is None:
        # Proposals were taken without a look at each other's quantities, or propagation alone judged them.
        true = models.model(chosen.assumed, deadline)
    return None if true is None else WholeConfiguration(_items(configurator.model, true))


def cheapest(
    configurator: Configurator,
    chosen: Chosen,
    currency: str,
    day: date | None = None,
    deadline: float | None = None,
) -> WholeConfiguration | None:
    """The cheapest whole configuration by catalogue prices, or the best found until the deadline with a lower bound.

    Raises:
        OutOfTimeError: the deadline passed before any was found.
        PriceRangeError: prices with too many digits for the solver.
    """
    model = configurator.model
    answer = configurator.configure(chosen, deadline=deadline)
    if answer.conflict:
        return None
    prices = [price_on(element, currency, day) for element in model.elements]
    scale = max((-int(price.as_tuple().exponent) for price in prices if price), default=0)
    weights = _weights(model, prices, max(0, scale))
    solvers = configurator.worker.cost_solvers
    name = f"{currency} {day}"
    if name not in solvers:
        solvers.clear()
        solvers[name] = CostSolver(model.rules, weights)
    first = None
    try:
        first = configurator.worker.models.model(chosen.assumed, deadline)
        found = solvers[name].cheapest(chosen.assumed, deadline)
        true, proved = (None, False) if found is None else (found.true, found.proved)
    except OutOfTimeError:
        if first is None:
            raise
        true, proved = first, False
    if true is None:
        return None
    items = _items(model, true)
    total = sum(((prices[item.element] or ZERO) * item.quantity for item in items), ZERO)
    bound = total if proved else lower_bound(answer, prices)
    unpriced = tuple(
        item.element for item in items if prices[item.element] is None and model.elements[item.element].group >= 0
    )
    return WholeConfiguration(items, currency, total, bound, proved or bound == total, unpriced)


def price_on(element: Element, currency: str, day: date | None) -> Decimal | None:
    """The catalogue price of one unit on a day (without a day, the first listed), or None."""
    if element.included:
        return ZERO
    for price in element.prices:
        starts = price.valid_from is None or day is None or price.valid_from <= day
        ends = price.valid_to is None or day is None or day <= price.valid_to
        if price.currency == currency and starts and ends:
            return price.amount
    return None


def lower_bound(answer: Answer, prices: list[Decimal | None]) -> Decimal:
    """What every completion costs at least: options that are in, and the cheapest possible ones of groups in need."""
    model, states = answer.model, answer.states
    given = (SetBy.USER, SetBy.CONTEXT)
    sure = {
        index
        for index, state in enumerate(states)
        if state == State.FORCED or (state == State.SELECTED and answer.set_by[index] in given)
    }

    def cost(index: int, quantity: int) -> Decimal:
        return (prices[index] or ZERO) * quantity

    bound = ZERO
    for index in sure:
        least = answer.quantities.get(index)
        bound += cost(index, least[0] if least else model.elements[index].min_quantity)
    for group in model.groups:
        if group.parent < 0 or group.parent in sure:
            missing = group.minimum - sum(index in sure for index in group.elements)
            open_ = sorted(
                cost(index, model.elements[index].min_quantity)
                for index in group.elements
                if index not in sure and states[index] != State.EXCLUDED
            )
            bound += sum(open_[: max(0, missing)], ZERO)
    return bound


def _weights(model: Model, prices: list[Decimal | None], scale: int) -> list[tuple[int, Literal]]:
    weights: list[tuple[int, Literal]] = []
    for index, (element, price) in enumerate(zip(model.elements, prices, strict=True)):
        if not price:
            continue
        unit = int(price.scaleb(scale))
        if unit * element.min_quantity > MAX_INTEGER:
            raise PriceRangeError(
                f"{element.path}: {price} with {scale} decimals is beyond the solver's range of {MAX_INTEGER:,}"
            )
        weights.append((unit * element.min_quantity, index + 1))
        weights.extend((unit, step) for step in element.ladder)
    return weights


def _proposed(
    model: Model, proposed: Mapping[int, object], quantities: Mapping[int, tuple[int, int, int]]
) -> list[Literal]:
    literals: list[Literal] = [index + 1 for index in proposed]
    for index, (_, _, quantity) in quantities.items():
        element = model.elements[index]
        steps = quantity - element.min_quantity
        literals += [*element.ladder[:steps], *(-step for step in element.ladder[steps:])]
    return literals


def _items(model: Model, true: frozenset[int]) -> tuple[Item, ...]:
    return tuple(
        Item(index, element.min_quantity + sum(step in true for step in element.ladder))
        for index, element in enumerate(model.elements)
        if index + 1 in true
    )

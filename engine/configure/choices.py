"""What a user has chosen so far, in words of the request, and as literals of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalog.product import AttributeValue
from engine.configure.formula import Literal
from engine.configure.program import Attribute, AttributeKind, Element, Model
from engine.diagnostics import did_you_mean
from engine.money import plain, to_decimal


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a user, or the context of a request, has set.

    Attributes:
        name: path or short name of an option, or path of an attribute.
        value: True chooses an option, False rules it out; the value of an attribute.
        quantity: of a chosen option; None leaves it open.
        fixed: given by the context: never proposed to be given up.
    """

    name: str
    value: bool | AttributeValue = True
    quantity: int | None = None
    fixed: bool = False

    def __str__(self) -> str:
        if self.value is True:
            return self.name if self.quantity is None else f"{self.quantity} x {self.name}"
        if self.value is False:
            return f"not {self.name}"
        return f"{self.name} = {shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A choice that does not fit the model: its position, and what is wrong with it."""

    position: int
    message: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """Choices as the engine uses them.

    Attributes:
        choices: as given.
        literals: for each choice its literals.
        assumed: all literals, those of the date before them.
        key: names the whole for a cache.
    """

    choices: tuple[Choice, ...]
    literals: tuple[tuple[Literal, ...], ...]
    guards: tuple[Literal, ...]
    assumed: tuple[Literal, ...]
    key: frozenset[Literal] = field(repr=False)


class ChoicesRejectedError(Exception):
    """Choices that the model does not know or cannot take: carries every problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in problems))


def shown(value: AttributeValue | None) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)


class ChoiceReader:
    """Reads choices for one model; made once a model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._attributes = {attribute.path: attribute for attribute in model.attributes}
        self._values: dict[str, Mapping[AttributeValue, int]] = {
            attribute.path: {
                _key(value): index for index in attribute.elements if (value := model.elements[index].value) is not None
            }
            for attribute in model.attributes
        }
        self._guards: dict[date | None, tuple[Literal, ...]] = {}

    def read(self, choices: Sequence[Choice], day: date | None = None) -> Chosen:
        """The choices as literals, on a day.

        Raises:
            ChoicesRejectedError: unknown names, values that an attribute does not have, quantities out of range.
        """
        problems: list[Problem] = []
        literals: list[tuple[Literal, ...]] = []
        for position, choice in enumerate(choices):
            index = self._model.names.get(choice.name)
            if index is not None and isinstance(choice.value, bool):
                literals.append(self._option(position, choice, index, problems))
            else:
                literals.append(self._value(position, choice, problems))
        if problems:
            raise ChoicesRejectedError(problems)
        guards = self._guards_on(day)
        assumed = guards + tuple(literal for group in literals for literal in group)
        return Chosen(tuple(choices), tuple(literals), guards, assumed, frozenset(assumed))

    def _guards_on(self, day: date | None) -> tuple[Literal, ...]:
        if not self._model.dated:
            return ()
        return self._model.guards(day)

    def _option(self, position: int, choice: Choice, index: int, problems: list[Problem]) -> tuple[Literal, ...]:
        element = self._model.elements[index]
        if choice.value is False:
            return (-(index + 1),)
        if choice.quantity is None:
            return (index + 1,)
        if not element.min_quantity <= choice.quantity <= element.max_quantity:
            expected = _range_of(element)
            message = f"{choice.name}: the quantity is {expected}, found {choice.quantity}"
            problems.append(Problem(position, message))
            return ()
        steps = choice.quantity - element.min_quantity
        return (index + 1, *element.ladder[:steps], *(-literal for literal in element.ladder[steps:]))

    def _value(self, position: int, choice: Choice, problems: list[Problem]) -> tuple[Literal, ...]:
        attribute = self._attributes.get(choice.name)
        if attribute is None:
            known = [*self._model.names, *self._attributes]
            hint = did_you_mean(choice.name, known)
            message = f"{self._model.product} has no option or attribute {choice.name!r}" + (
                f"; {hint}" if hint else ""
            )
            problems.append(Problem(position, message, unknown=True))
            return ()
        if attribute.kind is AttributeKind.TEXT:
            if not isinstance(choice.value, str) or len(choice.value) > attribute.max_length:
                message = f"{choice.name}: expected text of at most {attribute.max_length:,} characters"
                problems.append(Problem(position, message))
            return ()
        found = self._values[attribute.path].get(_key(choice.value))
        if found is None:
            message = f"{choice.name}: expected {_expected(attribute, self._model)}, found {shown(choice.value)!r}"
            hint = did_you_mean(shown(choice.value), _texts(attribute, self._model))
            problems.append(Problem(position, message + (f"; {hint}" if hint else "")))
            return ()
        return (found + 1,)


def _key(value: AttributeValue) -> AttributeValue:
    """What values are looked up by: True is not 1, as it would be in a plain dict."""
    return f"\0{value}" if isinstance(value, bool) else value


def _texts(attribute: Attribute, model: Model) -> list[str]:
    return [shown(model.elements[index].value) for index in attribute.elements]


def _expected(attribute: Attribute, model: Model) -> str:
    texts = _texts(attribute, model)
    if len(texts) > 12:
        return f"one of {', '.join(texts[:3])} ... {texts[-1]}"
    return f"one of {', '.join(texts)}"


def _range_of(element: Element) -> str:
    if element.min_quantity == element.max_quantity:
        return f"always {element.min_quantity}"
    return f"{element.min_quantity} to {element.max_quantity}"


def choice_of_text(text: str, model: Model) -> Choice:
    """What a person typed as a choice: `CPU-16`, `2 x CPU-16`, `not CPU-16`, `rack_depth = 800`."""
    if text in model.names:
        return Choice(text)
    if text.startswith("not "):
        return Choice(text.removeprefix("not ").strip(), False)
    name, equals, value = text.partition("=")
    if equals:
        return Choice(name.strip(), _value(value.strip(), name.strip(), model))
    count, times, name = text.partition(" x ")
    if times and count.strip().isdigit() and len(count) < 10:
        return Choice(name.strip(), True, int(count))
    return Choice(text)


def _value(text: str, name: str, model: Model) -> str | bool | Decimal:
    kind = next((attribute.kind for attribute in model.attributes if attribute.path == name), None)
    if kind is AttributeKind.BOOLEAN and text in ("true", "false", "yes", "no"):
        return text in ("true", "yes")
    if kind is AttributeKind.NUMBER:
        try:
            return to_decimal(text)
        except ValueError:
            return text
    return text

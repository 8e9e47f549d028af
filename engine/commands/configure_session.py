"""A person walked through a configuration: what they type becomes choices, and the answer becomes lines of text."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date

from engine.configure.answer import Answer, SetBy, State
from engine.configure.choices import Choice, ChoicesRejectedError, choice_of_text, shown
from engine.configure.completion import PriceRangeError, WholeConfiguration, cheapest, complete
from engine.configure.configurator import Configurator
from engine.configure.explanation import explain, why_conflict
from engine.configure.program import AttributeKind, Group, Model
from engine.configure.repair import repair
from engine.configure.solver import OutOfTimeError
from engine.diagnostics import did_you_mean

SECONDS = 10.0
"""What one answer may take."""
MAX_SHOWN = 15
"""Options of a group shown in one view; `show GROUP` shows all."""

HELP = """\
  OPTION              choose it: CPU-16, or 2 x MEM-032 for a quantity
  not OPTION          rule it out
  ATTRIBUTE = VALUE   set a value: rack_depth = 800
  undo NAME           take a choice back
  why NAME            why an option is excluded or forced
  show [GROUP]        what is still possible
  complete            a whole configuration with the defaults
  cheapest CURRENCY   the cheapest whole configuration
  quit                end
"""

_MARKS = {State.SELECTED: "[x]", State.FORCED: "[x]", State.SELECTABLE: "[ ]", State.EXCLUDED: " - ",
          State.UNDETERMINED: " ? "}  # fmt: skip
_WHO = {SetBy.USER: "your choice", SetBy.DEFAULT: "default", SetBy.INFERRED: "follows", SetBy.CONTEXT: "given"}


class ConfigureSession:
    """One person's choices on one model."""

    def __init__(self, configurator: Configurator, day: date | None = None) -> None:
        self._configurator = configurator
        self._model = configurator.model
        self._day = day
        self.choices: list[Choice] = []

    def say(self, line: str) -> Iterator[str]:
        """Lines that answer what was typed; bad input changes nothing and is told."""
        words = line.split()
        if not words:
            return
        command, rest = words[0], line.strip()[len(words[0]) :].strip()
        try:
            if command == "help":
                yield HELP.rstrip()
            elif command == "show":
                yield from self.overview(rest)
            elif command == "why" and rest:
                yield from self.why(rest)
            elif command == "undo" and rest:
                yield from self._undo(rest)
            elif line.strip() == "complete":
                yield from self._whole("")
            elif command == "cheapest" and rest:
                yield from self._whole(rest.upper())
            else:
                yield from self._choose(choice_of_text(line.strip(), self._model))
        except ChoicesRejectedError as error:
            for problem in error.problems:
                yield f"  {problem.message}"
        except OutOfTimeError:
            yield f"  no answer within {SECONDS:g} seconds"
        except PriceRangeError as error:
            yield f"  {error}"

    def _choose(self, choice: Choice) -> Iterator[str]:
        after = [kept for kept in self.choices if kept.name != choice.name] + [choice]
        yield from self._changed(after)

    def _undo(self, name: str) -> Iterator[str]:
        after = [kept for kept in self.choices if kept.name != name]
        if len(after) == len(self.choices):
            chosen = ", ".join(str(choice) for choice in self.choices) or "nothing"
            yield f"  you did not choose {name!r}; chosen: {chosen}"
            return
        yield from self._changed(after)

    def _changed(self, after: list[Choice]) -> Iterator[str]:
        """Answer with what is different now, or with the ways out of a contradiction, which is not entered."""
        before = self._answer(self.choices)
        answer = self._answer(after)
        if answer.conflict:
            yield from self._conflict(after)
            return
        self.choices = after
        spoken = set(before.spoken)
        for index, (old, new) in enumerate(zip(before.states, answer.states, strict=True)):
            if old != new and index not in answer.hidden:
                yield f"  {_line(answer, index)}"
        for rule in answer.spoken:
            if rule not in spoken:
                yield f"  {rule.action.value}: {rule.text}"

    def _conflict(self, after: list[Choice]) -> Iterator[str]:
        found = repair(self._configurator, self._configurator.read(after, self._day), _deadline())
        assert found is not None
        yield "  that contradicts:"
        for line in found.conflict.lines():
            yield f"    {line}"
        new = after[-1]
        for given_up in found.give_up:
            if new not in given_up:
                yield f"  it would do to give up {' and '.join(map(str, given_up))}"

    def _answer(self, choices: Sequence[Choice]) -> Answer:
        return self._configurator.configure(self._configurator.read(choices, self._day), deadline=_deadline())

    def why(self, name: str) -> Iterator[str]:
        """Why an option is as it is."""
        if name not in self._model.names:
            hint = did_you_mean(name, self._model.names)
            yield f"  {self._model.product} has no option or value {name!r}" + (f"; {hint}" if hint else "")
            return
        chosen = self._configurator.read(self.choices, self._day)
        found = explain(self._configurator, chosen, self._model.names[name], _deadline())
        if found is None:
            yield f"  {name} can be chosen, and need not be"
            return
        yield f"  {name} {'must be in' if found[0] else 'is excluded'} because:"
        for line in found[1].lines():
            yield f"    {line}"

    def overview(self, group: str = "") -> Iterator[str]:
        """The state of everything, or of one group or attribute in full."""
        answer = self._answer(self.choices)
        if answer.conflict:
            reason = why_conflict(self._configurator, self._configurator.read(self.choices, self._day), _deadline())
            assert reason is not None
            yield "  nothing can be configured:"
            yield from (f"    {line}" for line in reason.lines())
            return
        for item in self._model.groups:
            if group in ("", item.path) and not answer.hidden.issuperset(item.elements):
                yield f"{item.label or item.path} ({_limits(item)})"
                yield from _elements(answer, item.elements, in_full=bool(group))
        for attribute in self._model.attributes:
            if group in ("", attribute.path) and attribute.kind is not AttributeKind.TEXT:
                yield attribute.label
                yield from _elements(answer, attribute.elements, in_full=bool(group))
        if not group:
            yield from (f"{rule.action.value}: {rule.text}" for rule in answer.spoken)

    def _whole(self, currency: str) -> Iterator[str]:
        chosen = self._configurator.read(self.choices, self._day)
        if currency:
            whole = cheapest(self._configurator, chosen, currency, self._day, _deadline())
        else:
            whole = complete(self._configurator, chosen, _deadline())
        assert whole is not None, "choices that contradict each other are not entered"
        yield from whole_lines(self._model, whole)


def whole_lines(model: Model, whole: WholeConfiguration) -> Iterator[str]:
    """A whole configuration as text."""
    for item in whole.items:
        element = model.elements[item.element]
        if element.group >= 0:
            yield f"  {item.quantity} x {element.path}  {element.label}"
        else:
            yield f"  {model.attributes[element.attribute].path} = {shown(element.value)}"
    if whole.currency:
        told = "the cheapest" if whole.proved else f"the best found; none costs less than {whole.bound}"
        yield f"  {whole.total} {whole.currency} ({told})"
        if whole.unpriced:
            yield f"  without a price: {', '.join(model.elements[index].path for index in whole.unpriced)}"


def _elements(answer: Answer, elements: Sequence[int], *, in_full: bool) -> Iterator[str]:
    """The options of a group; those that are out come last, and few of many."""
    visible = [index for index in elements if index not in answer.hidden]
    if not in_full and len(visible) > MAX_SHOWN:
        order = {State.SELECTED: 0, State.FORCED: 0, State.SELECTABLE: 1}
        visible.sort(key=lambda index: order.get(State(answer.states[index]), 2))
        left = sum(answer.states[index] != State.EXCLUDED for index in visible)
        yield from (f"  {_line(answer, index)}" for index in visible[:MAX_SHOWN])
        yield f"  ... of {len(visible):,}, {left:,} are possible"
        return
    yield from (f"  {_line(answer, index)}" for index in visible)


def _line(answer: Answer, index: int) -> str:
    """One option: its state, who set it, and why where propagation knows."""
    element = answer.model.elements[index]
    state = State(answer.states[index])
    quantity = answer.quantities.get(index)
    count = f" x {quantity[2]} ({quantity[0]} to {quantity[1]})" if quantity else ""
    label = f"  {element.label}" if element.label not in element.path else ""
    told = _WHO.get(SetBy(answer.set_by[index]), "")
    owner = answer.direct.get(index)
    if owner is not None:
        told = answer.model.constraints[owner].text
    return f"{_MARKS[state]} {element.path}{count}{label}" + (f"  <- {told}" if told else "")


def _limits(group: Group) -> str:
    if group.maximum is None:
        return f"at least {group.minimum}" if group.minimum else "any number"
    if group.minimum == group.maximum:
        return f"exactly {group.minimum}"
    return f"at most {group.maximum}" if not group.minimum else f"{group.minimum} to {group.maximum}"


def _deadline() -> float:
    return time.perf_counter() + SECONDS

"""What the engine says about a partial configuration: the state of every option and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from engine.configure.program import Model, SoftRule


class State(IntEnum):
    """What can be said of an option or a value.

    UNDETERMINED is the answer where the choices contradict each other: nothing can be completed then.
    """

    SELECTABLE = 0
    SELECTED = 1
    FORCED = 2
    EXCLUDED = 3
    UNDETERMINED = 4


class SetBy(IntEnum):
    """Who decided it."""

    NOBODY = 0
    USER = 1
    DEFAULT = 2
    INFERRED = 3
    CONTEXT = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """States of all elements; shared by requests with the same choices, so never changed.

    Attributes:
        model: what was configured.
        states: `State` of each element.
        set_by: `SetBy` of each element.
        exact: every selectable element can be completed to a valid whole, and no other can; False where only what
            propagation sees was computed.
        conflict: the choices cannot all hold.
        direct: for elements decided by propagation, the index of the constraint that decided them.
        proposed_by: for elements proposed by a default or an automatic addition, that rule.
        quantities: for selected and forced options with a choice of quantity: least and greatest possible, and the
            one set or proposed.
        spoken: soft rules whose condition holds.
        hidden: elements not to be shown.
    """

    model: Model = field(repr=False)
    states: bytes
    set_by: bytes
    exact: bool
    conflict: bool
    direct: Mapping[int, int]
    proposed_by: Mapping[int, SoftRule]
    quantities: Mapping[int, tuple[int, int, int]]
    spoken: tuple[SoftRule, ...]
    hidden: frozenset[int]

    def state(self, name: str) -> State:
        """State of an option or value by path or short name."""
        return State(self.states[self.model.names[name]])

    def who(self, name: str) -> SetBy:
        """Who set an option or value."""
        return SetBy(self.set_by[self.model.names[name]])

    def with_state(self, *states: State) -> list[str]:
        """Paths of the elements in any of the states."""
        wanted = frozenset(states)
        return [
            element.path for element, state in zip(self.model.elements, self.states, strict=True) if state in wanted
        ]

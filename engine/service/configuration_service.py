"""ConfigurationService: choices in; states, reasons, repairs and whole configurations out."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quotewright.v1 import configuration_pb2, configuration_service_pb2
from quotewright.v1 import configuration_service_pb2 as pb

from engine.configure.answer import Answer, State
from engine.configure.choices import ChoicesRejectedError, Chosen
from engine.configure.completion import PriceRangeError, cheapest, complete, price_on
from engine.configure.configurator import Configurator
from engine.configure.explanation import Reason, explain, why_conflict
from engine.configure.repair import repair
from engine.configure.solver import OutOfTimeError
from engine.configure.validation import validate
from engine.diagnostics import did_you_mean
from engine.service.errors import DeadlinePassedError, NotFoundError, to_status
from engine.service.method import Service, TimeLeft
from engine.snapshot import Snapshot, SnapshotHolder
from engine.wire.read_configuration import (
    DEFAULT_LIMIT_MS,
    RequestedConfiguration,
    add_problems,
    read_choice,
    read_configuration,
    read_limit,
)
from engine.wire.read_quote import read_currency
from engine.wire.violations import Reason as WrongBecause
from engine.wire.violations import RequestRejectedError, Violations
from engine.wire.write_configuration import (
    WhyDecided,
    write_answer,
    write_choice,
    write_notices,
    write_reason,
    write_reference,
    write_whole,
)

AT = "configuration"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as read: whose model, what is chosen, and until when."""

    configurator: Configurator
    requested: RequestedConfiguration
    chosen: Chosen
    deadline: float


class ConfigurationService:
    """Configures on the snapshot that is current when a call begins; a session stays on the one it began on."""

    def __init__(self, holder: SnapshotHolder, max_seconds: float = math.inf) -> None:
        """No call works longer than `max_seconds`, whatever it asks for."""
        self._holder = holder
        self._max_seconds = max_seconds

    def service(self) -> Service:
        """The methods by name."""
        name = pb.DESCRIPTOR.services_by_name["ConfigurationService"].full_name
        unary = {
            "Configure": self.configure,
            "Explain": self.explain,
            "Repair": self.repair,
            "Complete": self.complete,
            "Validate": self.validate,
        }
        return Service(name, unary, {"Session": self.session})

    def configure(self, request: bytes) -> bytes:
        """A ConfigureRequest to a ConfigureResponse."""
        message = pb.ConfigureRequest.FromString(request)
        asked = self._read(message.configuration, message.time_limit_ms)
        response = pb.ConfigureResponse()
        _configure(asked, message.precision, message.reasons, response)
        return response.SerializeToString()

    def explain(self, request: bytes) -> bytes:
        """An ExplainRequest to an ExplainResponse."""
        message = pb.ExplainRequest.FromString(request)
        violations = Violations()
        name = violations.name(message.name, "name")
        asked = self._read(message.configuration, message.time_limit_ms, violations)
        model = asked.configurator.model
        if name not in model.names:
            hint = did_you_mean(name, model.names)
            told = f"{model.product} has no option or value {name!r}" + (f"; {hint}" if hint else "")
            violations.add("name", WrongBecause.UNKNOWN_OPTION, told)
            raise RequestRejectedError(violations.found)
        response = pb.ExplainResponse()
        try:
            conflict = why_conflict(asked.configurator, asked.chosen, asked.deadline)
            found = None
            if conflict is None or _is_chosen(asked, name):
                found = explain(asked.configurator, asked.chosen, model.names[name], asked.deadline)
        except OutOfTimeError as error:
            raise _too_late() from error
        if found is not None:
            response.status = (
                configuration_pb2.OPTION_STATUS_FORCED if found[0] else configuration_pb2.OPTION_STATUS_EXCLUDED
            )
            write_reason(found[1], response.reason)
        elif conflict is not None:
            response.status = configuration_pb2.OPTION_STATUS_UNDETERMINED
            write_reason(conflict, response.reason)
        else:
            response.status = configuration_pb2.OPTION_STATUS_SELECTABLE
        return response.SerializeToString()

    def repair(self, request: bytes) -> bytes:
        """A RepairRequest to a RepairResponse."""
        message = pb.RepairRequest.FromString(request)
        asked = self._read(message.configuration, message.time_limit_ms)
        response = pb.RepairResponse(complete=True)
        try:
            found = repair(asked.configurator, asked.chosen, asked.deadline)
        except OutOfTimeError as error:
            raise _too_late() from error
        if found is not None:
            write_reason(found.conflict, response.conflict)
            response.complete = found.complete
            for choices in found.give_up:
                given_up = response.give_up.add()
                for choice in choices:
                    write_choice(choice, given_up.choices.add())
        return response.SerializeToString()

    def complete(self, request: bytes) -> bytes:
        """A CompleteRequest to a CompleteResponse."""
        message = pb.CompleteRequest.FromString(request)
        violations = Violations()
        currency = read_currency(message.currency, "currency", violations) if message.currency else ""
        asked = self._read(message.configuration, message.time_limit_ms, violations)
        configurator, day = asked.configurator, asked.requested.day
        try:
            if currency:
                whole = cheapest(configurator, asked.chosen, currency, day, asked.deadline)
            else:
                whole = complete(configurator, asked.chosen, asked.deadline)
        except OutOfTimeError as error:
            raise _too_late() from error
        except PriceRangeError as error:
            violations.add("currency", WrongBecause.OUT_OF_RANGE, str(error))
            raise RequestRejectedError(violations.found) from error
        response = pb.CompleteResponse()
        if whole is not None:
            elements = configurator.model.elements
            write_whole(whole, configurator.model, lambda index: price_on(elements[index], currency, day), response)
        return response.SerializeToString()

    def validate(self, request: bytes) -> bytes:
        """A ValidateRequest to a ValidateResponse."""
        message = pb.ValidateRequest.FromString(request)
        asked = self._read(message.configuration, DEFAULT_LIMIT_MS)
        model = asked.configurator.model
        verdict = validate(model, _quantities(asked), asked.requested.day)
        response = pb.ValidateResponse(valid=not verdict.broken)
        for constraint in verdict.broken:
            write_reference(constraint, response.broken.add())
        write_notices(verdict.spoken, model, response.notices.add)
        return response.SerializeToString()

    def session(self, requests: Iterable[bytes], time_left: TimeLeft) -> Iterator[bytes]:
        """SessionRequests to SessionResponses: an error answers its step, and the choices stay as they were."""
        session = _Session(self._holder.current, self._max_seconds)
        for request in requests:
            left = time_left()
            if left is not None and left <= 0:
                raise DeadlinePassedError("the deadline passed before all steps of the session were answered")
            response = pb.SessionResponse()
            try:
                session.step(pb.SessionRequest.FromString(request), response.state)
            except Exception as error:  # noqa: BLE001  # every error has its answer, and the next step its turn
                response.Clear()
                response.error.CopyFrom(to_status(error))
            yield response.SerializeToString()

    def _read(
        self, message: configuration_pb2.Configuration, limit_ms: int, violations: Violations | None = None
    ) -> _Asked:
        return _read(self._holder.current, message, limit_ms, self._max_seconds, violations)


class _Session:
    """The choices of one user, step by step."""

    def __init__(self, snapshot: Snapshot, max_seconds: float) -> None:
        self._snapshot = snapshot
        self._max_seconds = max_seconds
        self._configuration = configuration_pb2.Configuration()

    def step(self, message: pb.SessionRequest, response: pb.ConfigureResponse) -> None:
        """Take a step and answer it; what raises changes nothing."""
        after = configuration_pb2.Configuration()
        after.CopyFrom(self._configuration)
        match message.WhichOneof("step"):
            case "start":
                after.CopyFrom(message.start)
            case "choose":
                violations = Violations()
                read_choice(message.choose, "choose", violations)
                if violations.found:
                    raise RequestRejectedError(violations.found)
                _take_back(after, message.choose.name)
                after.choices.append(message.choose)
            case "take_back":
                if not _take_back(after, message.take_back):
                    self._refuse("take_back", f"nothing was chosen under the name {message.take_back[:200]!r}")
            case _:
                self._refuse("step", "a step is required here: start, choose or take_back")
        asked = _read(self._snapshot, after, 0, self._max_seconds)
        _configure(asked, message.precision, message.reasons, response)
        self._configuration = after

    @staticmethod
    def _refuse(field: str, message: str) -> None:
        violations = Violations()
        violations.add(field, WrongBecause.REQUIRED, message)
        raise RequestRejectedError(violations.found)


def _take_back(configuration: configuration_pb2.Configuration, name: str) -> bool:
    kept = [choice for choice in configuration.choices if choice.name != name]
    changed = len(kept) < len(configuration.choices)
    del configuration.choices[:]
    configuration.choices.extend(kept)
    return changed


def _read(
    snapshot: Snapshot,
    message: configuration_pb2.Configuration,
    limit_ms: int,
    max_seconds: float,
    violations: Violations | None = None,
) -> _Asked:
    """A request's configuration on its model.

    Raises:
        RequestRejectedError: it has mistakes; carries every violation.
        NotFoundError: there is no such configurable product.
    """
    violations = violations or Violations()
    deadline = time.perf_counter() + min(max_seconds, read_limit(limit_ms, "time_limit_ms", violations))
    requested = read_configuration(message, AT, violations)
    configurator = snapshot.configuration.get(requested.product)
    if configurator is not None:
        try:
            chosen = configurator.read(requested.choices, requested.day)
        except ChoicesRejectedError as error:
            add_problems(error, requested, AT, violations)
    if violations.found:
        raise RequestRejectedError(violations.found)
    if configurator is None:
        hint = did_you_mean(requested.product, snapshot.configuration)
        raise NotFoundError("configurable product", requested.product, hint)
    return _Asked(configurator, requested, chosen, deadline)


def _configure(
    asked: _Asked, precision: int, reasons: int, response: configuration_service_pb2.ConfigureResponse
) -> None:
    exact = precision != configuration_pb2.PRECISION_PROPAGATED
    answer = asked.configurator.configure(asked.chosen, exact=exact, deadline=asked.deadline)
    minimal = reasons == configuration_pb2.REASONS_MINIMAL
    write_answer(answer, _minimal(asked, answer) if minimal else _direct(answer), response)
    if answer.conflict:
        try:
            conflict = why_conflict(asked.configurator, asked.chosen, asked.deadline)
        except OutOfTimeError:
            conflict = Reason((), ())
        if conflict is not None:
            write_reason(conflict, response.conflict)


def _direct(answer: Answer) -> WhyDecided:
    constraints, direct = answer.model.constraints, answer.direct

    def why(index: int) -> Reason | None:
        owner = direct.get(index)
        return None if owner is None else Reason((constraints[owner],), ())

    return why


def _minimal(asked: _Asked, answer: Answer) -> WhyDecided:
    decided = {int(State.FORCED), int(State.EXCLUDED)}

    def why(index: int) -> Reason | None:
        if answer.conflict or answer.states[index] not in decided:
            return None
        try:
            found = explain(asked.configurator, asked.chosen, index, asked.deadline)
        except OutOfTimeError:
            return None
        return None if found is None else found[1]

    return why


def _is_chosen(asked: _Asked, name: str) -> bool:
    variable = asked.configurator.model.names[name] + 1
    return any(literals and abs(literals[0]) == variable for literals in asked.chosen.literals)


def _quantities(asked: _Asked) -> dict[int, int]:
    """The chosen elements with their quantities, least where none is given."""
    model = asked.configurator.model
    found: dict[int, int] = {}
    for choice, literals in zip(asked.chosen.choices, asked.chosen.literals, strict=True):
        if literals and literals[0] > 0:
            index = literals[0] - 1
            found[index] = choice.quantity or model.elements[index].min_quantity
    return found


def _too_late() -> DeadlinePassedError:
    return DeadlinePassedError("the time limit passed before there was an answer")

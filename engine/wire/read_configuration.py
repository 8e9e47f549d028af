"""Messages to choices: what is chosen, as the configurator reads it, with every violation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quotewright.v1 import configuration_pb2 as pb
from quotewright.v1 import quote_pb2

from catalog.product import AttributeValue
from engine.configure.choices import Choice, ChoicesRejectedError
from engine.wire.violations import MAX_NAME, MAX_TEXT, Reason, Violations

MAX_CHOICES = 10_000
MAX_PATH = 1_000
DEFAULT_LIMIT_MS = 2_000
MAX_LIMIT_MS = 600_000


@dataclass(frozen=True, slots=True)
class RequestedConfiguration:
    """A configuration as a request states it: `choices` of the context come after `own` of the user."""

    product: str
    day: date | None
    choices: tuple[Choice, ...]
    own: int


def read_configuration(message: pb.Configuration, at: str, violations: Violations) -> RequestedConfiguration:
    """What a message says is chosen."""
    product = violations.name(message.product, f"{at}.product")
    day = violations.optional_day(message.date, f"{at}.date")
    choices: list[Choice] = []
    if len(message.choices) + len(message.context) > MAX_CHOICES:
        found = len(message.choices) + len(message.context)
        violations.add(at, Reason.TOO_MANY, f"at most {MAX_CHOICES:,} choices are taken, found {found:,}")
    else:
        choices += _read_choices(message.choices, f"{at}.choices", violations, fixed=False)
        choices += _read_choices(message.context, f"{at}.context", violations, fixed=True)
    return RequestedConfiguration(product, day, tuple(choices), len(message.choices))


def _read_choices(messages: Iterable[pb.Choice], at: str, violations: Violations, *, fixed: bool) -> list[Choice]:
    return [read_choice(message, f"{at}[{number}]", violations, fixed=fixed) for number, message in enumerate(messages)]


def read_choice(message: pb.Choice, at: str, violations: Violations, *, fixed: bool = False) -> Choice:
    """One choice."""
    name = message.name
    if not name:
        violations.add(f"{at}.name", Reason.REQUIRED, "the name of an option or an attribute is required here")
    name = violations.text(name, f"{at}.name", MAX_PATH)
    if message.quantity < 0:
        violations.add(f"{at}.quantity", Reason.OUT_OF_RANGE, f"at least 0, found {message.quantity:,}")
    value: bool | AttributeValue = True
    if message.HasField("value"):
        value = _read_value(message.value, f"{at}.value", violations)
    elif message.HasField("selected"):
        value = message.selected
    return Choice(name, value, max(0, message.quantity) or None, fixed)


def _read_value(message: quote_pb2.FactValue, at: str, violations: Violations) -> AttributeValue:
    match message.WhichOneof("value"):
        case "text":
            return violations.text(message.text, at, MAX_TEXT)
        case "number":
            return violations.number(message.number, at)
        case "boolean":
            return message.boolean
        case _:
            violations.add(at, Reason.REQUIRED, "a text, a number or a boolean is required here")
            return ""


def read_limit(milliseconds: int, at: str, violations: Violations) -> float:
    """The seconds that an answer may take."""
    if not 0 <= milliseconds <= MAX_LIMIT_MS:
        violations.add(at, Reason.OUT_OF_RANGE, f"0 to {MAX_LIMIT_MS:,} milliseconds, found {milliseconds:,}")
        return 0.0
    return (milliseconds or DEFAULT_LIMIT_MS) / 1_000


def add_problems(
    error: ChoicesRejectedError, requested: RequestedConfiguration, at: str, violations: Violations
) -> None:
    """What the product does not take, at the fields of the request."""
    for problem in error.problems:
        own = problem.position < requested.own
        field = f"{at}.choices[{problem.position}]" if own else f"{at}.context[{problem.position - requested.own}]"
        reason = Reason.UNKNOWN_OPTION if problem.unknown else Reason.OUT_OF_RANGE
        violations.add(f"{field}.name" if problem.unknown else field, reason, problem.message[: MAX_NAME * 2])

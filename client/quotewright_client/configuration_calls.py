"""The calls of ConfigurationService that stand by themselves."""

from __future__ import annotations

from quotewright.v1 import configuration_service_pb2 as pb
from quotewright.v1.configuration_pb2 import Configuration, Precision, Reasons
from quotewright.v1.configuration_service_pb2 import (
    CompleteResponse,
    ConfigureResponse,
    ExplainResponse,
    RepairResponse,
    ValidateResponse,
)

from quotewright_client.calls import Call, whole


def configure(
    configuration: Configuration,
    *,
    precision: Precision = Precision.PRECISION_UNSPECIFIED,
    reasons: Reasons = Reasons.REASONS_UNSPECIFIED,
    time_limit_ms: int = 0,
    timeout: float | None = None,
) -> Call[ConfigureResponse]:
    """The state of every option and attribute after the choices of a configuration.

    Raises:
        InvalidRequestError: the product does not know a choice.
        QuotewrightError: the call failed.
    """
    request = pb.ConfigureRequest(
        configuration=configuration, precision=precision, reasons=reasons, time_limit_ms=time_limit_ms
    )
    return Call("ConfigurationService/Configure", request, ConfigureResponse, whole, timeout)


def explain_option(
    configuration: Configuration, name: str, *, time_limit_ms: int = 0, timeout: float | None = None
) -> Call[ExplainResponse]:
    """Why an option or a value is forced or excluded: a minimal reason; raises as `configure` does."""
    request = pb.ExplainRequest(configuration=configuration, name=name, time_limit_ms=time_limit_ms)
    return Call("ConfigurationService/Explain", request, ExplainResponse, whole, timeout)


def repair_configuration(
    configuration: Configuration, *, time_limit_ms: int = 0, timeout: float | None = None
) -> Call[RepairResponse]:
    """Why choices contradict each other, and the smallest sets of them to give up; raises as `configure` does."""
    request = pb.RepairRequest(configuration=configuration, time_limit_ms=time_limit_ms)
    return Call("ConfigurationService/Repair", request, RepairResponse, whole, timeout)


def complete_configuration(
    configuration: Configuration, *, currency: str = "", time_limit_ms: int = 0, timeout: float | None = None
) -> Call[CompleteResponse]:
    """A valid whole with these choices: the cheapest where `currency` is given; raises as `configure` does."""
    request = pb.CompleteRequest(configuration=configuration, currency=currency, time_limit_ms=time_limit_ms)
    return Call("ConfigurationService/Complete", request, CompleteResponse, whole, timeout)


def validate_configuration(configuration: Configuration, *, timeout: float | None = None) -> Call[ValidateResponse]:
    """Whether the choices are a valid whole, and which constraints they break; raises as `configure` does."""
    request = pb.ValidateRequest(configuration=configuration)
    return Call("ConfigurationService/Validate", request, ValidateResponse, whole, timeout)

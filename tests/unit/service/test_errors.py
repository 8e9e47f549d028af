"""Errors to statuses: the mapping is complete, details fit into a trailer, and nothing of a failure leaks."""

import importlib
import inspect
import logging
import pkgutil

import pytest
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2

import engine.service
import engine.wire
from engine.quote import QuoteRejectedError, Violation
from engine.security import refusals
from engine.security.refusals import RefusedError
from engine.service.errors import CODES, AnsweredError, ApprovalError, NotFoundError, to_status
from engine.service.grpc_server import AddressInUseError
from engine.service.options import OptionsError
from engine.service.replay import ReplayError
from engine.wire.violations import RequestRejectedError

# ApprovalError and RefusedError stand for their subclasses; a replay that fails is told as one that cannot be made;
# what a process aside answered has its status already.
NEVER_IN_A_REQUEST = {AddressInUseError, OptionsError, ApprovalError, RefusedError, ReplayError, AnsweredError}


def exceptions_of_requests():
    modules = [importlib.import_module("engine.quote"), refusals]
    for package in (engine.wire, engine.service):
        modules += [
            importlib.import_module(item.name)
            for item in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        ]
    for module in modules:
        for _, kind in inspect.getmembers(module, inspect.isclass):
            own = kind.__module__ == module.__name__ and not kind.__name__.startswith("_")
            if own and issubclass(kind, Exception):
                yield kind


def details(status, kind):
    assert len(status.details) == 1
    message = kind()
    assert status.details[0].Unpack(message)
    return message


def test_every_exception_of_a_request_has_its_code():
    kinds = set(exceptions_of_requests())
    assert len(kinds) >= 6
    assert kinds - NEVER_IN_A_REQUEST == set(CODES) - {DecodeError}


@pytest.mark.parametrize("kind", [QuoteRejectedError, RequestRejectedError])
def test_violations_become_a_bad_request(kind):
    status = to_status(kind([Violation("currency", "REQUIRED", "needed"), Violation("lines", "REQUIRED", "empty")]))
    assert status.code == code_pb2.INVALID_ARGUMENT
    assert status.message == "currency: needed (and 1 more)"
    found = details(status, error_details_pb2.BadRequest).field_violations
    assert [(item.field, item.reason, item.description) for item in found] == [
        ("currency", "REQUIRED", "needed"),
        ("lines", "REQUIRED", "empty"),
    ]


def test_many_violations_fit_into_a_trailer():
    status = to_status(QuoteRejectedError([Violation(f"lines[{i}].sku", "X", "é" * 3000) for i in range(100_000)]))
    told = len(details(status, error_details_pb2.BadRequest).field_violations)
    assert 0 < told < 100
    assert status.message.endswith(f" (and 99,999 more); the details tell the first {told}")
    assert len(status.SerializeToString()) < 6000


def test_not_found_names_the_thing():
    status = to_status(NotFoundError("product", "SVR", "did you mean 'SRV'?"))
    assert (status.code, status.message) == (
        code_pb2.NOT_FOUND,
        "there is no product 'SVR'; did you mean 'SRV'?",
    )
    resource = details(status, error_details_pb2.ResourceInfo)
    assert (resource.resource_type, resource.resource_name) == ("product", "SVR")


def test_a_malformed_message():
    with pytest.raises(DecodeError) as caught:
        status_pb2.Status.FromString(b"\xff")
    status = to_status(caught.value)
    assert status.code == code_pb2.INVALID_ARGUMENT
    assert details(status, error_details_pb2.BadRequest).field_violations[0].reason == "MALFORMED"


def failed(error):
    def work():
        raise error

    try:
        work()
    except Exception as raised:  # noqa: BLE001
        return raised


@pytest.mark.parametrize("error", [ValueError("secret"), KeyError("secret"), RecursionError("secret"), MemoryError()])
def test_anything_else_is_an_incident_that_leaks_nothing(error, caplog):
    with caplog.at_level(logging.ERROR, "quotewright"):
        status = to_status(failed(error))
    incident = details(status, error_details_pb2.ErrorInfo).metadata["incident"]
    assert status.code == code_pb2.INTERNAL
    assert incident in status.message
    assert "secret" not in str(status)
    assert incident in caplog.text
    assert "Traceback" in caplog.text

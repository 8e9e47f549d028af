"""Everything that the contract declares is served: reflection tells it, and nothing answers UNIMPLEMENTED."""

import contextlib
import importlib
from pathlib import Path

import grpc
import pytest
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

PACKAGE = Path(__file__).parents[2] / "proto" / "quotewright" / "v1"
UNFORESEEN = (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)


def declared_services():
    """Every service of the contract."""
    for path in sorted(PACKAGE.glob("*_service.proto")):
        module = importlib.import_module(f"quotewright.v1.{path.stem}_pb2")
        yield from module.DESCRIPTOR.services_by_name.values()


@pytest.fixture(scope="module")
def whole(start, tmp_path_factory):
    """A channel to a server with everything: the sample rulebook, and a database of approvals."""
    database = tmp_path_factory.mktemp("approvals") / "approvals.sqlite"
    _, address = start("--database", str(database), "--address", "127.0.0.1:0")
    with grpc.insecure_channel(address) as channel:
        yield channel


def test_reflection_tells_the_services_and_their_messages(whole):
    database = ProtoReflectionDescriptorDatabase(whole)
    assert set(database.get_services()) == {
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
        *(service.full_name for service in declared_services()),
    }
    file = database.FindFileContainingSymbol("quotewright.v1.QuoteService")
    assert [method.name for method in file.service[0].method] == ["PriceQuote", "PriceQuotes", "SolveDiscount"]


def answer(channel, service, method):
    """The code that an empty request is answered with."""
    path = f"/{service.full_name}/{method.name}"
    if method.client_streaming:
        call = channel.stream_stream(path)(iter(()), timeout=5)
        assert list(call) == []
    elif method.server_streaming:
        call = channel.unary_stream(path)(b"", timeout=1)
        with contextlib.suppress(grpc.RpcError):
            list(call)
    else:
        call = channel.unary_unary(path).future(b"", timeout=5)
    return call.code()


def test_every_method_declared_is_implemented(whole):
    codes = {
        f"{service.name}.{method.name}": answer(whole, service, method)
        for service in declared_services()
        for method in service.methods
    }
    assert len(codes) >= 6
    assert not {name: code for name, code in codes.items() if code in UNFORESEEN}
    assert codes["QuoteService.PriceQuote"] is grpc.StatusCode.INVALID_ARGUMENT
    assert codes["RulebookService.GetRulebook"] is grpc.StatusCode.OK

"""No call works, and no stream goes on, longer than the server allows."""

import contextlib
import itertools
import math
import time

import grpc
import pytest
from quotewright.v1 import configuration_service_pb2 as pb

from engine.compile.feature_model import compile_feature_model
from engine.configure.configurator import Configurator
from engine.diagnostics import Findings
from engine.load.dimacs import read_dimacs
from engine.service.configuration_service import ConfigurationService
from engine.service.grpc_server import Access, Server
from engine.service.method import Service
from engine.service.native_server import NativeServer


class Holder:
    """A snapshot with one configurable product, more pigeons than holes: no solver is done with it in a lifetime."""

    def __init__(self, holes):
        number = {place: index for index, place in enumerate(itertools.product(range(holes + 1), range(holes)), 1)}
        clauses = [[number[pigeon, hole] for hole in range(holes)] for pigeon in range(holes + 1)]
        for hole in range(holes):
            clauses += [[-number[a, hole], -number[b, hole]] for b in range(holes + 1) for a in range(b)]
        way_out = len(number) + 1
        text = "".join(" ".join(map(str, [*clause, way_out, 0])) + "\n" for clause in clauses)
        source = read_dimacs(f"p cnf {way_out} {len(clauses)}\n{text}", "pigeons.dimacs", Findings())
        model = compile_feature_model(source, "1")
        self.product = model.product
        self.configuration = {model.product: Configurator(model)}
        self.current = self


def test_no_call_works_longer_than_the_server_allows():
    holder = Holder(13)
    request = pb.ConfigureRequest(time_limit_ms=600_000)
    request.configuration.product = holder.product
    started = time.perf_counter()
    reply = ConfigurationService(holder, 0.3).configure(request.SerializeToString())
    assert time.perf_counter() - started < 10
    assert not pb.ConfigureResponse.FromString(reply).exact


def endless(requests, time_left):
    first = next(iter(requests))
    while time_left() > 0:
        yield first
        time.sleep(0.01)


@pytest.mark.parametrize("transport", [Server, NativeServer])
@pytest.mark.parametrize(("asked", "allowed"), [(None, 0.3), (60, 0.3), (0.3, math.inf)])
def test_a_stream_ends_when_its_time_is_over(transport, asked, allowed):
    service = Service("t.Test", streams={"Endless": endless})
    server = transport([service], threads=1, access=Access(max_stream_seconds=allowed))
    port = server.start("127.0.0.1:0")
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            started = time.perf_counter()
            replies = []
            with contextlib.suppress(grpc.RpcError):
                replies.extend(channel.stream_stream("/t.Test/Endless")(iter([b"x"]), timeout=asked))
            assert time.perf_counter() - started < 20
            assert replies
    finally:
        server.stop(0)

"""A serving process: the services on one snapshot behind gRPC, until its generation says that it is over."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from engine.security.credentials import server_credentials
from engine.security.upkeep import Upkeep
from engine.service.aside import Aside
from engine.service.counters import Counters
from engine.service.decision_recorder import DecisionRecorder
from engine.service.grpc_server import Access, Server
from engine.service.low_priority import at_low_priority
from engine.service.method import Service
from engine.service.observation import Observer
from engine.service.option_values import Address
from engine.service.options import Options
from engine.service.processes import Channel
from engine.service.services import services
from engine.service.warm_up import warm_up
from engine.snapshot import SnapshotHolder
from engine.store.decisions import Versions
from engine.store.schema import open_database

if TYPE_CHECKING:
    from engine.service.native_server import NativeServer


def serve(
    options: Options,
    holder: SnapshotHolder,
    address: Address,
    channel: Channel,
    upkeep: Upkeep | None = None,
    recorded: Versions | None = None,
    counters: Counters | None = None,
) -> int:
    """Serve until told to drain; gives the exit code. Everything that has threads begins here, after the fork."""
    database = open_database(options.database) if options.database is not None else None
    if upkeep is not None:
        upkeep.start()
    observer = observer_of(options, holder, counters)
    aside = Aside(options.catalog, options.rules, options.database)

    def prepare() -> list[Service]:
        warm_up(holder)
        return services(holder, database, aside, observer.notes, options.max_seconds)

    offered = at_low_priority(prepare)
    recorder = None
    if database is not None and recorded is not None:
        recorder = DecisionRecorder(database, recorded)
        offered = [recorder.recording(service) for service in offered]
    server = transport(options)(offered, threads=options.threads, access=access_of(options, upkeep), observer=observer)
    server.start(str(address))
    channel.send("serving")
    try:
        while True:
            for message in channel.receive():
                if message["event"] == "drain":
                    server.stop(message["seconds"], replaced=message["replaced"])
                    if recorder is not None:
                        recorder.close()
                    observer.close()
                    return 0
    except EOFError:
        os._exit(1)  # the generation is gone: nothing may serve without it


def transport(options: Options) -> type[Server | NativeServer]:
    """What carries calls."""
    import_module("grpc._server")  # grpcio does so when the first server is made
    if options.transport == "grpcio":
        return Server
    from engine.service.native_server import NativeServer  # noqa: PLC0415  # its library is optional

    return NativeServer


def observer_of(options: Options, holder: SnapshotHolder, counters: Counters | None) -> Observer:
    """What is noted about calls with these options."""
    versions = {"rulebook": holder.current.rulebook_version, "catalogue": holder.current.catalogue_version}
    tracer = None
    if options.traces_endpoint is not None:
        from engine.service.tracing import call_tracer  # noqa: PLC0415  # its libraries are optional

        tracer = call_tracer(options.traces_endpoint, options.traces_share, versions)
    slow_seconds = options.slow_ms / 1000
    return Observer(counters, slow_seconds=slow_seconds, log_calls=options.log_calls, tracer=tracer, versions=versions)


def access_of(options: Options, upkeep: Upkeep | None) -> Access:
    """Who reaches a server with these options.

    Raises:
        CertificateError: the certificate cannot serve.
    """
    files = options.security().certificate_files()
    return Access(
        guard=None if upkeep is None else upkeep.guard,
        credentials=None if files is None else server_credentials(files),
        reflection=options.reflection,
        max_request_bytes=options.max_request_mib * 1024 * 1024,
        max_calls=options.max_open_requests,
        max_stream_seconds=options.max_stream_seconds,
    )

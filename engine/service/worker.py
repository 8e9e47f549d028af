"""A serving process: the services on one snapshot behind gRPC, until its generation says that it is over."""

from __future__ import annotations

import os

from engine.service.grpc_server import Server
from engine.service.option_values import Address
from engine.service.options import Options
from engine.service.processes import Channel
from engine.service.services import services
from engine.snapshot import SnapshotHolder
from engine.store.schema import open_database


def serve(options: Options, holder: SnapshotHolder, address: Address, channel: Channel) -> int:
    """Serve until told to drain; gives the exit code. Everything that has threads begins here, after the fork."""
    database = open_database(options.database) if options.database is not None else None
    server = Server(services(holder, database), threads=options.threads)
    server.start(str(address))
    channel.send("serving")
    try:
        while True:
            for message in channel.receive():
                if message["event"] == "drain":
                    server.stop(message["seconds"])
                    return 0
    except EOFError:
        os._exit(1)  # the generation is gone: nothing may serve without it

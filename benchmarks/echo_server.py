"""A bare grpcio server that answers requests of known sizes with as many bytes as the engine would: the floor.

Reads one JSON object from standard input: {"replies": {"request size": reply size, ...}}.
Prints its port, then serves until standard input ends.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

THREADS = 2  # as a worker of the engine's server


def main() -> None:
    plan = json.loads(sys.stdin.readline())
    replies = {int(size): b"\x00" * reply for size, reply in plan["replies"].items()}

    def echo(request, _context):
        return replies[len(request)]

    def echo_stream(requests, _context):
        for request in requests:
            yield replies[len(request)]

    server = grpc.server(ThreadPoolExecutor(THREADS))
    handlers = {
        "Echo": grpc.unary_unary_rpc_method_handler(echo),
        "EchoStream": grpc.stream_stream_rpc_method_handler(echo_stream),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.read()
    server.stop(None)


if __name__ == "__main__":
    main()

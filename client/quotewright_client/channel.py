"""How both clients reach a server: channel options, and retries by gRPC service config."""

from __future__ import annotations

import json
from collections.abc import Sequence

from quotewright.v1 import (
    approval_service_pb2,
    catalog_service_pb2,
    configuration_service_pb2,
    credit_service_pb2,
    decision_service_pb2,
    quote_service_pb2,
    renewal_service_pb2,
    rulebook_service_pb2,
)

DEFAULT_TIMEOUT = 10.0
"""Seconds that a call may take, retries included."""
FIRST_PAUSE = 0.05
"""Seconds between a call that reached no server and the next try."""
PAUSE_FACTOR = 3.0
"""By which each further pause is longer."""
LONGEST_PAUSE = 1.0
"""Seconds that a pause lasts at most."""

ChannelOption = tuple[str, str | int]


def metadata(token: str) -> tuple[tuple[str, str], ...]:
    """What goes with every call: the key or token that says who calls, where there is one."""
    return (("authorization", f"Bearer {token}"),) if token else ()


def channel_options(attempts: int, further: Sequence[ChannelOption]) -> list[ChannelOption]:
    """Options of a channel whose calls are tried up to `attempts` times (1 to 5) while no server is reached.

    UNAVAILABLE is tried again, with growing pauses, and so is CANCELLED where the server says it: gRPC gives it to a
    call that meets a server process on its way out. Every other answer is final, and so is a caller's own cancelling.

    Raises:
        ValueError: `attempts` is not 1 to 5.
    """
    if not 1 <= attempts <= 5:
        raise ValueError(f"a call is tried 1 to 5 times, not {attempts}")
    files = (
        quote_service_pb2,
        catalog_service_pb2,
        rulebook_service_pb2,
        decision_service_pb2,
        approval_service_pb2,
        credit_service_pb2,
        renewal_service_pb2,
        configuration_service_pb2,
    )
    names = [service.full_name for file in files for service in file.DESCRIPTOR.services_by_name.values()]
    method_config: dict[str, object] = {"name": [{"service": name} for name in names]}
    if attempts > 1:
        method_config["retryPolicy"] = {
            "maxAttempts": attempts,
            "initialBackoff": f"{FIRST_PAUSE}s",
            "maxBackoff": f"{LONGEST_PAUSE}s",
            "backoffMultiplier": PAUSE_FACTOR,
            "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
        }
    quote_service = quote_service_pb2.DESCRIPTOR.services_by_name["QuoteService"].full_name
    # A stream of quotes is opened again by the client itself, which goes on where the lost one ended (`quote_stream`).
    by_client = {"name": [{"service": quote_service, "method": "PriceQuotes"}]}
    return [
        ("grpc.service_config", json.dumps({"methodConfig": [by_client, method_config]})),
        ("grpc.enable_retries", 1),
        # A connection that failed is tried again before a call has used up its attempts (gRPC waits a second), and
        # after a long outage within seconds (gRPC waits two minutes).
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 5_000),
        # Each client has a connection of its own. Where several share one, gRPC was seen to lose a call of one of them,
        # which then waits for its deadline, when the server lets go of the connection: once in some forty reloads under
        # load.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        *further,
    ]

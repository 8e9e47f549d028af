"""The options of commands that ask a server: what opens it, and whose certificate it shows."""

from __future__ import annotations

from pathlib import Path

import click
import grpc

from engine.commands.failure import BAD_FILES, fail

TOKEN = click.option(
    "--token",
    metavar="TOKEN",
    default="",
    envvar="QUOTEWRIGHT_TOKEN",
    help="Key or token for the server; better in the variable QUOTEWRIGHT_TOKEN.",
)
AUTHORITY = click.option(
    "--authority",
    type=click.Path(dir_okay=False, path_type=Path),
    help="PEM file with the authority of the server's certificate: speaks TLS.",
)


def credentials(authority: Path | None) -> grpc.ChannelCredentials | None:
    """What TLS needs; None for plain text. Ends the command where the file cannot be read."""
    if authority is None:
        return None
    try:
        return grpc.ssl_channel_credentials(authority.read_bytes())
    except OSError as error:
        fail(f"{authority}: cannot be read: {error.strerror}", BAD_FILES)
